"""Who answers for an institution, now and before; one person hands over to another, and the sheet both sign."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actors.directory import actions, permissions
from actors.directory.actions.handing_over import Passing
from actors.directory.forms.people import HandOverForm
from actors.directory.models import FocalPoint, HandOver, Membership
from actors.directory.reading.frame import sheet_frame
from actors.directory.reports.hand_over import LANGUAGES, grouped, sheet_data, sheet_title
from actors.directory.rules.open_items import open_items_of
from actors.directory.views.sheets import follows_merges, seen_actor
from portal.core.dates import today
from portal.core.pages import page
from portal.core.saving import posted
from portal.core.work import call_worker


@require_safe
@follows_merges
def focal_points(request: HttpRequest, slug: str) -> HttpResponse:
    """Holder and alternate with their terms, those to come and those before, and the hand-overs between them."""
    actor = seen_actor(request, slug)
    permissions.check_see_focal_points(request.user, actor)
    day = today()
    newest = (F("starts_on").desc(nulls_last=True), "-pk")
    terms = list(actor.focal_points.select_related("contact__user").order_by("part", *newest))
    hand_overs = _rows(actor.hand_overs.select_related("from_user", "to_user"))
    serving = [point for point in terms if not _is_over(point, day) and not _is_coming(point, day)]
    context = sheet_frame(actor, request.user, "focal_points") | {
        "posts": [(part, [point for point in serving if point.part == part]) for part in FocalPoint.Part],
        "coming": sorted((point for point in terms if _is_coming(point, day)), key=lambda one: one.starts_on or day),
        "past": sorted((point for point in terms if _is_over(point, day)), key=lambda one: one.ends_on or day)[::-1],
        "planned": [one for one in hand_overs if one["row"].is_planned][::-1],
        "hand_overs": [one for one in hand_overs if not one["row"].is_planned],
        "can_hand_over": permissions.can_hand_over(request.user, actor),
    }
    return page(request, "directory/focal_points.html", context)


@require_http_methods(["GET", "POST"])
@follows_merges
def hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; then what it would do and what is open that day; then it is done."""
    actor = seen_actor(request, slug)
    permissions.check_hand_over(request.user, actor)
    form = HandOverForm(request.POST or None, actor=actor)
    step = request.POST.get("step", "")
    told = _("The hand-over is recorded. Print its sheet and have it signed.")
    if step == "confirm" and (answer := form.carry(request, actions.hand_over, actor, to=lambda row: row, told=told)):
        return answer
    context = sheet_frame(actor, request.user, "focal_points")
    if not step and form.is_valid() and (passing := form.foreseen()):
        context |= _foreseen(passing) | {"typed": _typed(form)}
        return page(request, "directory/hand_over_confirm.html", context)
    return page(request, "directory/hand_over.html", context | {"form": form})


@require_http_methods(["GET", "POST"])
def hand_over_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One hand-over with what was open; posted with a language, its sheet is made for both to sign."""
    seen = HandOver.objects.visible_to(request.user).select_related("actor", "from_user", "to_user", "made_by")
    row = get_object_or_404(seen, pk=pk)
    language = request.POST.get("language", "")
    if language in LANGUAGES:
        with override(language):
            title, data = sheet_title(row), sheet_data(row, language)
        data["back"] = {"url": row.get_absolute_url(), "label": str(_("Hand-over"))}
        return posted(
            request,
            actions.order_printout,
            "directory.hand_over",
            to=lambda printout: printout,
            back=row,
            then=call_worker,
            title=title,
            language=language,
            data=data,
            hand_over=row,
        )
    mine = permissions.can_see_focal_points(request.user, row.actor)
    context = {
        "hand_over": row,
        "actor": row.actor,
        "can_call_off": row.can_be_called_off and permissions.can_hand_over(request.user, row.actor),
        "crumb_url": reverse("directory:focal_points", args=[row.actor.slug]) if mine else row.actor.get_absolute_url(),
        "parties": _parties(row),
        "parts": [Membership.Part(part).label for part in row.parts if part in Membership.Part.values],
        "groups": grouped(row.open_items.get(_language(), [])),
        "languages": sorted(LANGUAGES.items(), key=lambda row: row[0] != _language()),
    }
    return page(request, "directory/hand_over_sheet.html", context)


@require_http_methods(["GET", "POST"])
def call_off_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """A planned hand-over does not take place, once somebody has said yes to that here."""
    row = get_object_or_404(HandOver.objects.visible_to(request.user).select_related("actor"), pk=pk)
    permissions.check_hand_over(request.user, row.actor)
    back = reverse("directory:focal_points", args=[row.actor.slug])
    if request.method == "POST":
        told = _("The hand-over is called off: everything stays as it was.")
        return posted(request, actions.call_off_hand_over, row, to=back, back=back, told=told)
    if not row.can_be_called_off:
        return redirect(row)
    context = {
        "hand_over": row,
        "parties": _parties(row),
        "danger": True,
        "submit": _("Call the hand-over off"),
        "back_url": back,
    }
    return page(request, "directory/call_off_hand_over.html", context)


def _language() -> str:
    return (get_language() or "ar")[:2]


def _is_over(point: FocalPoint, day: date) -> bool:
    return point.ends_on is not None and point.ends_on < day


def _is_coming(point: FocalPoint, day: date) -> bool:
    return point.starts_on is not None and point.starts_on > day


def _foreseen(passing: Passing) -> dict[str, Any]:
    """What the page that asks for the last yes says."""
    language = _language()
    items = open_items_of(passing.actor, passing.day)[language]
    contact = passing.contact
    return {
        "passing": passing,
        "office": contact.role if contact else "",
        "person": contact.person if contact else "",
        "parts": [membership.get_part_display() for membership in passing.memberships],
        "groups": grouped(items),
        "items_count": len(items),
        "is_past": passing.day < today(),
        "is_future": passing.day > today(),
    }


def _typed(form: HandOverForm) -> list[tuple[str, str]]:
    """What was typed, to be carried through the page that asks for the last yes."""
    return [(name, str(form[name].value() or "")) for name in form.fields]


def _parties(row: HandOver) -> list[dict[str, str]]:
    """Both parties as the portal’s people may know them: the office, the person, the account."""
    language = _language()
    sides = (("from", _("Handed over by"), row.from_user), ("to", _("Taken over by"), row.to_user))
    return [
        {
            "label": label,
            "office": row.office_of(side, language),
            "person": row.person_of(side) or (user.name if user else ""),
        }
        for side, label, user in sides
    ]


def _rows(rows: Iterable[HandOver]) -> list[dict[str, Any]]:
    return [{"row": row, "parties": _parties(row)} for row in rows]
