"""Reads a table in a process of its own, run by its path: bounded in memory and time, without the portal's apps.

It takes the file from its input; as arguments the project's folder, the name of the file, the language of a refusal,
how many rows of each table are wanted, and how many signs of a cell. It answers in JSON with the book, or with the
sentence it is `refused` by.
"""

import importlib
import io
import json
import os
import sys
from typing import Any

#: seconds
PATIENCE = 40
#: in signs: more than a heading may have
LONGEST_HEADING = 250


def book_of(name: str, most: int, longest_cell: int) -> dict[str, Any]:
    from portal.core.errors import Refused
    from portal.core.tables import read_tables
    from portal.core.tables.rows import MOST_SIGNS, too_much

    book = read_tables(io.BytesIO(sys.stdin.buffer.read()), name)
    told = (cell for table in book.tables for row in table.rows[:most] for cell in row.cells)
    if sum(min(len(cell), longest_cell) for cell in told) > MOST_SIGNS:
        raise Refused(too_much())
    tables = [
        {
            "name": table.name,
            "is_hidden": table.is_hidden,
            "total": table.count,
            "rows": [[row.number, row.line, [cell[:longest_cell] for cell in row.cells]] for row in table.rows[:most]],
        }
        for table in book.tables
    ]
    return {"kind": book.kind, "encoding": book.encoding, "delimiter": book.delimiter, "tables": tables}


def main(root: str, name: str, language: str, most: str, longest_cell: str) -> dict[str, Any]:
    sys.path[0] = root
    # By its path, as it is run itself: the package it stands in needs the portal's apps.
    sys.path.append(f"{root}/portal/core/pictures")
    importlib.import_module("child").bound(PATIENCE)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.apps import apps
    from django.utils import translation

    from portal.core.errors import Refused

    apps.populate([])
    translation.activate(language)
    try:
        return book_of(name, int(most), int(longest_cell))
    except Refused as refusal:
        return {"refused": str(refusal)}


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout)
