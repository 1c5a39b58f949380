"""What the meetings recommended, who does it, and what was reported since."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, cycle, repeat

from django.db.models import OuterRef, Subquery

from portal.core.copies import derive
from portal.core.dates import start_of
from portal.core.text import searchable
from portal.home.loads.volume import words
from portal.home.loads.volume.bulk import insert, link
from portal.home.loads.volume.directory import OFFICERS, Volume
from portal.home.loads.volume.meetings import Held
from portal.reference.models import Theme
from recommendations.models import Assignment, Evidence, FollowUp, Recommendation

State, Answer, Kind = Recommendation.State, Assignment.Answer, FollowUp.Kind
#: how many of a hundred stand in each state
SHARES = {
    State.DRAFT: 4,
    State.ADOPTED: 18,
    State.IN_PROGRESS: 22,
    State.CONTINUOUS: 8,
    State.BLOCKED: 6,
    State.DONE: 7,
    State.CONFIRMED: 24,
    State.CONTESTED: 3,
    State.DROPPED: 8,
}
PROGRESS = {
    State.IN_PROGRESS: Recommendation.Progress.HALFWAY,
    State.CONTINUOUS: Recommendation.Progress.LAUNCHED,
    State.BLOCKED: Recommendation.Progress.LAUNCHED,
    State.CONTESTED: Recommendation.Progress.NEARLY,
    State.DONE: Recommendation.Progress.COMPLETE,
    State.CONFIRMED: Recommendation.Progress.COMPLETE,
}
#: the last entry of those that stand in a state an institution does not report
CLOSING = {
    State.CONFIRMED: Kind.CONFIRMATION,
    State.CONTESTED: Kind.CONTEST,
    State.DROPPED: Kind.DROP,
}
#: of a hundred open ones: those of the first space, which has more of them than any office could read
IN_FIRST_SPACE = 10


def recommendations(volume: Volume, held: list[Held], number: int) -> list[Recommendation]:
    """`number` recommendations of every state, with themes and who leads and supports them."""
    mixed = [state for state, share in SHARES.items() for _ in range(share)]
    volume.random.shuffle(mixed)
    states = cycle(mixed)
    places = {place.pk: place for place in volume.places}
    counts: dict[int, int] = {}
    rows, themes = [], []
    for of, state in zip(_meetings(volume, held, number), states, strict=False):
        meeting = of.meeting
        counts[meeting.pk] = counts.get(meeting.pk, 0) + 1
        place = places.get(meeting.territory_id or "") or volume.some(volume.places)
        own = volume.sample(volume.themes, volume.random.choice((1, 1, 2)))
        row = _recommendation(volume, of, state, own, place.name_ar, place.name_fr)
        row.reference = f"{meeting.reference}-R{counts[meeting.pk]}"
        row.territory = place
        row.search_text = searchable(_parts(row, own))
        rows.append(row)
        themes.append(own)
    insert(rows)
    link(Recommendation, "themes", ((row.pk, theme.pk) for row, own in zip(rows, themes, strict=True) for theme in own))
    _assignments(volume, rows, {of.meeting.pk: of.here for of in held})
    return rows


def _meetings(volume: Volume, held: list[Held], number: int) -> Iterator[Held]:
    """The meeting of each recommendation; every tenth is of the first space, and of a meeting before its large one,
    which has as many as any other."""
    first = [of for of in held if of.meeting.space_id == volume.spaces[0].pk]
    firsts, all_in_turn = cycle(first[:-1] or held), cycle(held)
    for count in range(number):
        yield next(firsts) if count % IN_FIRST_SPACE == 0 else next(all_in_turn)


def _recommendation(
    volume: Volume, of: Held, state: str, own: list[Theme], place_ar: str, place_fr: str
) -> Recommendation:
    meeting, random = of.meeting, volume.random
    arabic, french = words.recommendation(random, (own[0].name_ar, own[0].name_fr), (place_ar, place_fr))
    adopted = None if state == State.DRAFT else meeting.ends_at
    news = adopted
    if adopted is not None and state != State.ADOPTED:
        news = adopted + (start_of(volume.day) - adopted) * random.uniform(0.3, 0.98)
    due = meeting.ends_at.date() + timedelta(days=random.randrange(60, 1500)) if random.random() < 0.8 else None
    return Recommendation(
        meeting=meeting,
        space=meeting.space,
        meeting_audience=meeting.listed_audience,
        meeting_space=meeting.space_id,
        meeting_organiser=meeting.organiser_id,
        meeting_starts_at=meeting.starts_at,
        text_ar="" if meeting.language == "fr" and random.random() < 0.3 else arabic,
        text_fr=french,
        axis=volume.some(volume.axes),
        people=volume.some(Recommendation.People.values),
        level=volume.some(Recommendation.Level.values),
        priority=volume.some(Recommendation.Priority.values),
        due_on=due,
        state=state,
        progress=PROGRESS.get(State(state), Recommendation.Progress.NOT_STARTED),
        adopted_at=adopted,
        last_news_at=news,
        done_at=news if state in Recommendation.FINISHED else None,
        drop_reason="تجاوزتها الأحداث" if state == State.DROPPED else "",
        created_at=meeting.ends_at,
    )


def _parts(row: Recommendation, own: list[Theme]) -> list[str]:
    """What `search_parts` gives of the saved row, whose themes are at hand."""
    parts = [row.reference, row.text_ar, row.text_fr, row.text_en, row.sign_of_success]
    for thing in (row.axis, row.territory, *own):
        if thing is not None:
            parts += [thing.name_ar, thing.name_fr, thing.name_en]
    return [part for part in parts if part]


def _assignments(volume: Volume, rows: list[Recommendation], here: dict[int, list[int]]) -> None:
    """A lead for most, and up to two supports; two institutions lead as many open ones as their officers are called
    after."""
    counted = _counted(volume, rows)
    answers = cycle((Answer.ACCEPTED, Answer.ACCEPTED, Answer.WAITING, Answer.ACCEPTED))
    made = []
    for count, row in enumerate(rows):
        keys = here[row.meeting_id]
        lead = counted.get(row.pk) or (keys[count % len(keys)] if count % 12 else None)
        supports = {keys[(count + step) % len(keys)] for step in range(1, 1 + count % 3)} - {lead}
        parts = [(lead, Assignment.Part.LEAD)] if lead else []
        parts += [(key, Assignment.Part.SUPPORT) for key in sorted(supports)]
        for key, part in parts:
            answer = Answer.ACCEPTED if key in volume.counted.values() else next(answers)
            answered = row.adopted_at if answer != Answer.WAITING else None
            made.append(Assignment(recommendation=row, actor_id=key, part=part, answer=answer, answered_at=answered))
        if count % 40 == 0 and keys[0] not in {key for key, _ in parts}:
            reason = "لا يدخل في اختصاصنا"
            made.append(Assignment(recommendation=row, actor_id=keys[0], answer=Answer.RETURNED, return_reason=reason))
    insert(made)
    leads = Assignment.objects.leading(OuterRef("pk")).values("actor")[:1]
    derive(Recommendation.objects.filter(pk__gte=rows[0].pk), lead_key=Subquery(leads))


def _counted(volume: Volume, rows: list[Recommendation]) -> dict[int, int]:
    """Of the last open ones of the first space: by which of the counted institutions each is led."""
    first = volume.spaces[0].pk
    open_ones = (row.pk for row in reversed(rows) if row.space_id == first and row.state in Recommendation.OPEN)
    leads = chain.from_iterable(repeat(volume.counted[name], many) for name, many in OFFICERS.items())
    return dict(zip(open_ones, leads, strict=False))


def follow_ups(volume: Volume, rows: list[Recommendation], number: int) -> None:
    """`number` entries over the adopted recommendations, in time, the last one giving the state each stands in; a few
    wait for clearance or were sent back, and some have a link as evidence."""
    told = [row for row in rows if row.state not in {State.DRAFT, State.ADOPTED}]
    adopted = [row for row in rows if row.state == State.ADOPTED]
    leads = dict(
        Assignment.objects.filter(part=Assignment.Part.LEAD)
        .exclude(answer=Answer.RETURNED)
        .values_list("recommendation_id", "actor_id")
    )
    each, rest = divmod(number, max(len(told), 1))
    entries = []
    for count, row in enumerate(told):
        lead = leads.get(row.pk) or row.meeting.organiser_id
        days = _days(row, each + (count < rest))
        entries += [_entry(volume, row, lead, at, is_last=at is days[-1]) for at in days]
    insert(entries)
    _drafts(volume, adopted, leads)
    insert([Evidence(follow_up=entry, title="رابط تجريبي", link="https://example.org/") for entry in entries[::10]])


def _days(row: Recommendation, many: int) -> list[datetime]:
    """When each entry was written, in order; the last one is the last news."""
    begins, last = row.adopted_at or row.created_at, row.last_news_at or row.created_at
    return [begins + (last - begins) * (step / many) for step in range(1, many + 1)]


def _entry(volume: Volume, row: Recommendation, lead: int, at: datetime, *, is_last: bool) -> FollowUp:
    state = row.state if is_last else State.IN_PROGRESS
    kind = CLOSING.get(State(state), Kind.PROGRESS)
    is_progress = kind == Kind.PROGRESS
    return FollowUp(
        recommendation=row,
        kind=kind,
        on_behalf_of_id=lead,
        new_state=state,
        progress=row.progress if is_last else Recommendation.Progress.LAUNCHED,
        account=volume.some(list(words.ACCOUNTS)),
        obstacle=FollowUp.Obstacle.BUDGET if state == State.BLOCKED and is_progress else "",
        drafted_at=at,
        cleared_at=at,
    )


def _drafts(volume: Volume, adopted: list[Recommendation], leads: dict[int, int]) -> None:
    """A first report that has not left the house, for every tenth that has not begun."""
    clearances = cycle((FollowUp.Clearance.WAITING, FollowUp.Clearance.SENT_BACK))
    insert(
        [
            FollowUp(
                recommendation=row,
                on_behalf_of_id=leads[row.pk],
                new_state=State.IN_PROGRESS,
                progress=Recommendation.Progress.LAUNCHED,
                account=volume.some(list(words.ACCOUNTS)),
                clearance=next(clearances),
                drafted_at=row.created_at + timedelta(days=20),
            )
            for row in adopted[::10]
            if row.pk in leads
        ]
    )
