"""The meetings of the spaces, who was invited and came, and what was written of them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import cycle
from uuid import UUID

from meetings.models import (
    AgendaItem,
    Attendance,
    Invitation,
    Meeting,
    Minutes,
    MinutesReview,
    MinutesRevision,
    MinutesSection,
    MinutesVersion,
)
from meetings.rules.adopted import frozen
from portal.core.dates import start_of
from portal.core.html import paragraphs, plain
from portal.core.text import searchable
from portal.home.loads.volume import words
from portal.home.loads.volume.bulk import insert, link
from portal.home.loads.volume.directory import Volume

State, Kind = Meeting.State, AgendaItem.Kind
#: how far back the first one lies, and how many of a hundred are still ahead
YEARS, AHEAD = 8, 6
ITEMS = (
    (Kind.OPENING, 15, "كلمة الرئاسة", "Mot de la présidence"),
    (Kind.PRESENTATION, 60, "وضعية تنفيذ التوصيات السابقة", "État d’avancement des recommandations"),
    (Kind.DISCUSSION, 60, "نقاش عام", "Débat"),
    (Kind.DECISION, 45, "اعتماد التوصيات", "Adoption des recommandations"),
)


@dataclass
class Held:
    """A meeting that took place, with who was there."""

    meeting: Meeting
    here: list[int]


def meetings(volume: Volume, number: int) -> list[Held]:
    """`number` meetings of every state and audience; those that took place have attendance and most have minutes.

    The last one of the first space is large: 20 items, and everybody of the space.
    """
    audiences = cycle(("public", "members", "public", "members", "participants"))
    counts: dict[str, int] = {}
    rows = []
    for count in range(number):
        space = volume.spaces[count % len(volume.spaces)]
        begins = _begins(volume, count, number)
        theme = volume.some(volume.themes)
        arabic, french = words.meeting(volume.random, (theme.name_ar, theme.name_fr))
        stem = f"{space.code}-{begins.year}"
        counts[stem] = counts.get(stem, 0) + 1
        meeting = Meeting(
            reference=f"{stem}-{counts[stem]:02d}",
            organiser_id=volume.members[space.pk][0],
            space=space,
            kind=volume.some(Meeting.Kind.values),
            title_ar=arabic,
            title_fr="" if count % 7 == 0 else french,
            starts_at=begins,
            ends_at=begins + timedelta(hours=3),
            place_ar=f"مقر تجريبي بـ{space.territory.name_ar}" if space.territory else "",
            territory=space.territory,
            language="fr" if count % 5 == 0 else "ar",
            audience=next(audiences),
            state=_state(volume, count, begins),
            created_at=begins - timedelta(days=30),
            uid=UUID(int=volume.random.getrandbits(128), version=4),
        )
        meeting.state_reason = "لم يكتمل النصاب" if meeting.is_off else ""
        rows.append(meeting)
    large = next(row for row in reversed(rows) if row.space == volume.spaces[0] and row.took_place)
    large.audience, large.language = Meeting.Audience.PUBLIC, "ar"
    organisers = {actor.pk: actor for actor in volume.actors}
    for meeting in rows:
        meeting.organiser = organisers[meeting.organiser_id]
        meeting.search_text = searchable(meeting.search_parts())
    insert(rows)
    held = _participation(volume, rows, large)
    _minutes(volume, held, _items(rows, large), large)
    return held


def _begins(volume: Volume, count: int, number: int) -> datetime:
    """Spread evenly over the years; the last few of a hundred lie ahead."""
    span = timedelta(days=365 * YEARS)
    day: date = volume.day + timedelta(days=120) - span * (number - count) / number
    ahead = count * 100 >= number * (100 - AHEAD)
    day = max(day, volume.day + timedelta(days=3)) if ahead else min(day, volume.day - timedelta(days=2))
    return start_of(day - timedelta(days=max(day.weekday() - 4, 0)), time(volume.random.choice((9, 10, 11, 15))))


def _state(volume: Volume, count: int, begins: datetime) -> str:
    if begins.date() > volume.day:
        return State.DRAFT if count % 3 == 0 else State.ANNOUNCED
    if count % 25 == 0:
        return State.CANCELLED if count % 50 else State.POSTPONED
    return State.HELD if count % 4 == 0 else State.CLOSED


def _participation(volume: Volume, rows: list[Meeting], large: Meeting) -> list[Held]:
    answers, statuses = cycle(Invitation.Answer.values), cycle(Attendance.Status)
    invitations, attendances, held = [], [], []
    for meeting in rows:
        sent = None if meeting.state == State.DRAFT else meeting.starts_at - timedelta(days=14)
        keys = volume.members[meeting.space_id or 0]
        keys = keys if meeting is large else keys[: volume.random.randrange(8, 25)]
        invitations += [
            Invitation(meeting=meeting, actor_id=key, sent_at=sent, answer=next(answers) if sent else "none")
            for key in keys
        ]
        if meeting.took_place:
            came = [_attendance(meeting, key, status, keys[0]) for key, status in zip(keys, statuses, strict=False)]
            held.append(Held(meeting, [row.actor_id for row in came if row.is_here]))
            attendances += came
    insert(invitations)
    insert(attendances)
    return held


def _attendance(meeting: Meeting, key: int, status: Attendance.Status, organiser: int) -> Attendance:
    """The organiser was there; whom another represented, it was the organiser."""
    if key == organiser:
        status = Attendance.Status.PRESENT
    by = organiser if status == Attendance.Status.REPRESENTED else None
    return Attendance(meeting=meeting, actor_id=key, status=status, represented_by_id=by)


def _items(rows: list[Meeting], large: Meeting) -> dict[int, list[AgendaItem]]:
    found = {meeting.pk: _items_of(meeting, ITEMS * 5 if meeting is large else ITEMS) for meeting in rows}
    insert([item for items in found.values() for item in items])
    link(AgendaItem, "presenters", ((items[1].pk, items[1].meeting.organiser_id) for items in found.values()))
    return found


def _items_of(meeting: Meeting, items: tuple[tuple[AgendaItem.Kind, int, str, str], ...]) -> list[AgendaItem]:
    return [
        AgendaItem(
            meeting=meeting, position=position, minutes_planned=length, kind=kind, title_ar=arabic, title_fr=french
        )
        for position, (kind, length, arabic, french) in enumerate(items, start=1)
    ]


def _minutes(volume: Volume, held: list[Held], items: dict[int, list[AgendaItem]], large: Meeting) -> None:
    """For nine meetings of ten; the text of each item, its revision, the words of institutions, the adopted version."""
    adopted = Minutes.State.ADOPTED
    states = cycle((adopted, adopted, adopted, Minutes.State.CIRCULATED, Minutes.State.DRAFT))
    written = [of for count, of in enumerate(held) if count % 10 or of.meeting is large]
    minutes = []
    for of, state in zip(written, states, strict=False):
        state = adopted if of.meeting is large else state
        circulated = of.meeting.ends_at + timedelta(days=5)
        is_out = state != Minutes.State.DRAFT
        minutes.append(
            Minutes(
                meeting=of.meeting,
                state=state,
                circulation=int(is_out),
                circulated_at=circulated if is_out else None,
                remarks_until=circulated.date() + timedelta(days=10) if is_out else None,
                adopted_at=circulated + timedelta(days=12) if state == Minutes.State.ADOPTED else None,
            )
        )
    insert(minutes)
    sections = [_section(volume, row, item) for row in minutes for item in items[row.meeting_id]]
    insert(sections)
    insert([MinutesRevision(section=row, number=1, html=row.html, text=row.text) for row in sections])
    insert(
        [
            MinutesReview(minutes=row, version=1, circulation=row.circulation, actor_id=key, answer="approves")
            for row, of in zip(minutes, written, strict=True)
            if row.circulation
            for key in of.here[:4]
        ]
    )
    by_minutes: dict[int, list[MinutesSection]] = {}
    for section in sections:
        by_minutes.setdefault(section.minutes_id, []).append(section)
    insert([_version(row, by_minutes[row.pk], row.adopted_at) for row in minutes if row.adopted_at])


def _section(volume: Volume, minutes: Minutes, item: AgendaItem) -> MinutesSection:
    html = paragraphs("\n\n".join(volume.random.choices(words.PASSAGES, k=3)))
    return MinutesSection(minutes=minutes, item=item, html=html, text=plain(html), revision=1)


def _version(minutes: Minutes, sections: list[MinutesSection], adopted: datetime) -> MinutesVersion:
    rows = [
        {"section": section.pk, "item": section.item_id, "number": number, "html": section.html, "text": section.text}
        | {f"title_{language}": getattr(section.item, f"title_{language}") for language in ("ar", "fr", "en")}
        | {"revision": 1}
        for number, section in enumerate(sections, start=1)
    ]
    facts = frozen(minutes.meeting)
    return MinutesVersion(minutes=minutes, number=1, sections=rows, facts=facts, adopted_at=adopted)
