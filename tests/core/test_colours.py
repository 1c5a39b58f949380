"""The colours of the pages: each has a value by day and one by dark, and whatever is read on it can be read."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SHEETS = Path(settings.BASE_DIR) / "static" / "css"
VALUE = re.compile(r"^\s*--([\w-]+): (#[0-9a-f]{6});$", re.MULTILINE)
#: the same on every ground
FIXED = {"on-deep", "on-deep-soft", "plate"}
GROUNDS = ("paper", "surface", "sunken", "hover")
#: what is written on what: 4.5 to 1
READ = (
    *((word, ground) for word in ("ink", "ink-soft", "ink-faint", "brand-strong") for ground in GROUNDS),
    *((word, ground) for word in ("brand", "accent", "danger", "attention", "ok", "info") for ground in GROUNDS[:2]),
    *((tone, f"{tone}-tint") for tone in ("accent", "ok", "attention", "danger", "info")),
    *(("ink", f"{tone}-tint") for tone in ("accent", "brand", "ok", "attention", "danger", "info")),
    ("brand-strong", "brand-tint"),
    ("ink-soft", "brand-tint"),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-accent", "accent"),
    ("on-danger", "danger"),
    ("on-danger", "danger-strong"),
    ("on-map-4", "map-4"),
    ("on-deep", "deep"),
    ("on-deep", "deep-glow"),
)
#: what is seen on what, the ring of the focus first: 3 to 1
SEEN = (
    *(("accent", ground) for ground in (*GROUNDS, "brand-tint", "accent-tint", "attention-tint", "danger-tint")),
    *(("edge", ground) for ground in GROUNDS[:2]),
    *(("brand", ground) for ground in (*GROUNDS[:3], "line", "brand-tint")),
    ("on-deep-soft", "deep"),
)


def colours(scheme: str) -> dict[str, str]:
    day, _, dark = (SHEETS / "tokens.css").read_text().partition("(prefers-color-scheme: dark)")
    return dict(VALUE.findall(day)) | (dict(VALUE.findall(dark)) if scheme == "dark" else {})


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["day", "dark"])
def test_what_is_read_or_seen_stands_out_of_its_ground(scheme):
    value = colours(scheme)
    weak = [
        f"{mark} on {ground}: {found:.2f}"
        for pairs, least in ((READ, 4.5), (SEEN, 3))
        for mark, ground in pairs
        if (found := contrast(value[mark], value[ground])) < least
    ]
    assert weak == []


def test_every_colour_has_its_value_by_dark():
    day, dark = colours("day"), colours("dark")
    assert {name for name in day if day[name] == dark[name]} - {"attention-fill"} == FIXED


def test_a_colour_stands_among_the_tokens_alone():
    """On paper there is one ground, so its sheet may say them."""
    sheets = [sheet for sheet in SHEETS.rglob("*.css") if sheet.name not in {"tokens.css", "print.css"}]
    found = [
        f"{sheet.relative_to(SHEETS)}: {colour}"
        for sheet in sheets
        for colour in re.findall(r"[\s:(]#[0-9a-fA-F]{3,8}\b(?=[;,\s)])|\brgba?\(|\bhsla?\(", sheet.read_text())
    ]
    assert found == []


def test_every_token_is_used():
    """The colours of the map are chosen by number, in Python."""
    tokens = set(re.findall(r"^\s*--([\w-]+):", (SHEETS / "tokens.css").read_text(), re.MULTILINE))
    used = {name for sheet in SHEETS.rglob("*.css") for name in re.findall(r"var\(--([\w-]+)", sheet.read_text())}
    assert tokens - used == set()


def test_the_focus_has_one_ring():
    """It stands off from what it surrounds, so its neighbours are the grounds; a part may leave it to the whole."""
    rules = [
        rule for sheet in SHEETS.rglob("*.css") for rule in re.findall(r"[^{}]*:focus[^{}]*{[^{}]*}", sheet.read_text())
    ]
    drawn = [value for rule in rules for value in re.findall(r"outline: ([^;}]*)", rule)]
    assert len(drawn) > 5
    assert set(drawn) == {"var(--ring)", "none"}
