"""Which people work for which institutions."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from actors.directory.models.terms import Term, TermQuerySet
from portal.core.asking import PERSON, Reader, answers, filled, text_of
from portal.core.choices import Choice
from portal.core.dates import today
from portal.core.history import history

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User


class MembershipQuerySet(TermQuerySet["Membership"]):
    def visible_to(self, user: "User") -> Self:
        """All for administrators; one's own, and those of the institutions whose sheet one keeps."""
        if getattr(user, "is_administrator", False):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(models.Q(user=user) | models.Q(actor__in=managed_by(user)))

    def serving(self, day: date, *parts: str) -> Self:
        """With one of `parts` on `day`, and an account that is open."""
        return self.on(day).filter(part__in=parts, user__is_active=True)

    def staying_managers(self, day: date) -> Self:
        """Managers on `day` who go on: without a last day, and with an account that is open."""
        return self.serving(day, Membership.Part.MANAGER).filter(ends_on=None)


class Membership(Term):
    """A person's part in an institution, for a term."""

    class Part(Choice):
        CONTRIBUTOR = "contributor", _("contributor")
        VALIDATOR = "validator", _("validator")
        MANAGER = "manager", _("manager of the sheet")

    actor = models.ForeignKey("directory.Actor", models.CASCADE, related_name="memberships")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="memberships")
    part = models.CharField(_("part"), max_length=15, choices=Part, default=Part.CONTRIBUTOR)
    job_title = models.CharField(_("job title"), max_length=150, blank=True)

    objects = MembershipQuerySet.as_manager()
    history = history()

    class Meta(Term.Meta):
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("pk",)
        constraints = [
            *Term.Meta.constraints,
            models.UniqueConstraint(
                fields=["actor", "user", "part"],
                condition=models.Q(ends_on=None),
                name="membership_once",
                violation_error_message=_("This person already has this part."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.actor}"


def parts_in(user: "User", actor: models.Model) -> frozenset[str]:
    """Every part the person has in the institution today (they may be validator and manager at once)."""
    return frozenset(parts_by_actor(user).get(actor.pk, ()))


def parts_by_actor(user: "User | AnonymousUser") -> dict[int, set[str]]:
    """The person's parts today, by institution; read once for each user object (a request has one)."""
    if not user.is_authenticated:
        return {}
    if not hasattr(user, "_parts_by_actor"):
        parts: dict[int, set[str]] = {}
        text = text_of(Reader(PERSON, "", {}), _parts, _parts)
        for actor, part in answers(filled(text, {PERSON: [user.pk]}), (models.IntegerField(), models.CharField())):
            parts.setdefault(actor, set()).add(part)
        user._parts_by_actor = parts  # type: ignore[attr-defined]
    return user._parts_by_actor  # type: ignore[attr-defined]


def _parts(person: int) -> "models.QuerySet[Any]":
    return Membership.objects.on(today()).filter(user=person).order_by("pk").values_list("actor_id", "part")


def managed_by(user: "User | AnonymousUser") -> list[int]:
    """The keys of the institutions whose manager the person is: they keep its sheet and call its meetings."""
    return [pk for pk, parts in parts_by_actor(user).items() if Membership.Part.MANAGER in parts]
