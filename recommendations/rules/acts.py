"""Where mails about a recommendation lead: who may act, and who has no account."""

from django.urls import reverse

from actors.directory.models.membership import parts_by_actor
from portal.accounts.models import User
from portal.notifications.rules.acts import everybody_sees
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.permissions import can_clear, can_confirm, can_report


def _answer(recommendation: Recommendation, user: User) -> str:
    asked = Assignment.objects.filter(recommendation=recommendation, answer=Assignment.Answer.WAITING)
    row = asked.filter(actor__in=list(parts_by_actor(user))).order_by("part", "pk").first()
    return reverse("recommendations:answer_assignment", args=[row.pk]) if row else ""


def _report(recommendation: Recommendation, user: User) -> str:
    may = can_report(user, recommendation)
    return reverse("recommendations:report_progress", args=[recommendation.reference]) if may else ""


def _clear(recommendation: Recommendation, user: User) -> str:
    waiting = FollowUp.objects.filter(recommendation=recommendation, clearance=FollowUp.Clearance.WAITING)
    entry = next((entry for entry in waiting.order_by("-pk") if can_clear(user, entry)), None)
    return reverse("recommendations:clear_follow_up", args=[entry.pk]) if entry else ""


def _confirm(recommendation: Recommendation, user: User) -> str:
    may = can_confirm(user, recommendation)
    return reverse("recommendations:confirm_recommendation", args=[recommendation.reference]) if may else ""


def recommendation_page(recommendation: Recommendation, kind: str) -> str:
    return recommendation.get_absolute_url() if everybody_sees(recommendation) else ""


ACTS = {
    "recommendations.agenda": _report,
    "recommendations.assigned": _answer,
    "recommendations.awaiting_clearance": _clear,
    "recommendations.contested": _report,
    "recommendations.declared_done": _confirm,
    "recommendations.due": _report,
    "recommendations.overdue": _report,
    "recommendations.reopened": _report,
    "recommendations.sent_back": _report,
    "recommendations.silent": _report,
    "recommendations.unconfirmed": _confirm,
}
