"""Search over stored text, as a list's search box runs it."""

from io import StringIO

import pytest
from django.core.management import call_command

from actors.directory.models import Actor
from portal.core import search
from portal.core.search import find, reindex
from portal.core.text import matches, searchable
from tests.core.test_text import PAIRS
from tests.factories import ActorFactory

pytestmark = pytest.mark.django_db


def _saved(*parts: str) -> Actor:
    actor = ActorFactory()
    Actor.objects.filter(pk=actor.pk).update(search_text=searchable(parts))
    return actor


@pytest.fixture
def no_names(monkeypatch):
    monkeypatch.setattr(search, "_expanders", [])


@pytest.fixture
def parts(monkeypatch):
    monkeypatch.setattr(Actor, "search_parts", lambda actor: [actor.name_ar, actor.acronym], raising=False)


def test_stored_text_answers_as_matches_does(no_names):
    found = {}
    for pair in PAIRS:
        actor = _saved(pair["text"])
        found[pair["query"], pair["text"]] = find(Actor.objects.filter(pk=actor.pk), pair["query"]).exists()

    assert found == {(pair["query"], pair["text"]): matches(pair["query"], pair["text"]) for pair in PAIRS}


def test_all_words_must_be_in_one_record(no_names):
    both, _one = _saved("جمعية تجريبية", "Oujda"), _saved("جمعية أخرى", "Oujda")

    assert list(find(Actor.objects.all(), "oujda تجريبية")) == [both]


def test_the_beginning_of_a_word_is_enough_and_its_middle_is_not(no_names):
    actor = _saved("جمعية التنمية")

    assert list(find(Actor.objects.all(), "التن")) == [actor]
    assert not find(Actor.objects.all(), "نمية").exists()


def test_signs_that_mean_something_to_the_database_are_only_signs(no_names):
    _saved("Oujda")

    assert not find(Actor.objects.all(), "O%jda").exists()
    assert not find(Actor.objects.all(), "O_jda").exists()
    assert find(Actor.objects.all(), 'oujda\' OR "1"').count() == 0


def test_a_query_without_words_leaves_the_list_whole(no_names):
    _saved("Oujda")

    assert find(Actor.objects.all(), " ؟ ").count() == 1


def test_a_query_of_thousands_of_words_is_answered(no_names):
    actor = _saved("Oujda")

    assert list(find(Actor.objects.all(), "oujda " * 3000)) == [actor]


def test_the_longest_name_is_taken_whole_and_its_other_spellings_count(no_names):
    names = {("bni", "drar"): [("bni", "drar"), ("beni", "drar")], ("drar",): [("elsewhere",)]}
    search.register_expander(lambda words: names.get(words, ()))
    found, elsewhere = _saved("Commune de Beni Drar"), _saved("Bni Elsewhere")

    assert list(find(Actor.objects.all(), "Bni Drar commune")) == [found]
    assert list(find(Actor.objects.all(), "bni elsewhere")) == [elsewhere]


def test_an_expander_is_registered_once(no_names):
    def expander(words):
        return ()

    search.register_expander(expander)
    search.register_expander(expander)

    assert search._expanders == [expander]


def test_reindexing_writes_what_changed_and_no_history(parts):
    actor = ActorFactory(name_ar="جمعية النور", acronym="AN")
    entries = actor.history.count()

    assert reindex(Actor.objects.all()) == 1
    assert reindex(Actor.objects.all()) == 0

    actor.refresh_from_db()
    assert actor.search_text == " جمعيه النور نور an "
    assert actor.history.count() == entries


def test_the_command_rebuilds_what_was_lost(parts):
    actor = ActorFactory(name_ar="جمعية النور", acronym="AN")
    out = StringIO()

    call_command("reindex", stdout=out)

    assert list(find(Actor.objects.all(), "النور")) == [actor]
    assert "directory.Actor: 1 of 1 changed" in out.getvalue()


def test_a_search_is_one_query_however_many_words(no_names, django_assert_num_queries):
    for _ in range(3):
        _saved("جمعية تجريبية", "Oujda")

    with django_assert_num_queries(1):
        assert len(find(Actor.objects.all(), "جمعية تجريبية oujda")) == 3
