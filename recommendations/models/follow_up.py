"""What institutions report, and what proves it."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actors.directory.models.membership import parts_by_actor
from portal.core.choices import Choice
from portal.core.files import StoredFile
from portal.core.history import history
from recommendations.models.recommendation import Recommendation, sees_inside

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from portal.accounts.models import User


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def standing(self) -> Self:
        """Those that left the house: no draft inside an institution."""
        return self.filter(clearance=FollowUp.Clearance.CLEARED)

    def in_house(self) -> Self:
        """Those that have not left the house: they wait for clearance, or were sent back."""
        return self.filter(clearance__in=FollowUp.IN_HOUSE)

    def awaiting_clearance(self) -> Self:
        return self.filter(clearance=FollowUp.Clearance.WAITING)

    def visible_to(self, user: "User") -> Self:
        """Standing entries for people of institutions who see the recommendation; drafts for their own house only."""
        if not sees_inside(user):
            return self.none()
        seen = self.filter(recommendation__in=Recommendation.objects.visible_to(user).values("pk"))
        own = Q(on_behalf_of__in=list(parts_by_actor(user)))
        return seen.filter(Q(clearance=FollowUp.Clearance.CLEARED) | own)


class FollowUp(models.Model):
    """One entry of a recommendation's timeline; entries are added, never changed: a correction is a new entry."""

    class Kind(Choice):
        #: what stands above the entry; a report is headed by the state it gives
        heading: "_StrPromise"

        PROGRESS = "progress", "", _("progress report")
        CONFIRMATION = "confirmation", _("Completion confirmed"), _("confirmation")
        CONTEST = "contest", _("Reservation expressed"), _("reservation")
        DROP = "drop", _("Dropped"), pgettext_lazy("state of a recommendation", "dropped")
        REOPENING = "reopening", _("Reopened"), _("reopened")

    class Clearance(Choice):
        tone: str
        icon: str

        WAITING = "waiting", "attention", "hourglass", _("waiting for internal validation")
        CLEARED = "cleared", "ok", "check", _("cleared")
        SENT_BACK = "sent_back", "danger", "undo-2", _("sent back inside the institution")

    IN_HOUSE = (Clearance.WAITING, Clearance.SENT_BACK)

    class Obstacle(models.TextChoices):
        NONE = "", _("none")
        SESSION = "session", _("waiting for a council session")
        VISA = "visa", _("waiting for the visa")
        BUDGET = "budget", _("no budget line")
        OTHER_SERVICE = "other_service", _("waiting for another service")
        STAFF_CHANGE = "staff_change", _("change of the person in charge")
        OTHER = "other", _("other obstacle")

    TRANSITIONS = {
        Clearance.WAITING: (Clearance.CLEARED, Clearance.SENT_BACK),
        Clearance.CLEARED: (),
        Clearance.SENT_BACK: (),
    }

    recommendation = models.ForeignKey("recommendations.Recommendation", models.PROTECT, related_name="follow_ups")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PROGRESS)
    on_behalf_of = models.ForeignKey(
        "directory.Actor",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_ups",
        verbose_name=_("on behalf of"),
    )
    new_state = models.CharField(_("state"), max_length=12, choices=Recommendation.State, blank=True)
    progress = models.PositiveSmallIntegerField(_("progress"), choices=Recommendation.Progress, null=True, blank=True)
    account = models.TextField(_("what was done"), blank=True)
    obstacle = models.CharField(_("obstacle"), max_length=15, choices=Obstacle, blank=True, default="")
    obstacle_note = models.CharField(_("about the obstacle"), max_length=300, blank=True)
    clearance = models.CharField(_("internal validation"), max_length=10, choices=Clearance, default=Clearance.CLEARED)
    clearance_note = models.CharField(_("note of the validator"), max_length=300, blank=True)
    drafted_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    drafted_at = models.DateTimeField(_("written"))
    cleared_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ("-drafted_at", "-pk")
        indexes = [
            models.Index(
                fields=["on_behalf_of"], condition=Q(clearance__in=("waiting", "sent_back")), name="follow_up_in_house"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="progress") | Q(on_behalf_of__isnull=False),
                name="progress_on_behalf_of_an_institution",
            ),
            models.CheckConstraint(
                condition=~Q(kind="progress", new_state="done", account=""),
                name="done_with_an_account",
                violation_error_message=_("Say what was done."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation.reference}: {self.get_kind_display()}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: "User") -> Self:
        return self.filter(follow_up__in=FollowUp.objects.visible_to(user).values("pk"))


class Evidence(StoredFile):
    """A file or a link that proves what a follow-up says."""

    follow_up = models.ForeignKey("recommendations.FollowUp", models.CASCADE, related_name="evidence")
    title = models.CharField(_("title"), max_length=200, blank=True)
    link = models.URLField(_("link"), blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=~Q(file="", link=""),
                name="evidence_is_something",
                violation_error_message=_("Attach a file or give a link."),
            )
        ]

    def __str__(self) -> str:
        return self.title or self.file_name or self.link

    def get_absolute_url(self) -> str:
        return self.link or reverse("recommendations:download_evidence", args=[self.pk])
