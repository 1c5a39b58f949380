"""Which theme a cell means, by its code, its names or another name of it; nothing is guessed."""

from portal.core.text import bare_words
from portal.reference.memory import Memory
from portal.reference.models import Theme
from portal.reference.spellings import Words


def theme_named(text: str) -> Theme | None:
    """The theme in use that the text is a name of; None when it is none's, or several have it."""
    themes = themes_called(bare_words(text))
    return themes[0] if len(themes) == 1 else None


def themes_called(words: Words) -> list[Theme]:
    """The themes in use that have the name, in their order."""
    return sorted(memory.recall().get(words, ()), key=lambda theme: (theme.position, theme.pk))


def in_use() -> list[Theme]:
    """The themes in use, in their order."""
    themes = {theme for named in memory.recall().values() for theme in named}
    return sorted(themes, key=lambda theme: (theme.position, theme.pk))


def _read() -> dict[Words, set[Theme]]:
    table: dict[Words, set[Theme]] = {}
    for theme in Theme.objects.filter(is_active=True):
        for name in (theme.code, *theme.names):
            table.setdefault(bare_words(name), set()).add(theme)
    return table


memory = Memory(_read)
