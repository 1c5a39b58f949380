"""When councils sit: what is agreed «at the February session» is due when it opens."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.core.choices import Choice
from portal.core.dates import day_text, month_name
from portal.reference.models.loaded import Loaded
from portal.reference.models.territory import Territory

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LAST_DAY_OF_ANY_MONTH = 28


class Council(Choice):
    """The councils that sit on the same months; the value is the level of the territory each is of."""

    #: above a list of their sessions
    heading: "_StrPromise"
    #: a session of all of them in a month
    session: "_StrPromise"
    #: in the first week of which they open an ordinary session, to our knowledge; an administrator corrects the rows
    months: tuple[int, ...]

    COMMUNE = (
        "commune",
        _("Communal councils"),
        _("%(month)s session of the communal councils"),
        (2, 5, 10),
        _("communal council"),
    )
    PROVINCE = (
        "province",
        _("Prefectural and provincial councils"),
        _("%(month)s session of the prefectural and provincial councils"),
        (1, 6, 9),
        _("prefectural or provincial council"),
    )
    REGION = (
        "region",
        _("Regional council"),
        _("%(month)s session of the regional council"),
        (3, 7, 10),
        _("regional council"),
    )


class CouncilSession(Loaded):
    """An ordinary session of the councils of a kind, each year in the same month."""

    council = models.CharField(_("council"), max_length=10, choices=Council)
    month = models.PositiveSmallIntegerField(
        _("month (1 to 12)"), validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    opens_from = models.PositiveSmallIntegerField(
        _("opens from day"), default=1, validators=[MinValueValidator(1), MaxValueValidator(LAST_DAY_OF_ANY_MONTH)]
    )
    opens_by = models.PositiveSmallIntegerField(
        _("opens by day"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(LAST_DAY_OF_ANY_MONTH)],
        help_text=_("What is due at the session is late after this day, unless the council’s own day is known."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("ordinary session of councils")
        verbose_name_plural = _("ordinary sessions of councils")
        ordering = ("council", "month")
        constraints = [
            models.UniqueConstraint(
                fields=["council", "month"],
                name="one_session_a_month",
                violation_error_message=_("This session is already there."),
            ),
            models.CheckConstraint(
                condition=models.Q(opens_from__lte=models.F("opens_by")),
                name="session_opens_in_order",
                violation_error_message=_("The first day cannot come after the last one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_council_display()} · {month_name(self.month)}"


class SessionOpening(models.Model):
    """The day on which one council opens a session, once it is known."""

    territory = models.ForeignKey(
        Territory, models.CASCADE, related_name="session_openings", verbose_name=_("council of")
    )
    session = models.ForeignKey(CouncilSession, models.CASCADE, related_name="openings", verbose_name=_("session"))
    opens_on = models.DateField(_("opens on"))
    year = models.PositiveSmallIntegerField(_("year"), editable=False)

    class Meta:
        verbose_name = _("day on which a session opens")
        verbose_name_plural = _("days on which sessions open")
        ordering = ("-opens_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "session", "year"],
                name="one_opening_of_a_session",
                violation_error_message=_("The day of this session is already there."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.territory} · {day_text(self.opens_on)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.year = self.opens_on.year
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """An ordinary session opens in its month, and the council is one of its kind."""
        if self.session_id is None or self.territory_id is None or self.opens_on is None:
            return
        self.year = self.opens_on.year
        if self.territory.level != self.session.council:
            raise ValidationError({"territory": gettext("This council holds no session of that kind.")})
        if self.opens_on.month != self.session.month:
            raise ValidationError({"opens_on": gettext("An ordinary session opens in its month.")})
