"""What happens to a meeting as a whole: called, changed, announced, held, closed, cancelled, postponed."""

import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.models import Actor, Space
from meetings.actions.participation import send_invitations
from meetings.models import Invitation, Meeting, Minutes
from meetings.permissions import check_announce_meeting, check_call_meeting, check_edit_meeting
from meetings.rules.invitations import digest_of, letters_of
from meetings.rules.recipients import invited_recipients
from portal.core import history
from portal.core.acting import Acting
from portal.core.dates import as_day, day_text, today
from portal.core.errors import Refused
from portal.core.search import reindex
from portal.notifications.actions import notify

#: what the invited must know at once when it changes
WHEN_AND_WHERE = ("starts_at", "ends_at", "times_known", "place_ar", "place_fr", "place_en", "link")
#: how often a number taken by somebody else at the same moment is tried again
ATTEMPTS = 20


@transaction.atomic
def add_meeting(organiser: Actor, *, by: Acting, space: Space | None = None, **fields: Any) -> Meeting:
    """A new meeting in preparation, under the next reference of its space (or organiser) and year."""
    check_call_meeting(by, organiser, space)
    meeting = Meeting(organiser=organiser, space=space, **fields)
    _check_order(meeting)
    stem = f"{reference_code(organiser, space)}-{as_day(meeting.starts_at).year}-"
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

    Where an announced meeting moves in time or place, its calendar entry is renewed and the invited are told
    (`meetings.moved`). Refused when it is cancelled or its file is closed, or would move into the past.
    """
    check_edit_meeting(by, meeting)
    fresh = _fresh(meeting)
    if fresh.state in Meeting.ENDED:
        raise Refused(
            _("This meeting can no longer be changed: its state is “%(state)s”.") % {"state": fresh.get_state_display()}
        )
    before = {name: getattr(fresh, name) for name in WHEN_AND_WHERE}
    for name, value in changes.items():
        setattr(fresh, name, value)
    _check_order(fresh)
    moved = any(getattr(fresh, name) != value for name, value in before.items())
    announced = fresh.state == Meeting.State.ANNOUNCED
    if announced and fresh.starts_at != before["starts_at"]:
        _check_future(fresh.ends_at)
    if moved:
        fresh.sequence += 1
    history.save(fresh, by=by)
    _reindex(fresh)
    if moved and announced and not fresh.is_over:
        notify(
            invited_recipients(fresh),
            kind="meetings.moved",
            about=fresh,
            context={"before": before["starts_at"]},
            expires_at=fresh.ends_at,
        )
    return fresh


@transaction.atomic
def announce_meeting(
    meeting: Meeting, *, by: Acting, planned: str | None = None, now: datetime | None = None
) -> list[Actor]:
    """Announce a meeting in preparation and send its invitations; answers with the institutions no mail can reach.

    What is sent is what was shown, by the digest of its letters (`planned`), or it is refused; as it is when the meeting
    is over already, or has been announced by somebody else meanwhile.
    """
    check_announce_meeting(by, meeting)
    _check_future(meeting.ends_at, now)
    fresh, letters = _fresh(meeting), letters_of(meeting, today(now))
    if planned is not None and fresh.state == Meeting.State.DRAFT and planned != digest_of(fresh, letters):
        raise Refused(
            _("Who receives the invitation, or what it says, has changed since you looked. Look again, then send it.")
        )
    history.move(meeting, Meeting.State.ANNOUNCED, by=by, sequence=F("sequence") + 1, state_reason="")
    return send_invitations(meeting, by=by, now=now)


@transaction.atomic
def hold_meeting(meeting: Meeting, *, by: Acting, now: datetime | None = None) -> None:
    """Note that the meeting took place; refused before its day."""
    check_announce_meeting(by, meeting)
    if today(now) < meeting.begins_on:
        raise Refused(
            _("This meeting takes place on %(day)s: note it as held from that day on.")
            % {"day": day_text(meeting.starts_at)}
        )
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
    """Put an announced meeting off until a new date is known, and tell the invited why."""
    check_announce_meeting(by, meeting)
    _call_off(meeting, Meeting.State.POSTPONED, "meetings.postponed", reason, by)


def _call_off(meeting: Meeting, state: str, kind: str, reason: str, by: Acting) -> None:
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why: the institutions that were invited read it."), field="reason")
    was_announced = meeting.state == Meeting.State.ANNOUNCED
    history.move(meeting, state, by=by, reason=reason, state_reason=reason, sequence=F("sequence") + 1)
    if was_announced or state == Meeting.State.CANCELLED:
        notify(invited_recipients(meeting), kind=kind, about=meeting, context={"reason": reason})


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
    """Announce a postponed meeting with its new dates; those invited before are told and asked anew.

    Earlier answers were given for another day: they go back to “no answer yet” and stay in the history.
    Answers with the newly invited institutions no mail can reach.
    """
    check_announce_meeting(by, meeting)
    before = meeting.starts_at
    if ends_at <= starts_at:
        raise Refused(_("The meeting must end after it begins."), field="ends_at")
    _check_future(ends_at, now)
    history.move(
        meeting,
        Meeting.State.ANNOUNCED,
        by=by,
        starts_at=starts_at,
        ends_at=ends_at,
        times_known=times_known,
        state_reason="",
        sequence=F("sequence") + 1,
    )
    asked = list(meeting.invitations.sent().exclude(answer=Invitation.Answer.NONE))
    for invitation in asked:
        invitation.answer, invitation.answered_at, invitation.answered_by, invitation.by_phone = (
            Invitation.Answer.NONE,
            None,
            None,
            False,
        )
        history.save(invitation, by=by)
    notify(
        invited_recipients(meeting),
        kind="meetings.moved",
        about=meeting,
        context={"before": before},
        expires_at=ends_at,
    )
    return send_invitations(meeting, by=by, now=now)


def _fresh(meeting: Meeting) -> Meeting:
    """The row as it stands, kept from others until the end of the transaction (SQLite keeps the whole database)."""
    return Meeting.objects.select_for_update().get(pk=meeting.pk)


def _check_order(meeting: Meeting) -> None:
    if meeting.ends_at <= meeting.starts_at:
        raise Refused(_("The meeting must end after it begins."), field="ends_at")


def _check_future(ends_at: datetime, now: datetime | None = None) -> None:
    if ends_at <= (now or timezone.now()):
        raise Refused(_("This date is gone by: give the meeting a date to come, then announce it."), field="starts_at")


def _reindex(meeting: Meeting) -> None:
    reindex(Meeting.objects.filter(pk=meeting.pk))
