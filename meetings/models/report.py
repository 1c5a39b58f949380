"""A report of a meeting, as a PDF."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.meeting import Meeting

if TYPE_CHECKING:
    from portal.accounts.models import User


class ReportQuerySet(models.QuerySet["Report"]):
    def unfinished(self, now: datetime) -> Self:
        """Waiting, or abandoned by the worker that had them."""
        return self.filter(Q(state=Report.State.WAITING) | Q(state=Report.State.WORKING, leased_until__lt=now))

    def visible_to(self, user: "User") -> Self:
        """Public reports for whoever sees the meeting; the members' ones for those who take part."""
        if user.is_administrator:
            return self
        public = self.filter(audience=Report.Audience.PUBLIC, meeting__in=Meeting.objects.visible_to(user).values("pk"))
        if not user.is_authenticated:
            return public
        return public | self.filter(meeting__in=Meeting.objects.taken_part_in_by(user).values("pk"))


class Report(models.Model):
    """One PDF in one language for one audience: it waits, is made under a lease, then stays frozen with its data."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a worker")
        WORKING = "working", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be made")

    class Audience(models.TextChoices):
        PUBLIC = "public", _("public report")
        PARTICIPANTS = "participants", _("report for participants")

    meeting = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="reports")
    language = models.CharField(_("language"), max_length=2, choices=[("ar", "العربية"), ("fr", "Français")])
    audience = models.CharField(_("for"), max_length=12, choices=Audience, default=Audience.PARTICIPANTS)
    number = models.PositiveSmallIntegerField(_("number"))
    left_out = models.JSONField(_("parts left out"), default=list, blank=True)
    data = models.JSONField(_("frozen content"), default=dict)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    step = models.CharField(_("step"), max_length=20, blank=True)
    percent = models.PositiveSmallIntegerField(_("done, per cent"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    file = models.FileField(_("file"), upload_to="reports/", max_length=200, blank=True)
    file_size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    requested_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("-requested_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="report_number_once"),
            models.UniqueConstraint(
                fields=["meeting", "language", "audience", "fingerprint"], name="report_content_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting.reference} / {self.number} ({self.language})"

    @property
    def is_unfinished(self) -> bool:
        return self.state in {self.State.WAITING, self.State.WORKING}

    @property
    def short_fingerprint(self) -> str:
        """The beginning of the fingerprint in groups of four, to be read aloud."""
        return " ".join(self.fingerprint[i : i + 4] for i in range(0, 12, 4))

    @property
    def content_type(self) -> str:
        return "application/pdf"

    @property
    def file_name(self) -> str:
        return f"{self.meeting.reference}-{self.number}-{self.language}.pdf"
