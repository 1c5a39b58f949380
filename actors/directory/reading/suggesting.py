"""Which institutions are meant by what somebody begins to write."""

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from actors.directory.models import Actor, Space, SpaceMember
from actors.directory.rules.fields import Reads, names_of
from portal.core.dates import today
from portal.core.search import find

#: how many are offered at once
MOST = 12
#: so many of those with the words are ranked, the first by name
CANDIDATES = 2000
NAMES = ("name_ar", "name_fr", "name_en")


def suggested(rows: QuerySet[Actor], text: str, space: Space | None = None) -> list[Actor]:
    """The first of those meant, one more than `MOST` where there are more; without a text the members of the space."""
    found = ranked(rows, text, space)
    return list((found if text else found.filter(Q(is_member=True)))[: MOST + 1])


def ranked(rows: QuerySet[Actor], text: str, space: Space | None = None) -> QuerySet[Actor]:
    """Those of `rows` with every word of `text`, with what a line about them shows.

    First who is called so, then whose name begins so, then whose name has it, then who has it elsewhere in the sheet,
    as another name or a place; before others those of the space.
    """
    members = SpaceMember.objects.on(today()).filter(space=space, actor=OuterRef("pk"))
    ranks = [
        When(Q(acronym__iexact=text) | _named("iexact", text), then=0),
        When(_named("istartswith", text), then=1),
        When(_named("icontains", text), then=2),
    ]
    rank = Case(*ranks, default=3, output_field=IntegerField())
    first = find(rows, text).order_by("name_ar", "pk").values("pk")[:CANDIDATES]
    found = (rows.filter(pk__in=first) if text else rows).annotate(
        is_member=Exists(members) if space else Value(False), rank=rank
    )
    heavy = ("search_text", *names_of(Reads.TEXT))
    return found.order_by("rank", "-is_member", "name_ar", "pk").select_related("seat").defer(*heavy)


def called(rows: list[Actor], text: str) -> list[Actor]:
    """Those whose whole name is the text, in any language, or with or as the acronym."""
    asked = " ".join(text.split()).casefold()
    return [row for row in rows if asked in {name.casefold() for name in _all_names(row) if name}]


def _named(lookup: str, text: str) -> Q:
    condition = Q()
    for name in NAMES:
        condition |= Q(**{f"{name}__{lookup}": text})
    return condition


def _all_names(row: Actor) -> list[str]:
    names = [str(getattr(row, name)) for name in NAMES]
    return [*names, *(f"{name} ({row.acronym})" for name in names if row.acronym), row.full_name, row.acronym]
