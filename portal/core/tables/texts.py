"""A table as text (.csv, .txt): its encoding and its delimiter found by evidence, and said."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from portal.core.errors import Refused
from portal.core.tables.rows import MAX_ROWS, Book, Row, Table, even, grouped, too_long
from portal.core.text import without_controls

DELIMITERS = ";\t,"
#: how many records are looked at to find the delimiter
SAMPLE = 200
#: a quoted cell over more lines than this was never closed
LONGEST_RECORD = 200
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16 LE"),
    (b"\xfe\xff", "utf-16", "UTF-16 BE"),
)
#: how other kinds of files begin that hold no table
OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf", b"<")
#: a line with which a text table may say its own delimiter, to spreadsheet programs
SAID_DELIMITER = re.compile(r"sep=([;,\t|])\r?\n", re.IGNORECASE)
ARABIC_WORD = re.compile(r"(?<![^\W\d_])[ء-ي]{2,}(?![^\W\d_])")
ARABIC_IN_LATIN_WORD = re.compile(r"[A-Za-z][ء-ے]|[ء-ے][A-Za-z]")


def read_text(content: bytes) -> Book:
    """The one table of the text. Raises Refused for what is no text, and for too many rows or columns."""
    text, encoding = decode(content)
    rows, delimiter = _records(text)
    return Book("text", encoding, delimiter, [Table("", even(rows))])


def decode(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding, by its byte order mark or by evidence. Raises Refused for no text."""
    text, encoding = _decoded(content)
    strange = sum(count for character, count in Counter(text).items() if _is_strange(character))
    if strange * 500 > len(text):
        raise Refused(_not_a_table())
    return text, encoding


def _is_strange(character: str) -> bool:
    return (character < " " and character not in "\t\r\n\x1a") or character == "\ufffd" or "\x7f" <= character < "\xa0"


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith(OTHER_KINDS):
        raise Refused(_not_a_table())
    for mark, codec, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _strictly(content, codec), encoding
    if b"\0" in content:
        return _utf16(content)
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        if _is_nearly_utf8(content):
            raise Refused(_damaged()) from error
        return _single_bytes(content)


def _strictly(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        raise Refused(_damaged()) from error


def _is_nearly_utf8(content: bytes) -> bool:
    """Many letters of UTF-8 and a few broken ones: cut or damaged, not written in another encoding."""
    loose = Counter(content.decode("utf-8", "replace"))
    broken = loose.pop("\ufffd", 0)
    return sum(count for character, count in loose.items() if character > "\x7f") > broken * 10


def _utf16(content: bytes) -> tuple[str, str]:
    """UTF-16 that lost its mark: of delimiters, digits and line ends, one byte of two is zero, and always the same."""
    even_zeros, odd_zeros = content[::2].count(0), content[1::2].count(0)
    few, many = sorted((even_zeros, odd_zeros))
    if many * 40 < len(content) or few * 20 > many:
        raise Refused(_not_a_table())
    little = odd_zeros > even_zeros
    return _strictly(content, "utf-16-le" if little else "utf-16-be"), "UTF-16 LE" if little else "UTF-16 BE"


def _single_bytes(content: bytes) -> tuple[str, str]:
    """Windows' Arabic or Western letters: a byte that is É in one is ة in the other.

    Arabic words stand by themselves; an Arabic letter glued to a Latin one is a French accent read wrongly.
    """
    arabic = content.decode("cp1256", "replace")
    if len(ARABIC_WORD.findall(arabic)) > len(ARABIC_IN_LATIN_WORD.findall(arabic)):
        return arabic, "windows-1256"
    return content.decode("cp1252", "replace"), "windows-1252"


def _records(text: str) -> tuple[list[Row], str]:
    """All records of the text, and the delimiter they are cut at."""
    said = SAID_DELIMITER.match(text)
    delimiter = said[1] if said else _delimiter(text)
    rows = []
    for row in _rows(text, delimiter):
        if said and row.number == 1:
            continue
        if row.number <= MAX_ROWS:
            rows.append(row)
        elif not row.is_blank:
            raise Refused(too_long())
    return rows, delimiter


def _delimiter(text: str) -> str:
    """The one that cuts the most of the first records into the same number of cells, then into more of them."""

    def evidence(delimiter: str) -> tuple[int, int]:
        widths: Counter[int] = Counter()
        for row in _rows(text, delimiter, is_sample=True):
            widths[len(row.cells)] += 1
            if row.number == SAMPLE:
                break
        return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 1))

    return max(DELIMITERS, key=evidence)


def _rows(text: str, delimiter: str, *, is_sample: bool = False) -> Iterator[Row]:
    """The records as they come. Raises Refused where a quotation mark is never closed, or a cell is longer than the
    reader takes, unless it is only a sample."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = last = 1
    try:
        for number, cells in enumerate(reader, 1):
            if reader.line_num - line > LONGEST_RECORD:
                raise csv.Error
            yield Row(number, line, [_cell(cell) for cell in cells])
            last, line = line, reader.line_num + 1
        if _is_open(text, delimiter, last):
            line = last
            raise csv.Error
    except csv.Error as error:
        if not is_sample:
            raise Refused(_torn(line, is_long="field limit" in str(error))) from error


def _torn(line: int, *, is_long: bool) -> str:
    if is_long:
        sentence = _(
            "In line %(line)s a cell has more than %(limit)s signs. Shorten it, or close the quotation mark it begins "
            "with, and send the file again."
        )
    else:
        sentence = _("In line %(line)s a quotation mark is opened and never closed. Mend it and send the file again.")
    return sentence % {"line": line, "limit": grouped(csv.field_size_limit())}


def _is_open(text: str, delimiter: str, line: int) -> bool:
    """True when the record that begins on this line runs to the text's end because nothing closes it."""
    rest = islice(io.StringIO(text, newline=""), line - 1, None)
    try:
        next(csv.reader(rest, delimiter=delimiter, strict=True), None)
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _cell(text: str) -> str:
    return without_controls(text.replace("\r\n", "\n").replace("\r", "\n"))


def _damaged() -> str:
    return _("This text is damaged: some of its letters cannot be read. Save it again.")


def _not_a_table() -> str:
    return _("This file is neither an Excel workbook (.xlsx) nor a table as text (.csv, .txt).")
