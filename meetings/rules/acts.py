"""Where mails about a meeting lead: who may act, and who has no account."""

from django.urls import reverse

from actors.directory.models.membership import parts_by_actor
from meetings.models import Invitation, Meeting, MinutesVersion
from meetings.permissions import can_record_minutes, reviewing_actors
from meetings.rules.answering import answer_path
from portal.accounts.models import User
from portal.notifications.rules.acts import everybody_sees


def _answer(meeting: Meeting, user: User) -> str:
    """The invitation of an own institution, one without an answer first; before it is sent, as when it is.

    Once the meeting has begun no answer is taken, and none is asked.
    """
    if not meeting.starts_later:
        return ""
    own = list(Invitation.objects.filter(meeting=meeting, actor__in=list(parts_by_actor(user))))
    own.sort(key=lambda row: row.answer != Invitation.Answer.NONE)
    return reverse("meetings:answer_invitation", args=[own[0].pk]) if own else ""


def _review(meeting: Meeting, user: User) -> str:
    may = reviewing_actors(user, meeting.minutes)
    return reverse("meetings:review_minutes", args=[meeting.reference]) if may else ""


def _record(meeting: Meeting, user: User) -> str:
    may = can_record_minutes(user, meeting)
    return reverse("meetings:record_minutes", args=[meeting.reference]) if may else ""


def meeting_page(meeting: Meeting, kind: str) -> str:
    """The programme; the minutes where the mail says that they are adopted, and they are."""
    if not everybody_sees(meeting):
        return ""
    tells = kind == "meetings.minutes_adopted" and MinutesVersion.objects.filter(minutes__meeting=meeting).exists()
    return reverse("meetings:minutes", args=[meeting.reference]) if tells else meeting.get_absolute_url()


ACTS = {
    "meetings.invited": _answer,
    "meetings.answer_missing": _answer,
    "meetings.moved": _answer,
    "meetings.minutes_circulated": _review,
    "meetings.remarks_closing": _review,
    "meetings.minutes_missing": _record,
}
#: mails that lead a mailbox to its answer, whether they ask for one or tell of the meeting
LINKS = dict.fromkeys(
    ("meetings.invited", "meetings.answer_missing", "meetings.coming", "meetings.moved", "meetings.changed"),
    answer_path,
)
