"""The messy list and the clean one: every record comes out as it is written down, whatever the encoding."""

import csv
import io
from collections import Counter
from copy import deepcopy
from dataclasses import replace

import pytest

from actors.imports.rules.known import Known
from actors.imports.rules.words import word
from actors.imports.table.reasons import Level, heaviest
from portal.core.tables import Book
from portal.core.text import normalise
from tests.costs import cost

from .conftest import DATA

pytestmark = pytest.mark.usefixtures("region")
FILES = ("actors_messy.csv", "actors_messy.xlsx", "actors_messy_utf16.txt", "actors_messy_windows1256.csv")
WHOLE = FILES[:3]
LOSSY = FILES[3]
#: what becomes of records that lost letters in windows-1256: what cannot be read is named, a place is asked about
LOST = {
    **dict.fromkeys((43, 63, 75, 76, 77, 78, 79, 82, 94, 109, 148, 149, 164), "import_with_warning"),
    121: "review",
}
CLEAN = {
    "name_ar": "name_ar", "name_fr": "name_fr", "acronym": "acronym", "territory": "territory_code",
    "address": "address",
    "phone": "phone", "email": "email", "website": "website", "updated": "updated", "identifier": "id",
}  # fmt: skip


@pytest.fixture(scope="module")
def kept():
    return {}


@pytest.fixture
def read(kept, book, checked):
    """Every record of a list over an empty directory, checked once for all who only look at it."""

    def check(name, sheet=None):
        if (name, sheet) not in kept:
            kept[name, sheet] = checked(book(name), sheet=sheet)
        return kept[name, sheet]

    return check


def verdict_of(one) -> str:
    return word(one.verdict, one.reasons, needs_choice=one.needs_choice)


@pytest.mark.parametrize("name", WHOLE)
def test_every_record_has_the_verdict_of_the_truth(name, read, truth):
    rows = read(name)

    wrong = {
        one.number: (verdict_of(one), one.reasons) for one in rows if verdict_of(one) != truth[one.number]["action"]
    }
    assert wrong == {}
    # a workbook has no rows below the last one that says something
    missing = set(truth) - {one.number for one in rows}
    assert {truth[number]["action"] for number in missing} <= {"skip"}
    assert len(rows) == (182 if name.endswith(".xlsx") else 184)


def test_letters_lost_in_windows_1256_are_named_and_nothing_is_brought_in_silently(read, truth):
    rows = {one.number: one for one in read(LOSSY)}

    differing = {number: verdict_of(one) for number, one in rows.items() if verdict_of(one) != truth[number]["action"]}
    assert differing == LOST
    assert all(truth[number]["lossy_columns_in_windows1256"] for number in differing)
    assert not any(
        "?" in rows[number].fields[key] for number in rows for key in ("name_ar", "name_fr", "email", "phone")
    )


@pytest.mark.parametrize("name", FILES)
def test_names_places_numbers_mailboxes_and_days_are_the_expected_ones(name, read, truth):
    wrong = []
    for one in read(name):
        expected = truth[one.number]
        if not expected["action"].startswith("import") or (name == LOSSY and one.number in LOST):
            continue
        values = {
            "territory": expected["exp_territory"],
            "phone": expected["exp_phone"],
            "email": expected["exp_email"],
        }
        if expected["exp_note"].startswith("date="):
            values["updated"] = expected["exp_note"].removeprefix("date=")
        wrong += [(one.number, key, one.fields[key]) for key, value in values.items() if one.fields[key] != value]
        # no rule can know how a name of capitals is meant to be written
        if expected["problems"] != "latin_capitals_no_accents":
            names = {key: one.fields[key] for key in ("name_ar", "name_fr")}
            wrong += [
                (one.number, key, text)
                for key, text in names.items()
                if text and bare(text) != bare(expected[f"exp_{key}"])
            ]
    assert wrong == []


def bare(name: str) -> str:
    """A name without what the truth does not ask for: its dash, its accents, its hamza."""
    return normalise(name)


def test_the_place_suggested_for_a_record_that_is_asked_about_is_the_expected_one(read, truth):
    asked = [one for one in read(FILES[0]) if verdict_of(one) == "review"]

    assert [one.fields["territory"] for one in asked] == [truth[one.number]["exp_territory"] for one in asked]


def test_a_record_that_repeats_another_points_to_the_one_that_is_the_same_institution(read, truth):
    rows = read(FILES[0])

    repeated = {one.number: one.same_as for one in rows if one.same_as}
    assert {truth[number]["actor_id"] == truth[first]["actor_id"] for number, first in repeated.items()} == {True}
    assert set(repeated) == {168, 169, 170, 171, 172, 173, 174, 176, 177, 178}


def test_nothing_that_waits_is_decided_and_nothing_that_is_none_is_added(read):
    for name in FILES:
        for one in read(name):
            added = one.decision == "add"
            assert added == (verdict_of(one) in {"import", "import_with_warning"}), one
            assert (one.decision == "leave") == (verdict_of(one) not in {"import", "import_with_warning", "merge"}), one


def test_every_warning_and_every_doubt_has_a_reason(read):
    for one in read(FILES[0]):
        if verdict_of(one) not in {"import", "merge"}:
            assert heaviest(one.reasons) >= Level.WARNING


@pytest.mark.parametrize("sheet", [0, 1])
def test_the_clean_list_is_four_hundred_new_institutions_without_a_warning(sheet, read):
    expected = {
        row["id"]: row for row in csv.DictReader(io.StringIO((DATA / "actors_clean.csv").read_text("utf-8-sig")))
    }

    rows = read("actors_clean.xlsx", sheet)

    assert Counter(verdict_of(one) for one in rows) == {"header": 1, "import": 400}
    for one in rows[1:]:
        values = expected[one.fields["identifier"]]
        assert {key: one.fields[key] for key in CLEAN} == {key: values[name] for key, name in CLEAN.items()}
        assert len(one.fields["themes"]) == len(set(values["domains"].split("|")))


def test_both_sheets_of_the_clean_list_say_the_same(read):
    first, second = (read("actors_clean.xlsx", sheet) for sheet in (0, 1))

    assert [one.fields for one in first][1:] == [one.fields for one in second][1:]


@pytest.mark.parametrize("has_identifiers", [True, False])
def test_the_clean_list_over_a_directory_that_has_it_changes_nothing(has_identifiers, book, checked, read):
    clean = book("actors_clean.xlsx")
    there = [
        Known(
            deepcopy(one.fields),
            pk=number,
            slug=f"actor-{number}",
            identifiers={one.fields["identifier"].casefold()} if has_identifiers else set(),
        )
        for number, one in enumerate(read("actors_clean.xlsx")[1:], 1)
    ]

    for sheet in (0, 1):
        rows = checked(clean, sheet=sheet, directory=there)[1:]
        assert {one.verdict for one in rows} == {"unchanged"}
        assert [one.actor for one in rows] == list(range(1, 401))


@pytest.mark.parametrize("records", [100, pytest.param(400, marks=pytest.mark.volume)])
def test_the_check_grows_with_the_rows_of_the_list_and_not_with_their_square(book, checked, records):
    table = book("actors_clean.csv").tables[0]
    few, many = (
        Book("text", "UTF-8", ",", [replace(table, rows=table.rows[: 1 + n])]) for n in (records // 4, records)
    )
    checked(many)

    assert cost(lambda: checked(many)) < 8 * cost(lambda: checked(few))
