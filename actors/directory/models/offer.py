"""A part in an institution that is offered to whoever has a mailbox, and waits for their word."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core import signing
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actors.directory.models.membership import Membership, managed_by
from portal.core.choices import Choice

if TYPE_CHECKING:
    from portal.accounts.models import User

SALT = "directory.answer_offer"
#: how long an offer can be taken up
LIFE = timedelta(days=14)
#: how long one that nobody took up is remembered: its address is of somebody who did not agree to be here
REMEMBERED = timedelta(days=30)


def _end_of_life() -> datetime:
    return timezone.now() + LIFE


class AccountOfferQuerySet(models.QuerySet["AccountOffer"]):
    def visible_to(self, user: "User") -> Self:
        """All for administrators; those made to oneself, and those of the institutions whose sheet one keeps."""
        if getattr(user, "is_administrator", False):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(models.Q(email=user.email) | models.Q(actor__in=managed_by(user)))

    def open(self) -> Self:
        """Those that can be taken up now."""
        return self.filter(state=AccountOffer.State.OPEN, expires_at__gt=timezone.now())

    def to_be_forgotten(self) -> Self:
        """Those nobody took up in time."""
        past = timezone.now() - REMEMBERED
        return self.exclude(state=AccountOffer.State.ACCEPTED).filter(expires_at__lt=past)


class AccountOffer(models.Model):
    """A part in an institution, offered to an address: whether it has an account is for its owner alone to know."""

    class State(Choice):
        tone: str
        icon: str

        OPEN = "open", "info", "clock", _("offered, not answered yet")
        ACCEPTED = "accepted", "ok", "check", _("offer accepted")
        DECLINED = "declined", "", "x", _("offer declined")
        WITHDRAWN = "withdrawn", "", "undo-2", _("offer withdrawn")

    actor = models.ForeignKey("directory.Actor", models.CASCADE, related_name="offers")
    email = models.EmailField(_("e-mail"))
    part = models.CharField(_("part"), max_length=15, choices=Membership.Part)
    job_title = models.CharField(_("job title"), max_length=150, blank=True)
    #: what a mailbox without an account is written in
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="ar")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    made_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=_end_of_life)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = AccountOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of an account")
        verbose_name_plural = _("offers of accounts")
        ordering = ("-made_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=models.functions.Lower("email")), name="offer_email_lower")
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.actor}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN and self.expires_at > timezone.now()

    @property
    def is_answered(self) -> bool:
        """Accepted, declined or withdrawn."""
        return self.state != self.State.OPEN

    def path_in_mail(self, kind: str = "") -> str:
        """The page on which it is taken up: whoever has the link has the mailbox."""
        return path_of(self.pk)


def path_of(pk: int) -> str:
    return reverse("directory:answer_offer", args=[signing.dumps(pk, salt=SALT)])


def offer_of(token: str) -> AccountOffer | None:
    """The offer a link was made for; None for one that this portal did not write, or whose offer is forgotten."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return AccountOffer.objects.select_related("actor").filter(pk=pk).first()
