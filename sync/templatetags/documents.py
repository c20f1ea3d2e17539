"""How a document's parts are written: amounts, dates, quantities and codes in words.

Template libraries are read while the admin is still being imported, so what is of the admin is imported when needed.
"""

from datetime import date
from decimal import Decimal

from django import template
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.admin_show import label
from integrations.doubts import Doubt
from integrations.models import Integration
from integrations.money import currency_places, plain, round_half_up
from sync.document_texts import DOCUMENTS, DOUBTS, PARTS, VALUES, told
from sync.engine.compare_goods import Side
from sync.engine.documents import Value
from sync.engine.preview import PreviewedOrder
from sync.models import Action
from sync.reasons import explain
from sync.reports.amounts import amount_shown
from sync.translate.because import Decided
from sync.translate.outcome import Note

register = template.Library()

# Amounts that are not money.
_COUNTED = {"quantity", "opening_quantity"}


@register.filter
def money(value: Decimal | None, currency: str) -> str:
    """1,234.50 CAD; nothing for no amount."""
    return "" if value is None else amount_shown(value, currency)


@register.filter
def figure(value: Decimal | None, currency: str) -> str:
    """1,234.50, for columns that say their currency above; digits beyond its places are shown, zeros among them not."""
    if value is None:
        return ""
    rounded = round_half_up(value, currency_places(currency))
    exact = rounded if rounded == value else value.normalize()
    return formats.number_format(plain(exact), force_grouping=True)


@register.filter
def number(value: Decimal | None) -> str:
    """3 or 2.5: no zeros behind."""
    if value is None:
        return ""
    text = plain(value)
    return formats.number_format(text.rstrip("0").rstrip(".") if "." in text else text, force_grouping=True)


@register.filter
def document_name(kind: str) -> str:
    return str(DOCUMENTS.get(kind, kind))


@register.filter
def part_name(name: str) -> str:
    return str(PARTS.get(name, name))


@register.filter
def because(decided: Decided) -> str:
    return told(decided)


@register.simple_tag
def part_value(name: str, value: Value | None, currency: str) -> str:
    """The value of a part as it is read."""
    if value is None or value == "":
        return "\N{EN DASH}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, Decimal):
        return number(value) if name in _COUNTED else f"{figure(value, currency)} {currency}"
    return str(VALUES.get(name, {}).get(value, value))


# -- previewed orders --------------------------------------------------------------------------------------------------


@register.simple_tag
def preview_label(order: PreviewedOrder) -> SafeString:
    """What would be done with the order, as a coloured label."""
    from sync.admin import showing

    return label(order.action, Action(order.action).label, showing.ACTION_COLOURS)


@register.simple_tag
def order_moment(order: PreviewedOrder, integration: Integration) -> str:
    """When it was placed, in the time zone that decides the date of its documents."""
    from sync.admin import showing

    return showing.moment(order.record.created_in_store_at, integration)


@register.filter
def explanation(said: PreviewedOrder | Note | Side) -> str:
    """The sentence of a reason, with the way out; empty for none."""
    return explain(said.reason, said.params)


@register.filter
def doubted(doubt: Doubt, currency: str) -> str:
    """The sentence of what a reader could not explain."""
    return str(DOUBTS[doubt.what]) % {name: amount_shown(figure, currency) for name, figure in doubt.figures}


@register.filter
def sale_link(order: PreviewedOrder) -> str:
    """The sale that is in the books, linked to its page there."""
    from sync.admin import showing

    sale = order.sale
    return showing.document(sale.books_type, sale.books_ref, sale.doc_number) if sale else ""
