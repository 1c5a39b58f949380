"""One institution with two sheets: found, compared, merged, and parted again."""

from django.apps import AppConfig


class DoublesConfig(AppConfig):
    name = "actors.doubles"

    def ready(self) -> None:
        from actors.directory.reading.upkeep import register_waiting
        from actors.directory.rules.forgetting import register_forgetting
        from actors.doubles import merging
        from actors.doubles.models import Double
        from actors.doubles.rules.forgetting import forget_person

        merging.register()
        register_forgetting(forget_person)
        register_waiting("doubles", Double.objects.open)
