"""PDFs of the directory, made by a worker."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core.work import FileWork, WorkQuerySet

if TYPE_CHECKING:
    from portal.accounts.models import User


class PrintoutQuerySet(WorkQuerySet["Printout"]):
    def visible_to(self, user: "User") -> Self:
        """One's own; all for administrators."""
        if not user.is_authenticated:
            return self.none()
        return self if getattr(user, "is_administrator", False) else self.filter(requested_by=user)

    def older_than(self, instant: datetime) -> Self:
        return self.filter(requested_at__lt=instant)


class Printout(FileWork):
    """One PDF that somebody asked for: matrix, coverage, hand-over; frozen with what that person could see."""

    MADE_BY = "actors.directory.work.produce"

    #: `roles.matrix` names `templates/roles/printouts/matrix.*`
    kind = models.CharField(max_length=40)
    language = models.CharField(_("language"), max_length=2)
    title = models.CharField(max_length=250)
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
