"""One decided row brought in: an institution added with its contact details, or changes written into one that is there.

Each row is a plan of what it makes and changes, written at once and kept in `row.done` (`portal.core.journal`).
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
from actors.directory.rules.slugs import Slugs, free_slug
from actors.directory.rules.twins import already_there
from actors.imports.models import ActorImport, ImportRow
from actors.imports.rules.decisions import INTO, values_of
from actors.imports.rules.differences import NAMES, squashed
from actors.imports.rules.known import TEXTS, Known, known_actors, reached
from actors.imports.rules.wanted import wanted
from actors.imports.table.cells import Fields
from portal.core.errors import Refused
from portal.core.journal import Plan, make_all, write
from portal.core.text import searchable
from portal.reference.models import Territory, Theme

if TYPE_CHECKING:
    from portal.accounts.models import User

Decision, Outcome = ImportRow.Decision, ImportRow.Outcome
#: fields of a record that are written into the sheet; those that are its own columns, as they stand; its links
FIELDS = frozenset(field.key for field in LISTED if field.model is Actor)
SAME = (*TEXTS, *keys_of(Reads.LINES))
#: the day of a confirmation goes with who confirmed
CONFIRMED = ("confirmed_on", "confirmed_by_id", "confirmed_mailbox")
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
    slugs: Slugs = field(default_factory=Slugs)
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
        self.slugs = Slugs(Actor.objects.order_by().values_list("slug", flat=True))
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
    there = Actor.objects.filter(Q(seat__in=seats - {None}) | nowhere).kept()
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
    """Bring the row in as decided, and say on it what came out and what was written; the caller saves the row.

    Refused with a sentence where it cannot be brought in; the caller goes back to before the row then.
    """
    if row.decision == Decision.ADD:
        _add(row, directory)
    elif row.decision in INTO:
        _write_into(row, directory)
    else:
        row.outcome = Outcome.LEFT_OUT


# A new institution.


def add_all(rows: Iterable[ImportRow], directory: Directory) -> list[ImportRow]:
    """Bring in together those of the rows that are added and that no name at their place stands in the way of; says
    which. The others are tried one by one, and are refused or brought in there.

    The caller saves the rows, and where it fails goes back to before them, the addresses given away included.
    """
    together: list[tuple[ImportRow, Actor, Plan]] = []
    called: set[tuple[str | None, str]] = set()
    for row in rows:
        if row.decision != Decision.ADD:
            continue
        try:
            actor, plan = _planned(row, directory)
        except Refused:
            continue
        names = {(actor.seat_id, name) for key in NAMES if (name := squashed(getattr(actor, key)))}
        if any(name in called or name in directory.called for name in names):
            continue
        called |= names
        actor.slug = _slug(actor, directory)
        directory.slugs.give(actor.slug)
        together.append((row, actor, plan))
    if together:
        plans = [plan for _row, _actor, plan in together]
        kept = make_all(plans, by=directory.by, reason=directory.reason)
        for (row, actor, _plan), done in zip(together, kept, strict=True):
            row.actor, row.done, row.outcome = actor, done, Outcome.ADDED
    return [row for row, _actor, _plan in together]


def _add(row: ImportRow, directory: Directory) -> None:
    actor, plan = _planned(row, directory)
    refuse_double(actor)
    _refuse_unseen(row, actor, directory)
    actor.slug = _slug(actor, directory)
    row.done = write(plan, by=directory.by, reason=directory.reason)
    directory.slugs.give(actor.slug)
    row.actor, row.outcome = actor, Outcome.ADDED


def _planned(row: ImportRow, directory: Directory) -> tuple[Actor, Plan]:
    """The institution the row makes, and all that is made with it."""
    values = values_of(row)
    actor, own = Actor(), {key: values[key] for key in FIELDS if values[key]}
    put(actor, own, directory)
    links = _links(own, directory)
    actor.state = _state(values["state"], directory.run)
    _check(actor, UNCHECKED)
    actor.search_text = searchable(actor.search_parts_with(links.get("areas", []), links.get("themes", [])))
    plan = Plan()
    plan.make(actor, links=links)
    _add_contacts(plan, actor, {field.name: reached(values, field) for field in REACHED}, directory)
    return actor, plan


def _slug(actor: Actor, directory: Directory) -> str:
    names = (actor.acronym, actor.name_fr, actor.name_en)
    return free_slug(Actor, *names, fallback=actor.kind.replace("_", "-"), slugs=directory.slugs)


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


def _add_contacts(plan: Plan, actor: Actor, ways: dict[str, list[str]], directory: Directory) -> None:
    """The first number and mailbox in one contact of the administration, further ones in further contacts."""
    for row in zip_longest(*ways.values(), fillvalue=""):
        contact = Contact(
            actor=actor, role_ar=_office("ar"), role_fr=_office("fr"), **dict(zip(ways, row, strict=True))
        )
        contact.audience = directory.run.contact_audience
        _check(contact, {"actor", "user"})
        plan.make(contact)


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
    plan = _plan_into(pk, known, found.values, directory)
    row.done = write(plan, by=directory.by, reason=directory.reason)
    row.outcome = Outcome.CHANGED
    directory.known.pop(pk, None)


def _became(row: ImportRow) -> int | None:
    """What the repeated row has become by now. Before it is brought in, its institution is only what it looks like."""
    if row.same_as_id is None:
        return None
    became = ImportRow.objects.filter(pk=row.same_as_id, outcome__in=ImportRow.BECAME)
    return became.values_list("actor", flat=True).first()


def _plan_into(pk: int, known: Known, values: Fields, directory: Directory) -> Plan:
    """What writing `values` changes in the sheet and its contacts."""
    plan, actor = Plan(), Actor.objects.select_related("seat").get(pk=pk)
    own = {key: value for key, value in values.items() if key in FIELDS}
    with plan.changing(actor, links=_links(own, directory), together=CONFIRMED) as sheet:
        put(sheet, own, directory)
        if own:
            _check(sheet, UNCHECKED)
        if TELLING & own.keys() and sheet.state != Actor.State.ARCHIVED:
            refuse_double(sheet)
    _reach(plan, actor, known, values, directory)
    return plan


def _reach(plan: Plan, actor: Actor, known: Known, values: Fields, directory: Directory) -> None:
    """The first number and mailbox go where the old ones stood. What fills a gap goes into the first contact that has
    room and is seen by no more people than the run was told; others are contacts of their own."""
    contacts = [plan.own(one) for one in actor.contacts.current().order_by("pk")]
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
        with plan.changing(place) as contact:
            setattr(contact, key, values[key])
            _check(contact, {"actor", "user"})
    _add_contacts(plan, actor, more, directory)


def _is_as_narrow(contact: Contact, run: ActorImport) -> bool:
    return Contact.Audience(contact.audience).rank >= Contact.Audience(run.contact_audience).rank


# Values.


def put(actor: Actor, values: Fields, directory: Directory) -> None:
    """Put the values on the sheet, but for its links."""
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


def _links(values: Fields, directory: Directory) -> dict[str, list[Any]]:
    """The rows the sheet is to be linked with."""
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
