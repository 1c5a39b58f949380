"""Contested roles, as the upkeep of the directory looks for them."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from actors.directory.reading.upkeep import Check
from actors.roles.models import Responsibility
from portal.core.dates import today


def _contested() -> Q:
    rows = Responsibility.objects.on(today()).filter(answer=Responsibility.Answer.CONTESTED)
    return Q(Exists(rows.order_by().filter(actor=OuterRef("pk"))))


CONTESTED = Check(
    "contested", _("Contested roles"), _("contested role"), "message-square-warning", _contested, "accent"
)
