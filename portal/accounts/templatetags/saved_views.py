"""The views a person keeps of a list, as a menu beside it: `{% saved_views %}` on the list's page."""

from typing import Any

from django import template

from portal.accounts.models import SavedView
from portal.accounts.rules.saved_views import list_address, view_query

register = template.Library()


@register.inclusion_tag("components/saved_views.html", takes_context=True)
def saved_views(context: template.Context) -> dict[str, Any]:
    """One query for the signed in; visitors have no views. The one that is shown now is marked."""
    request = context["request"]
    if not request.user.is_authenticated:
        return {}
    route = request.resolver_match.view_name
    query = view_query(request.GET.urlencode())
    views = list(SavedView.objects.visible_to(request.user).filter(route=route))
    return {
        "shown": True,
        "views": views,
        "current": next((view for view in views if view.query == query), None),
        "route": route,
        "address": list_address(route),
        "query": query,
    }
