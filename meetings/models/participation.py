"""Who was invited, and who came: always institutions."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actors.directory.models import Actor
from meetings.models.meeting import Meeting, MeetingQuerySet
from portal.core.choices import Choice
from portal.core.history import history

if TYPE_CHECKING:
    from portal.accounts.models import User


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def sent(self) -> Self:
        return self.exclude(sent_at=None)

    def expected(self) -> Self:
        """Sent, and not declined."""
        return self.sent().exclude(answer=Invitation.Answer.DECLINED)


class Invitation(models.Model):
    """One institution invited to one meeting; whom to write to is asked of its focal points when mail goes out."""

    class Answer(Choice):
        tone: str
        icon: str

        NONE = "none", "attention", "clock", pgettext_lazy("invitation", "no answer yet")
        CONFIRMED = "confirmed", "ok", "check", pgettext_lazy("invitation", "confirmed")
        DECLINED = "declined", "", "x", pgettext_lazy("invitation", "declined")

    meeting = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="invitations")
    actor = models.ForeignKey(
        "directory.Actor", models.PROTECT, related_name="invitations", verbose_name=_("institution")
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, default=Answer.NONE)
    represented_by = models.ForeignKey(
        "directory.Contact",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("represented by (contact)"),
    )
    representative = models.CharField(_("name and quality of the representative"), max_length=200, blank=True)
    mandate = models.CharField(_("mandate"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by_phone = models.BooleanField(_("answered by telephone"), default=False)
    sent_at = models.DateTimeField(pgettext_lazy("invitation", "sent"), null=True, blank=True)
    answered_at = models.DateTimeField(pgettext_lazy("invitation", "answered"), null=True, blank=True)
    answered_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = InvitationQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("actor__name_ar", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "actor"],
                name="invited_once",
                violation_error_message=_("This institution is already invited."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.get_answer_display()}"

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None

    @property
    def designated(self) -> str:
        """Who will represent it, as answered: an office of its sheet, or a name kept with this meeting."""
        return self.representative or str(self.represented_by or "")


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def attended(self, user: "User") -> MeetingQuerySet:
        """The held meetings this person sees at which these were present or represented: nobody is shown as absent."""
        held = Meeting.objects.visible_to(user).filter(state__in=Meeting.TOOK_PLACE)
        return held.filter(pk__in=self.here().values("meeting_id"))

    def here(self) -> Self:
        """Present or represented."""
        return self.filter(status__in=Attendance.HERE)


class Attendance(models.Model):
    """How one institution took part in one meeting."""

    class Status(Choice):
        """How much an institution was there, the most first."""

        tone: str
        icon: str

        PRESENT = "present", "ok", "check", _("present")
        LATE = "late", "ok", "clock", _("arrived during the meeting")
        REPRESENTED = "represented", "ok", "users", _("represented by another institution")
        EXCUSED = "excused", "attention", "mail", _("excused")
        ABSENT = "absent", "", "minus", _("absent")

        @property
        def in_public(self) -> "Attendance.Status":
            """Nobody is shown as late; of the others, visitors are shown `HERE` only."""
            return Attendance.Status.PRESENT if self is Attendance.Status.LATE else self

    HERE = (Status.PRESENT, Status.LATE, Status.REPRESENTED)
    #: somebody of its own sat there
    IN_PERSON = (Status.PRESENT, Status.LATE)

    meeting = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="attendances")
    actor = models.ForeignKey(
        "directory.Actor", models.PROTECT, related_name="attendances", verbose_name=_("institution")
    )
    status = models.CharField(_("presence"), max_length=12, choices=Status)
    represented_by = models.ForeignKey(
        "directory.Actor", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("represented by")
    )
    representative = models.CharField(_("name and quality of the representative"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(auto_now=True)

    objects = AttendanceQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ("actor__name_ar", "pk")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "actor"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(status="represented", represented_by__isnull=False)
                | (~Q(status="represented") & Q(represented_by=None)),
                name="attendance_represented_by_whom",
                violation_error_message=_("Say which institution represented it."),
            ),
            models.CheckConstraint(
                condition=Q(represented_by=None) | ~Q(represented_by=F("actor")),
                name="attendance_not_by_itself",
                violation_error_message=_("An institution cannot represent itself: choose “present”."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.line}"

    @property
    def is_here(self) -> bool:
        return self.status in self.HERE

    @property
    def line(self) -> str:
        """What is noted, without the institution."""
        by = self.represented_by.name if self.represented_by else ""
        return " – ".join(str(part) for part in (self.get_status_display(), by, self.representative) if part)


# Whose word on the minutes is asked: the institutions that were invited, or present without an invitation.


def asked_about_minutes(field: str, **of: Any) -> models.QuerySet[Any, Any]:
    """For lists, a subquery: `"actor_id", meeting=…` the institutions asked, `"meeting_id", actor=…` about which."""
    sent, here = (
        rows.filter(**of).order_by().values(field) for rows in (Invitation.objects.sent(), Attendance.objects.here())
    )
    return sent.union(here)


def asked_of(invitations: Iterable[Invitation], attendances: Iterable[Attendance]) -> dict[int, Actor]:
    """For pages that have the rows already, by key."""
    asked: list[Invitation | Attendance] = [row for row in invitations if row.is_sent]
    asked += [row for row in attendances if row.is_here]
    return {row.actor_id: row.actor for row in asked}
