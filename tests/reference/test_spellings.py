"""A place is found under any of its names, and no other place with it."""

import pytest

from actors.directory.models import Actor
from portal.core.search import find
from portal.core.text import searchable
from portal.reference import spellings
from portal.reference.models import Territory
from tests.core.test_text import PAIRS
from tests.factories import ActorFactory
from tests.region import load_region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh():
    spellings.memory.forget()
    yield
    spellings.memory.forget()


@pytest.fixture
def region():
    load_region()


def _is_found(query: str, text: str) -> bool:
    actor = ActorFactory()
    Actor.objects.filter(pk=actor.pk).update(search_text=searchable([text]))
    return find(Actor.objects.filter(pk=actor.pk), query).exists()


def test_every_pair_holds_as_a_search_page_finds_it(region):
    wrong = [pair for pair in PAIRS if _is_found(pair["query"], pair["text"]) is not (pair["should_match"] == "yes")]

    assert wrong == []


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Nador", "جماعة الناظور"),
        ("الناضور", "Province de Nador"),
        ("beni ensar", "جماعة بني أنصار"),
        ("جماعة بني نصار", "جماعة بني أنصار"),
        ("إقليم فكيك", "إقليم فجيج"),
        ("l’Oriental", "مجلس جهة الشرق"),
        ("Beni Marghnine", "Commune de Bni Marghnine"),
        ("ouled settout", "Oulad Settout"),
        ("الهجرة بالناظور", "الهجرة بالناضور"),
    ],
)
def test_a_place_is_found_across_spellings_and_scripts(region, query, text):
    assert _is_found(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("إقليم الناظور", "جماعة الناضور"),
        ("بني أنصار", "بني شيكر"),
        ("حاسي بركان", "جماعة بركان"),
        ("Bni Ansar Oujda", "Commune de Beni Ensar"),
    ],
)
def test_other_places_stay_away(region, query, text):
    assert not _is_found(query, text)


def test_a_new_spelling_counts_at_once(region):
    assert not _is_found("نادور", "جماعة الناظور")
    nador = Territory.objects.get(code="02.381.01.05")
    nador.aliases = [*nador.aliases, "نادور"]
    nador.save()

    assert _is_found("نادور", "جماعة الناظور")


def test_the_table_is_read_once_and_not_for_each_word(region, django_assert_num_queries):
    with django_assert_num_queries(1):
        str(find(Actor.objects.all(), "جماعة بني أنصار الناظور oujda").query)
    with django_assert_num_queries(0):
        str(find(Actor.objects.all(), "Berkane Driouch").query)


def test_a_table_an_hour_old_is_read_again(region, django_assert_num_queries, monkeypatch):
    list(spellings.spellings_of(("nador",)))
    monkeypatch.setattr(spellings.memory, "read_at", spellings.memory.read_at - 3600)

    with django_assert_num_queries(1):
        list(spellings.spellings_of(("nador",)))


def test_territories_are_found_by_any_spelling(region):
    assert [row.code for row in Territory.objects.spelt("فكيك")] == ["02.251", "02.251.01.03"]
    assert [row.code for row in Territory.objects.spelt("Beni Enzar")] == ["02.381.01.03"]
    assert not Territory.objects.spelt("تازة").exists()
