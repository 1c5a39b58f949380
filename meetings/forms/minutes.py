"""What is typed about minutes: texts, the day until which remarks are received, an institution's word."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actors.directory.models import Actor
from meetings.models import Minutes, MinutesReview, MinutesRevision, MinutesSection
from meetings.rules.words import missing_in_review, newest_word, record_of, refuse_unheard, stamp_of, word_seen
from portal.core.errors import Refused
from portal.core.forms import DateField, PortalForm, When, row_field
from portal.core.html import paragraphs
from portal.core.stamps import Overwriting, compared, with_stamp


class MinutesForm(PortalForm):
    """The text of one item, in plain paragraphs, and the revision the writer had before their eyes."""

    text = forms.CharField(
        label=_("What was said, proposed and agreed"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 16, "dir": "auto"}),
        help_text=_("An empty line begins a new paragraph. No person is named as a migrant."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, section: MinutesSection, **kwargs: Any) -> None:
        self.section = section
        self.theirs: object = None
        super().__init__(data, initial={"text": section.text, "revision": section.revision}, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        """The typed text as markup; formatting that was there before stays where the words were not touched."""
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        html = self.section.html if text == self.section.text else paragraphs(text)
        return {"html": html, "seen_revision": self.cleaned_data["revision"]}

    def refuse(self, refusal: Refused) -> None:
        """Where somebody else saved meanwhile the form now knows their revision: saving again is a choice."""
        super().refuse(refusal)
        self.theirs = refusal.details.get("theirs")
        if isinstance(self.theirs, MinutesRevision):
            self.data["revision"] = str(self.theirs.number)  # type: ignore[index]


class CirculateForm(PortalForm):
    """Until when the institutions may remark."""

    until = DateField(label=_("Remarks are received until"), help_text=_("The last day counts."))


class ReviewForm(PortalForm):
    """An institution's approval of the draft, or its remarks: `given` is what it has said of this text so far."""

    compulsory = {"text": (When("answer", (MinutesReview.Answer.REMARKS,)),)}

    actor = forms.ModelChoiceField(label=_("On behalf of"), queryset=Actor.objects.none())
    answer = forms.ChoiceField(
        label=pgettext_lazy("of an institution", "Answer"), choices=MinutesReview.Answer, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Remarks"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"})
    )

    def __init__(
        self,
        data: Any = None,
        *,
        minutes: Minutes,
        actors: list[Actor],
        given: MinutesReview | None = None,
        **kwargs: Any,
    ) -> None:
        initial: dict[str, Any] = {"actor": actors[0].pk if len(actors) == 1 else None}
        if given is not None:
            initial = {"actor": given.actor_id, "answer": given.answer, "text": given.text}
        super().__init__(data, initial=initial, **kwargs)
        self.given = given
        self.edits = minutes
        self.edits.stamp = stamp_of(minutes, getattr(given, "stamp", None))
        row_field(self, "actor").queryset = Actor.objects.filter(pk__in=[actor.pk for actor in actors])
        if len(actors) == 1:
            self.fields["actor"].widget = forms.HiddenInput()

    def missing(self) -> dict[str, str]:
        return missing_in_review(self.cleaned_data.get("answer", ""), self.cleaned_data.get("text", ""))

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data | ({"text": ""} if self._approves else {})

    @property
    def anew(self) -> tuple[str, ...]:  # type: ignore[override]
        """Who approves also says that there are no remarks, whatever was remarked meanwhile."""
        return ("answer", "text") if self._approves else ("answer",)

    @property
    def _approves(self) -> bool:
        return self.cleaned_data["answer"] == MinutesReview.Answer.APPROVES

    def own(self, thing: Minutes) -> dict[str, Any]:
        """What this person changed of the institution's word that stood in the form; none stood there of another."""
        seen, _dot, told = self.stamp.partition(".")
        words = [record_of(thing, word_seen(thing, stamp)) for stamp in (seen, told or seen)]
        actor = self.cleaned_data["actor"]
        base, shown = (word if word and word.actor_id == actor.pk else MinutesReview(actor=actor) for word in words)
        here = with_stamp(thing.reviews.current()).select_related("actor").filter(actor=actor).first()
        if here is None:
            return self.values
        own, lost = compared(here, self.values, base, shown, by=self.by, anew=self.anew)
        if lost:
            raise Overwriting(lost, f"{seen}.{stamp_of(thing, here.stamp)}")  # type: ignore[attr-defined]
        return own


class SettlingForm(PortalForm):
    """What the secretariat does with circulated minutes; what institutions said meanwhile is read first."""

    def __init__(self, *args: Any, minutes: Minutes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edits = minutes
        self.edits.stamp = stamp_of(minutes, newest_word(minutes))

    def own(self, thing: Minutes) -> dict[str, Any]:
        refuse_unheard(thing, self.stamp)
        return self.values


class AdoptForm(SettlingForm):
    """Adoption before the window closes: only where the institutions themselves adopted the minutes."""

    in_session = forms.BooleanField(
        label=_("The institutions adopted these minutes in session, without waiting for the end of the period."),
        required=False,
    )

    def __init__(self, data: Any = None, *, early: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if not early:
            del self.fields["in_session"]


class ReopenForm(SettlingForm):
    """Why the text is taken up again; a correction of adopted minutes says what it corrects."""

    reason = forms.CharField(
        label=_("What has to be changed"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, required: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["reason"].required = required
