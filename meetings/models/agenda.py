"""What a meeting goes through, in order."""

from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from portal.core.history import history
from portal.core.names import InReadersLanguage


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def unwritten(self) -> Self:
        """Those the minutes say nothing of yet; nobody writes about a break."""
        said = apps.get_model("meetings", "MinutesSection").objects.written().filter(item=OuterRef("pk"))
        return self.exclude(kind=AgendaItem.Kind.BREAK).filter(~Exists(said))


class AgendaItem(models.Model):
    """One item of the programme; its time is computed from the start and the items before it."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening")
        PRESENTATION = "presentation", _("presentation")
        DISCUSSION = "discussion", _("discussion")
        DECISION = "decision", _("adoption of recommendations")
        BREAK = "break", _("break")
        OTHER = "other", _("other")

    meeting = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("order"))
    minutes_planned = models.PositiveSmallIntegerField(_("duration in minutes"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, default=Kind.PRESENTATION)
    title_ar = models.CharField(_("title in Arabic"), max_length=300, blank=True)
    title_fr = models.CharField(_("title in French"), max_length=300, blank=True)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    note_ar = models.CharField(_("presented by, in Arabic"), max_length=200, blank=True)
    note_fr = models.CharField(_("presented by, in French"), max_length=200, blank=True)
    note_en = models.CharField(_("presented by, in English"), max_length=200, blank=True)
    presenters = models.ManyToManyField(
        "directory.Actor", blank=True, related_name="agenda_items", verbose_name=_("presented by")
    )

    objects = AgendaItemQuerySet.as_manager()
    history = history(links=["presenters"])
    title = InReadersLanguage("title")
    note = InReadersLanguage("note")

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda")
        ordering = ("meeting", "position", "pk")

    def __str__(self) -> str:
        return str(self.title)
