"""A message to one person or mailbox: on the bell, and by mail."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.choices import Choice
from portal.core.dates import day_and_time
from portal.core.work import free


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, user: settings.AUTH_USER_MODEL) -> Self:  # type: ignore[name-defined]
        return self.filter(user=user)

    def on_the_bell(self) -> Self:
        """Without what the reader turned out not to be meant to see."""
        return self.exclude(state=Notification.State.DROPPED)

    def unread(self) -> Self:
        return self.on_the_bell().filter(read_at=None)

    def due(self, now: datetime) -> Self:
        """Waiting or failed, their time come, and nobody else delivering them."""
        return self.filter(
            free(now),
            state__in=(Notification.State.WAITING, Notification.State.FAILED),
            next_attempt_at__lte=now,
        )


class Notification(models.Model):
    """What one recipient is told about one thing; `kind` names the templates, `about` the thing."""

    class State(Choice):
        tone: str
        icon: str

        WAITING = "waiting", "", "", _("waiting")
        SENT = "sent", "ok", "check", _("sent")
        FAILED = "failed", "attention", "clock", _("failed, will be tried again")
        #: handed over, and the line broke before the answer: a person asks, or sends it again
        UNKNOWN = "unknown", "attention", "circle-question-mark", _("not known whether it arrived")
        GIVEN_UP = "given_up", "danger", "circle-alert", _("given up")
        DROPPED = "dropped", "", "", _("dropped")

    #: the mail did not arrive, so far or for good, or nobody knows
    UNDELIVERED = (State.FAILED, State.UNKNOWN, State.GIVEN_UP)
    #: it was handed to a mail server
    HANDED_OVER = (State.SENT, State.UNKNOWN)
    #: the task that a message asks for
    WAKES = "portal.notifications.tasks.deliver_next"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    email = models.EmailField(_("e-mail"), blank=True)
    #: whose act it comes of; nobody's where the portal tells by itself
    caused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(_("language"), max_length=2)
    kind = models.CharField(_("kind"), max_length=60)
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.CharField(max_length=40)
    about = GenericForeignKey("content_type", "object_id")
    context = models.JSONField(default=dict, blank=True)
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text as sent"), blank=True)
    path = models.CharField(_("address of the thing"), max_length=300, blank=True)
    #: the mail holds a link that stands for a password: neither text nor link is kept, and it is never sent twice
    is_secret = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("not to be sent after"), null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("error or reason"), blank=True)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(fields=["state", "next_attempt_at"]),
            models.Index(fields=["user", "read_at"]),
            models.Index(fields=["content_type", "object_id"]),
        ]

    def __str__(self) -> str:
        return self.subject or day_and_time(self.created_at)

    @property
    def is_being_sent(self) -> bool:
        """A worker has it at this moment, or died with it a moment ago."""
        return self.leased_until is not None and self.leased_until > timezone.now()

    def path_in(self, language: str) -> str:
        """The address of the thing in another language: only the first part differs."""
        first, _slash, rest = self.path.lstrip("/").partition("/")
        return f"/{language}/{rest}" if first in dict(settings.LANGUAGES) else self.path
