"""One person takes over from another inside an institution."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from actors.models.membership import parts_by_actor

if TYPE_CHECKING:
    from portal.accounts.models import User


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, user: "User") -> Self:
        """All for administrators, those of one's own institutions for their people."""
        if getattr(user, "is_administrator", False):
            return self
        return self.filter(actor__in=list(parts_by_actor(user)))


class HandOver(models.Model):
    """Post of focal point, membership and desk pass from one person to another on a day, with what was open then."""

    actor = models.ForeignKey("actors.Actor", models.CASCADE, related_name="hand_overs")
    from_contact = models.ForeignKey(
        "actors.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("handed over by")
    )
    to_contact = models.ForeignKey(
        "actors.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("taken over by")
    )
    #: names as they were, since contact details change and go
    from_name = models.CharField(_("handed over by"), max_length=150, blank=True)
    to_name = models.CharField(_("taken over by"), max_length=150, blank=True)
    day = models.DateField(_("from"))
    #: language: [{"what", "title", "reference", "due", "state"}…] as it stood when the hand-over was made
    open_items = models.JSONField(_("open on that day"), default=dict)
    made_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ("-day", "-pk")

    def __str__(self) -> str:
        return f"{self.actor} {self.day:%Y-%m-%d}"
