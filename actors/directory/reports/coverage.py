"""The coverage on paper: plain JSON, in the language of who orders it, with the numbers that person sees."""

from base64 import b64encode
from itertools import batched
from math import ceil
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from actors.directory.reading.coverage.question import CoverageForm
from actors.directory.reading.coverage.reading import Coverage, Piece
from portal.core.dates import day_text, today

#: as in static/css/tokens.css; a picture knows no style sheet
FILLS = ("#f3efe6", "#cfe6df", "#8cc5b6", "#4a9f8c", "#0a4d43")
#: tables beside each other on a page in landscape, and beside the map
BESIDE, BESIDE_MAP = 4, 2


def paper(coverage: Coverage, form: CoverageForm, *, inside: bool) -> dict[str, Any]:
    """What `directory/printouts/coverage.html` is given, counted for whoever reads `inside` or for everybody: the whole
    region with its provinces, then a table for each; or one province with its communes. On paper a number on the map
    stands for the name beside it in the table."""
    whole = coverage.region if coverage.is_whole else coverage.shown[0].whole
    listed = [row.whole for row in coverage.provinces] if coverage.is_whole else coverage.pieces
    return {
        "day": _("Numbers of %(day)s") % {"day": day_text(today())},
        "audience": _("For members of the portal") if inside else "",
        "counted": str(form.measure.label),
        "is_whole": coverage.is_whole,
        "map": _map(coverage, listed) if coverage.has_map else "",
        "legend": [{"colour": step.colour, "text": step.text} for step in coverage.steps],
        "whole": {"name": whole.name, "number": whole.number} if whole else None,
        "listed": _halved(listed) if not coverage.is_whole else [_lines(listed)],
        "tables": [
            [{"name": row.whole.name, "lines": _lines(row.communes)} for row in beside]
            for beside in (batched(coverage.shown, BESIDE) if coverage.is_whole else ())
        ],
    }


def _halved(pieces: list[Piece]) -> list[list[dict[str, Any]]]:
    lines = _lines(pieces)
    return [list(part) for part in batched(lines, ceil(len(lines) / BESIDE_MAP))]


def _lines(pieces: list[Piece]) -> list[dict[str, Any]]:
    return [{"key": key, "name": piece.name, "number": piece.number} for key, piece in enumerate(pieces, 1)]


def _map(coverage: Coverage, listed: list[Piece]) -> str:
    """The drawing as an address: a picture with a text beside it is what a tagged PDF carries over."""
    numbered = [(key, piece.middle) for key, piece in enumerate(listed, 1) if piece.path]
    drawn = [(FILLS[piece.colour], piece.path) for piece in coverage.pieces]
    context = {"coverage": coverage, "drawn": drawn, "numbered": numbered}
    drawing = render_to_string("directory/printouts/coverage_map.svg", context)
    return f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"
