"""The two lists of a setup file whose entries are rows of their own: taxes and payment methods."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from integrations.books import NON_TAXABLE, TAXABLE, TaxModel
from integrations.mirror import key as compared
from integrations.models import BooksObject, Integration
from sync.models import PaymentMapping, TaxMapping
from sync.setup_file.changes import Change
from sync.setup_file.entries import ListEntry
from sync.setup_file.facts import Facts, Lists
from sync.setup_file.format import METHOD
from sync.setup_file.kinds import texts
from sync.setup_file.problems import Wrong
from sync.setup_file.reading import Reading, inside

Json = Any

# How a file names the two codes of US companies.
US_CODES = {"taxable": TAXABLE, "non_taxable": NON_TAXABLE}
_US_NAMES = {code: name for name, code in US_CODES.items()}
_TAX_CODE = ListEntry("TaxCode")
_LONGEST_METHOD = 200


@dataclass(frozen=True, slots=True)
class Tax:
    """One row of the tax mapping; `shown` is what the file calls the code."""

    taxes: list[str]
    code: str
    shown: str

    @property
    def key(self) -> str:
        return TaxMapping.key_of(self.taxes)


@dataclass(frozen=True, slots=True)
class Method:
    """Where one payment method's money goes."""

    name: str
    account: BooksObject | None
    payment_method: BooksObject | None


# -- reading -----------------------------------------------------------------------------------------------------------


def read_taxes(value: Json, reading: Reading) -> list[Tax]:
    if not isinstance(value, list):
        reading.problem("taxes", _("write a list of objects with the keys: store, books"))
        return []
    rows = [row for number, entry in enumerate(value) for row in _tax(entry, f"taxes[{number}]", reading)]
    _refuse_twice([(row.key, path) for row, path in rows], reading)
    return [row for row, _path in rows]


def _tax(entry: Json, path: str, reading: Reading) -> list[tuple[Tax, str]]:
    """The row and its path; nothing when it cannot be read."""
    given = reading.object(entry, path, ("store", "books"))
    if not isinstance(entry, dict):
        return []
    taxes = reading.attempt(inside(path, "store"), lambda: _store_taxes(given.get("store")))
    code = reading.attempt(inside(path, "books"), lambda: _code(given.get("books"), reading.facts))
    return [] if taxes is None or code is None else [(Tax(taxes, code, str(given["books"])), path)]


def _store_taxes(value: Json) -> list[str]:
    return texts(value)


def _code(value: Json, facts: Facts) -> str:
    """The id of a tax code; TAX or NON for US companies."""
    if not isinstance(value, str) or not value.strip():
        raise Wrong(_("write the name of a QuickBooks tax code, or taxable / non_taxable for a US company"))
    if facts.company is None or facts.lists is None:
        return value
    if facts.company.tax_model is not TaxModel.GLOBAL:
        if value not in US_CODES:
            raise Wrong(_("write taxable or non_taxable: lines of a US company have no other tax codes"))
        return US_CODES[value]
    entry = _TAX_CODE.read(value, facts)
    return entry.books_ref if entry else ""


def read_methods(value: Json, path: str, reading: Reading) -> list[Method]:
    if not isinstance(value, dict):
        reading.problem(path, _("write an object in braces: the store's payment methods and where their money goes"))
        return []
    methods = [_method(str(name), entry, inside(path, str(name)), reading) for name, entry in value.items()]
    _refuse_twice([(compared(method.name), inside(path, method.name)) for method in methods], reading)
    return methods


def _method(name: str, entry: Json, path: str, reading: Reading) -> Method:
    if not name.strip() or len(name) > _LONGEST_METHOD:
        reading.problem(path, _("write the payment method's name as the store shows it"))
    given = reading.object(entry, path, tuple(key.name for key in METHOD))
    values = reading.values(given, path, METHOD)
    return Method(" ".join(name.split()), values.get("account"), values.get("payment_method"))


def _refuse_twice(rows: Sequence[tuple[str, str]], reading: Reading) -> None:
    """A second entry for the same thing would silently win over the first."""
    first: dict[str, str] = {}
    for key, path in rows:
        if key in first:
            reading.problem(path, _("this is already said at %(path)s; keep one of the two") % {"path": first[key]})
        first.setdefault(key, path)


# -- writing -----------------------------------------------------------------------------------------------------------


def write_taxes(integration: Integration, wanted: Iterable[Tax], lists: Lists) -> list[Change]:
    """Make the mapping what the file says. Rows that nobody has decided yet stay: they were met in orders."""
    rows = {row.key: row for row in TaxMapping.objects.filter(integration=integration)}
    changes = []
    for tax in wanted:
        row = rows.pop(tax.key, None) or TaxMapping(integration=integration, taxes=tax.taxes)
        if row.code != tax.code:
            changes.append(Change(_taxes_path(row), shown_code(row.code, lists), tax.shown))
            row.code = tax.code
            row.save()
    for row in rows.values():
        if row.code:
            changes.append(Change(_taxes_path(row), shown_code(row.code, lists), None))
            row.delete()
    return changes


def _taxes_path(row: TaxMapping) -> str:
    return f"taxes[{row}]"


def shown_code(code: str, lists: Lists) -> str | None:
    """A tax code as the file names it; None while nobody has chosen."""
    if not code:
        return None
    entry = None if code in _US_NAMES else lists.with_id("TaxCode", code)
    return entry.name if entry else _US_NAMES.get(code, code)


def write_methods(integration: Integration, wanted: Iterable[Method]) -> list[Change]:
    """Make the methods what the file says. Rows without a decision stay: the store showed them."""
    rows = {compared(row.method): row for row in _methods(integration)}
    changes = []
    for method in wanted:
        row = rows.pop(compared(method.name), None)
        before = _in_words(row) if row else None
        row = row or PaymentMapping(integration=integration, method=method.name)
        row.account, row.payment_method = method.account, method.payment_method
        if before != _in_words(row):
            changes.append(Change(_method_path(row), before, _in_words(row)))
            row.save()
    for row in rows.values():
        if row.account or row.payment_method:
            changes.append(Change(_method_path(row), _in_words(row), None))
            row.delete()
    return changes


def decided_methods(integration: Integration) -> QuerySet[PaymentMapping]:
    return _methods(integration).filter(Q(account__isnull=False) | Q(payment_method__isnull=False))


def _methods(integration: Integration) -> QuerySet[PaymentMapping]:
    return PaymentMapping.objects.filter(integration=integration).select_related("account", "payment_method")


def shown_method(row: PaymentMapping) -> dict[str, str | None]:
    return {key.name: key.kind.show(getattr(row, key.field)) for key in METHOD}


def _in_words(row: PaymentMapping) -> str:
    return ", ".join(f"{name} {value}" for name, value in shown_method(row).items() if value) or "-"


def _method_path(row: PaymentMapping) -> str:
    return inside("payments.methods", row.method)
