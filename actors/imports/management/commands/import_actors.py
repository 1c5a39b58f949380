"""`manage.py import_actors FILE`: a list of institutions brought in, or with --dry-run what would become of it."""

import json
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from actors.directory.models import Actor
from actors.imports import work
from actors.imports.actions import cancel_import, set_columns, start_import, upload_import
from actors.imports.models import ActorImport, ImportRow
from actors.imports.rules.plan import Checked, check_rows
from actors.imports.rules.words import Namer, sentence, word
from actors.imports.table.headings import Proposal, propose
from portal.accounts.models import User
from portal.core.acting import THE_PORTAL, Acting
from portal.core.errors import Refused
from portal.core.tables import read_tables
from portal.reference.models import Territory

NO_HEADINGS = (
    "No row of headings is recognised in this file: it needs at least a column with the names, under a heading such as "
    "«الاسم بالعربية» or « Nom en français »."
)
#: seconds between two looks at an import that another worker has
PAUSE = 1
#: the verdicts of the records that are left out until a person decides, or for good
LEFT_OUT = ("review", "reject")


@dataclass(frozen=True)
class Printed:
    """One record as it is printed."""

    row: Checked | ImportRow
    same_as: int | None
    actor: str | None
    outcome: str = ""

    @property
    def verdict(self) -> str:
        return word(self.row.verdict, self.row.reasons, needs_choice=self.row.needs_choice)

    @property
    def name(self) -> str:
        return (
            self.row.fields["name_ar"] or self.row.fields["name_fr"] or " ".join(" ".join(self.row.cells).split())[:60]
        )


class Command(BaseCommand):
    help = (
        "Bring a list of institutions (.xlsx, .csv, .txt) into the directory, as the import page does: what needs a "
        "decision is left out and named, and the whole import can be undone there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="write nothing, only say what would become of each record"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--by", metavar="EMAIL", default="", help="the administrator whom the history is to name")
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE, help="of the reasons")

    def handle(self, *args: Any, file: Path, dry_run: bool, by: str, language: str, **options: Any) -> None:
        if not Territory.objects.exists():
            raise CommandError("Load the reference data first: manage.py load_reference")
        with override(language):
            try:
                told = _dry_run(file) if dry_run else _run(file, _administrator(by))
            except OSError as error:
                raise CommandError(f"{file}: {error.strerror}") from error
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
            self.stdout.write(_as_json(told) if options["format"] == "json" else _as_text(told, dry_run=dry_run))


def _administrator(email: str) -> "Acting":
    if not email:
        return THE_PORTAL
    person = User.objects.filter(email=email.lower(), is_administrator=True, is_active=True).first()
    if person is None:
        raise CommandError(f"{email} is no administrator of the directory.")
    return person


def _dry_run(file: Path) -> list[Printed]:
    with file.open("rb") as content:
        book = read_tables(content, file.name)
    proposal = _proposed(propose(book))
    checked = check_rows(book.tables[proposal.sheet].rows, proposal.columns, proposal.header_row)
    slugs = dict(Actor.objects.filter(pk__in={one.actor for one in checked if one.actor}).values_list("pk", "slug"))
    return [Printed(one, one.same_as, slugs.get(one.actor or 0)) for one in checked]


def _run(file: Path, by: "Acting") -> list[Printed]:
    """The same steps as on the import page, with what is proposed there."""
    with file.open("rb") as content:
        _proposed(propose(read_tables(content, file.name)))
        upload = UploadedFile(content, file.name, size=file.stat().st_size)
        run = upload_import(upload, by=by)
    columns = {int(place): key for place, key in run.columns.items()}
    set_columns(run, sheet=run.facts["sheet"], header_row=run.header_row, columns=columns, by=by)
    _work(run, ActorImport.State.READY)
    if run.rows.exclude(decision=ImportRow.Decision.LEAVE).exists():
        start_import(run, new_state=run.new_state, contact_audience=run.contact_audience, by=by)
        _work(run, ActorImport.State.DONE)
    told = [_told(row) for row in run.rows.select_related("actor", "same_as")]
    if run.state == ActorImport.State.READY and not run.rows.filter(needs_choice=True).exists():
        # nothing to bring in, and nothing to decide on the import page either
        cancel_import(run, by=by)
    return told


def _told(row: ImportRow) -> Printed:
    """The row with what came out; where nothing was brought in at all, with what would have."""
    is_there = row.verdict == ImportRow.Verdict.UNCHANGED
    outcome = row.outcome or (ImportRow.Outcome.UNCHANGED if is_there else ImportRow.Outcome.LEFT_OUT)
    same_as = row.same_as.number if row.same_as else None
    return Printed(row, same_as, row.actor.slug if row.actor else None, outcome)


def _proposed(proposal: Proposal) -> Proposal:
    if not proposal.columns:
        raise CommandError(NO_HEADINGS)
    return proposal


def _work(run: ActorImport, expected: str) -> None:
    """Do here what the worker would do, until the import stands where it is expected. Where the clock's worker was
    quicker, it is waited for; what it leaves when it dies is taken up."""
    while True:
        goes_on = work.produce(run.pk)
        run.refresh_from_db()
        if not run.is_unfinished:
            break
        if not goes_on:
            time.sleep(PAUSE)
            ActorImport.objects.give_up(timezone.now())
    if run.state != expected:
        cause = (run.error.strip().splitlines() or [run.get_state_display()])[-1]
        raise CommandError(f"The import {run.pk} could not be finished: {cause}")


def _as_json(told: Iterable[Printed]) -> str:
    namer = Namer()
    objects = (json.dumps(_object(one, namer), ensure_ascii=False) for one in told)
    return "[\n" + ",\n".join(objects) + "\n]"


def _object(one: Printed, namer: Namer) -> dict[str, Any]:
    found: dict[str, Any] = {
        "record": one.row.number,
        "line": one.row.line,
        "verdict": one.verdict,
        "actor": one.actor,
        "same_as": one.same_as,
        "fields": one.row.fields,
        "reasons": [{**reason, "text": sentence(reason, namer)} for reason in one.row.reasons],
    }
    return found | {"outcome": one.outcome} if one.outcome else found


def _as_text(told: list[Printed], *, dry_run: bool) -> str:
    namer = Namer()
    lines = []
    for one in told:
        target = one.actor or (f"record {one.same_as}" if one.same_as else "")
        lines.append("\t".join([str(one.row.number), one.verdict, one.name, target]).rstrip())
        if one.verdict not in {"skip", "header"}:
            lines += [f"\t  - {sentence(reason, namer)}" for reason in one.row.reasons]
    return "\n".join([*lines, "", *_summary(told, dry_run=dry_run)])


def _summary(told: list[Printed], *, dry_run: bool) -> list[str]:
    lines = [f"{len(told)} records: {_counted(Counter(one.verdict for one in told))}."]
    if not dry_run:
        lines.append(f"Done: {_counted(Counter(one.outcome for one in told if one.outcome))}.")
    for verdict in LEFT_OUT:
        numbers = ", ".join(str(one.row.number) for one in told if one.verdict == verdict)
        lines += [f"Not brought in ({verdict}): records {numbers}."] if numbers else []
    return lines


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nothing"
