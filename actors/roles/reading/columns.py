"""The matrix and its findings as a spreadsheet."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from actors.roles.models import Responsibility
from actors.roles.reading.grid import Cell, MatrixRow, Role
from actors.roles.reading.matrix import Matrix
from actors.roles.reading.words import colon, comma, finding_word, sign_of
from portal.core.exports import Columns


def grid_columns(matrix: Matrix) -> Columns:
    """The theme, the region (or province) as a whole, then one column for each territory."""

    def at(number: int) -> Any:
        return lambda row: cell_text(row.all_cells[number])

    places = [matrix.whole, *matrix.columns]
    return [(_("Theme"), _theme), *((place.name, at(number)) for number, place in enumerate(places))]


def finding_columns() -> Columns:
    """One line for each finding."""
    return [
        (_("Finding"), lambda cell: finding_word(cell.finding)),
        (_("Theme"), lambda cell: str(cell.theme)),
        (_("Territory"), lambda cell: cell.place.name),
        (_("HCP code"), lambda cell: cell.place.code),
        (_("Who leads now"), lambda cell: _names(cell.leads)),
        (_("Roles in its communes"), lambda cell: cell.inside_text),
    ]


def cell_text(cell: Cell) -> str:
    """A cell in one line: parts and institutions, what covers it, what lies in it, what was found."""
    pieces = [
        f"{sign_of(part).label}{colon()}{comma().join(map(_marked, roles))}"
        for part, roles in groupby(cell.here, lambda role: role.part)
    ]
    pieces += [f"{scope}{colon()}{_names(roles)}" for scope, roles in cell.covering]
    pieces += [piece for piece in (cell.inside_text, finding_word(cell.finding)) if piece]
    return " | ".join(pieces)


def _theme(row: MatrixRow) -> str:
    return str(row.theme)


def _names(roles: Iterable[Role]) -> str:
    return comma().join(dict.fromkeys(role.name for role in roles))


def _marked(role: Role) -> str:
    return f"{role.name} ({Responsibility.Answer(role.answer).label})" if role.mark else role.name
