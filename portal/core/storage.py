"""Where files are kept: each is there whole or not at all, whatever happens while it is written."""

import os
import uuid
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage

#: the folder in which files are written before they are put in their place
BESIDE = ".beside"


class WholeFileStorage(FileSystemStorage):
    """Writes beside, to the disk itself, and renames: a disk that is full leaves nothing under a name that counts."""

    def _save(self, name: str, content: File) -> str:
        beside = Path(self.path(f"{BESIDE}/{uuid.uuid4().hex}"))
        beside.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("xb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            return super()._save(name, _Written(beside))  # type: ignore[misc]
        finally:
            beside.unlink(missing_ok=True)


class _Written(File):
    """A file on the same disk, which Django moves to its place and reads no more."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def temporary_file_path(self) -> Any:
        return str(self._path)
