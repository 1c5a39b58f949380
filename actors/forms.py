"""What people type about sheets, contacts, posts, colleagues and spaces; every form feeds an action."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from actors.choices import actor_choices, space_choices, territory_choices
from actors.models import Actor, Contact, FocalPoint, Membership, Space, SpaceMember
from actors.permissions import can_add_member, is_administrator
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.forms import DateField, PortalForm, PortalModelForm, RowsField, UploadField, choice_field, row_field
from portal.core.phones import PhoneField
from portal.reference.models import Territory, Theme

PICTURES = (".png", ".jpg", ".jpeg")
EMPTY = [("", "—")]


class Lines(forms.CharField):
    """One value a line; gives a list."""

    widget = forms.Textarea(attrs={"rows": 3, "dir": "auto"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = (line.strip() for line in super().clean(value).splitlines())
        return list(dict.fromkeys(line for line in lines if line))


def _new_file(value: Any) -> UploadedFile | None:
    """Only what was handed in now: an empty file field answers with the file that is already kept."""
    return value if isinstance(value, UploadedFile) else None


class ActorForm(PortalModelForm):
    """A sheet of the directory; what only administrators settle is not offered to its managers."""

    ADMINISTERED = ("kind", "parent", "state")

    aliases = Lines(
        label=_("Other names"),
        required=False,
        help_text=_("One a line: older names, other spellings. They are found by the search."),
    )
    areas = RowsField(
        Territory.objects.defer("outline"),
        label=_("Areas of action"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    themes = RowsField(
        Theme.objects.filter(is_active=True), label=_("Themes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    logo = UploadField(label=_("Logo"), kinds=PICTURES, required=False, widget=forms.FileInput)
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    class Meta:
        model = Actor
        fields = (
            "name_ar",
            "name_fr",
            "name_en",
            "acronym",
            "kind",
            "state",
            "parent",
            "seat",
            "areas",
            "themes",
            "description_ar",
            "description_fr",
            "description_en",
            "website",
            "aliases",
            "logo",
            "internal_validation",
        )
        widgets = {
            "website": forms.URLInput(attrs={"dir": "ltr", "placeholder": "https://"}),
            **{f"description_{language}": forms.Textarea(attrs={"rows": 4}) for language in ("ar", "fr", "en")},
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territories = territory_choices()
        choice_field(self, "seat").choices = EMPTY + territories
        choice_field(self, "areas").choices = territories
        if is_administrator(user):
            others = [row for row in actor_choices(user) if row[0] != self.instance.pk]
            choice_field(self, "parent").choices = EMPTY + others
        else:
            for name in self.ADMINISTERED:
                del self.fields[name]
        if not self.instance.logo or not self.instance.pk:
            del self.fields["remove_logo"]

    @property
    def area_groups(self) -> list[dict[str, Any]]:
        """The boxes of the areas of action by province, with how many are ticked; the region comes first."""
        groups: list[dict[str, Any]] = [{"label": "", "boxes": [], "ticked": 0}]
        choices: Any = choice_field(self, "areas").choices
        names = {rows[0][0]: name for name, rows in choices if isinstance(rows, list)}
        for box in self["areas"].subwidgets:
            code = str(box.data["value"])
            if code.count(".") == 1:
                groups.append({"label": names[code], "boxes": [], "ticked": 0})
            group = groups[-1] if code.count(".") else groups[0]
            group["boxes"].append(box)
            group["ticked"] += bool(box.data["selected"])
        return [group for group in groups if group["boxes"]]

    @property
    def changes(self) -> dict[str, Any]:
        """Also whether the logo goes."""
        extra = {"remove_logo": self.cleaned_data["remove_logo"]} if "remove_logo" in self.cleaned_data else {}
        return super().changes | extra | {"logo": _new_file(self.cleaned_data.get("logo"))}


class ContactForm(PortalModelForm):
    """A role mailbox and telephone; a person’s name only with their consent."""

    phone = PhoneField(label=_("Telephone"), required=False)
    consent_on = DateField(label=_("Consent given on"), required=False)

    class Meta:
        model = Contact
        fields = ("role_ar", "role_fr", "email", "phone", "audience", "person", "consent_on", "user")
        widgets = {"audience": forms.RadioSelect, "email": forms.EmailInput(attrs={"dir": "ltr"})}
        help_texts = {
            "role_ar": _("The office, not the person: the address stays true when the post changes hands."),
            "person": _("Only if the person has agreed to be named here."),
            "user": _("Then reminders also reach this person’s account."),
        }

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(memberships__in=actor.memberships.on(today())).distinct().order_by("name")
        field = row_field(self, "user")
        field.queryset, field.empty_label = people, "—"
        if not people:
            del self.fields["user"]


class ContactChoiceField(forms.ModelChoiceField):
    """Contact details, told apart by office, person and mailbox."""

    def label_from_instance(self, obj: Any) -> str:
        return " · ".join(str(part) for part in (obj.role, obj.person, obj.email) if part)


class FocalPointForm(PortalForm):
    """Which contact details take which post, from when."""

    contact = ContactChoiceField(Contact.objects.none(), label=_("Contact details"), empty_label=None)
    part = forms.ChoiceField(
        label=_("Post"), choices=FocalPoint.Part, widget=forms.RadioSelect, initial=FocalPoint.Part.HOLDER
    )
    starts_on = DateField(
        label=_("From"), required=False, help_text=_("Whoever has the post now serves until the day before.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row_field(self, "contact").queryset = actor.contacts.all()
        self.fields["starts_on"].initial = today()


class MembershipForm(PortalForm):
    """A colleague with an account, and their part."""

    email = forms.EmailField(
        label=_("E-mail of the account"), widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"})
    )
    part = forms.ChoiceField(
        label=_("Part"), choices=Membership.Part, widget=forms.RadioSelect, initial=Membership.Part.CONTRIBUTOR
    )
    job_title = forms.CharField(label=_("Job title"), max_length=150, required=False)
    starts_on = DateField(label=_("From"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = today()


class EndForm(PortalForm):
    """The last day of a term."""

    ends_on = DateField(label=_("Last day"), help_text=_("That day still counts."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = today()


class SpaceForm(PortalModelForm):
    """A coordination space; its code, audience and closing are the administrators’."""

    ADMINISTERED = ("code", "kind", "audience", "parent", "closed_on", "closing_reason")

    opened_on = DateField(label=_("Opened on"), required=False)
    closed_on = DateField(label=_("Closed on"), required=False)
    letterhead = UploadField(
        label=_("Letterhead logo"),
        kinds=PICTURES,
        required=False,
        widget=forms.FileInput,
        help_text=_("It heads the reports of the space."),
    )

    class Meta:
        model = Space
        fields = (
            "name_ar",
            "name_fr",
            "name_en",
            "code",
            "kind",
            "audience",
            "description_ar",
            "description_fr",
            "description_en",
            "territory",
            "host",
            "parent",
            "founding_act",
            "opened_on",
            "closed_on",
            "closing_reason",
            "letterhead",
        )
        widgets = {
            "code": forms.TextInput(attrs={"dir": "ltr"}),
            "audience": forms.RadioSelect,
            **{f"description_{language}": forms.Textarea(attrs={"rows": 4}) for language in ("ar", "fr", "en")},
        }
        help_texts = {
            "code": _("Two to eight capital letters or digits, for example NDR: references of meetings begin with it.")
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "territory").choices = EMPTY + territory_choices()
        choice_field(self, "host").choices = EMPTY + actor_choices(user)
        if is_administrator(user):
            others = [row for row in space_choices(user) if row[0] != self.instance.pk]
            choice_field(self, "parent").choices = EMPTY + others
        else:
            for name in self.ADMINISTERED:
                del self.fields[name]

    @property
    def changes(self) -> dict[str, Any]:
        """With the letterhead only when a new one was handed in."""
        return super().changes | {"letterhead": _new_file(self.cleaned_data.get("letterhead"))}

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip().upper()
        if not (2 <= len(code) <= 8 and code.isascii() and code.isalnum()):
            raise forms.ValidationError(_("Write two to eight capital letters or digits, without spaces."))
        return code


class MemberForm(PortalForm):
    """An institution and its part in a space; only the parts this person may give are offered."""

    actor = forms.ModelChoiceField(Actor.objects.none(), label=_("Institution"))
    part = forms.ChoiceField(label=_("Part"), widget=forms.RadioSelect, initial=SpaceMember.Part.MEMBER)
    starts_on = DateField(label=_("From"), required=False)

    def __init__(self, *args: Any, space: Space, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row_field(self, "actor").queryset = Actor.objects.visible_to(user).exclude(state=Actor.State.ARCHIVED)
        choice_field(self, "actor").choices = EMPTY + actor_choices(user)
        choice_field(self, "part").choices = [
            choice for choice in SpaceMember.Part.choices if can_add_member(user, space, choice[0])
        ]
        self.fields["starts_on"].initial = today()
