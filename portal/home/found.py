"""What is found of a query in everything: pages, places and themes, who works there, and what holds all its words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Min, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, override, pgettext_lazy
from django.utils.translation import gettext as _

from actors.directory.models import Actor, Membership, Space
from actors.directory.reading.coverage.measures import list_address
from actors.directory.rules.working import narrowed, working
from actors.roles.models import Responsibility
from actors.roles.reading.matrix import work_seen
from actors.roles.reading.words import colon, comma
from meetings.models import Meeting
from portal.core.dates import long_day, today
from portal.core.nearest import corrected, every_word, nearest
from portal.core.remembered import Remembered, asker_of, last_changes
from portal.core.search import find
from portal.core.text import bare_words, matches
from portal.reference.named import Named, called, named_in
from portal.reference.spellings import places
from portal.reference.themes import in_use
from recommendations.models import Recommendation

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.reference.models import Territory, Theme

SHOWN = 6
#: so many of the institutions that have the words are looked at for those that are called so
CANDIDATES = 2000
#: how many reasons are given for one institution
REASONS = 3
#: from what it follows who works on a theme in a place, and who sees that; asked once for all visitors, and of each
#: person, until one of these changes
WORKING = (Actor, Responsibility, Membership)
_found_workers: "Remembered[list[Hit]]" = Remembered()


@dataclass
class Hit:
    """One thing found: its name, its address, its reference or acronym, and what it is or why it is there."""

    title: str
    url: str
    reference: str = ""
    notes: list[str] = field(default_factory=list, compare=False)


@dataclass
class Group:
    """What was found of one kind: the first few, and the list where the rest is, if there is one."""

    title: str | Promise
    hits: list[Hit]
    link: str = ""


@dataclass
class Everything:
    """The groups with something in them; where there is none, what may have been meant."""

    groups: list[Group]
    nearest: str = ""


def find_everything(query: str, user: "User") -> Everything:
    """What this reader finds; where that is nothing, one question more for a name a letter away."""
    named = named_in(query)
    called, actors = _actors(query, user)
    work = _work(named, user)
    # a theme and a place ask who works on it there; one of them asks first for what is called so
    first, second = (called, work) if called.hits and bool(named.themes) != bool(named.places) else (work, actors)
    first.hits = first.hits[:SHOWN]
    second.hits = [hit for hit in second.hits if hit not in first.hits][:SHOWN]
    groups = [
        Group(gettext_lazy("Pages"), _frame(query)),
        _vocabularies(query, named),
        first,
        second,
        *_texts(query, user),
    ]
    groups = [group for group in groups if group.hits]
    return Everything(groups, "" if groups else _nearest(query, user))


def _nearest(query: str, user: "User") -> str:
    if near := nearest(query, *(model.objects.visible_to(user) for model in (Actor, Space, Meeting, Recommendation))):
        return near
    names = [(row.name_ar, row.name_fr) for row in places()] + [(row.name_ar, row.name_fr) for row in in_use()]
    ways = corrected(query, every_word(query, chain(*names, *(words for _title, _address, words in _pages()))))
    return next((way for way in ways if _frame(way) or _vocabularies(way, named_in(way)).hits), "")


def _pages() -> list[tuple[str, str, list[str]]]:
    """The portal's own pages: title, address, and what they are called in every language."""
    return [(str(names[0]), reverse(route), _pages_called()[route]) for route, names in _titles().items()]


def _titles() -> dict[str, tuple[Any, ...]]:
    return {
        "directory:actors": (gettext_lazy("Actors"), Actor._meta.verbose_name),
        "directory:coverage": (pgettext_lazy("of the region", "Map"),),
        "roles:matrix": (gettext_lazy("Who does what"),),
        "directory:spaces": (gettext_lazy("Coordination spaces"), Space._meta.verbose_name),
        "meetings:meetings": (gettext_lazy("Meetings"), Meeting._meta.verbose_name),
        "recommendations:recommendations": (
            gettext_lazy("Register of recommendations"),
            Recommendation._meta.verbose_name,
        ),
    }


@cache
def _pages_called() -> dict[str, list[str]]:
    """By route; their names are in the catalogues and change with them alone."""
    titles = _titles()
    called: dict[str, list[str]] = {route: [] for route in titles}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for route, names in titles.items():
                called[route] += map(str, names)
    return called


def _frame(query: str) -> list[Hit]:
    """The pages called so."""
    return [
        Hit(title, address)
        for title, address, words in _pages()
        if any(bare_words(query) and matches(query, word) for word in words)
    ]


def _vocabularies(query: str, named: Named) -> Group:
    """The places and themes that are called so, and those the query names where it says nothing else."""
    territories, themes = called(query)
    if not named.rest:
        territories = list(dict.fromkeys([*named.places, *territories]))
        themes = list(dict.fromkeys([*named.themes, *themes]))
    in_places = [
        Hit(str(row), list_address("directory:actors", territory=row.code), notes=[str(row.get_kind_display())])
        for row in territories[:SHOWN]
    ]
    on_themes = [Hit(str(row), list_address("roles:matrix", theme=row.pk), notes=[_("Theme")]) for row in themes]
    return Group(gettext_lazy("Places and themes"), in_places + on_themes[:SHOWN])


def _actors(query: str, user: "User") -> tuple[Group, Group]:
    """The institutions with the query in their name as it was typed; all with its words in their texts, those first.
    Twice as many as shown."""
    is_named = Q(acronym__iexact=query)
    for name in ("name_ar", "name_fr", "name_en"):
        is_named |= Q(**{f"{name}__icontains": query})
    candidates = find(Actor.objects.visible_to(user), query).order_by("name_ar", "pk")[:CANDIDATES]
    rows = Actor.objects.filter(pk__in=candidates.values("pk")).defer("search_text")
    found = list(rows.annotate(is_named=is_named).order_by("-is_named", "name_ar", "pk")[: 2 * SHOWN])

    def group(rows: Iterable[Actor]) -> Group:
        hits = [Hit(str(row), row.get_absolute_url(), row.acronym, [row.get_kind_display()]) for row in rows]
        return Group(gettext_lazy("Actors"), hits, list_address("directory:actors", q=query))

    return group(row for row in found if row.is_named), group(found)


def _texts(query: str, user: "User") -> Iterator[Group]:
    """The other things with all the words of the query in their texts, kind by kind."""

    def group(title: Promise, route: str, rows: QuerySet, hit: Callable[[Any], Hit]) -> Group:
        return Group(title, [hit(row) for row in find(rows, query)[:SHOWN]], list_address(route, q=query))

    yield group(
        gettext_lazy("Coordination spaces"),
        "directory:spaces",
        Space.objects.visible_to(user),
        lambda row: Hit(str(row), row.get_absolute_url(), row.code, [row.get_kind_display()]),
    )
    yield group(
        gettext_lazy("Meetings"),
        "meetings:meetings",
        Meeting.objects.visible_to(user),
        lambda row: Hit(str(row), row.get_absolute_url(), row.reference, _when(row)),
    )
    yield group(
        gettext_lazy("Recommendations"),
        "recommendations:recommendations",
        Recommendation.objects.visible_to(user),
        lambda row: Hit(str(row), row.get_absolute_url(), row.reference),
    )


def _when(meeting: Meeting) -> list[str]:
    """Its day, and of one that is off that it is."""
    return [long_day(meeting.starts_at), *([meeting.get_state_display()] if meeting.is_off else [])]


def _work(named: Named, user: "User") -> Group:
    """Who works on the themes in the places, twice as many as shown: who leads, who supports, then by name."""
    if not (named.places or named.themes):
        return Group("", [])
    what = " – ".join(comma().join(map(str, rows)) for rows in (named.themes, named.places) if rows)
    title = _("Who does what: %(what)s") % {"what": what}
    asked = asker_of(user), get_language(), today(), _keys(named.places), _keys(named.themes), named.rest
    hits = _found_workers.recall(asked, last_changes(*WORKING), lambda: _work_hits(named, user))
    return Group(title, list(hits), _work_address(named))


def _keys(rows: "Sequence[Territory | Theme]") -> tuple[Any, ...]:
    """Places of one name are several."""
    return tuple((row.pk, str(row)) for row in rows)


def _work_hits(named: Named, user: "User") -> list[Hit]:
    return [
        Hit(str(row), row.get_absolute_url(), row.acronym, list(islice(_reasons(row, named), REASONS)))
        for row in _workers(named, user)
    ]


def _workers(named: Named, user: "User") -> list[Actor]:
    """The first of them, each with `roles_there`: what they do of what is asked."""
    codes, themes = [row.code for row in named.places], [row.pk for row in named.themes]
    roles = narrowed(work_seen(user), codes=codes, themes=themes)
    keys = _first_workers(named, user, codes, themes)
    rows = Actor.objects.filter(pk__in=keys).select_related("seat").defer("search_text")
    there = roles.select_related("theme", "territory").order_by("part", "theme__position", "territory_id")
    found = rows.prefetch_related(Prefetch("responsibilities", there, to_attr="roles_there"), "areas", "themes")
    return sorted(found, key=lambda row: keys.index(row.pk))


def _first_workers(named: Named, user: "User", codes: list[str], themes: list[int]) -> list[int]:
    """Their keys: of who has a role there, then, where these are few, of those whose sheet says so."""
    seen = Actor.objects.visible_to(user)
    roles = narrowed(work_seen(user), codes=codes, themes=themes).order_by()
    if named.rest:
        roles = roles.filter(actor__in=find(seen, named.rest).order_by().values("pk"))
    by_part = roles.values("actor_id").annotate(strongest=Min("part")).order_by("strongest", "actor__name_ar", "actor")
    keys = list(by_part.values_list("actor_id", flat=True)[: 2 * SHOWN])
    if len(keys) < 2 * SHOWN:
        others = find(working(seen, user, codes=codes, themes=themes).exclude(pk__in=keys), named.rest)
        others = others.order_by("name_ar", "pk")
        keys += others.values_list("pk", flat=True)[: 2 * SHOWN - len(keys)]
    return keys


def _reasons(actor: Actor, named: Named) -> Iterator[str]:
    """Why the institution is among those who work there: its roles, then what its sheet says."""
    for role in actor.roles_there:  # type: ignore[attr-defined]
        yield _said(role.get_part_display(), f"{role.theme} – {role.territory}")
    themes = [theme for theme in actor.themes.all() if theme in named.themes]
    if named.themes and not themes:
        return
    seats = _there([actor.seat] if actor.seat else [], named, wider=False)
    areas = _there(actor.areas.all(), named)
    if named.places and not (seats or areas):
        return
    for label, rows in ((_("Themes"), themes), (_("Seat"), seats), (_("Areas of action"), areas)):
        if rows:
            yield _said(label, comma().join(map(str, rows)))


def _there(rows: "Iterable[Territory]", named: Named, *, wider: bool = True) -> "list[Territory]":
    """Those that lie in a place that is named, or (`wider`) hold it."""
    return [
        row for row in rows if any(place.contains(row) or (wider and row.contains(place)) for place in named.places)
    ]


def _said(label: object, what: str) -> str:
    return f"{capfirst(str(label))}{colon()}{what}"


def _work_address(named: Named) -> str:
    """The list of all of them, where it can be asked for: one place, one theme."""
    if len(named.places) > 1 or len(named.themes) > 1:
        return ""
    place, theme = next(iter(named.places), None), next(iter(named.themes), None)
    return list_address(
        "directory:actors", q=named.rest or None, territory=place and place.code, theme=theme and theme.pk
    )
