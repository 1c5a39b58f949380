"""The register: what is found, for whom, and what never leaks."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from meetings.models import Meeting
from portal.core.search import reindex
from recommendations.models import Assignment, Recommendation
from tests import factories

State = Recommendation.State
PAGE = "/en/recommendations/"


def make(meeting, actor=None, answer=Assignment.Answer.ACCEPTED, **fields):
    row = factories.RecommendationFactory(meeting=meeting, **fields)
    if actor is not None:
        factories.AssignmentFactory(recommendation=row, actor=actor, answer=answer)
    reindex(Recommendation.objects.filter(pk=row.pk))
    return row


def shown(response):
    return [row.recommendation.reference for _heading, rows in response.context["groups"] for row in rows]


def ask(client, **query):
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return sorted(shown(response))


@pytest.fixture
def world(meeting, commune, service, association):
    """A public meeting with one recommendation in each state, and a members’ one."""
    meeting.audience = Meeting.Audience.PUBLIC
    meeting.save()
    late, soon = date(2026, 11, 1), date(2026, 12, 4)
    return {
        "late": make(
            meeting, commune, reference="R-LATE", state=State.IN_PROGRESS, due_on=late, text_ar="بطاقة الأدوار"
        ),
        "blocked": make(meeting, commune, reference="R-BLOCKED", state=State.BLOCKED, due_on=soon),
        "contested": make(meeting, service, reference="R-CONTESTED", state=State.CONTESTED, progress=100),
        "done": make(meeting, service, reference="R-DONE", state=State.DONE, progress=100),
        "asked": make(
            meeting, association, Assignment.Answer.WAITING, reference="R-ASKED", priority="1_high", people="mre"
        ),
        "silent": make(
            meeting, reference="R-SILENT", state=State.CONTINUOUS, last_news_at=datetime(2026, 9, 1, tzinfo=UTC)
        ),
        "draft": make(meeting, reference="R-DRAFT", state=State.DRAFT, adopted_at=None),
        "dropped": make(meeting, reference="R-DROPPED", state=State.DROPPED, drop_reason="سبب سري"),
    }


ADOPTED = ["R-ASKED", "R-BLOCKED", "R-CONTESTED", "R-DONE", "R-LATE", "R-SILENT"]


def test_the_register_holds_what_was_adopted(world, as_user, member):
    assert ask(as_user(member)) == ADOPTED


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"due": "overdue"}, ["R-LATE"]),
        ({"due": "soon"}, ["R-BLOCKED"]),
        ({"due": "none"}, ["R-ASKED", "R-CONTESTED", "R-DONE", "R-SILENT"]),
        ({"news": "silent"}, ["R-SILENT"]),
        ({"state": "blocked"}, ["R-BLOCKED"]),
        ({"state": "dropped"}, ["R-DROPPED"]),
        ({"priority": "1_high"}, ["R-ASKED"]),
        ({"people": "mre"}, ["R-ASKED"]),
        ({"q": "ادوار"}, ["R-LATE"]),
    ],
)
def test_a_member_narrows_it(world, as_user, member, query, found):
    assert ask(as_user(member), **query) == found


def test_it_is_narrowed_by_what_a_recommendation_hangs_on(world, as_user, member, meeting, commune):
    axis, theme = factories.AxisFactory(), factories.ThemeFactory()
    row = world["late"]
    row.axis = axis
    row.save()
    row.themes.add(theme)
    client = as_user(member)

    assert ask(client, axis=axis.pk) == ask(client, theme=theme.pk) == ["R-LATE"]
    assert ask(client, meeting=meeting.pk) == ask(client, space=meeting.space.pk) == ADOPTED
    assert ask(client, lead=commune.pk) == ["R-BLOCKED", "R-LATE"]


def test_a_value_that_does_not_exist_narrows_nothing(world, as_user, member):
    assert ask(as_user(member), state="nonsense") == ADOPTED


def test_only_who_prepares_the_meeting_finds_its_drafts(world, as_user, member, secretariat):
    assert ask(as_user(member), state="draft") == []
    assert ask(as_user(secretariat), state="draft") == ["R-DRAFT"]


def test_a_visitor_sees_the_public_meetings_only(world, as_user, visitor, space):
    make(factories.MeetingFactory(space=space, state=Meeting.State.HELD), reference="R-MEMBERS")

    assert ask(as_user(visitor)) == ADOPTED


def test_a_visitor_finds_blocked_among_those_in_progress_and_contested_among_the_done(world, as_user, visitor):
    client = as_user(visitor)

    assert ask(client, state="in_progress") == ["R-BLOCKED", "R-LATE"]
    assert ask(client, state="done") == ["R-CONTESTED", "R-DONE"]
    for hidden in ("blocked", "contested", "draft", "dropped"):
        assert ask(client, state=hidden) == ADOPTED


def test_a_visitor_cannot_ask_who_is_late_or_silent(world, as_user, visitor):
    client = as_user(visitor)
    for query in ({"due": "overdue"}, {"due": "soon"}, {"due": "none"}, {"news": "silent"}):
        assert ask(client, **query) == ADOPTED
    page = client.get(PAGE).content.decode()
    for word in (
        "late",
        "blocked",
        "contested",
        "without news",
        "overdue",
        "past their due date",
        "days left",
        "2026-11-01",
    ):
        assert not re.search(rf"\b{word}\b", page), word


def test_a_visitor_learns_nothing_from_the_order(world, as_user, visitor):
    client = as_user(visitor)
    usual = shown(client.get(PAGE))

    assert shown(client.get(PAGE, {"sort": "due"})) == usual
    assert shown(client.get(PAGE, {"view": "due"})) == usual
    by_state = shown(client.get(PAGE, {"sort": "state"}))
    world["blocked"].state = State.IN_PROGRESS
    world["contested"].state = State.DONE
    for row in (world["blocked"], world["contested"]):
        row.save()
    assert shown(client.get(PAGE, {"sort": "state"})) == by_state


def test_a_visitor_is_told_of_a_lead_once_it_accepted(world, as_user, visitor, association, commune):
    client = as_user(visitor)

    assert ask(client, lead=commune.pk) == ["R-BLOCKED", "R-LATE"]
    assert ask(client, lead=association.pk) == ADOPTED
    assert "جمعية تجريبية" not in client.get(PAGE).content.decode()


def test_searching_by_the_name_of_an_institution_or_a_reason_finds_nothing(world, as_user, visitor):
    client = as_user(visitor)
    assert ask(client, q="جمعية") == []
    assert ask(client, q="سري") == []


def test_the_strip_counts_as_it_shows(world, as_user, visitor, member):
    public = as_user(visitor).get(PAGE).context
    inside = as_user(member).get(PAGE).context

    assert [(number, tone) for _label, number, tone in public["strip"]] == [
        (2, "info"),
        (1, "brand"),
        (2, "attention"),
        (1, "none"),
    ]
    assert [number for _label, number, _tone in inside["strip"]] == [1, 1, 1, 1, 1, 1]
    assert (public["overdue"], inside["overdue"], public["total"]) == (0, 1, 6)


def test_an_export_holds_what_the_list_shows(world, as_user, member, visitor):
    response = as_user(member).get(PAGE, {"export": "csv", "state": "blocked"})
    rows = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows] == ["Reference", "R-BLOCKED"]
    assert "4 December 2026" in rows[1]

    book = load_workbook(io.BytesIO(as_user(visitor).get(PAGE, {"export": "xlsx"}).getvalue()))
    cells = [[str(cell.value) for cell in row] for row in book.active.iter_rows()]
    assert sorted(row[0] for row in cells[1:]) == ADOPTED
    assert "Due" not in cells[0]
    text = " ".join(" ".join(row) for row in cells)
    for word in ("blocked", "contested", "late", "جمعية تجريبية"):
        assert word not in text


def test_a_step_does_not_tell_a_visitor_of_a_reservation(world, as_user, visitor, member):
    row = world["contested"]
    row.progress = 75
    row.save()

    def steps(person):
        groups = as_user(person).get(PAGE).context["groups"]
        return {line.recommendation.reference: line.progress for _heading, lines in groups for line in lines}

    assert (steps(visitor)["R-CONTESTED"], steps(member)["R-CONTESTED"]) == (100, 75)


def test_groups_stand_in_their_order(world, as_user, member):
    client = as_user(member)
    headings = [heading for heading, _rows in client.get(PAGE, {"view": "due"}).context["groups"]]
    assert headings == ["Past their due date", "Due within 30 days", "No due date", "Finished in the meantime"]
    by_institution = [heading for heading, _rows in client.get(PAGE, {"view": "institution"}).context["groups"]]
    assert by_institution[-1] == "No lead named"


def test_by_due_date_begins_with_what_is_overdue_and_ends_with_what_is_finished(world, meeting, as_user, member):
    make(meeting, reference="R-FINISHED", state=State.CONFIRMED, due_on=date(2026, 3, 1))
    make(meeting, reference="R-LATEST", state=State.ADOPTED, due_on=date(2026, 10, 1))
    make(meeting, reference="R-LATER", state=State.ADOPTED, due_on=date(2027, 6, 1))

    found = shown(as_user(member).get(PAGE, {"view": "due"}))
    assert found[:4] == ["R-LATEST", "R-LATE", "R-BLOCKED", "R-LATER"]
    assert found[-2:] == ["R-FINISHED", "R-DONE"]


def test_r10_stands_after_r2(meeting, as_user, member):
    for number in (10, 2, 1):
        make(meeting, reference=f"TST-2026-01-R{number}")
    assert [reference[-3:] for reference in shown(as_user(member).get(PAGE))] == ["-R1", "-R2", "R10"]


def test_an_empty_register_says_what_to_do(db, as_user, visitor, secretariat):
    assert "once a meeting has adopted them" in as_user(visitor).get(PAGE).content.decode()
    assert "Add a recommendation" in as_user(secretariat).get(PAGE).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("person", "queries"), [("secretariat", 11), ("visitor", 5)])
def test_the_register_asks_the_same_of_the_database_for_one_and_three(
    meeting, commune, request, as_user, django_assert_num_queries, rows, person, queries
):
    meeting.audience = Meeting.Audience.PUBLIC
    meeting.save()
    for _ in range(rows):
        make(meeting, commune)
    client = as_user(request.getfixturevalue(person))
    client.get(PAGE)
    with django_assert_num_queries(queries):
        assert len(shown(client.get(PAGE))) == rows
