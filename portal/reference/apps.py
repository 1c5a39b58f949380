"""Shared vocabularies: territories, themes, axes, holidays."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class ReferenceConfig(AppConfig):
    name = "portal.reference"
    label = "reference"

    def ready(self) -> None:
        from portal.core.search import register_expander
        from portal.reference import resolver, spellings, themes

        register_expander(spellings.spellings_of)
        read_from = {"Territory": (spellings, resolver), "Place": (resolver,), "Theme": (themes,)}
        for model, modules in read_from.items():
            for module in modules:
                for signal in (post_save, post_delete):
                    signal.connect(module.memory.forget, sender=self.get_model(model), dispatch_uid=module.__name__)
