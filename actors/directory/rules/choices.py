"""Lists to choose from in forms and filters, each read in one query."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from actors.directory.models import Actor, Space
from portal.core.names import nearest_of
from portal.reference.models import Territory, Theme

if TYPE_CHECKING:
    from portal.accounts.models import User

Choices = list[tuple[Any, Any]]
NAMES = ("name_ar", "name_fr", "name_en")
#: of a filter that narrows nothing, beside a label of either gender
ALL, ALL_FEMININE = gettext_lazy("all"), pgettext_lazy("feminine", "all")


def territory_label(name: str, level: str) -> str:
    """The name; a province says that it is meant as a whole, since its chief town often has the same name."""
    return _("%(name)s – all communes") % {"name": name} if level == Territory.Level.PROVINCE else name


def territory_choices() -> Choices:
    """The region, then each province with its communes under its name."""
    return grouped_territories(Territory.objects.order_by("code").values_list("code", "level", *NAMES))


def grouped_territories(rows: Iterable[tuple[str, str, str, str, str]]) -> Choices:
    """The same of their codes, levels and names in each language, by code."""
    known = _territories(tuple(rows), get_language() or "ar")
    return [(name, list(group) if isinstance(group, list) else group) for name, group in known]


@lru_cache(maxsize=8)
def _territories(rows: tuple[tuple[str, str, str, str, str], ...], language: str) -> Choices:
    """Put in order once for the same rows, which are read each time: they are a hundred and a half."""
    choices: Choices = []
    groups: dict[str, Choices] = {}
    for code, level, *names in rows:
        name = nearest_of(dict(zip(("ar", "fr", "en"), names, strict=True)), language)
        row = (code, territory_label(name, level))
        if level == Territory.Level.COMMUNE:
            province = next((wider for wider in groups if code.startswith(f"{wider}.")), None)
            (groups[province] if province else choices).append(row)
        elif level == Territory.Level.PROVINCE:
            groups[code] = [row]
            choices.append((name, groups[code]))
        else:
            choices.append(row)
    return choices


def with_own(choices: Choices, row: Model | None, label: Any = str) -> Choices:
    """The choices with `row`, what stands there already, also where it is offered to nobody any more.

    A form that did not offer it would clear it as soon as anything else is saved.
    """
    if row is None or row.pk in dict(choices):
        return choices
    return [*choices, (row.pk, label(row))]


def theme_choices() -> Choices:
    return [(theme.pk, str(theme)) for theme in Theme.objects.filter(is_active=True)]


def space_choices(user: "User") -> Choices:
    """The spaces the reader may see."""
    return [(space.pk, str(space)) for space in Space.objects.visible_to(user).only("name_ar", "name_fr", "name_en")]


def offered_with(user: "User", own: int | None) -> QuerySet[Actor]:
    """The institutions the reader may see and that are not archived, and the one that stands there already."""
    seen = Actor.objects.visible_to(user).kept()
    return seen if own is None else seen | Actor.objects.filter(pk=own)
