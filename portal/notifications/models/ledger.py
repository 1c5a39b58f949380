"""What the clock owed, and what became of it: the reason no reminder is ever sent twice."""

from typing import Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.dates import day_and_time


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def about(self, subject: models.Model) -> Self:
        """Everything the ledger holds on one thing."""
        return self.filter(content_type=ContentType.objects.get_for_model(subject), object_id=str(subject.pk))


class LedgerEntry(models.Model):
    """One rung of one subject, on one occurrence, for one recipient: sent, or skipped and why."""

    class Outcome(models.TextChoices):
        SENT = "sent", _("sent")
        SKIPPED = "skipped", _("skipped")

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.CharField(max_length=40)
    subject = GenericForeignKey("content_type", "object_id")
    rung = models.CharField(_("rung"), max_length=60)
    occurrence = models.CharField(_("occurrence"), max_length=40)
    recipient_key = models.CharField(_("recipient"), max_length=120)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    due_at = models.DateTimeField(_("due"))
    created_at = models.DateTimeField(_("entered"))
    notification = models.ForeignKey(
        "notifications.Notification", models.SET_NULL, null=True, blank=True, related_name="ledger"
    )

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "rung", "occurrence", "recipient_key"], name="ledger_once"
            ),
            models.CheckConstraint(condition=~models.Q(recipient_key=""), name="ledger_recipient_named"),
        ]

    def __str__(self) -> str:
        return f"{self.notification or self.get_outcome_display()} – {day_and_time(self.due_at)}"


class ReminderRun(models.Model):
    """One pass of the clock, so that administrators see when it last ran and what it did."""

    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    sent = models.PositiveIntegerField(_("sent"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)

    class Meta:
        verbose_name = _("reminder run")
        verbose_name_plural = _("reminder runs")
        ordering = ("-started_at",)
        get_latest_by = "started_at"

    def __str__(self) -> str:
        return day_and_time(self.started_at)
