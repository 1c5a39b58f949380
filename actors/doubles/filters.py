"""What the lists of possible doubles and of merges can be narrowed to."""

import django_filters
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actors.directory.models import Actor
from actors.doubles.models import Double, Merge
from portal.core.lists import ListFilter
from portal.core.search import find

SETTLED = "settled"
STANDING, UNDONE = "standing", "undone"


class DoubleFilter(ListFilter):
    """Possible doubles: why they look alike, of what kind; and those a person has told apart."""

    reason = django_filters.ChoiceFilter(
        choices=Double.Reason.choices, method="for_reason", label=_("Why"), empty_label=_("all")
    )
    kind = django_filters.ChoiceFilter(choices=Actor.Kind, method="of_kind", label=_("Kind"), empty_label=_("all"))
    shown = django_filters.ChoiceFilter(
        choices=[(SETTLED, _("told apart"))],
        method="as_shown",
        label=_("Shown"),
        empty_label=_("to be looked at"),
    )

    class Meta:
        model = Double
        fields = ("reason", "kind", "shown")

    @property
    def qs(self) -> QuerySet:
        """Without a word, only those nobody has told apart."""
        found = super().qs
        return found if self.data.get("shown") == SETTLED else found.filter(settled_at=None)

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        named = find(Actor.objects.standing(), value).values("pk")
        return queryset.filter(Q(first__in=named) | Q(second__in=named))

    def meant(self, seen: QuerySet) -> QuerySet:
        pairs = seen.filter(settled_at=None)
        return Actor.objects.standing().filter(Q(pk__in=pairs.values("first")) | Q(pk__in=pairs.values("second")))

    def for_reason(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        # As text: the two databases search JSON each in its own way.
        return queryset.annotate(told=Cast("reasons", TextField())).filter(told__contains=f'"{value}"')

    def of_kind(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Q(first__kind=value) | Q(second__kind=value))

    def as_shown(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.exclude(settled_at=None)


class MergeFilter(ListFilter):
    """Merges: those that stand, and those that were undone."""

    state = django_filters.ChoiceFilter(
        choices=[(STANDING, _("in force")), (UNDONE, pgettext_lazy("merge", "undone"))],
        method="in_state",
        label=_("State"),
        empty_label=_("all"),
    )

    class Meta:
        model = Merge
        fields = ("state",)

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        named = find(Actor.objects.all(), value).values("pk")
        return queryset.filter(Q(winner__in=named) | Q(loser__in=named))

    def meant(self, seen: QuerySet) -> QuerySet:
        return Actor.objects.filter(Q(pk__in=seen.values("winner")) | Q(pk__in=seen.values("loser")))

    def in_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(undone_at=None) if value == STANDING else queryset.exclude(undone_at=None)
