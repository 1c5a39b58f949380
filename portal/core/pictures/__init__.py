"""Pictures as they are kept and as they travel inside a PDF: written anew by a child process (`child.py`)."""

import base64
import json
import signal
import subprocess
import sys
from pathlib import Path, PurePosixPath

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db.models.fields.files import FieldFile
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from portal.core.errors import FileGone, Refused
from portal.core.files import KINDS, open_kept
from portal.core.models import FileFault, note_fault
from portal.core.pictures.child import MARKS, MOST_PIXELS, PATIENCE
from portal.core.turns import Busy, turn

__all__ = ["LOGO", "MARKS", "SIDE", "Unreadable", "as_data_uri", "mended", "written_anew"]

#: the longest side of what is kept, in pixels: a page of a document can still be read
SIDE = 2000
#: of a logo
LOGO = 800
IN_A_PDF = 320
#: seconds after which a child is killed that did not end itself; a logo is read while a report is ordered
LAST_PATIENCE, PATIENCE_FOR_LOGOS = PATIENCE + 5, 5
CHILD = Path(__file__).with_name("child.py")

#: so many at once on this machine, whichever process asks: each may take a gigabyte
AT_ONCE = 2


class Unreadable(Exception):
    """No picture could be made of it; says which fault, and its width and height where these are the fault."""

    def __init__(self, fault: str, width: int = 0, height: int = 0) -> None:
        super().__init__(fault)
        self.fault, self.width, self.height = fault, width, height


def written_anew(content: bytes, side: int, *, patience: float = LAST_PATIENCE) -> tuple[str, bytes]:
    """The ending (.jpg, .png) and the bytes of the picture: upright, at most `side` pixels long, without what was
    written beside it. Raises Unreadable, at the latest after twice `patience` (seconds)."""
    try:
        with turn("pictures", AT_ONCE, patience):
            told = subprocess.run(  # noqa: S603
                [sys.executable, "-I", CHILD, str(side)],
                input=content, capture_output=True, check=False, timeout=patience,
            )  # fmt: skip
    except Busy:
        raise Unreadable("busy") from None
    except subprocess.TimeoutExpired:
        raise Unreadable("slow") from None
    except OSError:  # no memory, or no process, to begin with
        raise Unreadable("busy") from None
    line, _end, picture = told.stdout.partition(b"\n")
    if told.returncode == -signal.SIGALRM:
        raise Unreadable("slow")
    if told.returncode or not line:
        raise Unreadable("broken")
    answer = json.loads(line)
    if "kind" not in answer:
        raise Unreadable(**answer)
    return answer["kind"], picture


def mended(upload: UploadedFile, *, side: int = SIDE) -> UploadedFile:
    """The picture as it is kept, under its name with the ending of what it is. Raises Refused with a sentence."""
    content = upload.read()
    upload.seek(0)
    try:
        kind, picture = written_anew(content, side)
    except Unreadable as error:
        raise Refused(_sentence(error)) from None
    name = str(PurePosixPath(upload.name or "picture").with_suffix(kind))
    return SimpleUploadedFile(name, picture, KINDS[kind])


def _sentence(error: Unreadable) -> str:
    sides = {"width": error.width, "height": error.height}
    size = {name: number_format(side, force_grouping=True) for name, side in sides.items()}
    if error.fault == "pixels":
        large = _(
            "This picture measures %(width)s × %(height)s pixels; at most %(limit)s million pixels are taken in all. "
            "Make it smaller and try again."
        )
        return large % (size | {"limit": MOST_PIXELS // 1_000_000})
    if error.fault == "narrow":
        narrow = _(
            "This picture measures %(width)s × %(height)s pixels: it is so narrow that nothing could be read on it."
            " Cut it into several pictures."
        )
        return narrow % size
    if error.fault == "busy":
        return _("Many pictures are being read just now. Try again in a moment.")
    if error.fault == "slow":
        return _("Reading this picture took too long. Try again in a moment, or send it smaller.")
    return _("This picture cannot be read: it may be damaged or incomplete. Save it again, or take another copy.")


def as_data_uri(picture: FieldFile) -> str:
    """The picture, made small, as a `data:` address; '' where there is none, and where it cannot be shown: then what
    is wrong with it is noted, and told on the page of whoever it belongs to (`fault_of`)."""
    if not picture:
        return ""
    try:
        with open_kept(picture) as file:
            kind, small = written_anew(file.read(), IN_A_PDF, patience=PATIENCE_FOR_LOGOS)
    except FileGone:
        note_fault(picture, FileFault.Fault.GONE)
        return ""
    except Unreadable as error:
        if error.fault not in {"busy", "slow"}:
            note_fault(picture, FileFault.Fault.UNREADABLE)
        return ""
    return f"data:{KINDS[kind]};base64,{base64.b64encode(small).decode()}"
