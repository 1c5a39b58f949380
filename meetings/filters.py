"""What the list of meetings can be narrowed by; everything is in the address."""

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db.models import BigIntegerField, CharField, Field, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor, Space
from actors.directory.reading.standing_in import reader_of
from meetings.models import Meeting, Project
from meetings.reading.feeds import own_meetings
from portal.core.asking import answers, filled, text_of
from portal.core.dates import as_day, start_of, today
from portal.core.lists import ListFilter
from portal.core.names import nearest_of
from portal.core.paging import Jump, years
from portal.reference.models import Territory
from portal.reference.models.territory import concerning

if TYPE_CHECKING:
    from portal.accounts.models import User

#: of the filters of a month, those that always stand there
FIRST = ("space", "territory")
WIDE = (Territory.Level.REGION, Territory.Level.PROVINCE)


def facets(user: "User") -> dict[str, list[tuple[str, str]]]:
    """What the reader's own meetings offer to choose from, by filter, in the reader's language; one query. Beside them
    `since`, when the first of the meetings began."""
    reader = reader_of(user)
    text = CharField()
    kinds: list[Field] = [text, text, BigIntegerField(), text, text, text, text]
    rows = answers(filled(text_of(reader, _values, _values), reader.keys), kinds)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    language = get_language() or "ar"
    for facet, _place, _number, key, *names in rows:
        found[facet].append((key, nearest_of(dict(zip(("ar", "fr", "en"), names, strict=True)), language)))
    return found


def _values(user: "User") -> QuerySet[Any]:
    """Rows of the filter, the place in its order, the key of the value and its names in each language."""
    seen = Meeting.objects.visible_to(user).order_by()
    first = seen.order_by("starts_at", "pk").values("pk")[:1]
    used = Q(level__in=WIDE) | Q(pk__in=seen.values("territory"))
    spaces = Space.objects.visible_to(user).filter(pk__in=seen.values("space"))
    parts = [
        _names(spaces, "space"),
        _names(Actor.objects.filter(pk__in=seen.values("organiser")), "organiser"),
        _names(Project.objects.filter(pk__in=seen.values("project")), "project"),
        _names(Territory.objects.filter(used), "territory", place="code", number=""),
        _names(Meeting.objects.filter(pk__in=first), "since", stem="title", key="starts_at"),
    ]
    return parts[0].union(*parts[1:], all=True).order_by("facet", "place", "number")


def _names(
    rows: QuerySet[Any], facet: str, stem: str = "name", key: str = "pk", place: str = "", number: str = "pk"
) -> QuerySet[Any]:
    names = [f"{stem}_{code}" for code in ("ar", "fr", "en")]
    text = CharField()
    rows = rows.order_by().annotate(
        facet=Value(facet, output_field=text),
        place=Cast(place or names[0], text),
        number=Cast(number or Value(0), BigIntegerField()),
        key=Cast(key, text),
    )
    return rows.values_list("facet", "place", "number", "key", *(Cast(name, text) for name in names))


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
    #: set by the tabs above a list, and kept by its form; a visitor has none of their own
    mine = django_filters.ChoiceFilter(
        label=_("Meetings"), choices=[("1", _("of my institution"))], method="own", widget=forms.HiddenInput
    )

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.request.user.is_authenticated:
            del self.filters["mine"]
        values = facets(self.request.user)
        for name in ("space", "organiser", "project", "territory"):
            self.filters[name].extra["choices"] = values[name]
        self.years = _years([began for began, _title in values["since"]])
        if "year" in self.filters:
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

    def own(self, queryset: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        return queryset.filter(own_meetings(self.request.user))


class MonthFilter(MeetingFilter):
    """The same of a month, which says itself which time it is of; the place and the space come first."""

    when = None
    year = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in reversed(FIRST):
            self.filters.move_to_end(name, last=False)


def _years(first: list[str]) -> list[int]:
    """From next year back to that of the first meeting; none where there is no meeting."""
    if not first:
        return []
    began = datetime.fromisoformat(first[0])
    began = began if began.tzinfo else began.replace(tzinfo=UTC)  # SQLite keeps none
    return list(range(today().year + 1, as_day(began).year - 1, -1))
