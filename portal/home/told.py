"""What search engines and shared links tell of a page that visitors find, of each kind of page and of each thing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from actors.directory.models import Actor, Space
from meetings.models import Meeting
from portal.core.dates import long_day
from portal.core.sharing import HEIGHT, WIDTH, Picture
from recommendations.models import Recommendation

REGION = gettext_lazy("Coordination on migration in the Oriental region")
#: the kinds of page: what stands on their picture, and what is told of a page that says nothing itself
KINDS = {
    "home": (
        gettext_lazy("What institutions agreed on migration, and what became of it"),
        gettext_lazy(
            "“Tansiq” is where communes, deconcentrated state services, associations and universities keep one "
            "directory, meet, and follow up their recommendations until they are done."
        ),
    ),
    "actors": (
        gettext_lazy("Directory of actors"),
        gettext_lazy("One directory: who works on what, where, and whom to write to."),
    ),
    "spaces": (
        gettext_lazy("Coordination spaces"),
        gettext_lazy("Coordination spaces: who belongs to them, when they meet, and what they recommend."),
    ),
    "meetings": (
        gettext_lazy("Meetings"),
        gettext_lazy("Meetings, from the invitation to the adopted minutes and the report."),
    ),
    "recommendations": (
        gettext_lazy("Register of recommendations"),
        gettext_lazy("What meetings recommended, who takes charge of it, and where it stands."),
    ),
}
#: of each noun: its things, what their address names them by, and what stands above their title
THINGS: dict[str, tuple[Any, str, Callable[[Any], str]]] = {
    "actors": (Actor, "slug", lambda row: str(row.get_kind_display())),
    "spaces": (Space, "slug", lambda row: str(row.get_kind_display())),
    "meetings": (Meeting, "reference", lambda row: long_day(row.starts_at)),
    "recommendations": (Recommendation, "reference", lambda row: row.reference),
}
#: of no noun, and still for everybody
STANDING = {"home:about", "home:privacy"}
#: open to who has the link of a mail
BY_LINK = {"directory:confirm_from_mail", "directory:report_from_mail"}
#: as those that read them know languages
LOCALES = {"ar": "ar_AR", "fr": "fr_FR", "en": "en_GB"}


@dataclass(frozen=True)
class SharedPicture:
    """The picture of a page, at its whole address; where it says nothing, it says what the page is called."""

    address: str
    says: str
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class ToldOfPage:
    """The page in each language at its whole address, its kind, and what is told where it says nothing itself."""

    address: str
    alternates: list[tuple[str, str]]
    type: str
    locale: str
    other_locales: list[str]
    picture: SharedPicture
    description: str


def told_of(request: HttpRequest, noun: str) -> ToldOfPage | None:
    """None for who is signed in, and for pages that are not for everybody: nothing of them may be passed on."""
    match, user = request.resolver_match, getattr(request, "user", None)
    if match is None or user is None or user.is_authenticated:
        return None
    if not (noun or match.view_name in STANDING) or match.view_name in BY_LINK:
        return None
    kind = noun or "home"
    title, description = KINDS[kind]
    of = {"of": kind}
    if noun in THINGS and (key := match.kwargs.get(THINGS[noun][1])):
        of["key"] = key
    says = "" if "key" in of else str(title)
    language, code = get_language() or "ar", request.path_info.strip("/").split("/")[0]
    rest = request.path_info.removeprefix(f"/{code}")
    # Whatever is sorted or filtered is the same list; its pages are pages of their own.
    number = request.GET.get("page", "")
    rest += f"?page={number}" if number.isdecimal() and number.isascii() and number != "1" else ""
    return ToldOfPage(
        address=f"{settings.SITE_ADDRESS}/{language}{rest}",
        alternates=list(alternates(rest)),
        type="article" if match.kwargs else "website",
        locale=LOCALES[language],
        other_locales=[locale for known, locale in LOCALES.items() if known != language],
        picture=SharedPicture(f"{settings.SITE_ADDRESS}{reverse('home:picture')}?{urlencode(of)}", says),
        description=str(description),
    )


def alternates(rest: str) -> Iterable[tuple[str, str]]:
    """The whole addresses of what stands at `rest` behind the language: each language, and for all others Arabic."""
    for code, _name in settings.LANGUAGES:
        yield code, f"{settings.SITE_ADDRESS}/{code}{rest}"
    yield "x-default", f"{settings.SITE_ADDRESS}/{settings.LANGUAGE_CODE}{rest}"


def picture_of(kind: str) -> Picture:
    """The picture of a kind of page, in the language that is active."""
    title, description = KINDS[kind]
    return _picture(str(title), above=str(REGION), below="" if kind == "home" else str(description))


def picture_of_thing(kind: str, key: str) -> Picture | None:
    """The picture of one thing, in the language that is active; None where no visitor finds it."""
    model, named_by, above = THINGS[kind]
    row: Model | None = model.objects.visible_to(AnonymousUser()).filter(**{named_by: key}).first()
    return None if row is None else _picture(str(row), above=f"{KINDS[kind][0]} · {above(row)}", below=str(REGION))


def _picture(title: str, *, above: str, below: str) -> Picture:
    return Picture(
        language=get_language() or "ar",
        name=_("Tansiq"),
        title=title,
        above=above,
        below=below,
        notice=_("Demonstration – sample data") if settings.IS_DEMO else "",
    )
