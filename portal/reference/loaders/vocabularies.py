"""Themes and axes from our own files in `data/`, and the months in which councils sit."""

import json
from collections import Counter
from typing import Any

from portal.reference.loaders.rows import write
from portal.reference.loaders.territories import DATA
from portal.reference.models import Axis, Council, CouncilSession, Theme


def load_themes() -> Counter[str]:
    """The eleven programmes of the national strategy, then five themes of our own; returns the tally."""
    return _load(Theme, "themes", aliases=[])


def load_axes() -> Counter[str]:
    """The headings of recommendations; returns the tally."""
    return _load(Axis, "axes")


def load_sessions() -> Counter[str]:
    """The months of the ordinary sessions, to our knowledge and to be corrected; returns the tally."""
    known = {(row.council, row.month): row for row in CouncilSession.objects.all()}
    return Counter(
        write(known.get((council, month)), CouncilSession, {"council": council, "month": month})
        for council in Council
        for month in council.months
    )


def _load(model: type[Theme] | type[Axis], name: str, **otherwise: Any) -> Counter[str]:
    rows = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    known = {row.code: row for row in model._default_manager.all()}
    return Counter(
        write(known.get(row["code"]), model, {**otherwise, **row, "position": position})
        for position, row in enumerate(rows, 1)
    )
