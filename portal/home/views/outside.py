"""What machines ask for: the pictures of shared links, what may be read, where everything is, and the mark."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, get_language_info, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from actors.directory.models import Actor, Space
from meetings.models import Meeting
from portal.core.sharing import drawn, mark
from portal.home.told import KINDS, REGION, THINGS, alternates, picture_of, picture_of_thing
from recommendations.models import Recommendation

#: in seconds; what may cease to be for everybody is asked for again after a while
A_DAY, A_WHILE = 24 * 3600, 300
a_day = cache_control(public=True, max_age=A_DAY)
#: what begins so, in each language, is for people alone
CLOSED = ("accounts/", "me/", "search/", "actors/confirm/", "styleguide/")
LISTS = (
    "home:home",
    "directory:actors",
    "directory:coverage",
    "roles:matrix",
    "directory:spaces",
    "meetings:meetings",
    "recommendations:recommendations",
    "home:about",
    "home:privacy",
)


@login_not_required
@require_safe
@conditional_page
def picture(request: HttpRequest) -> HttpResponse:
    """`?of=` a kind of page; with `key` that of one thing a visitor finds, whoever asks."""
    kind, key = request.GET.get("of", "home"), request.GET.get("key", "")
    if kind not in (THINGS if key else KINDS):
        raise Http404
    found = picture_of_thing(kind, key) if key else picture_of(kind)
    if found is None:
        raise Http404
    response = HttpResponse(drawn(found), content_type="image/png")
    of_a_thing: dict[str, bool | int] = {"no_cache": True}  # which may be hidden tomorrow
    patch_cache_control(response, public=True, **(of_a_thing if key else {"max_age": A_DAY}))
    return response


@login_not_required
@a_day
@require_safe
def apple_touch_icon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(mark(180), content_type="image/png")


@login_not_required
@a_day
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """For who puts the portal on the first screen of a telephone."""
    language = get_language() or "ar"
    facts = {
        "name": f"{_('Tansiq')} – {REGION}",
        "short_name": _("Tansiq"),
        "lang": language,
        "dir": "rtl" if get_language_info(language)["bidi"] else "ltr",
        "start_url": reverse("home:home"),
        "display": "minimal-ui",
        "background_color": "#faf8f3",
        "theme_color": "#0f6b5c",
        "icons": [
            {"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": reverse("apple_touch_icon"), "sizes": "180x180", "type": "image/png"},
        ],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@login_not_required
@a_day
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What visitors may see may be read by machines; lists as files, accounts and results of a search may not. Of what
    is no real portal, nothing."""
    if not settings.IS_INDEXED:
        return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
    closed = ["/admin/", "/health/"]
    closed += [f"/{code}/{path}" for code, _name in settings.LANGUAGES for path in CLOSED]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in [*closed, "/*?*export="]), "Allow: /"]
    text = "\n".join([*lines, "", f"Sitemap: {settings.SITE_ADDRESS}{reverse('sitemap')}", ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@login_not_required
@cache_control(public=True, max_age=A_WHILE)
@require_safe
@conditional_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page a visitor finds, in each language; the same whoever asks."""
    with override(settings.LANGUAGE_CODE):
        paths = [*(reverse(name) for name in LISTS), *_things()]
    rest = [path.removeprefix(f"/{settings.LANGUAGE_CODE}") for path in paths]
    pages = [list(alternates(path)) for path in rest]
    return render(request, "home/sitemap.xml", {"pages": pages}, content_type="application/xml; charset=utf-8")


def _things() -> list[str]:
    visitor = AnonymousUser()
    meetings = Meeting.objects.visible_to(visitor)
    told = Recommendation.objects.visible_to(visitor)
    results = meetings.held_in_public().filter(pk__in=told.order_by().values("meeting"))
    return [
        *_each("directory:actor", Actor.objects.visible_to(visitor).values_list("slug", flat=True)),
        *_each("directory:space", Space.objects.visible_to(visitor).values_list("slug", flat=True)),
        *_each("meetings:meeting", meetings.values_list("reference", flat=True)),
        *_each("recommendations:meeting_results", results.values_list("reference", flat=True)),
        *_each("recommendations:recommendation", told.values_list("reference", flat=True)),
    ]


def _each(route: str, keys: Iterable[str]) -> list[str]:
    return [reverse(route, args=[key]) for key in keys]
