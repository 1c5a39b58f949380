"""Sheets that may be of one institution, and what was merged."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.core.choices import Choice
from portal.core.dates import day_and_time
from portal.core.text import FSI, PDI
from portal.core.work import Work, WorkQuerySet

if TYPE_CHECKING:
    from portal.accounts.models import User


class DoubleQuerySet(models.QuerySet["Double"]):
    def visible_to(self, user: "User") -> Self:
        return self if getattr(user, "is_administrator", False) else self.none()

    def standing(self) -> Self:
        """Pairs of sheets that are both still there."""
        return self.filter(first__merged_into=None, second__merged_into=None)

    def open(self) -> Self:
        """Pairs nobody has settled, of sheets that are both still there."""
        return self.standing().filter(settled_at=None)


class Double(models.Model):
    """Two sheets that look alike."""

    class Reason(Choice):
        #: how likely two sheets with this in common are one; 0 for what only weighs the others
        chance: float

        SAME_NAME = "same_name", 0.9, _("same name")
        LIKE_NAME = "like_name", 0.9, _("similar name")
        SAME_ACRONYM = "same_acronym", 0.5, _("same acronym")
        SAME_MAIL = "same_mail", 0.6, _("same mailbox")
        SAME_DOMAIN = "same_domain", 0.3, _("same mail domain")
        SAME_PHONE = "same_phone", 0.5, _("same telephone")
        SAME_SITE = "same_site", 0.4, _("same website")
        SAME_PLACE = "same_place", 0, _("same place")
        OTHER_PLACE = "other_place", 0, _("another place")
        OTHER_KIND = "other_kind", 0, _("another kind")

    first = models.ForeignKey("directory.Actor", models.CASCADE, related_name="+")
    second = models.ForeignKey("directory.Actor", models.CASCADE, related_name="+")
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
        return f"{FSI}{self.first}{PDI} / {FSI}{self.second}{PDI}"

    def get_absolute_url(self) -> str:
        return reverse("doubles:duplicate", args=[self.pk])

    @property
    def reason_labels(self) -> list[str]:
        """Why they look alike, as people read it."""
        labels = dict(self.Reason.choices)
        return [str(labels.get(reason, reason)) for reason in self.reasons]


class DoubleSearch(Work):
    """One search for doubles through the whole directory: it waits, and a worker makes it under a lease."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a worker")
        DONE = "done", pgettext_lazy("search", "finished")
        FAILED = "failed", _("could not be finished")

    MADE_BY = "actors.doubles.work.find_doubles"
    UNFINISHED = frozenset({State.WAITING})

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    #: how many sheets were compared, how many pairs look alike
    sheets = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)

    objects = WorkQuerySet["DoubleSearch"].as_manager()

    class Meta:
        verbose_name = _("search for doubles")
        verbose_name_plural = _("searches for doubles")
        ordering = ("-requested_at", "-pk")
        get_latest_by = ("requested_at", "pk")

    def __str__(self) -> str:
        return day_and_time(self.requested_at)


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, user: "User") -> Self:
        return self if getattr(user, "is_administrator", False) else self.none()

    def standing(self) -> Self:
        """Those nobody has undone."""
        return self.filter(undone_at=None)


class Merge(models.Model):
    """One sheet merged into another: every link moved, every move kept, so that it can be undone."""

    winner = models.ForeignKey(
        "directory.Actor", models.PROTECT, related_name="merges", verbose_name=_("sheet that stays")
    )
    loser = models.ForeignKey(
        "directory.Actor", models.PROTECT, related_name="+", verbose_name=_("sheet merged into it")
    )
    #: every row it wrote, the sheets themselves too (`portal.core.journal`)
    changes: Any = models.JSONField(default=list)
    merged_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    #: what undoing could not put back: [{"model", "key", "what", "why"}]
    kept: Any = models.JSONField(default=list)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ("-merged_at", "-pk")

    def __str__(self) -> str:
        names = {"loser": f"{FSI}{self.loser}{PDI}", "winner": f"{FSI}{self.winner}{PDI}"}
        return gettext("“%(loser)s” merged into “%(winner)s”") % names

    def get_absolute_url(self) -> str:
        return reverse("doubles:merge", args=[self.pk])
