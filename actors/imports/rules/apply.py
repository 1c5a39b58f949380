"""One decided row brought in: an institution added with its contact details, or changes written into one that is there.

What undoing needs is kept in `row.done`:

    {"created": [["directory.actor", 7], ["directory.contact", 9]],       what the row made
     "fields": {"name_fr": ["", "Commune de Zaio"], …},             what it wrote, by field: before and after
     "confirmed": {"by": 3, "mailbox": ""},                         who had confirmed it, where it wrote the day
     "contacts": {"12": {"phone": ["", "+212536001122"]}}}          the same, by the contact it wrote into
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from actors.directory.actions.saving import refuse_double
from actors.directory.models import Actor, Contact
from actors.directory.rules.fields import LINKS, LISTED, REACHED, Reads, keys_of
from actors.directory.rules.slugs import free_slug
from actors.directory.rules.twins import already_there
from actors.imports.models import ActorImport, ImportRow
from actors.imports.rules.decisions import INTO, values_of
from actors.imports.rules.differences import NAMES, squashed
from actors.imports.rules.known import TEXTS, Known, known_actors, reached
from actors.imports.rules.wanted import wanted
from actors.imports.table.cells import Fields
from portal.core import history
from portal.core.errors import Refused
from portal.core.search import reindex
from portal.core.text import searchable
from portal.reference.models import Territory, Theme

if TYPE_CHECKING:
    from portal.accounts.models import User

Decision, Outcome = ImportRow.Decision, ImportRow.Outcome
#: fields of a record that are written into the sheet; those that are its own columns, as they stand; its links
FIELDS = frozenset(field.key for field in LISTED if field.model is Actor)
SAME = (*TEXTS, *keys_of(Reads.LINES))
#: what a sheet must not have in common with another one, and the state in which it does no harm
TELLING = frozenset({"name_ar", "name_fr", "territory", "state"})
#: what points elsewhere is looked up here, and an address that is taken makes the database refuse the row
UNCHECKED = frozenset(field.name for field in Actor._meta.fields) - {
    field.name for field in LISTED if field.reads is not Reads.PLACE
}


def reason_of(run: ActorImport, *, undoing: bool = False) -> str:
    """Why, in the history of what the import writes, and of what undoing it writes."""
    return f"undo of import {run.pk}" if undoing else f"import {run.pk}"


@dataclass
class Directory:
    """What the rows of a run need to know of the directory, read once for each chunk, in its transaction."""

    run: ActorImport
    by: "User | None"
    reason: str
    territories: dict[str, Territory] = field(default_factory=dict)
    themes: dict[str, Theme] = field(default_factory=dict)
    slugs: set[str] = field(default_factory=set)
    #: the sheets by the places and the names, as they are compared, under which rows are added
    called: dict[tuple[str | None, str], set[int]] = field(default_factory=dict)
    known: dict[int, Known] = field(default_factory=dict)

    def look(self, rows: Iterable[ImportRow], *, also: Iterable[int] = ()) -> None:
        """Read what these rows are about, and the sheets of `also`, as it stands now, and hold it: until the chunk is
        committed nobody else writes into it, or builds on it."""
        rows = list(rows)
        if not self.territories:
            self.territories = {row.code: row for row in Territory.objects.all()}
            self.themes = {theme.code: theme for theme in Theme.objects.all()}
        self.slugs = set(Actor.objects.order_by().values_list("slug", flat=True))
        added = [row for row in rows if row.decision == Decision.ADD and not row.outcome]
        self.called = _called({values_of(row)["territory"] or None for row in added})
        targets = {row.actor_id for row in rows if row.actor_id and row.decision in INTO}
        hold(targets | set(also))
        self.known = {known.pk: known for known in known_actors(targets) if known.pk} if targets else {}

    def sheet(self, pk: int) -> Known | None:
        """The sheet as it stands now; one that was made or written by an earlier row of the chunk is read again."""
        if pk not in self.known:
            hold([pk])
            self.known.update({known.pk: known for known in known_actors([pk]) if known.pk})
        return self.known.get(pk)


def _called(seats: set[str | None]) -> dict[tuple[str | None, str], set[int]]:
    """The sheets of these seats by seat and name."""
    found: dict[tuple[str | None, str], set[int]] = {}
    if not seats:
        return found
    nowhere = Q(seat=None) if None in seats else Q()
    there = Actor.objects.filter(Q(seat__in=seats - {None}) | nowhere).exclude(state=Actor.State.ARCHIVED)
    for pk, seat, *names in there.order_by().values_list("pk", "seat", *NAMES):
        for name in filter(None, map(squashed, names)):
            found.setdefault((seat, name), set()).add(pk)
    return found


def hold(pks: Iterable[int]) -> None:
    """Keep these sheets and their contact details for this transaction, in one order for everybody who does so."""
    held = set(pks)
    for rows in (Actor.objects.filter(pk__in=held), Contact.objects.filter(actor__in=held)) if held else ():
        list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def apply_row(row: ImportRow, directory: Directory) -> None:
    """Bring the row in as decided, and say on it what came out and what undoing needs; the caller saves the row.

    Refused with a sentence where it cannot be brought in; the caller goes back to before the row then.
    """
    if row.decision == Decision.ADD:
        _add(row, directory)
    elif row.decision in INTO:
        _write_into(row, directory)
    else:
        row.outcome = Outcome.LEFT_OUT


# A new institution.


def _add(row: ImportRow, directory: Directory) -> None:
    values = values_of(row)
    actor = Actor()
    links = put(actor, {key: values[key] for key in FIELDS if values[key]}, directory)
    actor.state = _state(values["state"], directory.run)
    refuse_double(actor)
    _refuse_unseen(row, actor, directory)
    names = (actor.acronym, actor.name_fr, actor.name_en)
    fallback = actor.kind.replace("_", "-")
    actor.slug = free_slug(Actor, *names, fallback=fallback, taken=directory.slugs.__contains__)
    _check(actor, UNCHECKED)
    actor.search_text = searchable(actor.search_parts_with(links.get("areas", []), links.get("themes", [])))
    keep(actor, directory, links=links)
    created = [["directory.actor", actor.pk]]
    created += _add_contacts(actor, {field.name: reached(values, field) for field in REACHED}, directory)
    directory.slugs.add(actor.slug)
    row.actor, row.done, row.outcome = actor, {"created": created}, Outcome.ADDED


def _refuse_unseen(row: ImportRow, actor: Actor, directory: Directory) -> None:
    """Refused where somebody has entered the institution since the row was checked, in whatever spelling: the row's own
    candidates were there to be chosen, and are no reason."""
    names = {squashed(getattr(actor, key)) for key in NAMES} - {""}
    there = set().union(*(directory.called.get((actor.seat_id, name), ()) for name in names))
    shown = {one.get("actor") for one in row.candidates} | {row.actor_id}
    if strangers := there - shown:
        numbers = [one["row"] for one in row.candidates if "row" in one]
        shown_rows = ImportRow.objects.filter(Q(number__in=numbers) | Q(pk=row.same_as_id), run=directory.run)
        if strangers - set(shown_rows.values_list("actor", flat=True)):
            raise Refused(already_there())


def _state(written: str, run: ActorImport) -> str:
    """What the file says of the sheet's state; but nothing is published where drafts were asked for."""
    if not written or (written == Actor.State.PUBLISHED and run.new_state == ActorImport.NewState.DRAFT):
        return run.new_state
    return written


def _add_contacts(actor: Actor, ways: dict[str, list[str]], directory: Directory) -> list[list[Any]]:
    """The first number and mailbox in one contact of the administration, further ones in further contacts."""
    rows = [dict(zip(ways, row, strict=True)) for row in zip_longest(*ways.values(), fillvalue="")]
    return [["directory.contact", _add_contact(actor, row, directory).pk] for row in rows]


def _add_contact(actor: Actor, ways: dict[str, str], directory: Directory) -> Contact:
    role = {language: _office(language) for language in ("ar", "fr")}
    contact = Contact(actor=actor, role_ar=role["ar"], role_fr=role["fr"], **ways)
    contact.audience = directory.run.contact_audience
    _check(contact, {"actor", "user"})
    keep(contact, directory)
    return contact


def _office(language: str) -> str:
    with override(language):
        return pgettext("office of an institution", "Administration")


# Changes in one that is there.


def _write_into(row: ImportRow, directory: Directory) -> None:
    pk = row.actor_id or _became(row)
    known = directory.sheet(pk) if pk else None
    if known is None or pk is None:
        if row.same_as_id and not row.actor_id:
            raise Refused(_("The row it repeats was not brought in, so there is nothing to add this to."))
        raise Refused(_("The institution it was to be written into is not in the directory any more."))
    found = wanted(row, known)
    if found.refused:
        raise Refused(found.refused)
    row.actor_id = pk
    if not found.values:
        row.outcome = Outcome.UNCHANGED
        return
    row.done = write(pk, known, found.values, directory)
    row.outcome = Outcome.CHANGED
    directory.known.pop(pk, None)


def _became(row: ImportRow) -> int | None:
    """What the repeated row has become by now. Before it is brought in, its institution is only what it looks like."""
    if row.same_as_id is None:
        return None
    became = ImportRow.objects.filter(pk=row.same_as_id, outcome__in=ImportRow.BECAME)
    return became.values_list("actor", flat=True).first()


def write(pk: int, known: Known, values: Fields, directory: Directory) -> dict[str, Any]:
    """Write `values` into the sheet and its contacts; says what undoing needs."""
    actor = Actor.objects.select_related("seat").get(pk=pk)
    history.renew(actor)
    own = {key: value for key, value in values.items() if key in FIELDS}
    done: dict[str, Any] = {"fields": {key: [_before(actor, known, key), value] for key, value in own.items()}}
    if "updated" in own:
        done["confirmed"] = {"by": actor.confirmed_by_id, "mailbox": actor.confirmed_mailbox}
    if own:
        links = put(actor, own, directory)
        _check(actor, UNCHECKED)
        if TELLING & own.keys() and actor.state != Actor.State.ARCHIVED:
            refuse_double(actor)
        keep(actor, directory, links=links)
        reindex(Actor.objects.filter(pk=pk))
    return done | _reach(actor, known, values, directory)


def _before(actor: Actor, known: Known, key: str) -> Any:
    """What stands in the field; a sheet without a number of another list is compared by its address, but has none."""
    return actor.external_id if key == "identifier" else known.fields[key]


def _reach(actor: Actor, known: Known, values: Fields, directory: Directory) -> dict[str, Any]:
    """The first number and mailbox go where the old ones stood. What fills a gap goes into the first contact that has
    room and is seen by no more people than the run was told; others are contacts of their own."""
    done: dict[str, Any] = {"created": [], "contacts": {}}
    contacts = list(actor.contacts.current().order_by("pk"))
    more = {field.name: list(values.get(field.others, ())) for field in REACHED}
    for key, others in more.items():
        if key not in values:
            continue
        old = known.fields[key].lower()
        fit = [one for one in contacts if not one.person and (old or _is_as_narrow(one, directory.run))]
        place = next((one for one in fit if getattr(one, key).lower() == old), None)
        if place is None:
            others.insert(0, values[key])
            continue
        history.renew(place)
        done["contacts"].setdefault(str(place.pk), {})[key] = [getattr(place, key), values[key]]
        setattr(place, key, values[key])
        _check(place, {"actor", "user"})
        keep(place, directory)
    done["created"] = _add_contacts(actor, more, directory)
    return {key: kept for key, kept in done.items() if kept}


def _is_as_narrow(contact: Contact, run: ActorImport) -> bool:
    return Contact.Audience(contact.audience).rank >= Contact.Audience(run.contact_audience).rank


# Saving.


def put(actor: Actor, values: Fields, directory: Directory) -> dict[str, list[Any]]:
    """Put the values on the sheet; the rows of its links come back, to be saved with it."""
    for key in SAME:
        if key in values:
            setattr(actor, key, values[key])
    if "identifier" in values:
        actor.external_id = values["identifier"]
    if "updated" in values:
        actor.confirmed_on = date.fromisoformat(values["updated"]) if values["updated"] else None
        actor.confirmed_by, actor.confirmed_mailbox = None, ""
    if "territory" in values:
        actor.seat = directory.territories.get(values["territory"])
    tables: dict[str, dict[str, Any]] = {"areas": directory.territories, "themes": directory.themes}
    return {key: [tables[key][code] for code in values[key] if code in tables[key]] for key in LINKS if key in values}


def _check(instance: models.Model, unchecked: Iterable[str]) -> None:
    """The rules of the model's own columns, without asking the database; the first one broken is Refused."""
    try:
        instance.clean_fields(exclude=set(unchecked))
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        label = instance._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        raise Refused(_("%(field)s: %(sentence)s") % {"field": label, "sentence": sentences[0]}) from error


def keep(instance: Any, directory: Directory, *, links: dict[str, list[Any]] | None = None) -> None:
    """Save with the person who asked for the import, and which import it was, in the history."""
    history.save(instance, by=directory.by, reason=directory.reason, links=links)
