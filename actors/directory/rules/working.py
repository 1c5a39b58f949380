"""Who works in a territory, or on a theme: one rule, asked by the directory, its map and the search.

1. By the sheet: seated in the territory or active there, with the theme among its own.
2. By what apps above know (a role): for the territory, somewhere in it or a wider one that holds it, on the theme.

Registered from `AppConfig.ready()` of the apps above.
"""

from collections.abc import Callable, Collection
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet

from actors.directory.models import Actor
from actors.directory.models.actor import ActorQuerySet, concerned_condition
from portal.reference.models.territory import concerning

if TYPE_CHECKING:
    from portal.accounts.models import User

#: what this reader sees done: rows with `actor_id`, `territory_id` and `theme_id`
Source = Callable[["User"], QuerySet[Any]]

_sources: dict[str, Source] = {}
_models: dict[str, type[Model]] = {}


def register_work(name: str, source: Source, model: type[Model]) -> None:
    """Let the rule ask the source, rows of `model`. Registering a name again replaces it."""
    _sources[name], _models[name] = source, model


def work_models() -> list[type[Model]]:
    """The models of what the apps above know."""
    return list(_models.values())


def working(
    actors: ActorQuerySet, user: "User", *, codes: Collection[str] = (), themes: Collection[int] = ()
) -> ActorQuerySet:
    """Those of the institutions that work in one of the territories on one of the themes; without any: in every one."""
    found = Q()
    if codes:
        found &= reduce(or_, map(concerned_condition, codes))
    if themes:
        with_theme = Actor.themes.through.objects.filter(theme__in=themes)
        found &= Q(pk__in=with_theme.values("actor_id"))
    if found:
        for rows in done(user, codes=codes, themes=themes):
            found |= Q(pk__in=rows.values("actor_id"))
    return actors.filter(found)


def done(user: "User", *, codes: Collection[str] = (), themes: Collection[int] = ()) -> list[QuerySet[Any]]:
    """What the apps above know to be done in one of the territories on one of the themes."""
    return [narrowed(source(user), codes=codes, themes=themes).order_by() for source in _sources.values()]


def narrowed[Rows: QuerySet](rows: Rows, *, codes: Collection[str] = (), themes: Collection[int] = ()) -> Rows:
    """Those for one of the territories, somewhere in it or a wider one that holds it, and on one of the themes."""
    if themes:
        rows = rows.filter(theme__in=themes)
    return rows.filter(reduce(or_, map(concerning, codes))) if codes else rows
