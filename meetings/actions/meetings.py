"""What happens to a meeting as a whole: called, changed, announced, held, closed, cancelled, postponed."""

import copy
import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.models import Actor, Space
from meetings.actions.agenda import add_items
from meetings.actions.participation import invite, send_invitations
from meetings.actions.telling import tell_invited
from meetings.models import Invitation, Meeting, Minutes
from meetings.permissions import check_announce_meeting, check_call_meeting, check_edit_meeting, why_not_hold
from meetings.rules.dates import WHEN_AND_WHERE
from meetings.rules.following import convened_after, items_after
from meetings.rules.invitations import check_planned, letters_of
from portal.core import history
from portal.core.acting import Acting
from portal.core.dates import as_day, today
from portal.core.errors import Refused
from portal.core.search import reindex

#: how often a number taken by somebody else at the same moment is tried again
ATTEMPTS = 20
HOURS = ("starts_at", "ends_at", "times_known")


@transaction.atomic
def add_meeting(organiser: Actor, *, by: Acting, space: Space | None = None, **fields: Any) -> Meeting:
    """A new meeting in preparation, under the next reference of its space (or organiser) and year.

    Whoever reads of the meeting reads its reference: of a space that not everybody sees it says nothing.
    """
    check_call_meeting(by, organiser, space)
    meeting = Meeting(organiser=organiser, space=space, **fields)
    _check_order(meeting)
    known = space if space is not None and space.is_seen_by(None) else None
    stem = f"{reference_code(organiser, known)}-{as_day(meeting.starts_at).year}-"
    for _attempt in range(ATTEMPTS):
        meeting.reference = f"{stem}{_next_number(stem):02d}"
        try:
            with transaction.atomic():
                history.save(meeting, by=by)
        except IntegrityError:
            if not Meeting.objects.filter(reference=meeting.reference).exists():
                raise
            meeting.pk = None
            continue
        _reindex(meeting)
        return meeting
    raise Refused(_("Several meetings are being added at this moment. Save once more."))


@transaction.atomic
def prepare_next(
    organiser: Actor,
    *,
    after: Meeting,
    by: Acting,
    with_items: bool = False,
    with_invited: bool = False,
    **fields: Any,
) -> Meeting:
    """A new meeting in preparation that follows another one.

    With its items, before them (once it has taken place) what became of its recommendations; with the institutions that
    were invited to it and those that are members of the space today, to whom nothing is sent before the announcement.
    """
    check_edit_meeting(by, after)
    meeting = add_meeting(organiser, by=by, **fields)
    if with_items:
        add_items(meeting, items=items_after(after), by=by)
    convened = list(convened_after(after, meeting)) if with_invited else []
    if convened:
        invite(meeting, actors=convened, by=by)
    return meeting


def reference_code(organiser: Actor, space: Space | None) -> str:
    """What a reference begins with: the space’s code, else the organiser’s acronym in ASCII, else A and its number."""
    code = re.sub(r"[^A-Z0-9]", "", (space.code if space is not None else organiser.acronym).upper())
    return code[:12] or f"A{organiser.pk}"


def _next_number(stem: str) -> int:
    taken = Meeting.objects.filter(reference__startswith=stem).values_list("reference", flat=True)
    numbers = [int(tail) for tail in (reference.removeprefix(stem) for reference in taken) if tail.isdecimal()]
    return max(numbers, default=0) + 1


@transaction.atomic
def edit_meeting(meeting: Meeting, *, by: Acting, **changes: Any) -> Meeting:
    """Change a meeting that is not over and done with; its reference, organiser and space stay.

    Where an announced meeting that is still to come begins on another day or at another hour, all the invited are told
    and asked anew (`meetings.moved`). Where its end, place or link changes, or its new hour is gone by, they are told,
    and their answers stay (`meetings.changed`). Either renews its calendar entry. Refused when it is cancelled or its
    file is closed, and where one that was held would lie ahead.
    """
    check_edit_meeting(by, meeting)
    fresh = _fresh(meeting)
    if fresh.state in Meeting.ENDED:
        raise Refused(
            _("This meeting can no longer be changed: its state is “%(state)s”.") % {"state": fresh.get_state_display()}
        )
    before = copy.copy(fresh)
    for name, value in changes.items():
        setattr(fresh, name, value)
    _check_order(fresh)
    if fresh.took_place and not fresh.has_begun():
        raise Refused(_("This meeting was noted as held: its date cannot lie ahead."), field="starts_at")
    changed = any(getattr(fresh, name) != getattr(before, name) for name in WHEN_AND_WHERE)
    tells = changed and fresh.state == Meeting.State.ANNOUNCED and not fresh.is_over
    moved = tells and not fresh.begins_with(before)
    if changed:
        fresh.sequence += 1
    if moved:
        fresh.times_moved, fresh.moved_at = fresh.times_moved + 1, timezone.now()
    history.save(fresh, by=by)
    _reindex(fresh)
    if moved:
        _ask_anew(fresh, before.starts_at, fresh.starts_at, by=by)
    if moved and fresh.awaits_answers:
        _tell_new_date(fresh, before.starts_at, by)
    elif tells:
        _tell_change(fresh, _what_changed(before, fresh), by)
    return fresh


def _what_changed(before: Meeting, now: Meeting) -> dict[str, bool]:
    """What the mail says has changed."""
    parts = {"place": ("place_ar", "place_fr", "place_en"), "joining": ("link",), "hours": HOURS}
    return {part: any(getattr(before, name) != getattr(now, name) for name in names) for part, names in parts.items()}


def _ask_anew(meeting: Meeting, was: datetime, date: datetime | None, *, by: Acting) -> None:
    """Answers given for the date it `was` count no more: each is kept as an earlier one, and asked again.

    Those given for the very date it begins on now (None where that is not known yet) count again; and where that has
    begun, so that nobody can answer any more, the last ones given do.
    """
    closed = date is not None and date <= timezone.now()
    for invitation in meeting.invitations.sent():
        if invitation.answer != Invitation.Answer.NONE and (closed or was == date):
            continue
        if invitation.answer != Invitation.Answer.NONE:
            invitation.earlier_answer, invitation.earlier_date = invitation.answer, was
            invitation.answer = Invitation.Answer.NONE
        elif invitation.is_asked_anew and (closed or invitation.earlier_date == date):
            invitation.answer = invitation.earlier_answer
            invitation.earlier_answer, invitation.earlier_date = Invitation.Answer.NONE, None
        else:
            continue
        history.save(invitation, by=by)


def _tell_change(meeting: Meeting, changed: dict[str, bool], by: Acting) -> None:
    """All the invited are told, and asked nothing (`meetings.changed`)."""
    kind, until = "meetings.changed", meeting.ends_at
    tell_invited(meeting, to=meeting.invitations.sent(), kind=kind, by=by, context=changed, expires_at=until)


def _tell_new_date(meeting: Meeting, before: datetime, by: Acting) -> None:
    """All the invited are told (`meetings.moved`): most are asked anew, some had answered for this very date."""
    sent = meeting.invitations.sent()
    asked, answered = sent.filter(answer=Invitation.Answer.NONE), sent.exclude(answer=Invitation.Answer.NONE)
    for stands, invitations in ((False, asked), (True, answered)):
        context = {"before": before, "stands": stands}
        tell_invited(meeting, to=invitations, kind="meetings.moved", by=by, context=context, expires_at=meeting.ends_at)


@transaction.atomic
def announce_meeting(
    meeting: Meeting, *, by: Acting, planned: str | None = None, now: datetime | None = None
) -> list[Actor]:
    """Announce a meeting in preparation and send its invitations; answers with the institutions no mail can reach.

    What is sent is what was shown, by the digest of its letters (`planned`), or it is refused; as it is when the
    meeting is over already, or has been announced by somebody else meanwhile.
    """
    check_announce_meeting(by, meeting)
    _check_future(meeting.ends_at, now)
    fresh, letters = _fresh(meeting), letters_of(meeting, today(now))
    if planned is not None and fresh.state == Meeting.State.DRAFT:
        check_planned(fresh, letters, planned)
    history.move(meeting, Meeting.State.ANNOUNCED, by=by, sequence=F("sequence") + 1, state_reason="")
    return send_invitations(meeting, by=by, now=now)


@transaction.atomic
def hold_meeting(meeting: Meeting, *, by: Acting, now: datetime | None = None) -> None:
    """Note that the meeting took place, also one that was never announced: nobody is told of a day gone by.

    Refused before it begins, and while one in preparation is not over.
    """
    check_announce_meeting(by, meeting)
    history.renew(meeting)
    if reason := why_not_hold(meeting, now):
        raise Refused(reason)
    history.move(meeting, Meeting.State.HELD, by=by, sequence=F("sequence") + 1)


@transaction.atomic
def close_meeting(meeting: Meeting, *, by: Acting) -> None:
    """Close the file of a meeting that was held; refused until its minutes are adopted."""
    check_announce_meeting(by, meeting)
    if not Minutes.objects.filter(meeting=meeting, state=Minutes.State.ADOPTED).exists():
        raise Refused(_("The file is closed once the minutes are adopted."))
    history.move(meeting, Meeting.State.CLOSED, by=by, sequence=F("sequence") + 1)


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, reason: str, by: Acting) -> None:
    """Cancel a meeting that was not held, and tell the invited why."""
    check_announce_meeting(by, meeting)
    _call_off(meeting, Meeting.State.CANCELLED, "meetings.cancelled", reason, by)


@transaction.atomic
def postpone_meeting(meeting: Meeting, *, reason: str, by: Acting) -> None:
    """Put an announced meeting off until a new date is known, and tell all the invited why.

    Answers given for the old date count no more, and who declined for it may come on another.
    """
    check_announce_meeting(by, meeting)
    _call_off(meeting, Meeting.State.POSTPONED, "meetings.postponed", reason, by)


def _call_off(meeting: Meeting, state: str, kind: str, reason: str, by: Acting) -> None:
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the institutions that were invited read it."), field="reason")
    was_announced = meeting.state == Meeting.State.ANNOUNCED
    history.move(meeting, state, by=by, reason=reason, state_reason=reason, sequence=F("sequence") + 1)
    if state == Meeting.State.POSTPONED:
        _ask_anew(meeting, meeting.starts_at, None, by=by)
    if was_announced or state == Meeting.State.CANCELLED:
        tell_invited(meeting, to=meeting.invitations.expected(), kind=kind, by=by, context={"reason": reason})


@transaction.atomic
def reannounce_meeting(
    meeting: Meeting,
    *,
    starts_at: datetime,
    ends_at: datetime,
    by: Acting,
    times_known: bool = True,
    now: datetime | None = None,
) -> list[Actor]:
    """Announce a postponed meeting with its new dates; those invited before are told, and asked anew unless the date is
    the one they had answered for.

    Answers with the newly invited institutions no mail can reach. With a date gone by it is noted, and nobody is told.
    """
    check_announce_meeting(by, meeting)
    before = meeting.starts_at
    if ends_at <= starts_at:
        raise Refused(_("The meeting must end after it begins."), field="ends_at")
    history.move(
        meeting,
        Meeting.State.ANNOUNCED,
        by=by,
        starts_at=starts_at,
        ends_at=ends_at,
        times_known=times_known,
        state_reason="",
        sequence=F("sequence") + 1,
        times_moved=F("times_moved") + 1,
        moved_at=now or timezone.now(),
    )
    _ask_anew(meeting, before, starts_at, by=by)
    if ends_at <= (now or timezone.now()):
        return []
    if meeting.awaits_answers:
        _tell_new_date(meeting, before, by)
    else:
        _tell_change(meeting, {"hours": True}, by)
    return send_invitations(meeting, by=by, now=now)


def _fresh(meeting: Meeting) -> Meeting:
    """The row as it stands, kept from others until the end of the transaction (SQLite keeps the whole database)."""
    return Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)


def _check_order(meeting: Meeting) -> None:
    if meeting.ends_at <= meeting.starts_at:
        raise Refused(_("The meeting must end after it begins."), field="ends_at")


def _check_future(ends_at: datetime, now: datetime | None = None) -> None:
    if ends_at <= (now or timezone.now()):
        sentence = _("This date is gone by: give the meeting a date to come, or note on its page that it took place.")
        raise Refused(sentence, field="starts_at")


def _reindex(meeting: Meeting) -> None:
    reindex(Meeting.objects.filter(pk=meeting.pk))
