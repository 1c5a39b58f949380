"""Long work as a row: a worker claims it under a lease, so that what a dead worker left is taken up by the next."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

LEASE = timedelta(minutes=3)
ATTEMPTS = 3


class Work(models.Model):
    """What a worker is asked to do; the model above gives `state`, and UNFINISHED says which states wait for work."""

    UNFINISHED: ClassVar[Collection[str]]

    percent = models.PositiveSmallIntegerField(_("done, per cent"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    requested_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_unfinished(self) -> bool:
        state: Any = getattr(self, "state")  # noqa: B009 - the model above has it
        return state in self.UNFINISHED

    def while_mine(self, **changes: Any) -> bool:
        """Write `changes` unless another worker has claimed the row since; False when it has."""
        rows = type(self)._default_manager.filter(pk=self.pk, attempts=self.attempts, leased_until=self.leased_until)
        if not rows.update(**changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True


class WorkQuerySet[M: Work](models.QuerySet[M]):
    def unfinished(self, now: datetime) -> Self:
        """Waiting for a worker, or abandoned by the one that had them."""
        return self.filter(Q(leased_until=None) | Q(leased_until__lt=now), state__in=self.model.UNFINISHED)

    def claim(self, pk: int, now: datetime) -> M | None:
        """Take the work for the length of a lease; None when it is finished, in other hands, or gone."""
        taken = (
            self.unfinished(now)
            .filter(pk=pk, attempts__lt=ATTEMPTS)
            .update(leased_until=now + LEASE, attempts=F("attempts") + 1)
        )
        return self.get(pk=pk) if taken else None

    def abandon(self, now: datetime, failed: str, **changes: Any) -> int:
        """Turn what was abandoned too often to the state `failed`, with other `changes`; says how many."""
        return (
            self.unfinished(now)
            .filter(attempts__gte=ATTEMPTS)
            .update(state=failed, error=f"Abandoned {ATTEMPTS} times by the worker.", leased_until=None, **changes)
        )
