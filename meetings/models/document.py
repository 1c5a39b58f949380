"""Files that belong to a space, a meeting or one of its items."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Space
from actors.directory.models.membership import parts_by_actor
from meetings.models.meeting import Meeting
from portal.core.files import StoredFile

if TYPE_CHECKING:
    from portal.accounts.models import User


class DocumentQuerySet(models.QuerySet["Document"]):
    def current(self) -> Self:
        """Only the newest version of each document."""
        return self.filter(replaced_by=None)

    def visible_to(self, user: "User") -> Self:
        """By the document's own audience, within what is seen of its meeting or space."""
        if user.is_administrator:
            return self
        meetings = Meeting.objects.visible_to(user).values("pk")
        spaces = Space.objects.visible_to(user).values("pk")
        reachable = self.filter(Q(meeting__in=meetings) | Q(meeting=None, space__in=spaces))
        if not user.is_authenticated or not parts_by_actor(user):
            return reachable.filter(audience=Document.Audience.PUBLIC)
        taking_part = Meeting.objects.taken_part_in_by(user).values("pk")
        own_spaces = Space.objects.of(user).values("pk")
        steered = Meeting.objects.steered_by(user).values("pk")
        steered_spaces = Space.objects.steered_by(user).values("pk")
        return reachable.filter(
            Q(audience__in=(Document.Audience.PUBLIC, Document.Audience.MEMBERS))
            | Q(audience=Document.Audience.PARTICIPANTS)
            & (Q(meeting__in=taking_part) | Q(meeting=None, space__in=own_spaces))
            | Q(meeting__in=steered)
            | Q(meeting=None, space__in=steered_spaces)
        )


class Document(StoredFile):
    """A file with a title, versions and an audience."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("everybody")
        MEMBERS = "members", _("members of the portal")
        PARTICIPANTS = "participants", _("participants only")
        SECRETARIAT = "secretariat", _("the secretariat")

    space = models.ForeignKey("directory.Space", models.PROTECT, null=True, blank=True, related_name="documents")
    meeting = models.ForeignKey("meetings.Meeting", models.CASCADE, null=True, blank=True, related_name="documents")
    item = models.ForeignKey(
        "meetings.AgendaItem",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("agenda item"),
    )
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(
        _("language"), max_length=2, choices=[("ar", "العربية"), ("fr", "Français"), ("en", "English")], blank=True
    )
    audience = models.CharField(_("seen by"), max_length=12, choices=Audience, default=Audience.PARTICIPANTS)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    replaced_by = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="replaces")
    added_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-added_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=False) | Q(space__isnull=False), name="document_belongs_somewhere"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetings:download_document", args=[self.pk])
