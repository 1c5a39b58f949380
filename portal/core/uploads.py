"""The field of a file that is handed in: its name, kind and size, and whether its content is what the name says."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from portal.core.archives import CONTENTS, CONTENTS_READ, Unfit, beginning, opened, read_through
from portal.core.files import KINDS, PICTURES, tidy_name
from portal.core.pictures import MARKS, SIDE, mended
from portal.core.quantities import MEGABYTE, size_text
from portal.core.text import FSI, PDI

ARCHIVE = b"PK\x03\x04"
#: what the list of contents of an office file says it is; that of a file with macros, or of a template, says otherwise
MAIN_PARTS = {
    ".docx": b"wordprocessingml.document.main+xml",
    ".xlsx": b"spreadsheetml.sheet.main+xml",
    ".pptx": b"presentationml.presentation.main+xml",
}
#: the part of an open document that says what it is
MIMETYPE = "mimetype"


def looks_like(upload: UploadedFile, ending: str) -> bool:
    """True when the content of the upload is what its ending says; a picture may be any of those that are taken.

    Raises Unfit for an office file that unpacks to more than it seems to hold, or is damaged.
    """
    head = upload.read(64 * 1024)
    upload.seek(0)
    if ending == ".txt":
        return b"\0" not in head
    if ending in PICTURES:
        return any(head.startswith(mark, place) for place, mark in MARKS.values())
    if ending == ".pdf":
        return b"%PDF-" in head[:1024]
    return head.startswith(ARCHIVE) and _holds_office_file(upload, ending)


def _holds_office_file(upload: UploadedFile, ending: str) -> bool:
    with opened(upload) as archive:
        if ending in MAIN_PARTS:
            contents = beginning(archive, CONTENTS, CONTENTS_READ)
            is_office_file = MAIN_PARTS[ending] in contents and b"macroenabled" not in contents.lower()
        else:
            kind = KINDS[ending].encode()
            is_office_file = beginning(archive, MIMETYPE, len(kind) + 2).strip() == kind
        if is_office_file:
            read_through(archive)
        return is_office_file


class UploadField(forms.FileField):
    """A file of an allowed kind and size, whose content is what its name says; pictures come as they are kept, of at
    most `side` pixels.

    `looks_inside=False` leaves the content to whoever reads the file and can say more about what is wrong with it.
    """

    default_error_messages = {
        "too_large": _("The size of this file is %(size)s; at most %(limit)s are taken. Reduce it or give a link."),
        "kind": _("Files of this kind are not taken. Choose one of: %(kinds)s."),
        "content": _(
            "The content of this file is not what its name says. Save it again as %(kind)s and try once more."
        ),
        "empty": _("This file is empty."),
        "damaged": _("This file is damaged or incomplete. Open it, save it again as %(kind)s and send that file."),
        "size": _(
            "Once unpacked, this file would be unusually large: it is not taken. Save it as PDF, or give a link."
        ),
        "declarations": _(
            "This file holds declarations that no office program writes: it is not taken. Save it as PDF and try again."
        ),
    }

    def __init__(
        self, *, kinds: tuple[str, ...] = tuple(KINDS), looks_inside: bool = True, side: int = SIDE, **kwargs: Any
    ) -> None:
        self.kinds, self.looks_inside, self.side = kinds, looks_inside, side
        super().__init__(**kwargs)

    @property
    def limit(self) -> int:
        """The largest size taken, in MB."""
        return settings.MEDIA_MAX_MB

    @property
    def limit_text(self) -> str:
        return size_text(self.limit * MEGABYTE)

    @property
    def kinds_text(self) -> str:
        kinds = sorted({kind[1:].upper() for kind in self.kinds} - {"JPEG", "HEIF"})
        return pgettext("between the parts of a list", ", ").join(kinds)

    def widget_attrs(self, widget: forms.Widget) -> dict:
        attrs = super().widget_attrs(widget) | {"accept": ",".join(self.kinds), "data-max-mb": str(self.limit)}
        return attrs | ({"data-side": str(self.side)} if set(PICTURES) & set(self.kinds) else {})

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return upload
        upload.name = tidy_name(upload.name or "")
        name, size = upload.name, upload.size or 0
        ending = f".{name.rsplit('.', 1)[-1].lower()}" if "." in name else ""
        if ending not in self.kinds:
            raise self._refused("kind", kinds=self.kinds_text)
        if size > self.limit * MEGABYTE:
            raise self._refused("too_large", size=size_text(size), limit=self.limit_text)
        if self.looks_inside:
            self._look_inside(upload, ending)
        return mended(upload, side=self.side) if self.looks_inside and ending in PICTURES else upload

    def _look_inside(self, upload: UploadedFile, ending: str) -> None:
        kind = ending[1:].upper()
        try:
            if not looks_like(upload, ending):
                raise self._refused("content", kind=kind)
        except Unfit as unfit:
            raise self._refused("size" if unfit.fault == "parts" else unfit.fault, kind=kind) from None

    def _refused(self, code: str, **params: Any) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code, params=params)


class SeveralFiles(forms.ClearableFileInput):
    """A file input that takes several; on a phone it offers the camera too."""

    allow_multiple_selected = True


class FilesField(UploadField):
    """Several checked files at once; what is wrong with each is said at once, under its name."""

    #: a picture takes its time, and what comes of them is held in memory until it is kept
    MOST = 10
    default_error_messages = {"too_many": _("At most %(limit)s files are taken at once.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=SeveralFiles, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return super().widget_attrs(widget) | {"multiple": True}

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads = [upload for upload in (data if isinstance(data, list | tuple) else [data]) if upload]
        if len(uploads) > self.MOST:
            raise self._refused("too_many", limit=self.MOST)
        taken, faults = [], []
        for upload in uploads:
            try:
                taken.append(super().clean(upload, initial))
            except forms.ValidationError as error:
                faults += [_said_of(upload, sentence) if len(uploads) > 1 else sentence for sentence in error.messages]
        if faults:
            raise forms.ValidationError(faults)
        return taken


def _said_of(upload: UploadedFile, sentence: str) -> str:
    """The sentence after the name of the file it is about."""
    return f"{FSI}{tidy_name(upload.name or '')}{PDI}{pgettext('between a label and its number', ': ')}{sentence}"
