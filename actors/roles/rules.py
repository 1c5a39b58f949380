"""Where mails about a role lead."""

from django.urls import reverse

from actors.roles.models import Responsibility
from actors.roles.permissions import can_answer_role
from portal.accounts.models import User
from portal.notifications.rules.acts import everybody_sees


def _confirm(role: Responsibility, user: User) -> str:
    return reverse("roles:confirm_role", args=[role.pk]) if can_answer_role(user, role) else ""


def role_page(role: Responsibility, kind: str) -> str:
    """Its line on the sheet, once the institution has confirmed it."""
    return role.get_absolute_url() if everybody_sees(role) else ""


ACTS = {"roles.role_named": _confirm}
