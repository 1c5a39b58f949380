"""Lists to choose from in forms and filters, each read in one query."""

from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from actors.directory.models import Actor, Space
from portal.reference.models import Territory, Theme

if TYPE_CHECKING:
    from portal.accounts.models import User

Choices = list[tuple[Any, Any]]
#: of a filter that narrows nothing, beside a label of either gender
ALL, ALL_FEMININE = gettext_lazy("all"), pgettext_lazy("feminine", "all")


def territory_label(name: str, level: str) -> str:
    """The name; a province says that it is meant as a whole, since its chief town often has the same name."""
    return _("%(name)s – all communes") % {"name": name} if level == Territory.Level.PROVINCE else name


def territory_choices() -> Choices:
    """The region, then each province with its communes under its name."""
    choices: Choices = []
    groups: dict[str, Choices] = {}
    for territory in Territory.objects.order_by("code"):
        row = (territory.code, territory_label(str(territory), territory.level))
        if territory.level == Territory.Level.COMMUNE:
            province = next((code for code in groups if territory.code.startswith(f"{code}.")), None)
            (groups[province] if province else choices).append(row)
        elif territory.level == Territory.Level.PROVINCE:
            groups[territory.code] = [row]
            choices.append((str(territory), groups[territory.code]))
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
