"""The one form of a sheet, for administrators and for the institution's own managers."""

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from actors.directory.forms.choosing import ActorField
from actors.directory.forms.people import with_new_file
from actors.directory.models import Actor, ProposedChange
from actors.directory.permissions import is_administrator
from actors.directory.rules.choices import offered_with, territory_choices
from actors.directory.rules.fields import SECTIONS, SHEET, Hand, Reads, names_of, set_by
from actors.directory.sheets.stamps import own_changes, stamp_of
from actors.directory.sheets.values import Texts, values_of
from portal.core.files import PICTURES
from portal.core.forms import EMPTY, PortalForm, PortalModelForm, RowsField, choice_field, row_field
from portal.core.pictures import LOGO
from portal.core.saving import Carried
from portal.core.uploads import UploadField
from portal.reference.models import Territory, Theme

if TYPE_CHECKING:
    from portal.accounts.models import User

Box = dict[str, Any]


class Lines(forms.CharField):
    """One value a line; gives a list."""

    widget = forms.Textarea(attrs={"rows": 3, "dir": "auto"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = (line.strip() for line in super().clean(value).splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class SheetStamp(Carried):
    """What the editor saw of a sheet, and of what waited for an administrator."""

    @property
    def stamp(self) -> str:
        form: Any = self
        return super().stamp if form.is_bound else stamp_of(self.edits)


class AlsoForm(SheetStamp, PortalForm):
    """Which fields are set although somebody has written in them since; `seen` is what the sheet was then."""

    def __init__(self, *args: Any, sheet: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edits = sheet

    @property
    def also(self) -> list[str]:
        data: Any = self.data
        return data.getlist("also") if self.is_bound else []

    def own(self, thing: Any) -> dict[str, Any]:
        return {"also": self.also, "seen": self.stamp}


class ActorForm(SheetStamp, PortalModelForm):
    """A sheet of the directory; what only administrators settle is not offered to its managers.

    Name, kind and seat are offered to managers too, as what waits already where something does: the action lets them
    wait.
    """

    aliases = Lines(
        label=_("Other names"),
        required=False,
        help_text=_("One a line: older names, other spellings. They are found by the search."),
    )
    areas = RowsField(
        Territory.objects.all(),
        label=_("Areas of action"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    themes = RowsField(Theme.objects.all(), label=_("Themes"), required=False, widget=forms.CheckboxSelectMultiple)
    logo = UploadField(label=_("Logo"), kinds=PICTURES, side=LOGO, required=False, widget=forms.FileInput)
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    class Meta:
        model = Actor
        fields = tuple(field.name for field in SHEET if field.section)
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 4}) for name in names_of(Reads.TEXT)},
            "website": forms.URLInput(attrs={"dir": "ltr", "placeholder": "https://"}),
            "notes": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(
        self,
        *args: Any,
        user: "User",
        proposal: ProposedChange | None = None,
        instance: Actor | None = None,
        **kwargs: Any,
    ) -> None:
        self.edits, instance = instance, copy.copy(instance) or Actor()
        self.is_own = not is_administrator(user)
        asked = {name: pair[1] for name, pair in proposal.values.items()} if proposal and self.is_own else {}
        super().__init__(*args, instance=instance, initial=asked, **kwargs)
        own_themes = Q(pk__in=instance.themes.values("pk")) if instance.pk else Q()
        row_field(self, "themes").queryset = Theme.objects.filter(Q(is_active=True) | own_themes)
        territories = territory_choices()
        choice_field(self, "seat").choices = EMPTY + territories
        choice_field(self, "areas").choices = territories
        if self.is_own:
            for name in set_by(Hand.ADMINISTRATORS):
                del self.fields[name]
        else:
            others = offered_with(user, instance.parent_id).exclude(pk=instance.pk)
            ActorField.instead_of(self, "parent", others, among="kept")
        if not instance.logo or not instance.pk:
            del self.fields["remove_logo"]
        self._ask_for_a_name(instance)
        self._say_what_waits(instance, asked)

    def _ask_for_a_name(self, instance: Actor) -> None:
        """In Arabic; in French for a sheet that came without an Arabic one, from a list in French for instance."""
        came_without = bool(instance.pk) and not instance.name_ar
        self.fields["name_fr" if came_without else "name_ar"].required = True
        if came_without:
            self.fields["name_ar"].help_text = _(
                "This sheet came without a name in Arabic: write it here as soon as you know it. Until then it is "
                "called by its name in French."
            )

    def _say_what_waits(self, instance: Actor, asked: dict[str, Any]) -> None:
        said, texts = values_of(instance), Texts()
        for name in asked:
            self.fields[name].help_text = format_html(
                "{} <bdi>{}</bdi>",
                _("Waiting for an administrator. Until then the sheet says:"),
                texts.one(name, said[name]),
            )

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The parts of the form in their order, each with its `key`, `title`, `fields`; and whether it `waits`."""
        parts = []
        for key, title in SECTIONS.items():
            names = (field.name for field in SHEET if field.section == key)
            beside = (one for name in names for one in (name, f"remove_{name}"))
            fields: Sequence[forms.BoundField] = [self[name] for name in beside if name in self.fields]
            if fields:
                waits = self.is_own and key == "identity"
                parts.append({"key": key, "title": title, "fields": fields, "waits": waits})
        return parts

    @property
    def area_groups(self) -> list[Box]:
        """The boxes of the areas of action by province, with the names of those ticked; the region comes first."""
        groups: list[Box] = [{"label": "", "boxes": [], "ticked": []}]
        choices: Any = choice_field(self, "areas").choices
        names = {rows[0][0]: name for name, rows in choices if isinstance(rows, list)}
        for box in self["areas"].subwidgets:
            code = str(box.data["value"])
            if code.count(".") == 1:
                groups.append({"label": names[code], "boxes": [], "ticked": []})
            group = groups[-1] if code.count(".") else groups[0]
            group["boxes"].append(box)
            if box.data["selected"]:
                group["ticked"].append(box.choice_label)
        return [group for group in groups if group["boxes"]]

    @property
    def values(self) -> dict[str, Any]:
        """Also whether the logo goes."""
        extra = {"remove_logo": self.cleaned_data["remove_logo"]} if "remove_logo" in self.cleaned_data else {}
        return with_new_file(super().values, "logo") | extra

    def own(self, thing: Any) -> dict[str, Any]:
        return self.values if self.edits is None else own_changes(thing, self.values, self.stamp, by=self.by)


class RefuseForm(PortalForm):
    """Why a change is refused."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Who proposed the change reads it: say what would have to be different."),
    )
