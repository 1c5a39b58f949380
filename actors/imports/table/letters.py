"""The letters of a cell: invisible signs, other keyboards' letters, letters read with the wrong table."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from portal.core.text import fold_digits, normalise, without_controls

#: letters of other keyboards that stand for Arabic ones; Moroccan گ ڭ ݣ ڤ stay what they are
KEYBOARDS: dict[int, str | None] = str.maketrans(
    {"ی": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه", "ٱ": "ا", "ـ": None}
)
SHORT_VOWELS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]")
PRESENTATION = re.compile(r"[\ufb50-\ufdff\ufe70-\ufefc]+")
ARABIC = re.compile(r"[\u0620-\u064a\u066e-\u06d3\u0750-\u077f]")
LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
#: direction marks, marks of order and spaces nobody sees, in texts of several lines
UNSEEN = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad\u061c]")
#: what UTF-8 looks like in Windows' Western or Arabic letters
MISREAD = re.compile(r"[ÂÃâÐØÙ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]")
MISREAD_ARABIC = re.compile(
    r"(?:[طظ][\u0080-\u00bf‚ƒ„…†‡ˆ‰‹Œ‘’“”•–—™›œ€ٹپچژڈگکڑں،؛؟].?){2}|(?<=[A-Za-z])أ[\u0080-\u00bf]"
)
#: Windows' Arabic letters read as Western ones: words of accented letters alone
ARABIC_AS_LATIN = re.compile(r"(?<![A-Za-z])[À-ÿ]{4,}(?![A-Za-z])")
#: what stands between several names, and what between shorter things, in one cell
BETWEEN_NAMES = re.compile(r"[;؛|\n]+")
BETWEEN_THEMES = re.compile(r"[،,/+•]+")
LOST = re.compile(r"[?\ufffd]")
NOTHING = frozenset(
    normalise(words)
    for words in (
        "لا يوجد", "لا توجد", "لا شيء", "لاشيء", "غير متوفر", "غير متوفرة", "غير موجود", "غير محدد", "بدون", "دون",
        "منعدم", "لا", "néant", "aucun", "aucune", "rien", "sans", "non disponible", "non renseigné", "non communiqué",
        "pas de", "vide", "inconnu", "none", "nil", "n/a", "na", "n.a.", "nd", "nc", "n.d.", "n.c.", "null", "nan",
        "unknown", "not available", "no", "non",
    )
)  # fmt: skip
STROKES = re.compile(r"[\s\-–—_./\\*·•~x×]+", re.IGNORECASE)


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    """A name or another short text: single spaces, no invisible sign, Arabic as a Moroccan keyboard writes it."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = unicodedata.normalize("NFC", PRESENTATION.sub(_plain, text))
    return " ".join(SHORT_VOWELS.sub("", text).translate(_seen).split())


def several_lines(text: str) -> str:
    """A longer text: its lines stay, the signs nobody sees go."""
    text = without_controls(text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.rstrip() for line in UNSEEN.sub("", text).strip().split("\n"))


def squeezed(text: str) -> str:
    """What was typed for numbers, codes and addresses: 0–9, no invisible sign, no space around it."""
    return "".join(
        sign for sign in fold_digits(text) if unicodedata.category(sign) not in {"Cf", "Cc"} or sign == "\n"
    ).strip()


def pieces(text: str, *between: re.Pattern[str], is_one: Callable[[str], bool] = lambda _piece: False) -> list[str]:
    """The pieces of a cell that say something, on one line, each once; a piece that `is_one` is not cut further."""
    cut = [text] if text.strip() else []
    for separator in between:
        cut = [part for piece in cut for part in ([piece] if is_one(one_line(piece)) else separator.split(piece))]
    said = map(one_line, cut)
    return list(dict.fromkeys(piece for piece in said if piece and not says_nothing(piece)))


def says_nothing(text: str) -> bool:
    """True for a dash, «لا يوجد», “néant”, “n/a”: a cell that says there is nothing; not for an empty one."""
    return bool(text.strip()) and (STROKES.fullmatch(text.strip()) is not None or normalise(text) in NOTHING)


def script_of(text: str) -> str:
    """`ar` or `fr` by the letters that prevail; '' where there are none."""
    arabic, latin = len(ARABIC.findall(text)), len(LATIN.findall(text))
    if not arabic and not latin:
        return ""
    return "ar" if arabic >= latin else "fr"


def mended(text: str) -> tuple[str, str]:
    """The text as it was before it was read with the wrong table of letters, and `repaired`, `broken` or ''."""
    if ARABIC_AS_LATIN.search(text) and (arabic := _read_again(text, "cp1252", "cp1256")) and ARABIC.search(arabic):
        return arabic, "repaired"
    if MISREAD.search(text) or MISREAD_ARABIC.search(text):
        for table in ("cp1252", "cp1256"):
            if again := _read_again(text, table, "utf-8"):
                return mended(again)[0], "repaired"
    return text, "broken" if "\ufffd" in text or MISREAD.search(text) else ""


def _read_again(text: str, wrong: str, right: str) -> str:
    """The text's bytes in one table read in another; '' where that is impossible."""
    try:
        return b"".join(_bytes(sign, wrong) for sign in text).decode(right)
    except UnicodeError:
        return ""


def _bytes(sign: str, table: str) -> bytes:
    """The sign's bytes; those a table leaves undefined stay the control characters they were read as."""
    try:
        return sign.encode(table)
    except UnicodeEncodeError:
        return sign.encode("latin-1")


def _plain(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


class _Seen(dict[int, str | None]):
    """What each sign of a line becomes: nothing where nobody sees it, a space for every kind of space."""

    def __missing__(self, code: int) -> str | None:
        sign = chr(code)
        unseen = unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs", "Cn"}
        self[code] = " " if sign.isspace() else None if unseen else sign
        return self[code]


_seen = _Seen(KEYBOARDS)
