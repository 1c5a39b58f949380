"""What is handed in, chosen and decided on the way of a file into the directory."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor, Contact
from actors.directory.rules.fields import COLUMNS
from actors.imports.models import ActorImport, ImportRow
from actors.imports.table.files import NO_HEADINGS, FileSheet, book_of
from portal.core.errors import Refused
from portal.core.files import TABLES
from portal.core.forms import PortalForm, choice_field
from portal.core.uploads import UploadField

#: the choice to keep no place
NOWHERE = "-"
#: neighbours of what is taken: they are let through to the reader, which says how to save them as something that is
NEIGHBOURS = (".xls", ".xlsm")


class TableField(UploadField):
    """A list as a workbook or as text; what is wrong inside it, its reader says."""

    default_error_messages = {
        "too_large": _(
            "The size of this file is %(size)s; at most %(limit)s are taken. Cut the list into several files."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(kinds=(*TABLES, *NEIGHBOURS), looks_inside=False, **kwargs)

    @property
    def kinds_text(self) -> str:
        return pgettext("between the parts of a list", ", ").join(kind[1:].upper() for kind in TABLES)


class UploadForm(PortalForm):
    """The file of a list of institutions."""

    file = TableField(label=_("File of the list"))

    def clean(self) -> dict[str, Any]:
        """With `book`, what the file holds: it is read before anything is written."""
        if file := self.cleaned_data.get("file"):
            try:
                self.cleaned_data["book"] = book_of(file)
            except Refused as refusal:
                self.add_error("file", refusal)
        return self.cleaned_data


def column_name(place: int) -> str:
    """The name of the select over the column at `place`, counted from 0."""
    return f"column_{place}"


class ColumnsForm(PortalForm):
    """Which row holds the headings, and what each column means."""

    sheet = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    header_row = forms.IntegerField(widget=forms.HiddenInput, min_value=NO_HEADINGS)

    def __init__(self, data: Any = None, *, sheet: FileSheet, header_row: int, columns: Mapping[int, str]) -> None:
        super().__init__(data, initial={"sheet": sheet.number, "header_row": header_row})
        language = get_language() or "ar"
        choices = [("", _("not read")), *((column.key, column.heading(language)) for column in COLUMNS)]
        self.places = range(sheet.width)
        for place in self.places:
            field = forms.ChoiceField(
                label=_("Column %(number)s") % {"number": place + 1}, choices=choices, required=False
            )
            field.initial = columns.get(place, "")
            self.fields[column_name(place)] = field

    @property
    def columns(self) -> dict[int, str]:
        """The key of each column that is read, by its place."""
        chosen = {place: self.cleaned_data[column_name(place)] for place in self.places}
        return {place: key for place, key in chosen.items() if key}

    @property
    def values(self) -> dict[str, Any]:
        return {"header_row": self.cleaned_data["header_row"], "columns": self.columns}


class StartForm(PortalForm):
    """What becomes of new institutions and of their contact details."""

    new_state = forms.ChoiceField(
        label=_("New institutions are"), choices=ActorImport.NewState, widget=forms.RadioSelect
    )
    contact_audience = forms.ChoiceField(
        label=_("Their contact details are seen by"), choices=Contact.Audience, widget=forms.RadioSelect
    )


class DecisionForm(PortalForm):
    """What is done with one row; what must be known for it besides is chosen beside it."""

    decision = forms.ChoiceField(label=_("What is done"))
    kind = forms.ChoiceField(label=_("Kind"), error_messages={"required": _("Choose what kind of institution it is.")})
    territory = forms.ChoiceField(
        label=_("Seat"), error_messages={"required": _("Choose where it is, or say that no place is kept.")}
    )

    def __init__(
        self,
        data: Any = None,
        *,
        row: ImportRow,
        decisions: Iterable[tuple[Any, Any]],
        kinds: Iterable[tuple[Any, Any]] = (),
        places: Iterable[tuple[Any, Any]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, auto_id=f"row{row.pk}_%s", **kwargs)
        choice_field(self, "decision").choices = list(decisions)
        for name, choices in (("kind", list(kinds)), ("territory", list(places))):
            if choices:
                choice_field(self, name).choices = choices
                # what is left out needs neither
                self.fields[name].required = self.data.get("decision") != ImportRow.Decision.LEAVE
            else:
                del self.fields[name]
        self.row = row

    @property
    def values(self) -> dict[str, Any]:
        """The decision, what is written into, and what was chosen beside it."""
        decision, _colon, target = self.cleaned_data["decision"].partition(":")
        kind, _colon, key = target.partition(":")
        choices = {name: self.cleaned_data[name] for name in ("kind", "territory") if self.cleaned_data.get(name)}
        if choices.get("territory") == NOWHERE:
            choices["territory"] = ""
        return {
            "decision": decision,
            "actor": Actor.objects.filter(pk=key).first() if kind == "actor" else None,
            "same_as": self.row.run.rows.filter(number=key).first() if kind == "row" else None,
            "choices": choices,
        }


class DecideRowsForm(PortalForm):
    """One decision for all rows of a verdict."""

    verdict = forms.CharField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(label=_("With all of them"))

    def __init__(self, *, choices: Iterable[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        choice_field(self, "decision").choices = list(choices)
