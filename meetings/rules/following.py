"""What the next meeting takes over from one before it: when, what, and whom."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from actors.directory.models import Actor, SpaceMember
from meetings.models import AgendaItem, Meeting
from portal.core.dates import as_day, start_of, today
from portal.core.names import LANGUAGES
from portal.core.text import matches
from portal.reference.calendar import is_rest_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from actors.directory.models.actor import ActorQuerySet

#: in weeks, where no earlier meeting says how long after one another they are; and half a year at most
USUAL, LONGEST = 4, 26
#: so many days in a row may be rest days before one of them is proposed all the same
TRIES = 8
BECAME = _("What became of the recommendations of the last meeting")
BECAME_MINUTES = 20
#: words with which an item speaks of them already
OF_THE_LAST = {"ar": "توصيات سابق", "fr": "recommandations précéd", "en": "recommendations last"}
#: what a meeting and the next one have in common
ALIKE = (
    "organiser", "space", "project", "kind", "title_ar", "title_fr", "title_en", "times_known", "place_ar", "place_fr",
    "place_en", "territory", "link", "language", "audience", "purpose_ar", "purpose_fr", "purpose_en",
)  # fmt: skip
COPIED = (
    "kind", "minutes_planned", *(f"{stem}_{code}" for stem in ("title", "note") for code in ("ar", "fr", "en")),
)  # fmt: skip


def proposed_after(meeting: Meeting) -> tuple[datetime, datetime]:
    """When the next one may begin and end: on the same day of the week and at the same hour, as many weeks after this
    one as it came after the one before it; ahead, and on a working day where this one is on one."""
    steps = timedelta(weeks=_weeks_before(meeting))
    begins, hour = as_day(meeting.starts_at), timezone.localtime(meeting.starts_at).time()
    keeps_rest = is_rest_day(begins)
    day = begins + steps
    while day <= today():
        day += steps
    for _try in range(TRIES):
        if keeps_rest or not is_rest_day(day):
            break
        day += timedelta(weeks=1)
    starts_at = start_of(day, hour)
    lasts = as_day(meeting.ends_at) - begins
    return starts_at, start_of(day + lasts, timezone.localtime(meeting.ends_at).time())


def _weeks_before(meeting: Meeting) -> int:
    own = Q(space=meeting.space_id) if meeting.space_id else Q(space=None, organiser=meeting.organiser_id)
    earlier = Meeting.objects.filter(own, starts_at__lt=meeting.starts_at).exclude(state__in=Meeting.OFF)
    before = earlier.exclude(pk=meeting.pk).order_by("-starts_at", "-pk").first()
    if before is None:
        return USUAL
    weeks = round((as_day(meeting.starts_at) - as_day(before.starts_at)).days / 7)
    return min(max(weeks, 1), LONGEST)


def items_after(meeting: Meeting) -> "Sequence[dict[str, Any]]":
    """The items of the meeting as fields of new ones; behind the opening, what became of what it recommended."""
    items = [
        {name: getattr(item, name) for name in COPIED} | {"presenters": list(item.presenters.all())}
        for item in AgendaItem.objects.filter(meeting=meeting).prefetch_related("presenters")
    ]
    if meeting.state not in Meeting.TOOK_PLACE or any(map(_speaks_of_the_last, items)):
        return items
    became: dict[str, Any] = {f"title_{code}": _in(code) for code in LANGUAGES} | {
        "kind": AgendaItem.Kind.DISCUSSION,
        "minutes_planned": BECAME_MINUTES,
    }
    opens = bool(items) and items[0]["kind"] == AgendaItem.Kind.OPENING
    return [*items[:opens], became, *items[opens:]]


def _speaks_of_the_last(item: dict[str, Any]) -> bool:
    return any(matches(words, item[f"title_{code}"]) for code, words in OF_THE_LAST.items())


def _in(code: str) -> str:
    with override(code):
        return str(BECAME)


def convened_after(meeting: Meeting, following: Meeting) -> "ActorQuerySet":
    """Those who were invited and the members of the space today, without the organiser and archived sheets."""
    convened = Q(invitations__meeting=meeting)
    if following.space_id:
        convened |= Q(pk__in=_members(following).values("actor"))
    rows: Any = Actor.objects.kept().filter(convened).exclude(pk=following.organiser_id)
    return rows.distinct().order_by("pk")


def _members(meeting: Meeting) -> "QuerySet[SpaceMember]":
    return SpaceMember.objects.on(today()).filter(space=meeting.space_id)
