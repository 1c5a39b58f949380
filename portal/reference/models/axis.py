"""Under which heading a recommendation stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.names import InReadersLanguage
from portal.reference.models.loaded import Loaded


class Axis(Loaded):
    """A heading under which meetings group what they recommend; an editable list."""

    code = models.SlugField(_("code"), unique=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=200)
    name_fr = models.CharField(_("name in French"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    name = InReadersLanguage()

    class Meta:
        verbose_name = _("axis")
        verbose_name_plural = _("axes")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return str(self.name)
