"""Regions, provinces and communes of the configured region, under their HCP codes."""

import re
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.choices import Choice
from portal.core.names import InReadersLanguage
from portal.core.text import elided, matches
from portal.reference.codes import wider_codes
from portal.reference.models.loaded import Loaded

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: what a region's name may say of what it is: «جهة الشرق», “Région de l’Oriental”, “Oriental region”
KIND_IN_NAME = re.compile(r"^(?:جهة|Région) | region$")


def concerning(code: str, column: str = "territory") -> models.Q:
    """The condition “about the territory `code`, somewhere in it, or a wider one that holds it”, for the rows whose
    `column` names a territory."""
    inside = models.Q(**{f"{column}__code__startswith": f"{code}."})
    return inside | models.Q(**{f"{column}__in": [*wider_codes(code), code]})


class TerritoryQuerySet(models.QuerySet["Territory"]):
    def within(self, code: str) -> Self:
        """The territory `code` and everything that lies in it."""
        return self.filter(models.Q(code=code) | models.Q(code__startswith=f"{code}."))

    def communes(self) -> Self:
        return self.filter(level=Territory.Level.COMMUNE)

    def provinces(self) -> Self:
        return self.filter(level=Territory.Level.PROVINCE)

    def spelt(self, query: str) -> Self:
        """Those with a name or another spelling that has all words of the query; read in Python, a region is small."""
        return self.filter(pk__in=[row.pk for row in self if any(matches(query, name) for name in row.spellings)])


class Territory(Loaded):
    """A piece of the Kingdom's territory as HCP counts it; the code says what lies in what."""

    class Level(models.TextChoices):
        REGION = "region", _("region")
        PROVINCE = "province", _("prefecture or province")
        COMMUNE = "commune", _("commune")

    class Kind(Choice):
        #: how far reaches what is done for one
        scope: "_StrPromise"
        #: what the council of one is called
        council: "_StrPromise"

        REGION = "region", _("for the whole region"), _("council of the %(name)s region"), _("region")
        PREFECTURE = (
            "prefecture",
            _("for the whole prefecture"),
            _("prefectural council of %(name)s"),
            _("prefecture"),
        )
        PROVINCE = "province", _("for the whole province"), _("provincial council of %(name)s"), _("province")
        PREFECTURE_OF_ARRONDISSEMENTS = (
            "prefecture_of_arrondissements",
            _("for the whole prefecture"),
            _("prefectural council of %(name)s"),
            _("prefecture of arrondissements"),
        )
        URBAN_COMMUNE = (
            "urban_commune",
            _("for the whole commune"),
            _("communal council of %(name)s"),
            _("urban commune"),
        )
        RURAL_COMMUNE = (
            "rural_commune",
            _("for the whole commune"),
            _("communal council of %(name)s"),
            _("rural commune"),
        )

    code = models.CharField(_("HCP code"), max_length=20, primary_key=True)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    name_ar = models.CharField(_("name in Arabic"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    aliases = models.JSONField(_("other spellings"), default=list, blank=True)
    population = models.PositiveIntegerField(_("population (2024 census)"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    objects = TerritoryQuerySet.as_manager()
    name = InReadersLanguage()

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ("code",)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def council_name(self) -> str:
        """«مجلس جماعة العروي», « conseil de la région de l’Oriental », as in the midst of a sentence."""
        return elided(self.Kind(self.kind).council % {"name": KIND_IN_NAME.sub("", str(self))})

    @property
    def spellings(self) -> list[str]:
        """Every way in which the name is written, both scripts."""
        return [name for name in (self.name_ar, self.name_fr, self.name_en, *self.aliases) if name]

    def contains(self, other: "Territory | str") -> bool:
        """True when `other` (a territory or a code) is this territory or lies in it."""
        code = other if isinstance(other, str) else other.code
        return code == self.code or code.startswith(f"{self.code}.")


class TerritoryShape(models.Model):
    """Where the border of a territory runs: heavy, and read by nobody but the region's map."""

    territory = models.OneToOneField(Territory, models.CASCADE, primary_key=True, related_name="shape")
    #: a GeoJSON geometry
    outline = models.JSONField()
    #: the outline as drawn on the region's map: the `d` of an SVG path, written by the load
    path = models.TextField()

    def __str__(self) -> str:
        return str(self.territory)
