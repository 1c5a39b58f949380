"""What the address of the coverage asks: counted what, on which theme, in which province, in which order."""

from typing import TYPE_CHECKING

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from actors.directory.reading.coverage.measures import ACTORS, Measure, measures_for
from actors.directory.rules.choices import ALL_FEMININE, theme_choices
from portal.core.forms import PortalForm, choice_field
from portal.reference.models import Territory

if TYPE_CHECKING:
    from portal.accounts.models import User

NAME, NUMBER = "name", "number"


class CoverageForm(PortalForm):
    """The filters of the coverage; what cannot be understood, or is not for this reader, is not asked.

    `by` is the key of a measure; “theme” stands for the institutions, with the theme beside it.
    """

    by = forms.ChoiceField(label=_("Indicator"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    province = forms.ChoiceField(label=_("Province"), required=False)

    def __init__(self, data: QueryDict, *, user: "User", provinces: list[Territory]) -> None:
        super().__init__(data, auto_id="coverage-%s")
        self.measures = measures_for(user)
        choice_field(self, "by").choices = [
            ("" if key == ACTORS else key, measure.label) for key, measure in self.measures.items()
        ]
        self.themes = {str(pk): name for pk, name in theme_choices()}
        choice_field(self, "theme").choices = [("", ALL_FEMININE), *self.themes.items()]
        choice_field(self, "province").choices = [
            ("", _("the whole region")),
            *((row.code, str(row)) for row in provinces),
        ]
        self.is_valid()

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """A choice of one is none."""
        names = ("by", "theme", "province") if len(self.measures) > 1 else ("theme", "province")
        return [self[name] for name in names]

    @property
    def measure(self) -> Measure:
        return self.measures[self.cleaned_data.get("by") or ACTORS]

    @property
    def theme_key(self) -> int | None:
        chosen = self.cleaned_data.get("theme")
        return int(chosen) if chosen else None

    @property
    def theme_name(self) -> str:
        return self.themes.get(self.cleaned_data.get("theme", ""), "")

    @property
    def province_code(self) -> str:
        """The code of the one province that is asked for, or ''."""
        return self.cleaned_data.get("province", "")

    @property
    def sort(self) -> str:
        return NUMBER if self.data.get("sort") == NUMBER else NAME
