"""The first page: for a visitor what was agreed and where it stands, for the signed in what waits for them."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from actors.directory.models.actor import institutions_of
from meetings.models import Meeting
from portal.accounts.middleware import preferred_language
from portal.core.dates import long_day
from portal.core.pages import page
from portal.home.desk import figures_of, meetings_for, sections_of, standing_of, title_for
from portal.notifications.reading.last_run import last_run
from recommendations.models import Recommendation, Shown, strip_of
from recommendations.reading.desk import desk_for


@login_not_required
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """`/` goes to the account’s language, else the cookie’s, else Arabic."""
    with translation.override(preferred_language(request)):
        response = redirect(reverse("home:home"))
    response.headers["Vary"] = "Cookie"
    return response


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return _desk(request) if request.user.is_authenticated else _front(request)


def _front(request: HttpRequest) -> HttpResponse:
    meetings = Meeting.objects.visible_to(request.user)
    agreed = Recommendation.objects.visible_to(request.user)
    held = meetings.filter(state__in=Meeting.TOOK_PLACE).order_by("-starts_at")
    context = {
        "coming": meetings.upcoming()[:3],
        "held": held.select_related("organiser", "space")[:3],
        "standing": standing_of(agreed),
        "agreed": [Shown(row, inside=False) for row in _newest(agreed)],
    }
    return page(request, "home/front.html", context)


def _desk(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    institutions, desk, meetings = (
        institutions_of(request.user),
        desk_for(request.user),
        meetings_for(request.user, now),
    )
    context = {
        "title": title_for(institutions),
        "today_text": long_day(now),
        "institutions": institutions,
        "desk": desk,
        "meetings": meetings,
        "figures": figures_of(desk, meetings),
        "sections": sections_of(desk),
        "strip_parts": strip_of(desk.counts),
        "nothing_waits": desk.is_empty and not meetings.errands and not meetings.unanswered,
        "last_run": last_run() if request.user.is_administrator else None,
    }
    return page(request, "home/desk.html", context)


def _newest(agreed: "QuerySet[Recommendation]") -> "QuerySet[Recommendation]":
    return agreed.select_related("axis", "meeting").order_by("-meeting__starts_at", "reference")[:4]
