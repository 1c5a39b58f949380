"""What is typed to invite, to answer, and to note who came."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actors.directory.forms.choosing import ActorField, actor_field
from actors.directory.models import Actor, Contact
from meetings.actions.participation import Presence
from meetings.models import Attendance, Invitation, Meeting
from portal.core import history
from portal.core.errors import Refused
from portal.core.forms import EMPTY, PortalForm, RowsField, When, row_field
from portal.core.stamps import Overwriting, records_at, theirs_text, unknown_stamp, with_stamp

#: the answer of an institution that comes and names who represents it
DELEGATED = "delegated"


class InviteForm(PortalForm):
    """Several institutions at once; `planned` is the digest of the letters that were shown, '' before they were."""

    actors = RowsField(
        Actor.objects.none(),
        label=_("Institutions"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one institution."),
            "invalid_choice": _("One of these institutions is invited already, or has left the list: choose again."),
        },
    )
    planned = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, candidates: QuerySet[Actor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row_field(self, "actors").queryset = candidates


class AnswerForm(PortalForm):
    """An institution's answer, and who represents it: a contact of its sheet, or a name kept with this meeting only."""

    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (Invitation.Answer.CONFIRMED, _("We will attend")),
            (DELEGATED, _("Designate who represents us")),
            (Invitation.Answer.DECLINED, _("We cannot attend")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three answers.")},
    )
    represented_by = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Represented by"), required=False, empty_label=_("Not designated yet")
    )
    representative = forms.CharField(
        label=_("or name and quality of the representative"),
        max_length=200,
        required=False,
        help_text=_("Kept with this meeting only, with the agreement of the person."),
    )
    mandate = forms.CharField(
        label=_("Mandate"),
        max_length=200,
        required=False,
        help_text=_("What the representative may decide or commit to, where that matters."),
    )
    note = forms.CharField(
        label=_("Note to the secretariat"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    asked_point = forms.CharField(
        label=_("Point you ask to add to the agenda"),
        max_length=300,
        required=False,
        help_text=_("The secretariat reads it and decides; the agenda does not change by itself."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    #: the date for which the answer is asked, so that one that has changed since is not answered unseen
    asked_for = forms.CharField(required=False, widget=forms.HiddenInput)

    compulsory = dict.fromkeys(
        ("represented_by", "representative"), (When("answer", (DELEGATED,), is_one_of_two=True),)
    )

    #: who represents an institution that cannot attend, or comes and designates nobody
    NOBODY: ClassVar[dict[str, Any]] = {"represented_by": None, "representative": "", "mandate": ""}

    def __init__(self, *args: Any, invitation: Invitation, contacts: QuerySet[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edits = invitation
        row_field(self, "represented_by").queryset = contacts
        if self.initial.get("answer") == DELEGATED and not invitation.designated:
            self.fields["represented_by"].widget.attrs["autofocus"] = True

    def missing(self) -> dict[str, str]:
        given = self.cleaned_data
        named = given.get("represented_by") or given.get("representative", "").strip()
        if given.get("answer") != DELEGATED or named or "represented_by" in self.errors:
            return {}
        return {"representative": gettext("Choose who represents your institution, or write their name and quality.")}

    def refuse(self, refusal: Refused) -> None:
        """The page says the date as it is now: sent again, the answer is for it."""
        super().refuse(refusal)
        self.data["asked_for"] = self.edits.meeting.starts_at.isoformat()  # type: ignore[index]

    @property
    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        if "asked_point" not in self.data:  # a button of one tap
            given["asked_point"] = self.edits.asked_point
        if self._designates:
            return given | {"answer": Invitation.Answer.CONFIRMED}
        return given | self.NOBODY

    @property
    def anew(self) -> tuple[str, ...]:  # type: ignore[override]
        """Who declines also says that nobody comes, whoever was named meanwhile."""
        return ("answer", *(self.NOBODY if self._declines else ()))

    def own(self, thing: Invitation) -> dict[str, Any]:
        """The meeting is kept first, as it is by who moves it: neither waits for the other."""
        history.renew(thing.meeting)
        return super().own(thing)

    @property
    def _designates(self) -> bool:
        """By the second answer, or by a name written beside the first: not by one that only stood there."""
        given = self.cleaned_data
        written = any(given[name] for name in ("represented_by", "representative") if name in self.changed_data)
        return given["answer"] == DELEGATED or (given["answer"] == Invitation.Answer.CONFIRMED and written)

    @property
    def _declines(self) -> bool:
        return self.cleaned_data["answer"] == Invitation.Answer.DECLINED


class LinkAnswerForm(AnswerForm):
    """The same on a phone, without an account: nothing is chosen from the sheet, names are written.

    Who comes stands under the first answer, who stands in for it under the second, a word under the third.
    """

    represented_by = None  # type: ignore[assignment]
    representative = forms.CharField(
        label=_("Who will come?"),
        max_length=200,
        required=False,
        help_text=_("Name and quality. It can be filled in later."),
    )
    stand_in = forms.CharField(
        label=_("Who stands in for you?"),
        max_length=200,
        required=False,
        help_text=_("Name and quality; another institution by its name."),
    )

    compulsory = {"stand_in": (When("answer", (DELEGATED,)),)}

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        PortalForm.__init__(self, *args, **kwargs)
        self.edits = invitation

    def missing(self) -> dict[str, str]:
        given = self.cleaned_data
        if given.get("answer") != DELEGATED or given.get("stand_in", "").strip() or "stand_in" in self.errors:
            return {}
        return {"stand_in": gettext("Write the name and quality of who stands in for you.")}

    @property
    def values(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "stand_in"}
        if self._declines:
            return given | self.NOBODY
        delegates = given["answer"] == DELEGATED
        name = self.cleaned_data["stand_in"] if delegates else given["representative"]
        given |= {"answer": Invitation.Answer.CONFIRMED, "representative": name, "represented_by": None}
        # A contact of the sheet stays the one that was named, as long as their name does.
        if self.edits.represented_by and name == self.edits.designated:
            given |= {"represented_by": self.edits.represented_by, "representative": self.edits.representative}
        return given if name else given | self.NOBODY


class AddAttendeeForm(PortalForm):
    """An institution that came without an invitation."""

    actor = ActorField(label=_("Institution that came without an invitation"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actor_field(self, "actor").offer(Actor.objects.published())


class AttendanceForm(PortalForm):
    """The whole table: a status for each institution, by whom it was represented, who sat there for it.

    `invitations`, by institution, say what each had answered. Whom an answer names stands in the lines that are not
    noted yet, and holds for those left empty.
    """

    def __init__(
        self,
        *args: Any,
        actors: list[Actor],
        recorded: dict[int, Attendance],
        invitations: dict[int, Invitation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actors, self.invitations = actors, invitations
        designated = self.designated = {key: row.designated for key, row in invitations.items()}
        others = [(str(actor.pk), actor.name) for actor in actors]
        self.compulsory = {
            f"represented_by_{actor.pk}": (When(f"status_{actor.pk}", (Attendance.Status.REPRESENTED,)),)
            for actor in actors
        }
        for actor in actors:
            row = recorded.get(actor.pk)
            self.fields[f"status_{actor.pk}"] = forms.ChoiceField(
                label=_("Presence"),
                required=False,
                choices=[("", _("not noted")), *Attendance.Status.choices],
                initial=row.status if row else "",
            )
            self.fields[f"represented_by_{actor.pk}"] = forms.ChoiceField(
                label=_("Represented by which institution"),
                required=False,
                choices=EMPTY + [other for other in others if other[0] != str(actor.pk)],
                initial=str(row.represented_by_id or "") if row else "",
            )
            self.fields[f"representative_{actor.pk}"] = forms.CharField(
                label=_("Name and quality of the representative"),
                max_length=200,
                required=False,
                initial=row.representative if row else designated.get(actor.pk, ""),
                widget=forms.TextInput(attrs={"placeholder": designated.get(actor.pk, "")}),
            )
            self.fields[f"seen_{actor.pk}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=getattr(row, "stamp", "")
            )
            for name in ("status", "represented_by", "representative"):
                self.fields[f"{name}_{actor.pk}"].of = actor.name  # type: ignore[attr-defined]

    def lines(self) -> list[dict[str, Any]]:
        """What the table draws, one institution after the other."""
        names = ("status", "represented_by", "representative", "seen")
        answers = {key: row.answer_text for key, row in self.invitations.items() if row.is_sent}
        return [
            {"actor": actor, "answer": answers.get(actor.pk, "")} | {name: self[f"{name}_{actor.pk}"] for name in names}
            for actor in self.actors
        ]

    @property
    def expected(self) -> list[str]:
        """The fields of the institutions that confirmed and are not noted yet."""
        come = {key for key, row in self.invitations.items() if row.answer == Invitation.Answer.CONFIRMED}
        fields = (self[f"status_{actor.pk}"] for actor in self.actors if actor.pk in come)
        return [field.name for field in fields if not field.value()]

    @property
    def presences(self) -> list[Presence]:
        """The lines that were before this person's eyes, as they left them."""
        known = {str(actor.pk): actor for actor in self.actors}
        return [
            Presence(
                actor,
                self.cleaned_data[f"status_{actor.pk}"],
                known.get(self.cleaned_data[f"represented_by_{actor.pk}"]),
                self._who_sat_there(actor),
            )
            for actor in self.actors
            if f"status_{actor.pk}" in self.data
        ]

    def _who_sat_there(self, actor: Actor) -> str:
        """The name on the line; where the institution did not come itself, not the one that only stood there."""
        status, who = (self.cleaned_data[f"{name}_{actor.pk}"] for name in ("status", "representative"))
        stays = status in Attendance.IN_PERSON or who != self.designated.get(actor.pk)
        return who if stays else ""

    def own(self, thing: Meeting) -> dict[str, list[Presence]]:
        """The lines this person changed: what somebody else noted meanwhile in another one stays."""
        history.renew(thing)
        records = Attendance.history.filter(meeting=thing).select_related("history_user")
        now = {row.actor_id: row for row in with_stamp(Attendance.objects.filter(meeting=thing))}
        stamps = {presence.actor.pk: self.data.get(f"seen_{presence.actor.pk}") for presence in self.presences}
        bases = records_at(records, [stamp for stamp in stamps.values() if stamp])
        rows, lost = [], {}
        for presence in self.presences:
            key, stamp = presence.actor.pk, stamps[presence.actor.pk]
            base = bases.get(stamp or "")
            before, there, mine = _noted(base), _noted(now.get(key)), _noted(presence)
            here = now.get(key)
            if stamp is None or (stamp and (base is None or base.actor_id != key)):
                lost[key] = unknown_stamp()
            elif mine in (before, there):
                continue
            elif there != before:
                last = records.filter(actor=presence.actor).order_by("-history_date", "-history_id").first()
                lost[key] = theirs_text(last, str(here.line if here else _("not noted")), by=self.by)
            rows.append(presence)
        if lost:
            for key in lost:  # whoever sends it again has been told
                self.data[f"seen_{key}"] = str(getattr(now.get(key), "stamp", ""))  # type: ignore[index]
            raise Overwriting({f"status_{key}": sentence for key, sentence in lost.items()})
        return {"rows": rows}


def _noted(row: Any) -> tuple[str, int | None, str] | None:
    """What a line says, so that two can be compared; None for one that says nothing."""
    if row is None or not row.status:
        return None
    by = row.represented_by if isinstance(row, Presence) else row.represented_by_id
    by = by.pk if isinstance(by, Actor) else by
    return row.status, by if row.status == Attendance.Status.REPRESENTED else None, row.representative.strip()
