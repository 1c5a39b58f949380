"""What came of a public meeting, as everybody is told it."""

import re
from datetime import UTC, datetime

import pytest

from meetings.models import Meeting
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.reading.results import Results
from tests import factories

State = Recommendation.State
ADDRESS = "/en/meetings/TST-2026-01/results/"


@pytest.fixture
def meeting(meeting):
    meeting.audience = Meeting.Audience.PUBLIC
    meeting.save()
    return meeting


def entry(recommendation, month: int, state: str, **more) -> FollowUp:
    when = datetime(2026, month, 5, 9, tzinfo=UTC)
    values = {"clearance": FollowUp.Clearance.CLEARED, "cleared_at": when} | more
    kind = FollowUp.Kind.REOPENING
    return FollowUp.objects.create(
        recommendation=recommendation, kind=kind, new_state=state, drafted_at=when, account="سطر", **values
    )


def told(recommendation, *entries: tuple[int, str]) -> tuple[str, str, list[str]]:
    """Its state, since when, and the months of its steps, after reports in these months."""
    recommendation.adopted_at = datetime(2026, 1, 10, 9, tzinfo=UTC)
    recommendation.state = entries[-1][1] if entries else State.ADOPTED
    recommendation.save()
    for month, state in entries:
        entry(recommendation, month, state)
    [row] = Results(recommendation.meeting).rows
    return row.shown.state, row.since, [step.month for step in row.steps if step.is_reached]


def test_each_step_says_since_when(recommendation):
    found = told(recommendation, (3, State.IN_PROGRESS), (7, State.DONE), (10, State.CONFIRMED))
    months = ["January 2026", "March 2026", "July 2026", "October 2026"]
    assert found == (State.CONFIRMED, "since October 2026", months)


def test_what_nobody_began_has_one_step(recommendation):
    assert told(recommendation) == (State.ADOPTED, "since January 2026", ["January 2026"])


def test_what_never_ends_has_two_steps(recommendation):
    told(recommendation, (3, State.CONTINUOUS))
    [row] = Results(recommendation.meeting).rows
    assert [(step.label, step.is_reached) for step in row.steps] == [("adopted", True), ("begun", True)]


def test_difficulties_and_reservations_leave_no_trace_in_public(recommendation):
    blocked = told(recommendation, (3, State.IN_PROGRESS), (5, State.BLOCKED), (6, State.BLOCKED))
    assert blocked == (State.IN_PROGRESS, "since March 2026", ["January 2026", "March 2026"])
    contested = told(recommendation, (8, State.DONE), (9, State.CONTESTED))
    assert contested == (State.DONE, "since August 2026", ["January 2026", "March 2026", "August 2026"])


def test_what_is_taken_up_again_is_no_longer_done(recommendation):
    found = told(recommendation, (3, State.IN_PROGRESS), (7, State.DONE), (9, State.IN_PROGRESS))
    assert found == (State.IN_PROGRESS, "since September 2026", ["January 2026", "March 2026"])


def test_a_report_still_inside_its_institution_says_nothing(recommendation):
    entry(recommendation, 8, State.DONE, clearance=FollowUp.Clearance.WAITING, cleared_at=None)
    assert told(recommendation, (3, State.IN_PROGRESS))[1] == "since March 2026"


def test_the_page_counts_what_was_adopted_and_what_is_done(as_user, visitor, meeting, commune):
    for number, state in enumerate((State.ADOPTED, State.CONTESTED, State.CONFIRMED), start=1):
        row = factories.RecommendationFactory(meeting=meeting, reference=f"TST-2026-01-R{number}", state=state)
        factories.AssignmentFactory(recommendation=row, actor=commune, answer=Assignment.Answer.WAITING)
    factories.RecommendationFactory(meeting=meeting, reference="TST-2026-01-R4", state=State.DRAFT)
    text = as_user(visitor).get(ADDRESS).text
    assert re.search(r"<h2>3 recommendations adopted, 2 of them done</h2>", text)
    assert "TST-2026-01-R4" not in text
    assert "contested" not in text
    assert str(commune) not in text, "the lead is named only once it accepted"


@pytest.mark.parametrize("who", ["visitor", "secretariat", "administrator"])
def test_everybody_is_told_the_same(request, as_user, led, commune, who):
    Recommendation.objects.update(state=State.BLOCKED)
    text = as_user(request.getfixturevalue(who)).get(ADDRESS).text
    assert str(commune.name) in text
    assert "blocked" not in text.lower()
    assert "in progress" in text.lower()


@pytest.mark.parametrize(
    ("audience", "state", "status"),
    [
        ("public", "held", 200),
        ("public", "closed", 200),
        ("public", "announced", 404),
        ("public", "cancelled", 404),
        ("members", "held", 404),
        ("participants", "closed", 404),
    ],
)
def test_only_a_public_meeting_that_took_place_has_results(
    as_user, administrator, visitor, meeting, audience, state, status
):
    factories.resave(Meeting.objects.all(), audience=audience, state=state)
    for person in (visitor, administrator):
        client = as_user(person)
        assert client.get(ADDRESS).status_code == status
        assert client.get(ADDRESS.replace("results/", "results.png")).status_code == status


def test_the_public_page_of_the_meeting_leads_there(as_user, visitor, recommendation):
    client = as_user(visitor)
    for page in ("", "recommendations/"):
        assert f'href="{ADDRESS}"' in client.get(f"/en/meetings/TST-2026-01/{page}").text
    factories.resave(Meeting.objects.all(), state=Meeting.State.CANCELLED)
    assert f'href="{ADDRESS}"' not in client.get("/en/meetings/TST-2026-01/").text


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_the_database_as_much_for_three_as_for_one(
    as_user, visitor, meeting, commune, number, django_assert_num_queries
):
    for index in range(number):
        row = factories.RecommendationFactory(meeting=meeting, reference=f"TST-2026-01-R{index + 1}")
        factories.AssignmentFactory(recommendation=row, actor=commune)
        entry(row, 5, State.IN_PROGRESS)
    with django_assert_num_queries(4):
        as_user(visitor).get(ADDRESS)
