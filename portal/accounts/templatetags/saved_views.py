"""The views a person keeps of a list, as a menu beside it: `{% saved_views %}` on the list's page."""

from typing import TYPE_CHECKING, Any, NamedTuple

from django import template
from django.db.models import BigIntegerField, CharField

from portal.accounts.models import SavedView, User
from portal.accounts.rules.saved_views import list_address, view_query
from portal.core.asking import PERSON, Reader, answers, filled, text_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

register = template.Library()


class KeptView(NamedTuple):
    """What the menu says of a view."""

    pk: int
    name: str
    query: str


@register.inclusion_tag("components/saved_views.html", takes_context=True)
def saved_views(context: template.Context) -> dict[str, Any]:
    """One query for the signed in; visitors have no views. The one that is shown now is marked."""
    request = context["request"]
    if not request.user.is_authenticated:
        return {}
    route = request.resolver_match.view_name
    query = view_query(request.GET.urlencode())
    views = _kept(request.user, route)
    return {
        "shown": True,
        "views": views,
        "current": next((view for view in views if view.query == query), None),
        "route": route,
        "address": list_address(route),
        "query": query,
    }


def _kept(user: User, route: str) -> list[KeptView]:
    """A person's views of one list, in a question written once."""

    def of(person: User) -> "QuerySet[Any]":
        return SavedView.objects.visible_to(person).filter(route=route).values_list(*KeptView._fields)

    reader = Reader(User(pk=PERSON), "own", {PERSON: [user.pk]})
    text = text_of(reader, (SavedView, route), of)
    return [KeptView(*row) for row in answers(filled(text, reader.keys), (BigIntegerField(), CharField(), CharField()))]
