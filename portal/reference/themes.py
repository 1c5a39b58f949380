"""Which theme a cell means, by its code, its names or another name of it; nothing is guessed."""

from portal.core.text import bare_words
from portal.reference.memory import Memory
from portal.reference.models import Theme
from portal.reference.spellings import Words


def theme_named(text: str) -> Theme | None:
    """The theme in use that the text is a name of; None when it is none's, or several have it."""
    themes = memory.recall().get(bare_words(text), set())
    return next(iter(themes)) if len(themes) == 1 else None


def _read() -> dict[Words, set[Theme]]:
    table: dict[Words, set[Theme]] = {}
    for theme in Theme.objects.filter(is_active=True):
        for name in (theme.code, *theme.names):
            table.setdefault(bare_words(name), set()).add(theme)
    return table


memory = Memory(_read)
