"""A programme as offices write it, one item a line, read as items: «09:30 كلمة افتتاحية – 15 د».

The hour and the length may stand in either order, in any digits, in Arabic, French or English, in the cells of a table
that was copied, behind numbers or dots of a list. Nothing is guessed but the kind, from the words of the title.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise

from meetings.models import AgendaItem
from portal.core.text import fold_digits, matches, normalise, one_line

Kind = AgendaItem.Kind
#: an item takes at most so many minutes; what seems longer is no length
LONGEST = 600
A_DAY = 24 * 60

CLOCK = (
    r"\(?(?P<hour{0}>[01]?\d|2[0-3])(?:\s*(?:[:٫]|[hHس](?!\w))\s*(?P<minute{0}>[0-5]\d)?|\s*[hHس](?P<glued{0}>[0-5]\d)"
    r"|\.(?P<point{0}>[0-5][05])|\s*و\s*(?P<and{0}>[0-5]\d)(?:\s*(?:دقيقة|د))?"
    r"|(?=\s*(?:صباح|زوال|بعد الزوال|مساء|[ap]m)))(?!\w)\)?"
)
HALF = r"(?:\s*(?P<half{0}>صباح(?:ا|اً)|ص|زوال(?:ا|اً)|بعد الزوال|مساء|مساءً|م|am|a\.m\.|pm|p\.m\.)(?!\w))?"
BEFORE = r"(?:(?:على|ابتداء(?:ا|ً)? من|من|الساعة|س|de|dès|à|a|from|at)\s+)*"
TO = r"\s*(?:-|–|—|→|>|/|إلى غاية|إلى|الى|حتى|à|a|au|to|until|jusqu['’]à)\s*(?:الساعة\s+)?"
TIME = re.compile(BEFORE + CLOCK.format("") + HALF.format(""), re.IGNORECASE)
RANGE = re.compile(
    BEFORE + CLOCK.format("") + HALF.format("") + TO + CLOCK.format("_end") + HALF.format("_end"), re.IGNORECASE
)
MINUTES = r"(?:دقيقة|دقائق|دقيقه|دق|د|minutes?|mins?|mn|['′’])\.?(?!\w)"
HOURS = r"(?:ساعات|ساعة|ساعه|heures?|hours?|hrs?|h)(?!\w)"
LENGTHS = [
    (
        re.compile(
            rf"(?P<hours>\d{{1,2}})\s*{HOURS}\s*(?:و\s*|et\s+)?(?P<minutes>\d{{1,2}})(?:\s*{MINUTES})?", re.IGNORECASE
        ),
        0,
    ),
    (re.compile(r"(?P<hours>\d)\s*h(?P<minutes>[0-5]\d)(?!\d)", re.IGNORECASE), 0),
    (re.compile(rf"(?P<hours>\d{{1,2}})\s*{HOURS}\s*(?:ونصف|و نصف|et demie)", re.IGNORECASE), 30),
    (re.compile(rf"(?P<hours>\d{{1,2}})\s*{HOURS}", re.IGNORECASE), 0),
    (re.compile(rf"(?P<minutes>\d{{1,3}})\s*{MINUTES}", re.IGNORECASE), 0),
    (re.compile(r"ساعة\s*(?:واحدة\s*)?(?:ونصف|و نصف)|une heure et demie", re.IGNORECASE), 90),
    (re.compile(r"ساعة\s*(?:واحدة\s*)?(?:وربع|و ربع)|une heure (?:et )?quart", re.IGNORECASE), 75),
    (re.compile(r"ساعة\s+إلا\s+ربع(?:ا|اً)?|trois quarts d['’]heure", re.IGNORECASE), 45),
    (re.compile(r"نصف\s+ساعة|(?:une\s+)?demi[- ]heure|half an hour", re.IGNORECASE), 30),
    (re.compile(r"ثلث\s+ساعة", re.IGNORECASE), 20),
    (re.compile(r"ربع\s+ساعة|(?:un\s+)?quart d['’]heure", re.IGNORECASE), 15),
    (re.compile(r"ساعت(?:ان|ين)|deux heures|two hours", re.IGNORECASE), 120),
    (re.compile(r"ساعة(?:\s+واحدة)?|une heure|one hour", re.IGNORECASE), 60),
]
#: a number or dot before an item
BULLET = re.compile(
    r"(?:[-–—•▪*●○◦➢➤✓·o](?=\s)|[•▪●○◦➢➤✓·*]|\(?\d{1,2}(?:\.\d{1,2})*\s*[).\-–/](?=\s)|\(?\d{1,2}\)|\d{1,2}(?:\.\d{1,2})+(?=\s)"
    r"|\(?[a-zأ-ي]\s*\)(?=\s))\s*",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\(?\d{1,2}(?:\.\d{1,2})*[).]?")
CELLS = re.compile(r"\s*(?:\t+|\|+)\s*")
SIGNS = " \t-–—:،,;|/"
#: the first row of a table of items
HEADINGS = frozenset(
    normalise(word)
    for word in (
        *(
            "التوقيت",
            "الساعة",
            "الوقت",
            "المدة",
            "المدة الزمنية",
            "الموضوع",
            "المحور",
            "النقطة",
            "النقط",
            "البرنامج",
            "الفقرة",
        ),
        *("المتدخل", "المتدخلون", "المسير", "الجهة", "الرقم", "رقم", "ر.ت", "ملاحظات", "الأنشطة", "النشاط"),
        *(
            "heure",
            "heures",
            "horaire",
            "horaires",
            "durée",
            "point",
            "points",
            "thème",
            "sujet",
            "activité",
            "activités",
        ),
        *("intervenant", "intervenants", "modérateur", "programme", "n°", "no", "time", "item", "duration", "speaker"),
    )
)
#: what an item is, by words with which its title says so; the first that fits
KINDS = {
    Kind.BREAK: ("استراحة", "غداء", "فطور", "قهوة", "صلاة", "pause", "déjeuner", "café", "coffee", "lunch", "break"),
    Kind.OPENING: (
        *("افتتاح", "افتتاحية", "ترحيب", "استقبال", "تسجيل المشاركين", "ouverture", "accueil", "bienvenue"),
        *("opening", "welcome", "registration"),
    ),
    Kind.DECISION: (
        *(
            "المصادقة",
            "اعتماد",
            "تلاوة التوصيات",
            "صياغة التوصيات",
            "adoption",
            "validation",
            "lecture recommandations",
        ),
        *("restitution recommandations", "approval"),
    ),
    Kind.DISCUSSION: ("نقاش", "مناقشة", "تبادل", "débat", "discussion", "échange", "table ronde", "debate"),
    Kind.OTHER: ("مختلفات", "اختتام", "ختامية", "clôture", "divers", "closing", "any other business"),
    Kind.PRESENTATION: ("عرض", "تقديم", "مداخلة", "présentation", "exposé", "intervention", "presentation"),
}


@dataclass
class PastedItem:
    """One line as it was understood. `says` is the minute of the day that it gives, `minutes` how long it takes (None
    where neither it nor the next hour says so); `words` are those of its other cells."""

    line: int
    title: str
    says: int | None = None
    minutes: int | None = None
    kind: Kind = Kind.PRESENTATION
    words: list[str] = field(default_factory=list)


def pasted_items(text: str) -> list[PastedItem]:
    """The items of the lines that say anything. Where a line gives its hour and no length, the next hour ends it."""
    items = [item for number, line in enumerate(text.splitlines(), start=1) if (item := _item(number, line))]
    for item, following in pairwise(items):
        if item.minutes is None and item.says is not None and following.says is not None:
            item.minutes = _length(item.says, following.says)
    return items


def kind_of(title: str) -> Kind:
    return next(
        (kind for kind, said in KINDS.items() if any(matches(words, title) for words in said)), Kind.PRESENTATION
    )


def _item(number: int, line: str) -> PastedItem | None:
    plain = "".join(sign for sign in line if unicodedata.category(sign) != "Cf").strip()
    cells = [cell for cell in CELLS.split(plain) if cell.strip(SIGNS + ".")]
    if not cells:
        return None
    if len(cells) > 1 and HEADINGS.issuperset(normalise(cell) for cell in cells):
        return None
    if len(cells) > 1 and NUMBER.fullmatch(fold_digits(cells[0])):
        cells = cells[1:]
    item = PastedItem(number, "")
    texts: list[str] = []
    for cell in cells:
        rest = cell if texts else _without_hour(item, cell)
        if rest := one_line(_without_length(item, rest).strip(SIGNS)):
            texts.append(rest)
    if texts:
        item.title, *item.words = texts
        item.kind = kind_of(item.title)
    return item


def _without_hour(item: PastedItem, cell: str) -> str:
    """The cell behind its number and the hour it begins with."""
    rest = cell
    for _time in range(2):  # a number may stand before the hour or behind it
        if item.says is None and (found := RANGE.match(fold_digits(rest)) or TIME.match(fold_digits(rest))):
            item.says = _minute(found)
            if "hour_end" in found.groupdict() and (ends := _minute(found, "_end")) is not None:
                item.minutes = _length(item.says, ends)
            rest = rest[found.end() :].lstrip(SIGNS + ".")
        elif bullet := BULLET.match(fold_digits(rest)):
            rest = rest[bullet.end() :].lstrip()
    return rest


def _without_length(item: PastedItem, text: str) -> str:
    """The text before the length it ends with: in brackets, behind a dash or comma, alone in its cell, in minutes."""
    folded = fold_digits(text).rstrip(" .")
    for pattern, more in LENGTHS:
        for found in pattern.finditer(folded):
            before, behind = folded[: found.start()], folded[found.end() :]
            if behind.strip(" )]–—-.،,:;") and not (before.rstrip().endswith(("(", "[")) and behind[:1] in ")]"):
                continue
            stands_apart = not before.strip() or before.rstrip()[-1] in "([–—-:،,;" or "minutes" in found.groupdict()
            length = _minutes(found) + more
            if stands_apart and 0 < length <= LONGEST:
                item.minutes = length
                return text[: found.start()].rstrip(SIGNS + "([") + text[found.end() :].lstrip(SIGNS + ")].")
    return text


def _minute(found: re.Match[str], which: str = "") -> int | None:
    """The minute of the day at which a clock stands."""
    said = found.groupdict()
    if said.get(f"hour{which}") is None:
        return None
    hour, half = int(said[f"hour{which}"]), (said.get(f"half{which}") or "").lower()
    minute = next((said[f"{part}{which}"] for part in ("minute", "glued", "point", "and") if said[f"{part}{which}"]), 0)
    if hour < 12 and half.startswith(("م", "p", "بعد", "زوال")):
        hour += 12
    return hour * 60 + int(minute)


def _minutes(found: re.Match[str]) -> int:
    said = found.groupdict()
    return int(said.get("hours") or 0) * 60 + int(said.get("minutes") or 0)


def _length(begins: int | None, ends: int) -> int | None:
    if begins is None:
        return None
    length = (ends - begins) % A_DAY
    return length if 0 < length <= LONGEST else None
