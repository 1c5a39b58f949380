"""What is typed to hand in a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.models import AgendaItem, Document, Meeting
from portal.core.forms import PortalForm, choice_field, row_field
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

    opened = forms.MultipleChoiceField(
        label=_("Earlier versions opened to the same readers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Without a tick an earlier version keeps the readers it had. Where fewer may read the new one, "
            "the earlier ones always follow."
        ),
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
        earlier = replaces.versions() if replaces is not None else []
        self.narrow = {str(row.pk): row for row in earlier if row.is_narrower_than(Document.Audience.PUBLIC)}
        choice_field(self, "opened").choices = [(key, _version(row)) for key, row in self.narrow.items()]
        if not self.narrow:
            del self.fields["opened"]

    @property
    def values(self) -> dict[str, Any]:
        taken = {name: self.cleaned_data[name] for name in ("title", "item", "audience", "language")}
        opened = [self.narrow[key] for key in self.cleaned_data.get("opened", ())]
        return taken | {"upload": self.cleaned_data["file"], "opened": opened}


def _version(document: Document) -> str:
    words = gettext("version %(number)s – seen by: %(audience)s")
    return words % {"number": document.version, "audience": document.get_audience_display()}


class RemoveDocumentForm(PortalForm):
    """Why a file is taken away."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Those who take part in the meeting read it in the place of the file."),
    )
