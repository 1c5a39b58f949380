"""What is chosen to make a report."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting, Report
from meetings.reports.collect import collect
from meetings.reports.registry import optional_sections
from portal.core.forms import PortalForm, choice_field
from portal.core.names import LANGUAGES


class ReportOrderForm(PortalForm):
    """In which language, for whom, with which parts."""

    language = forms.ChoiceField(
        label=_("Language of the report"), choices=[(code, LANGUAGES[code]) for code in ("ar", "fr")]
    )
    audience = forms.ChoiceField(
        label=_("For which readers"),
        choices=Report.Audience,
        widget=forms.RadioSelect,
        help_text=_(
            "A public report lists the institutions present only, and names no person. What earlier meetings of the "
            "space kept among their participants stands in the report for its members alone."
        ),
    )
    parts = forms.MultipleChoiceField(
        label=_("Parts of the report"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, meeting: Meeting, **kwargs: Any) -> None:
        every = [(section.key, section.title) for section in optional_sections()]
        initial = {
            "language": meeting.language,
            "audience": Report.Audience.PARTICIPANTS,
            "parts": [key for key, _title in every],
        }
        super().__init__(data, initial=initial, **kwargs)
        self.meeting = meeting
        choice_field(self, "parts").choices = every
        if meeting.space_id is None:
            readers = [one for one in Report.Audience.choices if one[0] != Report.Audience.SPACE]
            choice_field(self, "audience").choices = readers

    @property
    def values(self) -> dict[str, Any]:
        """What was chosen, and what the report will say."""
        chosen = {name: self.cleaned_data[name] for name in ("language", "audience")}
        chosen["left_out"] = [row.key for row in optional_sections() if row.key not in self.cleaned_data["parts"]]
        return chosen | {"data": collect(self.meeting, **chosen)}
