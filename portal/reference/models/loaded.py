"""What `load_reference` writes and an administrator may correct."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Loaded(models.Model):
    """A row that comes from a load; once corrected by hand, the next load leaves it alone."""

    is_edited = models.BooleanField(_("corrected by hand"), default=False, editable=False)

    class Meta:
        abstract = True
