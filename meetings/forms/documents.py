"""What is typed to hand in a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.models import AgendaItem, Document, Meeting
from portal.core.forms import PortalForm, row_field
from portal.core.names import LANGUAGES
from portal.core.uploads import UploadField


class DocumentForm(PortalForm):
    """A file of the meeting, or the next version of one."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    file = UploadField(label=_("File"))
    item = forms.ModelChoiceField(
        label=_("Agenda item"), queryset=AgendaItem.objects.none(), required=False, empty_label=_("The whole meeting")
    )
    audience = forms.ChoiceField(label=_("Seen by"), choices=Document.Audience)
    language = forms.ChoiceField(
        label=_("Language of the document"),
        required=False,
        choices=[("", _("several, or none")), *LANGUAGES.items()],
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        meeting: Meeting,
        replaces: Document | None = None,
        item: str = "",
        **kwargs: Any,
    ) -> None:
        initial: dict[str, Any] = {
            "audience": Document.Audience.PARTICIPANTS,
            "language": meeting.language,
            "item": item if item.isdecimal() else None,
        }
        if replaces is not None:
            initial = {name: getattr(replaces, name) for name in ("title", "audience", "language", "item")}
        super().__init__(data, files, initial=initial, **kwargs)
        row_field(self, "item").queryset = meeting.items.all()

    @property
    def values(self) -> dict[str, Any]:
        taken = {name: self.cleaned_data[name] for name in ("title", "item", "audience", "language")}
        return taken | {"upload": self.cleaned_data["file"]}
