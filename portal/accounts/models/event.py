"""What happened to an account: kept for its owner and the administrators, for a time."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from portal.accounts.models.user import User
from portal.core.addresses import address_of, region_of
from portal.core.choices import Choice
from portal.core.dates import day_and_time

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

#: how long it is kept
KEPT = timedelta(days=180)
#: what of a browser's own name says which browser it is, and on what, the first that fits
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


class AccountEventQuerySet(models.QuerySet["AccountEvent"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """One’s own."""
        return self.filter(user=user) if isinstance(user, models.Model) else self.none()

    def old(self) -> Self:
        return self.filter(at__lt=timezone.now() - KEPT)

    def note(
        self,
        kind: "AccountEvent.Kind",
        user: User | None,
        request: HttpRequest | None,
        *,
        detail: str = "",
        words: Callable[[], str] | None = None,
    ) -> "AccountEvent":
        """Keep that it happened now, roughly from which device, and who did it where it was not the owner.

        `words` says the detail in the active language: it is kept in each, as names stand now.
        """
        asker = getattr(request, "user", None)
        by = asker if isinstance(asker, User) and asker != user else None
        said = _in_each_language(words) if words else {}
        detail = detail or said.get(user.language if user else "ar", "")
        return self.create(kind=kind, user=user, by=by, detail=detail[:200], said=said, **_whence(request))

    def note_lock(self, user: User | None, request: HttpRequest) -> None:
        """Once for each lock, however often its guesser goes on."""
        last = self.filter(user=user).order_by("-pk").values_list("kind", flat=True).first()
        if user is not None and last != AccountEvent.Kind.LOCKED:
            self.note(AccountEvent.Kind.LOCKED, user, request)


class AccountEvent(models.Model):
    """One thing that happened to an account; `user` is none where a name was tried that no account has."""

    class Kind(Choice):
        tone: str
        icon: str

        SIGNED_IN = "signed_in", "ok", "log-in", _("signed in")
        WRONG_PASSWORD = "wrong_password", "attention", "circle-alert", _("wrong password")
        LOCKED = "locked", "danger", "circle-alert", _("too many wrong passwords: refused for a while")
        SIGNED_OUT = "signed_out", "", "log-out", _("signed out")
        PASSWORD_ASKED = "password_asked", "", "mail", _("a link for a new password was asked for")
        PASSWORD_CHANGED = "password_changed", "brand", "key-round", _("password changed")
        EMAIL_CHANGED = "email_changed", "brand", "mail", _("e-mail of the account changed")
        RIGHTS_CHANGED = "rights_changed", "brand", "user-check", _("rights changed")

    user = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, blank=True, related_name="events", verbose_name=_("user")
    )
    kind = models.CharField(_("what happened"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    #: browser and system, roughly
    device = models.CharField(_("device"), max_length=40, blank=True)
    #: the network, not the whole address
    network = models.CharField(_("network"), max_length=45, blank=True)
    detail = models.CharField(_("details"), max_length=200, blank=True)
    #: the details by language, where they have words
    said = models.JSONField(default=dict, blank=True, editable=False)
    by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    objects = AccountEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of an account")
        verbose_name_plural = _("events of accounts")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {day_and_time(self.at)}"

    @property
    def what(self) -> Kind:
        """With how it looks."""
        return self.Kind(self.kind)

    @property
    def told(self) -> str:
        """The details, in the reader's language."""
        return self.said.get(get_language() or "ar", self.detail)


def _in_each_language(words: Callable[[], str]) -> dict[str, str]:
    said = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            said[language] = words()[:200]
    return said


def _whence(request: HttpRequest | None) -> dict[str, Any]:
    if request is None:
        return {}
    named = request.META.get("HTTP_USER_AGENT", "")
    found = (next((name for mark, name in known if mark in named), "") for known in (BROWSERS, SYSTEMS))
    return {"device": " · ".join(filter(None, found)), "network": region_of(address_of(request))}
