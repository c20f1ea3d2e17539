"""Writing to the books: create, full and sparse update, delete, void. One function per verb, one row per type."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.quickbooks import adjustments, deposits, items, lists, payments, people, sales, schema, settling
from sandbox.quickbooks import credits as credit_memos
from sandbox.quickbooks.attachments import build_attachable
from sandbox.quickbooks.drafts import Draft, Kind, check_period_open
from sandbox.quickbooks.faults import QboError, inactive_or_gone, missing, unsupported
from sandbox.quickbooks.store import Books, Json

_SALE = Kind(
    sales.build_sale,
    settling.settle_sale,
    deletable=True,
    before_delete=settling.before_delete_sale,
)
_VOIDABLE_SALE = replace(_SALE, void=settling.void_sale)
KINDS = {
    "Invoice": _VOIDABLE_SALE,
    "SalesReceipt": _VOIDABLE_SALE,
    "CreditMemo": replace(_SALE, settle=credit_memos.settle_credit_memo),
    "RefundReceipt": _SALE,
    "Deposit": Kind(deposits.build_deposit, deposits.settle_deposit, deletable=True),
    "InventoryAdjustment": Kind(adjustments.build_adjustment, adjustments.settle_adjustment, deletable=True),
    "Payment": Kind(payments.build_payment, payments.settle_payment, deletable=True, void=payments.void_payment),
    "Customer": Kind(people.build_customer),
    "Vendor": Kind(people.build_vendor),
    "Employee": Kind(people.build_employee),
    "Item": Kind(items.build_item),
    "Account": Kind(lists.build_account),
    "Class": Kind(lists.build_branch),
    "Department": Kind(lists.build_branch),
    "PaymentMethod": Kind(lists.build_payment_method),
    "Term": Kind(lists.build_term),
    "Attachable": Kind(build_attachable, deletable=True),
}

# What QuickBooks sets by itself; in a request it is passed over in silence.
_COMPUTED = {
    *("domain", "status", "sparse", "Id", "SyncToken", "MetaData"),
    *("FullyQualifiedName", "Level", "IsProject", "BalanceWithJobs", "CurrentBalance", "Classification"),
    *("CurrentBalanceWithSubAccounts", "Balance", "HomeBalance", "HomeTotalAmt", "UnappliedAmt"),
    *("RemainingCredit", "DeliveryInfo", "InvoiceLink", "LinkedTxn", "SubItem", "SubAccount"),
}
_TOTAL_IS_INPUT = {"Payment"}


def create(books: Books, type_name: str, body: Json, options: frozenset[str] = frozenset()) -> Json:
    kind = _writable_kind(books, type_name)
    given = _without_nulls(_readable(books, type_name, body))
    return _store(kind, Draft(books, type_name, given, None, frozenset(given), options))


def update(books: Books, type_name: str, body: Json, options: frozenset[str] = frozenset()) -> Json:
    """A full update, or a sparse one when the body says `sparse`."""
    kind = _writable_kind(books, type_name)
    wanted = _readable(books, type_name, body)
    old = _current(books, type_name, body)
    deposits.check_not_deposited(old)
    sparse = bool(body.get("sparse"))
    given = _without_nulls({**_writable(type_name, old), **wanted} if sparse else wanted)
    touched = frozenset(wanted) if sparse else frozenset(given)
    return _store(kind, Draft(books, type_name, given, old, touched, options, sparse))


def delete(books: Books, type_name: str, body: Json) -> Json:
    """The stub that the answer shows."""
    kind = _writable_kind(books, type_name)
    if not kind.deletable:
        raise unsupported(f"delete of {type_name}")
    old = _current(books, type_name, body)
    check_period_open(books, old)
    deposits.check_not_deposited(old)
    if kind.before_delete:
        kind.before_delete(books, type_name, old)
    kind.settle(books, type_name, old, None)
    books.delete(type_name, old["Id"])
    return {"domain": "QBO", "status": "Deleted", "Id": old["Id"]}


def void(books: Books, type_name: str, body: Json) -> Json:
    kind = _writable_kind(books, type_name)
    if kind.void is None:
        raise unsupported(f"void of {type_name}")
    old = _current(books, type_name, body)
    check_period_open(books, old)
    deposits.check_not_deposited(old)
    if old.get("PrivateNote", "").startswith("Voided") and not old["TotalAmt"]:
        return old
    new = books.replace(type_name, old, kind.void(books, type_name, old), "Void")
    kind.settle(books, type_name, old, new)
    return books.get(type_name, new["Id"])


Verb = Callable[[Books, str, Json, frozenset[str]], Json]


def verb_for(books: Books, type_name: str, body: Json, operation: str | None, include: frozenset[str]) -> Verb:
    """Which write a request means: by its operation and include parameters, else by whether it has an Id."""
    voids = "void" in include or (operation == "void" and _voids_by_operation(books, type_name))
    if voids:
        return lambda books, type_name, body, _options: void(books, type_name, body)
    if operation == "delete":
        return lambda books, type_name, body, _options: delete(books, type_name, body)
    if operation not in {None, "create", "update"}:
        raise unsupported(f"{operation} of {type_name}")
    return update if operation == "update" or (operation is None and body.get("Id")) else create


def _voids_by_operation(books: Books, type_name: str) -> bool:
    return type_name == "Invoice" or bool(books.switches["void_by_operation"])


def _writable_kind(books: Books, type_name: str) -> Kind:
    if type_name not in KINDS:
        raise unsupported(f"write of {type_name}")
    if books.switches["subscription_lapsed"]:
        detail = "Subscription period has ended or canceled or there was a billing problem : null"
        raise QboError(6190, detail)
    return KINDS[type_name]


def _readable(books: Books, type_name: str, body: Json) -> Json:
    """The body checked against the schema, without what the client cannot set."""
    cleaned = schema.clean(type_name, body, strict_lengths=books.switches["strict_schema_lengths"])
    computed = _COMPUTED if type_name in _TOTAL_IS_INPUT else _COMPUTED | {"TotalAmt"}
    return {key: value for key, value in cleaned.items() if key not in computed}


def _writable(type_name: str, old: Json) -> Json:
    computed = _COMPUTED if type_name in _TOTAL_IS_INPUT else _COMPUTED | {"TotalAmt"}
    return {key: value for key, value in old.items() if key not in computed}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value


def _current(books: Books, type_name: str, body: Json) -> Json:
    """The object a write means. Raises QboError 2020, 2030, 610 or, for an old version, 5010."""
    identifier = body.get("Id")
    if identifier is None:
        raise missing("Id")
    check_id(str(identifier))
    old = books.find(type_name, str(identifier))
    if old is None:
        raise inactive_or_gone()
    if body.get("SyncToken") is None:
        raise missing("SyncToken")
    if str(body["SyncToken"]) != old["SyncToken"]:
        detail = (
            "Stale Object Error : You and another user were working on this at the same time. "
            "The other user finished before you did, so your work was not saved."
        )
        raise QboError(5010, detail)
    return old


def check_id(identifier: str) -> None:
    if not identifier.isdecimal():
        raise QboError(2030, f"Id should be a valid number. Supplied value:{identifier}", "Id")


def _store(kind: Kind, draft: Draft) -> Json:
    books, type_name, old = draft.books, draft.type_name, draft.old
    built = {key: value for key, value in kind.build(draft).items() if value is not None}
    if old is None:
        new = books.insert(type_name, built)
    elif _is_unchanged(books, old, built):
        return old
    else:
        new = books.replace(type_name, old, built)
    kind.settle(books, type_name, old, new)
    return books.get(type_name, new["Id"])


def _is_unchanged(books: Books, old: Json, built: Json) -> bool:
    return (
        books.switches["unchanged_update_keeps_token"]
        and all(old.get(key) == value for key, value in built.items())
        and not (old.keys() - built.keys() - {"Id", "SyncToken", "MetaData", "domain", "sparse"})
    )
