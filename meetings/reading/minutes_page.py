"""What one reader reads of a meeting's minutes: the text as it stands, or a version as it was adopted."""

from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from meetings.models import AgendaItem, Minutes, MinutesReview, MinutesRevision, MinutesVersion
from meetings.models.passages import Passage, locate, passages
from meetings.permissions import can_read_adopted_minutes
from meetings.reading.seen import Seen
from portal.core.dates import as_day, today
from portal.core.names import in_language


@dataclass
class ShownPassage:
    """A passage with its anchor, and the recommendations that quote it."""

    passage: Passage
    anchor: str
    quoted_by: list[Any] = field(default_factory=list)


@dataclass
class ShownSection:
    """What was said on one item, as a page shows it."""

    title: str
    number: int | None
    item_id: int | None
    section_id: int | None
    revision: int
    passages: list[ShownPassage]


@dataclass
class MinutesReading:
    """Which text this person reads, and the adopted versions they may choose from."""

    minutes: Minutes | None
    version: MinutesVersion | None
    versions: list[MinutesVersion]
    sections: list[ShownSection]

    @property
    def is_working(self) -> bool:
        """The text as it stands now, not an adopted version."""
        return self.minutes is not None and self.version is None


def reading_of(seen: Seen, *, wanted: str = "") -> MinutesReading | None:
    """The wanted version, else the working text, else the newest adopted one; None for who does not take part.

    The text as it stands is a draft for those who prepare the meeting; circulated, it is for all who take part or are
    asked for their word: before, they read nothing of it.
    """
    meeting = seen.meeting
    minutes = getattr(meeting, "minutes", None)
    if minutes is None:
        return MinutesReading(None, None, [], [])
    minutes.meeting = meeting
    may = minutes.was_adopted and can_read_adopted_minutes(seen.user, meeting)
    versions = list(minutes.versions.all()) if may else []
    version = next((row for row in versions if str(row.number) == wanted), None)
    working = seen.steers or (minutes.state != Minutes.State.DRAFT and (seen.inside or seen.is_asked_about_minutes))
    if version is None and (minutes.state == Minutes.State.ADOPTED or not working):
        version = versions[0] if versions else None
    if version is None and not working:
        return MinutesReading(minutes, None, versions, []) if seen.inside else None
    marks = _marks(seen.recommendations)
    if version is not None:
        return MinutesReading(minutes, version, versions, [_of_version(row, marks) for row in version.sections])
    return MinutesReading(minutes, None, versions, _as_it_stands(minutes, marks))


def _marks(recommendations: list[Any]) -> dict[int, list[Any]]:
    """By section, the recommendations that quote one of its revisions."""
    quoting = {row.quote_revision_id for row in recommendations if row.quote_revision_id}
    marks: dict[int, list[Any]] = {}
    if quoting:
        places = dict(MinutesRevision.objects.filter(pk__in=quoting).values_list("pk", "section_id"))
        for row in recommendations:
            if row.quote_revision_id:
                marks.setdefault(places[row.quote_revision_id], []).append(row)
    return marks


def _of_version(row: dict[str, Any], marks: dict[int, list[Any]]) -> ShownSection:
    return ShownSection(
        frozen_title(row) or _("In general"),
        row.get("number"),
        row["item"],
        row.get("section"),
        row["revision"],
        _shown(row["html"], row["text"], row.get("section"), marks),
    )


def frozen_title(row: dict[str, Any]) -> str:
    """The title of an item as the minutes were adopted; '' of the general part."""
    return in_language(SimpleNamespace(**row), "title", get_language() or "ar")


def _as_it_stands(minutes: Minutes, marks: dict[int, list[Any]]) -> list[ShownSection]:
    """The general part, then the items; of a draft also those nobody has written about yet."""
    before = AgendaItem.objects.filter(meeting=minutes.meeting_id, position__lte=OuterRef("item__position")).order_by()
    count = before.values("meeting").annotate(count=Count("pk")).values("count")
    sections = list(minutes.sections.select_related("item").annotate(number=Subquery(count)))
    shown = [
        ShownSection(
            _title(row.item), row.number, row.item_id, row.pk, row.revision, _shown(row.html, row.text, row.pk, marks)
        )
        for row in sections
    ]
    if minutes.state != Minutes.State.DRAFT:
        return shown
    written = {one.item_id: one for one in shown}
    every = [(None, None), *enumerate(minutes.meeting.items.all(), start=1)]
    return [
        written.get(item.pk if item else None)
        or ShownSection(_title(item), number, item.pk if item else None, None, 0, [])
        for number, item in every
    ]


def _title(item: AgendaItem | None) -> str:
    return str(item.title) if item else _("In general")


def _shown(html: str, text: str, section_id: int | None, marks: dict[int, list[Any]]) -> list[ShownPassage]:
    shown = [ShownPassage(passage, f"p{section_id}-{passage.offset}") for passage in passages(html)]
    for row in marks.get(section_id or 0, []):
        place = locate(row.quote_text, text, near=row.quote_offset or 0)
        if place is None:
            continue
        for one in shown:
            if one.passage.overlaps(place, len(row.quote_text)):
                one.quoted_by.append(row)
    return shown


@dataclass
class ReviewRound:
    """What was said of the minutes each time they were circulated; `silent` is asked of the newest round alone."""

    number: int
    circulated_at: datetime | None
    until: date | None
    #: the window was left open to its end: who said nothing made no remark in time
    ran_out: bool
    reviews: list[MinutesReview]
    silent: list[Actor] = field(default_factory=list)


def rounds_of(seen: Seen, minutes: Minutes) -> list[ReviewRound]:
    """The newest first. Who prepares the meeting reads every word, others those of their own institutions."""
    if not minutes.circulation or not (seen.steers or seen.reviews):
        return []
    sent: dict[int, Any] = {}
    left: dict[int, date] = {}
    for record in minutes.history.order_by("history_date", "history_id"):
        if record.state == Minutes.State.CIRCULATED:
            sent.setdefault(record.circulation, record)
        elif record.circulation in sent:
            left.setdefault(record.circulation, as_day(record.history_date))
    if minutes.state == Minutes.State.ADOPTED and minutes.adopted_at:
        left.setdefault(minutes.circulation, as_day(minutes.adopted_at))
    found = []
    for number in range(minutes.circulation, 0, -1):
        row = sent.get(number) or (minutes if number == minutes.circulation else None)
        at, until = (row.circulated_at, row.remarks_until) if row else (None, None)
        if number == minutes.circulation:
            until = minutes.remarks_until or until
        ran_out = until is not None and left.get(number, today()) > until
        found.append(
            ReviewRound(number, at, until, ran_out, [row for row in seen.reviews if row.circulation == number])
        )
    if not seen.steers:
        return [one for one in found if one.reviews]
    spoken = {review.actor_id for review in found[0].reviews}
    found[0].silent = [actor for actor in seen.asked_about_minutes if actor.pk not in spoken]
    return found
