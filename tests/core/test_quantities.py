"""Sizes and percentages are written as the language writes them, everywhere by the same two functions."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import override

from portal.core.quantities import percent_text, size_text

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("portal", "actors", "meetings", "recommendations")
MEGABYTE = 1024**2
SPACES = r"[ \u00a0\u202f]?"
#: a unit or the sign behind a number or behind what stands for one
BY_HAND = re.compile(
    rf"(?:\}}|\d|\)s|%d){SPACES}(?:[MKkG][oB]|ميغابايت|كيلوبايت)\b"
    rf"|(?:\}}\}}|\)[sd]|%d){SPACES}%%?(?![\w(}}])|\$?\{{[\w.]+\}}%"
)


@pytest.mark.parametrize(
    ("language", "sizes", "percent"),
    [
        ("ar", ["0,1 كيلوبايت", "729,3 كيلوبايت", "1,2 ميغابايت", "20 ميغابايت", "1,5 جيغابايت"], "\u206638%\u2069"),
        ("fr", ["0,1 Ko", "729,3 Ko", "1,2 Mo", "20 Mo", "1,5 Go"], "38\u202f%"),
        ("en", ["0.1 kB", "729.3 kB", "1.2 MB", "20 MB", "1.5 GB"], "38%"),
    ],
)
def test_sizes_and_percentages_in_each_language(language, sizes, percent):
    with override(language):
        given = (7, 746_800, int(1.2 * MEGABYTE), 20 * MEGABYTE, 1536 * MEGABYTE)
        assert [size_text(size) for size in given] == [size.replace(" ", "\u00a0") for size in sizes]
        assert percent_text(38) == percent


def test_a_size_is_never_rounded_down():
    with override("fr"):
        assert size_text(MEGABYTE + 1) == "1,1\u00a0Mo"


def test_nobody_writes_a_size_or_a_percentage_by_hand():
    files = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if "migrations" not in path.parts]
    files += [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    files += list((ROOT / "static/js").glob("*.js"))
    assert len(files) > 500
    found = [(path.name, hit.group()) for path in files for hit in BY_HAND.finditer(path.read_text(encoding="utf-8"))]
    assert [hit for hit in found if hit[0] != "quantities.py"] == []


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_no_sentence_of_the_catalogue_writes_one_by_hand(language):
    with (ROOT / f"locale/{language}/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    texts = [(entry.id, text) for entry in catalogue for text in ([entry.string] if entry.string else [])]
    said = [(one, text) for one, told in texts for text in ([told] if isinstance(told, str) else told)]
    assert [text for one, text in said if one != "%(number)d%%" and BY_HAND.search(text)] == []


@pytest.mark.parametrize("line", ["{{ value }}%", "%(limit)s MB", "%(limit)s Mo", "{score}%", "%(score)s %%", "20 Mo"])
def test_the_search_for_what_is_written_by_hand_finds_it(line):
    assert BY_HAND.search(line)
