"""What is typed to call, change, put off or call off a meeting."""

import copy
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from actors.directory.forms.choosing import ActorField
from actors.directory.models import Actor, Space, SpaceMember
from actors.directory.models.membership import managed_by, parts_by_actor
from meetings.models import Meeting
from meetings.permissions import can_call_meeting
from meetings.rules.dates import MAILS, WHEN_AND_WHERE, mails_about, warnings_about
from meetings.rules.following import ALIKE, proposed_after
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.errors import Refused
from portal.core.forms import DateTimeField, PortalForm, PortalModelForm, Typed, choice_field, row_field
from portal.core.names import LANGUAGES

#: what stands for hours nobody knows, so that the meeting has an order among others
DAY = {"starts_at": "09:00", "ends_at": "18:00"}
#: what a date is made of
WHEN = ("starts_at", "ends_at", "times_known")


def _with_hours(data: Any) -> Any:
    """Where the hours are not known only the days are asked."""
    if data is None or data.get("times_known"):
        return data
    data = data.copy()
    for name, hour in DAY.items():
        data[f"{name}_time"] = data.get(f"{name}_time") or hour
    return data


class SetsDate(Typed):
    """A form that sets a date: what speaks against it is said before anything is saved; sent again, it is saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: the keys of what was said already
        self.fields["told"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def own(self, thing: Meeting | None) -> dict[str, Any]:
        values = dict(super().own(thing))
        values.pop("told", None)
        planned = copy.copy(thing) if thing is not None else Meeting()
        for name in ("space", *WHEN_AND_WHERE):
            if name in values:
                setattr(planned, name, values[name])
        found = self.mailed(planned, thing) if thing is not None else {}
        if self.edits is None or self.anew or any(getattr(planned, name) != getattr(thing, name) for name in WHEN):
            found |= warnings_about(planned)
        if not set(self.data.get("told", "").split()).issuperset(found):
            raise Refused(str(_("Look at this first.")), warnings=found)
        return values

    def mailed(self, planned: Meeting, before: Meeting) -> dict[str, str]:
        """Who is written to at once, where the form does not show it from the beginning."""
        return {}

    @property
    def writes_at_once(self) -> bool:
        """Saving writes to the invited, and their list is shown first."""
        return any(key.startswith(MAILS) for key in self.warnings)

    @property
    def only_writes(self) -> bool:
        """Nothing speaks against the date: saving writes to the invited, and that is all."""
        return self.writes_at_once and len(self.warnings) == 1

    def refuse(self, refusal: Refused) -> None:
        super().refuse(refusal)
        if self.warnings:
            self.data["told"] = " ".join(self.warnings)  # type: ignore[index]


class WhenForm(SetsDate, PortalForm):
    """The new date of a postponed meeting."""

    starts_at = DateTimeField(label=_("Begins"))
    ends_at = DateTimeField(label=_("Ends"))
    times_known = forms.BooleanField(label=_("The hours are known"), required=False, initial=True)
    anew = WHEN

    def __init__(self, data: Any = None, *, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(_with_hours(data), **kwargs)
        self.edits = meeting


class AnnounceForm(PortalForm):
    """`planned` is the digest of the letters that were shown."""

    planned = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def values(self) -> dict[str, Any]:
        return {"planned": self.cleaned_data["planned"] or None}


class CallOffForm(PortalForm):
    """Why a meeting is called off or put off."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The institutions that were invited read it."),
    )


class MeetingForm(SetsDate, PortalModelForm):
    """A meeting's title, date, place and audience; organiser and space only while it is new."""

    starts_at = DateTimeField(label=_("Begins"))
    ends_at = DateTimeField(label=_("Ends"))

    class Meta(PortalModelForm.Meta):
        model = Meeting
        fields = (
            "organiser", "space", "project", "kind", "title_ar", "title_fr", "title_en", "starts_at", "ends_at",
            "times_known", "place_ar", "place_fr", "place_en", "territory", "link", "language", "audience",
            "purpose_ar", "purpose_fr", "purpose_en",
        )  # fmt: skip
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in ("purpose_ar", "purpose_fr", "purpose_en")}
        help_texts = {
            "link": _("Shown to those who take part only."),
            "audience": _("From the announcement on. A meeting in preparation is seen by those who prepare it."),
        }

    def __init__(self, data: Any = None, *, user: User, instance: Meeting | None = None, **kwargs: Any) -> None:
        super().__init__(_with_hours(data), instance=copy.copy(instance), **kwargs)
        self.user, self.edits = user, instance
        choice_field(self, "language").choices = [(code, LANGUAGES[code]) for code in ("ar", "fr")]
        if instance is not None:
            del self.fields["organiser"], self.fields["space"]
            return
        spaces, organisers = spaces_of(user), organisers_of(user)
        row_field(self, "space").queryset = spaces
        row_field(self, "space").empty_label = _("In no space")
        if user.is_administrator:
            ActorField.instead_of(self, "organiser", organisers)
        else:
            row_field(self, "organiser").queryset = organisers
        if not self.is_bound:
            self.initial.setdefault("space", _only(spaces))
            self.initial.setdefault("organiser", _only(organisers))

    def mailed(self, planned: Meeting, before: Meeting) -> dict[str, str]:
        return mails_about(planned, before, by=self.by)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        begins, ends = values.get("starts_at"), values.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", _("The meeting must end after it begins."))
        organiser = values.get("organiser")
        if organiser and "space" not in self.errors and not can_call_meeting(self.user, organiser, values.get("space")):
            self.add_error(
                "space", _("A meeting in no space is called by the managers of its organiser: choose a space.")
            )
        return values


class PrepareNextForm(MeetingForm):
    """A meeting that follows another one, with what the two have in common."""

    with_items = forms.BooleanField(label=_("With the items of its programme"), required=False, initial=True)
    with_invited = forms.BooleanField(
        label=_("With the institutions invited to it, and the members of the space"), required=False, initial=True
    )

    def __init__(self, data: Any = None, *, after: Meeting, **kwargs: Any) -> None:
        begins, ends = proposed_after(after)
        alike = {name: getattr(after, f"{name}_id", None) or getattr(after, name) for name in ALIKE}
        super().__init__(data, initial=alike | {"starts_at": begins, "ends_at": ends}, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        return super().values | {name: self.cleaned_data[name] for name in ("with_items", "with_invited")}


def spaces_of(user: User) -> QuerySet[Space]:
    """The open spaces whose meetings this person prepares."""
    spaces = Space.objects.all() if user.is_administrator else Space.objects.steered_by(user)
    return spaces.filter(closed_on=None)


def organisers_of(user: User) -> QuerySet[Actor]:
    """The institutions in whose name this person calls meetings: those they manage, or that steer a space."""
    if user.is_administrator:
        return Actor.objects.published()
    steering = SpaceMember.objects.on(today()).filter(
        actor__in=list(parts_by_actor(user)), part__in=SpaceMember.STEERING
    )
    return Actor.objects.filter(Q(pk__in=managed_by(user)) | Q(pk__in=steering.values("actor")))


def _only(rows: QuerySet) -> Any:
    """The only choice there is, so that nobody has to choose it."""
    first = list(rows[:2])
    return first[0].pk if len(first) == 1 else None
