"""What every page of a sheet shares: its head, its notices, its tabs."""

from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actors.directory.models import Actor
from actors.directory.permissions import can_edit_actor, can_see_changes, can_see_focal_points, sees_inside, works_for
from portal.core.models import fault_of

if TYPE_CHECKING:
    from portal.accounts.models import User

#: key, what the tab is called, its route
TABS = (
    ("overview", pgettext_lazy("of a sheet", "Overview"), "directory:actor"),
    ("activity", pgettext_lazy("of a sheet", "Activity"), "directory:actor_activity"),
    ("roles", pgettext_lazy("of a sheet", "Roles"), "roles:actor_roles"),
    ("focal_points", _("Focal points"), "directory:focal_points"),
    ("changes", _("What changed"), "directory:actor_changes"),
)


def sheet_frame(actor: Actor, user: "User", current: str) -> dict[str, Any]:
    """The context `directory/frame.html` asks for: the sheet, who the reader is to it, its tabs (`current` a key)."""
    can_edit, inside = can_edit_actor(user, actor), sees_inside(user)
    published = actor.state == Actor.State.PUBLISHED
    place = [str(actor.seat)] if actor.seat else []
    return {
        "actor": actor,
        "kind_line": " · ".join([capfirst(actor.get_kind_display()), *place]),
        "can_edit": can_edit,
        "picture_fault": fault_of(actor.logo),
        "works_here": works_for(user, actor),
        "sees_inside": inside,
        "is_stale": inside and published and actor.is_stale,
        "is_hidden": can_edit and published and actor.is_hidden_from_visitors,
        "sheet_tabs": _tabs(actor, user, current),
    }


def _tabs(actor: Actor, user: "User", current: str) -> list[dict[str, Any]]:
    guarded = {"changes": can_see_changes, "focal_points": can_see_focal_points}
    tabs = []
    for key, label, route in TABS:
        if key in guarded and not guarded[key](user, actor):
            continue
        try:
            url = reverse(route, args=[actor.slug])
        except NoReverseMatch:
            continue
        tabs.append({"key": key, "label": label, "url": url, "current": key == current})
    return tabs
