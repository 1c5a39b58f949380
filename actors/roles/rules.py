"""Where mails about a role lead who may act."""

from django.urls import reverse

from actors.roles.models import Responsibility
from actors.roles.permissions import can_answer_role
from portal.accounts.models import User


def _confirm(role: Responsibility, user: User) -> str:
    return reverse("roles:confirm_role", args=[role.pk]) if can_answer_role(user, role) else ""


ACTS = {"roles.role_named": _confirm}
