"""What the directory and the list of spaces can be narrowed to."""

from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from actors.directory.forms.choosing import ActorField
from actors.directory.models import Actor, Space, SpaceMember
from actors.directory.models.actor import FRESH, SHOWN, ActorQuerySet
from actors.directory.models.space import SpaceQuerySet
from actors.directory.permissions import is_administrator
from actors.directory.reading.narrowing import narrowing
from actors.directory.reading.upkeep import CHECKS
from actors.directory.rules.choices import ALL, ALL_FEMININE, territory_choices
from actors.directory.rules.working import working
from portal.core.dates import today
from portal.core.lists import ListFilter

FRESHNESS = (
    ("fresh", _("within the last 12 months")),
    ("stale", _("more than 12 months ago")),
    ("hidden", _("more than 18 months ago")),
    ("never", _("never confirmed by the institution")),
)


class InstitutionFilter(django_filters.Filter):
    """One institution of thousands, by its key or its name; what may be chosen is its `queryset`."""

    field_class = ActorField


class ActorFilter(ListFilter):
    """The directory: who, where, on what, in which space; how fresh for the signed in, the state for administrators."""

    kind = django_filters.ChoiceFilter(choices=Actor.Kind, label=_("Kind"), empty_label=ALL)
    territory = django_filters.ChoiceFilter(
        method="in_territory", label=_("Province or commune"), empty_label=ALL_FEMININE
    )
    theme = django_filters.ChoiceFilter(method="on_theme", label=_("Theme"), empty_label=ALL_FEMININE)
    space = django_filters.ChoiceFilter(method="in_space", label=_("Space"), empty_label=ALL)
    fresh = django_filters.ChoiceFilter(
        method="in_freshness", choices=FRESHNESS, label=_("Up to date as of"), empty_label=ALL_FEMININE
    )
    state = django_filters.ChoiceFilter(choices=Actor.State, label=_("State"), empty_label=ALL)

    class Meta:
        model = Actor
        fields = ("kind", "territory", "theme", "space", "fresh", "state")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Read once: the choices serve the form, the check of the address and the chips.
        for name, choices in narrowing(self.request.user).items():
            self.filters[name].extra["choices"] = choices
        if not self.request.user.is_authenticated:
            del self.filters["fresh"]
        if not is_administrator(self.request.user):
            del self.filters["state"]

    def in_freshness(self, queryset: ActorQuerySet, name: str, value: str) -> ActorQuerySet:
        match value:
            case "fresh":
                return queryset.filter(confirmed_on__gte=today() - FRESH)
            case "stale":
                return queryset.unconfirmed_since(today() - FRESH)
            case "hidden":
                return queryset.unconfirmed_since(today() - SHOWN)
            case "never":
                return queryset.unverified()
        return queryset

    def in_territory(self, queryset: ActorQuerySet, name: str, value: str) -> ActorQuerySet:
        """Where and on what are one question: who is active here may have the theme's role elsewhere."""
        theme = self.form.cleaned_data.get("theme")
        return working(queryset, self.request.user, codes=[value], themes=[int(theme)] if theme else [])

    def on_theme(self, queryset: ActorQuerySet, name: str, value: str) -> ActorQuerySet:
        if self.form.cleaned_data.get("territory"):
            return queryset
        return working(queryset, self.request.user, themes=[int(value)])

    def in_space(self, queryset: ActorQuerySet, name: str, value: str) -> ActorQuerySet:
        return queryset.filter(pk__in=SpaceMember.objects.on(today()).filter(space=int(value)).values("actor_id"))


class UpkeepFilter(ListFilter):
    """The sheets to be looked after: by what is to be mended, by kind, by place, by state."""

    what = django_filters.ChoiceFilter(
        method="to_mend",
        choices=lambda: [(check.key, check.label) for check in CHECKS],
        label=_("To be mended"),
        empty_label=_("anything"),
    )
    kind = django_filters.ChoiceFilter(choices=Actor.Kind, label=_("Kind"), empty_label=ALL)
    territory = django_filters.ChoiceFilter(
        method="in_territory", label=_("Province or commune"), empty_label=ALL_FEMININE
    )
    state = django_filters.ChoiceFilter(
        choices=[(state, label) for state, label in Actor.State.choices if state != Actor.State.ARCHIVED],
        label=_("State"),
        empty_label=ALL,
    )

    class Meta:
        model = Actor
        fields = ("what", "kind", "territory", "state")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["territory"].extra["choices"] = territory_choices()

    def filter_queryset(self, queryset: ActorQuerySet) -> ActorQuerySet:
        """Without a choice: whatever needs mending at all."""
        found = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("what"):
            return found
        return found.filter(reduce(or_, (check.condition() for check in CHECKS)))

    def to_mend(self, queryset: ActorQuerySet, name: str, value: str) -> ActorQuerySet:
        return queryset.filter(next(check for check in CHECKS if check.key == value).condition())

    def in_territory(self, queryset: ActorQuerySet, name: str, value: str) -> ActorQuerySet:
        return working(queryset, self.request.user, codes=[value])


class SpaceFilter(ListFilter):
    """The spaces: by kind, by territory."""

    kind = django_filters.ChoiceFilter(choices=Space.Kind, label=_("Kind"), empty_label=ALL)
    territory = django_filters.ChoiceFilter(
        method="in_territory", label=_("Province or commune"), empty_label=ALL_FEMININE
    )

    class Meta:
        model = Space
        fields = ("kind", "territory")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["territory"].extra["choices"] = territory_choices()

    def in_territory(self, queryset: SpaceQuerySet, name: str, value: str) -> SpaceQuerySet:
        return queryset.concerned_with(value)
