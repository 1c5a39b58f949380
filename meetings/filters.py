"""What the list of meetings can be narrowed by; everything is in the address."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor, Space
from meetings.models import Meeting, Project
from portal.core.dates import as_day, start_of, today
from portal.core.lists import ListFilter
from portal.core.paging import Jump, years
from portal.reference.models import Territory
from portal.reference.models.territory import concerning


class MeetingFilter(ListFilter):
    """Search and filters of the list; the choices are what the reader's own meetings offer."""

    when = django_filters.ChoiceFilter(
        label=_("Time"),
        choices=[("upcoming", _("upcoming")), ("past", _("past"))],
        method="at_time",
        empty_label=_("All"),
    )
    space = django_filters.ChoiceFilter(field_name="space_id", label=_("Space"), empty_label=_("All"))
    organiser = django_filters.ChoiceFilter(field_name="organiser_id", label=_("Organiser"), empty_label=_("All"))
    project = django_filters.ChoiceFilter(field_name="project_id", label=_("Project"), empty_label=_("All"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=Meeting.State, empty_label=_("All"))
    year = django_filters.ChoiceFilter(label=_("Year"), method="in_year", empty_label=_("All"))
    territory = django_filters.ChoiceFilter(label=_("Province or commune"), method="in_territory", empty_label=_("All"))

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = self.queryset.order_by()
        spaces = Space.objects.visible_to(self.request.user)
        for name, rows in (("space", spaces), ("organiser", Actor.objects.all()), ("project", Project.objects.all())):
            rows = rows.filter(Exists(seen.filter(**{name: OuterRef("pk")})))
            self.filters[name].extra["choices"] = [(str(row.pk), row.name) for row in rows]
        wide = Q(level__in=(Territory.Level.REGION, Territory.Level.PROVINCE))
        used = Territory.objects.filter(wide | Q(Exists(seen.filter(territory=OuterRef("pk")))))
        self.filters["territory"].extra["choices"] = [(row.code, row.name) for row in used]
        self.years = _years(seen)
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in self.years]

    def jumps(self) -> list[Jump]:
        """The years of the list by date."""
        return years("starts_at", self.years[-1], self.years[0]) if self.years else []

    def at_time(self, queryset: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        """As the headings of the list part them: what is off is neither."""
        turn = Meeting.Turn.COMING if value == "upcoming" else Meeting.Turn.PAST
        return queryset.in_turn().filter(turn=turn)  # type: ignore[attr-defined]

    def in_year(self, queryset: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        year = int(value)
        return queryset.filter(starts_at__gte=start_of(date(year, 1, 1)), starts_at__lt=start_of(date(year + 1, 1, 1)))

    def in_territory(self, queryset: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        return queryset.filter(concerning(value))


def _years(meetings: QuerySet[Meeting]) -> list[int]:
    """From next year back to the first meeting's: one row read, however many meetings there are."""
    first = meetings.order_by("starts_at").values_list("starts_at", flat=True).first()
    return list(range(today().year + 1, as_day(first).year - 1, -1)) if first else []
