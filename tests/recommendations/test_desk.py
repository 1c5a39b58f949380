"""What waits for one person, in a bounded number of queries."""

from datetime import date

import pytest

from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.reading.desk import desk_for
from tests import factories

State = Recommendation.State


def make(meeting, actor=None, answer=Assignment.Answer.ACCEPTED, **fields):
    row = factories.RecommendationFactory(meeting=meeting, **fields)
    if actor is not None:
        factories.AssignmentFactory(recommendation=row, actor=actor, answer=answer)
    return row


def refs(rows):
    return [row.recommendation.reference for row in rows]


@pytest.fixture
def world(meeting, commune, association):
    make(meeting, commune, reference="LATE", state=State.IN_PROGRESS, progress=50, due_on=date(2026, 11, 1))
    make(meeting, commune, reference="SOON", due_on=date(2026, 12, 4))
    make(meeting, commune, reference="ONGOING", state=State.CONTINUOUS, progress=25)
    make(meeting, commune, reference="DONE", state=State.DONE, progress=100)
    make(meeting, commune, Assignment.Answer.WAITING, reference="ASKED")
    make(meeting, reference="NOBODY")
    make(meeting, association, reference="OWN", state=State.DONE, progress=100)


def test_the_officers_desk(world, officer):
    desk = desk_for(officer)

    assert (refs(desk.overdue), refs(desk.due_soon)) == (["LATE"], ["SOON"])
    assert sorted(refs(desk.ongoing)) == ["ASKED", "ONGOING"]
    assert refs(desk.waiting_on_others) == ["DONE"]
    assert [row.recommendation.reference for row in desk.to_answer] == ["ASKED"]
    assert (desk.overdue_count, desk.due_soon_count, desk.completion) == (1, 1, 35)
    assert refs(desk.to_confirm) == ["OWN"]


def test_the_secretariats_desk(world, secretariat):
    desk = desk_for(secretariat)

    assert (refs(desk.to_confirm), refs(desk.to_assign), refs(desk.waiting_on_others)) == (
        ["DONE"],
        ["NOBODY"],
        ["OWN"],
    )
    assert desk.counts == {"in_progress": 1, "adopted": 3, "continuous": 1, "done": 2}
    assert desk.counts_overdue == 1


def test_a_validator_finds_what_waits_for_a_word(world, commune, validator, officer):
    row = Recommendation.objects.get(reference="LATE")
    entry = FollowUp.objects.create(
        recommendation=row, on_behalf_of=commune, clearance="waiting", drafted_by=officer, drafted_at=row.created_at
    )
    assert desk_for(validator).to_clear == [entry]
    assert desk_for(officer).to_clear == []


def test_a_person_without_an_institution_has_an_empty_desk(db):
    desk = desk_for(factories.UserFactory())
    assert (desk.is_empty, desk.counts, desk.completion) == (True, {}, None)


@pytest.mark.parametrize("more", [0, 5])
def test_the_desk_asks_the_same_of_the_database(world, meeting, commune, validator, more, django_assert_num_queries):
    for _ in range(more):
        make(meeting, commune)
    desk_for(validator)
    with django_assert_num_queries(6):
        desk_for(validator)
