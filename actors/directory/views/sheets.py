"""One institution: its sheet, its edit form, its confirmation, its logo."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actors.directory import actions, permissions
from actors.directory.forms.sheets import ActorForm
from actors.directory.models import Actor, Contact, Membership, ProposedChange
from actors.directory.reading.frame import sheet_frame
from actors.directory.reading.offers import waiting_offers
from actors.directory.reading.outlook import spaces_of
from actors.directory.reading.scope import themes_and_areas
from actors.directory.sheets.proposals import asked_in
from actors.directory.sheets.sharing import can_be_shared, share_text
from actors.directory.sheets.stamps import waiting_change
from portal.core.dates import today
from portal.core.files import show
from portal.core.pages import page
from portal.core.saving import posted
from portal.core.stamps import with_stamp

if TYPE_CHECKING:
    from portal.accounts.models import User

#: how many sheets may have been merged one into the next
LONGEST_CHAIN = 20


def seen_actor(request: HttpRequest, slug: str, *, to_edit: bool = False) -> Actor:
    """The sheet at this address, or 404 for whoever may not see it."""
    sheets = Actor.objects.visible_to(request.user).select_related("seat", "parent")
    return get_object_or_404(with_stamp(sheets) if to_edit else sheets, slug=slug)


def follows_merges(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page of a sheet that was merged into another one leads to the same page of that one.

    Only for now, not for good: a merge can be undone, and browsers never ask again about what moved for good.
    """

    @wraps(view)
    def followed(request: HttpRequest, slug: str) -> Any:
        try:
            return view(request, slug)
        except Http404:
            winner = _winner_of(request, slug)
            match = request.resolver_match
            if winner is None or match is None or request.method not in {"GET", "HEAD"}:
                raise
            return redirect(match.view_name, slug=winner.slug)

    return followed


def _winner_of(request: HttpRequest, slug: str) -> Actor | None:
    """The sheet this one ended up in, where the reader may see it."""
    found = Actor.objects.filter(slug=slug).exclude(merged_into=None).first()
    for _step in range(LONGEST_CHAIN):
        if found is None or found.merged_into is None:
            break
        found = found.merged_into
    return Actor.objects.visible_to(request.user).filter(pk=found.pk).first() if found else None


@login_not_required
@require_safe
@follows_merges
def actor(request: HttpRequest, slug: str) -> HttpResponse:
    sheet = seen_actor(request, slug)
    user, day = request.user, today()
    frame = sheet_frame(sheet, user, "overview")
    can_edit = frame["can_edit"]
    parent = sheet.parent if sheet.parent and (can_edit or sheet.parent.state == Actor.State.PUBLISHED) else None
    links_parent = parent is not None and Actor.objects.visible_to(user).filter(pk=parent.pk).exists()
    themes, areas = themes_and_areas(sheet)
    contacts = list(Contact.objects.visible_to(user).filter(actor=sheet).with_post(day))
    people = sheet.memberships.on(day).order_by(Membership.Part.rank_of("part").desc(), "pk")
    context = frame | {
        "parent": parent,
        "parent_url": parent.get_absolute_url() if parent and links_parent else "",
        "areas": areas,
        "themes": themes,
        "contacts": contacts,
        "spaces": spaces_of(sheet, user),
        "people": people.select_related("user") if can_edit else (),
        "offers": waiting_offers(sheet) if can_edit else (),
        "share_text": share_text(sheet, contacts) if can_be_shared(sheet) else "",
        "sheet_address": f"{settings.SITE_ADDRESS}{sheet.get_absolute_url()}",
        "shows_notes": permissions.is_administrator(user) and sheet.notes,
    }
    return page(request, "directory/actor.html", context | waiting_on(sheet, user))


def waiting_on(actor: Actor, user: "User") -> dict[str, Any]:
    """What the institution's people and the administrators are told of a proposal that waits."""
    if not (permissions.works_for(user, actor) or permissions.is_administrator(user)):
        return {}
    proposal = waiting_change(actor)
    if proposal is None:
        return {}
    proposal.actor = actor
    rows = asked_in([proposal])[proposal.pk]
    return {"waiting_change": proposal, "waiting_rows": rows, "can_answer": permissions.can_answer_change(user)}


@require_http_methods(["GET", "POST"])
def add_actor(request: HttpRequest) -> HttpResponse:
    permissions.check_add_actor(request.user)
    form = ActorForm(request.POST or None, request.FILES or None, user=request.user)
    return form.carry(request, actions.add_actor, None, makes=True, to=lambda sheet: sheet, told=_added) or page(
        request, "directory/edit_actor.html", {"form": form}
    )


@require_http_methods(["GET", "POST"])
@follows_merges
def edit_actor(request: HttpRequest, slug: str) -> HttpResponse:
    sheet = seen_actor(request, slug, to_edit=True)
    permissions.check_edit_actor(request.user, sheet)
    waiting = waiting_on(sheet, request.user)
    form = ActorForm(
        request.POST or None, request.FILES or None, instance=sheet, user=request.user,
        proposal=waiting.get("waiting_change"),
    )  # fmt: skip
    if answer := form.carry(request, actions.edit_actor, sheet, to=sheet, told=_saved):
        return answer
    return page(request, "directory/edit_actor.html", waiting | {"form": form, "actor": Actor.objects.get(pk=sheet.pk)})


def _added(sheet: Actor) -> str:
    if sheet.state == Actor.State.PUBLISHED:
        return _("The sheet is in the directory. Add its contact details next.")
    return _("The sheet is a draft: it is in the directory once its state is “published”, in “Edit the sheet”.")


def _saved(waits: ProposedChange | None) -> str:
    if waits is None:
        return _("The sheet is saved.")
    return _("The sheet is saved. The name, the kind or the seat you asked for waits for an administrator.")


@require_POST
def confirm_actor(request: HttpRequest, slug: str) -> HttpResponse:
    sheet = seen_actor(request, slug)
    told = _("Thank you: the sheet is confirmed as of today.")
    return posted(request, actions.confirm_actor, sheet, to=sheet, told=told)


@login_not_required
@require_safe
@follows_merges
def actor_logo(request: HttpRequest, slug: str) -> FileResponse:
    """The logo as a picture."""
    sheet = seen_actor(request, slug)
    if not sheet.logo:
        raise Http404
    return show(sheet.logo)
