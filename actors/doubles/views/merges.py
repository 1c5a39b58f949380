"""Merges of sheets: the list, one of them with what it moved, and taking it back."""

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from actors.directory.models import Actor
from actors.directory.rules.fields import LINKS
from actors.directory.sheets.values import FIELDS, Texts, label_of
from actors.doubles import actions
from actors.doubles.filters import MergeFilter
from actors.doubles.models import Merge
from actors.doubles.views.doubles import for_administrators
from portal.core.dates import day_and_time
from portal.core.journal import Kept
from portal.core.lists import Columns, export, listing
from portal.core.pages import page
from portal.core.rows import model_called, read
from portal.core.saving import posted

SORTS = {"day": ("-merged_at",), "name": ("winner__name_ar", "winner__name_fr")}


@require_safe
@for_administrators
def merges(request: HttpRequest) -> HttpResponse:
    """What was merged into what, the last first."""
    rows = Merge.objects.visible_to(request.user).defer("changes")
    rows = rows.select_related("winner", "loser", "merged_by", "undone_by")
    found = listing(request, rows, MergeFilter, sorts=SORTS, default_sort="day")
    if found.export_format:
        return export(found, _columns(), "merges")
    return page(request, "doubles/merges.html", {"listing": found})


def _columns() -> Columns:
    return [
        (_("Sheet that stays"), lambda row: row.winner.name),
        (_("Sheet merged into it"), lambda row: row.loser.name),
        (_("Merged on"), lambda row: day_and_time(row.merged_at)),
        (_("Merged by"), lambda row: row.merged_by or ""),
        (_("Undone on"), lambda row: day_and_time(row.undone_at) if row.undone_at else ""),
    ]


@require_safe
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """One merge: what moved, what the sheet that stays took over, and what undoing could not put back."""
    row = _seen(request, pk)
    context = {
        "merge": row,
        "moved": _moved(row),
        "filled": _filled(row),
        "kept": [_kept(one) for one in row.kept],
        "can_undo": row.undone_at is None and row.winner.merged_into_id is None,
        "later": row.winner.merged_into,
    }
    return page(request, "doubles/merge.html", context)


@require_http_methods(["GET", "POST"])
def undo_merge(request: HttpRequest, pk: int) -> HttpResponse:
    row = _seen(request, pk)
    if request.method == "POST":
        return posted(request, actions.undo_merge, row, to=row, then=lambda left: _say(request, len(left)))
    context = {"merge": row, "danger": False, "submit": _("Undo the merge"), "back_url": row.get_absolute_url()}
    return page(request, "doubles/undo_merge.html", context)


def _say(request: HttpRequest, kept: int) -> None:
    if not kept:
        messages.success(request, _("The merge is undone: both sheets are as they were."))
        return
    told = ngettext(
        "The merge is undone. One row could not be put back: it is named below.",
        "The merge is undone. %(count)d rows could not be put back: they are named below.",
        kept,
    )
    messages.warning(request, told % {"count": kept})


def _seen(request: HttpRequest, pk: int) -> Merge:
    rows = Merge.objects.visible_to(request.user)
    sheets = ("winner__merged_into", "loser", "merged_by", "undone_by")
    return get_object_or_404(rows.select_related(*sheets), pk=pk)


def _moved(row: Merge) -> list[tuple[str, dict[str, int]]]:
    """How many rows of each kind, beside the two sheets, were moved, changed or set aside."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for change in row.changes:
        if not _is_of(change, row.winner_id, row.loser_id):
            counts[_title(change["model"])]["MOVED" if "moved" in change else change["act"].upper()] += 1
    return sorted(counts.items())


def _is_of(change: Kept, *sheets: int) -> bool:
    return change["model"] == Actor._meta.label_lower and change["key"] in map(str, sheets)


def _title(label: str) -> str:
    model = model_called(label)
    return capfirst(str(model._meta.verbose_name_plural)) if model is not None else label


def _filled(row: Merge) -> list[tuple[str, str, str]]:
    """The fields of the sheet that stays: what it said, and what it says since."""
    filled = {name: pair for one in row.changes if _is_of(one, row.winner_id) for name, pair in one["values"].items()}
    told = [_values(name, pair) for name, pair in filled.items() if name.removesuffix("_id") in FIELDS]
    texts = Texts()
    texts.learn_keys([{name: values[side] for name, *values in told} for side in (0, 1)])
    return [(label_of(name), texts.one(name, before), texts.one(name, after)) for name, before, after in told]


def _values(name: str, pair: list[Any]) -> tuple[str, Any, Any]:
    """The field and its two values; links as the keys they are kept as."""
    before, after = pair if name in LINKS else (read(Actor, name, value) for value in pair)
    return name.removesuffix("_id"), before, after


def _kept(one: dict[str, Any]) -> tuple[str, str]:
    """What could not be put back, and why."""
    return capfirst(one["what"]), _(one["why"])
