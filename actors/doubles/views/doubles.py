"""Sheets that may be of one institution: found, put side by side, merged or told apart."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actors.directory.models import Actor
from actors.directory.rules.fields import Reads, names_of
from actors.doubles import actions
from actors.doubles.filters import SETTLED, DoubleFilter
from actors.doubles.forms import MergeForm
from actors.doubles.models import Double, DoubleSearch
from actors.doubles.permissions import check_merge
from actors.doubles.reading.compare import Hanging, fields_of, hanging_on
from portal.core.exports import Columns, export
from portal.core.lists import listing
from portal.core.nearest import nearest
from portal.core.pages import page
from portal.core.saving import posted
from portal.core.search import find
from portal.core.text import without_controls
from portal.core.work import call_worker

SORTS = {"likeness": ("-score",), "name": ("first__name_ar", "first__name_fr"), "found": ("-found_at",)}
#: of each side, what no list and no comparison reads
HEAVY = tuple(f"{side}__{name}" for side in ("first", "second") for name in ("search_text", *names_of(Reads.TEXT)))
#: how many sheets a search for the second one offers
OFFERED = 10


def for_administrators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page is refused to everybody else, with a sentence."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check_merge(request.user)
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_administrators
def duplicates(request: HttpRequest) -> HttpResponseBase:
    """The pairs that look alike, the most alike first; and how the last search went."""
    pairs = Double.objects.visible_to(request.user).standing().select_related("first__seat", "second__seat")
    found = listing(request, pairs.defer(*HEAVY), DoubleFilter, sorts=SORTS, default_sort="likeness")
    if found.export_format:
        return export(request, found, _columns(), "doubles")
    context = {
        "listing": found,
        "shows_settled": request.GET.get("shown") == SETTLED,
        "search": DoubleSearch.objects.order_by("-pk").first(),
    }
    return page(request, "doubles/duplicates.html", context)


def _columns() -> Columns:
    return [
        (_("Institution"), lambda pair: pair.first.name),
        (_("Seat"), lambda pair: pair.first.seat or ""),
        (_("Looks like"), lambda pair: pair.second.name),
        (_("Seat"), lambda pair: pair.second.seat or ""),
        (_("Likeness"), lambda pair: pair.score),
        (_("Why"), lambda pair: " · ".join(pair.reason_labels)),
    ]


@require_POST
@for_administrators
def find_doubles(request: HttpRequest) -> HttpResponse:
    """Let a worker search the directory; a search that waits already is the same one."""
    address, told = reverse("doubles:duplicates"), _("The directory is being searched for doubles.")
    return posted(request, actions.order_search, None, to=address, back=address, told=told, then=call_worker)


@require_safe
@for_administrators
def doubles_search(request: HttpRequest) -> HttpResponse:
    """How far the last search is; a plain visit leads to the list, which says the same."""
    search = DoubleSearch.objects.order_by("-pk").first()
    if not getattr(request, "htmx", None) or search is None:
        return redirect("doubles:duplicates")
    response = page(request, "doubles/doubles_search.html", {"search": search})
    if not search.is_unfinished:
        response.headers["HX-Refresh"] = "true"
    return response


@require_safe
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Two sheets that look alike, side by side; what is chosen here leads to what merging them would write."""
    pairs = Double.objects.visible_to(request.user).standing()
    double = get_object_or_404(pairs.select_related(*_beside("first"), *_beside("second"), "settled_by"), pk=pk)
    return _side_by_side(request, double.first, double.second, double)


@require_safe
@for_administrators
def compare_actors(request: HttpRequest) -> HttpResponse:
    """Any two sheets (`?first=…&second=…`, by address); with one of them only, a search for the other."""
    sheets = Actor.objects.visible_to(request.user).select_related("seat", "parent")
    named = [without_controls(request.GET.get(name, "")) for name in ("first", "second")]
    pair = Double.objects.filter(first__slug__in=named, second__slug__in=named).values("pk")[:1]
    found = {sheet.slug: sheet for sheet in sheets.filter(slug__in=named).annotate(pair=Subquery(pair))}
    first, second = (found.get(slug) for slug in named)
    if first is not None and second is not None and first != second:
        if known := getattr(first, "pair", None):
            chosen = _query(request, *(name for name in request.GET if name not in {"first", "second"}))
            return redirect(f"{reverse('doubles:duplicate', args=[known])}{chosen}")
        return _side_by_side(request, first, second, None)
    query = request.GET.get("q", "").strip()
    others = find(sheets, query).order_by("name_ar", "pk") if query else sheets.none()
    one = first or second
    offered = [sheet for sheet in others[: OFFERED + 1] if sheet != one][:OFFERED]
    context = {
        "first": one,
        "query": query,
        "others": offered,
        "nearest": "" if offered or not query else nearest(query, sheets),
        "kept": f"&first={one.slug}" if one else "",
        "is_same": first is not None and first == second,
    }
    return page(request, "doubles/compare_actors.html", context)


@require_POST
def settle_double(request: HttpRequest, pk: int) -> HttpResponse:
    double = get_object_or_404(Double.objects.visible_to(request.user), pk=pk)
    address = reverse("doubles:duplicates")
    told = _("Noted: these are two institutions. The pair is not brought up again.")
    return posted(request, actions.settle_double, double, to=address, back=address, told=told)


@require_POST
def reopen_double(request: HttpRequest, pk: int) -> HttpResponse:
    double = get_object_or_404(Double.objects.visible_to(request.user), pk=pk)
    told = _("The pair is among the possible doubles again.")
    return posted(request, actions.reopen_double, double, to=double, told=told)


def _side_by_side(request: HttpRequest, first: Actor, second: Actor, double: Double | None) -> HttpResponse:
    """Both sheets, and how much hangs on each."""
    hanging = hanging_on(first, second)
    winner, loser = _in_order(request, first, second, hanging)
    if winner is second:
        hanging = [row.turned() for row in hanging]
    fields = fields_of(winner, loser)
    chosen = MergeForm(initial=request.GET.dict(), fields_compared=fields).chosen
    context = {
        "double": double,
        "winner": winner,
        "loser": loser,
        "totals": [sum(row.winner for row in hanging), sum(row.loser for row in hanging)],
        "fields": [(field, chosen[field.name]) for field in fields if field.differs],
        "same": [field for field in fields if not field.differs and not field.winner.is_empty],
        "hanging": [row for row in hanging if row.winner or row.loser],
        "swap": _swap_address(request, loser),
    }
    return page(request, "doubles/duplicate.html", context)


def _in_order(request: HttpRequest, first: Actor, second: Actor, hanging: list[Hanging]) -> tuple[Actor, Actor]:
    """The sheet that stays and the one that goes: as the address says; else the published one, the one on
    which more hangs, the older."""
    wanted = request.GET.get("stays", "")
    counted = (sum(row.winner for row in hanging), sum(row.loser for row in hanging))
    prefers_second = _rank(second, counted[1]) < _rank(first, counted[0])
    if wanted in (first.slug, second.slug):
        prefers_second = wanted == second.slug
    return (second, first) if prefers_second else (first, second)


def _rank(actor: Actor, rows: int) -> tuple[bool, bool, int, int]:
    """Which sheet one would rather keep: the published, and never the archived, then the one with more on it."""
    return actor.state != Actor.State.PUBLISHED, actor.state == Actor.State.ARCHIVED, -rows, actor.pk


def _swap_address(request: HttpRequest, loser: Actor) -> str:
    """The page with the sheets the other way round; what was chosen between them is chosen anew."""
    return f"{request.path}{_query(request, 'first', 'second', stays=loser.slug)}"


def _query(request: HttpRequest, *names: str, **more: str) -> str:
    kept = {name: request.GET[name] for name in names if name in request.GET} | more
    return f"?{urlencode(kept)}" if kept else ""


def _beside(side: str) -> tuple[str, ...]:
    return (f"{side}__seat", f"{side}__parent")
