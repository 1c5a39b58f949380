"""Days on which nobody is reminded."""

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.dates import day_text
from portal.core.names import InReadersLanguage
from portal.reference.models.loaded import Loaded


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def days_off(self, first: date, last: date) -> set[date]:
        """The days between `first` and `last`, both included, that a feast takes off."""
        return set(self.filter(is_day_off=True, day__range=(first, last)).values_list("day", flat=True))

    def to_confirm(self) -> Self:
        """Estimates nobody has confirmed yet."""
        return self.filter(is_estimated=True, is_confirmed=False)


class Holiday(Loaded):
    """A day of a public holiday; those that hang on the moon are estimates until an administrator confirms them.

    Two feasts may fall on one day, and each may move by itself: they are two rows.
    """

    day = models.DateField(_("day"), db_index=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=150)
    name_fr = models.CharField(_("name in French"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    is_estimated = models.BooleanField(_("estimated"), default=False)
    is_confirmed = models.BooleanField(_("confirmed"), default=False)
    is_day_off = models.BooleanField(
        _("a day off"),
        default=True,
        help_text=_("Nothing is sent on a day off. Clear this for a feast that is not one."),
    )
    #: which feast of which year a loaded row is, wherever it was moved since; empty on a day entered by hand
    source_key = models.CharField(max_length=120, blank=True, default="", editable=False)

    objects = HolidayQuerySet.as_manager()
    name = InReadersLanguage()

    class Meta:
        verbose_name = _("public holiday")
        verbose_name_plural = _("public holidays")
        ordering = ("day", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "name_ar"],
                condition=models.Q(source_key=""),
                name="one_holiday_of_a_name_a_day",
                violation_error_message=_("This holiday is already entered on that day."),
            ),
            models.UniqueConstraint(
                fields=["source_key"], condition=~models.Q(source_key=""), name="one_holiday_of_a_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} – {day_text(self.day)}"
