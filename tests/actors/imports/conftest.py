"""What the tests of the import share: the reference data, the lists, and what the check of one says."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from actors.imports.headings import propose
from actors.imports.plan import check_rows
from portal.core.tables import Book, Row, Table, read_tables
from portal.reference import resolver, themes
from portal.reference.loaders import load_places, load_territories, load_themes

DATA = Path(__file__).parent.parent / "data"
TODAY = date(2026, 11, 23)


@pytest.fixture
def region(db):
    """Territories, places and themes as they are loaded."""
    load_territories("02")
    load_places("02")
    load_themes()
    resolver.memory.forget()
    themes.memory.forget()


@pytest.fixture
def truth():
    """What is expected of each record of the messy list, by its number."""
    text = (DATA / "actors_messy_truth.csv").read_text("utf-8-sig")
    return {int(row["record"]): row for row in csv.DictReader(io.StringIO(text))}


@pytest.fixture
def book():
    def read(name: str) -> Book:
        with (DATA / name).open("rb") as file:
            return read_tables(file, name)

    return read


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
