"""Who was invited, and who came: always institutions."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor
from portal.core.asking import PERSON, Filled, KeysFound, Reader, filled, text_of
from portal.core.choices import Choice
from portal.core.dates import is_another_hour
from portal.core.history import history

if TYPE_CHECKING:
    from meetings.models.meeting import MeetingQuerySet
    from meetings.models.minutes import MinutesReview
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
    #: the mailbox whose personal link the answer came by; '' where it came by an account or by telephone
    by_mailbox = models.EmailField(_("answered by the link sent to"), blank=True, default="")
    asked_point = models.CharField(_("point asked for the agenda"), max_length=300, blank=True, default="")
    sent_at = models.DateTimeField(pgettext_lazy("invitation", "sent"), null=True, blank=True)
    answered_at = models.DateTimeField(pgettext_lazy("invitation", "answered"), null=True, blank=True)
    answered_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    #: what was answered for a day or hour that has changed since, and when the meeting was to begin then
    earlier_answer = models.CharField(_("answer for the old date"), max_length=10, choices=Answer, default=Answer.NONE)
    earlier_date = models.DateTimeField(_("old date"), null=True, blank=True)

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
        """Who will represent it, as answered for this date: an office of its sheet, or a name kept with the meeting."""
        return "" if self.is_asked_anew else self.representative or str(self.represented_by or "")

    @property
    def is_asked_anew(self) -> bool:
        """It was answered for a date that has changed since, and not yet for the new one."""
        return self.answer == self.Answer.NONE and self.earlier_answer != self.Answer.NONE

    @property
    def hour_has_changed(self) -> bool:
        """It is asked anew because the hour of the meeting is another, not its day."""
        was, meeting = self.earlier_date, self.meeting
        return was is not None and meeting.times_known and is_another_hour(was, meeting.starts_at)

    @property
    def answer_text(self) -> str:
        """The answer, or what it was for the old date, in one line."""
        if self.is_asked_anew:
            return gettext("answered for the old date: %(answer)s") % {"answer": self.get_earlier_answer_display()}
        return self.get_answer_display()


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def attended(self, user: "User") -> "MeetingQuerySet":
        """The held meetings this person sees at which these were present or represented: nobody is shown as absent."""
        meetings = apps.get_model("meetings", "Meeting")
        held = meetings.objects.visible_to(user).filter(state__in=meetings.TOOK_PLACE)
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


# Which institutions take part in a meeting: those that were invited, those recorded present or represented, and those
# that gave their word on its minutes once already. They see it from inside, and their word on its minutes is asked.


def taking_part(field: str, **of: Any) -> models.QuerySet[Any, Any]:
    """For lists, a subquery: `"actor_id", meeting=…` the institutions, `"meeting_id", actor=…` the meetings."""
    sent, here = (
        rows.filter(**of).order_by().values(field) for rows in (Invitation.objects.sent(), Attendance.objects.here())
    )
    through = {"meeting": "minutes__meeting", "meeting_id": "minutes__meeting_id"}
    reviews = apps.get_model("meetings", "MinutesReview").objects
    words = reviews.filter(**{through.get(name, name): value for name, value in of.items()})
    return sent.union(here, words.order_by().values(through.get(field, field)))


def meetings_of(actors: Iterable[int]) -> Any:
    """The keys of the meetings in which one of these institutions takes part, inside a question; written once."""
    keys = list(actors)
    text = text_of(Reader(PERSON, "", {}), _meetings_of, _meetings_of)
    return KeysFound(filled(text, {PERSON: keys}) if keys else Filled("", ()))


def _meetings_of(actor: int) -> models.QuerySet[Any, Any]:
    return taking_part("meeting_id", actor__in=[actor]).order_by()


def taking_part_of(
    invitations: Iterable[Invitation], attendances: Iterable[Attendance], reviews: "Iterable[MinutesReview]"
) -> dict[int, Actor]:
    """For pages that have the rows already, by key."""
    rows: list[Invitation | Attendance | MinutesReview] = [row for row in invitations if row.is_sent]
    rows += [row for row in attendances if row.is_here]
    return {row.actor_id: row.actor for row in [*rows, *reviews]}
