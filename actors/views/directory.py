"""The directory: find who does what where, and export what was found."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import F, Prefetch, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actors.filters import ActorFilter
from actors.models import Actor, Contact
from actors.permissions import can_add_actor, is_administrator
from portal.core.dates import today
from portal.core.lists import Columns, export, listing
from portal.core.names import FALLBACKS
from portal.core.pages import page
from portal.core.phones import phone_text

SORTS = {
    "name": ("sort_name",),
    "kind": ("kind", "sort_name"),
    "seat": ("seat_id", "sort_name"),
    "state": ("state", "sort_name"),
}


@login_not_required
@require_safe
def actors(request: HttpRequest) -> HttpResponse:
    seen = in_readers_order(Actor.objects.visible_to(request.user)).select_related("seat").defer("seat__outline")
    reachable = Contact.objects.visible_to(request.user).with_post(today())
    seen = seen.prefetch_related("themes", Prefetch("contacts", reachable))
    found = listing(request, seen, ActorFilter, sorts=SORTS, default_sort="name")
    administers = is_administrator(request.user)
    if found.export_format:
        return export(found, _columns(administers=administers), "actors")
    context = {"listing": found, "can_add": can_add_actor(request.user), "shows_state": administers}
    return page(request, "actors/actors.html", context)


def in_readers_order[Q: QuerySet](queryset: Q) -> Q:
    """With `sort_name`: the name in the reader’s language, the nearest written one where that is missing."""
    written = [NullIf(F(f"name_{code}"), Value("")) for code in FALLBACKS[(get_language() or "ar")[:2]]]
    return queryset.annotate(sort_name=Coalesce(*written))


def _columns(*, administers: bool) -> Columns:
    def first(actor: Actor, name: str) -> str:
        return next((value for contact in actor.contacts.all() if (value := getattr(contact, name))), "")

    columns = [
        (_("Institution"), lambda actor: actor.name),
        (_("Acronym"), lambda actor: actor.acronym),
        (_("Kind"), lambda actor: actor.get_kind_display()),
        (_("Seat"), lambda actor: actor.seat or ""),
        (_("Themes"), lambda actor: " · ".join(str(theme) for theme in actor.themes.all())),
        (_("Telephone"), lambda actor: phone_text(first(actor, "phone"))),
        (_("E-mail"), lambda actor: first(actor, "email")),
    ]
    return [*columns, (_("State"), lambda actor: actor.get_state_display())] if administers else columns
