"""The table of who was invited, what they answered and who came, as one reader sees it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from actors.directory.models import Actor
from meetings.models import Attendance, Invitation, Meeting
from meetings.reading.invitations import Unreached
from meetings.reading.seen import Seen, in_order
from portal.core.dates import as_day, day_text


@dataclass
class ParticipationRow:
    """One institution: its invitation and its attendance, either of which may be missing."""

    actor: Actor
    invitation: Invitation | None
    attendance: Attendance | None
    is_own: bool
    is_organiser: bool
    #: why no mail of the invitation reaches it, and whom to call; None where one may
    unreached: Unreached | None
    took_place: bool

    @property
    def answer(self) -> str:
        """The invitation in one line, with the old date where the answer was for one."""
        if self.invitation is None:
            return _("Organiser") if self.is_organiser else _("without an invitation")
        if not self.invitation.is_sent:
            return _("not sent from the portal") if self.took_place else _("to be sent")
        if self.invitation.is_asked_anew and self.invitation.earlier_date:
            return f"{self.invitation.answer_text} ({day_text(self.invitation.earlier_date)})"
        return self.invitation.get_answer_display()

    @property
    def representative(self) -> str:
        return representative_of(self.invitation, self.attendance)

    @property
    def mandate(self) -> str:
        """What its representative may decide, as answered for this date."""
        return "" if self.invitation is None or self.invitation.is_asked_anew else self.invitation.mandate


class AnswerShown(NamedTuple):
    """How an answer looks, and what it was for the old date where it is asked anew."""

    label: str
    tone: str
    icon: str
    earlier: str
    earlier_date: datetime | None


def answer_shown(invitation: Invitation, meeting: Meeting) -> AnswerShown:
    answer = Invitation.Answer(invitation.answer)
    look = str(answer.label), answer.tone, answer.icon
    if not invitation.is_sent:
        look = (_("not sent from the portal"), "", "minus") if meeting.took_place else (_("to be sent"), "", "clock")
    elif answer == Invitation.Answer.NONE and meeting.is_over:
        look = look[0], "", "minus"
    earlier = invitation.answer_text if invitation.is_asked_anew else ""
    return AnswerShown(*look, earlier, invitation.earlier_date)


class InvitationShown(NamedTuple):
    """What the table says of an invitation."""

    pk: int
    look: AnswerShown
    #: when it was answered, for the date as it stands
    answered_on: date | None
    by_phone: bool
    by_link: bool
    #: '' where the reader is not told
    mailbox: str
    mandate: str
    note: str
    asked_point: str
    #: may it be answered, was it, and was it sent
    awaits_answers: bool
    is_answered: bool
    is_sent: bool


class InstitutionShown(NamedTuple):
    """All that the table says of an institution, in the reader's language: the same values are the same row, drawn
    once."""

    name: str
    acronym: str
    url: str
    representative: str
    is_own: bool
    is_organiser: bool
    invitation: InvitationShown | None
    unreached: Unreached | None
    attendance: Attendance.Status | None
    represented_by: str
    #: which columns there are
    sees_inside: bool
    has_attendance: bool
    has_tools: bool


def institution_shown(row: ParticipationRow, seen: Seen, *, has_tools: bool) -> InstitutionShown:
    invitation, attendance = row.invitation, row.attendance
    by = attendance.represented_by if attendance else None
    return InstitutionShown(
        name=str(row.actor),
        acronym=row.actor.acronym,
        url=row.actor.get_absolute_url(),
        representative=row.representative if seen.inside else "",
        is_own=row.is_own,
        is_organiser=row.is_organiser,
        invitation=_invitation_shown(row, invitation, seen) if invitation and seen.inside else None,
        unreached=row.unreached,
        attendance=Attendance.Status(attendance.status) if attendance else None,
        represented_by=str(by or ""),
        sees_inside=seen.inside,
        has_attendance=bool(seen.attendances),
        has_tools=has_tools,
    )


def _invitation_shown(row: ParticipationRow, invitation: Invitation, seen: Seen) -> InvitationShown:
    is_told = seen.steers or row.is_own
    is_answered = invitation.answered_at is not None and not invitation.is_asked_anew
    return InvitationShown(
        pk=invitation.pk,
        look=answer_shown(invitation, seen.meeting),
        answered_on=as_day(invitation.answered_at) if is_answered and invitation.answered_at else None,
        by_phone=invitation.by_phone,
        by_link=bool(invitation.by_mailbox),
        mailbox=invitation.by_mailbox if is_told else "",
        mandate=row.mandate if is_told else "",
        note=invitation.note if is_told else "",
        asked_point=invitation.asked_point if is_told else "",
        awaits_answers=seen.meeting.awaits_answers,
        is_answered=invitation.answer != Invitation.Answer.NONE,
        is_sent=invitation.is_sent,
    )


def representative_of(invitation: Invitation | None, attendance: Attendance | None) -> str:
    """Who sat there for it, else whom its answer designated; nobody where it did not come, or another spoke for it."""
    if attendance and (attendance.representative or attendance.status not in Attendance.IN_PERSON):
        return attendance.representative
    return invitation.designated if invitation else ""


@dataclass
class Count:
    """How many of the invited came, and who came besides: `invited` is the sum of the four that follow it.

    Where no invitation was sent, whoever is noted stands for the invited.
    """

    invited: int = 0
    present: int = 0
    excused: int = 0
    absent: int = 0
    unnoted: int = 0
    by_invitation: bool = True
    organiser: Actor | None = None
    uninvited: list[Actor] = field(default_factory=list)

    @property
    def here(self) -> int:
        """Present or represented in all."""
        return self.present + len(self.uninvited) + (self.organiser is not None)

    @property
    def besides(self) -> list[str]:
        """Who came besides the invited, in sentences; none where nobody did."""
        if self.here == self.present:
            return []
        lines = [_("Present or represented in all: %(count)d.") % {"count": self.here}]
        if self.organiser:
            lines.append(_("Besides the invited, the organiser: %(name)s.") % {"name": self.organiser})
        if self.uninvited:
            names = pgettext("between the parts of a list", ", ").join(str(actor) for actor in self.uninvited)
            lines.append(_("Came without an invitation: %(names)s.") % {"names": names})
        return lines


def count(meeting: Meeting, invited: Iterable[int], attendances: Iterable[Attendance]) -> Count:
    """The numbers of a meeting, `invited` being the keys of the institutions an invitation was sent to."""
    noted = {row.actor_id: row for row in attendances}
    sent = set(invited)
    asked = sent or set(noted)
    statuses = [noted[pk].status for pk in asked if pk in noted]
    came = in_order(row.actor for pk, row in noted.items() if pk not in asked and row.is_here)
    return Count(
        invited=len(asked),
        present=sum(status in Attendance.HERE for status in statuses),
        excused=statuses.count(Attendance.Status.EXCUSED),
        absent=statuses.count(Attendance.Status.ABSENT),
        unnoted=len(asked) - len(statuses),
        by_invitation=bool(sent),
        organiser=next((actor for actor in came if actor.pk == meeting.organiser_id), None),
        uninvited=[actor for actor in came if actor.pk != meeting.organiser_id],
    )


def participation_rows(seen: Seen, unreached: dict[int, Unreached]) -> list[tuple[object, list[ParticipationRow]]]:
    """By kind of institution: its heading and its rows."""
    invitations = {row.actor_id: row for row in seen.invitations}
    attendances = {row.actor_id: row for row in seen.attendances}
    groups: dict[str, list[ParticipationRow]] = {}
    for actor in seen.institutions:
        is_own, is_organiser = actor.pk in seen.own, actor.pk == seen.meeting.organiser_id
        rest = is_own, is_organiser, unreached.get(actor.pk), seen.meeting.took_place
        row = ParticipationRow(actor, invitations.get(actor.pk), attendances.get(actor.pk), *rest)
        groups.setdefault(actor.kind, []).append(row)
    return [(Actor.Kind(kind).heading, rows) for kind, rows in groups.items()]


def participation_totals(seen: Seen) -> dict[str, object]:
    """The numbers above the table."""
    sent = [row for row in seen.invitations if row.is_sent]
    return {
        "came": count(seen.meeting, (row.actor_id for row in sent), seen.attendances),
        "invited": len(sent) if sent else len(seen.invitations),
        "confirmed": sum(row.answer == Invitation.Answer.CONFIRMED for row in sent),
        "declined": sum(row.answer == Invitation.Answer.DECLINED for row in sent),
        "unanswered": sum(row.answer == Invitation.Answer.NONE for row in sent),
        "noted": len(seen.attendances),
    }
