"""Where institutions coordinate."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actors.directory.models.membership import parts_by_actor
from actors.directory.models.terms import Term, TermQuerySet
from portal.core.asking import PERSON, Reader, answers, filled, text_of
from portal.core.choices import Choice
from portal.core.dates import today
from portal.core.history import history
from portal.core.names import InReadersLanguage
from portal.core.routes import address_to
from portal.reference.models.territory import concerning

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User


class SpaceQuerySet(models.QuerySet["Space"]):
    def of(self, user: "User", *parts: str) -> Self:
        """The spaces in which an institution of this person has a part (one of `parts`, or any) today."""
        rows = SpaceMember.objects.on(today()).filter(actor__in=list(parts_by_actor(user)))
        if parts:
            rows = rows.filter(part__in=parts)
        return self.filter(pk__in=rows.values("space_id"))

    def steered_by(self, user: "User") -> Self:
        """Those where this person's institution holds the chair or the secretariat."""
        return self.of(user, *SpaceMember.STEERING)

    def visible_to(self, user: "User") -> Self:
        if getattr(user, "is_administrator", False):
            return self
        seen = Q(audience=Space.Audience.PUBLIC)
        if user.is_authenticated:
            if parts_by_actor(user):
                seen |= Q(audience=Space.Audience.MEMBERS)
            seen |= Q(pk__in=Space.objects.of(user).values("pk"))
        return self.filter(seen)

    def concerned_with(self, code: str) -> Self:
        """For the territory `code`, somewhere in it, or a wider one that holds it."""
        return self.filter(concerning(code))


class Space(models.Model):
    """A coordination space: a table around which institutions meet again and again."""

    class Kind(Choice):
        INTERCOMMUNAL = "intercommunal", _("inter-communal space")
        CIVIL_SOCIETY = "civil_society", _("civil society space")
        REGIONAL = "regional", _("regional committee")
        PROVINCIAL = "provincial", _("provincial committee")
        THEMATIC = "thematic", _("thematic working group")

    class Audience(models.TextChoices):
        PUBLIC = "public", _("everybody")
        MEMBERS = "members", _("members of the portal")
        SPACE = "space", _("members of the space")

    code = models.CharField(_("short code"), max_length=8, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name_ar = models.CharField(_("name in Arabic"), max_length=250)
    name_fr = models.CharField(_("name in French"), max_length=250, blank=True)
    name_en = models.CharField(_("name in English"), max_length=250, blank=True)
    description_ar = models.TextField(_("purpose in Arabic"), blank=True)
    description_fr = models.TextField(_("purpose in French"), blank=True)
    description_en = models.TextField(_("purpose in English"), blank=True)
    territory = models.ForeignKey(
        "reference.Territory", models.PROTECT, null=True, blank=True, related_name="spaces", verbose_name=_("territory")
    )
    host = models.ForeignKey(
        "directory.Actor", models.PROTECT, null=True, blank=True, related_name="hosted_spaces", verbose_name=_("host")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    founding_act = models.CharField(_("founding act"), max_length=250, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closing_reason = models.CharField(_("reason for closing"), max_length=250, blank=True)
    letterhead = models.ImageField(_("letterhead logo"), upload_to="letterheads/", blank=True)
    audience = models.CharField(_("seen by"), max_length=10, choices=Audience, default=Audience.PUBLIC)
    search_text = models.TextField(editable=False, blank=True, default="")
    search_names = ("name_ar", "name_fr", "name_en", "description_ar", "description_fr", "description_en")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SpaceQuerySet.as_manager()
    history = history()
    name = InReadersLanguage()
    description = InReadersLanguage("description")

    class Meta:
        verbose_name = _("coordination space")
        verbose_name_plural = _("coordination spaces")
        ordering = ("name_ar", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | ~Q(closing_reason=""),
                name="space_closed_with_reason",
                violation_error_message=_("Say why the space was closed."),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return address_to("directory:space", self.slug)

    def is_seen_by(self, user: "User | AnonymousUser | None") -> bool:
        """As `visible_to` says it of rows; None is a mailbox without an account, told what everybody is."""
        if self.audience == Space.Audience.PUBLIC or getattr(user, "is_administrator", False):
            return True
        if user is None or not user.is_authenticated:
            return False
        by_institution = self.audience == Space.Audience.MEMBERS and bool(parts_by_actor(user))
        return by_institution or self.pk in roles_by_space(user)

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None and self.closed_on < today()

    def search_parts(self) -> list[str]:
        """Code, names, purpose and territory."""
        parts = [self.code, self.name_ar, self.name_fr, self.name_en]
        parts += [self.description_ar, self.description_fr, self.description_en, self.founding_act]
        if self.territory is not None:
            parts += [self.territory.name_ar, self.territory.name_fr, self.territory.name_en]
        return [part for part in parts if part]


class SpaceMemberQuerySet(TermQuerySet["SpaceMember"]):
    def visible_to(self, user: "User") -> Self:
        """Those of the spaces this person sees."""
        return self.filter(space__in=Space.objects.visible_to(user).values("pk"))


class SpaceMember(Term):
    """An institution's part in a space, for a term."""

    class Part(Choice):
        """The strongest first."""

        CHAIR = "chair", _("chair")
        SECRETARIAT = "secretariat", _("secretariat")
        MEMBER = "member", _("member")
        OBSERVER = "observer", _("observer")

    STEERING = (Part.CHAIR, Part.SECRETARIAT)
    #: those who say whether something is done
    VOICES = (*STEERING, Part.MEMBER)

    space = models.ForeignKey("directory.Space", models.CASCADE, related_name="members")
    actor = models.ForeignKey(
        "directory.Actor", models.PROTECT, related_name="space_memberships", verbose_name=_("institution")
    )
    part = models.CharField(_("part"), max_length=12, choices=Part, default=Part.MEMBER)

    objects = SpaceMemberQuerySet.as_manager()
    history = history()

    class Meta(Term.Meta):
        verbose_name = _("member of a space")
        verbose_name_plural = _("members of spaces")
        ordering = ("pk",)
        constraints = [
            *Term.Meta.constraints,
            models.UniqueConstraint(
                fields=["space"],
                condition=Q(part="chair", ends_on=None),
                name="one_chair_per_space",
                violation_error_message=_("This space already has a chair: end that term first."),
            ),
            models.UniqueConstraint(
                fields=["space", "actor"],
                condition=Q(ends_on=None),
                name="one_current_part_per_member",
                violation_error_message=_("This institution already has a part in this space."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} ({self.get_part_display()})"


def role_in(user: "User", space: Space | None) -> str | None:
    """The strongest part a person's institutions have in a space today, or None."""
    return roles_by_space(user).get(space.pk) if space is not None else None


def roles_by_space(user: "User | AnonymousUser") -> dict[int, str]:
    """The person's strongest role today in each space; read once for each user object."""
    if not user.is_authenticated:
        return {}
    if not hasattr(user, "_roles_by_space"):
        roles: dict[int, str] = {}
        own = list(parts_by_actor(user))
        text = text_of(Reader(PERSON, "", {}), _roles, _roles)
        fields = (models.IntegerField(), models.CharField())
        for space_id, part in answers(filled(text, {PERSON: own}), fields) if own else ():
            if space_id not in roles or SpaceMember.Part(part).rank < SpaceMember.Part(roles[space_id]).rank:
                roles[space_id] = part
        user._roles_by_space = roles  # type: ignore[attr-defined]
    return user._roles_by_space  # type: ignore[attr-defined]


def _roles(institution: int) -> "models.QuerySet[Any]":
    rows = SpaceMember.objects.on(today()).filter(actor__in=[institution])
    return rows.order_by("pk").values_list("space_id", "part")


def steered_by(user: "User | AnonymousUser") -> list[int]:
    """The keys of the spaces in which the person's institutions hold the chair or the secretariat today."""
    return [pk for pk, role in roles_by_space(user).items() if role in SpaceMember.STEERING]
