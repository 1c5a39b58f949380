"""What people type about contacts, posts, colleagues and spaces; every form feeds an action."""

import copy
from copy import deepcopy
from itertools import batched
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from actors.directory.actions.handing_over import Passing, foresee_hand_over
from actors.directory.forms.choosing import ActorField, actor_field
from actors.directory.models import Actor, Contact, FocalPoint, Space, SpaceMember
from actors.directory.permissions import can_add_member, is_administrator
from actors.directory.rules.choices import offered_with, space_choices, territory_choices
from actors.directory.rules.fields import DETAILS, REACHED, Reads
from actors.directory.rules.missing import missing_in_contact, missing_in_space
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.errors import Refused
from portal.core.files import PICTURES
from portal.core.forms import EMPTY, DateField, PortalForm, PortalModelForm, When, choice_field, row_field
from portal.core.phones import PhoneField
from portal.core.pictures import LOGO
from portal.core.uploads import UploadField


def with_new_file(values: dict[str, Any], name: str) -> dict[str, Any]:
    """The file only where one was handed in now: an empty field answers with the file that is already kept."""
    return {key: value for key, value in values.items() if key != name or isinstance(value, UploadedFile)}


class ContactForm(PortalModelForm):
    """A role mailbox and telephone; a person’s name only with their consent."""

    compulsory = {"consent_on": (When("person"),)}

    consent_on = DateField(label=_("Consent given on"), required=False)

    class Meta:
        model = Contact
        fields = tuple(field.name for field in DETAILS if field.section)
        field_classes = {field.name: PhoneField for field in DETAILS if field.reads is Reads.PHONE}
        widgets = {"audience": forms.RadioSelect, "email": forms.EmailInput(attrs={"dir": "ltr"})}
        help_texts = {
            "role_ar": _("The office, not the person: the address stays true when the post changes hands."),
            "person": _("Only if the person has agreed to be named here."),
            "user": _("Then reminders also reach this person’s account."),
        }

    def __init__(self, *args: Any, actor: Actor, instance: Contact | None = None, **kwargs: Any) -> None:
        super().__init__(*args, instance=copy.copy(instance) or Contact(actor=actor), **kwargs)
        self.edits = instance
        here = Q(memberships__in=actor.memberships.on(today())) | Q(pk=self.instance.user_id)
        people = User.objects.filter(here).distinct().order_by("name")
        row_field(self, "user").queryset = people
        if not people:
            del self.fields["user"]

    def missing(self) -> dict[str, str]:
        typed = self.cleaned_data
        reached = {field.name for field in REACHED}
        missing = missing_in_contact(
            Contact(**{name: typed[name] for name in {"person", "consent_on", *reached} & typed.keys()})
        )
        if reached & self.errors.keys():  # one is being mended
            missing.pop("email", None)
        return missing


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
        row_field(self, "contact").queryset = actor.contacts.current()
        self.fields["starts_on"].initial = today()


class HandOverForm(PortalForm):
    """Who hands over to whom, from which day; how the new focal point is reached."""

    compulsory = {"consent_on": (When("person"),)}

    #: how the new focal point is reached
    HOW = (
        ("same", _("at the same office: its mailbox and telephone stay")),
        ("present", _("at other contact details of the sheet")),
        ("new", _("at new contact details")),
    )
    #: fields of the new contact details, as the form and the model call them
    REACH = tuple(field.name for field in DETAILS if field.section == "office")
    OFFICE = tuple(name for name in REACH if name != "audience")

    giver = forms.ChoiceField(
        label=_("Who hands over"),
        help_text=_("The post of focal point with the parts of its holder, or the parts of a person without post."),
    )
    day = DateField(
        label=_("From"), help_text=_("The first day of who takes over; the former terms end the day before.")
    )
    account = forms.EmailField(
        label=_("E-mail of the account"),
        required=False,
        widget=forms.EmailInput(attrs={"dir": "ltr"}),
        help_text=_("Parts in the institution, and with them the desk, pass to this account."),
    )
    person = forms.CharField(
        label=_("Name of the person"),
        max_length=150,
        required=False,
        help_text=_("Only if the person has agreed to be named here."),
    )
    consent_on = DateField(label=_("Consent given on"), required=False, help_text=_("Needed where the name is given."))
    how = forms.ChoiceField(label=_("How the new focal point is reached"), choices=HOW, widget=forms.RadioSelect)
    contact = ContactChoiceField(Contact.objects.none(), label=_("Contact details"), required=False)
    audience = forms.ChoiceField(
        label=_("Seen by"), choices=Contact.Audience, initial=Contact.Audience.MEMBERS, widget=forms.RadioSelect,
        required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask_for_the_office()
        self._actor, day = actor, today()
        serving = Q(ends_on=None) | Q(ends_on__gte=day)
        points = actor.focal_points.filter(serving).select_related("contact__user").order_by("part", "starts_on", "pk")
        self._points = {f"post-{point.pk}": point for point in points}
        behind = {point.contact.user_id for point in self._points.values()}
        parts = actor.memberships.on(day).exclude(user__in=[pk for pk in behind if pk]).select_related("user")
        self._people = {f"person-{row.user_id}": row.user for row in parts.order_by("user__name", "pk")}
        held: dict[str, list[str]] = {}
        for row in parts:
            held.setdefault(f"person-{row.user_id}", []).append(row.get_part_display())
        choice_field(self, "giver").choices = [
            *((key, self._post_label(point)) for key, point in self._points.items()),
            *((key, f"{person.name} ({_list(held[key])})") for key, person in self._people.items()),
        ]
        row_field(self, "contact").queryset = actor.contacts.current(day)
        self.fields["day"].initial = day
        self.fields["how"].initial = "same"
        self._require()

    def _ask_for_the_office(self) -> None:
        """The new contact details as their own form has them, none of them required, and last who sees them."""
        for name in self.OFFICE:
            self.fields[name] = deepcopy(ContactForm.base_fields[name])
            self.fields[name].required, self.fields[name].help_text = False, ""
        self.fields["audience"] = self.fields.pop("audience")

    @property
    def office(self) -> list[list[forms.BoundField]]:
        """The fields of the new contact details, two beside each other."""
        return [[self[name] for name in pair] for pair in batched(self.OFFICE, 2)]

    @staticmethod
    def _post_label(point: FocalPoint) -> str:
        person = point.contact.person or (point.contact.user.name if point.contact.user else "")
        return " – ".join(part for part in (point.get_part_display(), str(point.contact.role), person) if part)

    @property
    def can_be_used(self) -> bool:
        """Somebody is there who could hand over."""
        return bool(self._points or self._people)

    def _require(self) -> None:
        """What the chosen way asks for; before anything is chosen each way says what it would ask for."""
        post = not self.is_bound or self._hands_post
        for way, names in (("present", ("contact",)), ("new", ("role_ar", "audience"))):
            for name in names:
                self.fields[name].required = post and (not self.is_bound or self.data.get("how") == way)

    def missing(self) -> dict[str, str]:
        """A name with its consent, wherever the person is named anew."""
        typed = self.cleaned_data
        named = Contact(person=typed.get("person", ""), consent_on=typed.get("consent_on"))
        sentence = missing_in_contact(named).get("consent_on", "")
        return {"consent_on": sentence} if sentence and typed.get("how") != "present" and self._hands_post else {}

    @property
    def _hands_post(self) -> bool:
        return str(self.data.get("giver", "")) in self._points

    def foreseen(self) -> Passing | None:
        """What the hand-over would do; None where it would be refused, which then stands at its field."""
        try:
            return foresee_hand_over(self._actor, **self.values)
        except Refused as refusal:
            self.refuse(refusal)
        return None

    @property
    def values(self) -> dict[str, Any]:
        """What the action is asked: `day`, `account`, and `point` with `contact` or `details`, or else `giver`."""
        data = self.cleaned_data
        asked = {"day": data["day"], "account": data["account"]}
        point = self._points.get(data["giver"])
        if point is None:
            return asked | {"giver": self._people[data["giver"]]}
        how = data["how"]
        if how == "present":
            return asked | {"point": point, "contact": data["contact"]}
        source: Any = data if how == "new" else {name: getattr(point.contact, name) for name in self.REACH}
        details = {name: source[name] for name in self.REACH} | {
            "person": data["person"],
            "consent_on": data["consent_on"],
        }
        details["audience"] = details["audience"] or Contact.Audience.MEMBERS
        return asked | {"point": point, "details": details}


def _list(parts: list[str]) -> str:
    return pgettext("between the parts of a list", ", ").join(parts)


class SheetReportForm(PortalForm):
    """What is wrong on a sheet, said by who got a mail about it."""

    text = forms.CharField(
        label=_("What is wrong?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )


class EndForm(PortalForm):
    """The last day of a term."""

    ends_on = DateField(label=_("Last day"), help_text=_("That day still counts."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = today()


class SpaceForm(PortalModelForm):
    """A coordination space; its code, audience and closing are the administrators’."""

    #: what is only said of a space that is there
    CLOSING = ("closed_on", "closing_reason")
    ADMINISTERED = ("code", "kind", "audience", "parent", *CLOSING)
    compulsory = {"closing_reason": (When("closed_on"),)}

    opened_on = DateField(label=_("Opened on"), required=False)
    closed_on = DateField(label=_("Closed on"), required=False)
    letterhead = UploadField(
        label=_("Letterhead logo"),
        kinds=PICTURES,
        side=LOGO,
        required=False,
        widget=forms.FileInput,
        help_text=_("It heads the reports of the space."),
    )

    class Meta:
        model = Space
        fields = (
            "name_ar", "name_fr", "name_en", "code", "kind", "audience", "description_ar", "description_fr",
            "description_en", "territory", "host", "parent", "founding_act", "opened_on", "closed_on",
            "closing_reason", "letterhead",
        )  # fmt: skip
        widgets = {
            "code": forms.TextInput(attrs={"dir": "ltr"}),
            "audience": forms.RadioSelect,
            **{f"description_{language}": forms.Textarea(attrs={"rows": 4}) for language in ("ar", "fr", "en")},
        }
        help_texts = {
            "code": _("Two to eight capital letters or digits, for example NDR: references of meetings begin with it.")
        }

    def __init__(self, *args: Any, user: User, instance: Space | None = None, **kwargs: Any) -> None:
        super().__init__(*args, instance=copy.copy(instance), **kwargs)
        self.edits = instance
        choice_field(self, "territory").choices = EMPTY + territory_choices()
        ActorField.instead_of(self, "host", offered_with(user, self.instance.host_id), among="kept")
        if is_administrator(user):
            others = [row for row in space_choices(user) if row[0] != self.instance.pk]
            choice_field(self, "parent").choices = EMPTY + others
        else:
            for name in self.ADMINISTERED:
                del self.fields[name]
        if instance is None:
            for name in self.CLOSING:
                self.fields.pop(name, None)

    def missing(self) -> dict[str, str]:
        typed = self.cleaned_data
        return missing_in_space(Space(closed_on=typed.get("closed_on"), closing_reason=typed.get("closing_reason", "")))

    @property
    def values(self) -> dict[str, Any]:
        """With the letterhead only when a new one was handed in."""
        return with_new_file(super().values, "letterhead")

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip().upper()
        if not (2 <= len(code) <= 8 and code.isascii() and code.isalnum()):
            raise forms.ValidationError(_("Write two to eight capital letters or digits, without spaces."))
        return code


class MemberForm(PortalForm):
    """An institution and its part in a space; only the parts this person may give are offered."""

    actor = ActorField(label=_("Institution"))
    part = forms.ChoiceField(label=_("Part"), widget=forms.RadioSelect, initial=SpaceMember.Part.MEMBER)
    starts_on = DateField(label=_("From"), required=False)

    def __init__(self, *args: Any, space: Space, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actor_field(self, "actor").offer(Actor.objects.visible_to(user).kept(), among="kept")
        choice_field(self, "part").choices = [
            choice for choice in SpaceMember.Part.choices if can_add_member(user, space, choice[0])
        ]
        self.fields["starts_on"].initial = today()
