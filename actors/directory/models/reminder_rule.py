"""When people are reminded, for every space or for one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.choices import Choice


class ReminderRule(models.Model):
    """One rung: a kind of reminder, so many days before (negative) or after (positive) its date."""

    class Kind(Choice):
        MEETING = "meeting", _("meeting coming")
        ANSWER_MISSING = "answer_missing", _("invitation without answer")
        MINUTES_MISSING = "minutes_missing", _("minutes missing")
        REMARKS_CLOSING = "remarks_closing", _("remarks on the minutes closing")
        AGENDA = "agenda", _("point for the agenda of a council’s session")
        DUE = "due", _("recommendation due soon")
        OVERDUE = "overdue", _("recommendation overdue")
        SILENT = "silent", _("recommendation without news")
        SHEET_STALE = "sheet_stale", _("sheet of the directory not confirmed for a year")
        UNCONFIRMED = "unconfirmed", _("done, waiting for confirmation")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    offset_days = models.SmallIntegerField(_("days (before: negative)"))
    repeat_days = models.PositiveSmallIntegerField(_("again every … days"), default=0)
    space = models.ForeignKey(
        "directory.Space", models.CASCADE, null=True, blank=True, related_name="reminder_rules", verbose_name=_("space")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ("offset_days", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "offset_days", "space"],
                name="reminder_rule_once",
                violation_error_message=_("This rung is already there."),
            ),
            models.UniqueConstraint(
                fields=["kind", "offset_days"],
                condition=models.Q(space=None),
                name="general_reminder_rule_once",
                violation_error_message=_("This rung is already there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.offset_days:+d}"

    @classmethod
    def for_space(cls, kind: str, space_id: int | None, rules: list["ReminderRule"]) -> list["ReminderRule"]:
        """The rungs of `kind` for a space: its own where it has any, else the general ones."""
        of_kind = [rule for rule in rules if rule.kind == kind]
        own = [rule for rule in of_kind if space_id is not None and rule.space_id == space_id]
        chosen = own or [rule for rule in of_kind if rule.space_id is None]
        return [rule for rule in chosen if rule.is_active]
