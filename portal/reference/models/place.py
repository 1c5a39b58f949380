"""Names of places that are no territory of the region."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.reference.models.loaded import Loaded


class Place(Loaded):
    """A name people write where a commune is asked for: a locality, or a territory of another region."""

    class Kind(models.TextChoices):
        LOCALITY = "locality", _("locality inside a commune")
        SHORT_NAME = "short_name", _("short name that places elsewhere share")
        ELSEWHERE = "elsewhere", _("territory of another region")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=150)
    #: for a locality or a short name: the commune it probably means; a person decides
    territory = models.ForeignKey(
        "reference.Territory", models.CASCADE, null=True, blank=True, related_name="places", verbose_name=_("territory")
    )
    #: for a place elsewhere: its HCP code, and the name of its region
    code = models.CharField(_("HCP code"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("other name of a place")
        verbose_name_plural = _("other names of places")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="elsewhere", territory=None)
                | (~models.Q(kind="elsewhere") & ~models.Q(territory=None)),
                name="place_has_a_commune_unless_elsewhere",
                violation_error_message=_("Say which commune is probably meant."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
