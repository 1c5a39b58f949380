"""Text in the cells of spreadsheets: what a program would run, and what a workbook's XML cannot hold as it is."""

import re

#: what a spreadsheet would take for the beginning of a formula, in its full-width letters and behind blanks too
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")
#: the sign that what follows is text, put before a formula by a text table that is written for spreadsheets
QUOTED = re.compile(rf"\s*'(?={FORMULA.pattern})")
#: how a workbook keeps a sign that XML cannot hold, and where a text would be mistaken for that
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
MISTAKEN = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
#: as many signs as a workbook keeps in one cell
LONGEST = 32_767


def is_formula(text: str) -> bool:
    """True for what a spreadsheet would run."""
    return FORMULA.match(text) is not None


def quoted(text: str) -> str:
    """The text as it stands in a text table: the sign that it is text goes before what would be run."""
    return f"'{text}" if is_formula(text) else text


def unquoted(text: str) -> str:
    """The text that `quoted` was given."""
    return QUOTED.sub("", text, count=1) if QUOTED.match(text) else text


def escaped(text: str) -> str:
    """The text as a workbook keeps it, so that “_x0041_” is not shown as “A”."""
    return MISTAKEN.sub("_x005F_", text)


def unescaped(text: str) -> str:
    """The text that a workbook keeps, with the signs that XML could not hold."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
