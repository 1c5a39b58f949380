"""Shared vocabularies: territories, themes, axes, holidays."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class ReferenceConfig(AppConfig):
    name = "portal.reference"
    label = "reference"

    def ready(self) -> None:
        from portal.core.search import register_expander
        from portal.reference import spellings

        register_expander(spellings.spellings_of)
        for signal in (post_save, post_delete):
            signal.connect(spellings.forget, sender=self.get_model("Territory"), dispatch_uid="reference.spellings")
