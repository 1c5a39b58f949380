"""Bringing lists of institutions in: handed in, matched to columns, decided row by row, started, undone, cancelled."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.rules.fields import BY_COLUMN
from actors.directory.rules.twins import already_there, taken, twins
from actors.imports.models import ActorImport, ImportLayout, ImportRow
from actors.imports.permissions import check_import
from actors.imports.rules.decisions import INTO, can_be, decisions_for, told_by, unsettled, values_of
from actors.imports.rules.known import Known, known_actors
from actors.imports.rules.wanted import differences, seen_of
from actors.imports.rules.words import heading
from actors.imports.table.files import NO_HEADINGS, Sheet, book_of, facts_of, recognised, sheets_of
from actors.imports.table.headings import fingerprint, propose
from portal.core.acting import person
from portal.core.errors import Refused
from portal.core.files import written
from portal.core.tables import Book, Row
from portal.core.work import AFRESH
from portal.reference.models import Territory

if TYPE_CHECKING:
    from portal.core.acting import Acting

State, Decision = ActorImport.State, ImportRow.Decision
#: what a decision about a row writes
DECIDED = (
    "actor", "same_as", "candidates", "choices", "decision", "seen", "decided_by_hand", "decided_together",
)  # fmt: skip


def upload_import(file: UploadedFile, *, book: Book | None = None, by: "Acting") -> ActorImport:
    """A list on its way in: read whole, its row of headings and its columns proposed, nothing brought in yet.

    `book` is what the file holds where somebody has read it already. Refused with a sentence at `file` for whatever
    cannot be read; then nothing is kept of it.
    """
    check_import(by)
    book = book or book_of(file)
    proposal = propose(book)
    run = ActorImport(requested_by=person(by), facts=facts_of(book, proposal), header_row=proposal.header_row)
    run.columns = _as_json(proposal.columns)
    run.take_file(file)
    with written([run]), transaction.atomic():
        run.save()
    return run


@transaction.atomic
def set_columns(run: ActorImport, *, sheet: int, header_row: int, columns: Mapping[int, str], by: "Acting") -> None:
    """These columns of this sheet are read, under the row of headings `header_row`, or 0 where there is none, and a
    worker checks the rows. What somebody corrected is remembered for files with the same headings.

    Refused for a column mapped twice, without a name, and once the import is under way.
    """
    check_import(by)
    if run.state == State.FAILED:
        _refuse_begun(run)
    shown = next((one for one in sheets_of(run.facts) if one.number == sheet), None)
    row = shown.row(header_row) if shown else None
    if shown is None or (row is None and header_row != NO_HEADINGS):
        raise Refused(_("This row is not among the first rows of the sheet: choose another one."), field="header_row")
    kept = {place: key for place, key in sorted(columns.items()) if key in BY_COLUMN and place < shown.width}
    _refuse_columns(kept)
    _move(
        run,
        State.CHECKING,
        **AFRESH,
        facts=run.facts | {"sheet": sheet},
        header_row=header_row,
        columns=_as_json(kept),
    )
    if row is not None:
        _remember(shown, row, kept, by=by)


def _remember(sheet: Sheet, header: Row, columns: Mapping[int, str], *, by: "Acting") -> None:
    """What the headings do not say by themselves is kept for the next file that has them; the rest needs no memory."""
    if not (mark := fingerprint(header.cells)):
        return
    if columns == recognised(sheet, header):
        ImportLayout.objects.filter(fingerprint=mark).delete()
    else:
        ImportLayout.objects.update_or_create(
            fingerprint=mark, defaults={"columns": _as_json(columns), "saved_by": person(by)}
        )


def _refuse_columns(columns: Mapping[int, str]) -> None:
    seen: dict[str, int] = {}
    for place, key in columns.items():
        if key in seen:
            raise Refused(
                _("“%(heading)s” is chosen for column %(first)s already: choose it once.")
                % {"heading": heading(key), "first": seen[key] + 1},
                field=f"column_{place}",
            )
        seen[key] = place
    if not {"name_ar", "name_fr"} & set(seen):
        raise Refused(_("Say which column holds the name, in Arabic or in French: without it no row is a record."))


@transaction.atomic
def decide_row(
    row: ImportRow,
    *,
    decision: str,
    by: "Acting",
    actor: Actor | None = None,
    same_as: ImportRow | None = None,
    choices: Mapping[str, str] | None = None,
) -> None:
    """What is done with one row: added, applied or filled into `actor` (or what the row `same_as` becomes), left out.

    `choices` are what a person says where a cell was not understood: `kind`, `territory` (a code, or '' for none).
    What the target says now, in the fields that differ, is kept: what somebody writes there later is not overwritten.
    What the row pointed to before stays among its candidates. Refused where the decision needs something that nobody
    has chosen, and for a second sheet of the same name and seat.
    """
    check_import(by)
    _refuse_decided(row.run)
    if decision in INTO and (actor is not None or same_as is not None):
        row.candidates = _with_target(row)
        row.actor, row.same_as = actor, same_as
    row.choices = {**row.choices, **_checked(choices or {})}
    missing = unsettled(row) if decision != Decision.LEAVE else []
    if "territory" in missing:
        raise Refused(_("Choose where it is, or say that no place is kept."), field="territory")
    if "kind" in missing:
        raise Refused(_("Choose what kind of institution it is."), field="kind")
    if not can_be(row, decision):
        raise Refused(_("This cannot be done with this row."), field="decision")
    if decision == Decision.ADD:
        _refuse_second(row)
    if decision in INTO and (known := _known_target(row)):
        row.seen = seen_of(differences(row, known), known)
    row.decision, row.decided_by_hand, row.decided_together = decision, True, False
    row.save(update_fields=DECIDED)


def _refuse_second(row: ImportRow) -> None:
    values = values_of(row)
    if twins(name_ar=values["name_ar"], name_fr=values["name_fr"], seat=values["territory"]).exists():
        raise Refused(already_there(), field="decision")


def _with_target(row: ImportRow) -> list[dict[str, Any]]:
    """The row's candidates with what it points to now: whoever has chosen otherwise can come back to it."""
    now = [{"actor": row.actor_id}] if row.actor_id else []
    now += [{"row": row.same_as.number}] if row.same_as else []
    return [*(one for one in now if one not in row.candidates), *row.candidates]


def _known_target(row: ImportRow) -> Known | None:
    """What the row is written into as it stands now: an institution, or an earlier row."""
    if row.actor_id:
        return next(iter(known_actors([row.actor_id])), None)
    return Known(values_of(row.same_as), number=row.same_as.number) if row.same_as else None


def _checked(choices: Mapping[str, str]) -> dict[str, str]:
    kind, code = choices.get("kind"), choices.get("territory")
    if kind and kind not in Actor.Kind.values:
        raise Refused(_("Choose one of the kinds that are offered."), field="kind")
    if code and not Territory.objects.filter(code=code).exists():
        raise Refused(_("Choose one of the territories that are offered."), field="territory")
    return dict(choices)


@transaction.atomic
def decide_rows(run: ActorImport, *, verdict: str, decision: str, by: "Acting") -> int:
    """The same for all rows of a verdict; says how many. What was decided row by row stays, and so do rows in which
    something must be chosen first, and those that cannot be added because their institution is there."""
    check_import(by)
    _refuse_decided(run)
    if decision not in decisions_for(verdict):
        raise Refused(_("This cannot be done with all of these rows at once."))
    rows = run.rows.filter(Q(decided_by_hand=False) | Q(decided_together=True), verdict=verdict).defer("cells")
    chosen = [row for row in rows if can_be(row, decision)]
    if decision == Decision.ADD:
        there = taken()
        chosen = [row for row in chosen if told_by(row) not in there]
    decided = run.rows.filter(pk__in=[row.pk for row in chosen])
    return decided.update(decision=decision, decided_by_hand=True, decided_together=True)


def start_import(run: ActorImport, *, new_state: str, contact_audience: str, by: "Acting") -> None:
    """Let a worker bring the rows in as decided. Refused when it has been started already, once and for everybody."""
    check_import(by)
    if run.state in {State.RUNNING, State.DONE}:
        raise Refused(_("This import has already been started."))
    if not run.rows.exclude(decision=Decision.LEAVE).exists():
        raise Refused(_("There is nothing to bring in: every row is left out, or would change nothing."))
    _move(
        run, State.RUNNING, **AFRESH,
        new_state=new_state, contact_audience=contact_audience, run_by=person(by), run_at=timezone.now(),
    )  # fmt: skip


def undo_import(run: ActorImport, *, by: "Acting") -> None:
    """Let a worker take the whole import back. Refused when it is older than thirty days or was not brought in."""
    check_import(by)
    if run.state in {State.DONE, State.FAILED} and not run.can_be_undone:
        raise Refused(_("An import can be undone for 30 days after it was brought in, and only once."))
    _move(run, State.UNDOING, **AFRESH, undone_by=person(by), undone_at=timezone.now())


def cancel_import(run: ActorImport, *, by: "Acting") -> None:
    """Give the import up before anything was brought in: its file and its rows are thrown away.

    Refused once it has been started.
    """
    check_import(by)
    if run.state == State.FAILED:
        _refuse_begun(run)
    file = run.file
    with transaction.atomic():
        _move(run, State.CANCELLED, **AFRESH, file="", facts={}, columns={}, counts={})
        run.rows.all().delete()
        if file and file.name:
            transaction.on_commit(partial(file.storage.delete, file.name))


def retry_import(run: ActorImport, *, by: "Acting") -> None:
    """Let an import that failed go on where it stopped. Refused while it is at work, and when it is finished."""
    check_import(by)
    if not run.retry():
        raise Refused(_("This import is at work, or is finished."))


def _refuse_begun(run: ActorImport) -> None:
    """What failed while it was brought in or taken back has written something: its rows are needed to undo that."""
    if run.failed_in != State.CHECKING:
        raise Refused(_("A part of this import has been brought in: try again, or undo it."))


def _refuse_decided(run: ActorImport) -> None:
    """Decisions are taken between the check and the start; the row is held, so that no start comes in between."""
    if not ActorImport.objects.select_for_update().filter(pk=run.pk, state=State.READY):
        raise Refused(_("This import has already been started, or its rows are being checked again."))


def _move(run: ActorImport, to: str, **changes: Any) -> None:
    """The next state, once: of two people who ask at the same time, the second is told. Nothing else is read or kept
    of the row that is in memory."""
    told = _("Somebody else has just changed this import. Reload the page to see where it stands.")
    if to == State.RUNNING:
        told = _("This import has already been started.")
    if to not in ActorImport.TRANSITIONS.get(State(run.state), ()):
        raise Refused(_("This cannot be done while the import is: %(state)s.") % {"state": run.get_state_display()})
    if not ActorImport.objects.filter(pk=run.pk, state=run.state).update(state=to, **changes):
        raise Refused(told)
    run.refresh_from_db()


def _as_json(columns: Mapping[int, str]) -> dict[str, str]:
    return {str(place): key for place, key in columns.items()}
