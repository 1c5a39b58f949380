"""Files people hand in: their kinds, sizes and true content; where they are kept."""

import hashlib
import logging
import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import PurePosixPath
from typing import Any, Protocol, Self

from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.core.errors import FileGone, Refused
from portal.core.text import without_controls

log = logging.getLogger(__name__)

#: ending: the content type it is served as
KINDS = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".txt": "text/plain; charset=utf-8",
}
#: what is written anew before it is kept (`portal.core.pictures`)
PICTURES = (".jpg", ".jpeg", ".png", ".heic", ".heif")
#: what is kept of them, and may be shown on a page
SHOWN = {ending: KINDS[ending] for ending in (".jpg", ".jpeg", ".png")}
#: what a list is handed in as, to be read and not to be kept as a document
TABLES = {
    ".xlsx": KINDS[".xlsx"],
    ".csv": "text/csv; charset=utf-8",
    ".txt": KINDS[".txt"],
}
#: of a name that is kept, in signs
LONGEST_NAME = 200
#: an ending longer than this is a part of the name
LONGEST_ENDING = 10
#: signs that turn the direction of writing: behind one, what ends in “fdp.exe” is read as “exe.pdf”
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def tidy_name(name: str) -> str:
    """The name of a file as it can be kept and shown: without its folder, without signs that nobody sees, and not
    longer than is kept; its ending stays."""
    name = PurePosixPath(name.replace("\\", "/")).name
    name = " ".join(without_controls(TURNS.sub("", name)).split())
    ending = PurePosixPath(name).suffix
    if len(ending) > LONGEST_ENDING:
        ending = ""
    return f"{name.removesuffix(ending)[: LONGEST_NAME - len(ending)]}{ending}"


def _place(instance: models.Model, name: str) -> str:
    return f"{instance._meta.model_name}/{uuid.uuid4().hex}{PurePosixPath(name).suffix.lower()}"


class StoredFile(models.Model):
    """A file as it was handed in; kept under a name nobody can guess, served only through a permission check."""

    file = models.FileField(_("file"), upload_to=_place, max_length=200, blank=True)
    file_name = models.CharField(_("file name"), max_length=200, blank=True, editable=False)
    file_size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    file_hash = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *columns: Any, **options: Any) -> Self:
        """A name that was kept before names were tidied is read as it would be kept now."""
        row = super().from_db(*columns, **options)
        if name := row.__dict__.get("file_name"):
            row.file_name = tidy_name(name)
        return row

    def take_file(self, upload: UploadedFile) -> None:
        """Keep the (already checked) upload with its name, size and hash; the caller saves."""
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        upload.seek(0)
        self.file = upload
        name = tidy_name(upload.name or "")
        self.file_name = name if PurePosixPath(name).suffix else f"file{name}"[:LONGEST_NAME]
        self.file_size, self.file_hash = upload.size or 0, digest.hexdigest()

    @property
    def file_kind(self) -> str:
        """The ending in capitals: PDF, DOCX…"""
        return PurePosixPath(self.file_name).suffix[1:].upper()

    @property
    def content_type(self) -> str:
        return (KINDS | TABLES).get(PurePosixPath(self.file_name).suffix.lower(), "application/octet-stream")


#: the files written so far in the act under way; None outside of one
_written: ContextVar[list[tuple[Storage, str]] | None] = ContextVar("files written in this act", default=None)


@contextmanager
def written(rows: Iterable[models.Model] = (), *, field: str = "file") -> Iterator[None]:
    """Write the files of new rows (in `field`) now, and throw them away again where the block that saves them fails,
    or any such block around it.

    Goes around the transaction: no file is written while it holds the database, and none stays that no row names.
    Raises Refused where a file cannot be written.
    """
    around = _written.get()
    files: list[tuple[Storage, str]] = []
    token = _written.set(files)
    try:
        for row in rows:
            kept: Any = getattr(row, field)
            if kept and not kept._committed:
                _write(kept)
                files.append((kept.storage, kept.name))
        yield
        if around is not None:
            around += files
    except BaseException:
        for storage, name in files:
            storage.delete(name)
        raise
    finally:
        _written.reset(token)


def _write(kept: Any) -> None:
    try:
        kept.save(kept.name, kept.file, save=False)
    except OSError as error:
        log.exception("A file could not be written")
        raise Refused(
            gettext("The portal’s disk does not take this file just now: it may be full. Nothing was saved. Try later.")
        ) from error


class Sendable(Protocol):
    """What a download needs to know of a file."""

    file: Any

    @property
    def file_name(self) -> str: ...
    @property
    def content_type(self) -> str: ...


def send(stored: Sendable) -> FileResponse:
    """The file as a download under the name it was handed in with; the caller has asked who may have it.

    Raises FileGone where the disk does not have it.
    """
    content = open_kept(stored.file)
    response = FileResponse(content, as_attachment=True, filename=stored.file_name, content_type=stored.content_type)
    response.headers["Cache-Control"] = "private, no-store"
    return _kept_apart(response)


def show(picture: FieldFile) -> FileResponse:
    """A picture for a page; the caller has asked who may see it. Raises FileGone, and Http404 for no picture."""
    kind = SHOWN.get(PurePosixPath(picture.name or "").suffix.lower())
    if kind is None:
        raise Http404
    response = FileResponse(open_kept(picture), content_type=kind)
    response.headers["Cache-Control"] = "private, max-age=300"
    return _kept_apart(response)


def open_kept(file: FieldFile) -> Any:
    """The file to be read. Raises FileGone where the disk does not have it."""
    try:
        return file.open("rb")
    except OSError as error:
        log.error("A file cannot be read: %s (%r)", file.name, error)
        raise FileGone from error


def _kept_apart(response: FileResponse) -> FileResponse:
    """What people hand in is what our list says and nothing else, and no page of ours, wherever it is opened."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
