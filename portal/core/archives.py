"""Archives that people hand in, as every office file is one: measured from outside, never unpacked past a bound."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from xml.parsers import expat

MOST_PARTS = 2_000
#: bytes
MOST_UNPACKED = 300 * 1024 * 1024
#: how many times its own size an archive may unpack to, where that is more than ENOUGH bytes
MOST_TIMES, ENOUGH = 100, 20 * 1024 * 1024
#: of the list of its parts, in bytes: a part takes about a hundred
LONGEST_LIST = 512 * 1024
CHUNK = 64 * 1024
#: the part in which an office file of Microsoft's kind lists what it holds, and as much as is read of it, in bytes
CONTENTS, CONTENTS_READ = "[Content_Types].xml", 1024 * 1024
#: of what stands before the first element of an XML part, in bytes
LONGEST_PROLOG = 1024 * 1024
#: the two ways in which office files are packed; what others unpack in one piece may be of any size
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
#: what a damaged archive raises, in the libraries that read it
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


class Unfit(Exception):
    """The archive is not opened any further; says which fault: `parts`, `size`, `damaged` or `declarations`."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class _Sparing:
    """The file for a reader that asks for the list of parts in one piece, as long as the file says it is."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.seek, self.tell, self.seekable, self.file, self.size = file.seek, file.tell, file.seekable, file, size

    def read(self, count: int = -1) -> bytes:
        if (self.size - self.tell() if count < 0 else count) > LONGEST_LIST:
            raise Unfit("parts")
        return self.file.read(count)


@contextmanager
def opened(file: IO[bytes], *, most: int = MOST_UNPACKED) -> Iterator[zipfile.ZipFile]:
    """The archive, once what it says of itself is within the bounds; the file is left at its beginning.

    Raises Unfit, also for whatever the block raises that a damaged archive does.
    """
    size = file.seek(0, 2)
    file.seek(0)
    try:
        with zipfile.ZipFile(_Sparing(file, size)) as archive:  # type: ignore[call-overload]
            _measure(archive, size, most)
            yield archive
    except DAMAGED as error:
        raise Unfit("damaged") from error
    finally:
        file.seek(0)


def _measure(archive: zipfile.ZipFile, size: int, most: int) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS:
        raise Unfit("parts")
    if unpacked > most or unpacked > max(ENOUGH, MOST_TIMES * size):
        raise Unfit("size")
    if not METHODS.issuperset(part.compress_type for part in parts):
        raise Unfit("damaged")


def beginning(archive: zipfile.ZipFile, name: str, count: int) -> bytes:
    """At most so many bytes of a part; none where there is no such part."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(count)


def chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part piece by piece; what it holds beyond the size it declares is not unpacked, and damage."""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def read_through(archive: zipfile.ZipFile) -> None:
    """Read every part to its end and keep nothing of it. Raises Unfit, and what a damaged archive raises."""
    for part in archive.infolist():
        prolog = Prolog()
        for chunk in chunks(archive, part):
            if prolog.reads:
                prolog.read(chunk)


class Prolog:
    """Reads what stands before the first element of an XML part, where entities are declared: one that is made of
    others grows without end, one from elsewhere is fetched. Stops (`reads`) there, or at what is no XML."""

    def __init__(self) -> None:
        self.reads, self.length = True, 0
        self.parser: Any = expat.ParserCreate(namespace_separator=" ")
        self.parser.EntityDeclHandler = self._declared
        self.parser.StartElementHandler = self._started

    def read(self, chunk: bytes) -> None:
        self.length += len(chunk)
        if self.length > LONGEST_PROLOG:
            raise Unfit("declarations")
        try:
            self.parser.Parse(chunk, False)
        except (expat.ExpatError, ValueError, LookupError):
            self.reads = False

    def _started(self, *element: object) -> None:
        self.reads = False

    def _declared(self, name: str, is_parameter: bool, value: str | None, *where: object) -> None:
        if is_parameter or value is None or "&" in value or "%" in value:
            raise Unfit("declarations")
