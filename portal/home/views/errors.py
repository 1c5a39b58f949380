"""What is said when a page cannot be shown: not allowed, not found, too old a form, something broken."""

import sys

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import escape_leading_slashes
from django.utils.translation import get_language_from_path, override
from django.utils.translation import gettext as _

from portal.core.errors import FileGone, is_away
from portal.core.pages import came_from, own_path, page, place_of
from portal.core.text import tidied_address
from portal.core.typed import typed_in


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413; asks nothing of the request, which cannot be read: too large, cut off, or in no known form."""
    status = 413 if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent) else 400
    # It may have been refused before anything set the language of this thread.
    with override(get_language_from_path(request.path_info) or settings.LANGUAGE_CODE):
        return HttpResponse(render_to_string(f"{status}.html"), status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the sentence `require` was given; a visitor is offered to sign in and come back."""
    reason = str(exception or "") or _("You may not do this.")
    context = {"reason": reason, "typed": typed_in(request)}
    return page(request, "403.html", context, partial="sentence", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; a visitor is offered to sign in and come back, in the same words whether the thing exists or not.

    An address typed in lower case, or copied with what stood around it, leads to the one that was meant. What a link in
    a mail leads to may be open only to who signs in: then no heading says that there is no such page. A file that its
    row has and the disk has not is told as that.
    """
    if request.method == "GET" and (meant := tidied_address(request.path)) != request.path:
        return redirect(f"{escape_leading_slashes(meant)}?{request.META['QUERY_STRING']}".rstrip("?"))
    gone = str(exception) if isinstance(exception, FileGone) else ""
    asks_to_sign_in = request.resolver_match is not None and not _is_signed_in(request) and not gone
    place = came_from(request) if gone else ""
    context = {"asks_to_sign_in": asks_to_sign_in, "typed": typed_in(request), "gone": gone, "place": place}
    return page(request, "404.html", context, partial="sentence", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form opened before its reader signed in or out in another tab, or in a browser without cookies.

    What was typed is kept, to be sent again. Who signs in a second time is led on: that is done already.
    """
    if _is_signed_in(request) and request.path == reverse("account_login"):
        messages.info(request, _("You are signed in already."))
        return redirect(own_path(request.POST.get("next", "")) or settings.LOGIN_REDIRECT_URL)
    sentence = _(
        "Since this form was opened you signed in or out in another tab, or the browser refuses cookies. "
        "For safety nothing was done."
    )
    context = {"reason": sentence, "typed": typed_in(request), "place": place_of(request)}
    return page(request, "unsent.html", context, partial="sentence", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; asks nothing of the database, since that may be what is broken."""
    if is_away(sys.exception()):
        return away(request)
    return HttpResponseServerError(render_to_string("500.html"))


def away(request: HttpRequest) -> HttpResponse:
    """503, with what was sent to send it again; asks nothing of the database, which is away, or has no room left."""
    request.user = AnonymousUser()  # who it is stands in the database, and what comes after this page would ask
    typed = typed_in(request)
    context = {"typed": typed, "posted": request.method == "POST", "address": request.get_full_path()}
    context["place"] = place_of(request)
    with override(get_language_from_path(request.path_info) or settings.LANGUAGE_CODE):
        text = render_to_string("503.html", context, request)
    return HttpResponse(text, status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})


def _is_signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)
