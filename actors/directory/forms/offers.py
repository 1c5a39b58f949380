"""What is typed to offer a colleague a part, and to take one up."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Membership
from portal.accounts.models import User
from portal.core.forms import PortalForm


class OfferForm(PortalForm):
    """A colleague's address, and their part."""

    email = forms.EmailField(
        label=_("E-mail of the colleague"),
        widget=forms.EmailInput(attrs={"dir": "ltr"}),
        help_text=_("A mail tells them of the offer; they work for the institution here once they accept it."),
    )
    part = forms.ChoiceField(
        label=_("Part"), choices=Membership.Part, widget=forms.RadioSelect, initial=Membership.Part.CONTRIBUTOR
    )
    job_title = forms.CharField(label=_("Job title"), max_length=150, required=False)
    language = forms.ChoiceField(
        label=_("Language of the mail"),
        choices=User.Language,
        widget=forms.RadioSelect,
        help_text=_("Who has an account reads it in their own."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()


class AcceptOfferForm(PortalForm):
    """Who has no account yet opens one by it; who has one says yes, and no more."""

    name = forms.CharField(label=_("Your name"), max_length=150)
    language = forms.ChoiceField(
        label=_("I read the portal and its mails in"), choices=User.Language, widget=forms.RadioSelect
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, email: str, has_account: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email
        if has_account:
            self.fields.clear()
            return
        self.fields["language"].initial = get_language()
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if password := typed.get("password"):
            try:
                validate_password(password, User(email=self._email, name=typed.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return typed
