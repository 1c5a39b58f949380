"""The links by which whoever has no account acts: each for one recipient, one act, one thing.

Nothing that opens one is kept: its token is an HMAC over the row and its generation, so that a mail that is sent again
and a letter that is printed again carry the same. Raising the generation shuts every copy that is out.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext_lazy as _

SALT = "portal.notifications.links"
#: half of an SHA-256, in hexadecimal
MARK_LENGTH = 32
#: how long a row is kept once its link is over, so that whoever opens it late is told so
REMEMBERED = timedelta(days=180)


class LinkStanding(StrEnum):
    """What a link is still good for."""

    OPEN = "open"
    #: what it asks for was done since it was written
    DONE = "done"
    EXPIRED = "expired"
    #: whoever keeps the thing shut the links that were out
    REVOKED = "revoked"
    #: the recipient no longer answers for the institution, or its sheet is no longer published
    VOID = "void"
    #: what it was about is there no more
    GONE = "gone"


class SignedLinkQuerySet(models.QuerySet["SignedLink"]):
    def about(self, subject: models.Model, act: str) -> "SignedLinkQuerySet":
        kind = ContentType.objects.get_for_model(subject)
        return self.filter(content_type=kind, object_id=str(subject.pk), act=act)

    def revoke(self) -> int:
        """Shut every copy that is out; says how many links had any."""
        return self.update(generation=F("generation") + 1)

    def opened_by(self, token: str, act: str) -> "SignedLink | None":
        """The link this text was made for, `is_revoked` where it was shut since; None for one nobody wrote."""
        number, _dash, mark = token.partition("-")
        if len(number) > 12 or len(mark) != MARK_LENGTH or not (number + mark).isascii():
            return None
        try:
            link = self.select_related("user").filter(pk=base36_to_int(number), act=act).first()
        except ValueError:
            return None
        return link if link is not None and link.is_opened_by(mark) else None

    def old(self) -> "SignedLinkQuerySet":
        """Over so long that nobody opens them any more."""
        return self.filter(expires_at__lt=timezone.now() - REMEMBERED)


class SignedLink(models.Model):
    """What was written to one recipient, so that they may do one act to one thing without signing in."""

    #: as the ledger knows them: `user:12`, `mail:x@y`
    recipient = models.CharField(max_length=320)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=2)
    act = models.CharField(max_length=40)
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=40)
    subject = GenericForeignKey("content_type", "object_id")
    #: what the thing was like when it was asked for, where the same is asked again each year
    occasion = models.CharField(max_length=40, blank=True, default="")
    generation = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects = SignedLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("personal link")
        verbose_name_plural = _("personal links")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "act", "content_type", "object_id", "occasion"], name="linked_once"
            )
        ]

    #: the copy that was opened is of a generation that is over
    is_revoked = False

    def __str__(self) -> str:
        return f"{self.recipient}: {self.act}"

    @property
    def token(self) -> str:
        """What opens it, in letters and digits that can be read out."""
        return f"{int_to_base36(self.pk)}-{self._mark(self.generation)}"

    @property
    def is_over(self) -> bool:
        return self.expires_at <= timezone.now()

    def is_opened_by(self, mark: str) -> bool:
        """Also by a key of the portal that was changed since, and by a generation that is over (`is_revoked`)."""
        keys: list[Any] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        for generation in range(self.generation, max(self.generation - 20, 0), -1):
            if any(constant_time_compare(mark, self._mark(generation, key)) for key in keys):
                self.is_revoked = generation != self.generation
                return True
        return False

    def _mark(self, generation: int, key: Any = None) -> str:
        said = f"{self.pk}:{self.recipient}:{self.act}:{self.content_type_id}:{generation}"
        return salted_hmac(SALT, said, secret=key, algorithm="sha256").hexdigest()[:MARK_LENGTH]
