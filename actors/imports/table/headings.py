"""Which row of a table holds the headings, and which column means what."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from actors.directory.rules.fields import BY_COLUMN, COLUMNS, Reads, keys_of
from actors.imports.models import ImportLayout
from actors.imports.table.letters import one_line, script_of
from actors.imports.table.vocabulary import FOOTNOTES, HEADINGS, RULES, TOPICS, TOTALS
from portal.core.tables import Book, Row, Table
from portal.core.text import normalise, words

#: how many rows from the top are looked at
LOOKED_AT = 40
#: a heading with more words than this is a sentence, and a cell with more signs a text that is not even looked at
LONGEST_HEADING = 7
MOST_SIGNS = 200
#: how many rows below the headings say what script a column is in
SAMPLE = 30
#: of a row that repeats the headings, as many of its cells are one of them
REPEATED = 0.6
PARTS = re.compile(r"[/|()\[\]\n:؛;]|\s[-–—]\s")
TAG = re.compile(r"#[A-Za-z][A-Za-z0-9_]*(\s*\+[A-Za-z0-9_]+)*")
NAMES = frozenset(keys_of(Reads.NAME))
#: of a column in one language or another
IN_A_LANGUAGE = frozenset({"name", "description"})


@dataclass(frozen=True)
class Proposal:
    """Which sheet is read, the number of its row of headings (as in `Row.number`), and the key of each column.

    `columns` holds the columns understood, by their place from 0; it is empty where no row of headings was found, and
    `header_row` is then the first row that says anything. `remembered` is True where somebody corrected this layout
    by hand before.
    """

    sheet: int
    header_row: int
    columns: dict[int, str]
    remembered: bool = False


def propose(book: Book) -> Proposal:
    """The first sheet, hidden ones last, with a row of headings; else the first sheet without columns."""
    order = sorted(range(len(book.tables)), key=lambda number: book.tables[number].is_hidden)
    for number in order:
        if proposal := _remembered(number, book.tables[number]) or _recognised(number, book.tables[number]):
            return proposal
    first = next((row.number for row in book.tables[order[0]].rows if not row.is_blank), 1)
    return Proposal(order[0], first, {})


def fingerprint(cells: Sequence[str]) -> str:
    """The same for files with the same headings in the same order, however they are spaced or spelt; '' for a row in
    which nothing can be a heading: no letter and no digit, or a text."""
    if any(map(_is_text, cells)):
        return ""
    heads = [normalise(cell) for cell in cells]
    while heads and not heads[-1]:
        heads.pop()
    return hashlib.sha256("|".join(heads).encode()).hexdigest() if heads else ""


def layout_of(cells: Sequence[str]) -> dict[int, str] | None:
    """The columns that somebody corrected for a file with these headings; None where nobody did."""
    mark = fingerprint(cells)
    layout = ImportLayout.objects.filter(fingerprint=mark).first() if mark else None
    return _columns(layout) if layout else None


def columns_at(rows: Sequence[Row], place: int) -> dict[int, str]:
    """What the headings at `place` among the rows say, alone or with the groups of headings over them."""
    row = rows[place]
    below = [other for other in rows[place + 1 : place + 1 + SAMPLE] if not other.is_blank]
    found = columns_of(row.cells, below)
    if place and len(found) > 1:
        found = _with_groups(found, columns_of(_under_groups(rows[place - 1].cells, row.cells), below))
    return found


def columns_of(cells: Sequence[str], below: Iterable[Row] = ()) -> dict[int, str]:
    """The key of each column whose heading is understood, each key once: headings known by heart go first."""
    rows = list(below)
    known, other = {}, {}
    for place, cell in enumerate(cells):
        if key := known_heading(cell):
            known[place] = _settled(key, place, cell, rows)
        elif key := _by_words(cell):
            other[place] = _settled(key, place, cell, rows)
    first: dict[str, int] = {}
    for place, key in (*known.items(), *other.items()):
        first.setdefault(key, place)
    return {place: key for key, place in sorted(first.items(), key=lambda pair: pair[1])}


def known_heading(cell: str) -> str:
    """The key of a heading that is written down, alone or beside its translation; '' where it is none, or two.

    `name` and `description` are in one language or the other.
    """
    if _is_text(cell):
        return ""
    table = _known()
    if key := table.get(_bare(cell)):
        return key
    keys = {table.get(_bare(part), "") for part in PARTS.split(cell) if _bare(part)} - {""}
    # «اسم الفاعل (بالفرنسية)»: the language is in the other part
    if len(keys) == 1 and not (keys == {"name"} and _topics(cell) & {"ar", "fr", "en"}):
        return keys.pop()
    return ""


def is_repeated(cells: Sequence[str], header: Sequence[str]) -> bool:
    """True for the row of headings itself, printed again further down."""
    said = [(cell, head) for cell, head in zip(cells, header, strict=False) if cell.strip()]
    same = sum(bool(head.strip()) and _form(cell) == _form(head) for cell, head in said)
    return len(said) > 1 and same >= REPEATED * len(said)


def is_second_header(cells: Sequence[str], columns: Mapping[int, str]) -> bool:
    """True for headings in another language below the headings."""
    said = [place for place, cell in enumerate(cells) if cell.strip()]
    same = sum(bool(key := known_heading(cells[place])) and columns.get(place, "").startswith(key) for place in said)
    return len(said) > 2 and same >= REPEATED * len(said)


def is_tags(cells: Sequence[str]) -> bool:
    """True for the row of HXL tags."""
    said = [cell.strip() for cell in cells if cell.strip()]
    return bool(said) and sum(TAG.fullmatch(cell) is not None for cell in said) * 2 > len(said)


def is_total(cells: Sequence[str]) -> bool:
    """True for a row that begins with «المجموع» or “Total” and holds nothing else but numbers."""
    said = [cell for cell in cells if cell.strip()]
    return bool(said) and not any(map(script_of, said[1:])) and _form(said[0]) in _totals()


def is_footnote(cells: Sequence[str]) -> bool:
    """True for a single cell that begins with «المصدر:», “Source :”, “Note :” or an asterisk."""
    said = [cell for cell in cells if cell.strip()]
    if len(said) != 1:
        return False
    text = one_line(said[0])
    first, colon, _rest = text.partition(":")
    return text.startswith(("*", "(*", "†")) or (bool(colon) and _form(first) in _footnotes())


def _remembered(number: int, table: Table) -> Proposal | None:
    rows = {fingerprint(row.cells): row for row in reversed(table.rows[:LOOKED_AT]) if not row.is_blank}
    layout = ImportLayout.objects.filter(fingerprint__in=set(rows) - {""}).first()
    if layout is None:
        return None
    columns = _columns(layout)
    return Proposal(number, rows[layout.fingerprint].number, columns, remembered=True) if columns else None


def _columns(layout: ImportLayout) -> dict[int, str]:
    return {int(place): key for place, key in layout.columns.items() if key in BY_COLUMN}


def _recognised(number: int, table: Table) -> Proposal | None:
    """The row (alone, or with the groups of headings over it) that names the most columns, the names among them."""
    best: tuple[int, int, dict[int, str]] = (0, 0, {})
    for place, row in enumerate(table.rows[:LOOKED_AT]):
        found = columns_at(table.rows, place)
        if _is_header(found, table) and len(found) > best[0]:
            best = (len(found), row.number, found)
    return Proposal(number, best[1], best[2]) if best[0] else None


def _is_header(columns: Mapping[int, str], table: Table) -> bool:
    keys = set(columns.values())
    return bool(keys & NAMES) and (len(keys) > 1 or table.width == 1)


def _under_groups(above: Sequence[str], cells: Sequence[str]) -> list[str]:
    """Headings with that of their group before them, as a merged cell spans it; empty where the row above has no
    heading over several cells."""
    if sum(bool(cell.strip()) for cell in above) < 2:
        return []
    joined, group, is_spanned = [], "", False
    for over, cell in zip(above, cells, strict=False):
        is_spanned = is_spanned or bool(group and cell.strip() and not over.strip())
        group = over if over.strip() else group
        joined.append(f"{group} {cell}" if cell.strip() else over)
    return joined if is_spanned else []


def _with_groups(found: dict[int, str], grouped: Mapping[int, str]) -> dict[int, str]:
    """What the headings say by themselves, and for the others what they say under the heading of their group."""
    more = {place: key for place, key in grouped.items() if place not in found and key not in found.values()}
    return dict(sorted({**found, **more}.items()))


def _by_words(cell: str) -> str:
    """The rule that fits a short heading's words."""
    if _is_text(cell) or not 0 < len(normalise(cell).split()) <= LONGEST_HEADING:
        return ""
    topics = _topics(cell)
    key = next((key for key, needed in RULES if set(needed.split()) <= topics), "")
    return key if key in BY_COLUMN or key in IN_A_LANGUAGE else ""


def _settled(key: str, place: int, cell: str, below: Sequence[Row]) -> str:
    """“Name” alone is the Arabic or the French one by what stands below; so is a description."""
    if key not in IN_A_LANGUAGE:
        return key
    scripts = Counter(script_of(row.cells[place]) for row in below[:SAMPLE] if place < len(row.cells))
    script = max(("ar", "fr"), key=lambda code: scripts[code]) if scripts["ar"] != scripts["fr"] else script_of(cell)
    return f"{key}_{script or 'ar'}"


def _topics(cell: str) -> set[str]:
    """What the words of a heading speak of; a long word may have one letter too many, too few or wrong."""
    found: set[str] = set()
    for word in words(cell):
        if topic := _topic_words().get(word):
            found |= topic
        elif len(word) > 4:
            found |= {topic for known, topics in _topic_words().items() if is_slip(word, known) for topic in topics}
    return found


def is_slip(one: str, other: str) -> bool:
    """True for two long words that differ by one letter: put in, left out, changed, or two that changed places."""
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1 or one == other:
        return False
    short, long = sorted((one, other), key=len)
    start = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    return short[start + 1 :] == long[start + 1 :] or (
        short[start + 2 :] == long[start + 2 :] and short[start : start + 2] == long[start : start + 2][::-1]
    )


def _is_text(cell: str) -> bool:
    return len(cell) > MOST_SIGNS


def _bare(text: str) -> str:
    """A heading as the table of headings knows it: normalised, without articles."""
    return " ".join(
        word[2:] if word.startswith("ال") and len(word) > 3 else word
        for word in normalise(text).split()
        if word not in {"l", "d", "de", "des", "du", "la", "le", "les"}
    )


@lru_cache(maxsize=4096)
def _form(cell: str) -> str:
    return cell if _is_text(cell) else normalise(cell)


@cache
def _known() -> dict[str, str]:
    table: dict[str, str] = {}
    for column in COLUMNS:
        # the keys themselves too, as a file made for machines has them
        for heading in (column.ar, column.fr, column.en, column.key):
            table.setdefault(_bare(heading), column.key)
    for key, headings in HEADINGS.items():
        for heading in headings:
            table.setdefault(_bare(heading), key)
    return table


@cache
def _topic_words() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for topic, listed in TOPICS.items():
        for word in listed.split():
            table.setdefault(word, set()).add(topic)
    return {word: frozenset(topics) for word, topics in table.items()}


@cache
def _totals() -> frozenset[str]:
    return frozenset(map(normalise, TOTALS))


@cache
def _footnotes() -> frozenset[str]:
    return frozenset(map(normalise, FOOTNOTES))
