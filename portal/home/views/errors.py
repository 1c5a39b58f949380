"""What is said when a page cannot be shown: not allowed, not found, too old a form, something broken."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_path, override
from django.utils.translation import gettext as _

from portal.core.pages import page
from portal.core.text import CONTROLS, tidied_address
from portal.core.typed import typed_in


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; asks nothing of the request, since it is what cannot be read: too large, cut off, or in no known form."""
    # It may have been refused before anything set the language of this thread.
    with override(get_language_from_path(request.path_info) or settings.LANGUAGE_CODE):
        return HttpResponseBadRequest(render_to_string("400.html"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the sentence `require` was given; who was signed out meanwhile is offered to sign in."""
    reason = str(exception or "") or _("You may not do this.")
    came_from = "" if _is_signed_in(request) else request.get_full_path()
    context = {"reason": reason, "typed": typed_in(request), "came_from": came_from}
    return page(request, "403.html", context, partial="sentence", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; a visitor is offered to sign in and come back, in the same words whether the page exists or not.

    An address typed in lower case, or copied with what stood around it, leads to the one that was meant.
    """
    if request.method == "GET" and CONTROLS.search(request.path):
        return bad_request(request, exception)
    if request.method == "GET" and (meant := tidied_address(request.path)) != request.path:
        return redirect(f"{meant}?{request.META['QUERY_STRING']}".rstrip("?"))
    context = {
        "signed_in": _is_signed_in(request),
        "came_from": request.get_full_path(),
        "typed": typed_in(request),
    }
    return page(request, "404.html", context, partial="sentence", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long, or in a browser without cookies; what was typed is there to be copied."""
    sentence = _(
        "This form was open for too long, or the browser refuses cookies. Go back, reload the page and send it again."
    )
    context = {"reason": sentence, "typed": typed_in(request)}
    return page(request, "403.html", context, partial="sentence", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; asks nothing of the database, since that may be what is broken."""
    return HttpResponseServerError(render_to_string("500.html"))


def _is_signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)
