"""Who does what, where."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actors.directory.models.actor import Actor
from actors.directory.models.membership import parts_by_actor
from actors.directory.models.terms import Term, TermQuerySet
from portal.core.choices import Choice
from portal.core.history import history
from portal.reference.models.territory import concerning

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from portal.accounts.models import User


class ResponsibilityQuerySet(TermQuerySet["Responsibility"]):
    def visible_to(self, user: "User") -> Self:
        """Those of the sheets this person sees; for visitors, and for people of no institution, the confirmed ones."""
        seen = self.filter(actor__in=Actor.objects.visible_to(user).values("pk"))
        if getattr(user, "is_administrator", False) or parts_by_actor(user):
            return seen
        return seen.filter(answer=Responsibility.Answer.CONFIRMED)

    def standing(self, day: date) -> Self:
        """In force on `day` and not contested by the institution named."""
        return self.on(day).exclude(answer=Responsibility.Answer.CONTESTED)

    def overlapping(self, role: "Responsibility") -> Self:
        """The others of the same institution for the same theme and territory whose term touches this one’s."""
        same = self.filter(actor=role.actor, theme=role.theme, territory=role.territory).exclude(pk=role.pk)
        return same.during(role.starts_on, role.ends_on)

    def concerned_with(self, code: str) -> Self:
        """For the territory `code`, somewhere in it, or a wider one that holds it."""
        return self.filter(concerning(code))


class Responsibility(Term):
    """The part an institution has in a theme, in a territory, on a basis, for a term."""

    class Part(Choice):
        """The strongest first."""

        #: whoever has it works there on the theme
        works: bool
        #: what stands for it in a cell
        letter: "_StrPromise"

        LEADS = "1_leads", True, pgettext_lazy("letter of a part: leads", "L"), _("leads")
        SUPPORTS = "2_supports", True, pgettext_lazy("letter of a part: supports", "S"), _("supports")
        CONSULTED = "3_consulted", False, pgettext_lazy("letter of a part: is consulted", "C"), _("is consulted")
        INFORMED = "4_informed", False, pgettext_lazy("letter of a part: is informed", "I"), _("is informed")

    class Basis(models.TextChoices):
        LAW = "law", _("law or regulation")
        COUNCIL_DECISION = "council_decision", _("decision of the council")
        PRESIDENT_DECISION = "president_decision", _("decision of the president of the council")
        CONVENTION = "convention", _("convention")
        LETTER = "letter", _("letter")
        MEETING = "meeting", _("agreed in a meeting")

    class Answer(Choice):
        tone: str
        icon: str
        #: beside the institution on paper
        brief: "_StrPromise"

        WAITING = (
            "waiting",
            "attention",
            "hourglass",
            pgettext_lazy("of a role, in brief", "waiting"),
            _("waiting for the institution"),
        )
        CONFIRMED = "confirmed", "ok", "circle-check", "", _("confirmed by the institution")
        CONTESTED = (
            "contested",
            "accent",
            "message-circle-warning",
            pgettext_lazy("of a role, in brief", "reservations"),
            _("contested by the institution"),
        )

    actor = models.ForeignKey(
        "directory.Actor", models.CASCADE, related_name="responsibilities", verbose_name=_("institution")
    )
    theme = models.ForeignKey(
        "reference.Theme", models.PROTECT, related_name="responsibilities", verbose_name=_("theme")
    )
    territory = models.ForeignKey(
        "reference.Territory", models.PROTECT, related_name="responsibilities", verbose_name=_("territory")
    )
    part = models.CharField(_("part"), max_length=12, choices=Part, default=Part.LEADS)
    basis = models.CharField(_("basis"), max_length=20, choices=Basis, blank=True)
    basis_reference = models.CharField(
        _("reference of the basis"), max_length=250, blank=True, help_text=_("Number, date or title of the text.")
    )
    answer = models.CharField(_("answer of the institution"), max_length=10, choices=Answer, default=Answer.WAITING)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answered_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    reservation = models.CharField(_("reason for contesting"), max_length=500, blank=True)
    entered_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ResponsibilityQuerySet.as_manager()
    history = history()

    class Meta(Term.Meta):
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ("theme__position", "territory", "part", "pk")
        constraints = [
            *Term.Meta.constraints,
            models.UniqueConstraint(
                fields=["actor", "theme", "territory"],
                condition=Q(ends_on=None),
                name="one_current_role_per_cell",
                violation_error_message=_("This institution already has a role here: change that one or end it."),
            ),
            models.CheckConstraint(
                condition=Q(answer="contested") & ~Q(reservation="") | ~Q(answer="contested") & Q(reservation=""),
                name="role_contested_with_reason",
                violation_error_message=_("Say why the role is contested."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} – {self.get_part_display()}"

    def get_absolute_url(self) -> str:
        """Its line on the page of the institution’s roles."""
        return f"{reverse('roles:actor_roles', args=[self.actor.slug])}#role-{self.pk}"

    def is_over(self, day: date) -> bool:
        return self.ends_on is not None and self.ends_on < day
