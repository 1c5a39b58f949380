"""What is said when a page cannot be shown: not allowed, not found, too old a form, something broken."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from portal.core.pages import page


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the sentence `require` was given."""
    reason = str(exception or "") or _("You may not do this.")
    return page(request, "403.html", {"reason": reason}, partial="sentence", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; a visitor is offered to sign in and come back, in the same words whether the page exists or not."""
    user = getattr(request, "user", None)
    context = {"signed_in": bool(user and user.is_authenticated), "came_from": request.get_full_path()}
    return page(request, "404.html", context, partial="sentence", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long, or in a browser without cookies."""
    sentence = _(
        "This form was open for too long, or the browser refuses cookies. Go back, reload the page and send it again."
    )
    return page(request, "403.html", {"reason": sentence}, partial="sentence", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; asks nothing of the database, since that may be what is broken."""
    return HttpResponseServerError(render_to_string("500.html"))
