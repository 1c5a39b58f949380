"""What the core remembers: which forms have acted."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

#: how long a form may be open, as a phone's queue may hold it
LIFE = timedelta(days=14)
#: how soon the same words under another key are more likely a slip than a wish
SOON = timedelta(minutes=10)


class OneTimeKeyQuerySet(models.QuerySet["OneTimeKey"]):
    def old(self) -> Self:
        """Of forms that would be refused for their age anyway."""
        return self.filter(made_at__lt=timezone.now() - LIFE)

    def just_made(self, bearer: str, act: str, digest: str) -> "OneTimeKey | None":
        """What the same person made a moment ago with the same act and words."""
        recent = self.filter(bearer=bearer, act=act, digest=digest, made_at__gte=timezone.now() - SOON)
        return recent.exclude(made="").order_by("-made_at").first()


class OneTimeKey(models.Model):
    """One form that acted: who sent it, what it did, and where that led; written in the transaction of the act."""

    bearer = models.CharField(max_length=320)
    act = models.CharField(max_length=100)
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    landing = models.TextField(default="")
    made = models.TextField(default="", help_text="What was made, by its name; empty where nothing was.")
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = OneTimeKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bearer", "act", "key"], name="acted_once")]

    def __str__(self) -> str:
        return f"{self.bearer}: {self.act}"
