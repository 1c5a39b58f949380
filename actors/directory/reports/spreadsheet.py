"""Exports of what is no list with filters and pages: the grid, its findings, the map."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SpreadsheetExport:
    """What `portal.core.lists.export` reads: the format, and the rows."""

    export_format: str
    queryset: Iterable[Any]


def wanted_format(asked: str) -> str:
    """The format the address asks for, or none."""
    return asked if asked in {"xlsx", "csv"} else ""
