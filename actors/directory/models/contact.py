"""How an institution is reached, and who answers for it."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actors.directory.models.membership import parts_by_actor
from actors.directory.models.terms import Term, TermQuerySet, term_condition
from portal.core.choices import Choice
from portal.core.dates import today
from portal.core.history import history
from portal.core.names import InReadersLanguage

if TYPE_CHECKING:
    from portal.accounts.models import User


class ContactQuerySet(models.QuerySet["Contact"]):
    def current(self, day: date | None = None) -> Self:
        """Those that hold on `day` (default: today): begun, and not over."""
        return self.filter(term_condition(day or today()))

    def visible_to(self, user: "User") -> Self:
        """Public ones for all, members' for the signed in, the rest for administrators and the actor's own people.

        What does not hold today is on no sheet: who had a post, or will have it, stands among its focal points.
        """
        return self.current().kept_by(user)

    def kept_by(self, user: "User") -> Self:
        """The same with what no longer holds, and what only will."""
        if getattr(user, "is_administrator", False):
            return self
        seen = [Contact.Audience.PUBLIC]
        own = list(parts_by_actor(user))
        if own:
            seen.append(Contact.Audience.MEMBERS)
        return self.filter(Q(audience__in=seen) | Q(actor__in=own))

    def with_post(self, day: date) -> Self:
        """With `post` (holder, alternate or None) and `post_id`: the focal point the contact is on `day`."""
        posts = FocalPoint.objects.filter(term_condition(day), contact=models.OuterRef("pk")).order_by("part", "pk")
        return self.annotate(
            post=models.Subquery(posts.values("part")[:1]), post_id=models.Subquery(posts.values("pk")[:1])
        ).order_by(models.F("post").asc(nulls_last=True), "pk")


class Contact(models.Model):
    """A role mailbox or telephone first; a named person only with recorded consent."""

    class Audience(Choice):
        """The widest circle first."""

        icon: str

        PUBLIC = "public", "globe", _("everybody")
        MEMBERS = "members", "users", _("members")
        ADMINISTRATORS = "administrators", "lock", _("administrators")

    actor = models.ForeignKey("directory.Actor", models.CASCADE, related_name="contacts")
    role_ar = models.CharField(_("office or role in Arabic"), max_length=150)
    role_fr = models.CharField(_("office or role in French"), max_length=150, blank=True)
    person = models.CharField(_("name of the person"), max_length=150, blank=True)
    consent_on = models.DateField(_("consent given on"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    fax = models.CharField(_("fax"), max_length=20, blank=True)
    audience = models.CharField(_("seen by"), max_length=15, choices=Audience, default=Audience.MEMBERS)
    user = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="contacts", verbose_name=_("account")
    )
    #: set by a hand-over: the successor’s details begin on its day, the former ones end before it
    starts_on = models.DateField(_("from"), null=True, blank=True, editable=False)
    ends_on = models.DateField(_("until"), null=True, blank=True, editable=False)

    objects = ContactQuerySet.as_manager()
    history = history()
    role = InReadersLanguage("role")

    class Meta:
        verbose_name = _("contact details")
        verbose_name_plural = _("contact details")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(person="") | Q(consent_on__isnull=False),
                name="contact_person_consents",
                violation_error_message=_("A person is named only with their consent: give the day it was given."),
            )
        ]

    def __str__(self) -> str:
        return str(self.role)

    @property
    def post_label(self) -> str:
        """The label of `post`, from `with_post`; '' for a contact that is no focal point."""
        post = getattr(self, "post", None)
        return str(FocalPoint.Part(post).label) if post else ""


class FocalPointQuerySet(TermQuerySet["FocalPoint"]):
    def visible_to(self, user: "User") -> Self:
        """Those whose contact details this person sees."""
        return self.filter(contact__in=Contact.objects.visible_to(user).values("pk"))

    def on(self, day: date) -> Self:
        """Those in office on `day`, the holder first."""
        return super().on(day).order_by("part", "pk")


class FocalPoint(Term):
    """The contact who answers for an institution, as holder or alternate, for a term."""

    class Part(models.TextChoices):
        HOLDER = "1_holder", _("focal point, holder")
        ALTERNATE = "2_alternate", _("focal point, alternate")

    actor = models.ForeignKey("directory.Actor", models.CASCADE, related_name="focal_points")
    contact = models.ForeignKey(
        "directory.Contact", models.PROTECT, related_name="focal_points", verbose_name=_("contact")
    )
    part = models.CharField(_("part"), max_length=12, choices=Part, default=Part.HOLDER)

    objects = FocalPointQuerySet.as_manager()
    history = history()

    class Meta(Term.Meta):
        verbose_name = _("focal point")
        verbose_name_plural = _("focal points")

    def __str__(self) -> str:
        return f"{self.get_part_display()}: {self.contact}"
