"""Why a row of an import is what it is: every repair, every doubt and every refusal as a code with what it is about."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

#: as much of a cell as a reason repeats
SHOWN = 200

Reason = dict[str, Any]


class Level(IntEnum):
    """How much a reason weighs; the heaviest one of a row decides its verdict."""

    #: done and told, nothing to think about
    NOTE = 0
    #: the row is good, something in it is not
    WARNING = 1
    #: a person chooses
    CHOICE = 2
    #: no record can be made of it
    REJECT = 3
    #: it is no record
    SKIP = 4


LEVELS = {
    # names
    "cell_repaired": Level.WARNING,
    "cell_unreadable": Level.WARNING,
    "name_cleaned": Level.NOTE,
    "name_formula": Level.WARNING,
    "name_missing": Level.WARNING,
    "name_moved": Level.WARNING,
    "name_other_script": Level.WARNING,
    "name_too_long": Level.REJECT,
    "name_unreadable": Level.CHOICE,
    "names_missing": Level.REJECT,
    "names_swapped": Level.WARNING,
    # kind
    "kind_from_name": Level.WARNING,
    "kind_missing": Level.CHOICE,
    "kind_unknown": Level.CHOICE,
    # place
    "area_unknown": Level.WARNING,
    "province_unknown": Level.WARNING,
    "territory_ambiguous": Level.CHOICE,
    "territory_by_code": Level.WARNING,
    "territory_code_unknown": Level.WARNING,
    "territory_conflict": Level.CHOICE,
    "territory_elsewhere": Level.CHOICE,
    "territory_from_name": Level.NOTE,
    "territory_missing": Level.NOTE,
    "territory_to_confirm": Level.CHOICE,
    "territory_unknown": Level.CHOICE,
    # contact details
    "email_none": Level.WARNING,
    "email_not_understood": Level.WARNING,
    "email_repaired": Level.NOTE,
    "email_several": Level.NOTE,
    "phone_fax": Level.NOTE,
    "phone_none": Level.WARNING,
    "phone_not_understood": Level.WARNING,
    "phone_several": Level.NOTE,
    "phone_shortened": Level.WARNING,
    "website_not_understood": Level.WARNING,
    "website_completed": Level.NOTE,
    # day
    "date_impossible": Level.WARNING,
    "date_in_future": Level.WARNING,
    "date_month_first": Level.WARNING,
    "date_no_day": Level.WARNING,
    "date_not_understood": Level.WARNING,
    # the rest
    "cell_too_long": Level.WARNING,
    "extra_cells": Level.WARNING,
    "formula_as_text": Level.NOTE,
    "long_text": Level.WARNING,
    "said_none": Level.NOTE,
    "state_unknown": Level.WARNING,
    "theme_unknown": Level.WARNING,
    # who it is
    "archived": Level.CHOICE,
    "date_older": Level.NOTE,
    "differs": Level.CHOICE,
    "identifier_known": Level.NOTE,
    "identifier_other_name": Level.CHOICE,
    "said_otherwise": Level.CHOICE,
    "name_known": Level.NOTE,
    "same_acronym": Level.CHOICE,
    "same_email": Level.CHOICE,
    "same_name": Level.CHOICE,
    "same_name_near": Level.CHOICE,
    "same_name_other_kind": Level.CHOICE,
    "same_phone": Level.CHOICE,
    "same_record": Level.NOTE,
    "similar_name": Level.CHOICE,
    # what is no record
    "blank_row": Level.SKIP,
    "footnote_row": Level.SKIP,
    "header_row": Level.SKIP,
    "repeated_header": Level.SKIP,
    "second_header": Level.SKIP,
    "tag_row": Level.SKIP,
    "title_row": Level.SKIP,
    "total_row": Level.SKIP,
}


def reason(code: str, column: str = "", value: str = "", **more: Any) -> Reason:
    """One reason: its code, the key of the column, the text of the cell (cut where it is very long), and more."""
    text = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    return {"code": code, "column": column, "value": text, **more}


def level_of(one: Reason) -> Level:
    return LEVELS[one["code"]]


def heaviest(reasons: Iterable[Reason]) -> Level:
    """The level that decides; a row without a reason is as good as one with notes."""
    return max(map(level_of, reasons), default=Level.NOTE)
