"""Names and texts kept in three languages, answered in the reader's."""

from collections.abc import Iterable, Mapping
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.db.models import CharField, F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

#: the languages something is written in, named in the reader's
LANGUAGES = {"ar": _("Arabic"), "fr": _("French"), "en": _("English")}
FALLBACKS = {"ar": ("ar", "fr", "en"), "fr": ("fr", "en", "ar"), "en": ("en", "fr", "ar")}


def under_our_name(address: str) -> str:
    """The mailbox in `address`, under the portal's name in the reader's language: «تنسيق <tansiq@example.org>»."""
    return formataddr((gettext("Tansiq"), parseaddr(address)[1]))


def contact_address() -> str:
    """The mailbox the portal itself is written to."""
    return settings.CONTACT_EMAIL or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def listed(parts: Iterable[object]) -> str:
    """In one line, with what stands between the parts of a list in the reader's language."""
    return pgettext("between the parts of a list", ", ").join(map(str, parts))


class InReadersLanguage:
    """A read-only attribute over `<stem>_ar`, `<stem>_fr`, `<stem>_en`: the reader's, else the nearest written one."""

    def __init__(self, stem: str = "name") -> None:
        self.stem = stem

    def __get__(self, instance: object | None, owner: type | None = None) -> object:
        if instance is None:
            return self
        return in_language(instance, self.stem, get_language() or "ar")


def at_hand(*languages: str) -> list[str]:
    """The languages in which a form asks openly, each once: those given, then the reader's; the others are folded."""
    return list(dict.fromkeys((*languages, (get_language() or "ar")[:2])))


def in_language(instance: object, stem: str, language: str) -> str:
    """The instance's text in `language` (ar, fr or en), else the nearest that is written, else ''."""
    for code in FALLBACKS.get(language[:2], FALLBACKS["ar"]):
        if text := getattr(instance, f"{stem}_{code}", ""):
            return text
    return ""


def nearest_of(texts: Mapping[str, str], language: str) -> str:
    """The same of texts by their language."""
    return next((texts[code] for code in FALLBACKS.get(language[:2], FALLBACKS["ar"]) if texts.get(code)), "")


def written(path: str, language: str = "") -> Coalesce:
    """The same in the database: of the columns `<path>_ar`, … the reader's (or the `language`'s), else the nearest that
    is written."""
    order = FALLBACKS[(language or get_language() or "ar")[:2]]
    names = (NullIf(F(f"{path}_{code}"), Value(""), output_field=CharField()) for code in order)
    return Coalesce(*names, output_field=CharField())
