"""Loading the vocabularies: any region, twice the same, and nobody's correction lost."""

import json
from datetime import date
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from portal.reference.loaders import holidays as holiday_loader
from portal.reference.loaders import load_holidays, load_places, load_territories
from portal.reference.models import Axis, Holiday, Place, Territory, Theme
from tests.region import LOADERS, load_region

pytestmark = pytest.mark.django_db
IN_2026 = date(2026, 11, 23)


def _load(**options) -> list[str]:
    out = StringIO()
    call_command("load_reference", stdout=out, **options)
    return out.getvalue().splitlines()


@time_machine.travel("2026-11-23T09:00Z", tick=False)
def test_the_first_load_adds_and_the_second_changes_nothing():
    assert _load() == [
        "territories of region 02: added 133, changed 0, unchanged 0",
        "shapes on the map: added 133, changed 0, unchanged 0",
        "other names of places: added 2938, changed 0, unchanged 0",
        "themes: added 16, changed 0, unchanged 0",
        "axes: added 5, changed 0, unchanged 0",
        "holidays: added 71, changed 0, unchanged 0",
        "sessions of councils: added 9, changed 0, unchanged 0",
    ]
    assert _load() == [
        "territories of region 02: added 0, changed 0, unchanged 133",
        "shapes on the map: added 0, changed 0, unchanged 133",
        "other names of places: added 0, changed 0, unchanged 2938",
        "themes: added 0, changed 0, unchanged 16",
        "axes: added 0, changed 0, unchanged 5",
        "holidays: added 0, changed 0, unchanged 71",
        "sessions of councils: added 0, changed 0, unchanged 9",
    ]


@time_machine.travel("2026-11-23T09:00Z", tick=False)
def test_a_region_given_to_a_test_is_the_one_that_the_load_writes():
    load_region()
    for model in LOADERS:
        model._default_manager.all().delete()
    load_region()

    assert [line.partition(": ")[2] for line in _load()] == [
        f"added 0, changed 0, unchanged {count}" for count in (133, 133, 2938, 16, 5, 71, 9)
    ]


def test_the_oriental_has_its_eight_provinces_and_124_communes():
    load_territories("02")

    assert Territory.objects.communes().count() == 124
    assert dict(Territory.objects.provinces().values_list("code", "name_fr")) == {
        "02.113": "Berkane",
        "02.167": "Driouch",
        "02.251": "Figuig",
        "02.265": "Guercif",
        "02.275": "Jerada",
        "02.381": "Nador",
        "02.411": "Oujda-Angad",
        "02.533": "Taourirt",
    }
    assert Territory.objects.within("02.167").communes().count() == 23
    assert Territory.objects.get(code="02.411").kind == Territory.Kind.PREFECTURE
    assert Territory.objects.filter(latitude=None).count() == 0


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("02", "جهة الشرق"),
        ("02.381", "الناظور"),
        ("02.381.01.05", "الناظور"),
        ("02.381.01.03", "بني أنصار"),
        ("02.251", "فكيك"),
        ("02.265", "كرسيف"),
        ("02.411", "وجدة-أنكاد"),
        ("02.167", "الدريوش"),
    ],
)
def test_places_bear_the_names_people_use_and_keep_the_census_spelling(code, name):
    load_territories("02")
    territory = Territory.objects.get(code=code)

    assert territory.name_ar == name
    assert name not in territory.aliases
    assert "الناضور" in Territory.objects.get(code="02.381").aliases


@pytest.mark.parametrize("region", [f"{number:02}" for number in range(1, 13)])
def test_every_region_loads_and_each_commune_lies_in_a_province(region):
    load_territories(region)
    provinces = list(Territory.objects.provinces())

    assert Territory.objects.get(level=Territory.Level.REGION).code == region
    assert provinces
    for commune in Territory.objects.communes():
        assert [province.contains(commune) for province in provinces].count(True) == 1


def test_the_kingdom_has_1503_communes():
    for number in range(1, 13):
        load_territories(f"{number:02}")

    assert Territory.objects.communes().count() == 1503
    assert Territory.objects.provinces().count() == 83


@pytest.mark.parametrize("region", ["13", "2", "الشرق", ""])
def test_an_unknown_region_is_refused_by_name_and_nothing_is_written(region):
    with pytest.raises(CommandError, match="02 Oriental"):
        _load(region=region)

    assert not Territory.objects.exists()
    assert not Theme.objects.exists()


def test_a_corrected_row_is_kept_and_said_so():
    _load()
    Territory.objects.filter(code="02.381").update(name_fr="Nador !", is_edited=True)
    Theme.objects.filter(code="health").update(name_fr="Santé publique", is_edited=True)
    Axis.objects.filter(code="unite_efforts").update(name_fr="Changed by nobody")

    lines = _load()

    assert lines[0] == "territories of region 02: added 0, changed 0, unchanged 132, kept as corrected 1"
    assert lines[3] == "themes: added 0, changed 0, unchanged 15, kept as corrected 1"
    assert lines[4] == "axes: added 0, changed 1, unchanged 4"
    assert Territory.objects.get(code="02.381").name_fr == "Nador !"
    assert Axis.objects.get(code="unite_efforts").name_fr == "Unir les efforts des acteurs"


def test_the_themes_are_the_eleven_programmes_in_order_then_five_of_our_own_with_true_pointers():
    _load()
    themes = list(Theme.objects.all())

    assert [theme.position for theme in themes] == list(range(1, 17))
    assert [theme.kind for theme in themes[:11]] == ["sectoral"] * 7 + ["cross_cutting"] * 4
    assert [theme.code for theme in themes[11:]] == [
        "reception_orientation",
        "legal_support",
        "women_children",
        "coexistence_diversity",
        "research_data",
    ]
    assert all(1 <= number <= 23 for theme in themes for number in theme.gcm_objectives)
    assert all(theme.name_ar and theme.name_fr and theme.name_en and theme.sdg_targets for theme in themes)


def test_places_elsewhere_come_from_the_census_and_follow_the_region():
    load_territories("02")
    load_places("02")
    load_places("02")

    assert Place.objects.filter(kind=Place.Kind.LOCALITY).count() == 5
    assert set(Place.objects.filter(code="03.561").values_list("name", flat=True)) == {"تازة", "Taza"}
    assert not Place.objects.filter(code__startswith="02").exists()

    load_territories("03")
    load_places("03")

    assert not Place.objects.exclude(kind=Place.Kind.ELSEWHERE).exists()
    assert not Place.objects.filter(code__startswith="03").exists()
    assert set(Place.objects.filter(code="02.381").values_list("name", flat=True)) == {"الناضور", "Nador"}


def test_holidays_cover_last_year_to_the_one_after_next_in_three_languages():
    load_holidays(IN_2026)

    assert [day.year for day in Holiday.objects.dates("day", "year")] == [2025, 2026, 2027, 2028]
    unity = Holiday.objects.get(day=date(2026, 10, 31))
    assert (unity.name_ar, unity.name_fr, unity.name_en) == ("عيد الوحدة", "Fête de l’Unité", "Unity Day")
    assert not unity.is_estimated
    eid = Holiday.objects.get(day=date(2027, 3, 9))
    assert (eid.name_ar, eid.name_fr, eid.is_estimated) == ("عيد الفطر", "Aïd al-Fitr", True)


def test_every_feast_is_called_by_a_name_of_ours():
    names = json.loads((holiday_loader.DATA / "holidays.json").read_text(encoding="utf-8"))
    feasts = list(holiday_loader.feasts(range(2024, 2030)))
    assert {feast["source_key"].split("/")[1] for feast in feasts} == set(names)
    march = next(feast for feast in feasts if feast["source_key"] == "2026/green-march/1")
    assert march["name_fr"] == "La Marche verte"


def test_two_feasts_on_one_day_are_two_rows_each_with_its_own_names():
    load_holidays(date(2019, 1, 1))

    assert set(
        Holiday.objects.filter(day=date(2018, 8, 21)).values_list("name_ar", "name_fr", "name_en", "is_estimated")
    ) == {
        ("عيد الأضحى", "Aïd al-Adha", "Eid al-Adha", True),
        ("عيد الشباب", "Fête de la Jeunesse", "Youth Day", False),
    }


def test_a_holiday_that_was_moved_or_confirmed_is_not_loaded_again():
    load_holidays(IN_2026)
    moved = Holiday.objects.get(day=date(2026, 6, 16))
    Holiday.objects.filter(pk=moved.pk).update(day=date(2026, 6, 17), is_edited=True)
    Holiday.objects.filter(day=date(2027, 6, 6)).update(day=date(2027, 6, 7), is_confirmed=True)
    before = list(Holiday.objects.order_by("pk").values())

    tally = load_holidays(IN_2026)

    assert tally == {"unchanged": 69, "kept as corrected": 2}
    assert list(Holiday.objects.order_by("pk").values()) == before


def test_an_estimate_nobody_touched_follows_the_package(monkeypatch):
    load_holidays(IN_2026)
    feasts = list(holiday_loader.feasts(range(2025, 2029)))
    days = {date(2027, 3, 9): date(2027, 3, 10), date(2027, 3, 10): date(2027, 3, 11)}
    newer = [{**feast, "day": days.get(feast["day"], feast["day"])} for feast in feasts if feast["day"].month != 5]
    monkeypatch.setattr(holiday_loader, "feasts", lambda years: iter(newer))

    tally = load_holidays(IN_2026)

    assert tally["changed"] == 2
    assert tally["removed"] == len(feasts) - len(newer)
    assert list(Holiday.objects.filter(day__year=2027, day__month=3).values_list("day", flat=True)) == [
        date(2027, 3, 10),
        date(2027, 3, 11),
    ]


def test_a_day_entered_by_hand_stays_and_is_not_doubled():
    Holiday.objects.create(
        day=date(2026, 11, 27), name_ar="عطلة استثنائية", name_fr="Congé exceptionnel", is_edited=True
    )
    Holiday.objects.create(day=date(2026, 11, 18), name_ar="عيد الاستقلال", name_fr="Indépendance", is_edited=True)

    load_holidays(IN_2026)

    assert Holiday.objects.filter(day=date(2026, 11, 27)).count() == 1
    assert Holiday.objects.get(day=date(2026, 11, 18)).name_fr == "Indépendance"
