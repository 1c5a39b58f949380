"""What a process reads once, before it answers: views, texts in every language, templates."""

from pathlib import Path

from django.conf import settings
from django.db import connections
from django.template import Engine
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils.translation import gettext, override


def warm() -> None:
    """Read it now, and leave nothing open that a copy of this process would share."""
    get_resolver().url_patterns  # noqa: B018 - reads every view
    for language, _name in settings.LANGUAGES:
        with override(language):
            gettext("Search")
    for folder in map(Path, Engine.get_default().dirs):
        for template in folder.rglob("*.html"):
            get_template(str(template.relative_to(folder)))
    connections.close_all()
