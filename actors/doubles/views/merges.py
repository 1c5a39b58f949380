"""Merges of sheets: what one would write, the list, one of them with what it wrote, and taking it back."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from actors.directory.models import Actor
from actors.doubles import actions
from actors.doubles.filters import MergeFilter
from actors.doubles.forms import MergeForm
from actors.doubles.models import Merge
from actors.doubles.reading.changes import foreseen, written
from actors.doubles.reading.compare import fields_of
from actors.doubles.views.doubles import for_administrators
from portal.core.dates import day_and_time
from portal.core.exports import Columns, export
from portal.core.lists import listing
from portal.core.pages import page
from portal.core.saving import posted
from portal.core.text import without_controls

SORTS = {"day": ("-merged_at",), "name": ("winner__name_ar", "winner__name_fr")}


@require_http_methods(["GET", "POST"])
@for_administrators
def merge_actors(request: HttpRequest) -> HttpResponse:
    """What merging two sheets would write (`?winner=…&loser=…`, by address, and what was chosen), row by row; sent, the
    merge itself, where it still would write the same."""
    slugs = [without_controls(request.GET.get(name, "")) for name in ("winner", "loser")]
    if not all(slugs) or slugs[0] == slugs[1]:
        return redirect(_comparison(*slugs))
    sheets = Actor.objects.visible_to(request.user).select_related("seat", "parent")
    winner, loser = (get_object_or_404(sheets, slug=slug) for slug in slugs)
    form = MergeForm(request.POST or None, initial=request.GET.dict(), fields_compared=fields_of(winner, loser))
    told = _("The two sheets are one now. If it was a mistake, undo it here.")
    if answer := form.carry(request, actions.merge_actors, winner, to=lambda done: done, told=told, loser=loser):
        return answer
    context = {
        "winner": winner,
        "loser": loser,
        "form": form,
        "becomes_public": winner.state == Actor.State.PUBLISHED != loser.state,
        "back_url": f"{_comparison(*slugs)}&{urlencode({'stays': winner.slug, **form.chosen})}",
    }
    return page(request, "doubles/merge_actors.html", context | foreseen(winner, loser, form.chosen))


def _comparison(first: str, second: str) -> str:
    return f"{reverse('doubles:compare_actors')}?{urlencode({'first': first, 'second': second})}"


@require_safe
@for_administrators
def merges(request: HttpRequest) -> HttpResponseBase:
    """What was merged into what, the last first."""
    rows = Merge.objects.visible_to(request.user).defer("changes")
    rows = rows.select_related("winner", "loser", "merged_by", "undone_by")
    found = listing(request, rows, MergeFilter, sorts=SORTS, default_sort="day")
    if found.export_format:
        return export(request, found, _columns(), "merges")
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
    context = written(row.changes, row.winner, row.loser) | {
        "merge": row,
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


def _kept(one: dict[str, Any]) -> tuple[str, str]:
    """What could not be put back, and why."""
    return capfirst(one["what"]), _(one["why"])
