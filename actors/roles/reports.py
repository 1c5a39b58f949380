"""The matrix on paper: plain JSON, in the language of who orders it, with what its audience may see."""

from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from actors.roles.models import Responsibility
from actors.roles.reading.grid import Cell, Role
from actors.roles.reading.matrix import Matrix
from actors.roles.reading.question import MatrixForm
from actors.roles.reading.words import comma, finding_word, legend
from portal.core.dates import day_text

#: columns beside the theme and the whole on a sheet of A3 in landscape; the communes of a province take several tables
COLUMNS = 9


def title_of(matrix: Matrix) -> str:
    """What the page, its printout and their files are called."""
    if matrix.province is not None:
        return _("Who does what, by theme and commune – %(place)s") % {"place": matrix.province}
    return _("Who does what, by theme and province – %(place)s") % {"place": matrix.region}


def paper(matrix: Matrix, form: MatrixForm) -> dict[str, Any]:
    """What `roles/printouts/matrix.html` is given."""
    day = {"day": day_text(matrix.question.on)}
    return {
        "day": _("Roles in force on %(day)s") % day,
        "audience": _("For members of the portal") if matrix.finds else _("Confirmed roles, for everybody"),
        "finds": matrix.finds,
        "chips": [{"label": chip.label, "value": chip.value} for chip in form.chips if chip.name != "on"],
        "legend": [vars(sign) for sign in legend()],
        "whole_scope": matrix.whole_scope,
        "gaps": len(matrix.gaps),
        "overlaps": len(matrix.overlaps),
        "tables": _tables(matrix),
    }


def _tables(matrix: Matrix) -> list[dict[str, Any]]:
    """The columns cut into tables of like width, each with the theme and the whole before them."""
    if not matrix.rows:
        return []
    parts = max(ceil(len(matrix.columns) / COLUMNS), 1)
    width = ceil(len(matrix.columns) / parts) or 1
    tables = []
    for number in range(parts):
        taken = slice(number * width, (number + 1) * width)
        places = matrix.columns[taken]
        tables.append(
            {
                "part": _("Part %(number)s of %(parts)s") % {"number": number + 1, "parts": parts} if parts > 1 else "",
                "whole": matrix.whole.name,
                "columns": [place.name for place in places],
                "rows": [
                    {"theme": str(row.theme), "cells": [_cell(cell) for cell in (row.whole, *row.cells[taken])]}
                    for row in matrix.rows
                ],
            }
        )
    return tables


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "lines": [_line(role) for role in cell.here],
        "covering": [
            {"scope": scope, "names": comma().join(role.short for role in roles)} for scope, roles in cell.covering
        ],
        "inside": cell.inside_text,
        "finding": cell.finding,
        "word": finding_word(cell.finding),
    }


def _line(role: Role) -> dict[str, str]:
    mark = str(Responsibility.Answer(role.answer).brief)
    return {"key": role.sign.key, "letter": role.sign.letter, "name": role.short, "mark": mark}
