"""What search engines and shared links tell of a page that visitors find, and of each kind of page."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portal.core.sharing import HEIGHT, WIDTH, Picture

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
#: of no noun, and still for everybody
STANDING = {"home:about", "home:privacy"}
#: open to who has the link of a mail
BY_LINK = {"directory:confirm_from_mail", "directory:report_from_mail"}
#: as those that read them know languages
LOCALES = {"ar": "ar_AR", "fr": "fr_FR", "en": "en_GB"}


@dataclass(frozen=True)
class SharedPicture:
    """The picture of a page, at its whole address."""

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
        picture=SharedPicture(f"{settings.SITE_ADDRESS}{reverse('home:picture')}?of={kind}", str(title)),
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
    below = "" if kind == "home" else str(description)
    return Picture(
        language=get_language() or "ar",
        name=_("Tansiq"),
        title=str(title),
        above=str(REGION),
        below=below,
        notice=_("Demonstration – sample data") if settings.IS_DEMO else "",
    )
