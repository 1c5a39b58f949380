"""Inviting institutions, their answers, and who came."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.models import Actor, Contact
from actors.directory.rules.recipients import recipients_of
from meetings.models import Attendance, Invitation, Meeting
from meetings.permissions import check_invite, check_note_answer, check_record_attendance, why_not_answer
from meetings.rules.answering import ACT
from meetings.rules.invitations import KIND, check_planned, letters_of, letters_to
from meetings.rules.recipients import earlier_answer, steering_recipients
from portal.core import history
from portal.core.acting import Acting, Bearer, person
from portal.core.dates import day_and_time, day_text, start_of, today
from portal.core.errors import Refused, refuse_all
from portal.notifications.actions import notify
from portal.notifications.models import Notification, SignedLink
from portal.notifications.rules.recipients import without


@dataclass(frozen=True)
class Presence:
    """One line of the attendance table: how an institution took part; an empty status takes its line away."""

    actor: Actor
    status: str
    represented_by: Actor | None = None
    representative: str = ""


@transaction.atomic
def invite(
    meeting: Meeting,
    *,
    actors: Iterable[Actor],
    by: Acting,
    planned: str | None = None,
    now: datetime | None = None,
) -> tuple[list[Invitation], list[Actor]]:
    """Invite institutions, each once; sent at once when the meeting is announced, else with the announcement.

    What is sent at once is what was shown, by the digest of its letters (`planned`). Answers with the new invitations
    and the institutions among them no mail can reach. Refused once the meeting has begun or is off, or when every
    institution chosen is invited already.
    """
    check_invite(by, meeting)
    now = now or timezone.now()
    history.renew(meeting)
    if meeting.state not in Meeting.AHEAD or (meeting.state == Meeting.State.ANNOUNCED and now >= meeting.ends_at):
        raise Refused(_("Institutions are invited before the meeting; afterwards, note who came in the attendance."))
    invited = set(Invitation.objects.filter(meeting=meeting).values_list("actor_id", flat=True))
    new = [Invitation(meeting=meeting, actor=actor) for actor in dict.fromkeys(actors) if actor.pk not in invited]
    if not new:
        raise Refused(_("Choose at least one institution that is not invited yet."), field="actors")
    if planned is not None and meeting.state == Meeting.State.ANNOUNCED:
        check_planned(meeting, letters_to(meeting, [invitation.actor for invitation in new], today(now)), planned)
    for invitation in new:
        history.save(invitation, by=by)
    unreached = send_invitations(meeting, by=by, now=now) if meeting.state == Meeting.State.ANNOUNCED else []
    return new, unreached


def send_invitations(meeting: Meeting, *, by: Acting, now: datetime | None = None) -> list[Actor]:
    """Send what was not sent yet (`meetings.invited`); answers with the institutions no mail can reach."""
    check_invite(by, meeting)
    now = now or timezone.now()
    unreached = []
    for letter in letters_of(meeting, today(now)):
        letter.invitation.sent_at = now
        history.save(letter.invitation, by=by)
        if not letter.recipients:
            unreached.append(letter.invitation.actor)
        notify(
            letter.recipients,
            kind=KIND,
            about=meeting,
            by=by,
            context=letter.context,
            now=now,
            expires_at=meeting.ends_at,
        )
    return unreached


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: Acting) -> None:
    """Take an institution off the list before its invitation was sent."""
    check_invite(by, invitation.meeting)
    _keep(invitation)
    if invitation.is_sent:
        raise Refused(_("This invitation has been sent: it stays on the list."))
    history.delete(invitation, by=by)


@transaction.atomic
def answer_invitation(
    invitation: Invitation,
    *,
    answer: str,
    by: Acting,
    represented_by: Contact | None = None,
    representative: str = "",
    mandate: str = "",
    note: str = "",
    asked_point: str = "",
    by_phone: bool = False,
    asked_for: str = "",
    now: datetime | None = None,
) -> None:
    """An institution confirms (and may name who represents it) or declines, and may change its mind until the meeting;
    it may ask for a point on the agenda (`asked_point`).

    The secretariat notes a telephone answer with `by_phone`; otherwise it is told (`meetings.answered`). Of who came by
    a personal link the invitation keeps the mailbox.
    `asked_for` is the date that whoever answers had before them, as ISO. Refused where the meeting has moved since,
    before the invitation is sent, once the meeting has begun, and when it is off.
    """
    check_note_answer(by, invitation, by_phone)
    now = now or timezone.now()
    _keep(invitation)
    _check_answerable(invitation, now)
    date = invitation.meeting.starts_at
    if asked_for and asked_for != date.isoformat():
        sentence = _("The date of this meeting has changed: it is now on %(day)s. Answer for that date.")
        raise Refused(sentence % {"day": day_and_time(date)})
    if represented_by is not None and represented_by.actor_id != invitation.actor_id:
        raise Refused(_("Choose somebody of the invited institution."), field="represented_by")
    if answer == Invitation.Answer.DECLINED:
        represented_by, representative, mandate = None, "", ""
    invitation.answer, invitation.note, invitation.by_phone = answer, note.strip(), by_phone
    invitation.asked_point = asked_point.strip()
    invitation.by_mailbox = by.recipient.email if isinstance(by, Bearer) else ""
    invitation.represented_by, invitation.representative, invitation.mandate = (
        represented_by,
        representative.strip(),
        mandate.strip(),
    )
    invitation.answered_at, invitation.answered_by = now, person(by)
    invitation.earlier_answer, invitation.earlier_date = Invitation.Answer.NONE, None
    history.save(invitation, by=by)
    if not by_phone:
        context = {
            "actor": invitation.actor,
            "answer": Invitation.Answer(answer).label,
            "representative": invitation.designated,
            "mandate": invitation.mandate,
            "note": invitation.note,
            "point": invitation.asked_point,
            "mailbox": invitation.by_mailbox,
        }
        notify(
            steering_recipients(invitation.meeting),
            kind="meetings.answered",
            about=invitation.meeting,
            by=by,
            context=context,
            now=now,
        )


def revoke_links(invitation: Invitation, *, by: Acting) -> None:
    """Shut the personal links that were sent to an institution; its next mail carries one that works. Refused where
    there is none."""
    check_invite(by, invitation.meeting)
    if not SignedLink.objects.about(invitation, ACT).revoke():
        raise Refused(_("No personal link was sent to this institution."))


def _keep(invitation: Invitation) -> None:
    """The invitation, and the meeting before it, as they stand and stay until the end of the transaction."""
    history.renew(invitation.meeting)
    history.renew(invitation)


def _check_answerable(invitation: Invitation, now: datetime) -> None:
    if reason := why_not_answer(invitation, now):
        raise Refused(reason)


@transaction.atomic
def remind_invitation(invitation: Invitation, *, by: Acting, now: datetime | None = None) -> None:
    """Ask an institution that has not answered once more, at most once a day (`meetings.answer_missing`)."""
    check_invite(by, invitation.meeting)
    now = now or timezone.now()
    _keep(invitation)
    _check_answerable(invitation, now)
    if invitation.answer != Invitation.Answer.NONE:
        raise Refused(_("This institution has answered already."))
    recipients = recipients_of(invitation.actor, today(now))
    if not recipients:
        raise Refused(_("No mail reaches this institution: telephone it and note its answer."))
    recipients = without(by, recipients)
    if not recipients:
        raise Refused(_("You answer for this institution yourself: there is nobody else to remind."))
    if _reminded_today(invitation, [recipient.email for recipient in recipients], now):
        raise Refused(_("This institution was reminded today already."))
    notify(
        recipients,
        kind="meetings.answer_missing",
        about=invitation.meeting,
        by=by,
        context={"actor": invitation.actor, "invitation": invitation.pk, **earlier_answer(invitation)},
        now=now,
        expires_at=invitation.meeting.starts_at,
    )


def _reminded_today(invitation: Invitation, addresses: list[str], now: datetime) -> bool:
    return Notification.objects.filter(
        kind="meetings.answer_missing",
        content_type=ContentType.objects.get_for_model(Meeting),
        object_id=str(invitation.meeting_id),
        email__in=addresses,
        created_at__gte=start_of(today(now)),
    ).exists()


@transaction.atomic
def record_attendance(meeting: Meeting, *, rows: Iterable[Presence], by: Acting, now: datetime | None = None) -> int:
    """Write down how institutions took part, from the meeting’s day on; answers with how many lines changed.

    Refused before that day, when the meeting is off or its file closed, and where an institution is represented by
    none, by itself, or by one that is itself absent.
    """
    check_record_attendance(by, meeting)
    history.renew(meeting)
    _check_attendance_time(meeting, now)
    rows = list(rows)
    kept = {attendance.actor_id: attendance for attendance in Attendance.objects.filter(meeting=meeting)}
    statuses = {actor: attendance.status for actor, attendance in kept.items()} | {
        row.actor.pk: row.status for row in rows
    }
    wrong = {f"represented_by_{row.actor.pk}": _wrong_presence(row, statuses) for row in rows}
    refuse_all({field: sentence for field, sentence in wrong.items() if sentence})
    return sum(_record(meeting, row, kept.get(row.actor.pk), by) for row in rows)


@transaction.atomic
def add_attendee(meeting: Meeting, *, actor: Actor, by: Acting, now: datetime | None = None) -> Attendance:
    """Note an institution that came without having been invited; refused when it is noted already."""
    check_record_attendance(by, meeting)
    history.renew(meeting)
    _check_attendance_time(meeting, now)
    if Attendance.objects.filter(meeting=meeting, actor=actor).exists():
        raise Refused(_("This institution is in the table already."), field="actor")
    attendance = Attendance(meeting=meeting, actor=actor, status=Attendance.Status.PRESENT)
    history.save(attendance, by=by)
    return attendance


def _check_attendance_time(meeting: Meeting, now: datetime | None) -> None:
    if meeting.state not in Meeting.RUNNING:
        raise Refused(
            _("Attendance cannot be recorded while the state is “%(state)s”.") % {"state": meeting.get_state_display()}
        )
    if today(now) < meeting.begins_on:
        raise Refused(
            _("Attendance is recorded from the day of the meeting on: %(day)s.") % {"day": day_text(meeting.starts_at)}
        )


def _wrong_presence(row: Presence, statuses: dict[int, str]) -> str:
    if row.status != Attendance.Status.REPRESENTED:
        return ""
    if row.represented_by is None:
        return _("Say which institution represented %(actor)s.") % {"actor": row.actor}
    if row.represented_by == row.actor:
        return _("An institution cannot represent itself: choose “present”.")
    if statuses.get(row.represented_by.pk) in {Attendance.Status.ABSENT, Attendance.Status.EXCUSED}:
        return _("%(actor)s was itself not there.") % {"actor": row.represented_by}
    return ""


def _record(meeting: Meeting, row: Presence, attendance: Attendance | None, by: Acting) -> bool:
    if not row.status:
        if attendance is not None:
            history.delete(attendance, by=by)
        return attendance is not None
    values = {
        "status": row.status,
        "represented_by": row.represented_by if row.status == Attendance.Status.REPRESENTED else None,
        "representative": row.representative.strip(),
    }
    attendance = attendance or Attendance(meeting=meeting, actor=row.actor)
    if attendance.pk and all(getattr(attendance, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(attendance, name, value)
    history.save(attendance, by=by)
    return True
