"""What people fill in about recommendations."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from actors.directory.forms.choosing import ActorField, actor_field
from actors.directory.models import Actor
from meetings.models import AgendaItem, Meeting, MinutesRevision, MinutesSection
from portal.core import history
from portal.core.dates import today
from portal.core.errors import refuse
from portal.core.forms import DateField, PortalForm, RowsField, When, choice_field, row_field
from portal.core.names import at_hand
from portal.core.stamps import refuse_unread
from portal.core.uploads import FilesField
from portal.reference.models import Axis, Council, Territory, Theme
from portal.reference.sessions import Sessions, parse_session, session_key, session_name
from recommendations.models import Assignment, Evidence, FollowUp, Recommendation
from recommendations.rules.passages import passage_in, why_not_quote
from recommendations.rules.reporting import goes_back, last_obstacle, missing_in_report, sent_back

#: how many of the next sessions of each kind of council
SESSIONS_OFFERED = 4


class DueMixin(PortalForm):
    """A due date, or the council’s session at which it is due."""

    due_on = DateField(label=_("Due date"), required=False, help_text=_("Day/month/year, for example 08/02/2027."))
    due_session = forms.TypedChoiceField(
        label=_("Or the council’s session"), required=False, coerce=parse_session, empty_value=None
    )

    def set_sessions(self, recommendation: Recommendation | None = None) -> None:
        """The next sessions of each kind of council, and the one that was chosen; the leading council's come first."""
        self.due_before = recommendation
        lead = recommendation.lead_actor if recommendation else None
        own = lead.council_seat if lead else None
        sessions, groups = Sessions(), []
        for council in sorted(Council, key=lambda kind: own is None or kind != own.level):
            seat = recommendation.council_seat(council, lead) if recommendation else None
            days = [opening.last for opening in sessions.coming(council, today(), SESSIONS_OFFERED)]
            if recommendation and recommendation.due_on and recommendation.due_council == council:
                days.append(recommendation.due_on)
            offered = {session_key(council, day): capfirst(session_name(council, day, seat)) for day in sorted(days)}
            groups.append((council.heading, list(offered.items())))
        choice_field(self, "due_session").choices = [("", "–"), *groups]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        session = cleaned.pop("due_session", None)
        if session and cleaned.get("due_on"):
            self.add_error("due_on", gettext("Give either a date or a session, not both."))
        cleaned["due_council"] = ""
        if session:
            cleaned["due_council"], cleaned["due_on"] = session
            if self.due_before and due_initial(self.due_before) == {"due_session": session_key(*session)}:
                cleaned["due_on"] = self.due_before.due_on
        return cleaned


def due_initial(recommendation: Recommendation) -> dict[str, Any]:
    """The due date as the two fields show it."""
    if recommendation.due_on and recommendation.due_council:
        return {"due_session": session_key(recommendation.due_council, recommendation.due_on)}
    return {"due_on": recommendation.due_on}


class AdoptDraftsForm(PortalForm):
    """`shown` is the stamp of the drafts that were read."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)


class TextsMixin(PortalForm):
    """The text in the language of record and in the reader's first; the others end the form."""

    text_ar = forms.CharField(
        label=_("Text in Arabic"), required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "rtl", "lang": "ar"})
    )
    text_fr = forms.CharField(
        label=_("Text in French"), required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "lang": "fr"})
    )
    text_en = forms.CharField(
        label=_("Text in English"), required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "lang": "en"})
    )

    def of_record(self, meeting: Meeting) -> None:
        first = [f"text_{code}" for code in at_hand(meeting.language)]
        self.order_fields([*first, *(name for name in self.fields if not name.startswith("text_"))])
        self.record_field = first[0]
        self.fields[self.record_field].label = _("The recommendation")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(name, "").strip() for name in ("text_ar", "text_fr", "text_en")):
            self.add_error(self.record_field, gettext("Write the recommendation in at least one language."))
        return cleaned


class RecommendationForm(TextsMixin, DueMixin):
    """Everything of a draft."""

    axis = forms.ModelChoiceField(
        label=_("Axis"), queryset=Axis.objects.filter(is_active=True), required=False, empty_label="–"
    )
    item = forms.ModelChoiceField(
        label=_("Item of the programme"), queryset=AgendaItem.objects.none(), required=False, empty_label="–"
    )
    themes = RowsField(
        label=_("Themes"),
        queryset=Theme.objects.filter(is_active=True),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    territory = forms.ModelChoiceField(
        label=_("Province or commune"), queryset=Territory.objects.all(), required=False, empty_label="–"
    )
    people = forms.ChoiceField(
        label=_("People concerned"), choices=Recommendation.People, initial=Recommendation.People.ALL
    )
    level = forms.ChoiceField(label=_("Level"), choices=Recommendation.Level, initial=Recommendation.Level.LOCAL)
    priority = forms.ChoiceField(
        label=_("Priority"), choices=Recommendation.Priority, initial=Recommendation.Priority.NORMAL
    )
    sign_of_success = forms.CharField(
        label=_("Sign of success"),
        max_length=300,
        required=False,
        help_text=_("How everybody will see that it was done."),
    )

    def __init__(
        self, *args: Any, meeting: Meeting, recommendation: Recommendation | None = None, **kwargs: Any
    ) -> None:
        if recommendation is not None:
            kwargs["initial"] = _initial(recommendation)
        super().__init__(*args, **kwargs)
        self.edits = recommendation
        row_field(self, "item").queryset = meeting.items.all()
        self.set_sessions(recommendation)
        self.of_record(meeting)


def _initial(recommendation: Recommendation) -> dict[str, Any]:
    plain = (
        "text_ar",
        "text_fr",
        "text_en",
        "axis",
        "item",
        "territory",
        "people",
        "level",
        "priority",
        "sign_of_success",
    )
    initial = {name: getattr(recommendation, name) for name in plain}
    return initial | {"themes": recommendation.themes.all()} | due_initial(recommendation)


class AdoptedRecommendationForm(TextsMixin, DueMixin):
    """What may still change once a recommendation is adopted."""

    axis = forms.ModelChoiceField(
        label=_("Axis"), queryset=Axis.objects.filter(is_active=True), required=False, empty_label="–"
    )
    reason = forms.CharField(
        label=_("Reason for correcting the text"),
        max_length=300,
        required=False,
        help_text=_("Only where the text changes; it stays in the history."),
    )

    def __init__(self, *args: Any, recommendation: Recommendation, **kwargs: Any) -> None:
        names = ("text_ar", "text_fr", "text_en", "axis")
        kwargs["initial"] = {name: getattr(recommendation, name) for name in names} | due_initial(recommendation)
        super().__init__(*args, **kwargs)
        self.edits = recommendation
        self.set_sessions(recommendation)
        self.of_record(recommendation.meeting)
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])


class QuickDraftForm(PortalForm):
    """One sentence and its axis, typed in the room."""

    text = forms.CharField(label=_("The recommendation"), widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}))
    axis = forms.ModelChoiceField(
        label=_("Axis"), queryset=Axis.objects.filter(is_active=True), required=False, empty_label="–"
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting

    @property
    def values(self) -> dict[str, Any]:
        return {f"text_{self.meeting.language}": self.cleaned_data["text"], "axis": self.cleaned_data["axis"]}


class SectionChoiceField(forms.ModelChoiceField):
    """Sections of the minutes, called by their item."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.item) if obj.item else gettext("General")


class PassageForm(PortalForm):
    """A section of the minutes and the words meant in it."""

    section = SectionChoiceField(label=_("Section of the minutes"), queryset=MinutesSection.objects.none())
    text = forms.CharField(
        label=_("The passage"),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Copy the words as they are written in the minutes."),
    )

    def __init__(self, *args: Any, recommendation: Recommendation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edits, self.meeting = recommendation, recommendation.meeting
        sections = MinutesSection.objects.written().filter(minutes__meeting=self.meeting).select_related("item")
        row_field(self, "section").queryset = sections

    def own(self, thing: Recommendation) -> dict[str, Any]:
        """The passage that stood there is replaced: whoever put another one there meanwhile is not undone unread."""
        refuse_unread(thing, self.stamp, "quote_text", by=self.by, field="text")
        return self.values

    def clean_section(self) -> MinutesRevision:
        """The section’s newest text."""
        section = self.cleaned_data["section"]
        revision = section.revisions.select_related("section__minutes").filter(number=section.revision).first()
        if revision is None:
            raise forms.ValidationError(gettext("This section of the minutes has no text yet."))
        return revision

    def clean_text(self) -> str:
        if revision := self.cleaned_data.get("section"):
            refuse(why_not_quote(self.meeting, revision, self.cleaned_data["text"]))
        return self.cleaned_data["text"]

    @property
    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {"passage": passage_in(self.meeting, revision=typed["section"], text=typed["text"])}


class ReasonForm(PortalForm):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))


class ConfirmForm(PortalForm):
    """A word with the confirmation, where there is one to say."""

    account = forms.CharField(
        label=_("A word"), required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )


class AssignForm(DueMixin):
    """Whom to ask, for what part, by when."""

    actor = ActorField(label=_("Institution"))
    part = forms.ChoiceField(
        label=_("Part"), choices=Assignment.Part, widget=forms.RadioSelect, initial=Assignment.Part.LEAD
    )

    def __init__(self, *args: Any, recommendation: Recommendation, **kwargs: Any) -> None:
        part = Assignment.Part.SUPPORT if recommendation.lead else Assignment.Part.LEAD
        kwargs["initial"] = {"part": part} | due_initial(recommendation)
        super().__init__(*args, **kwargs)
        self.edits = recommendation
        actor_field(self, "actor").offer(Actor.objects.published(), space=recommendation.space)
        self.set_sessions(recommendation)
        self.order_fields(["actor", "part", "due_on", "due_session"])


class ReturnForm(PortalForm):
    """Why the assignment is returned, and who might be competent."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))
    suggestion = ActorField(label=_("Competent institution, as you see it"), required=False)

    def __init__(self, *args: Any, assignment: Assignment, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edits = assignment
        others = Actor.objects.published().exclude(pk=assignment.actor_id)
        actor_field(self, "suggestion").offer(others, space=assignment.recommendation.space_for(reader))

    def own(self, thing: Assignment) -> dict[str, Any]:
        """Whoever returns it knows whether a colleague accepted it meanwhile; the recommendation is kept first, as in
        the act."""
        history.renew(thing.recommendation)
        refuse_unread(thing, self.stamp, "answer", by=self.by, field="reason")
        return self.values


class SendBackForm(PortalForm):
    """What the validator misses."""

    note = forms.CharField(
        label=_("What is missing"), max_length=300, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )


class LinksField(forms.CharField):
    """Addresses, one on each line."""

    widget = forms.Textarea(
        attrs={"rows": 2, "dir": "ltr", "inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}
    )

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        check = URLValidator(schemes=["http", "https"])
        links = [line if "://" in line else f"https://{line}" for line in lines]
        for line, link in zip(lines, links, strict=True):
            try:
                check(link)
            except forms.ValidationError:
                raise forms.ValidationError(
                    gettext(
                        "“%(line)s” is not an address. Write one address on each line, for example https://example.org/decision.pdf."
                    )
                    % {"line": line}
                ) from None
            if len(link) > 200:
                raise forms.ValidationError(gettext("This address is too long: at most 200 characters."))
        return links


OBSTACLES = [("", _("No obstacle")), *[choice for choice in FollowUp.Obstacle.choices if choice[0]]]
STEPS = [choice for choice in Recommendation.Progress.choices if choice[0] != Recommendation.Progress.COMPLETE]
DONE = Recommendation.State.DONE
REPORTED = [
    (state, pgettext_lazy("what an institution reports", "done") if state == DONE else state.label)
    for state in Recommendation.REPORTED
]


class SupportReportForm(PortalForm):
    """What a supporting institution did: it adds to the timeline. It opens with the institution's entry that its
    validator sent back, where there is one."""

    account = forms.CharField(
        label=_("What was done"), required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    obstacle = forms.ChoiceField(
        label=_("Is there an obstacle?"), choices=OBSTACLES, required=False, widget=forms.RadioSelect, initial=""
    )
    obstacle_note = forms.CharField(label=_("About the obstacle"), max_length=300, required=False)
    kept = RowsField(
        label=_("Evidence that stays"),
        queryset=Evidence.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    # The form's metaclass takes declared fields off the class; `files` of an instance are the uploads.
    files = FilesField(label=_("Attach evidence"), required=False)  # type: ignore[assignment]
    links = LinksField(label=_("Or links, one on each line"), required=False)

    leads = False
    compulsory = {"account": (When("obstacle", (FollowUp.Obstacle.NONE,)),)}

    def __init__(self, *args: Any, recommendation: Recommendation, actor: Actor, **kwargs: Any) -> None:
        self.recommendation, self.entry = recommendation, sent_back(recommendation, actor)
        kwargs["initial"] = self.begins_with() | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        evidence = self.entry.evidence.all() if self.entry else Evidence.objects.none()
        if evidence:
            row_field(self, "kept").queryset = evidence
        else:
            del self.fields["kept"]

    def begins_with(self) -> dict[str, Any]:
        names = ("account", "obstacle", "obstacle_note")
        if self.entry:
            return {name: getattr(self.entry, name) for name in names} | {"kept": self.entry.evidence.all()}
        return {}

    def missing(self) -> dict[str, str]:
        typed = self.cleaned_data
        evidence = sum(len(typed.get(name) or ()) for name in ("files", "links", "kept"))
        missing = missing_in_report(
            self.recommendation,
            leads=self.leads,
            new_state=typed.get("new_state", ""),
            progress=typed.get("progress"),
            account=typed.get("account", ""),
            obstacle=typed.get("obstacle", ""),
            obstacle_note=typed.get("obstacle_note", ""),
            evidence=evidence,
        )
        if "links" in self.errors:  # they are not counted, and an address is being mended there
            missing.pop("files", None)
        return missing


class ReportForm(SupportReportForm):
    """Where the implementation stands, as the lead reports it."""

    new_state = forms.ChoiceField(label=_("Where does it stand?"), choices=REPORTED, widget=forms.RadioSelect)
    progress = forms.TypedChoiceField(
        label=_("Step"), choices=STEPS, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )

    field_order = ("new_state", "progress", "account", "kept", "files", "links", "obstacle", "obstacle_note")
    leads = True

    def __init__(self, *args: Any, recommendation: Recommendation, **kwargs: Any) -> None:
        super().__init__(*args, recommendation=recommendation, **kwargs)
        self.edits = recommendation
        back = tuple(step for step, _label in STEPS if goes_back(recommendation, "", step))
        self.compulsory = {
            "account": (When("new_state", (DONE,)), *([When("progress", back, is_named=False)] if back else [])),
            "files": (When("new_state", (DONE,)),),
            "obstacle": (When("new_state", (Recommendation.State.BLOCKED,)),),
            "obstacle_note": (When("obstacle", (FollowUp.Obstacle.OTHER,)),),
        }

    def begins_with(self) -> dict[str, Any]:
        """As it stands; what was last in the way of what is blocked; the entry that was sent back before all."""
        there = self.recommendation
        state = there.state if there.state in Recommendation.REPORTED else Recommendation.State.IN_PROGRESS
        initial: dict[str, Any] = {"new_state": state, "progress": self._step(there.progress)}
        if blocked := last_obstacle(there):
            initial |= {"obstacle": blocked.obstacle, "obstacle_note": blocked.obstacle_note}
        if self.entry:
            initial |= {"new_state": self.entry.new_state or state, "progress": self._step(self.entry.progress)}
        return initial | super().begins_with()

    @staticmethod
    def _step(progress: int | None) -> int:
        return min(progress or Recommendation.Progress.LAUNCHED, Recommendation.Progress.NEARLY)

    def own(self, thing: Recommendation) -> dict[str, Any]:
        """Every report says where it stands, from where it stood before the reporter's eyes."""
        refuse_unread(thing, self.stamp, "state", "progress", by=self.by, field="new_state")
        return self.values
