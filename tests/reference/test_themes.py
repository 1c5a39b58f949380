"""What a cell calls a theme: its own names and the other ones institutions write."""

import pytest
from openpyxl import load_workbook

from portal.reference.models import Theme
from portal.reference.themes import theme_named
from tests.reference.test_resolver import MESSY
from tests.region import load_region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded():
    load_region(Theme)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("الصحة", "health"),
        ("  الصحه ", "health"),
        ("SANTE", "health"),
        ("health", "health"),
        ("الحكامة الترابية", "governance_communication"),
        ("التشغيل و الإدماج الاقتصادي", None),
        ("الشباب والثقافة", "youth_leisure"),
        ("Accueil et orientation", "reception_orientation"),
        ("research_data", "research_data"),
        ("الفلاحة", None),
        ("", None),
        ("…", None),
    ],
)
def test_a_theme_is_known_by_any_of_its_names_and_none_is_guessed(text, code):
    theme = theme_named(text)

    assert (theme.code if theme else None) == code


def test_every_theme_of_a_filled_directory_is_known_and_both_sheets_name_the_same():
    book = load_workbook(MESSY / "actors_clean.xlsx", read_only=True)
    cells = [
        [[theme_named(name) for name in row[12].split(sign)] for row in sheet.iter_rows(min_row=2, values_only=True)]
        for sheet, sign in zip(book.worksheets, "،,", strict=True)
    ]
    book.close()

    assert cells[0] == cells[1]
    assert None not in {theme for row in cells[0] for theme in row}
    assert len({theme for row in cells[0] for theme in row}) == 12


def test_a_theme_out_of_use_is_none_and_a_new_name_counts_at_once():
    assert theme_named("الفلاحة") is None
    health = Theme.objects.get(code="health")
    health.aliases = ["الفلاحة"]
    health.save()
    assert theme_named("الفلاحة") == health

    health.is_active = False
    health.save()
    assert theme_named("الفلاحة") is None


def test_a_name_that_two_themes_have_is_neither():
    for code in ("health", "housing"):
        theme = Theme.objects.get(code=code)
        theme.aliases = ["صحة السكن"]
        theme.save()

    assert theme_named("صحة السكن") is None


def test_themes_are_read_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        for _ in range(100):
            theme_named("الصحة")
