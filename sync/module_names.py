"""The parts of shop systems that sell (see `OrderLine.module`), in words and in the order in which they are shown."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

MODULES: Mapping[str, Promise] = {
    "stores": pgettext_lazy("part of a store", "Store products"),
    "bookings": pgettext_lazy("part of a store", "Bookings"),
    "events": pgettext_lazy("part of a store", "Event tickets"),
    "pricing_plans": pgettext_lazy("part of a store", "Pricing plans"),
    "restaurants": pgettext_lazy("part of a store", "Restaurant orders"),
    "table_reservations": pgettext_lazy("part of a store", "Table reservations"),
    "hotels": pgettext_lazy("part of a store", "Hotel rooms"),
    "invoices": pgettext_lazy("part of a store", "Invoices and pay buttons"),
    "programs": pgettext_lazy("part of a store", "Online programs"),
    "gift_cards": pgettext_lazy("part of a store", "Gift cards"),
    "custom": pgettext_lazy("part of a store", "Custom lines"),
    "other": pgettext_lazy("part of a store", "Other apps"),
}
# Its lines go to the item that Sale options choose for gift cards.
GIFT_CARDS = "gift_cards"


def module_in_words(module: str) -> str:
    return str(MODULES.get(module, module))


def modules_in_words(modules: Iterable[str]) -> str:
    return ", ".join(module_in_words(module) for module in in_order(modules))


def in_order(modules: Iterable[str]) -> list[str]:
    """Each once, those without a name last."""
    places = {module: place for place, module in enumerate(MODULES)}
    return sorted(set(modules), key=lambda module: (places.get(module, len(places)), module))
