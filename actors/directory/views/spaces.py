"""Coordination spaces: the list, one space, its members."""

from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actors.directory import actions, permissions
from actors.directory.filters import SpaceFilter
from actors.directory.forms.people import EndForm, MemberForm, SpaceForm
from actors.directory.models import Actor, Space, SpaceMember
from actors.directory.models.terms import term_condition
from actors.directory.reading.outlook import meetings_of
from actors.directory.views.actors import in_readers_order
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.exports import Columns, export
from portal.core.lists import listing
from portal.core.models import fault_of
from portal.core.pages import page
from portal.core.stamps import with_stamp

SORTS = {"name": ("sort_name",), "kind": ("kind_rank", "sort_name"), "members": ("members_count", "sort_name")}
DOCUMENTS = 6
#: what is said of an institution in the list of members
SHOWN = ("kind", "slug", "acronym", *(f"name_{language}" for language in ("ar", "fr", "en")))


class MemberShown(NamedTuple):
    """All that the list of members says of one, in the reader's language: the same values are the same line, drawn
    once."""

    pk: int
    name: str
    acronym: str
    #: '' where the reader does not see the sheet
    url: str
    kind: str
    ends_on: date | None
    may_end: bool


@login_not_required
@require_safe
def spaces(request: HttpRequest) -> HttpResponseBase:
    sitting = Count("members", filter=term_condition(today(), "members__"), distinct=True)
    seen = in_readers_order(Space.objects.visible_to(request.user)).annotate(members_count=sitting)
    seen = seen.annotate(kind_rank=Space.Kind.rank_of("kind")).select_related("territory")
    found = listing(request, seen, SpaceFilter, sorts=SORTS, default_sort="name")
    if found.export_format:
        return export(request, found, _columns(), "spaces")
    return page(
        request, "directory/spaces.html", {"listing": found, "can_add": permissions.can_add_space(request.user)}
    )


@login_not_required
@require_safe
def space(request: HttpRequest, slug: str) -> HttpResponse:
    user = request.user
    here = _seen_space(request, slug, shows_host=_is_open_to(user, "host"))
    members = list(
        here.members.on(today())
        .annotate(is_open=_is_open_to(user, "actor"))
        .filter(Q(actor__state=Actor.State.PUBLISHED) | Q(is_open=True))
        .select_related("actor")
        .only("part", "ends_on", *(f"actor__{name}" for name in SHOWN))
        .order_by("actor__name_ar", "pk")
    )
    members.sort(key=lambda member: SpaceMember.Part(member.part).rank)
    can_edit = permissions.can_edit_space(user, here)
    may_end = {part for part in SpaceMember.Part.values if can_edit and permissions.can_add_member(user, here, part)}
    context = {
        "space": here,
        "parts": [
            (SpaceMember.Part(part), [_member_shown(row, may_end=part in may_end) for row in rows])
            for part, rows in groupby(members, key=lambda member: member.part)
        ],
        "members_count": len(members),
        "meetings": meetings_of(here.meetings, user),
        "strip": here.recommendations.seen_strip(user),
        "register_url": f"{reverse('recommendations:recommendations')}?space={here.pk}",
        "documents": here.documents.of_seen_space(here, user).current()[:DOCUMENTS],
        "can_edit": can_edit,
        "picture_fault": can_edit and fault_of(here.letterhead),
    }
    return page(request, "directory/space.html", context)


def _member_shown(member: Any, *, may_end: bool) -> MemberShown:
    actor = member.actor
    url = actor.get_absolute_url() if member.is_open else ""
    ends_on = member.ends_on
    said = member.pk, str(actor.name), actor.acronym, url, str(actor.get_kind_display())
    return MemberShown(*said, ends_on, may_end and not ends_on)


@require_http_methods(["GET", "POST"])
def add_space(request: HttpRequest) -> HttpResponse:
    permissions.check_add_space(request.user)
    form = SpaceForm(request.POST or None, request.FILES or None, user=request.user)
    told = _("The space is open. Add its members next.")
    return form.carry(request, actions.add_space, None, makes=True, to=lambda here: here, told=told) or page(
        request, "directory/edit_space.html", {"form": form}
    )


@require_http_methods(["GET", "POST"])
def edit_space(request: HttpRequest, slug: str) -> HttpResponse:
    here = _seen_space(request, slug, to_edit=True)
    permissions.check_edit_space(request.user, here)
    form = SpaceForm(request.POST or None, request.FILES or None, instance=here, user=request.user)
    return form.carry(request, actions.edit_space, here, to=here, told=_("The space is saved.")) or page(
        request, "directory/edit_space.html", {"form": form, "space": here}
    )


@require_http_methods(["GET", "POST"])
def add_member(request: HttpRequest, slug: str) -> HttpResponse:
    here = _seen_space(request, slug)
    permissions.check_add_member(request.user, here)
    form = MemberForm(request.POST or None, space=here, user=request.user)
    told = _("The institution has joined the space.")
    return form.carry(request, actions.add_member, here, to=here, told=told) or page(
        request, "directory/add_member.html", {"form": form, "space": here}
    )


@require_http_methods(["GET", "POST"])
def end_member(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(SpaceMember.objects.visible_to(request.user).select_related("space", "actor"), pk=pk)
    here = member.space
    permissions.check_end_member(request.user, member)
    form = EndForm(request.POST or None)
    told = _("The end of the term is recorded.")
    context = {"form": form, "member": member, "space": here, "back_url": here.get_absolute_url()}
    return form.carry(request, actions.end_member, member, to=here, told=told) or page(
        request, "directory/end_member.html", context
    )


def _seen_space(request: HttpRequest, slug: str, *, to_edit: bool = False, **said: Exists) -> Space:
    seen = Space.objects.visible_to(request.user).select_related("territory", "host", "parent").annotate(**said)
    return get_object_or_404(with_stamp(seen) if to_edit else seen, slug=slug)


def _is_open_to(user: User, field: str) -> Exists:
    """Whether the reader sees the sheet that `field` points at. Who sits in a space is named all the same; but a link
    to a sheet that nobody has confirmed for long would lead a visitor nowhere."""
    return Exists(Actor.objects.visible_to(user).filter(pk=OuterRef(field)))


def _columns() -> Columns:
    return [
        (_("Code"), lambda space: space.code),
        (_("Space"), lambda space: space.name),
        (_("Kind"), lambda space: space.get_kind_display()),
        (_("Territory"), lambda space: space.territory or ""),
        (_("Members"), lambda space: space.members_count),
    ]
