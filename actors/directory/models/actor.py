"""An institution that takes part."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actors.directory.models.membership import Membership, parts_by_actor
from portal.core.choices import Choice
from portal.core.dates import as_day, start_of, today
from portal.core.history import history
from portal.core.names import InReadersLanguage, written
from portal.core.routes import address_to
from portal.reference.models import Territory, Theme
from portal.reference.models.territory import concerning

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from portal.accounts.models import User

#: how long a confirmed sheet counts as fresh; then it is dimmed
FRESH = timedelta(days=365)
#: how long visitors see it
SHOWN = timedelta(days=548)


def unconfirmed_condition(day: date) -> Q:
    """The condition “not confirmed on `day` or later”; a sheet nobody has confirmed counts from when it was entered."""
    return Q(confirmed_on__lt=day) | Q(confirmed_on=None, created_at__lt=start_of(day))


def unverified_condition() -> Q:
    """The condition “not confirmed by the institution”: neither from its mailbox, nor by somebody who works or worked
    for it. The date of an import is no confirmation, nor is what an administrator confirms in its place."""
    own = Membership.objects.filter(actor=models.OuterRef("pk"), user=models.OuterRef("confirmed_by"))
    return Q(confirmed_mailbox="") & Q(~models.Exists(own))


def concerned_condition(code: str) -> Q:
    """The condition “seated or active in the territory `code` or somewhere in it, or active over a wider one that
    holds it”, as the sheet says."""
    inside = Territory.objects.within(code).values("pk")
    areas = Actor.areas.through.objects.filter(concerning(code))
    return Q(seat__in=inside) | Q(pk__in=areas.values("actor_id"))


class ActorQuerySet(models.QuerySet["Actor"]):
    def published(self) -> Self:
        return self.filter(state=Actor.State.PUBLISHED)

    def standing(self) -> Self:
        """Without those that were merged into another sheet: archived, they only lead there."""
        return self.filter(merged_into=None)

    def kept(self) -> Self:
        """Without the archive, where also lies what was merged into another sheet."""
        return self.exclude(state=Actor.State.ARCHIVED)

    def of(self, user: "User") -> Self:
        """The institutions this person works for today."""
        return self.filter(pk__in=list(parts_by_actor(user)))

    def visible_to(self, user: "User") -> Self:
        """Published ones for everybody, for visitors while they are not too old; drafts and archived for
        administrators and their own people. What was merged into another sheet is nobody's any more."""
        sheets = self.standing()
        if getattr(user, "is_administrator", False):
            return sheets
        if not user.is_authenticated:
            return sheets.published().confirmed_since(today() - SHOWN)
        return sheets.filter(Q(state=Actor.State.PUBLISHED) | Q(pk__in=list(parts_by_actor(user))))

    def confirmed_since(self, day: date) -> Self:
        """Confirmed on `day` or later; a sheet nobody has confirmed yet counts from the day it was entered."""
        return self.filter(Q(confirmed_on__gte=day) | Q(confirmed_on=None, created_at__gte=start_of(day)))

    def unconfirmed_since(self, day: date) -> Self:
        """Those that `confirmed_since` leaves out."""
        return self.filter(unconfirmed_condition(day))

    def unverified(self) -> Self:
        """Those that nobody of the institution has confirmed."""
        return self.filter(unverified_condition())

    def stale(self) -> Self:
        """Published, and not confirmed for a year."""
        return self.published().unconfirmed_since(today() - FRESH)


class Actor(models.Model):
    """A commune, a deconcentrated service, an association, a university…: one sheet of the directory."""

    class Kind(Choice):
        #: above a list of such institutions
        heading: "_StrPromise"

        COMMUNE = "commune", pgettext_lazy("heading of a list", "Communes"), pgettext_lazy("institution", "commune")
        ELECTED_COUNCIL = (
            "elected_council",
            pgettext_lazy("heading of a list", "Elected councils"),
            _("regional, prefectural or provincial council"),
        )
        AUTHORITY = (
            "authority",
            pgettext_lazy("heading of a list", "Administrative authorities"),
            _("administrative authority"),
        )
        DECONCENTRATED_SERVICE = (
            "deconcentrated_service",
            pgettext_lazy("heading of a list", "Deconcentrated state services"),
            _("deconcentrated state service"),
        )
        PUBLIC_BODY = "public_body", pgettext_lazy("heading of a list", "Public bodies"), _("public body")
        ASSOCIATION = "association", pgettext_lazy("heading of a list", "Associations"), _("association")
        UNIVERSITY = (
            "university",
            pgettext_lazy("heading of a list", "Universities and research centres"),
            _("university or research centre"),
        )
        INTERNATIONAL = (
            "international",
            pgettext_lazy("heading of a list", "International organisations"),
            _("international organisation"),
        )
        OTHER = "other", pgettext_lazy("heading of a list", "Other institutions"), _("other")

    class State(Choice):
        tone: str
        icon: str

        DRAFT = "draft", "attention", "pencil", _("draft")
        PUBLISHED = "published", "ok", "check", _("published")
        ARCHIVED = "archived", "", "archive", _("archived")

    #: where a president speaks for a council
    COUNCILS = (Kind.COMMUNE, Kind.ELECTED_COUNCIL)

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=25, choices=Kind)
    name_ar = models.CharField(_("name in Arabic"), max_length=250, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=250, blank=True)
    name_en = models.CharField(_("name in English"), max_length=250, blank=True)
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    aliases = models.JSONField(_("other names"), default=list, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    seat = models.ForeignKey(
        "reference.Territory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="seated_actors",
        verbose_name=_("seat"),
    )
    areas = models.ManyToManyField(
        "reference.Territory", blank=True, related_name="active_actors", verbose_name=_("areas of action")
    )
    themes = models.ManyToManyField("reference.Theme", blank=True, related_name="actors", verbose_name=_("themes"))
    description_ar = models.TextField(_("description in Arabic"), blank=True)
    description_fr = models.TextField(_("description in French"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    address = models.CharField(_("postal address"), max_length=250, blank=True)
    website = models.URLField(_("website"), blank=True)
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    internal_validation = models.BooleanField(
        _("internal validation"),
        default=False,
        help_text=_("Progress reports are cleared by the institution’s validator before they leave the house."),
    )
    confirmed_on = models.DateField(_("sheet confirmed on"), null=True, blank=True)
    confirmed_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    #: the mailbox of the institution that confirmed it, where no account did
    confirmed_mailbox = models.EmailField(_("confirmed from the mailbox"), blank=True, editable=False)
    notes = models.TextField(
        _("notes"), blank=True, help_text=_("For the administrators of the directory: nobody else sees them.")
    )
    external_id = models.CharField(
        _("identifier in another list"), max_length=60, blank=True, db_index=True, editable=False
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    search_text = models.TextField(editable=False, blank=True, default="")
    #: what may be offered for a misspelt one
    search_names = ("name_ar", "name_fr", "name_en", "acronym", "description_ar", "description_fr", "description_en")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ActorQuerySet.as_manager()
    history = history(links=["areas", "themes"])
    name = InReadersLanguage()
    description = InReadersLanguage("description")

    class Meta:
        verbose_name = _("actor")
        verbose_name_plural = _("actors")
        ordering = ("name_ar", "pk")
        indexes = [
            *(
                models.Index(written("name", language), "id", name=f"actor_by_name_{language}")
                for language in ("ar", "fr", "en")
            ),
            models.Index(fields=["name_ar", "id"], name="actor_in_order"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_ar="") | ~Q(name_fr=""),
                name="actor_has_a_name",
                violation_error_message=_("Give the name in Arabic or in French."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(state="archived"),
                name="actor_merged_is_archived",
                violation_error_message=_("A sheet merged into another one stays archived."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return address_to("directory:actor", self.slug)

    @property
    def website_text(self) -> str:
        """The address of the website without what nobody reads aloud."""
        return self.website.removeprefix("https://").removeprefix("http://").removesuffix("/")

    @property
    def true_since(self) -> date:
        """The day the sheet was last confirmed, or entered where nobody has confirmed it."""
        return self.confirmed_on or as_day(self.created_at)

    @property
    def is_stale(self) -> bool:
        """Nobody has confirmed the sheet for a year."""
        return self.true_since < today() - FRESH

    @property
    def is_hidden_from_visitors(self) -> bool:
        """Published, but not confirmed for so long that visitors are not shown it."""
        return self.true_since < today() - SHOWN

    @property
    def council_seat(self) -> Territory | None:
        """The territory whose council it is; None for an institution that is no council."""
        return self.seat if self.kind in self.COUNCILS else None

    @property
    def full_name(self) -> str:
        """The name and, where there is one, the acronym: for choices in forms."""
        return (
            f"{self.name} ({self.acronym})" if self.acronym and self.acronym not in str(self.name) else str(self.name)
        )

    def search_parts(self) -> list[str]:
        """Every name and text of the sheet, its seat and themes; no contact, since each has an audience of its own."""
        return self.search_parts_with(self.areas.all(), self.themes.all())

    def search_parts_with(self, areas: Iterable[Territory], themes: Iterable[Theme]) -> list[str]:
        """The same, for a sheet whose areas and themes are at hand, and may not be saved yet."""
        parts = [self.name_ar, self.name_fr, self.name_en, self.acronym, *self.aliases]
        parts += [self.description_ar, self.description_fr, self.description_en]
        for territory in (self.seat, *areas):
            if territory is not None:
                parts += [territory.name_ar, territory.name_fr, territory.name_en]
        for theme in themes:
            parts += theme.names
        return [part for part in parts if part]


def institutions_of(user: "User") -> list[Actor]:
    """The institutions the person works for today, by name."""
    own = list(parts_by_actor(user))
    rows = Actor.objects.filter(pk__in=own) if own else ()
    return sorted(rows, key=lambda actor: (actor.name_ar, actor.pk))
