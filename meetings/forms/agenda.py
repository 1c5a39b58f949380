"""What is typed for one item of the programme."""

import copy
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor, SpaceMember
from actors.directory.models.terms import term_condition
from meetings.models import AgendaItem, Meeting
from meetings.models.participation import taking_part
from portal.core.dates import today
from portal.core.forms import NumberField, PortalModelForm, RowsField, row_field
from portal.core.names import LANGUAGES, at_hand


class ItemForm(PortalModelForm):
    """An item: its title and length, and which institutions present it."""

    minutes_planned = NumberField(label=_("Duration in minutes"), min_value=1, max_value=600, required=False)

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
        here = Q(pk=meeting.organiser_id) | Q(invitations__meeting=meeting)
        here |= Q(pk__in=taking_part("actor_id", meeting=meeting))
        if meeting.space_id:
            members = SpaceMember.objects.filter(term_condition(today()), space=meeting.space_id)
            here |= Q(pk__in=members.values("actor"))
        if instance is not None and instance.pk:
            here |= Q(agenda_items=instance)
        row_field(self, "presenters").queryset = Actor.objects.filter(here).distinct()
        self.fields["minutes_planned"].widget.attrs |= {"min": 1, "max": 600}

    @property
    def titles(self) -> list[forms.BoundField]:
        """In the language of record, in the reader's, and in Arabic, which none lacks."""
        return [self[f"title_{code}"] for code in at_hand(self.language, "ar")]

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
        if minutes is not None and not 1 <= minutes <= 600:
            raise forms.ValidationError(_("Give a length between 1 and 600 minutes."))
        return minutes
