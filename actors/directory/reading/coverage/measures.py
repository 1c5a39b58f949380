"""What can be counted for each territory. Upper apps register theirs from `AppConfig.ready()`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from actors.directory.models import Actor, Membership
from actors.directory.reading.coverage.concerned import Concerned
from actors.directory.rules.working import done, work_models
from portal.core.routes import address_to

if TYPE_CHECKING:
    from portal.accounts.models import User

ACTORS = "actors"


def _everybody(user: "User") -> bool:
    return True


@dataclass(frozen=True)
class Measure:
    """Something that concerns territories and can be counted; who may see the numbers it says itself."""

    key: str
    #: what is counted, as the head of a column: “Institutions”
    label: str | Promise
    #: what the page is called
    title: str | Promise
    #: what this reader may see, of one theme (its key) or of all
    read: Callable[["User", int | None], Concerned]
    #: “3 institutions”
    phrase: Callable[[int], str]
    #: the address of the list of those that concern a territory (its code), of one theme or of all
    link: Callable[[str, int | None], str]
    #: the models from which the numbers and who sees them follow
    changes: Callable[[], Sequence[type[Model]]]
    is_for: Callable[["User"], bool] = _everybody


_measures: dict[str, Measure] = {}


def register_measure(measure: Measure) -> None:
    """Called from `AppConfig.ready()` of the app that can count it."""
    _measures[measure.key] = measure


def measures_for(user: "User") -> dict[str, Measure]:
    """What this reader may have counted, by key; the institutions first."""
    return {key: measure for key, measure in _measures.items() if measure.is_for(user)}


def list_address(route: str, **question: object) -> str:
    """The address of a list that is asked what is not None."""
    return f"{address_to(route)}?{urlencode({name: value for name, value in question.items() if value is not None})}"


def _institutions(user: "User", theme: int | None) -> Concerned:
    """As `working` has it: a seat lies in a territory; an area, or what is done for one, covers what lies in it too."""
    seen = Actor.objects.visible_to(user).order_by()
    if theme is not None:
        seen = seen.filter(themes=theme)
    areas = Actor.areas.through.objects.filter(actor__in=seen.values("pk"))
    over, *others = (
        rows.values_list("actor_id", "territory_id") for rows in (areas, *done(user, themes=[theme] if theme else []))
    )
    return Concerned(
        over=over.union(*others, all=True),
        at=seen.exclude(seat=None).values_list("pk", "seat_id"),
    )


register_measure(
    Measure(
        key=ACTORS,
        label=_("Institutions"),
        title=_("Institutions by commune"),
        read=_institutions,
        phrase=lambda count: ngettext("%(count)s institution", "%(count)s institutions", count) % {"count": count},
        link=lambda code, theme: list_address("directory:actors", territory=code, theme=theme),
        changes=lambda: (Actor, Membership, *work_models()),
    )
)
