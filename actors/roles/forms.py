"""What people type about a role, and about why it is not theirs."""

import copy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actors.directory.forms.choosing import ActorField
from actors.directory.models import Actor
from actors.directory.models.actor import institutions_of
from actors.directory.models.membership import managed_by
from actors.directory.permissions import is_administrator
from actors.directory.rules.choices import Choices, territory_choices, theme_choices, with_own
from actors.roles.models import Responsibility
from portal.accounts.models import User
from portal.core.forms import EMPTY, DateField, PortalForm, PortalModelForm, choice_field, row_field
from portal.core.stamps import refuse_unread
from portal.reference.models import Territory


class RoleForm(PortalModelForm):
    """A role: administrators choose among all institutions, managers among their own; it stays with its actor."""

    starts_on = DateField(label=_("From"), required=False, help_text=_("Empty: since always."))
    ends_on = DateField(label=_("Until"), required=False, help_text=_("Empty: still."))

    class Meta:
        model = Responsibility
        fields = ("actor", "theme", "territory", "part", "basis", "basis_reference", "starts_on", "ends_on")
        widgets = {"part": forms.RadioSelect}

    def __init__(self, *args: Any, user: User, instance: Responsibility | None = None, **kwargs: Any) -> None:
        super().__init__(*args, instance=copy.copy(instance), **kwargs)
        self.edits = instance
        choice_field(self, "part").choices = list(Responsibility.Part.choices)
        row_field(self, "territory").queryset = Territory.objects.all()
        choice_field(self, "territory").choices = EMPTY + territory_choices()
        own = self.instance.theme if self.instance.pk else None
        choice_field(self, "theme").choices = EMPTY + with_own(theme_choices(), own)
        if self.instance.pk:
            del self.fields["actor"]
        else:
            self._offer_actors(user)

    def own(self, thing: Any) -> dict[str, Any]:
        """What the institution answered must have been seen too: an edit may ask it again."""
        own = super().own(thing)
        if self.edits:
            refuse_unread(thing, self.stamp, "answer", "reservation", by=self.by)
        return own

    def _offer_actors(self, user: User) -> None:
        offered = Actor.objects.visible_to(user).kept()
        if is_administrator(user):
            ActorField.instead_of(self, "actor", offered, among="kept")
            return
        kept = managed_by(user)
        offered = offered.filter(pk__in=kept)
        choices: Choices = [(actor.pk, actor.full_name) for actor in institutions_of(user) if actor.pk in kept]
        row_field(self, "actor").queryset = offered
        choice_field(self, "actor").choices = choices if len(choices) == 1 else EMPTY + choices


class ContestForm(PortalForm):
    """Why the institution says that a role is not its own; what a colleague answered meanwhile is seen first."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Members of the portal and administrators read it; visitors do not."),
    )

    def __init__(self, *args: Any, role: Responsibility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edits = role

    def own(self, thing: Responsibility) -> dict[str, Any]:
        refuse_unread(thing, self.stamp, "answer", "reservation", by=self.by, field="reason")
        return self.values
