"""An uploaded table, workbook or text, as rows of text cells: nothing in it is evaluated, hidden or guessed away."""

import json
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.archives import Unfit, opened
from portal.core.errors import NotNow, Refused
from portal.core.quantities import MEGABYTE, size_text
from portal.core.tables.child import LONGEST_HEADING, PATIENCE
from portal.core.tables.rows import (
    MAX_COLUMNS,
    MAX_ROWS,
    MOST_SIGNS,
    Book,
    Row,
    Table,
    not_a_workbook,
    nothing,
    too_much,
)
from portal.core.tables.texts import read_text
from portal.core.tables.workbooks import read_workbook
from portal.core.turns import Busy, turn

__all__ = ["MAX_COLUMNS", "MAX_ROWS", "Book", "Row", "Table", "read_heads", "read_tables", "read_whole"]

#: as much is read in this process, in bytes: as it is, and unpacked
SMALL, SMALL_UNPACKED = 256 * 1024, 4 * 1024 * 1024
#: so many lists at once on this machine, whichever process asks
AT_ONCE = 2
#: seconds after which a child is killed that did not end itself
LAST_PATIENCE = PATIENCE + 5
CHILD = Path(__file__).with_name("child.py")
ARCHIVE, OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_tables(file: IO[bytes], name: str) -> Book:
    """Read a workbook (.xlsx) or a text table (.csv, .txt) whole; what it is, its content says before its name.

    Raises Refused with a sentence for whatever is no such table or is too large.
    """
    content = _content(file)
    if content.startswith(OLE):
        raise Refused(_ole_sentence(content))
    if content.startswith(ARCHIVE):
        return Book("xlsx", "", "", read_workbook(content))
    if name.lower().endswith(".xlsx"):
        raise Refused(not_a_workbook())
    return read_text(content)


def read_heads(file: IO[bytes], name: str, most: int) -> Book:
    """As `read_whole`, with the first `most` rows of each table at least, their cells as long as headings may be."""
    return _read(file, name, most, LONGEST_HEADING)


def read_whole(file: IO[bytes], name: str) -> Book:
    """As `read_tables`; what is not small is read by a child (`child.py`), so that no file takes more memory or time
    than is given to it."""
    return _read(file, name, MAX_ROWS, MOST_SIGNS)


def _read(file: IO[bytes], name: str, most: int, longest_cell: int) -> Book:
    if _is_small(file):
        return read_tables(file, name)
    language = get_language() or settings.LANGUAGE_CODE
    try:
        with turn("tables", AT_ONCE, PATIENCE):
            answer = _told_by_child(file, [name, language, str(most), str(longest_cell)])
    except Busy:
        raise NotNow(_("Many lists are being read just now. Try again in a moment.")) from None
    if "refused" in answer:
        raise Refused(answer["refused"])
    tables = [
        Table(told["name"], [Row(*row) for row in told["rows"]], told["is_hidden"], told["total"])
        for told in answer["tables"]
    ]
    return Book(answer["kind"], answer["encoding"], answer["delimiter"], tables)


def _is_small(file: IO[bytes]) -> bool:
    size = file.seek(0, 2)
    file.seek(0)
    if size > SMALL:
        return False
    try:
        with opened(file) as archive:
            return sum(part.file_size for part in archive.infolist()) <= SMALL_UNPACKED
    except Unfit as unfit:  # what is no archive is as small as it is
        return unfit.fault == "damaged"


def _told_by_child(file: IO[bytes], arguments: list[str]) -> dict[str, Any]:
    try:
        told = subprocess.run(  # noqa: S603
            [sys.executable, CHILD, settings.BASE_DIR, *arguments],
            input=file.read(), capture_output=True, check=True, timeout=LAST_PATIENCE,
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(told.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise Refused(too_much()) from None
    return answer


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    limit = settings.MEDIA_MAX_MB * MEGABYTE
    content = file.read(limit + 1)
    if len(content) > limit:
        raise Refused(_("This file is larger than %(limit)s.") % {"limit": size_text(limit)})
    if not content.strip(b"\0\t\r\n \xef\xbb\xbf\xfe\xff"):
        raise Refused(nothing())
    return content


def _ole_sentence(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _("This workbook is protected by a password. Remove the password and send it again.")
    return _("This is a workbook in the old format (.xls). Open it, save it as .xlsx and send that file.")
