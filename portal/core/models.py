"""What the core remembers: forms that acted, files that are kept and cannot be used, signs of life, and how often what
is limited was done."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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


class FileFault(models.Model):
    """A file that a row names and nobody can use; its name is never given twice, so a new file has no fault."""

    class Fault(models.TextChoices):
        GONE = "gone", _("not on the disk any more")
        UNREADABLE = "unreadable", _("cannot be read as a picture")

    name = models.CharField(max_length=200, unique=True)
    fault = models.CharField(max_length=10, choices=Fault)
    #: whose it is: a model such as meetings.document, and the key of its row
    model = models.CharField(max_length=60)
    row = models.CharField(max_length=40)
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("model", "pk")

    def __str__(self) -> str:
        return f"{self.name}: {self.get_fault_display()}"


def note_fault(file: FieldFile, fault: str) -> None:
    """Remember what is wrong with a file, once."""
    owner: Any = file.instance
    whose = {"model": owner._meta.label_lower, "row": str(owner.pk)}
    FileFault.objects.get_or_create(name=file.name, defaults={"fault": fault} | whose)


def fault_of(file: FieldFile) -> FileFault | None:
    """What is wrong with the file that is kept, as far as it is known."""
    return FileFault.objects.filter(name=file.name).first() if file else None


class Heartbeat(models.Model):
    """When the clock, or the workers of one queue, last gave a sign of life."""

    name = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, name: str) -> None:
        cls.objects.update_or_create(name=name, defaults={"at": timezone.now()})


class TallyQuerySet(models.QuerySet["Tally"]):
    def over(self) -> Self:
        """Whose window has closed: they limit nothing any more."""
        return self.filter(until__lte=timezone.now())


class Tally(models.Model):
    """How often something was done by one person, or from one address, until its window closes (limits.py)."""

    limit = models.CharField(max_length=30)
    #: stands for the person or address; says neither
    mark = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    objects = TallyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["limit", "mark"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.limit}: {self.count}"
