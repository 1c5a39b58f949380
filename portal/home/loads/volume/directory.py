"""The institutions, who works for them, and the tables they sit at."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle, islice
from random import Random

from actors.directory.models import Actor, Contact, FocalPoint, Membership, Space, SpaceMember
from actors.roles.models import Responsibility
from portal.accounts.models import User
from portal.core.text import searchable
from portal.home.loads.volume import words
from portal.home.loads.volume.bulk import insert, link
from portal.reference.models import Axis, Territory, Theme

#: the address after which the person is called, and the part they have in their institution
OFFICERS = {"officer-5": 5, "officer-50": 50}
STEERING = {"secretariat": SpaceMember.Part.SECRETARIAT, "chair": SpaceMember.Part.CHAIR}
#: institutions for one that has an account
PER_ACCOUNT = 4
#: how many institutions sit in a space, and how many in the first one
MEMBERS, LARGE = range(12, 31), 60


@dataclass
class Volume:
    """What the pieces hand to one another."""

    random: Random
    day: date
    places: list[Territory]
    themes: list[Theme]
    axes: list[Axis]
    actors: list[Actor] = field(default_factory=list)
    spaces: list[Space] = field(default_factory=list)
    #: the keys of the institutions in each space, who keeps its secretariat first
    members: dict[int, list[int]] = field(default_factory=dict)
    #: of the institutions whose open items are counted, the key by the address of their officer
    counted: dict[str, int] = field(default_factory=dict)
    people: list[User] = field(default_factory=list)

    def some[T](self, things: list[T]) -> T:
        return things[self.random.randrange(len(things))]

    def sample[T](self, things: list[T], number: int) -> list[T]:
        """So many different ones, in the order in which they stand."""
        return [things[at] for at in sorted(self.random.sample(range(len(things)), number))]

    def days_ago(self, most: int) -> date:
        return self.day - timedelta(days=self.random.randrange(most))


def volume_of(day: date, seed: int) -> Volume:
    """The empty volume, over the reference data that are loaded."""
    communes = list(Territory.objects.communes())
    return Volume(Random(seed), day, communes, list(Theme.objects.all()), list(Axis.objects.all()))  # noqa: S311


def institutions(volume: Volume, number: int) -> None:
    """`number` sheets of every kind and state, most of them published and fresh, with areas, themes and contacts."""
    random = volume.random
    kinds = [kind for kind, share in words.SHARES.items() for _ in range(share)]
    random.shuffle(kinds)
    details: list[tuple[list[Territory], list[Theme]]] = []
    for count, kind in enumerate(islice(cycle(kinds), number), start=1):
        place, themes = volume.some(volume.places), volume.sample(volume.themes, random.choice((1, 1, 2, 3)))
        areas = volume.sample(volume.places, random.choice((1, 1, 1, 2)))
        field = (themes[0].name_ar, themes[0].name_fr)
        arabic, french = words.institution(kind, count, field, (place.name_ar, place.name_fr))
        actor = Actor(
            slug=f"volume-{count}",
            kind=kind,
            name_ar=arabic[:250],
            name_fr="" if count % 9 == 0 else french[:250],
            acronym=f"ATE{count}" if count % 5 == 0 else "",
            seat=place,
            description_ar=f"مؤسسة تجريبية تعمل في مجال {field[0]} بتراب {place.name_ar}.",
            state=_state(count),
            confirmed_on=volume.days_ago(700) if count % 4 else None,
        )
        actor.search_text = searchable(actor.search_parts_with(areas, themes))
        volume.actors.append(actor)
        details.append((areas, themes))
    insert(volume.actors)
    pairs = list(zip(volume.actors, details, strict=True))
    link(Actor, "areas", ((actor.pk, area.pk) for actor, (areas, _) in pairs for area in areas))
    link(Actor, "themes", ((actor.pk, theme.pk) for actor, (_, themes) in pairs for theme in themes))
    _contacts(volume)
    _roles(volume, pairs)


def _state(count: int) -> str:
    return Actor.State.ARCHIVED if count % 50 == 0 else Actor.State.DRAFT if count % 33 == 0 else Actor.State.PUBLISHED


def _contacts(volume: Volume) -> None:
    audiences = cycle(Contact.Audience.values)
    contacts = insert(
        [
            Contact(
                actor=actor,
                role_ar="مكتب الضبط",
                role_fr="Bureau d’ordre",
                email=f"bureau-{count}@volume.test",
                phone=f"+21253660{count % 10000:04d}",
                audience=next(audiences),
            )
            for count, actor in enumerate(volume.actors, start=1)
        ]
    )
    insert([FocalPoint(actor_id=contact.actor_id, contact=contact) for contact in contacts])


def _roles(volume: Volume, pairs: list[tuple[Actor, tuple[list[Territory], list[Theme]]]]) -> None:
    """For every third institution, what it does in one of its fields, where it sits."""
    parts, answers = cycle(Responsibility.Part.values), cycle(Responsibility.Answer.values)
    rows = []
    for actor, (_, themes) in pairs[::3]:
        answer = next(answers)
        reservation = "دور تضطلع به مؤسسة أخرى" if answer == Responsibility.Answer.CONTESTED else ""
        role = Responsibility(actor=actor, theme=themes[0], territory=actor.seat, part=next(parts))
        role.answer, role.reservation = answer, reservation
        rows.append(role)
    insert(rows)


def spaces(volume: Volume, number: int) -> None:
    """`number` coordination spaces of every kind and audience, with their members; a few are closed."""
    kinds, audiences = cycle(Space.Kind.values), cycle(("public", "public", "members", "space"))
    for count in range(1, number + 1):
        place = volume.some(volume.places)
        space = Space(
            code=f"V{count:03d}",
            slug=f"volume-{count}",
            kind=next(kinds),
            name_ar=f"فضاء تنسيق تجريبي {count} – {place.name_ar}",
            name_fr=f"Espace de coordination d’essai {count}, {place.name_fr}",
            territory=place,
            audience=next(audiences),
            opened_on=volume.day - timedelta(days=3000),
            closed_on=volume.days_ago(300) if count % 20 == 0 else None,
            closing_reason="انتهت مدة البرنامج" if count % 20 == 0 else "",
        )
        space.search_text = searchable(space.search_parts())
        volume.spaces.append(space)
    insert(volume.spaces)
    published = [actor.pk for actor in volume.actors if actor.state == Actor.State.PUBLISHED]
    volume.counted = dict(zip(OFFICERS, published, strict=False))
    free = published[len(OFFICERS) :]
    rows = []
    for space in volume.spaces:
        many = LARGE if space is volume.spaces[0] else volume.random.choice(MEMBERS)
        keys = volume.random.sample(free, min(many, len(free)))
        volume.members[space.pk] = keys
        parts = [*STEERING.values(), *(SpaceMember.Part.MEMBER for _ in keys[2:-1]), SpaceMember.Part.OBSERVER]
        rows += [SpaceMember(space=space, actor_id=key, part=part) for key, part in zip(keys, parts, strict=False)]
    first = volume.spaces[0]
    rows += [SpaceMember(space=first, actor_id=key) for key in volume.counted.values()]
    insert(rows)


def people(volume: Volume) -> None:
    """Accounts nobody can sign in to, for every fourth institution; who steers and who is counted by name."""
    first = volume.members[volume.spaces[0].pk]
    named = {**volume.counted, **dict(zip(STEERING, first, strict=False))}
    addresses = [*named, "administrator"]
    ordinary = [actor.pk for actor in volume.actors[::PER_ACCOUNT] if actor.pk not in set(named.values())]
    works_for = [*named.values(), None, *ordinary]
    addresses += [f"person-{count}" for count in range(1, len(ordinary) + 1)]
    languages = cycle(("ar", "ar", "fr"))
    volume.people = [
        User(
            email=f"{address}@volume.test",
            name=f"حساب تجريبي {count}",
            language=next(languages),
            password="!",  # noqa: S106 - no password at all
            is_administrator=address == "administrator",
        )
        for count, address in enumerate(addresses, start=1)
    ]
    insert(volume.people)
    parts = cycle((Membership.Part.CONTRIBUTOR, Membership.Part.MANAGER, Membership.Part.VALIDATOR))
    staff = [(actor, user) for actor, user in zip(works_for, volume.people, strict=True) if actor is not None]
    insert(
        [
            Membership(actor_id=actor, user=user, part=Membership.Part.MANAGER if actor in first else next(parts))
            for actor, user in staff
        ]
    )
