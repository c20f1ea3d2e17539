"""Pages of settings as they were filled in, without saving them: an integration's, and that of one mapping."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest

from integrations.models import Integration
from sync.engine.compare import Unsaved


def integration_page_unsaved(request: HttpRequest, pk: int) -> Unsaved:
    """The rows that saving this page would change. Raises ValidationError when it could not be saved as it is."""
    page: Any = admin.site.get_model_admin(Integration)
    integration = page.get_object(request, str(pk))
    form = page.get_form(request, integration, change=True)(request.POST, instance=integration)
    formsets = _formsets(page, request, integration)
    if not all([form.is_valid(), *(formset.is_valid() for formset in formsets)]):
        raise ValidationError(_complaints(form, formsets))
    rows: list[Model] = [form.instance]
    removed: list[Model] = []
    for formset in formsets:
        rows += formset.save(commit=False)
        removed += formset.deleted_objects
    return Unsaved(tuple(rows), tuple(removed))


def mapping_page_unsaved(request: HttpRequest, mapping: Model) -> Unsaved:
    """The mapping as saving its page would leave it. Raises ValidationError when it could not be saved as it is."""
    page: Any = admin.site.get_model_admin(type(mapping))
    form = page.get_form(request, mapping, change=True)(request.POST, instance=mapping)
    if not form.is_valid():
        raise ValidationError(_complaints(form, []))
    return Unsaved((form.instance,))


def _formsets(page: Any, request: HttpRequest, integration: Integration) -> list[Any]:
    """As the admin makes them, which has no public way to do it."""
    made = []
    for formset_class, inline in page.get_formsets_with_inlines(request, integration):
        if inline.has_change_permission(request, integration):
            prefix = formset_class.get_default_prefix()
            made.append(formset_class(**page.get_formset_kwargs(request, integration, inline, prefix)))
    return made


def _complaints(form: Any, formsets: list[Any]) -> list[str]:
    found = [form.errors, *(errors for formset in formsets for errors in formset.errors)]
    named = [f"{name}: {text}" for errors in found for name, texts in errors.items() for text in texts]
    return [*named, *(str(text) for formset in formsets for text in formset.non_form_errors())]
