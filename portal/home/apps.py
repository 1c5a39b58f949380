"""Pages that look across all apps."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "portal.home"
    label = "home"

    def ready(self) -> None:
        from portal.home import settling  # noqa: F401 - connects its receiver
