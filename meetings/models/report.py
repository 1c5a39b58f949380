"""A report of a meeting, as a PDF."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actors.directory.models.space import Space, roles_by_space
from meetings.models.meeting import Meeting
from portal.core.files import KINDS
from portal.core.work import FileWork, WorkQuerySet

if TYPE_CHECKING:
    from portal.accounts.models import User


class ReportQuerySet(WorkQuerySet["Report"]):
    def visible_to(self, user: "User") -> Self:
        """Of the meetings this person sees: public reports; those for participants where they take part; those for the
        members of the space where they are one. None that names a space they do not see."""
        if user.is_administrator:
            return self
        return self.told_to(user).filter(meeting__in=Meeting.objects.visible_to(user).values("pk"))

    def told_to(self, user: "User") -> Self:
        """The same, where only reports of meetings are asked for that this person is known to see."""
        if user.is_administrator:
            return self
        mine = Q(audience=Report.Audience.PUBLIC)
        if user.is_authenticated:
            taken_part_in = Meeting.objects.taken_part_in_by(user).values("pk")
            mine |= Q(audience=Report.Audience.PARTICIPANTS, meeting__in=taken_part_in)
            mine |= Q(audience=Report.Audience.SPACE, space__in=list(roles_by_space(user)))
        spaces = Space.objects.visible_to(user).values("pk")
        return self.filter(mine).filter(Q(space=None) | Q(space__in=spaces))


@dataclass(frozen=True)
class Annexed:
    """The workbook of a report, as it is sent."""

    file: Any
    file_name: str
    content_type: str = KINDS[".xlsx"]


class Report(FileWork):
    """One PDF in one language for one audience: it waits, is made under a lease, then stays frozen with its data."""

    class Audience(models.TextChoices):
        """The widest first; what a report says is read with the eyes of the last of its readers."""

        PUBLIC = "public", _("public report")
        PARTICIPANTS = "participants", _("report for participants")
        SPACE = "space", _("report for the members of the space")

    MADE_BY = "meetings.work.produce"
    ENDINGS: ClassVar = {"file": "pdf", "annex": "xlsx"}

    meeting = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="reports")
    #: the space whose name stands in it, if any
    space = models.ForeignKey("directory.Space", models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(_("language"), max_length=2, choices=[("ar", "العربية"), ("fr", "Français")])
    audience = models.CharField(_("for"), max_length=12, choices=Audience, default=Audience.PARTICIPANTS)
    number = models.PositiveSmallIntegerField(_("number"))
    left_out = models.JSONField(_("parts left out"), default=list, blank=True)
    data = models.JSONField(_("frozen content"), default=dict)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    #: the whole of what the pages give in figures; empty where they have all of it
    annex = models.FileField(_("annexed sheet"), max_length=200, blank=True)

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
        return f"{self.meeting.reference} / {self.number} ({self.get_language_display()})"

    @property
    def short_fingerprint(self) -> str:
        """The beginning of the fingerprint in groups of four, to be read aloud."""
        return " ".join(self.fingerprint[i : i + 4] for i in range(0, 12, 4))

    @property
    def file_name(self) -> str:
        return f"{self.meeting.reference}-{self.number}-{self.language}.pdf"

    @property
    def annexed(self) -> Annexed:
        """The sheet that goes with it; its name says of which report."""
        return Annexed(self.annex, f"{self.meeting.reference}-{self.number}-{self.language}.xlsx")
