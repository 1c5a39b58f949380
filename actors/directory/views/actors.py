"""The directory: find who does what where, and export what was found."""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.db.models import DateField, Prefetch, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from actors.directory.filters import ActorFilter
from actors.directory.models import Actor, Contact, Membership
from actors.directory.models.actor import ActorQuerySet
from actors.directory.permissions import can_add_actor, is_administrator
from actors.directory.reading.export import directory_sheets
from actors.directory.reading.lines import actor_lines
from actors.directory.rules.fields import UNSHOWN
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.exports import export_sheets
from portal.core.lists import MOST_COUNTED, Listing, listing
from portal.core.names import written
from portal.core.pages import page
from portal.core.paging import Jump, letters
from portal.core.remembered import Remembered, asker_of, last_changes
from portal.reference.models import Territory, Theme

SORTS = {"name": ("sort_name",), "kind": ("kind_rank", "sort_name"), "seat": ("seat_id", "sort_name")}
#: the longest unconfirmed first; before them those nobody ever confirmed, the oldest first
SORTS_INSIDE = SORTS | {"fresh": ("confirmed_order", "created_at")}
SORTS_OF_ADMINISTRATORS = SORTS_INSIDE | {"state": ("state_rank", "sort_name")}
#: by the place among its choices, where the address asks for that order
RANKS = {"kind": Actor.Kind.rank_of("kind"), "state": Actor.State.rank_of("state")}
#: what an address asks for without choosing other institutions
PASSING = frozenset({"page", "export", "hxl"})
#: how many institutions there are for all visitors, and for each person
_counts: Remembered[int] = Remembered()


@login_not_required
@require_safe
def actors(request: HttpRequest) -> HttpResponseBase:
    """Everybody finds institutions and whom to call; the signed in also see how fresh each sheet is."""
    user = request.user
    found = found_actors(request)
    if found.export_format:
        languages = ("ar", "fr") if found.export_format == "xlsx" else (_language(),)
        found.queryset = _with_reach(found.queryset, user).prefetch_related(Prefetch("areas", _names(Territory)))
        return export_sheets(
            request, found, directory_sheets(user, languages, tagged=request.GET.get("hxl") == "1"), "actors"
        )
    found.queryset = found.queryset.select_related("seat").defer("search_text", *UNSHOWN)
    context = {
        "listing": found,
        "lines": actor_lines(user, found.page.object_list),
        "can_add": can_add_actor(user),
        "administers": is_administrator(user),
        "shows_freshness": user.is_authenticated,
        "kept": [(name, value) for name, values in request.GET.lists() if name not in PASSING for value in values],
    }
    return page(request, "directory/actors.html", context)


def found_actors(request: HttpRequest) -> Listing:
    """The institutions the address asks for among those this reader sees, in the order it asks for."""
    user = request.user
    seen = in_order_of_confirmation(in_readers_order(Actor.objects.visible_to(user)))
    sorts = SORTS_INSIDE if user.is_authenticated else SORTS
    sorts = SORTS_OF_ADMINISTRATORS if is_administrator(user) else sorts
    for name, ranked in RANKS.items():
        if request.GET.get("sort", "").endswith(name):
            seen = seen.annotate(**{f"{name}_rank": ranked})
    found = listing(
        request, seen, ActorFilter, sorts=sorts, default_sort="name", jumps={"name": _letters}, keys_first=True
    )
    if not (found.is_filtered or found.export_format):
        found.count = _counts.recall((asker_of(user), today()), last_changes(Actor, Membership), lambda: _count(user))
    return found


def _count(user: User) -> int:
    return Actor.objects.visible_to(user).order_by()[: MOST_COUNTED + 1].count()


def _letters(filters: ActorFilter) -> list[Jump]:
    return letters("sort_name")


def in_readers_order[Q: QuerySet](queryset: Q) -> Q:
    """With `sort_name`: the name in the reader’s language, the nearest written one where that is missing."""
    return queryset.annotate(sort_name=written("name"))


def in_order_of_confirmation[Q: QuerySet](queryset: Q) -> Q:
    """With `confirmed_order`: the day of the last confirmation; what was never confirmed comes before all days, in
    every database."""
    return queryset.annotate(confirmed_order=Coalesce("confirmed_on", Value(date.min), output_field=DateField()))


def _language() -> str:
    return (get_language() or "ar")[:2]


def _with_reach(queryset: ActorQuerySet, user: User) -> ActorQuerySet:
    """With seat, themes, and the contact details this reader sees, the focal points' first."""
    reachable = Contact.objects.visible_to(user).with_post(today())
    rows = queryset.select_related("seat").defer("search_text")
    return rows.prefetch_related(Prefetch("themes", _names(Theme)), Prefetch("contacts", reachable))


def _names(model: type[Territory | Theme]) -> QuerySet:
    return model._default_manager.only("name_ar", "name_fr", "name_en")
