"""The picture beside a shared link: 1200 × 630 pixels, in our own face; and the mark as a picture."""

import io
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.utils.translation import get_language_info
from PIL import Image, ImageDraw, ImageFont, features

WIDTH, HEIGHT = 1200, 630
#: drawn so many times larger, so that slanted lines are smooth
FINE = 2
EDGE = 68
#: what a line may take beside the star, whose outline begins 335 pixels before the end
CLEAR = WIDTH - EDGE - 370
FONTS = Path(str(files("fontpkg_ibm_plex_sans_arabic") / "files"))
PAPER, INK, SOFT, BRAND, STRONG, NOTICE = "#faf8f3", "#16282d", "#4c5f66", "#0f6b5c", "#0a4d43", "#8a3b14"
FAINT = "#cfe5de"
#: as `static/css/components/strip.css` and the tokens have them
TONES = {
    "ok": "#1d6b3a",
    "brand": "#0f6b5c",
    "info": "#1f5c99",
    "attention": "#d99a1c",
    "accent": "#a84a1b",
    "danger": "#a3262a",
    "none": "#cfc6b1",
}
#: the largest size of the title, in pixels, with which it keeps to so many lines
TITLE_SIZES = ((66, 2), (50, 3), (42, 4), (36, 5))


@dataclass(frozen=True)
class Picture:
    """What stands on it, everything already in `language`; `parts` of the strip are (number, tone)."""

    language: str
    name: str
    title: str
    above: str = ""
    count: str = ""
    beside: str = ""
    below: str = ""
    notice: str = ""
    parts: tuple[tuple[int, str], ...] = ()


@lru_cache(maxsize=64)
def drawn(picture: Picture) -> bytes:
    """The PNG; the same picture is drawn once in a process."""
    return _png(_Page(picture).paint())


@lru_cache(maxsize=4)
def mark(side: int) -> bytes:
    """The mark on paper, for a telephone’s first screen."""
    image = Image.new("RGB", (side * 4, side * 4), PAPER)
    _star(ImageDraw.Draw(image), (side * 2, side * 2), side * 3.2, 2.6, BRAND)
    return _png(image.resize((side, side), Image.Resampling.LANCZOS))


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.quantize(128, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


@lru_cache(maxsize=32)
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"IBMPlexSansArabic-{weight}.ttf", size * FINE)


class _Page:
    """One picture being painted; `start` is where its language begins to read."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.rtl = get_language_info(picture.language)["bidi"]
        self.image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), PAPER)
        self.draw = ImageDraw.Draw(self.image)

    def paint(self) -> Image.Image:
        picture = self.picture
        self.draw.rectangle((0, 0, WIDTH * FINE, 16 * FINE), fill=BRAND)
        _star(self.draw, self._at(WIDTH - 185, 300), 330 * FINE, 1.1, FAINT)
        _star(self.draw, self._at(EDGE + 36, 104), 72 * FINE, 2.6, BRAND)
        self._text(picture.name, EDGE + 90, 119, "Bold", 42, INK)
        self._text(picture.notice, EDGE, 112, "Regular", 22, NOTICE, from_end=True)
        self._title()
        self._text(picture.count, EDGE, 490, "SemiBold", 34, STRONG)
        self._text(picture.beside, EDGE, 490, "Regular", 24, SOFT, from_end=True)
        self._strip()
        self._text(picture.below, EDGE, 570, "Regular", 22, SOFT)
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)

    def _title(self) -> None:
        for size, most in TITLE_SIZES:
            lines = self._wrapped(self.picture.title, _font("Bold", size))
            if len(lines) <= most:
                break
        else:
            lines = [*lines[: most - 1], f"{lines[most - 1]}…"]
        step = round(size * 1.38)
        y = 318 - step * (len(lines) - 1) // 2 + size // 3
        self._text(self.picture.above, EDGE, y - step - 8, "Regular", 28, SOFT, room=CLEAR)
        for number, line in enumerate(lines):
            self._text(line, EDGE, y + number * step, "Bold", size, INK)

    def _wrapped(self, text: str, font: ImageFont.FreeTypeFont) -> list[str]:
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and font.getlength(longer, **self._shaping) <= CLEAR * FINE:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def _strip(self) -> None:
        """From where the language begins to read; a thin gap between its parts."""
        total = sum(number for number, _tone in self.picture.parts)
        x = 0.0
        for number, tone in self.picture.parts:
            width = (WIDTH - 2 * EDGE + 5) * number / total
            ends = sorted((self._at(EDGE + x, 512)[0], self._at(EDGE + x + width - 5, 512)[0]))
            self.draw.rectangle((ends[0], 512 * FINE, ends[1], 536 * FINE), fill=TONES[tone])
            x += width
        if not total:
            self.draw.rectangle((EDGE * FINE, 520 * FINE, (WIDTH - EDGE) * FINE, 524 * FINE), fill=FAINT)

    def _text(
        self,
        text: str,
        start: int,
        y: int,
        weight: str,
        size: int,
        colour: str,
        *,
        from_end: bool = False,
        room: int = WIDTH - 2 * EDGE,
    ) -> None:
        """A line whose first letter (`from_end`: last) stands `start` pixels from that side, its foot at `y`; smaller
        where it would be longer than `room`."""
        if not text:
            return
        at_the_right = self.rtl is not from_end
        x = WIDTH - start if at_the_right else start
        anchor = "rs" if at_the_right else "ls"
        font = _font(weight, size)
        while size > 16 and font.getlength(text, **self._shaping) > room * FINE:
            size -= 1
            font = _font(weight, size)
        self.draw.text((x * FINE, y * FINE), text, colour, font, anchor, **self._shaping)

    @property
    def _shaping(self) -> dict[str, Any]:
        if not features.check("raqm"):
            return {}
        return {"direction": "rtl" if self.rtl else "ltr", "language": self.picture.language}

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return ((WIDTH - x) if self.rtl else x) * FINE, y * FINE


def _star(draw: ImageDraw.ImageDraw, middle: tuple[float, float], side: float, width: float, colour: str) -> None:
    """The mark of `static/img/mark.svg`: `side` is its box, `width` the line’s in its own 48 units."""
    unit = side / 48
    line = round(width * unit)

    def at(x: float, y: float) -> tuple[float, float]:
        return middle[0] + x * unit, middle[1] + y * unit

    corner = 15 * 2**0.5
    for points in (
        [(-15, -15), (15, -15), (15, 15), (-15, 15)],
        [(0, -corner), (corner, 0), (0, corner), (-corner, 0)],
    ):
        closed = [at(*point) for point in [*points, *points[:2]]]
        draw.line(closed, colour, line, joint="curve")
    for begin, end in (((0, -21), (0, -12)), ((0, 12), (0, 21)), ((-21, 0), (-12, 0)), ((12, 0), (21, 0))):
        draw.line([at(*begin), at(*end)], colour, line)
        for point in (begin, end):
            draw.circle(at(*point), line / 2, colour)
    draw.circle(middle, 6.2 * unit + line / 2, outline=colour, width=line)
