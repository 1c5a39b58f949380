"""The minutes: sections by agenda item, every revision kept, versions frozen when adopted."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from meetings.models.agenda import AgendaItem
from meetings.models.passages import locate
from portal.core.choices import Choice
from portal.core.dates import as_day, day_text, today
from portal.core.history import history


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def taking_remarks(self, on: date) -> Self:
        """Circulated, and the window for remarks is open."""
        return self.filter(state=Minutes.State.CIRCULATED, remarks_until__gte=on)

    def ready_to_circulate(self) -> Self:
        """Drafts that say something, and of every item of the programme."""
        written = MinutesSection.objects.written().filter(minutes=OuterRef("pk"))
        missing = AgendaItem.objects.unwritten().filter(meeting=OuterRef("meeting"))
        return self.filter(Exists(written), ~Exists(missing), state=Minutes.State.DRAFT)


class Minutes(models.Model):
    """The written record of one meeting."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft minutes")
        CIRCULATED = "circulated", _("circulated for remarks")
        ADOPTED = "adopted", pgettext_lazy("minutes", "adopted")

    #: the reason in the history where the institutions themselves adopted the minutes
    IN_SESSION = "in session"

    TRANSITIONS = {
        State.DRAFT: (State.CIRCULATED,),
        State.CIRCULATED: (State.ADOPTED, State.DRAFT),
        State.ADOPTED: (State.DRAFT,),
    }

    meeting = models.OneToOneField("meetings.Meeting", models.CASCADE, related_name="minutes")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    circulation = models.PositiveSmallIntegerField(_("times circulated"), default=0)
    circulated_at = models.DateTimeField(_("circulated"), null=True, blank=True)
    remarks_until = models.DateField(_("remarks until"), null=True, blank=True)
    adopted_at = models.DateTimeField(pgettext_lazy("day of the minutes", "adopted"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MinutesQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="circulated") | Q(remarks_until__isnull=False),
                name="minutes_circulated_until",
                violation_error_message=_("Say until when remarks are received."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting.reference} – {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:minutes", args=[self.meeting.reference])

    @property
    def is_correction(self) -> bool:
        return self.version > 1

    @property
    def was_adopted(self) -> bool:
        """True once a version was adopted, whatever became of the text since."""
        return self.is_correction or self.state == self.State.ADOPTED

    @property
    def was_adopted_early(self) -> bool:
        """Adopted while the window for remarks was still open."""
        if self.state != self.State.ADOPTED or self.adopted_at is None or self.remarks_until is None:
            return False
        return as_day(self.adopted_at) <= self.remarks_until

    @property
    def was_taken_back(self) -> bool:
        """Circulated before, and a draft again."""
        return self.state == self.State.DRAFT and self.circulation > 0

    @property
    def is_ready_to_circulate(self) -> bool:
        return type(self).objects.ready_to_circulate().filter(pk=self.pk).exists()

    def takes_remarks(self, on: date | None = None) -> bool:
        """Circulated, and the window for remarks is open; its last day counts."""
        return (
            self.state == self.State.CIRCULATED
            and self.remarks_until is not None
            and (on or today()) <= self.remarks_until
        )

    @property
    def state_text(self) -> str:
        """Where the text stands, as a person says it: with the day until which remarks are received, or the version."""
        if self.state == self.State.CIRCULATED and self.remarks_until:
            return gettext("circulated for remarks until %(day)s") % {"day": day_text(self.remarks_until)}
        if self.is_correction and self.state == self.State.ADOPTED:
            return gettext("corrected version no. %(number)d") % {"number": self.version}
        return self.get_state_display()


class MinutesSectionQuerySet(models.QuerySet["MinutesSection"]):
    def written(self) -> Self:
        """Those that say something: minutes of which none does are not written yet."""
        return self.exclude(text="")


class MinutesSection(models.Model):
    """What was said on one agenda item (or in general, where `item` is empty), as it stands now."""

    minutes = models.ForeignKey("meetings.Minutes", models.CASCADE, related_name="sections")
    item = models.ForeignKey(
        "meetings.AgendaItem", models.PROTECT, null=True, blank=True, related_name="minutes_sections"
    )
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = MinutesSectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section of the minutes")
        verbose_name_plural = _("sections of the minutes")
        ordering = (models.F("item__position").asc(nulls_first=True), "pk")
        constraints = [
            # Two constraints: SQLite cannot hold one that takes empty items for equal.
            models.UniqueConstraint(fields=["minutes", "item"], name="one_section_per_item"),
            models.UniqueConstraint(fields=["minutes"], condition=Q(item=None), name="one_general_section"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} – {self.item}" if self.item else str(self.minutes)

    def locate(self, text: str) -> int | None:
        """Where `text` stands in the section’s plain text as it is now; None when it no longer does."""
        return locate(text, self.text)


class MinutesRevision(models.Model):
    """One saved text of one section; a quote points here, so that it stays true when the text moves on."""

    section = models.ForeignKey("meetings.MinutesSection", models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField(auto_now_add=True)
    saved_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("revision of the minutes")
        verbose_name_plural = _("revisions of the minutes")
        ordering = ("section", "-number")
        constraints = [models.UniqueConstraint(fields=["section", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.section} – {self.number}"


class MinutesVersion(models.Model):
    """The minutes as adopted, frozen; a correction is the next number."""

    minutes = models.ForeignKey("meetings.Minutes", models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    sections = models.JSONField(
        help_text="[{section, item, number, title_ar, title_fr, title_en, html, text, revision}]"
    )
    #: the meeting of which they were adopted, as it was said to have been; `as_adopted` reads it
    facts = models.JSONField(
        default=dict,
        help_text="{title_…, place_…, starts_at, ends_at, times_known, link, items: "
        "[{item, title_…, note_…, minutes_planned, presenters: [{name_ar, name_fr, name_en}]}]}",
    )
    adopted_at = models.DateTimeField(pgettext_lazy("day of the minutes", "adopted"))
    adopted_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("adopted version of the minutes")
        verbose_name_plural = _("adopted versions of the minutes")
        ordering = ("minutes", "-number")
        constraints = [models.UniqueConstraint(fields=["minutes", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.minutes} – {self.number}"


class MinutesReviewQuerySet(models.QuerySet["MinutesReview"]):
    def current(self) -> Self:
        """Said since the minutes were last circulated; what was said before counts no more."""
        return self.filter(circulation=F("minutes__circulation"))


class MinutesReview(models.Model):
    """One institution's word on minutes as they were circulated that time; silence leaves no row."""

    class Answer(Choice):
        tone: str
        icon: str

        APPROVES = "approves", "ok", "check", _("approval")
        REMARKS = "remarks", "attention", "message-square", _("remarks")

    minutes = models.ForeignKey("meetings.Minutes", models.CASCADE, related_name="reviews")
    version = models.PositiveSmallIntegerField(_("version"))
    circulation = models.PositiveSmallIntegerField(_("circulation"), default=1)
    actor = models.ForeignKey(
        "directory.Actor", models.PROTECT, related_name="minutes_reviews", verbose_name=_("institution")
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Answer)
    text = models.TextField(_("remarks"), blank=True)
    given_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(auto_now=True)

    objects = MinutesReviewQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("institution’s word on the minutes")
        verbose_name_plural = _("institutions’ words on the minutes")
        ordering = ("given_at",)
        constraints = [
            models.UniqueConstraint(fields=["minutes", "circulation", "actor"], name="one_review_per_institution"),
            models.CheckConstraint(
                condition=~Q(answer="remarks", text=""),
                name="remarks_have_text",
                violation_error_message=_("Write your remarks."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.get_answer_display()}"
