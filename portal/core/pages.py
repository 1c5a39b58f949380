"""One address answers the whole page, or the partial inside it that htmx asked for."""

from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(
    request: HttpRequest, template: str, context: dict | None = None, *, partial: str = "", status: int = 0
) -> HttpResponse:
    """Render `template`, or its partial when htmx asks for a piece; a form with errors answers 422."""
    context = context or {}
    if not status:
        refused = any(
            isinstance(value, BaseForm | BaseFormSet) and value.is_bound and value.errors for value in context.values()
        )
        status = 422 if refused else 200
    htmx = getattr(request, "htmx", None)
    if partial and htmx and not htmx.boosted and not htmx.history_restore_request:
        template = f"{template}#{partial}"
    return render(request, template, context, status=status)
