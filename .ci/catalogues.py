"""Compiles locale/*/LC_MESSAGES/django.po with Babel; a fuzzy entry or a broken placeholder stops it."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def faults(path: Path) -> list[str]:
    """What is wrong in the catalogue, after writing the compiled file beside it when nothing is."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3], abort_invalid=True)
    found = [f"{path}:{entry.lineno}: fuzzy: {entry.id!r}" for entry in catalogue if entry.fuzzy and entry.id]
    for entry, errors in catalogue.check():
        found += [f"{path}:{entry.lineno}: {error}: {entry.id!r}" for error in errors]
    if not found:
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
    return found


def main() -> int:
    """Compile what is newer than its compiled file; 1 when anything is wrong."""
    found: list[str] = []
    for path in sorted(Path("locale").glob("*/LC_MESSAGES/django.po")):
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime <= path.stat().st_mtime:
            found += faults(path)
    for line in found:
        print(line, file=sys.stderr)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
