"""Which view of a list an address is, and where a saved one is opened again."""

from urllib.parse import parse_qsl, urlencode

from django.urls import NoReverseMatch, reverse

#: what is asked of a list without belonging to a view of it
PASSING = frozenset({"page", "export", "hxl"})


def view_query(query: str) -> str:
    """What a view keeps of an address's query: filters, search and order, in one order, without what is empty."""
    kept = [(name, value) for name, value in parse_qsl(query) if name not in PASSING]
    return urlencode(sorted(kept))


def list_address(route: str) -> str:
    """The address of a list by its route, `namespace:name` without arguments; '' where there is none of ours."""
    namespace, _colon, name = route.partition(":")
    if not (namespace.isidentifier() and name.isidentifier()) or namespace == "admin":
        return ""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
