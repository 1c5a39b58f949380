"""The index that serves the search on PostgreSQL, and the texts written anew."""

import logging

import pytest
from django.apps import apps
from django.db import DatabaseError, connection

from actors.directory.models import Actor
from portal.core import search_index
from portal.core.search import find, reindex
from portal.core.search_index import make_trigram_indexes, rewrite_search_texts
from recommendations.models import Recommendation
from tests import factories
from tests.factories import ActorFactory

pytestmark = pytest.mark.django_db


class _Recorder:
    """Stands in for a connection to PostgreSQL and keeps what it is told."""

    vendor = "postgresql"
    ops = connection.ops

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses, self.told = refuses, []

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def execute(self, statement):
        if self.refuses:
            raise DatabaseError("permission denied to create extension")
        self.told.append(statement)


@pytest.fixture
def postgresql(monkeypatch):
    def pretend(**how):
        recorder = _Recorder(**how)
        monkeypatch.setattr(search_index, "connections", {"default": recorder})
        return recorder

    return pretend


def test_each_searched_table_has_a_trigram_index(postgresql):
    recorder = postgresql()

    make_trigram_indexes(apps.get_app_config("recommendations"))

    assert recorder.told == [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        (
            'CREATE INDEX IF NOT EXISTS "recommendations_recommendation_search_trigrams" '
            'ON "recommendations_recommendation" USING gin (search_text gin_trgm_ops)'
        ),
    ]


def test_an_app_that_is_not_searched_asks_for_nothing(postgresql):
    recorder = postgresql()

    make_trigram_indexes(apps.get_app_config("reference"))

    assert recorder.told == []


def test_a_role_that_may_not_make_the_extension_is_told_and_the_migration_goes_on(postgresql, caplog):
    postgresql(refuses=True)

    with caplog.at_level(logging.WARNING):
        make_trigram_indexes(apps.get_app_config("recommendations"))

    assert "CREATE EXTENSION pg_trgm" in caplog.text


def test_whatever_migrates_writes_the_search_texts_anew():
    actor = ActorFactory(name_ar="مركب عبد الله")
    Actor.objects.filter(pk=actor.pk).update(search_text=" as an older version kept it ")
    directory = apps.get_app_config("directory")

    rewrite_search_texts(directory)
    assert not find(Actor.objects.all(), "عبدالله").exists()

    rewrite_search_texts(directory, plan=[("core.0002_words_are_kept_anew", False)])
    assert list(find(Actor.objects.all(), "عبدالله")) == [actor]


def test_tables_of_another_version_are_left_and_the_migration_goes_on(monkeypatch, caplog):
    def refuse(rows):
        raise DatabaseError("no such column")

    monkeypatch.setattr(search_index, "reindex", refuse)

    with caplog.at_level(logging.WARNING):
        rewrite_search_texts(apps.get_app_config("directory"), plan=[("core.0002_words_are_kept_anew", False)])

    assert "manage.py reindex" in caplog.text


@pytest.mark.parametrize("many", [2, 30])
def test_the_texts_of_many_rows_are_written_anew_in_as_many_questions_as_those_of_few(
    db, many, django_assert_num_queries
):
    themes = factories.ThemeFactory.create_batch(3)
    for number in range(many):
        row = factories.RecommendationFactory(
            axis=factories.AxisFactory(), territory=factories.TerritoryFactory(code=f"02.{number:03d}")
        )
        row.themes.set(themes)
    with django_assert_num_queries(5):  # the rows; their axes, places and themes at once; the texts
        assert reindex(Recommendation.objects.all()) == many
    with django_assert_num_queries(4):
        assert reindex(Recommendation.objects.all()) == 0
    assert "thematique" in Recommendation.objects.first().search_text
