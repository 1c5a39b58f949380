"""Files that hold more than they seem to, or something else than they say; made when they are asked for, never kept."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

MB = 1024 * 1024
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override ContentType="{}"/></Types>'
)
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
LAUGHS = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><w>&b;</w>'
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
#: what an office file of each kind has first, and the folder of its parts
FOLDERS = {".docx": "word", ".xlsx": "xl", ".pptx": "ppt"}
OPEN = {
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
}
MAIN = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
OFFICE = (*FOLDERS, *OPEN)


def zeros(megabytes: int) -> Iterable[bytes]:
    return (bytes(MB) for _number in range(megabytes))


def archive(*parts: tuple[str, str | bytes | Iterable[bytes]]) -> bytes:
    """An archive of parts, each packed as it comes: what is in none of its pieces large is never in memory whole."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts:
            with made.open(name, "w") as part:
                for piece in [content] if isinstance(content, str | bytes) else content:
                    part.write(piece.encode() if isinstance(piece, str) else piece)
    return stream.getvalue()


def office(ending: str, *more: tuple[str, str | bytes | Iterable[bytes]]) -> bytes:
    """A plain office file of this kind, with more parts."""
    if ending in OPEN:
        first = [("mimetype", OPEN[ending]), ("content.xml", "<office/>")]
    else:
        first = [("[Content_Types].xml", TYPES.format(MAIN[ending])), (f"{FOLDERS[ending]}/main.xml", "<w/>")]
    return archive(*first, *more)


def bomb(ending: str, megabytes: int = 1536) -> bytes:
    """An office file whose part that says what it is unpacks to so many megabytes."""
    if ending in OPEN:
        return archive(("mimetype", [OPEN[ending].encode(), *zeros(megabytes)]), ("content.xml", "<office/>"))
    name = f"{FOLDERS[ending]}/main.xml"
    return archive((name, "<w/>"), ("[Content_Types].xml", [TYPES.format(MAIN[ending]), *zeros(megabytes)]))


def many_parts(ending: str = ".odt", parts: int = 100_000) -> bytes:
    return office(ending, *((f"{number}", b"") for number in range(parts)))


def lying(ending: str = ".odt", megabytes: int = 64) -> bytes:
    """A part of so many megabytes that is listed as one of ninety bytes."""
    content = office(ending, ("Pictures/large.bin", zeros(megabytes)))
    said = (megabytes * MB).to_bytes(4, "little")
    assert content.count(said) >= 1
    return content.replace(said, (90).to_bytes(4, "little"))


def squeezed(ending: str = ".odt", megabytes: int = 300) -> bytes:
    """A part packed in the way that unpacks to any size in one piece, under a size that is a lie."""
    stream = io.BytesIO(office(ending))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_BZIP2) as made, made.open("Pictures/large.bin", "w") as part:
        for piece in zeros(megabytes):
            part.write(piece)
    return stream.getvalue().replace((megabytes * MB).to_bytes(4, "little"), (90).to_bytes(4, "little"))


def laughing(ending: str = ".xlsx") -> bytes:
    return office(ending, (f"{FOLDERS.get(ending, 'Object 1')}/drawings/drawing1.xml", LAUGHS))


def nested(ending: str = ".docx", megabytes: int = 1536) -> bytes:
    """An office file with a bomb inside that nobody opens."""
    return office(ending, ("word/embeddings/inside.docx", bomb(".docx", megabytes)))


def png(width: int, height: int, *rows: bytes, bits: int = 8, colour: int = 0) -> bytes:
    """A PNG that says how large it is; `rows` of one byte that says how it is filtered, and of what it holds."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    packer = zlib.compressobj(9)
    packed = b"".join(map(packer.compress, rows)) + packer.flush()
    said = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", said) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def blank_png(side: int) -> bytes:
    """A whole grey picture, as broad as high."""
    row = bytes(side + 1)
    return png(side, side, *(row for _number in range(side)))
