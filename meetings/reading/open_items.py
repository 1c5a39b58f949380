"""What of meetings waits for an institution: answers, meetings that come, minutes to say a word about."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor
from actors.directory.rules.open_items import OpenItem
from meetings.models import Invitation, Meeting, Minutes, MinutesReview
from meetings.models.participation import taking_part
from portal.core.dates import as_day, start_of


def open_items(actor: Actor, day: date, now: datetime) -> Iterator[OpenItem]:
    """In three queries: what was sent to the institution or organised by it, from `day` on where that is later."""
    begins = max(now, start_of(day))
    invitations = list(
        Invitation.objects.expected()
        .filter(actor=actor, meeting__state=Meeting.State.ANNOUNCED, meeting__ends_at__gte=begins)
        .select_related("meeting")
        .order_by("meeting__starts_at", "pk")
    )
    for invitation in invitations:
        if invitation.answer == Invitation.Answer.NONE:
            answer = lazy(partial(getattr, invitation, "answer_text"), str)
            yield _of_meeting(_("Invitations without answer"), invitation.meeting, answer())
    for invitation in invitations:
        if invitation.answer == Invitation.Answer.CONFIRMED:
            yield _of_meeting(_("Coming meetings"), invitation.meeting, Invitation.Answer.CONFIRMED.label)
    invited = {invitation.meeting_id for invitation in invitations}
    preparing = (Meeting.State.DRAFT, Meeting.State.ANNOUNCED)
    own = actor.organised_meetings.filter(state__in=preparing, ends_at__gte=begins).exclude(pk__in=invited)
    for meeting in own.order_by("starts_at", "pk"):
        yield _of_meeting(_("Meetings it organises"), meeting, Meeting.State(meeting.state).label)
    yield from _minutes(actor, as_day(now))


def _of_meeting(what: object, meeting: Meeting, state: object) -> OpenItem:
    day = as_day(meeting.starts_at)
    return OpenItem(what=what, title=meeting, reference=meeting.reference, due=day, state=state)  # type: ignore[arg-type]


def _minutes(actor: Actor, on: date) -> Iterator[OpenItem]:
    """Circulated ones whose window is open, without the institution's word since they were last circulated."""
    asked = Minutes.objects.taking_remarks(on).filter(meeting__in=taking_part("meeting_id", actor=actor))
    spoken = MinutesReview.objects.current().filter(actor=actor).values("minutes")
    for minutes in asked.exclude(pk__in=spoken).select_related("meeting").order_by("remarks_until", "pk"):
        yield OpenItem(
            what=_("Minutes submitted for remarks"),
            title=minutes.meeting,
            reference=minutes.meeting.reference,
            due=minutes.remarks_until,
            state=Minutes.State.CIRCULATED.label,
        )
