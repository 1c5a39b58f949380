"""One person takes over from another inside an institution."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actors.directory.models.contact import FocalPoint
from actors.directory.models.membership import parts_by_actor
from portal.core.dates import day_text, today
from portal.core.names import FALLBACKS

if TYPE_CHECKING:
    from portal.accounts.models import User


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, user: "User") -> Self:
        """All for administrators, those of one's own institutions for their people, one's own for both parties."""
        if getattr(user, "is_administrator", False):
            return self
        if not user.is_authenticated:
            return self.none()
        party = Q(from_user=user) | Q(to_user=user)
        return self.filter(party | Q(actor__in=list(parts_by_actor(user))))


class HandOver(models.Model):
    """Post of focal point, membership and desk pass from one person to another on a day, with what was open then."""

    actor = models.ForeignKey("directory.Actor", models.CASCADE, related_name="hand_overs")
    from_contact = models.ForeignKey(
        "directory.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("handed over by")
    )
    to_contact = models.ForeignKey(
        "directory.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("taken over by")
    )
    from_user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    to_user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    #: "from" and "to": {"person" (empty without consent), "ar", "fr", "en" (the office)} as they were on that day
    parties = models.JSONField(_("parties"), default=dict)
    #: the post of focal point that passes; empty where only parts do
    post = models.CharField(_("post"), max_length=12, choices=FocalPoint.Part, blank=True)
    #: the parts in the institution that pass, by their codes
    parts = models.JSONField(_("parts"), default=list, blank=True)
    day = models.DateField(_("from"))
    #: language: [{"what", "title", "reference", "due", "state"}…], all texts, as it stood when the hand-over was made
    open_items = models.JSONField(_("open on that day"), default=dict)
    made_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    #: what it wrote, so that it can be called off (`portal.core.journal`)
    written = models.JSONField(default=list, editable=False)
    called_off_at = models.DateTimeField(null=True, blank=True, editable=False)
    called_off_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ("-day", "-pk")

    def __str__(self) -> str:
        return f"{self.actor} – {day_text(self.day)}"

    def get_absolute_url(self) -> str:
        return reverse("directory:hand_over_sheet", args=[self.pk])

    @property
    def is_planned(self) -> bool:
        """Its day is still to come, and nobody has called it off."""
        return self.called_off_at is None and self.day > today()

    @property
    def can_be_called_off(self) -> bool:
        """Planned, and what it wrote was kept."""
        return self.is_planned and bool(self.written)

    def office_of(self, side: str, language: str) -> str:
        """The office of the party `side` ("from" or "to") in `language`, else in the nearest; '' where it has none."""
        party = self.parties.get(side, {})
        return next((party[code] for code in FALLBACKS[language[:2]] if party.get(code)), "")

    def person_of(self, side: str) -> str:
        """The name of the person, where they agreed to be named."""
        return str(self.parties.get(side, {}).get("person", ""))

    def forget(self, side: str) -> None:
        """Keep the office of a party without the person’s name."""
        self.parties[side] = self.parties.get(side, {}) | {"person": ""}
        self.save(update_fields=["parties"])
