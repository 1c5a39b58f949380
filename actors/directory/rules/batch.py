"""One change to many sheets: what each would be after it, asked before anything is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from actors.directory.models import Actor
from actors.directory.models.actor import ActorQuerySet
from portal.core.choices import Choice
from portal.reference.models import Territory, Theme

#: as many sheets as one person can look through before saying yes
MOST = 1000


class Kind(Choice):
    """What can be changed on many sheets at once."""

    #: the field it is about
    field: str

    ADD_THEME = "add_theme", "themes", _("Add a theme")
    REMOVE_THEME = "remove_theme", "themes", _("Remove a theme")
    SET_STATE = "set_state", "state", _("Set the state of the sheet")
    SET_SEAT = "set_seat", "seat", _("Set the seat")
    ADD_AREA = "add_area", "areas", _("Add an area of action")
    REMOVE_AREA = "remove_area", "areas", _("Remove an area of action")


ADDING = frozenset({Kind.ADD_THEME, Kind.ADD_AREA})


@dataclass(frozen=True)
class BatchChange:
    """A change and its value: a theme, a territory, or a state."""

    kind: Kind
    value: Any

    @property
    def field(self) -> str:
        return self.kind.field

    @property
    def is_of_links(self) -> bool:
        return self.field in {"themes", "areas"}

    def before(self, actor: Actor) -> Any:
        """What the field holds now: a list of rows, a row, or a state."""
        return list(getattr(actor, self.field).all()) if self.is_of_links else getattr(actor, self.field)

    def after(self, actor: Actor) -> Any:
        """What it would hold."""
        if not self.is_of_links:
            return self.value
        others = [row for row in self.before(actor) if row != self.value]
        return [*others, self.value] if self.kind in ADDING else others

    def alters(self, actor: Actor) -> bool:
        before, after = self.before(actor), self.after(actor)
        return set(before) != set(after) if self.is_of_links else before != after

    def text(self, value: Any) -> str:
        """What `before` or `after` say, as people read it; '' for nothing."""
        if isinstance(value, list):
            return pgettext("between the parts of a list", ", ").join(sorted(map(str, value)))
        return str(Actor.State(value).label) if self.field == "state" else str(value or "")

    def step(self, actor: Actor) -> "BatchStep":
        """What the change is for this sheet."""
        kept = [row for row in self.before(actor) if row != self.value] if self.is_of_links else ""
        removes = self.is_of_links and self.kind not in ADDING
        said = self.text(self.value)
        return BatchStep(
            actor,
            self.text(self.before(actor)),
            self.text(kept) if kept else "",
            *(("", said) if removes else (said, "")),
        )


@dataclass(frozen=True)
class BatchStep:
    """What the change is for one sheet: what stands there now, and after it what stays, what comes and what goes."""

    actor: Actor
    before: str
    kept: str
    comes: str
    goes: str


@dataclass(frozen=True)
class Preview:
    """The sheets that would change, each with before and after, and those that are so already."""

    changing: list[BatchStep]
    staying: list[Actor]


def with_what_changes(actors: ActorQuerySet) -> ActorQuerySet:
    """The sheets with what a change may be about, in a few queries however many they are."""
    names = ("name_ar", "name_fr", "name_en")
    return (
        actors.select_related("seat")
        .defer("search_text")
        .prefetch_related(
            models.Prefetch("themes", Theme.objects.only(*names)),
            models.Prefetch("areas", Territory.objects.only(*names)),
        )
    )


def preview(actors: Iterable[Actor], change: BatchChange) -> Preview:
    """Nothing is written; `actors` come from `with_what_changes`."""
    changing, staying = [], []
    for actor in actors:
        if change.alters(actor):
            changing.append(change.step(actor))
        else:
            staying.append(actor)
    return Preview(changing, staying)
