"""What a cell means: all pairs as they are written down, and every row of the messy list that stands for a place."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from portal.reference.loaders import load_places
from portal.reference.models import Place, Territory
from portal.reference.resolver import Outcome, resolve, resolve_columns
from tests.region import load_region

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
MESSY = HERE.parent / "actors" / "data"
PAIRS = list(csv.DictReader(StringIO((HERE / "data" / "resolver_pairs.csv").read_text("utf-8-sig"))))
TRUTH = list(csv.DictReader(StringIO((MESSY / "actors_messy_truth.csv").read_text("utf-8-sig"))))
RECORDS = list(csv.reader(StringIO((MESSY / "actors_messy.csv").read_text("utf-8-sig")), delimiter=";"))
#: the outcome where the truth asks a person to look at the place; everything else that is imported is certain
LOOKED_AT = {
    "unknown_commune_locality": Outcome.REVIEW,
    "ambiguous_commune": Outcome.REVIEW,
    "commune_out_of_region": Outcome.OUT_OF_REGION,
    "unknown_commune": Outcome.NONE,
    "two_communes_in_cell": Outcome.AMBIGUOUS,
    "commune_province_conflict": Outcome.CONFLICT,
}


@pytest.fixture(autouse=True)
def region():
    load_region(Territory, Place)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['input']}-{pair['province_given']}")
def test_every_pair_is_answered_as_it_is_written_down(pair):
    assert resolve(pair["input"], province=pair["province_given"]).answer == pair["expected"]


def test_every_place_of_the_messy_list_comes_out_as_the_truth_says():
    wrong = []
    for row in TRUTH:
        if row["action"] in {"skip", "header"}:
            continue
        province, commune = RECORDS[int(row["record"]) - 1][4:6]
        found = resolve_columns(province, commune)
        expected = LOOKED_AT.get(row["problems"], Outcome.OK if province or commune else Outcome.EMPTY)
        code = "" if expected is Outcome.EMPTY else row["exp_territory"]
        if (found.outcome, found.code) != (expected, code):
            wrong.append((row["record"], province, commune, found.answer, expected, code))

    assert wrong == []


def test_two_communes_in_a_cell_are_offered_both():
    assert resolve("الناظور – بني أنصار", level="commune").codes == ("02.381.01.03", "02.381.01.05")
    assert resolve("زايو وبني أنصار").answer == "AMBIGUOUS:02.381.01.03|02.381.01.07"
    assert resolve("Zaio / Selouane").answer == "AMBIGUOUS:02.381.01.07|02.381.01.19"


@pytest.mark.parametrize(
    ("cell", "province", "level", "answer"),
    [
        ("الناظور", "", "commune", "02.381.01.05"),
        ("الناظور", "", "province", "02.381"),
        ("إقليم الناظور", "", "commune", "02.381"),
        ("Prov. بركان", "", "province", "02.113"),
        ("Commune rurale de Bni Chiker", "", "", "02.381.05.03"),
        ("Commune Territoriale de Nador", "", "", "02.381.01.05"),
        ("الجماعة الترابية بني أنصار", "", "", "02.381.01.03"),
        ("Préfecture d’Oujda-Angad", "", "", "02.411"),
        ("وجدة أنكاد", "", "province", "02.411"),
        ("ݣرسيف", "جرسيف", "commune", "02.265.01.03"),
        ("گرسيف", "", "commune", "02.265.01.03"),
        ("ڭرسيف", "", "province", "02.265"),
        ("Ouled Settout", "Nador", "commune", "02.381.07.13"),
        ("23810103.0", "", "", "02.381.01.03"),
        ("٠٢.٣٨١.٠١.٠٣", "", "", "02.381.01.03"),
        ("02381", "", "", "02.381"),
        ("02.381.99.99", "", "", "NONE"),
        ("04.491.01.07", "", "", "OUT_OF_REGION"),
        ("0536001122", "", "", "NONE"),
        ("2", "", "", "NONE"),
        ("زايو", "بركان", "commune", "CONFLICT:02.381.01.07"),
        ("فرخانة", "بركان", "commune", "CONFLICT:02.381.01.03"),
        ("23810103", "بركان", "commune", "CONFLICT:02.381.01.03"),
        ("زايو", "تازة", "commune", "CONFLICT:02.381.01.07"),
        ("سيدي سليمان", "", "commune", "REVIEW:02.113.01.29"),
        ("سيدي سليمان", "القنيطرة", "commune", "OUT_OF_REGION"),
        ("زايو", "xyz", "commune", "02.381.01.07"),
        ("زايو", "جهة الشرق", "commune", "02.381.01.07"),
        ("زايو", "—", "commune", "02.381.01.07"),
        ("إقليم زايو", "", "", "REVIEW:02.381.01.07"),
        ("زايو (مركز)", "", "", "REVIEW:02.381.01.07"),
        ("بني أنصار (إقليم الناظور)", "", "", "02.381.01.03"),
        ("Casablanca", "", "commune", "OUT_OF_REGION"),
        ("جهة فاس-مكناس", "", "", "OUT_OF_REGION"),
        ("Toute la région", "", "", "02"),
        ("جماعة", "", "", "NONE"),
        ("بني كذا", "", "commune", "NONE"),
        ("؟؟؟", "", "commune", "NONE"),
        ("بني انصارر", "", "", "NONE"),
        ("Nadorr", "", "", "NONE"),
        ("", "الناظور", "commune", "EMPTY"),
        ("   ", "", "", "EMPTY"),
        ("...", "", "", "EMPTY"),
        ("Néant", "", "", "EMPTY"),
    ],
)
def test_a_cell_means_what_it_says_and_no_more(cell, province, level, answer):
    assert resolve(cell, province=province, level=level).answer == answer


def test_without_a_province_a_name_that_another_region_has_too_is_looked_at_by_a_person():
    elsewhere = set(Place.objects.filter(kind=Place.Kind.ELSEWHERE).values_list("name", flat=True))
    shared = Territory.objects.communes().filter(name_ar__in=elsewhere)

    assert {resolve(row.name_ar, level="commune").answer for row in shared} == {f"REVIEW:{row.code}" for row in shared}
    assert {resolve(row.name_ar, province=row.code[:6], level="commune").answer for row in shared} == {
        row.code for row in shared
    }


def test_every_name_of_the_region_is_understood_in_its_own_column():
    wrong = [
        (row.code, name, found.answer)
        for row in Territory.objects.exclude(level=Territory.Level.REGION)
        for name in row.spellings
        if (found := resolve(name, province=row.code[:6], level=row.level)).code != row.code
    ]

    assert wrong == []


def test_a_thousand_cells_cost_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2):
        for pair in PAIRS * 30:
            resolve(pair["input"], province=pair["province_given"])


def test_a_locality_entered_by_hand_counts_at_once_and_survives_a_load():
    assert resolve("حي جديد").answer == "NONE"
    Place.objects.create(kind="locality", name="حي جديد", territory_id="02.381.01.05", is_edited=True)

    assert resolve("حي جديد").answer == "REVIEW:02.381.01.05"
    assert load_places("02") == {
        "added": 0,
        "unchanged": Place.objects.count() - 1,
        "kept as corrected": 1,
        "removed": 0,
    }
    assert resolve("حي جديد").answer == "REVIEW:02.381.01.05"


def _ask(path, **options) -> str:
    out = StringIO()
    call_command("resolve_territories", str(path), stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_the_command_answers_a_list_in_any_encoding(tmp_path, codec):
    pairs = [pair for pair in PAIRS if codec != "cp1256" or "é" not in pair["input"].lower()]
    text = "input;province_given\r\n" + "".join(f"{pair['input']};{pair['province_given']}\r\n" for pair in pairs)
    file = tmp_path / "cells.csv"
    file.write_bytes(text.encode(codec))

    answers = json.loads(_ask(file, format="json"))

    assert [answer["answer"] for answer in answers] == [pair["expected"] for pair in pairs]
    assert set(answers[0]) == {"record", "input", "province_given", "answer", "outcome", "codes"}


def test_the_command_answers_the_pairs_file_as_it_is():
    lines = _ask(HERE / "data" / "resolver_pairs.csv").splitlines()

    assert [line.split("\t") for line in lines] == [
        [pair["input"], pair["province_given"], pair["expected"]] for pair in PAIRS
    ]


@pytest.mark.parametrize(("content", "reason"), [("name\nx", "names no column 'input'"), ("", "nothing in this file")])
def test_the_command_says_what_is_wrong_with_a_file(tmp_path, content, reason):
    file = tmp_path / "cells.csv"
    file.write_text(content)

    with override("en"), pytest.raises(CommandError, match=reason):
        _ask(file)
    with pytest.raises(CommandError, match="No such file"):
        _ask(tmp_path / "missing.csv")


def test_the_command_says_when_there_is_nothing_to_resolve_to():
    Territory.objects.all().delete()

    with pytest.raises(CommandError, match="load_reference"):
        _ask(HERE / "data" / "resolver_pairs.csv")
