"""The table of who was invited, what they answered and who came, as one reader sees it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from actors.directory.models import Actor
from meetings.models import Attendance, Invitation
from meetings.reading.invitations import Unreached
from meetings.reading.seen import Seen
from portal.core.dates import day_text


@dataclass
class ParticipationRow:
    """One institution: its invitation and its attendance, either of which may be missing."""

    actor: Actor
    invitation: Invitation | None
    attendance: Attendance | None
    is_own: bool
    #: why no mail of the invitation reaches it, and whom to call; None where one may
    unreached: Unreached | None = None

    @property
    def answer(self) -> str:
        """The invitation in one line, with the old date where the answer was for one."""
        if self.invitation is None:
            return _("without an invitation")
        if not self.invitation.is_sent:
            return _("to be sent")
        if self.invitation.is_asked_anew and self.invitation.earlier_date:
            return f"{self.invitation.answer_text} ({day_text(self.invitation.earlier_date)})"
        return self.invitation.get_answer_display()

    @property
    def representative(self) -> str:
        """Who sat there for it, else who was designated for this date: an office, or a name kept with this meeting."""
        if self.attendance and self.attendance.representative:
            return self.attendance.representative
        if self.invitation is None or self.invitation.is_asked_anew:
            return ""
        return self.invitation.representative or str(self.invitation.represented_by or "")


def participation_rows(seen: Seen, unreached: dict[int, Unreached]) -> list[tuple[object, list[ParticipationRow]]]:
    """By kind of institution: its heading and its rows."""
    invitations = {row.actor_id: row for row in seen.invitations}
    attendances = {row.actor_id: row for row in seen.attendances}
    groups: dict[str, list[ParticipationRow]] = {}
    for actor in seen.institutions:
        row = ParticipationRow(
            actor, invitations.get(actor.pk), attendances.get(actor.pk), actor.pk in seen.own, unreached.get(actor.pk)
        )
        groups.setdefault(actor.kind, []).append(row)
    return [(Actor.Kind(kind).heading, rows) for kind, rows in groups.items()]


def participation_totals(seen: Seen) -> dict[str, int]:
    """The numbers above the table."""
    sent = [row for row in seen.invitations if row.is_sent]
    return {
        "invited": len(sent) if sent else len(seen.invitations),
        "confirmed": sum(row.answer == Invitation.Answer.CONFIRMED for row in sent),
        "declined": sum(row.answer == Invitation.Answer.DECLINED for row in sent),
        "unanswered": sum(row.answer == Invitation.Answer.NONE for row in sent),
        "here": sum(row.is_here for row in seen.attendances),
        "noted": len(seen.attendances),
    }
