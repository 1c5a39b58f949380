"""What the two sheets say, field by field, and what the one that stays will say."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.rules.fields import CALLED, LINKS, SHEET, Merged
from portal.core.errors import Refused
from portal.core.text import normalise

#: the fields a person compares, in the order of a sheet
COMPARED = tuple(field.name for field in SHEET if field.merged in {Merged.CHOSEN, Merged.BOTH})
#: kept without asking: the winner's, filled from the loser where empty
SILENT = tuple(field.name for field in SHEET if field.merged is Merged.FILLED)
#: what goes with another field: who confirmed the sheet, with the day
WITH = {"confirmed_on": ("confirmed_by_id", "confirmed_mailbox")}
#: where both values may be kept
JOINED = tuple(field.name for field in SHEET if field.merged is Merged.BOTH)
CHOICES = ("winner", "loser", "both")


def value_in(sheet: Actor, name: str) -> Any:
    """What the sheet says: the value of the column; for areas and themes their rows, in order."""
    if name in LINKS:
        return list(getattr(sheet, name).all())
    field = Actor._meta.get_field(name)
    return field.value_from_object(sheet)  # type: ignore[union-attr]


def is_empty(value: Any) -> bool:
    return value in (None, "", []) or (hasattr(value, "name") and not value)


def same(one: Any, other: Any) -> bool:
    """True when nothing needs to be chosen; spaces at the ends do not count."""
    if isinstance(one, list):
        return {row.pk for row in one} == {row.pk for row in other}
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    return one == other or (is_empty(one) and is_empty(other))


def default_choice(name: str, winner: Actor, loser: Actor) -> str:
    """The winner's, filled from the loser where empty; areas and themes of both; published where one of them is."""
    mine, theirs = value_in(winner, name), value_in(loser, name)
    if name == "parent":
        mine, theirs = _above(winner, loser, mine), _above(winner, loser, theirs)
    if name == "state":
        published = theirs == Actor.State.PUBLISHED and mine != theirs
        return "loser" if published else "winner"
    if is_empty(mine) and not is_empty(theirs):
        return "loser"
    return "both" if name in LINKS and not is_empty(theirs) else "winner"


def final_sheet(winner: Actor, loser: Actor, keep: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The values of the winner's columns by attname, and the rows of its links, after the choices. Raises Refused."""
    values: dict[str, Any] = {}
    links: dict[str, list[Any]] = {}
    for name in (*COMPARED, *SILENT):
        choice = keep.get(name) or default_choice(name, winner, loser)
        if choice not in CHOICES or (choice == "both" and name not in JOINED):
            raise Refused(_("Choose which of the two values stays."), field=name)
        mine, theirs = value_in(winner, name), value_in(loser, name)
        if name in LINKS:
            links[name] = _chosen_rows(choice, mine, theirs)
        else:
            attname = Actor._meta.get_field(name).attname  # type: ignore[union-attr]
            values[attname] = _chosen(choice, mine, theirs)
            if choice == "loser":
                values |= {with_it: getattr(loser, with_it) for with_it in WITH.get(name, ())}
    values["parent_id"] = _above(winner, loser, values["parent_id"])
    return values, links


def _chosen(choice: str, mine: Any, theirs: Any) -> Any:
    if choice == "both":
        return "\n".join(dict.fromkeys(text for text in (mine.strip(), theirs.strip()) if text))
    return theirs if choice == "loser" else mine


def _chosen_rows(choice: str, mine: list[Any], theirs: list[Any]) -> list[Any]:
    if choice == "both":
        return list({row.pk: row for row in (*mine, *theirs)}.values())
    return theirs if choice == "loser" else mine


def _above(winner: Actor, loser: Actor, parent: int | None) -> int | None:
    """What the sheet that stays belongs to: where one of the two belonged to the other, to what is above both."""
    if parent == loser.pk:
        parent = loser.parent_id
    if parent == winner.pk:
        parent = winner.parent_id if winner.parent_id != loser.pk else None
    return parent


def spellings_to_keep(winner: Actor, loser: Actor, values: Mapping[str, Any]) -> list[str]:
    """The other names of the sheet that stays: its own, and every name of both that it would not answer to any more."""
    known = {normalise(str(values.get(name, getattr(winner, name)))) for name in CALLED}
    kept: list[str] = []
    for text in (*winner.aliases, *_names(winner), *_names(loser), *loser.aliases):
        form = normalise(str(text))
        if form and form not in known:
            known.add(form)
            kept.append(str(text).strip())
    # What it had stays as it had it, whatever else is equal to it.
    return [*winner.aliases, *(text for text in kept if text not in winner.aliases)]


def _names(sheet: Actor) -> Iterable[str]:
    return [getattr(sheet, name) for name in CALLED]
