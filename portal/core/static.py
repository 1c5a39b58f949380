"""Static files for production: fingerprints, compression, and one style sheet and one script instead of their parts."""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: what is served whole; everything it imports is put in its place
ENTRIES = ("css/app.css", "js/app.js")

IMPORTED_SHEET = re.compile(r'^@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>[\w-]+)\);$', re.MULTILINE)
IMPORTED_SCRIPT = re.compile(r'^import "(?P<path>\./[^"]+)";$', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class FlattenedManifestStorage(CompressedManifestStaticFilesStorage):
    """A visitor fetches one sheet and one script; their names come from their whole content.

    Development serves the parts as they are.
    """

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator:
        if not dry_run:
            for entry in ENTRIES:
                if entry in paths:
                    self._replace(entry, flattened(entry, self._read))
                    # Fingerprints are taken of what `paths` names: the flattened copy, no longer the source.
                    paths[entry] = (self, entry)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _read(self, name: str) -> str:
        with self.open(name) as file:
            return file.read().decode()

    def _replace(self, name: str, text: str) -> None:
        self.delete(name)
        self._save(name, ContentFile(text.encode()))


def flattened(entry: str, read: Callable[[str], str]) -> str:
    """The text of `entry` with everything it imports put in its place; `read` gives the text of a name."""
    folder = PurePosixPath(entry).parent
    text = read(entry)
    if entry.endswith(".js"):
        # Each part keeps its own block, so that names in two parts cannot meet.
        return IMPORTED_SCRIPT.sub(lambda found: "{\n" + read(str(folder / found["path"])).strip() + "\n}", text)

    def layered(found: re.Match) -> str:
        part = folder / found["path"]
        return f"@layer {found['layer']} {{\n{read(str(part)).strip()}\n}}"

    return _squeezed(COMMENT.sub("", IMPORTED_SHEET.sub(layered, text)))


def _squeezed(text: str) -> str:
    """Without empty lines and indentation; what stands inside a line stays as written."""
    return "\n".join(line for line in (raw.strip() for raw in text.splitlines()) if line) + "\n"
