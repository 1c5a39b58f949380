"""Writes a picture anew in a process of its own, run by its path: bounded in memory and time, without the portal.

It takes a picture from its input and the longest side wanted as its argument. It answers on one line, as JSON, with
`kind` (the ending of what follows: .jpg or .png), or with `fault`: `pixels` or `narrow` (with `width` and `height`),
or `broken`. What follows is upright, in sRGB, at most so large, and
says nothing of where, when and with what it was taken.
"""

import ctypes
import io
import json
import resource
import signal
import sys
from contextlib import suppress
from typing import Any

MEMORY = 1024 * 1024 * 1024
#: seconds
PATIENCE = 20
#: a telephone's largest are 50 or 64 million
MOST_PIXELS = 65_000_000
#: how many times longer than wide; a picture of a long page on a telephone is about fifteen
MOST_NARROW = 25
#: an opaque PNG above so many bytes is written as a photograph where that takes a third of them
LARGE = 300_000
QUALITY = 82
#: a format: where its mark stands, and the mark
MARKS = {"JPEG": (0, b"\xff\xd8\xff"), "PNG": (0, b"\x89PNG\r\n\x1a\n"), "HEIF": (4, b"ftyp")}
PR_SET_PDEATHSIG = 1


def bound(patience: int = PATIENCE) -> None:
    """End with the parent, and after so many seconds whatever the parent does; take no more than so much memory."""
    signal.alarm(patience)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def written_anew(content: bytes, side: int) -> tuple[dict[str, Any], bytes]:
    """The answer, and the picture or nothing."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    kind = next(kind for kind, (place, mark) in MARKS.items() if content.startswith(mark, place))
    if kind == "HEIF":
        from pi_heif import register_heif_opener

        register_heif_opener()
    image = Image.open(io.BytesIO(content), formats=(kind,))
    width, height = image.size
    size = {"width": width, "height": height}
    if width * height > MOST_PIXELS:
        return {"fault": "pixels"} | size, b""
    if max(size.values()) > MOST_NARROW * min(size.values()):
        return {"fault": "narrow"} | size, b""
    ending, picture = _encoded(_upright(image, side), kind == "PNG")
    return {"kind": ending}, picture


def _upright(image: Any, side: int) -> Any:
    """The picture as it is looked at, in L, RGB or RGBA, of at most `side` pixels, with nothing written beside it."""
    from PIL import Image, ImageOps

    image.draft(None, (side, side))
    if image.mode in {"1", "P", "PA"}:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode == "I;16":
        image = Image.frombytes("L", image.size, image.tobytes()[1::2])
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    with suppress(Exception):  # what is written beside a picture may be anything
        ImageOps.exif_transpose(image, in_place=True)
    image = _in_srgb(image)
    if image.mode == "RGBA" and image.getextrema()[3] == (255, 255):
        image = image.convert("RGB")
    image.info.clear()
    return image


def _in_srgb(image: Any) -> Any:
    from PIL import ImageCms

    mode = "RGBA" if image.has_transparency_data else "L" if image.mode == "L" else "RGB"
    if profile := image.info.get("icc_profile"):
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    return image.convert(mode)


def _encoded(image: Any, is_drawn: bool) -> tuple[str, bytes]:
    """A drawing stays one; a photograph handed in as PNG is written as what it is."""
    from PIL import Image

    drawing = _bytes_of(image, "PNG", optimize=True) if is_drawn else b""
    if is_drawn and (image.mode == "RGBA" or len(drawing) < LARGE):
        return ".png", drawing
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    photograph = _bytes_of(image, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    if is_drawn and len(photograph) * 3 > len(drawing):
        return ".png", drawing
    return ".jpg", photograph


def _bytes_of(image: Any, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


if __name__ == "__main__":
    bound()
    try:
        answer, picture = written_anew(sys.stdin.buffer.read(), int(sys.argv[1]))
    except Exception:  # a picture may break its reader in any way
        answer, picture = {"fault": "broken"}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + picture)
