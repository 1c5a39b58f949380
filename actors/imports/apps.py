"""Lists of institutions brought in from a file."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "actors.imports"

    def ready(self) -> None:
        from actors.imports import merging

        merging.register()
