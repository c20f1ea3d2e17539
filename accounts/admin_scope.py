"""Roles and isolation in the admin (C1): one mixin decides what is listed, opened, offered, changed and deleted.

Rows of businesses that are not the user's do not exist for them: not in lists, not by address, not as choices.
"""

from typing import Any, NoReturn

from django import forms
from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ImproperlyConfigured
from django.db.models import ForeignKey, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.access import Act, businesses_for
from accounts.admin_base import (
    BaseAdmin,
    ModelAdmin,
    RelatedDropdownFilter,
    StackedInline,
    TabularInline,
)
from accounts.admin_deleting import CountedDeletingMixin
from accounts.admin_paging import MOST, CappedPaginator, counted
from accounts.models import Business, User


def allows(request: HttpRequest, act: Act | None, business_id: int | None = None) -> bool:
    """Whether the user may do `act` in this business, or in any at all. Asked many times a page, so remembered."""
    user = request.user
    if act is None or not isinstance(user, User) or not user.is_active:
        return False
    if user.is_superuser:
        return True
    answers = business_ids(request, act)
    return bool(answers) if business_id is None else business_id in answers


def business_ids(request: HttpRequest, act: Act) -> frozenset[int]:
    """The businesses in which a member may do `act`; asked once a page."""
    answers: dict[Act, frozenset[int]] = request.__dict__.setdefault("_allowed_businesses", {})
    if act not in answers:
        answers[act] = frozenset(businesses_for(request.user, act).values_list("pk", flat=True))
    return answers[act]


def runs_installation(request: HttpRequest) -> bool:
    """Whether the user is whoever runs the installation."""
    return bool(request.user.is_active and request.user.is_superuser)


def business_id_of(obj: Model, path: str) -> int:
    """Follow `path` ("integration__business") from a row to the id of its business; an empty path is the row itself."""
    if isinstance(obj, Business):
        return obj.pk
    *steps, last = path.split("__")
    found: Any = obj
    for step in steps:
        found = getattr(found, step)
    return int(getattr(found, f"{last}_id"))


class RoleMixin(BaseAdmin):
    """What each role may do with the rows of a model. An act of None is for nobody.

    `business_path` leads from a row to its business (empty: the row is the business itself), `parent_path` from the
    row that an inline belongs to.
    """

    business_path = "business"
    parent_path = "business"
    view_act: Act | None = Act.READ
    add_act: Act | None = Act.WORK
    change_act: Act | None = Act.WORK
    delete_act: Act | None = Act.WORK
    # Columns that no page ever reads: secrets, here or in related rows, and what is too big for a list.
    unread: tuple[str, ...] = ()
    # Rows that every row shows something of, fetched with it; `list_select_related` would hold for lists only.
    related: tuple[str, ...] = ()

    def scoped(self, rows: QuerySet[Any], request: HttpRequest, act: Act = Act.READ) -> QuerySet[Any]:
        """The rows of the businesses in which the user may do `act`.

        By their ids and not by a subquery: a database that cannot tell how many businesses a member has sorts a
        million rows to show fifty.
        """
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return rows.none()
        if user.is_superuser:
            return rows
        return rows.filter(**{f"{self.business_path or 'pk'}__in": sorted(business_ids(request, act))})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = self.scoped(super().get_queryset(request), request)
        fetched = {*self.related, self.business_path.rpartition("__")[0]} - {""}
        return (rows.select_related(*fetched) if fetched else rows).defer(*self.unread)

    def permits(self, request: HttpRequest, act: Act | None, obj: Model | None) -> bool:
        """Whether the user may do `act` with this row (for an inline: in the row it belongs to)."""
        if obj is None:
            return allows(request, act)
        path = self.business_path if isinstance(obj, self.model) else self.parent_path
        return allows(request, act, business_id_of(obj, path))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return allows(request, self.view_act)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.permits(request, self.view_act, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.permits(request, self.change_act, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.permits(request, self.delete_act, obj)

    def has_work_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """For bulk actions that ask for "work"."""
        return self.permits(request, Act.WORK, obj)

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "forms.ModelChoiceField[Any] | None":
        """Offer, and accept, only rows of businesses in which the user may do what this form does."""
        if "queryset" not in kwargs:
            kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the buttons that would open a related row's own form in a window."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def _choices(self, db_field: "ForeignKey[Any, Any]", request: HttpRequest) -> QuerySet[Any]:
        related = db_field.related_model
        rows: QuerySet[Any] = related._default_manager.all()  # noqa: SLF001 - Django's own name for a model's manager
        if self.admin_site.is_registered(related):
            related_admin = self.admin_site.get_model_admin(related)
            if isinstance(related_admin, RoleMixin):
                return related_admin.scoped(rows, request, self.add_act or Act.WORK).defer(*related_admin.unread)
        raise ImproperlyConfigured(f"{type(self).__name__} must say which rows {db_field} may choose from")


class NotThereMixin:
    """What belongs to others answers like what does not exist; Django would redirect home with a message."""

    def _get_obj_does_not_exist_redirect(self, _request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        raise Http404(_("There is no %(name)s “%(id)s”.") % {"name": opts.verbose_name, "id": object_id})


class ScopedChangeList(ChangeList):
    """A list that knows whether it shows everything; only one that does not counts its results beside its name."""

    @property
    def narrowed(self) -> bool:
        return bool(self.query or self.get_filters_params())

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.narrowed:
            self.full_result_count = self.result_count


class ScopedModelAdmin(NotThereMixin, CountedDeletingMixin, RoleMixin, ModelAdmin):
    """Base of every page in the admin."""

    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    list_filter_submit = True
    warn_unsaved_form = True
    # Fields that say where a row belongs: chosen once, when it is added.
    fixed_fields: tuple[str, ...] = ()
    # Actions that change nothing, and may therefore be done with any number of rows.
    reading_actions: tuple[str, ...] = ()
    # Columns that links from other pages may filter by, beside those that the list offers.
    extra_lookups: tuple[str, ...] = ()
    # What brings rows into a list that has none yet.
    empty_hint: str | Promise = ""
    # Whether the page offers Django's own record of what was changed; settings have a better one.
    offers_history = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ScopedChangeList

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        shown = {**context, "show_history": self.offers_history}
        return super().render_change_form(request, shown, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return allows(request, self.add_act)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any] | tuple[Any, ...]:
        readonly = super().get_readonly_fields(request, obj)
        return [*readonly, *self.fixed_fields] if obj is not None else readonly

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **options: Any) -> Any:
        """Nothing is done with more rows than their list tells of: nobody would know how many those are."""
        across = request.POST.get("select_across") == "1"
        acts = not set(request.POST.getlist("action")) <= {"", *self.reading_actions}
        if across and acts and counted(queryset) > MOST:
            text = _("That is more than %(most)d at once, and nothing was done. Choose fewer with a filter first.")
            self.message_user(request, text % {"most": MOST}, messages.ERROR)
            return None
        return super().response_action(request, queryset, *args, **options)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only what a list offers as a filter may be asked in its address, so that no hidden column can be guessed."""
        offered = {_name_of(one) for one in self.get_list_filter(request)} | {"id", "pk", self.date_hierarchy}
        offered.update(self.extra_lookups)
        offered.update(f"{name}_{end}" for name in tuple(offered) for end in ("from", "to"))  # see DaysFilter
        return lookup.split("__", 1)[0] in offered and super().lookup_allowed(lookup, str(value), request)


def _name_of(list_filter: Any) -> str:
    """The column behind an entry of `list_filter`: a name, (name, filter) or a filter class with its parameter."""
    name = list_filter[0] if isinstance(list_filter, list | tuple) else list_filter
    return str(getattr(name, "parameter_name", name)).split("__")[0]


class HistoryMixin(RoleMixin):
    """Rows that say what happened: everybody in the business reads them, nobody adds, changes or deletes them."""

    add_act = change_act = delete_act = None


class HistoryModelAdmin(HistoryMixin, ScopedModelAdmin):
    """A page of what happened."""

    actions_on_top = True
    warn_unsaved_form = False


class InlineMixin(RoleMixin):
    """An inline's rows have the roles of the row they belong to."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.permits(request, self.add_act, obj)


class ScopedTabularInline(InlineMixin, TabularInline):
    """Base of every table inside a page. Its headings name the fields; whoever hears the page is told by each."""

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        for field in formset.form.base_fields.values():
            field.widget.attrs.setdefault("aria-label", capfirst(field.label))
        return formset


class ScopedStackedInline(InlineMixin, StackedInline):
    """Base of every block of fields inside a page."""


class ScopedRelatedFilter(RelatedDropdownFilter):
    """A filter on a related row that offers only the user's own; Django's offers everybody's names."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        related_admin = model_admin.admin_site.get_model_admin(field.related_model)
        rows = related_admin.scoped(field.related_model._default_manager.all(), request)  # noqa: SLF001 - Django's own name
        # Names only: what else their own list shows would cost more than the page that is filtered.
        unread = [name for name in related_admin.unread if "__" not in name]
        return [(str(row.pk), str(row)) for row in rows.defer(*unread)]
