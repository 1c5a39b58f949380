"""One address answers the whole page, or the partial inside it that htmx asked for; and which page was asked from."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.forms import BaseForm, BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST


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
    if partial and _is_a_piece(request):
        template = f"{template}#{partial}"
    return render(request, template, {"is_found": status == 200, **context}, status=status)


def place_of(request: HttpRequest) -> str:
    """The page its reader stands on, as a path that can be opened.

    A page that is read is its own; a form or a button stands on the page it was sent from, a piece on the page around
    it. Where the browser does not say which, it is the address itself.
    """
    if request.method in {"GET", "HEAD"} and not _is_a_piece(request):
        return request.get_full_path()
    return came_from(request) or request.get_full_path()


def came_from(request: HttpRequest) -> str:
    """The page of ours that the request was sent from, as a path; '' where the browser says none."""
    around = parts_of(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if around.netloc != request.get_host() or not around.path.startswith("/"):
        return ""
    path = escape_leading_slashes(around.path)
    return f"{path}?{around.query}" if around.query else path


def parts_of(address: str) -> SplitResult:
    """The parts of an address that somebody else says; all of them empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def own_path(address: str) -> str:
    """The address if it is a page of ours to come back to, else '': a path from the root; a redirect would look up
    the name of a route, and follow what leads elsewhere."""
    return address if address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def _is_a_piece(request: HttpRequest) -> bool:
    htmx = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


def stands_on(route: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For a form that stands on the page `route` and is sent to an address of its own, which answers its errors: who
    reads that answer again, or in another language, is led to the page."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def led(request: HttpRequest, **of: Any) -> HttpResponse:
            if request.method in {"GET", "HEAD"}:
                return redirect(route, **of)
            return require_POST(view)(request, **of)

        return led

    return decorate
