"""What is typed for one item of the programme."""

import copy
import re
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor, SpaceMember
from actors.directory.models.terms import term_condition
from meetings.models import AgendaItem, Meeting
from meetings.models.participation import taking_part
from meetings.rules.pasted_items import LONGEST, PastedItem, pasted_items
from portal.core.dates import today
from portal.core.forms import NumberField, PortalForm, PortalModelForm, RowsField, row_field
from portal.core.names import LANGUAGES, at_hand
from portal.core.text import normalise

#: so many items are pasted at once
MOST_PASTED = 100


def _here(meeting: Meeting) -> Q:
    """The institutions that may present something: of the organiser, the space, those invited or there."""
    here = Q(pk=meeting.organiser_id) | Q(invitations__meeting=meeting)
    here |= Q(pk__in=taking_part("actor_id", meeting=meeting))
    if meeting.space_id:
        members = SpaceMember.objects.filter(term_condition(today()), space=meeting.space_id)
        here |= Q(pk__in=members.values("actor"))
    return here


class ItemsForm(PortalForm):
    """Items written as lines. `read` are those that can stand on the programme, `left` the lines that cannot, each with
    why."""

    lines = forms.CharField(
        label=_("Programme, one item a line"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
        help_text=_("The hour and the length may stand on either side; a table copied from a text processor will do."),
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        self.read: list[PastedItem] = []
        self.left: list[tuple[PastedItem, str]] = []

    def clean_lines(self) -> str:
        text: str = self.cleaned_data["lines"]
        longest = AgendaItem._meta.get_field("title_ar").max_length or 0
        for item in pasted_items(text):
            if not item.title:
                self.left.append((item, gettext("This line says no more than an hour or a length.")))
            elif len(item.title) > longest:
                sentence = gettext("This title is longer than %(longest)d characters.") % {"longest": longest}
                self.left.append((item, sentence))
            else:
                self.read.append(item)
        if not self.read:
            raise forms.ValidationError(_("No line says what is spoken about."))
        if len(self.read) > MOST_PASTED:
            too_many = _("These are %(count)d items; at most %(most)d are added at once.")
            raise forms.ValidationError(too_many, params={"count": len(self.read), "most": MOST_PASTED})
        return text

    @cached_property
    def items(self) -> list[dict[str, Any]]:
        """What stands on the programme for each line that was read: in the language of record, with the institutions
        that present it, where the line names them alone."""
        names: dict[str, Actor] = {}
        if any(item.words for item in self.read):
            for actor in Actor.objects.filter(_here(self.meeting)).distinct():
                said = (actor.name_ar, actor.name_fr, actor.name_en, actor.acronym)
                names |= {normalise(name): actor for name in said if name}
        return [self._fields_of(item, names) for item in self.read]

    @property
    def values(self) -> dict[str, Any]:
        return {"items": self.items}

    def _fields_of(self, item: PastedItem, names: dict[str, Actor]) -> dict[str, Any]:
        language, words = self.meeting.language, " – ".join(item.words)
        presenters = [names.get(normalise(part)) for part in re.split(r"\s*[،,;/+]\s*|\s+[–-]\s+", words) if part]
        known = [actor for actor in presenters if actor is not None]
        is_known = bool(known) and len(known) == len(presenters)
        longest = AgendaItem._meta.get_field("note_ar").max_length
        return {
            f"title_{language}": item.title,
            f"note_{language}": "" if is_known else words[:longest],
            "kind": item.kind,
            "minutes_planned": item.minutes,
            "presenters": known if is_known else [],
        }


class ItemForm(PortalModelForm):
    """An item: its title and length, and which institutions present it."""

    minutes_planned = NumberField(label=_("Duration in minutes"), min_value=1, max_value=LONGEST, required=False)

    class Meta(PortalModelForm.Meta):
        model = AgendaItem
        fields = (
            "title_ar",
            "title_fr",
            "title_en",
            "kind",
            "minutes_planned",
            "presenters",
            "note_ar",
            "note_fr",
            "note_en",
        )
        field_classes = {"presenters": RowsField}
        widgets = {"presenters": forms.CheckboxSelectMultiple}
        help_texts = {
            "note_ar": _("For a presenter that is not in the list, as an office or a function: no names of persons.")
        }

    def __init__(
        self, data: Any = None, *, meeting: Meeting, instance: AgendaItem | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, instance=copy.copy(instance), **kwargs)
        self.edits, self.language = instance, meeting.language
        here = _here(meeting)
        if instance is not None and instance.pk:
            here |= Q(agenda_items=instance)
        row_field(self, "presenters").queryset = Actor.objects.filter(here).distinct()
        self.fields["minutes_planned"].widget.attrs |= {"min": 1, "max": LONGEST}
        self.fields[f"title_{self.language}"].required = True

    @property
    def titles(self) -> list[forms.BoundField]:
        """In the language of record, which none lacks, and in the reader's."""
        return [self[f"title_{code}"] for code in at_hand(self.language)]

    @property
    def notes(self) -> list[forms.BoundField]:
        return [self[f"note_{code}"] for code in at_hand(self.language)]

    @property
    def folded(self) -> list[forms.BoundField]:
        """The title and the note in the other languages."""
        stand_open = {field.name for field in (*self.titles, *self.notes)}
        return [
            self[f"{stem}_{code}"]
            for stem in ("title", "note")
            for code in LANGUAGES
            if f"{stem}_{code}" not in stand_open
        ]

    def clean_minutes_planned(self) -> int | None:
        minutes = self.cleaned_data["minutes_planned"]
        if minutes is not None and not 1 <= minutes <= LONGEST:
            raise forms.ValidationError(_("Give a length between 1 and 600 minutes."))
        return minutes
