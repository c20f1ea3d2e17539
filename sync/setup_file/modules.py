"""What a setup file says of the modules that a store sells through (W1): an object for each."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from integrations.models import Integration
from sync.models import ModuleSettings
from sync.module_names import GIFT_CARDS, MODULES
from sync.setup_file.changes import Change
from sync.setup_file.format import MODULE, Key
from sync.setup_file.reading import Reading, inside
from sync.setup_file.values import assign

Json = Any


def read_modules(value: Json, reading: Reading) -> dict[str, dict[str, Any]]:
    """Module -> column -> value of what is given. A module that the store does not have may be named all the same: a
    file may be written before it is installed."""
    profile = reading.facts.profile
    if profile is not None and not profile.modules:
        reading.problem("modules", _("this store has no modules; leave this out"))
        return {}
    given = reading.object(value, "modules", tuple(MODULES))
    return {module: _module(module, entry, reading) for module, entry in given.items()}


def _module(module: str, entry: Json, reading: Reading) -> dict[str, Any]:
    path, keys = inside("modules", module), keys_of(module)
    return reading.values(reading.object(entry, path, tuple(key.name for key in keys)), path, keys)


def keys_of(module: str) -> tuple[Key, ...]:
    """Gift cards have their item among the sale options."""
    return MODULE[:1] if module == GIFT_CARDS else MODULE


def write_modules(integration: Integration, wanted: dict[str, dict[str, Any]]) -> list[Change]:
    """Modules and keys that the file does not name keep what they have."""
    rows = {row.module: row for row in _rows(integration)}
    changes = []
    for module, given in wanted.items():
        row = rows.get(module) or ModuleSettings(integration=integration, module=module)
        found = assign(row, keys_of(module), given, inside("modules", module), is_new=row.pk is None)
        if found or row.pk is None:
            row.save()
        changes += found
    return changes


def shown_modules(integration: Integration) -> dict[str, dict[str, Any]]:
    """What somebody decided; modules that merely turned up in orders are no part of the settings."""
    decided = _rows(integration).filter(Q(enabled=False) | Q(item__isnull=False) | Q(income_account__isnull=False))
    return {
        row.module: {key.name: key.kind.show(getattr(row, key.field)) for key in keys_of(row.module)} for row in decided
    }


def _rows(integration: Integration) -> QuerySet[ModuleSettings]:
    return ModuleSettings.objects.filter(integration=integration).select_related("item", "income_account")
