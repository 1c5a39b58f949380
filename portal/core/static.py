"""Static files as they are served: fingerprints, compression, one style sheet and one script instead of their parts."""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands.collectstatic import Command
from django.core.files.base import ContentFile
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: what is served whole; everything it imports is put in its place
ENTRIES = ("css/app.css", "js/app.js")

IMPORTED_SHEET = re.compile(r'^@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>[\w-]+)\);$', re.MULTILINE)
IMPORTED_SCRIPT = re.compile(r'^import "(?P<path>\./[^"]+)";$', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class FlattenedManifestStorage(CompressedManifestStaticFilesStorage):
    """A visitor fetches one sheet and one script; their names come from their whole content.

    With DEBUG the parts are served as they are.
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


def build_static() -> bool:
    """Bring the folder of static files up to date with their sources; False when it was already.

    Which sources it was built from is written beside it, last: whatever interrupts this has it done again.
    """
    folder = Path(settings.STATIC_ROOT)
    built, sources = folder.with_suffix(".sources"), _sources()
    if built.exists() and built.read_text() == sources:
        return False
    built.unlink(missing_ok=True)
    command = Command()
    command.storage = FlattenedManifestStorage(location=folder)
    call_command(command, interactive=False, clear=True, verbosity=0)
    built.write_text(sources)
    return True


def _sources() -> str:
    """Which files there are, how long, and when each was last written."""
    found = (Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))
    lines = sorted(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in found)
    return sha256("\n".join(lines).encode()).hexdigest()
