"""The addresses of our pages: worked out once in each language, since a page names the same ones a hundred times."""

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import get_language

#: so many addresses each process remembers; an address depends on nothing that anybody may change
KEPT = 8192


def address_to(route: str, *args: object) -> str:
    """As `reverse`, in the active language. Raises NoReverseMatch where no page is called so."""
    urls = get_urlconf() or settings.ROOT_URLCONF
    return _address_to(route, tuple(map(str, args)), get_language(), urls, get_script_prefix())


@lru_cache(maxsize=KEPT)
def _address_to(route: str, args: tuple[str, ...], language: str | None, urls: str, prefix: str) -> str:
    return reverse(route, urls, args=args)
