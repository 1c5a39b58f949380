"""PDFs of the directory, made by a worker."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actors.directory.models.handover import HandOver
from actors.directory.models.membership import parts_by_actor
from portal.core.work import FileWork, WorkQuerySet

if TYPE_CHECKING:
    from portal.accounts.models import User


class PrintoutQuerySet(WorkQuerySet["Printout"]):
    def visible_to(self, user: "User") -> Self:
        """One's own, while the page it was ordered on still is theirs to read; all for administrators."""
        if not user.is_authenticated:
            return self.none()
        if getattr(user, "is_administrator", False):
            return self
        mine = self.filter(requested_by=user)
        mine = mine.filter(Q(hand_over=None) | Q(hand_over__in=HandOver.objects.visible_to(user).values("pk")))
        return mine if parts_by_actor(user) else mine.filter(for_members=False)

    def older_than(self, instant: datetime) -> Self:
        return self.filter(requested_at__lt=instant)


class Printout(FileWork):
    """One PDF that somebody asked for: matrix, coverage, hand-over; frozen with what that person could see."""

    MADE_BY = "actors.directory.work.produce"

    #: `roles.matrix` names `templates/roles/printouts/matrix.*`
    kind = models.CharField(max_length=40)
    language = models.CharField(_("language"), max_length=2)
    title = models.CharField(max_length=250)
    #: it says what only people of an institution are shown
    for_members = models.BooleanField(default=False)
    #: the hand-over whose sheet it is, if it is one
    hand_over = models.ForeignKey("directory.HandOver", models.CASCADE, null=True, blank=True, related_name="+")
    #: what the template is given
    data: Any = models.JSONField(default=dict)

    objects = PrintoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("printout")
        verbose_name_plural = _("printouts")
        ordering = ("-requested_at", "-pk")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("directory:printout", args=[self.pk])

    @property
    def file_name(self) -> str:
        return f"{self.kind.rpartition('.')[2]}-{self.language}-{self.pk}.pdf"
