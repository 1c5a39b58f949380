"""Uploaded tables: every encoding comes out the same, and what is no table is refused with its reason, quickly."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.styles import Font

from portal.core.errors import Refused
from portal.core.tables import MAX_ROWS, read_tables, rows, texts, workbooks
from tests.costs import cost

DATA = Path(__file__).parent.parent / "actors" / "data"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def _read(content: bytes | str, name: str = "list.csv"):
    return read_tables(io.BytesIO(content.encode() if isinstance(content, str) else content), name)


def _cells(content: bytes | str, name: str = "list.csv") -> list[list[str]]:
    return [row.cells for row in _read(content, name).tables[0].rows]


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _workbook(*rows: list) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return _saved(book)


def _with_parts(content: bytes, **parts: str | bytes) -> bytes:
    """The workbook with parts replaced or added; a name's `__` is a slash, and all is kept compressed."""
    replaced = {name.replace("__", "/"): part for name, part in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in replaced:
                new.writestr(name, old.read(name))
        for name, part in replaced.items():
            new.writestr(name, part)
    return stream.getvalue()


def _sheet(rows: str, **parts: str | bytes) -> bytes:
    return _with_parts(_workbook(["a"]), **{"xl__worksheets__sheet1.xml": SHEET.format(rows)}, **parts)


@pytest.mark.parametrize(
    ("name", "kind", "encoding", "delimiter", "rows"),
    [
        ("actors_messy.csv", "text", "UTF-8", ";", 184),
        ("actors_messy_windows1256.csv", "text", "windows-1256", ";", 184),
        ("actors_messy_utf16.txt", "text", "UTF-16 LE", "\t", 184),
        ("actors_messy.xlsx", "xlsx", "", "", 182),
        ("actors_clean.csv", "text", "UTF-8", ",", 401),
    ],
)
def test_each_file_is_read_as_what_it_is(name, kind, encoding, delimiter, rows):
    with (DATA / name).open("rb") as file:
        book = read_tables(file, name)

    assert (book.kind, book.encoding, book.delimiter) == (kind, encoding, delimiter)
    assert [len(table.rows) for table in book.tables] == [rows]


def test_the_same_records_come_out_of_every_encoding():
    books = [
        _read((DATA / name).read_bytes(), name).tables[0].rows
        for name in ("actors_messy.csv", "actors_messy_utf16.txt", "actors_messy.xlsx")
    ]
    differences = [
        (utf8.number, *sorted({mine, theirs}))
        for rows in books[1:]
        for utf8, other in zip(books[0], rows, strict=False)
        for mine, theirs in zip(utf8.cells, other.cells, strict=True)
        if mine != theirs
    ]

    assert books[0] == books[1]
    assert differences == [
        (107, "536000050", "536000050.0"),
        (148, "نص فيه رموز تحكم", "نصفيهرموز تحكم"),
        (160, "2026-03-12", "46093"),
    ]


def test_a_record_over_two_lines_is_one_row_and_each_row_knows_its_line():
    truth = _read((DATA / "actors_messy_truth.csv").read_bytes()).tables[0].rows[1:]
    rows = _read((DATA / "actors_messy.csv").read_bytes()).tables[0].rows

    assert [(row.number, row.line) for row in rows] == [(int(row.cells[0]), int(row.cells[1])) for row in truth]
    assert (rows[-1].number, rows[-1].line) == (184, 185)


def test_hidden_rows_and_columns_hold_data_and_hidden_sheets_say_so():
    rows = _read((DATA / "actors_messy.xlsx").read_bytes(), "x.xlsx").tables[0].rows
    book = Workbook()
    book.active.append(["a"])
    hidden = book.create_sheet("Archive")
    hidden.append(["b"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Empty")

    assert (rows[19].cells[0], rows[19].cells[7]) == ("جماعة دبدو", "contact.commune-0088@example.org")
    assert [(table.name, table.is_hidden) for table in _read(_saved(book), "x.xlsx").tables] == [
        ("Sheet", False),
        ("Archive", True),
    ]


def test_values_of_a_workbook_are_text_as_a_person_types_it():
    book = Workbook()
    sheet = book.active
    sheet.append(
        [536000117, 5.0, 0.5, date(2026, 1, 19), datetime.fromisoformat("2026-01-19 10:30"), True, "#N/A", "=1+1", None]
    )
    sheet["A1"].number_format = "0000000000"
    sheet["I1"] = "é_x000D_\nب"
    sheet["J1"].font = Font(bold=True)

    assert _cells(_saved(book), "x.xlsx") == [
        ["536000117", "5", "0.5", "2026-01-19", "2026-01-19 10:30:00", "TRUE", "#N/A", "=1+1", "é\nب"]
    ]


def test_a_number_marked_as_a_date_that_no_calendar_has_is_no_fault():
    book = Workbook()
    book.active.append([99999999999])
    book.active["A1"].number_format = "yyyy-mm-dd"

    assert len(_cells(_saved(book), "x.xlsx")) == 1


def test_a_sheet_that_lies_about_its_size_is_read_whole():
    rows = SHEET.format("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>")
    lying = rows.replace("<sheetData>", '<dimension ref="A1"/><sheetData>')

    assert _cells(
        _with_parts(_workbook(["a"]), xl__worksheets__sheet1__xml="", **{"xl__worksheets__sheet1.xml": lying}), "x.xlsx"
    ) == [["1"], ["2"]]


def test_a_formatted_million_of_empty_rows_is_no_million_records():
    content = _sheet('<row r="2"><c r="B2"><v>7</v></c></row><row r="1048576" s="3"><c r="A1048576" s="1"/></row>')

    assert _cells(content, "x.xlsx") == [["", ""], ["", "7"]]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_delimiter_is_found_by_evidence(delimiter):
    lines = [["nom", "commune", "notes"], ["A, B", "x; y", "1"], ["C", "z", 'dit "oui"']]
    text = "\n".join(delimiter.join(f'"{cell}"' if {";", ","} & set(cell) else cell for cell in line) for line in lines)

    assert _cells(text) == lines


def test_a_list_without_delimiter_is_one_column():
    assert _cells("الناظور\nبركان، العيون\nDriouch") == [["الناظور"], ["بركان، العيون"], ["Driouch"]]


def test_a_delimiter_said_for_spreadsheets_is_taken_and_its_line_is_no_record():
    rows = _read("sep=,\r\na,b\r\n1;2,3\r\n").tables[0].rows

    assert [(row.number, row.line, row.cells) for row in rows] == [(2, 2, ["a", "b"]), (3, 3, ["1;2", "3"])]


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        ("Commune d’Oujda;Éducation;À l’étude\nCRÉÉE;Île;n° 3", "cp1252", "windows-1252"),
        ("جماعة وجدة;Centre d’accueil\nإقليم الناظور;Santé", "cp1256", "windows-1256"),
        ("الاسم;Nom", "utf-8", "UTF-8"),
        ("الاسم;Nom", "utf-8-sig", "UTF-8"),
        ("الاسم;Nom", "utf-16", "UTF-16 LE"),
        ("الاسم;Nom;12;34\r\n", "utf-16-be", "UTF-16 BE"),
    ],
)
def test_an_encoding_is_told_by_its_mark_or_by_evidence(text, codec, encoding):
    book = _read(text.encode(codec))

    assert book.encoding == encoding
    assert book.tables[0].rows[0].cells == text.splitlines()[0].split(";")


def test_a_workbook_under_the_name_of_a_text_is_still_a_workbook():
    assert _read(_workbook(["a", 1]), "list.csv").kind == "xlsx"


BILLION = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
MACROS = TYPES.replace("/>", '><Default ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>')
ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")


def _zip_of(name: str, content: bytes = b"text") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def _protected_zip() -> bytes:
    content = bytearray(_workbook(["a"]))
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "x.csv", "nothing in this file"),
        (b"\xef\xbb\xbf\r\n \r\n", "x.csv", "nothing in this file"),
        (";;;\n;;;", "x.csv", "nothing in this file"),
        (_workbook(), "x.xlsx", "nothing in this file"),
        ("a;b", "x.xlsx", "not an Excel workbook"),
        (_zip_of("word/document.xml"), "x.xlsx", "not an Excel workbook"),
        (_zip_of("actors.csv"), "x.xlsx", "not an Excel workbook"),
        (_with_parts(_workbook(["a"]), **{"[Content_Types].xml": MACROS}), "x.xlsx", "holds macros"),
        (_with_parts(_workbook(["a"]), xl__vbaProject=b"", **{"xl__vbaProject.bin": b"\0"}), "x.xlsx", "holds macros"),
        (ENCRYPTED, "x.xlsx", "protected by a password"),
        (_protected_zip(), "x.xlsx", "protected by a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "x.xls", "old format"),
        (_sheet("<row><c><v>1</v></c></row>", **{"xl__styles.xml": BILLION + "<w>&b;</w>"}), "x.xlsx", "declarations"),
        (_with_parts(_workbook(["a"]), **{"xl__worksheets__sheet1.xml": BILLION + "<w>&b;</w>"}), "x.xlsx", "declarat"),
        (_workbook(["a"] * 40)[:-900], "x.xlsx", "damaged or incomplete"),
        (_with_parts(_workbook(["a"]), **{"xl__workbook.xml": "<workbook>"}), "x.xlsx", "damaged or incomplete"),
        (_sheet("<row><c><v>1</v></row>"), "x.xlsx", "damaged or incomplete"),
        (_sheet('<row><c t="s"><v>99</v></c></row>'), "x.xlsx", "damaged or incomplete"),
        (bytes(range(256)) * 40, "x.csv", "neither an Excel workbook"),
        (b"%PDF-1.7 ...", "x.csv", "neither an Excel workbook"),
        (b"<html><table></table></html>", "x.csv", "neither an Excel workbook"),
        ('a;b\n"c;d\n' + "e;f\n" * 400, "x.csv", "line 2 a quotation mark"),
        ('a;b\nc;"d\ne;f\ng;h\n', "x.csv", "line 2 a quotation mark"),
        ("a;b\n" * (MAX_ROWS + 1), "x.csv", "more than 20,000 rows"),
        (";".join("a" * 101), "x.csv", "more than 100 columns"),
        (_workbook(["a"] * 101), "x.xlsx", "more than 100 columns"),
        (b"\xff\xfea\0b", "x.txt", "cannot be read"),
        ("a;b\nc;" + "d" * 140_000, "x.csv", "In line 2 a cell has more than 131,072 signs"),
        (_sheet('<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'), "x.xlsx", "damaged"),
        (_sheet('<row r="1"><c r="cw1"><v>1</v></c></row>'), "x.xlsx", "more than 100 columns"),
        ("جماعة وجدة;إقليم الناظور;زايو".encode()[:-1], "x.csv", "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(content, name, reason):
    with pytest.raises(Refused, match=reason):
        _read(content, name)


def test_a_file_past_the_size_is_refused_before_it_is_read(settings):
    settings.MEDIA_MAX_MB = 1

    with pytest.raises(Refused, match="larger than 1\u00a0MB"):
        _read(b"a;b\n" * 300_000)


@pytest.mark.parametrize("number", [500, pytest.param(5_000, marks=pytest.mark.volume)])
def test_an_empty_cell_far_to_the_right_makes_no_row_wide(number):
    numbers = range(1, number + 1)
    narrow, wide = (
        _sheet("".join(f'<row r="{row}"><c r="A{row}"><v>7</v></c>{more.format(row)}</row>' for row in numbers))
        for more in ("", '<c r="XFD{}"/>')
    )

    assert _cells(wide, "x.xlsx") == [["7"]] * number
    assert cost(lambda: _cells(wide, "x.xlsx")) < 5 * cost(lambda: _cells(narrow, "x.xlsx"))


def test_half_a_letter_is_left_out_of_a_cell():
    assert _cells(_sheet('<row><c t="inlineStr"><is><t>a_xD800_b_xDFFF_</t></is></c></row>'), "x.xlsx") == [["ab"]]


@pytest.mark.parametrize(("language", "number"), [("fr", "20\u202f000"), ("ar", "20.000"), ("en", "20,000")])
def test_a_limit_is_told_as_the_language_writes_numbers(language, number):
    with override(language), pytest.raises(Refused, match=number):
        _read("a;b\n" * (MAX_ROWS + 1))


def test_blank_lines_at_the_end_count_for_nothing():
    assert len(_cells("a;b\n" * 10 + ";\n" * (MAX_ROWS + 9))) == MAX_ROWS


@pytest.mark.parametrize("megabytes", [5, pytest.param(100, marks=pytest.mark.volume)])
@pytest.mark.parametrize("part", ["xl__worksheets__sheet1.xml", "xl__media__image1.png"])
def test_an_archive_that_unpacks_to_a_hundred_times_its_size_is_not_unpacked_to_its_end(part, megabytes, monkeypatch):
    limit = megabytes * 1024 * 1024
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", limit)
    bomb, larger = (
        _with_parts(_workbook(["a"]), **{part: b"<a>" + b" " * (limit * tenths // 10)}) for tenths in (12, 36)
    )

    def refused(content):
        with pytest.raises(Refused, match=f"more than {megabytes}\u00a0MB"):
            _read(content, "x.xlsx")

    assert cost(lambda: refused(larger)) < 2 * cost(lambda: refused(bomb)) + cost(
        lambda: _read(_workbook(["a"]), "x.xlsx")
    )


def test_an_archive_that_hides_its_true_size_is_refused():
    content = _with_parts(_workbook(["a"]), **{"xl__worksheets__sheet1.xml": SHEET.format("<row/>" * 50_000)})
    small = content.replace((len(SHEET.format("<row/>" * 50_000))).to_bytes(4, "little"), (90).to_bytes(4, "little"))

    assert small != content
    with pytest.raises(Refused):
        _read(small, "x.xlsx")


@pytest.mark.parametrize("limit", [500, pytest.param(MAX_ROWS, marks=pytest.mark.volume)])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ten_times_as_many_rows_as_are_taken_are_refused_at_once(kind, limit, monkeypatch):
    for module in (rows, texts, workbooks):
        monkeypatch.setattr(module, "MAX_ROWS", limit)
    if kind == "csv":
        few, many = ("جماعة وجدة;Commune d’Oujda;0536001122;notes\n".encode() * limit * times for times in (1, 10))
    else:
        row = "<row>" + '<c t="inlineStr"><is><t>جماعة وجدة {}</t></is></c>' * 3 + "</row>"
        few, many = (_sheet("".join(row.format(n, n, n) for n in range(limit * times))) for times in (1, 10))

    def refused():
        with pytest.raises(Refused, match=f"more than {limit:,} rows"):
            _read(many, f"x.{kind}")

    # Not read to their end.
    assert cost(refused) < 6 * cost(lambda: _read(few, f"x.{kind}"))
