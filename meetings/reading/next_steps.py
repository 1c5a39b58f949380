"""What comes next on a meeting's page: the one thing this reader can do now."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from meetings.models import Invitation, Meeting, Minutes
from meetings.permissions import is_secretariat, why_not_hold
from meetings.reading.programme import programme_of
from meetings.reading.seen import Seen
from portal.core.dates import duration_text, today


@dataclass(frozen=True)
class MeetingStep:
    """A sentence, and the button that does it: a link, or a form where `posts`."""

    text: str
    label: str = ""
    url: str = ""
    icon: str = ""
    posts: bool = False
    invitation: Invitation | None = None
    #: what else can be done beside it: a word and an address each
    also: tuple[tuple[str, str], ...] = ()


def next_step(seen: Seen, now: datetime | None = None) -> MeetingStep | None:
    """The own institution's answer first, then what who prepares the meeting must do, then what a reader may."""
    now = now or timezone.now()
    meeting = seen.meeting
    if meeting.awaits_answers:
        for invitation in seen.own_invitations:
            if invitation.answer == Invitation.Answer.NONE:
                return MeetingStep(_asked(invitation), invitation=invitation)
    if seen.steers and (step := _for_the_secretariat(seen, now)):
        return step
    return _for_readers(seen)


def _asked(invitation: Invitation) -> str:
    if not invitation.is_asked_anew:
        return _("Your institution is invited: %(actor)s.") % {"actor": invitation.actor}
    if invitation.hour_has_changed:
        return _(
            "The time has changed since your institution answered: %(actor)s. Its answer for the new time is awaited."
        ) % {"actor": invitation.actor}
    return _(
        "The date has changed since your institution answered: %(actor)s. Its answer for the new date is awaited."
    ) % {"actor": invitation.actor}


def _for_the_secretariat(seen: Seen, now: datetime) -> MeetingStep | None:
    meeting = seen.meeting
    match meeting.state:
        case Meeting.State.DRAFT:
            return _to_catch_up(meeting) if meeting.ends_at <= now else _to_prepare(seen)
        case Meeting.State.ANNOUNCED if today(now) < meeting.begins_on:
            return _to_collect(seen)
        case Meeting.State.ANNOUNCED if not seen.attendances:
            return _act(
                meeting,
                " ".join([_("Note who is there, from a phone if need be."), *_not_yet_held(meeting, now)]),
                _("Record attendance"),
                "record_attendance",
                "user-check",
            )
        case Meeting.State.ANNOUNCED if not meeting.has_begun(now):
            return MeetingStep(" ".join([_("Attendance is recorded."), *_not_yet_held(meeting, now)]))
        case Meeting.State.ANNOUNCED if seen.unnoted:
            text = " ".join([unnoted_text(seen.unnoted), _("Once the meeting is over, note that it was held.")])
            also = ((_("Record attendance"), reverse("meetings:record_attendance", args=[meeting.reference])),)
            step = _act(meeting, text, _("Note as held"), "hold_meeting", "check", posts=True)
            return replace(step, also=also)
        case Meeting.State.ANNOUNCED:
            text = _("Attendance is recorded. Once the meeting is over, note that it was held.")
            return _act(meeting, text, _("Note as held"), "hold_meeting", "check", posts=True)
        case Meeting.State.POSTPONED:
            text = _("This meeting waits for a new date. The institutions invited before are told and asked anew.")
            return _act(meeting, text, _("Announce with a new date"), "reannounce_meeting", "calendar-clock")
        case Meeting.State.HELD:
            return _to_write_up(seen)
        case _ if meeting.state in Meeting.ENDED:
            pass
    return None


def unnoted_text(count: int) -> str:
    """The attendance of `count` invited institutions is missing; said beside what can be done all the same."""
    return ngettext(
        "The attendance of %(count)d invited institution is not recorded yet.",
        "The attendance of %(count)d invited institutions is not recorded yet.",
        count,
    ) % {"count": count}


def _not_yet_held(meeting: Meeting, now: datetime) -> list[str]:
    """From when on it is noted as held; nothing once that can be done."""
    return [reason] if (reason := why_not_hold(meeting, now)) else []


def _to_catch_up(meeting: Meeting) -> MeetingStep:
    text = _(
        "The date of this meeting is gone by. If it took place, record it: no invitation is sent, and who came and "
        "the minutes can then be noted. If not, give it another date."
    )
    return _act(meeting, text, _("Record as already held"), "hold_meeting", "check", posts=True)


def _to_prepare(seen: Seen) -> MeetingStep:
    meeting = seen.meeting
    if not seen.items:
        return _act(
            meeting,
            _("Begin with the programme: what will be spoken about, and for how long."),
            _("Add an item"),
            "add_item",
            "plus",
        )
    if not seen.invitations:
        text = _("The programme is there. Choose the institutions to invite; nothing is sent before the announcement.")
        return _act(meeting, text, _("Choose the institutions"), "invite", "users")
    if excess := programme_of(meeting, seen.items).excess:
        text = _("The programme is %(excess)s longer than the meeting. Shorten it, or change the hours, then announce.")
        text %= {"excess": duration_text(excess)}
        return _act(meeting, text, _("Change the hours"), "edit_meeting", "calendar-clock")
    count = len(seen.invitations)
    text = ngettext(
        "Everything is ready: announcing sends the invitation to %(count)d institution.",
        "Everything is ready: announcing sends the invitation to %(count)d institutions.",
        count,
    ) % {"count": count}
    return _act(meeting, text, _("Announce and send the invitations"), "announce_meeting", "send")


def _to_collect(seen: Seen) -> MeetingStep:
    meeting = seen.meeting
    waiting = sum(1 for invitation in seen.invitations if invitation.answer == Invitation.Answer.NONE)
    if not seen.invitations:
        return _act(
            meeting,
            _("The meeting is announced and nobody is invited yet."),
            _("Choose the institutions"),
            "invite",
            "users",
        )
    if waiting:
        text = ngettext(
            "%(count)d institution has not answered yet.", "%(count)d institutions have not answered yet.", waiting
        ) % {"count": waiting}
        return _act(meeting, text, _("See the answers"), "participation", "mail-question-mark")
    return _act(meeting, _("Every institution has answered."), _("See the answers"), "participation", "check")


def _to_write_up(seen: Seen) -> MeetingStep | None:
    """Who came is noted before the minutes are begun; where it was not, it is offered beside."""
    meeting = seen.meeting
    attend = _act(meeting, _("Note who came."), _("Record attendance"), "record_attendance", "user-check")
    if seen.attendances:
        return _to_finish(seen)
    minutes = getattr(meeting, "minutes", None)
    if minutes is None or not minutes.sections.written().exists():
        return attend
    step = _to_finish(seen)
    return step and replace(step, also=((attend.label, attend.url),))


def _to_finish(seen: Seen) -> MeetingStep | None:
    meeting = seen.meeting
    minutes = getattr(meeting, "minutes", None)
    if minutes is None or minutes.state != Minutes.State.ADOPTED:
        if not is_secretariat(seen.user, meeting):
            return None
        if minutes is not None and minutes.state == Minutes.State.CIRCULATED:
            return _act(
                meeting,
                _("The draft minutes are with the institutions for their remarks."),
                _("See the minutes"),
                "minutes",
                "file-text",
            )
        if minutes is not None and minutes.is_ready_to_circulate:
            return _act(
                meeting,
                _("Every item is written: the draft can be circulated for remarks."),
                _("Circulate the draft minutes"),
                "circulate_minutes",
                "send",
            )
        return _act(
            meeting,
            _("Write the minutes, item by item, then circulate the draft."),
            _("Write the minutes"),
            "minutes",
            "file-pen-line",
        )
    if not seen.has_report:
        return _act(
            meeting, _("The minutes are adopted. The report can be made."), _("Make the report"), "report", "file-down"
        )
    text = _("The minutes are adopted and the report is made: the file can be closed.")
    return _act(meeting, text, _("Close the file"), "close_meeting", "archive", posts=True)


def _for_readers(seen: Seen) -> MeetingStep | None:
    meeting = seen.meeting
    minutes = getattr(meeting, "minutes", None)
    if minutes is not None and minutes.takes_remarks() and not seen.steers and _is_awaited(seen, minutes):
        return _act(
            meeting,
            _("The draft minutes wait for your institution’s word."),
            _("Read the draft minutes"),
            "minutes",
            "file-text",
        )
    if seen.has_report:
        return _act(meeting, _("The report of this meeting is ready."), _("Download the report"), "report", "file-down")
    if meeting.state == Meeting.State.ANNOUNCED and not meeting.has_begun():
        return _answered(seen) or _act(
            meeting, _("Keep the date."), _("Add to the calendar"), "calendar", "calendar-plus"
        )
    return None


def _answered(seen: Seen) -> MeetingStep | None:
    """What own institutions have answered: whoever comes keeps the date, whoever declined may still come."""
    if not seen.own_invitations:
        return None
    come = [row for row in seen.own_invitations if row.answer == Invitation.Answer.CONFIRMED]
    rows = come or seen.own_invitations
    comma = pgettext("between the parts of a list", ", ")
    names = comma.join(str(row.actor) for row in rows)
    if not come:
        text = _("Your institution has declined: %(names)s. Its answer can be changed until the meeting begins.")
        return MeetingStep(text % {"names": names}, *_changing(rows[0]), "pencil", also=_also(rows[1:]))
    text = _("Your institution has confirmed its attendance: %(names)s. Keep the date.") % {"names": names}
    if sent := [row.designated for row in come if row.designated]:
        text += " " + _("Represented by: %(names)s.") % {"names": comma.join(sent)}
    step = _act(seen.meeting, text, _("Add to the calendar"), "calendar", "calendar-plus")
    return replace(step, also=_also(seen.own_invitations)) if seen.meeting.awaits_answers else step


def _changing(invitation: Invitation) -> tuple[str, str]:
    return _("Change the answer"), reverse("meetings:answer_invitation", args=[invitation.pk])


def _also(invitations: list[Invitation]) -> tuple[tuple[str, str], ...]:
    """The ways to change these answers; where there are several, each with its institution."""
    ways = [(row.actor, *_changing(row)) for row in invitations]
    return tuple((f"{label} – {actor}" if len(ways) > 1 else label, address) for actor, label, address in ways)


def _is_awaited(seen: Seen, minutes: Minutes) -> bool:
    """An own institution is asked, and has not said its word on the circulated text."""
    asked = {actor.pk for actor in seen.asked_about_minutes} & seen.own
    return bool(asked - {review.actor_id for review in seen.reviews if review.circulation == minutes.circulation})


def _act(meeting: Meeting, text: str, label: str, view: str, icon: str, *, posts: bool = False) -> MeetingStep:
    return MeetingStep(text, label, reverse(f"meetings:{view}", args=[meeting.reference]), icon, posts)
