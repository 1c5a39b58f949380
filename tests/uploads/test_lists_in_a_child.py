"""A list that is not small is read by a child of its own, which answers what is needed to choose its columns."""

import io
from contextlib import nullcontext

import pytest
from django.utils import translation
from openpyxl import Workbook

from actors.imports.table.headings import propose
from portal.core import tables
from portal.core.errors import NotNow, Refused
from portal.core.tables import read_heads, read_tables, read_whole, rows
from portal.core.tables.child import LONGEST_HEADING, book_of
from portal.core.turns import turn
from tests.uploads import bombs
from tests.uploads.test_office_files import peak

LIST = "Nom en français;Type;Adresse\n" + "Association A;Association;rue\n" * 200


@pytest.fixture
def in_a_child(monkeypatch):
    monkeypatch.setattr(tables, "SMALL", 0)


def heads(content, name="list.csv", most=71):
    return read_heads(io.BytesIO(content), name, most)


def test_a_child_answers_as_the_reader_does(db, in_a_child):
    whole, found = read_tables(io.BytesIO(LIST.encode()), "list.csv"), heads(LIST.encode())
    [table], [read] = found.tables, whole.tables
    assert (found.kind, found.encoding, found.delimiter) == (whole.kind, whole.encoding, whole.delimiter)
    assert (table.count, table.width, len(table.rows), table.rows) == (201, 3, 71, read.rows[:71])
    assert propose(found) == propose(whole)


def test_a_workbook_and_its_hidden_sheets_are_answered(in_a_child):
    book, stream = Workbook(), io.BytesIO()
    book.active.append(["و" * 400])
    book.create_sheet("autre").append(["b"])
    book["autre"].sheet_state = "hidden"
    book.save(stream)
    first, second = heads(stream.getvalue(), "list.xlsx").tables
    assert (first.rows[0].cells, second.name, second.is_hidden) == (["و" * LONGEST_HEADING], "autre", True)


def test_a_child_answers_the_whole_list_to_the_worker(in_a_child):
    content = (LIST + f"{'و' * 400};;\n").encode()
    [table], [read] = (reader(io.BytesIO(content), "list.csv").tables for reader in (read_whole, read_tables))
    assert table.rows == read.rows


def test_cells_that_nobody_can_hold_are_too_much(monkeypatch):
    """A text that a workbook holds once may stand in a million cells: little to read, gigabytes to hand on."""
    monkeypatch.setattr(rows, "MOST_SIGNS", 5000)
    for most, longest in ((201, 250), (71, 1)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LIST.encode())))
        with nullcontext() if most == 71 else pytest.raises(Refused, match="memory"), translation.override("en"):
            book_of("list.csv", most, longest)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_a_refusal_comes_in_the_readers_language(in_a_child, language):
    with translation.override(language):
        with pytest.raises(Refused) as here:
            read_tables(io.BytesIO(b"%PDF-"), "list.csv")
        with pytest.raises(Refused) as there:
            heads(b"%PDF-")
    assert str(there.value) == str(here.value)


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "import signal; signal.pause()", "print('{')"])
def test_a_child_that_falls_or_hangs_is_a_list_too_large(in_a_child, monkeypatch, tmp_path, program):
    (tmp_path / "child.py").write_text(program)
    monkeypatch.setattr(tables, "CHILD", tmp_path / "child.py")
    monkeypatch.setattr(tables, "LAST_PATIENCE", 1)
    with translation.override("en"), pytest.raises(Refused, match="takes too much memory or time"):
        heads(LIST.encode())


def test_who_finds_all_turns_taken_is_told_to_try_again(in_a_child, monkeypatch):
    monkeypatch.setattr(tables, "AT_ONCE", 1)
    monkeypatch.setattr(tables, "PATIENCE", 0)
    with turn("tables", 1, 0), translation.override("en"), pytest.raises(NotNow, match="Many lists are being read"):
        heads(LIST.encode())


def test_what_is_small_is_read_here(monkeypatch):
    monkeypatch.setattr(tables, "CHILD", "no such file")
    assert heads(LIST.encode()).tables[0].count == 201
    large = bombs.archive(("xl/workbook.xml", bombs.zeros(5)))
    with pytest.raises(Refused):
        heads(large, "list.xlsx")
    assert not tables._is_small(io.BytesIO(large))
    assert tables._is_small(io.BytesIO(b""))


def test_a_part_that_is_no_xml_and_lies_about_its_size_is_not_unpacked():
    """Nobody reads it as XML, and whoever reads it whole would unpack what it does not say."""
    lie = bombs.archive(
        ("[Content_Types].xml", bombs.TYPES.format(bombs.MAIN[".xlsx"])),
        ("xl/workbook.xml", "<w/>"),
        ("xl/sharedStrings.xml", ["\0", *bombs.zeros(64)]),
    ).replace((64 * bombs.MB + 1).to_bytes(4, "little"), (90).to_bytes(4, "little"))

    def refused():
        with translation.override("en"), pytest.raises(Refused, match="damaged or incomplete"):
            read_tables(io.BytesIO(lie), "list.xlsx")

    refused()
    assert peak(refused) < 4 * bombs.MB
