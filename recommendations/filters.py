"""How the register is searched and narrowed; nothing a reader may not be shown can be asked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from actors.directory.filters import InstitutionFilter
from actors.directory.models import Actor, Space
from actors.directory.reading.standing_in import reader_of
from meetings.models import Meeting
from portal.core.asking import answers, filled, text_of
from portal.core.dates import today
from portal.core.forms import keys_of
from portal.core.lists import ListFilter
from portal.core.names import FALLBACKS
from portal.core.paging import Jump, years
from portal.reference.models import Axis, Territory, Theme
from recommendations.models import Assignment, Recommendation, sees_inside
from recommendations.models.states import PUBLIC_TEXTS, STANDING
from recommendations.reading.coverage import OPEN

if TYPE_CHECKING:
    from portal.accounts.models import User

State = Recommendation.State
NEWEST_MEETINGS = 60
type Keys = Sequence[str]


DUE = (("overdue", _("overdue")), ("soon", _("due soon")), ("none", _("no due date")))


def facets(user: "User", asked: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """The values the register can be narrowed to, by filter, in the reader's language; one query, of small tables.

    `asked` is what the address asks for: a link may name a commune, an older meeting or an axis of earlier days. The
    list itself is not read, whose rows are too many: a value may be offered that nothing fits. Beside them `since`,
    with the day of the first meeting.
    """
    axis, meeting = (keys_of([asked.get(name, "")]) for name in ("axis", "meeting"))
    territory = asked.get("territory", "")
    if axis or meeting or territory:
        rows: Iterable[Any] = _values(user, axis, meeting, territory)
    else:
        reader = reader_of(user)
        rows = answers(filled(text_of(reader, _values, _values), reader.keys), [CharField()] * 5)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    order = FALLBACKS[(get_language() or "ar")[:2]]
    for facet, key, *names in rows:
        texts = dict(zip(("ar", "fr", "en"), names, strict=True))
        found[facet].append((key, next((texts[code] for code in order if texts[code]), key)))
    for name in ("space", "theme", "territory"):
        found[name].sort(key=lambda row: row[1])
    found["meeting"].sort(key=lambda row: -int(row[0]))
    found["axis"].sort(key=lambda row: int(row[0]))
    return found


def _values(user: "User", axis: Keys = (), meeting: Keys = (), territory: str = "") -> QuerySet[Any]:
    """Rows of the filter, the key of the value and its names in each language."""
    meetings = Meeting.objects.visible_to(user).order_by("-starts_at", "-pk")
    newest = meetings.filter(state__in=Meeting.TOOK_PLACE).values("pk")[:NEWEST_MEETINGS]
    oldest = Meeting.objects.filter(pk__in=meetings.order_by("starts_at", "pk").values("pk")[:1])
    used = Exists(Recommendation.objects.order_by().adopted().filter(axis=OuterRef("pk")))
    places = Territory.objects.filter(Q(level=Territory.Level.PROVINCE) | Q(code=territory))
    parts = [
        _names(Space.objects.visible_to(user), "space"),
        _names(Meeting.objects.filter(pk__in=newest), "meeting", stem="title"),
        _names(Axis.objects.filter(Q(is_active=True) | Q(pk__in=axis) | used), "axis"),
        _names(Theme.objects.filter(is_active=True), "theme"),
        _names(places, "territory"),
        _names(oldest, "since", stem="title", key="starts_at"),
    ]
    if meeting:
        parts.append(_names(meetings.filter(pk__in=meeting).exclude(pk__in=newest), "meeting", stem="title"))
    return parts[0].union(*parts[1:], all=True).order_by()


def _names(queryset: QuerySet[Any], facet: str, stem: str = "name", key: str = "pk") -> QuerySet[Any]:
    fields = [f"{stem}_{code}" for code in ("ar", "fr", "en")]
    text = CharField()
    rows = queryset.order_by().annotate(facet=Value(facet, output_field=text), key=Cast(key, text))
    return rows.values_list("facet", "key", *(Cast(field, text) for field in fields))


def leading(user: "User") -> "QuerySet[Assignment]":
    """The leads this reader may be told of."""
    return Assignment.objects.filter(part=Assignment.Part.LEAD, answer__in=leading_answers(user))


def leading_answers(user: "User") -> Sequence[str]:
    """Inside those not returned, in public those who accepted."""
    return STANDING if sees_inside(user) else (Assignment.Answer.ACCEPTED,)


class RecommendationFilter(ListFilter):
    """The register's filters; a signed-out reader has no due date, no silence and only public states to ask for."""

    space = django_filters.ChoiceFilter(label=_("Space"), field_name="space_id", empty_label=_("all"))
    state = django_filters.ChoiceFilter(label=_("State"), method="by_state", empty_label=_("all"))
    due = django_filters.ChoiceFilter(label=_("Due"), method="by_due", choices=DUE, empty_label=_("all"))
    axis = django_filters.ChoiceFilter(label=_("Axis"), field_name="axis_id", empty_label=_("all"))
    lead = InstitutionFilter(label=_("Lead"), method="by_lead")
    meeting = django_filters.ChoiceFilter(label=_("Meeting"), field_name="meeting_id", empty_label=_("all"))
    theme = django_filters.ChoiceFilter(label=_("Theme"), method="by_theme", empty_label=_("all"))
    territory = django_filters.ChoiceFilter(label=_("Province or commune"), method="by_territory", empty_label=_("all"))
    people = django_filters.ChoiceFilter(
        label=_("People concerned"), choices=Recommendation.People, empty_label=_("all")
    )
    priority = django_filters.ChoiceFilter(label=_("Priority"), choices=Recommendation.Priority, empty_label=_("all"))
    news = django_filters.ChoiceFilter(
        label=_("News"), method="by_news", choices=[("silent", _("without news"))], empty_label=_("all")
    )

    class Meta:
        model = Recommendation
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.request.user
        self.inside = sees_inside(user)
        values = facets(user, self.data)
        for name in ("space", "meeting", "axis", "theme", "territory"):
            self.filters[name].extra["choices"] = values[name]
        self.since = next((int(day[:4]) for day, _title in values["since"]), 0)
        self.filters["lead"].extra["queryset"] = Actor.objects.visible_to(user).published()
        states = list(State) if self.inside else list(PUBLIC_TEXTS)
        choices = [(state.value, state.label) for state in states]
        self.filters["state"].extra["choices"] = [(OPEN, _("still open")), *choices] if self.inside else choices
        if not self.inside:
            del self.filters["due"], self.filters["news"]

    def filter_queryset(self, queryset: Any) -> QuerySet[Any]:
        """Drafts and dropped ones stand in the register only where they are asked for."""
        if self.form.cleaned_data.get("state") not in Recommendation.NOT_AGREED:
            queryset = queryset.adopted()
        return super().filter_queryset(queryset)

    def jumps(self) -> list[Jump]:
        """The years of the meetings, for the list that begins with the newest."""
        return years("meeting_starts_at", self.since, today().year) if self.since else []

    def meant(self, seen: Any) -> QuerySet[Any]:
        """Of these only who sees them matters, not what the register is ordered by."""
        return Recommendation.objects.visible_to(self.request.user).adopted()

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.open() if value == OPEN else queryset.filter(shown_state=value)

    def by_due(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        match value:
            case "overdue":
                return queryset.overdue()
            case "soon":
                return queryset.due_soon()
        return queryset.filter(due_on=None)

    def by_news(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.silent()

    def by_lead(self, queryset: QuerySet[Any], name: str, value: Actor) -> QuerySet[Any]:
        return queryset.filter(pk__in=leading(self.request.user).filter(actor=value).values("recommendation_id"))

    def by_theme(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            pk__in=Recommendation.themes.through.objects.filter(theme=int(value)).values("recommendation_id")
        )

    def by_territory(self, queryset: Any, name: str, value: str) -> QuerySet[Any]:
        return queryset.concerned_with(value)
