"""What the tests of the import share: the reference data, the lists, and what the check of one says."""

import csv
import io
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from actors.imports import actions, work
from actors.imports.models import ActorImport
from actors.imports.rules.plan import check_rows
from actors.imports.table.headings import propose
from portal.core.tables import Book, Row, Table, read_tables
from portal.reference import resolver, themes
from portal.reference.models import Place, Territory, Theme
from tests.region import load_region

DATA = Path(__file__).parent.parent / "data"
TODAY = date(2026, 11, 23)


@pytest.fixture
def region(db):
    """Territories, places and themes as they are loaded."""
    load_region(Territory, Place, Theme)


@pytest.fixture
def truth():
    """What is expected of each record of the messy list, by its number."""
    text = (DATA / "actors_messy_truth.csv").read_text("utf-8-sig")
    return {int(row["record"]): row for row in csv.DictReader(io.StringIO(text))}


@cache
def _read(name: str) -> Book:
    with (DATA / name).open("rb") as file:
        return read_tables(file, name)


@pytest.fixture
def book():
    return _read


@pytest.fixture
def checked():
    """Every record of a sheet (by default the one that is proposed), checked against `directory` (default: nothing)."""

    def check(book: Book, *, sheet: int | None = None, directory=()):
        if sheet is not None:
            book = replace(book, tables=[book.tables[sheet]])
        proposal = propose(book)
        rows = book.tables[proposal.sheet].rows
        return check_rows(rows, proposal.columns, proposal.header_row, directory=directory, today=TODAY)

    return check


@pytest.fixture
def sheet():
    """Rows of cells as a file with one sheet."""

    def made(*rows: list[str], name: str = "") -> Book:
        width = max(map(len, rows))
        even = [Row(number, number, (row + [""] * width)[:width]) for number, row in enumerate(rows, 1)]
        return Book("text", "UTF-8", ";", [Table(name, even)])

    return made


@pytest.fixture
def handed_in(administrator, settings, tmp_path):
    """A list (lines of a text table, or a file's name and content) handed in, matched and checked by the worker."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def take(*lines: str, name: str = "list.csv", content: bytes = b"") -> ActorImport:
        upload = SimpleUploadedFile(name, content or "\n".join(lines).encode())
        run = actions.upload_import(upload, by=administrator)
        columns = {int(place): key for place, key in run.columns.items()}
        actions.set_columns(run, sheet=run.facts["sheet"], header_row=run.header_row, columns=columns, by=administrator)
        work.produce(run.pk)
        run.refresh_from_db()
        return run

    return take


@pytest.fixture
def started(administrator):
    """An import that waits for the worker to bring it in."""

    def start(run: ActorImport, *, new_state: str = "published", contact_audience: str = "members") -> ActorImport:
        actions.start_import(run, new_state=new_state, contact_audience=contact_audience, by=administrator)
        return run

    return start


@pytest.fixture
def brought_in(handed_in, started):
    """A list brought in to its end."""

    def bring(*lines: str, **options: str) -> ActorImport:
        run = started(handed_in(*lines), **options)
        work.produce(run.pk)
        run.refresh_from_db()
        return run

    return bring


@pytest.fixture
def small_region(places):
    """Two provinces and a commune in each, where no list of all names is needed."""
    resolver.memory.forget()
    themes.memory.forget()
    return places
