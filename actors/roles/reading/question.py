"""What the address of the matrix asks: which province, part, kind, theme, day, and which findings."""

from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor
from actors.directory.rules.choices import ALL, ALL_FEMININE
from actors.roles.models import Responsibility
from portal.core.dates import day_text, today
from portal.core.forms import DateField, PortalForm, choice_field
from portal.reference.models import Territory, Theme

GAPS, OVERLAPS = "gaps", "overlaps"
SHOWS = ((GAPS, _("Domains to coordinate")), (OVERLAPS, _("Common interventions")))
#: what only people of some institution may ask: another day than today, and what needs coordination
INSIDE = ("on", "show")


@dataclass(frozen=True)
class MatrixChip:
    """One filter that is on: its field, what it says, and the address without it."""

    name: str
    label: str
    value: str
    query: str


@dataclass(frozen=True)
class MatrixFrame:
    """What the matrix is laid over: the region, its provinces, the communes of each, the themes in use."""

    region: Territory | None
    provinces: list[Territory]
    communes: dict[str, list[Territory]]
    themes: list[Theme]

    @classmethod
    def read(cls) -> "MatrixFrame":
        """Two queries: a region is small."""
        rows = list(Territory.objects.order_by("code"))
        provinces = [row for row in rows if row.level == Territory.Level.PROVINCE]
        communes = [row for row in rows if row.level == Territory.Level.COMMUNE]
        return cls(
            region=next((row for row in rows if row.level == Territory.Level.REGION), None),
            provinces=provinces,
            communes={province.code: [row for row in communes if province.contains(row)] for province in provinces},
            themes=list(Theme.objects.filter(is_active=True).defer("aliases", "gcm_objectives", "sdg_targets")),
        )

    @property
    def names(self) -> tuple[Any, ...]:
        """What its places and themes are called, in the reader's language."""
        places = [row for row in (self.region, *self.provinces, *chain(*self.communes.values())) if row]
        return *((row.code, row.kind, str(row)) for row in places), *(
            (theme.pk, theme.code, str(theme)) for theme in self.themes
        )


@dataclass(frozen=True)
class Question:
    """The answers of the form; empty where nothing is asked. `province` is a code, `theme` a key."""

    province: str = ""
    part: str = ""
    kind: str = ""
    theme: int | None = None
    on: date = field(default_factory=today)
    show: str = ""


def day_of(data: QueryDict, *, inside: bool) -> date:
    """The day the address asks for (`on`); today where it asks for none, or for what is no day, and for whoever is not
    `inside`: what was, and what will be, is told to members only."""
    if not inside:
        return today()
    try:
        return DateField(required=False).clean(data.get("on")) or today()
    except forms.ValidationError:
        return today()


class MatrixForm(PortalForm):
    """The filters of the matrix; what cannot be understood is not asked."""

    province = forms.ChoiceField(label=_("Province"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    part = forms.ChoiceField(label=_("Part"), required=False)
    kind = forms.ChoiceField(label=_("Kind of institution"), required=False)
    on = DateField(label=_("On the day"), required=False)
    show = forms.ChoiceField(label=_("Findings"), required=False)

    def __init__(self, data: QueryDict, *, frame: MatrixFrame, finds: bool) -> None:
        super().__init__(data, auto_id="matrix-%s")
        self.frame = frame
        choice_field(self, "province").choices = [
            ("", _("the whole region")),
            *((row.code, str(row)) for row in frame.provinces),
        ]
        choice_field(self, "theme").choices = [
            ("", ALL_FEMININE),
            *((str(theme.pk), str(theme)) for theme in frame.themes),
        ]
        choice_field(self, "part").choices = [("", ALL_FEMININE), *Responsibility.Part.choices]
        choice_field(self, "kind").choices = [("", ALL), *Actor.Kind.choices]
        choice_field(self, "show").choices = [("", ALL), *SHOWS]
        if not finds:
            for name in INSIDE:
                del self.fields[name]
        self.is_valid()

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("province", "theme", "part") if name in self.fields]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("kind", "on", "show") if name in self.fields]

    @property
    def more_is_open(self) -> bool:
        return any(self.data.get(field.name) for field in self.more_fields)

    @cached_property
    def question(self) -> Question:
        answers = {name: value for name, value in self.cleaned_data.items() if value}
        if "theme" in answers:
            answers["theme"] = int(answers["theme"])
        return Question(**answers)

    @cached_property
    def chips(self) -> list[MatrixChip]:
        """The filters that are on; the province is no filter but a place, and the day only when it is not today."""
        chips = []
        for name in ("theme", "part", "kind", "on", "show"):
            value = self.cleaned_data.get(name)
            if value:
                query = QueryDict(mutable=True)
                query.update({key: value for key, value in self.asked.items() if key != name})
                chips.append(MatrixChip(name, str(self.fields[name].label), self._text(name, value), query.urlencode()))
        return chips

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked as the address says it, without what was not understood."""
        return {name: str(self.data.get(name)) for name, value in self.cleaned_data.items() if value}

    def _text(self, name: str, value: Any) -> str:
        if isinstance(value, date):
            return day_text(value)
        choices: Any = choice_field(self, name).choices
        return str(dict(choices)[str(value)])
