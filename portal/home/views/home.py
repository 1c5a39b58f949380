"""The first page: for a visitor what was agreed and where it stands, for the signed in what waits for them."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from actors.directory.models.actor import institutions_of
from actors.directory.reading.standing_in import reader_of
from meetings.models import Meeting
from meetings.reading.desk import next_meeting
from portal.accounts.middleware import preferred_language
from portal.core.dates import long_day
from portal.core.pages import page
from portal.core.remembered import Remembered, asker_of
from portal.core.unchanged import asks_anew, state_of_the_data
from portal.home.desk import LISTS, figures_of, list_of, sections_of, title_for
from portal.notifications.reading.last_run import last_run
from recommendations.models import Recommendation, Shown
from recommendations.models.recommendation import NUMBERED
from recommendations.reading.desk import own_figures
from recommendations.reading.standing import standing

if TYPE_CHECKING:
    from portal.accounts.models import User

_desks: Remembered[dict[str, Any]] = Remembered(most=64)


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
        "standing": standing(request.user),
        "agreed": [Shown(row, inside=False) for row in _newest(agreed)],
    }
    return page(request, "home/front.html", context)


def _desk(request: HttpRequest) -> HttpResponse:
    """What a desk says is asked again once anything is written, or the minute is another."""
    user, state = request.user, "" if asks_anew(request) else state_of_the_data()
    said = _desks.recall((asker_of(user), get_language()), (state,) if state else (), lambda: _asked(user))
    return page(request, "home/desk.html", said)


def _asked(user: "User") -> dict[str, Any]:
    institutions, reader = institutions_of(user), reader_of(user)
    sections, own = sections_of(reader), own_figures(reader)
    meeting, invitation = next_meeting(reader)
    return {
        "title": title_for(institutions),
        "today_text": long_day(timezone.now()),
        "institutions": institutions,
        "sections": sections,
        "figures": figures_of(sections, own.completion) if institutions else [],
        "meeting": meeting,
        "invitation": invitation,
        "standing": own.standing,
        "last_run": last_run() if user.is_administrator else None,
    }


@require_safe
def waiting(request: HttpRequest, kind: str) -> HttpResponse:
    """Everything that waits for this person of one kind: what the desk shows the first lines of, or a figure counts."""
    if kind not in LISTS:
        raise Http404
    shown, lines = list_of(request.user, kind, request.GET.get("page"))
    return page(request, "home/waiting.html", {"kind": LISTS[kind][0], "page": shown, "lines": lines})


def _newest(agreed: "QuerySet[Recommendation]") -> "QuerySet[Recommendation]":
    return agreed.select_related("axis", "meeting").order_by(*NUMBERED)[:4]
