"""How roles are settled when two sheets of the directory become one."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from actors.doubles.registry import Pairs, Rule, Values, settle
from actors.doubles.rules.relations import running
from actors.doubles.rules.terms import longer_term, meeting, overlap
from actors.roles.models import Responsibility
from portal.core.journal import Plan


def register() -> None:
    """Called from `RolesConfig.ready()`."""
    settle(
        Responsibility,
        "actor",
        Rule(
            twins=_same_roles,
            join=_better_role,
            named=("theme", "territory", "get_part_display"),
            says=_("Where both have a role for the same theme and place, the confirmed one stays, else the stronger."),
        ),
    )


def _same_roles(winner: Any, loser: Any, plan: Plan) -> Pairs:
    """Roles for the same theme and territory that would run at the same time."""
    rows = Responsibility.objects.filter(running(), actor__in=[winner, loser]).order_by("pk")

    def alike(one: Responsibility, other: Responsibility) -> bool:
        cells = {(role.theme_id, role.territory_id) for role in (one, other)}
        return len(cells) == 1 and overlap(one, other)

    return [(theirs.pk, ours.pk) for theirs, ours in meeting(list(rows), winner, alike)]


def _better_role(ours: Responsibility, theirs: Responsibility) -> Values:
    def rank(role: Responsibility) -> tuple[bool, bool, str]:
        return role.answer != role.Answer.CONFIRMED, role.answer == role.Answer.CONTESTED, role.part

    if rank(theirs) < rank(ours):
        told = ("part", "basis", "basis_reference", "answer", "answered_on", "answered_by_id", "reservation")
        return {name: getattr(theirs, name) for name in (*told, "starts_on", "ends_on")}
    if ours.part != theirs.part:
        return {}
    taken = longer_term(ours, theirs)
    if theirs.basis and not ours.basis:
        taken |= {"basis": theirs.basis, "basis_reference": theirs.basis_reference}
    return taken
