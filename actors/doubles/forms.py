"""Which value of each field stays when two sheets become one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actors.doubles.reading.compare import Compared
from portal.core.forms import PortalForm


class MergeForm(PortalForm):
    """One choice for each field in which the sheets differ; `fields_compared` come from `compare.fields_of`.

    `planned` is the digest of the plan that was shown.
    """

    planned = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, fields_compared: Sequence[Compared], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in fields_compared:
            if field.differs:
                self.fields[field.name] = _choice(field)

    @property
    def values(self) -> dict[str, Any]:
        """What was chosen; a field about which nothing came along takes its default."""
        keep = dict(self.cleaned_data)
        return {"planned": keep.pop("planned"), "keep": {name: value for name, value in keep.items() if value}}

    @property
    def chosen(self) -> dict[str, str]:
        """What is ticked on the page: what was sent, else the default."""
        names = [name for name in self.fields if name != "planned"]
        return {name: str(self[name].value() or self.fields[name].initial) for name in names}


def _choice(field: Compared) -> forms.ChoiceField:
    choices = [("winner", _("of the sheet that stays")), ("loser", _("of the sheet that goes"))]
    both = [("both", _("both"))] if field.has_both else []
    return forms.ChoiceField(
        choices=[*choices, *both], initial=field.choice, required=False, label=field.label, widget=forms.RadioSelect
    )
