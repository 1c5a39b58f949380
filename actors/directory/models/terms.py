"""Terms of office: rows that hold from a day until another."""

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class TermQuerySet[M: models.Model](models.QuerySet[M]):
    def on(self, day: date) -> Self:
        """Those in force on `day`; the last day counts."""
        return self.filter(term_condition(day))

    def during(self, first: date | None, last: date | None = None) -> Self:
        """Those in force on some day from `first` until `last`; None: without bound on that side."""
        found = self
        if first is not None:
            found = found.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=first))
        if last is not None:
            found = found.filter(models.Q(starts_on=None) | models.Q(starts_on__lte=last))
        return found


def term_condition(day: date, prefix: str = "") -> models.Q:
    """The condition “in force on `day`” for rows reached through `prefix` (with its `__`)."""
    started = models.Q(**{f"{prefix}starts_on": None}) | models.Q(**{f"{prefix}starts_on__lte": day})
    running = models.Q(**{f"{prefix}ends_on": None}) | models.Q(**{f"{prefix}ends_on__gte": day})
    return started & running


class Term(models.Model):
    """From a day (empty: always) until a day (empty: still)."""

    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="%(app_label)s_%(class)s_term_order",
                violation_error_message=_("The last day cannot be before the first."),
            )
        ]
