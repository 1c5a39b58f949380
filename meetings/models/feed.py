"""The calendar of one person’s meetings, read by the clients they give its address to."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from portal.accounts.models import User


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, user: "User") -> Self:
        """One’s own, while it is open."""
        return self.filter(user=user.pk, is_open=True)


class CalendarFeed(models.Model):
    """A secret address of one person: nothing secret is kept, the address is signed over the row and its number."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    #: raised each time the address is renewed, so that those before it open nothing
    number = models.PositiveIntegerField(default=1, editable=False)
    is_open = models.BooleanField(default=True, editable=False)
    renewed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.user)
