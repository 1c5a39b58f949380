"""Who can sign in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        from django.contrib.auth.models import AnonymousUser

        from portal.accounts import receivers  # noqa: F401

        # A rule asks a visitor as it asks anybody.
        AnonymousUser.is_administrator = False  # type: ignore[attr-defined]
