"""One recommendation: what was agreed, where it stands, what comes next; and what its space says to it."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from meetings.permissions import steers
from portal.core.pages import page
from portal.notifications.reading.story import story_of
from recommendations import actions
from recommendations.forms import ConfirmForm, ReasonForm
from recommendations.models import FollowUp, Recommendation, Shown, sees_inside
from recommendations.models.states import PUBLIC_TEXTS
from recommendations.permissions import (
    can_read_reminders,
    check_confirm,
    check_read_reminders,
    check_steering,
    why_not_assign,
    why_not_confirm,
    why_not_contest,
    why_not_drop,
    why_not_reopen,
)
from recommendations.reading.next_step import next_step
from recommendations.reading.story import changes_of, line_of, quote_for
from recommendations.views.finding import find_recommendation, turned_away

#: the button of each question
SUBMITS = {
    "confirm_recommendation": gettext_lazy("Confirm completion"),
    "contest_recommendation": gettext_lazy("Express a reservation"),
    "drop_recommendation": gettext_lazy("Drop"),
    "reopen_recommendation": gettext_lazy("Reopen"),
}


@require_safe
@login_not_required
def recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    """The sheet with its timeline; entries still inside an institution are shown to its own people only."""
    user = request.user
    found = find_recommendation(request, reference)
    inside = sees_inside(user)
    seen = FollowUp.objects.visible_to(user).filter(recommendation=found) if inside else FollowUp.objects.none()
    entries = list(seen.select_related("on_behalf_of", "drafted_by", "cleared_by").prefetch_related("evidence")[:50])
    can_steer = steers(user, found.meeting)
    context = {
        "recommendation": found,
        "shown": Shown(found, inside),
        "space": found.space_for(user),
        "inside": inside,
        "entries": entries,
        "timeline": [line_of(entry) for entry in entries],
        "quote": quote_for(user, found),
        "next": next_step(user, found, entries) if inside else None,
        "can_steer": can_steer,
        "changes": changes_of(found) if can_steer else [],
        "sees_reminders": can_read_reminders(user, found),
        "assignments": found.assignments.all() if inside else [],
        "can_withdraw": can_steer and not why_not_assign(found),
        "themes": found.themes.all(),
        "other_texts": _other_texts(found),
        "meeting_is_seen": found.meeting_is_seen,
        "public_text": "" if inside else PUBLIC_TEXTS[found.State(found.state).in_public],
        "register_url": reverse("recommendations:recommendations"),
    }
    return page(request, "recommendations/recommendation.html", context)


@require_safe
def recommendation_reminders(request: HttpRequest, reference: str) -> HttpResponse:
    """Why somebody got a mail about it, what was sent, what comes next; for the assigned and those who prepare."""
    found = find_recommendation(request, reference)
    check_read_reminders(request.user, found)
    context = {"recommendation": found, "ledger": story_of(found)}
    return page(request, "recommendations/recommendation_reminders.html", context)


def _other_texts(found: Recommendation) -> list[dict[str, str]]:
    """The text in the languages the reader did not ask for."""
    texts = {code: getattr(found, f"text_{code}") for code in ("ar", "fr", "en")}
    return [{"language": code, "text": text} for code, text in texts.items() if text and text != found.text]


@require_http_methods(["GET", "POST"])
def confirm_recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    found = find_recommendation(request, reference)
    check_confirm(request.user, found)
    form = ConfirmForm(request.POST or None)
    told = _("The completion of the recommendation is confirmed.")
    return _question(request, found, form, actions.confirm_recommendation, why_not_confirm(found), told)


@require_http_methods(["GET", "POST"])
def contest_recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    found = find_recommendation(request, reference)
    check_confirm(request.user, found)
    form = ReasonForm(request.POST or None)
    told = _("The reservation is recorded, and the institution has been told.")
    return _question(request, found, form, actions.contest_recommendation, why_not_contest(found), told)


@require_http_methods(["GET", "POST"])
def drop_recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    found = find_recommendation(request, reference)
    check_steering(request.user, found.meeting)
    form = ReasonForm(request.POST or None)
    told = _("The recommendation is dropped.")
    return _question(request, found, form, actions.drop_recommendation, why_not_drop(found), told)


@require_http_methods(["GET", "POST"])
def reopen_recommendation(request: HttpRequest, reference: str) -> HttpResponse:
    found = find_recommendation(request, reference)
    check_steering(request.user, found.meeting)
    form = ReasonForm(request.POST or None)
    told = _("The recommendation is reopened.")
    return _question(request, found, form, actions.reopen_recommendation, why_not_reopen(found), told)


def _question(
    request: HttpRequest,
    found: Recommendation,
    form: ReasonForm | ConfirmForm,
    act: Callable[..., None],
    why_not: str,
    told: str,
) -> HttpResponse:
    """A page with one question about one recommendation, called as its act: asked, answered, done."""
    if answer := form.carry(request, act, found, to=found, told=told) or turned_away(request, found, why_not):
        return answer
    template = act.__name__
    context = {
        "recommendation": found,
        "shown": Shown(found, inside=True),
        "form": form,
        "last_report": _last_report(found),
        "submit": SUBMITS[template],
        "back_url": found.get_absolute_url(),
        "danger": template == "drop_recommendation",
    }
    return page(request, f"recommendations/{template}.html", context)


def _last_report(found: Recommendation) -> FollowUp | None:
    """What was declared, so that nobody confirms without reading it."""
    reports = FollowUp.objects.standing().filter(recommendation=found, kind=FollowUp.Kind.PROGRESS)
    return reports.select_related("on_behalf_of").prefetch_related("evidence").first()
