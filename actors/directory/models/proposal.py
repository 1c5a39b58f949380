"""What an institution asks to change about its own identity."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from actors.directory.models.membership import parts_by_actor
from portal.core.choices import Choice

if TYPE_CHECKING:
    from portal.accounts.models import User


class ProposedChangeQuerySet(models.QuerySet["ProposedChange"]):
    def waiting(self) -> Self:
        return self.filter(state=ProposedChange.State.WAITING)

    def visible_to(self, user: "User") -> Self:
        """All for administrators, those of one's own institutions for their people."""
        if getattr(user, "is_administrator", False):
            return self
        return self.filter(actor__in=list(parts_by_actor(user)))


class ProposedChange(models.Model):
    """New values for name, kind or seat, given by a manager; they wait for an administrator."""

    class State(Choice):
        tone: str
        icon: str

        WAITING = (
            "waiting",
            "attention",
            "hourglass",
            pgettext_lazy("proposal of a change", "waiting for an administrator"),
        )
        ACCEPTED = "accepted", "ok", "check", pgettext_lazy("proposal of a change", "accepted")
        REFUSED = "refused", "danger", "x", pgettext_lazy("proposal of a change", "refused")
        WITHDRAWN = "withdrawn", "", "undo-2", pgettext_lazy("proposal of a change", "withdrawn")

    TRANSITIONS: ClassVar = {State.WAITING: (State.ACCEPTED, State.REFUSED, State.WITHDRAWN)}

    actor = models.ForeignKey("directory.Actor", models.CASCADE, related_name="proposed_changes")
    #: field: [value when it was proposed, value asked for]; the seat as its code or null
    values = models.JSONField(_("values"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    proposed_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = ProposedChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["actor"],
                condition=Q(state="waiting"),
                name="one_waiting_change_per_actor",
                violation_error_message=_("Changes of this sheet are already waiting for an administrator."),
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""),
                name="change_refused_with_reason",
                violation_error_message=_("Say why the change is refused."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.fields}"

    def get_absolute_url(self) -> str:
        return reverse("directory:proposed_change", args=[self.pk])

    @property
    def fields(self) -> str:
        """What it asks to be changed, by the names of the fields."""
        sheet = self._meta.get_field("actor").related_model._meta  # type: ignore[union-attr]
        names = [capfirst(str(sheet.get_field(name).verbose_name)) for name in self.values]  # type: ignore[union-attr]
        return pgettext("between the parts of a list", ", ").join(names)

    @property
    def is_waiting(self) -> bool:
        return self.state == ProposedChange.State.WAITING
