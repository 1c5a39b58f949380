"""What institutions work on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.names import InReadersLanguage
from portal.reference.models.loaded import Loaded


class Theme(Loaded):
    """A field of work: the programmes of the national strategy, then what institutions here write beside them."""

    class Kind(models.TextChoices):
        SECTORAL = "sectoral", _("sectoral")
        CROSS_CUTTING = "cross_cutting", _("cross-cutting")

    code = models.SlugField(_("code"), unique=True)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    name_ar = models.CharField(_("name in Arabic"), max_length=150)
    name_fr = models.CharField(_("name in French"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    aliases = models.JSONField(_("other names"), default=list, blank=True)
    gcm_objectives = models.JSONField(_("objectives of the Global Compact"), default=list, blank=True)
    sdg_targets = models.JSONField(_("SDG targets"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    name = InReadersLanguage()

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return str(self.name)

    @property
    def names(self) -> list[str]:
        """Every name it goes by, in all languages."""
        return [name for name in (self.name_ar, self.name_fr, self.name_en, *self.aliases) if name]
