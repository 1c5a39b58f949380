"""Two sheets become one while the institution answers for what it was assigned: both are done."""

import pytest
from django.db import connection

from actors.doubles.actions import merge_actors
from portal.core.history import renew
from portal.reference.models import Territory
from recommendations import actions
from recommendations.models import Assignment, Recommendation
from tests import factories
from tests.overlapping import overlapping
from tests.region import load_region

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory knows one writer"),
    pytest.mark.django_db(transaction=True),
]


def test_merging_and_answering_never_wait_for_each_other(recommendation, administrator):
    load_region(Territory)
    officer = factories.MembershipFactory()
    assignment = factories.AssignmentFactory(recommendation=recommendation, actor=officer.actor, answer="waiting")
    winner = factories.ActorFactory(kind=officer.actor.kind)

    def answer(row: Assignment):
        renew(row.recommendation)  # as the act does first; the merge begins before it goes on
        return lambda: actions.answer_assignment(row, answer="accepted", by=officer.user)

    answered = (lambda: Assignment.objects.get(pk=assignment.pk), answer)
    merged = (lambda: None, lambda _none: merge_actors(winner, loser=officer.actor, by=administrator) and None)
    assert overlapping(answered, merged) == ["done", "done"]
    kept = Assignment.objects.get()
    assert (kept.answer, kept.actor_id, Recommendation.objects.get().lead_key) == ("accepted", winner.pk, winner.pk)
