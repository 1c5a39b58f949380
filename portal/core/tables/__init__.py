"""An uploaded table, workbook or text, as rows of text cells: nothing in it is evaluated, hidden or guessed away."""

from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from portal.core.errors import Refused
from portal.core.quantities import MEGABYTE, size_text
from portal.core.tables.rows import MAX_COLUMNS, MAX_ROWS, Book, Row, Table, not_a_workbook, nothing
from portal.core.tables.texts import read_text
from portal.core.tables.workbooks import read_workbook

__all__ = ["MAX_COLUMNS", "MAX_ROWS", "Book", "Row", "Table", "read_tables"]

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
