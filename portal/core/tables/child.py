"""Reads a table in a process of its own, run by its path: bounded in memory and time, without the portal's apps.

It takes the file from its input; as arguments the project's folder, the name of the file, the language of a refusal
and how many rows of each table are wanted. It answers in JSON with the book, or with the sentence it is `refused` by.
"""

import importlib
import io
import json
import os
import sys
from typing import Any

#: seconds
PATIENCE = 40
#: of a cell, in signs: more than a heading may have
LONGEST_CELL = 250


def heads(name: str, most: int) -> dict[str, Any]:
    from portal.core.tables import read_tables

    book = read_tables(io.BytesIO(sys.stdin.buffer.read()), name)
    tables = [
        {
            "name": table.name,
            "is_hidden": table.is_hidden,
            "total": table.count,
            "rows": [[row.number, row.line, [cell[:LONGEST_CELL] for cell in row.cells]] for row in table.rows[:most]],
        }
        for table in book.tables
    ]
    return {"kind": book.kind, "encoding": book.encoding, "delimiter": book.delimiter, "tables": tables}


def main(root: str, name: str, language: str, most: int) -> dict[str, Any]:
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
        return heads(name, most)
    except Refused as refusal:
        return {"refused": str(refusal)}


if __name__ == "__main__":
    answer = main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
    json.dump(answer, sys.stdout)
