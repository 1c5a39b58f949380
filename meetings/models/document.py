"""Files that belong to a space, a meeting or one of its items."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Space
from actors.directory.models.membership import parts_by_actor
from actors.directory.models.space import roles_by_space, steered_by
from meetings.models.meeting import Meeting
from portal.core.choices import Choice
from portal.core.files import StoredFile
from portal.core.routes import address_to

if TYPE_CHECKING:
    from portal.accounts.models import User


class DocumentQuerySet(models.QuerySet["Document"]):
    def current(self) -> Self:
        """Only the newest version of each document, and none that was taken away."""
        return self.kept().filter(Q(replaced_by=None) | Q(replaced_by__removed_at__isnull=False))

    def kept(self) -> Self:
        """Those whose file is there."""
        return self.filter(removed_at=None)

    def visible_to(self, user: "User") -> Self:
        """By the document's own audience, within what is seen of its meeting or space.

        Also those that were taken away: their readers are told so.
        """
        if user.is_administrator:
            return self
        meetings = Meeting.objects.visible_to(user).values("pk")
        spaces = Space.objects.visible_to(user).values("pk")
        reachable = self.filter(Q(meeting__in=meetings) | Q(meeting=None, space__in=spaces))
        if not user.is_authenticated or not parts_by_actor(user):
            return reachable.filter(audience=Document.Audience.PUBLIC)
        own_spaces = Space.objects.of(user).values("pk")
        steered_spaces = Space.objects.steered_by(user).values("pk")
        return reachable.filter(
            _of_meetings(user)
            | Q(audience=Document.Audience.PARTICIPANTS, meeting=None, space__in=own_spaces)
            | Q(meeting=None, space__in=steered_spaces)
        )

    def of_seen(self, meeting: Meeting, user: "User") -> Self:
        """The same of one meeting that this person is known to see."""
        rows = self.filter(meeting=meeting)
        if user.is_administrator:
            return rows
        if not user.is_authenticated or not parts_by_actor(user):
            return rows.filter(audience=Document.Audience.PUBLIC)
        return rows.filter(_of_meetings(user))

    def of_seen_space(self, space: Space, user: "User") -> Self:
        """The same of one space that this person is known to see, apart from its meetings."""
        rows = self.filter(meeting=None, space=space)
        if user.is_administrator or space.pk in steered_by(user):
            return rows
        audiences = [Document.Audience.PUBLIC]
        if parts_by_actor(user):
            audiences.append(Document.Audience.MEMBERS)
        if space.pk in roles_by_space(user):
            audiences.append(Document.Audience.PARTICIPANTS)
        return rows.filter(audience__in=audiences)


def _of_meetings(user: "User") -> Q:
    """The documents, of a meeting or of none, that whoever works for an institution reads, of the meetings they see."""
    taking_part = Meeting.objects.taken_part_in_by(user).values("pk")
    steered = Meeting.objects.steered_by(user).values("pk")
    return (
        Q(audience__in=(Document.Audience.PUBLIC, Document.Audience.MEMBERS))
        | Q(audience=Document.Audience.PARTICIPANTS, meeting__in=taking_part)
        | Q(meeting__in=steered)
    )


class Document(StoredFile):
    """A file with a title, versions and an audience; taken away, the file is gone and who, when and why stay."""

    class Audience(Choice):
        """The widest first."""

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
    #: the next version, also one that was taken away since: its number is not given again
    replaced_by = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="replaces")
    added_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(_("taken away"), null=True, blank=True)
    removed_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    removal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-added_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(meeting__isnull=False) | Q(space__isnull=False), name="document_belongs_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removal_reason="") | (Q(removed_at__isnull=False) & ~Q(removal_reason="")),
                name="document_taken_away_with_reason",
                violation_error_message=_("Say why the file is taken away."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_to("meetings:download_document", self.pk)

    @property
    def is_current(self) -> bool:
        """The newest version that is there."""
        return self.removed_at is None and (self.replaced_by is None or self.replaced_by.removed_at is not None)

    def versions(self) -> "list[Document]":
        """This one and those it took the place of, the newest first."""
        found = [self]
        while (before := Document.objects.filter(replaced_by=found[-1]).first()) is not None:
            found.append(before)
        return found

    def is_narrower_than(self, audience: str) -> bool:
        """Fewer read it than `audience`."""
        return self.Audience(self.audience).rank > self.Audience(audience).rank
