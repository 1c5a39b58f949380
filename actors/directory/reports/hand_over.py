"""The sheet both sign when one hands over to the other: what it says, in Arabic or in French."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from actors.directory.models import Actor, FocalPoint, HandOver, Membership
from portal.core.dates import day_text, long_day
from portal.core.names import in_language
from portal.core.pictures import as_data_uri
from portal.notifications.templatetags.notifications import isolated

#: the languages it is printed in
LANGUAGES = {"ar": "العربية", "fr": "Français"}


def sheet_title(row: HandOver) -> str:
    """The title of the file, in the active language."""
    return _("Record of hand-over – %(name)s") % {"name": isolated(row.actor.name, autoescape=False)}


def sheet_data(row: HandOver, language: str) -> dict[str, Any]:
    """What the printout `hand_over` says in `language`, which is the active one; offices stand before persons."""
    actor = row.actor
    return {
        "letterhead": {
            "name": in_language(actor, "name", language),
            "acronym": actor.acronym,
            "beside": str(actor.seat or ""),
            "logo": as_data_uri(actor.logo),
        },
        "institution": in_language(actor, "name", language),
        "day": long_day(row.day),
        "post": str(FocalPoint.Part(row.post).label) if row.post else "",
        "parts": [str(Membership.Part(part).label) for part in row.parts if part in Membership.Part.values],
        "giver": {"office": row.office_of("from", language), "person": row.person_of("from")},
        "taker": {"office": row.office_of("to", language), "person": row.person_of("to")},
        "head": head_of(actor),
        "made": day_text(row.made_at),
        "groups": grouped(row.open_items.get(language, [])),
    }


def head_of(actor: Actor) -> str:
    """The office that stands over both, as a letter addresses it."""
    if actor.kind in Actor.COUNCILS:
        return _("The president of the council")
    if actor.kind == Actor.Kind.ASSOCIATION:
        return _("The president of the association")
    return _("The head of the institution")


def grouped(items: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    """The items under their headings, in the order in which they were listed; equal headings stand together."""
    rows = list(items)
    order = list(dict.fromkeys(row["what"] for row in rows))
    rows.sort(key=lambda row: order.index(row["what"]))
    return [{"what": what, "rows": list(held)} for what, held in groupby(rows, key=lambda row: row["what"])]
