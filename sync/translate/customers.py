"""Who a sale belongs to (O8).

* A buyer is known by the store's customer id, then e-mail, then name. Two buyers of one name and different e-mail
  addresses are two customers.
* A company is known by its name alone: two people who order for it are one customer, so neither's id nor e-mail takes
  part in the match (the sale itself still goes to the e-mail of who ordered).
* The generic customer is one per store, known by name alone.

In every case a currency has customers of its own.
"""

import re

from integrations.books import CustomerDraft
from integrations.commerce import Buyer, Order
from sync.translate.settings import AssignTo, Options

EMAIL_LIMIT = 100
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def plausible_email(text: str) -> str:
    """The address when it looks like one that QuickBooks would take, else nothing."""
    email = text.strip()
    return email if len(email) <= EMAIL_LIMIT and _EMAIL.fullmatch(email) else ""


def customer(order: Order, options: Options) -> CustomerDraft:
    company = order.buyer.company.strip() or (order.billing.company.strip() if order.billing else "")
    if options.assign_to is AssignTo.COMPANY and company:
        return _company(company, order, options)
    if options.assign_to is AssignTo.GENERIC or not _is_known(order.buyer, company):
        return _generic(order, options)
    return _buyer(order.buyer, company, order, options)


def _is_known(buyer: Buyer, company: str) -> bool:
    return bool(_full_name(buyer) or company or plausible_email(buyer.email) or buyer.ref)


def _full_name(buyer: Buyer) -> str:
    return " ".join((buyer.name or f"{buyer.given_name} {buyer.family_name}").split())


def _buyer(buyer: Buyer, company: str, order: Order, options: Options) -> CustomerDraft:
    email = plausible_email(buyer.email)
    by_ref = f"{options.store_label} {buyer.ref}".strip()
    return CustomerDraft(
        source=options.source,
        store_ref=buyer.ref,
        email=email,
        name=_full_name(buyer) or company or email or f"{options.store_label} customer {buyer.ref}",
        currency=order.currency,
        fallback=email or by_ref,
        given_name=buyer.given_name,
        family_name=buyer.family_name,
        company=company,
        phone=buyer.phone,
        billing=order.billing,
        shipping=order.shipping,
    )


def _company(name: str, order: Order, options: Options) -> CustomerDraft:
    return CustomerDraft(
        source=options.source,
        store_ref="",
        email="",
        name=name,
        currency=order.currency,
        fallback=options.store_label,
        company=name,
        billing=order.billing,
        shipping=order.shipping,
    )


def _generic(order: Order, options: Options) -> CustomerDraft:
    return CustomerDraft(
        source=options.source,
        store_ref="",
        email="",
        name=options.generic_customer.strip() or options.store_label,
        currency=order.currency,
        fallback=options.source,
        shared=True,
    )
