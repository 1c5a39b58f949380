"""Sheets that may be of one institution, and what was merged."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DoubleQuerySet(models.QuerySet["Double"]):
    def open(self) -> Self:
        """Pairs nobody has settled, of sheets that are both still there."""
        return self.filter(settled_at=None, first__merged_into=None, second__merged_into=None)


class Double(models.Model):
    """Two sheets that look alike."""

    first = models.ForeignKey("actors.Actor", models.CASCADE, related_name="+")
    second = models.ForeignKey("actors.Actor", models.CASCADE, related_name="+")
    #: how alike, from 0 to 100, and why: ["same_name", "same_phone", …]
    score = models.PositiveSmallIntegerField(_("likeness"))
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField(auto_now_add=True)
    #: set when a person has said that they are two institutions
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DoubleQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible double")
        verbose_name_plural = _("possible doubles")
        ordering = ("-score", "pk")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="double_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="double_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"


class Merge(models.Model):
    """One sheet merged into another: every link moved, every move kept, so that it can be undone."""

    winner = models.ForeignKey("actors.Actor", models.PROTECT, related_name="merges")
    loser = models.ForeignKey("actors.Actor", models.PROTECT, related_name="+")
    #: what the winner took over: {field: [before, after]}; what the loser was before: {field: value}
    filled = models.JSONField(default=dict)
    loser_before = models.JSONField(default=dict)
    merged_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ("-merged_at", "-pk")

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.winner_id}"


class MovedRow(models.Model):
    """One row that a merge moved, changed or set aside."""

    class Act(models.TextChoices):
        MOVED = "moved", _("moved")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("set aside")

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="rows")
    act = models.CharField(max_length=8, choices=Act)
    model = models.CharField(max_length=80)
    key = models.CharField(max_length=40)
    #: column: [before, after] for what was moved or changed; the whole row for what was set aside
    values: Any = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("moved row")
        verbose_name_plural = _("moved rows")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.model} {self.key}"
