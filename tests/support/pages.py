"""Reading pages as people do, and filling them in as a browser does: everything that is on the page is sent back, with
some fields changed."""

from django.contrib.messages import get_messages
from django.utils.html import strip_tags


def read(answer):
    """What stands on the page."""
    return " ".join(strip_tags(answer.content.decode().replace("<", " <")).split())


def said(answer):
    """What the page told the person."""
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def sent(answer, **changes):
    """What saving this page sends."""
    context = answer.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {}
    for form in forms:
        values |= dict(_fields(form))
    return values | changes


def _fields(form):
    for bound in form:
        value = bound.value()
        if bound.field.disabled or value is None or value is False:
            continue
        yield bound.html_name, "on" if value is True else value
        if bound.field.show_hidden_initial:
            yield bound.html_initial_name, value


def errors(answer):
    """All that the page complains about, as text."""
    context = answer.context
    found = [context["adminform"].form.errors]
    for inline in context["inline_admin_formsets"]:
        found += [inline.formset.non_form_errors(), *inline.formset.errors]
    return " ".join(str(one) for one in found if one)
