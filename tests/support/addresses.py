"""Every address that the site answers, read from its URLconf, so that no new page is forgotten in a walk."""

import re
from dataclasses import dataclass

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, get_resolver

from accounts.models import User

# What the parameters of an address stand for, by how its route begins; the first that fits counts.
_PARAMETERS = (
    ("connect/stores/", {"pk": lambda office: office.store.pk}),
    ("connect/books/", {"pk": lambda office: office.books.pk}),
    ("preview/mapping/", {"model": lambda _office: "taxmapping"}),
    ("preview/mapping/", {"pk": lambda office: office.integration.tax_mappings.first().pk}),
    ("inbox/record/", {"pk": lambda office: office.integration.records.get(state="held").pk}),
    ("preview/record/", {"pk": lambda office: office.integration.records.get(state="held").pk}),
    ("refunds/", {"pk": lambda office: office.integration.records.get(state="held").pk}),
    ("inbox/", {"cause": lambda office: office.integration.records.get(state="held").cause}),
    ("stock/push/", {"pk": lambda office: office.integration.stock_pushes.first().pk}),
    ("setup/", {"step_id": lambda _office: "taxes", "side": lambda _office: "store"}),
    ("setup/", {"business_pk": lambda office: office.business.pk}),
    ("preview/", {"step_id": lambda _office: "taxes"}),
    ("", {"pk": lambda office: office.integration.pk}),
    ("r/", {"content_type_id": lambda _office: 1, "object_id": lambda _office: 1}),
)
# Routes that are patterns, by how they begin; the apps that one of them names come in the order of their imports.
_BY_PATTERN = (
    ("^(?P<app_label>", "/sync/"),
    ("(?P<url>.*)$", "/nothing/of/the/kind"),
)


@dataclass(frozen=True)
class Address:
    """One pattern of the URLconf; `name` is empty for the few that have none."""

    name: str
    route: str

    def __str__(self):
        return self.name or self.route

    def of(self, office):
        """The path of this page for an office. Fails for a parameter of which nobody has said what it stands for."""
        for start, path in _BY_PATTERN:
            if self.route.startswith(start):
                return path
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(self._value(found[1], office)), self.route)

    def _value(self, parameter, office):
        model = self._model()
        if model is not None:
            return rows_of(office, model)[0].pk
        values = (
            known[parameter] for start, known in _PARAMETERS if self.route.startswith(start) and parameter in known
        )
        value = next(values, None)
        assert value, f"say in {__name__} what “{parameter}” stands for in {self.route}"
        return value(office)

    def _model(self):
        """The model of an admin page."""
        app, _, rest = self.route.partition("/")
        if app not in apps.app_configs or "/" not in rest:
            return None
        return apps.get_model(app, rest.partition("/")[0])


def rows_of(office, model):
    """The rows of an admin's model that belong to this business; all rows of what belongs to the installation."""
    if model is User:
        return list(User.objects.filter(memberships__business=office.business))
    path = getattr(admin.site.get_model_admin(model), "business_path", None)
    rows = model.objects.all() if path is None else model.objects.filter(**{path or "pk": office.business.pk})
    return list(rows)


def addresses():
    """Every pattern of the URLconf."""
    return list(_in(get_resolver(), (), ""))


def _in(resolver, namespaces, prefix):
    for one in resolver.url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield Address(":".join([*namespaces, one.name]) if one.name else "", route)
        else:
            yield from _in(one, (*namespaces, one.namespace) if one.namespace else namespaces, route)
