"""What the directory and the list of spaces can be narrowed to."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from actors.choices import space_choices, territory_choices, theme_choices
from actors.models import Actor, Space
from actors.models.actor import ActorQuerySet
from actors.models.space import SpaceQuerySet
from actors.permissions import is_administrator
from portal.core.lists import ListFilter


class ActorFilter(ListFilter):
    """The directory: who, where, on what, in which space; the state for administrators."""

    kind = django_filters.ChoiceFilter(choices=Actor.Kind, label=_("Kind"), empty_label=_("all"))
    territory = django_filters.ChoiceFilter(method="in_territory", label=_("Province or commune"), empty_label=_("all"))
    theme = django_filters.ChoiceFilter(field_name="themes", label=_("Theme"), empty_label=_("all"))
    space = django_filters.ChoiceFilter(method="in_space", label=_("Space"), empty_label=_("all"))
    state = django_filters.ChoiceFilter(choices=Actor.State, label=_("State"), empty_label=_("all"))

    class Meta:
        model = Actor
        fields = ("kind", "territory", "theme", "space", "state")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Read once each: the choices serve the form, the check of the address and the chips.
        self.filters["territory"].extra["choices"] = territory_choices()
        self.filters["theme"].extra["choices"] = theme_choices()
        self.filters["space"].extra["choices"] = space_choices(self.request.user)
        if not is_administrator(self.request.user):
            del self.filters["state"]

    def in_territory(self, queryset: ActorQuerySet, name: str, value: str) -> ActorQuerySet:
        return queryset.concerned_with(value)

    def in_space(self, queryset: ActorQuerySet, name: str, value: str) -> ActorQuerySet:
        return queryset.in_space(int(value))


class SpaceFilter(ListFilter):
    """The spaces: by kind, by territory."""

    kind = django_filters.ChoiceFilter(choices=Space.Kind, label=_("Kind"), empty_label=_("all"))
    territory = django_filters.ChoiceFilter(method="in_territory", label=_("Province or commune"), empty_label=_("all"))

    class Meta:
        model = Space
        fields = ("kind", "territory")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["territory"].extra["choices"] = territory_choices()

    def in_territory(self, queryset: SpaceQuerySet, name: str, value: str) -> SpaceQuerySet:
        return queryset.concerned_with(value)
