"""How invitations, attendance and words on minutes are settled when two sheets of the directory become one."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from actors.doubles.registry import Rule, Values, settle
from meetings.models import Attendance, Invitation, MinutesReview
from portal.core.journal import Plan

ANSWERED = (
    "answer", "represented_by_id", "representative", "mandate", "note", "by_phone", "by_mailbox", "asked_point",
    "answered_at", "answered_by_id", "earlier_answer", "earlier_date",
)  # fmt: skip


def register() -> None:
    """Called from `MeetingsConfig.ready()`."""
    settle(
        Invitation,
        "actor",
        Rule(
            join=_latest_answer,
            named=("meeting",),
            says=_("Where both were invited, one invitation stays, with the latest answer."),
        ),
    )
    settle(
        Attendance,
        "actor",
        Rule(
            join=_fuller_presence,
            mend=_not_by_itself,
            named=("meeting",),
            says=_("Where both are in the attendance, one line stays: present before excused, excused before absent."),
        ),
    )
    settle(Attendance, "represented_by", Rule(mend=_not_by_itself))
    settle(
        MinutesReview,
        "actor",
        Rule(
            join=_both_words,
            named=("minutes__meeting",),
            says=_("Where both gave their word on the minutes, remarks count before approval, and none is lost."),
        ),
    )


def _latest_answer(ours: Invitation, theirs: Invitation) -> Values:
    values: Values = {}
    if theirs.sent_at is not None and (ours.sent_at is None or theirs.sent_at < ours.sent_at):
        values["sent_at"] = theirs.sent_at
    answered = theirs.answer != Invitation.Answer.NONE
    if theirs.is_asked_anew and ours.answer == ours.earlier_answer == Invitation.Answer.NONE:
        values |= {name: getattr(theirs, name) for name in ANSWERED}
    if answered and (ours.answer == Invitation.Answer.NONE or _later(theirs.answered_at, ours.answered_at)):
        values |= {name: getattr(theirs, name) for name in ANSWERED}
    return values


def _later(one: Any, other: Any) -> bool:
    return one is not None and (other is None or one > other)


def _fuller_presence(ours: Attendance, theirs: Attendance) -> Values:
    if Attendance.Status(theirs.status).rank < Attendance.Status(ours.status).rank:
        return {name: getattr(theirs, name) for name in ("status", "represented_by_id", "representative")}
    if not ours.representative and theirs.representative and ours.status == theirs.status:
        return {"representative": theirs.representative}
    return {}


def _not_by_itself(attendance: Attendance, plan: Plan) -> Values:
    """One institution now: whoever sat there for it was its own."""
    if attendance.represented_by_id != attendance.actor_id:
        return {}
    return {"status": Attendance.Status.PRESENT.value, "represented_by_id": None}


def _both_words(ours: MinutesReview, theirs: MinutesReview) -> Values:
    texts = [text for text in dict.fromkeys((ours.text.strip(), theirs.text.strip())) if text]
    answers = {ours.answer, theirs.answer}
    answer = MinutesReview.Answer.REMARKS if MinutesReview.Answer.REMARKS in answers else MinutesReview.Answer.APPROVES
    values = {"answer": answer.value, "text": "\n\n".join(texts)}
    return {name: value for name, value in values.items() if value != getattr(ours, name)}
