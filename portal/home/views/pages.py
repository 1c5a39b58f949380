"""Standing pages: what the portal is, and what it holds about whom."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.core.names import contact_address
from portal.core.pages import page


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return page(request, "home/about.html", {"contact": settings.CONTACT_EMAIL})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return page(request, "home/privacy.html", {"address": contact_address()})
