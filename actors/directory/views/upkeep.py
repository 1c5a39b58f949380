"""The upkeep of the directory, for its administrators: what is old, missing or disputed, and asking who can mend it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from actors.directory import actions, permissions
from actors.directory.actions.confirming import ConfirmationRound
from actors.directory.filters import UpkeepFilter
from actors.directory.models import Actor, Contact
from actors.directory.models.actor import ActorQuerySet
from actors.directory.reading.upkeep import CHECKS, asked_on, figures, findings_of, waiting, with_findings
from actors.directory.rules.fields import Reads, names_of
from actors.directory.views.actors import in_order_of_confirmation, in_readers_order
from portal.core.dates import today
from portal.core.exports import Columns, export
from portal.core.forms import keys_of
from portal.core.lists import listing
from portal.core.pages import page
from portal.core.phones import phone_text
from portal.core.saving import posted
from portal.notifications.templatetags.notifications import isolated

SORTS = {
    "old": ("confirmed_order", "created_at"),
    "name": ("sort_name",),
    "kind": ("kind_rank", "sort_name"),
    "seat": ("seat_id", "sort_name"),
}
#: how many institutions are asked at once
MOST = 200
HEAVY = ("search_text", *names_of(Reads.TEXT))


@require_safe
def upkeep(request: HttpRequest) -> HttpResponseBase:
    """Figures that lead to the sheets behind them; each sheet with what is to be mended and whom to ask."""
    permissions.check_see_upkeep(request.user)
    kept = Actor.objects.kept().annotate(kind_rank=Actor.Kind.rank_of("kind"))
    sheets = in_order_of_confirmation(in_readers_order(kept))
    found = listing(request, sheets, UpkeepFilter, sorts=SORTS, default_sort="old", keys_first=True)
    found.queryset = _rows(found.queryset)
    if found.export_format:
        return export(request, found, _columns(), "upkeep")
    counts, beside = figures(), waiting()
    rows = list(found.page)
    asked = asked_on(rows)
    context = {
        "listing": found,
        "figures": [(check, counts[check.key], _figure_url(check.key)) for check in CHECKS],
        "proposals": beside["proposals"],
        "doubles": beside["doubles"],
        "files": beside["files"],
        "rows": [(actor, findings_of(actor), asked.get(actor.pk)) for actor in rows],
        "everything_is_well": not any(counts.values()) and not any(beside.values()),
        "query": request.GET.urlencode(),
    }
    return page(request, "directory/upkeep.html", context)


@require_POST
def ask_confirmation(request: HttpRequest) -> HttpResponse:
    """Write to the institutions that were ticked, or to the one whose button was pressed."""
    permissions.check_see_upkeep(request.user)
    picked = [request.POST["only"]] if request.POST.get("only") else request.POST.getlist("pick")
    keys = keys_of(picked)[:MOST]
    query = QueryDict(request.POST.get("query", "")).urlencode()
    back = f"{reverse('directory:upkeep')}?{query}" if query else reverse("directory:upkeep")
    if not keys:
        messages.error(request, _("Tick the institutions to ask first."))
        return redirect(back)
    actors = Actor.objects.filter(pk__in=keys).order_by("pk")
    return posted(request, actions.ask_confirmation, actors, to=back, back=back, then=partial(_say, request))


def _figure_url(key: str) -> str:
    return f"{reverse('directory:upkeep')}?what={key}"


def _rows(sheets: ActorQuerySet) -> ActorQuerySet:
    reachable = Contact.objects.current().with_post(today())
    rows = with_findings(sheets).select_related("seat").defer(*HEAVY)
    return rows.prefetch_related(Prefetch("contacts", reachable))


def _say(request: HttpRequest, asked: ConfirmationRound) -> None:
    if count := len(asked.sent):
        text = ngettext(
            "The request was sent to %(count)d institution.", "The request was sent to %(count)d institutions.", count
        )
        messages.success(request, text % {"count": count})
    for actors, sentence in (
        (asked.recent, _("Asked less than 7 days ago, and not asked again: %(names)s.")),
        (asked.own, _("You answer for these institutions yourself, confirm them on their sheets: %(names)s.")),
        (asked.unreachable, _("Nobody to write to: %(names)s. Add contact details first.")),
        (asked.unpublished, _("Not published, and not asked: %(names)s.")),
    ):
        if actors:
            messages.warning(request, sentence % {"names": _names(actors)})


def _names(actors: list[Actor]) -> str:
    """The first few names, and how many more."""
    shown = " · ".join(isolated(actor.full_name, autoescape=False) for actor in actors[:5])
    return f"{shown} (+{len(actors) - 5})" if len(actors) > 5 else shown


def _columns() -> Columns:
    def first(actor: Actor, name: str) -> str:
        return next((value for contact in actor.contacts.all() if (value := getattr(contact, name))), "")

    def mended(actor: Any) -> str:
        return " · ".join(str(check.word) for check in findings_of(actor))

    return [
        (_("Institution"), lambda actor: actor.name),
        (_("Acronym"), lambda actor: actor.acronym),
        (_("Kind"), lambda actor: actor.get_kind_display()),
        (_("Seat"), lambda actor: actor.seat or ""),
        (_("State"), lambda actor: actor.get_state_display()),
        (_("Up to date as of"), lambda actor: actor.confirmed_on or ""),
        (_("To be mended"), mended),
        (_("Telephone"), lambda actor: phone_text(first(actor, "phone"))),
        (_("E-mail"), lambda actor: first(actor, "email")),
    ]
