"""django-allauth as this portal uses it: nobody signs up unasked."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from portal.core.names import under_our_name


class ClosedAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_from_email(self) -> str:
        return under_our_name(settings.DEFAULT_FROM_EMAIL)
