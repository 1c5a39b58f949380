"""The register: what is found, for whom, and what never leaks."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from actors.directory.models import Actor
from meetings.models import Attendance, Meeting
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
    return [row.reference for _heading, rows in response.context["groups"] for row in rows]


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
    assert ask(client, lead=association.pk) == []
    assert "جمعية تجريبية" not in client.get(PAGE).content.decode()


def values(client, **query):
    filters = client.get(PAGE, query).context["listing"].filter
    return {name: dict(filters.form.fields[name].choices) for name in ("space", "meeting", "axis", "territory")}


def test_what_can_be_chosen_is_never_what_the_reader_may_not_see(world, meeting, as_user, visitor, member, outsider):
    shut = factories.MeetingFactory(
        audience=Meeting.Audience.PARTICIPANTS, state=Meeting.State.HELD, title_ar="لقاء مغلق"
    )
    make(shut, reference="R-SHUT")
    for person in (visitor, member, outsider):
        client = as_user(person)
        for query in ({}, {"meeting": shut.pk}):
            assert str(shut.pk) not in values(client, **query)["meeting"]
            assert "لقاء مغلق" not in client.get(PAGE, query).content.decode()
        assert str(meeting.pk) in values(client)["meeting"]


def test_what_the_address_asks_for_can_be_chosen_however_old(world, as_user, member, monkeypatch):
    monkeypatch.setattr("recommendations.filters.NEWEST_MEETINGS", 1)
    client, old = as_user(member), world["late"].meeting
    new = factories.MeetingFactory(
        space=old.space, state=Meeting.State.HELD, starts_at=old.starts_at.replace(year=2030)
    )
    assert set(values(client)["meeting"]) == {"", str(new.pk)}
    assert set(values(client, meeting=old.pk)["meeting"]) == {"", str(new.pk), str(old.pk)}
    assert ask(client, meeting=old.pk) == ADOPTED


def test_an_axis_of_earlier_days_is_offered_where_something_hangs_on_it(world, as_user, member):
    past, unused = factories.AxisFactory(is_active=False), factories.AxisFactory(is_active=False)
    row = world["late"]
    row.axis = past
    row.save()
    offered = values(as_user(member))["axis"]
    assert str(past.pk) in offered
    assert str(unused.pk) not in offered


def test_the_lead_is_chosen_by_its_name(world, as_user, member, commune):
    reindex(Actor.objects.all())
    client = as_user(member)
    page = client.get(PAGE, {"lead_named": commune.name_ar, "lead": "", "lead_meant": ""})
    assert sorted(shown(page)) == ["R-BLOCKED", "R-LATE"]
    [chip] = page.context["listing"].chips
    assert (chip.value, chip.query) == (str(commune), "")
    assert ask(client, lead=commune.pk) == ["R-BLOCKED", "R-LATE"]
    nobody = client.get(PAGE, {"lead_named": "لا أحد بهذا الاسم"})
    assert sorted(shown(nobody)) == ADOPTED
    assert nobody.context["listing"].more_is_open


def test_a_lead_that_the_reader_does_not_see_narrows_nothing(world, as_user, visitor):
    hidden = factories.ActorFactory(state="draft", name_ar="مؤسسة مخفية")
    page = as_user(visitor).get(PAGE, {"lead": hidden.pk})
    assert sorted(shown(page)) == ADOPTED
    assert "مؤسسة مخفية" not in page.content.decode()


def test_a_year_of_the_register_is_a_place_in_it(meeting, space, as_user, member):
    for year in (2023, 2024, 2025):
        held = factories.MeetingFactory(
            space=space,
            state=Meeting.State.HELD,
            starts_at=datetime(year, 5, 1, tzinfo=UTC),
            reference=f"TST-{year}-01",
        )
        for number in range(1, 16):
            make(held, reference=f"TST-{year}-01-R{number}")
    client = as_user(member)
    first = client.get(PAGE).context["listing"].page
    assert (len(first), first.first, first.previous) == (25, "", "")
    assert [name for name, _address in first.jumps][-2:] == ["2024", "2023"]
    page = client.get(f"{PAGE}?page=at-2024")
    assert shown(page)[0] == "TST-2024-01-R1"
    assert shown(client.get(PAGE + page.context["listing"].page.next))[-1] == "TST-2023-01-R15"


def test_searching_by_the_name_of_an_institution_or_a_reason_finds_nothing(world, as_user, visitor):
    client = as_user(visitor)
    assert ask(client, q="جمعية") == []
    assert ask(client, q="سري") == []


def test_the_strip_counts_as_it_shows(world, as_user, visitor, member):
    public = as_user(visitor).get(PAGE).context["standing"]
    inside = as_user(member).get(PAGE).context["standing"]

    assert [(number, tone) for _label, number, tone in public.strip] == [
        (2, "info"),
        (1, "brand"),
        (2, "attention"),
        (1, "none"),
    ]
    assert [number for _label, number, _tone in inside.strip] == [1, 1, 1, 1, 1, 1]
    assert (public.overdue, inside.overdue, public.total) == (0, 1, 6)


def test_what_was_counted_is_counted_anew_when_something_changes(
    world, meeting, as_user, visitor, member, django_assert_num_queries
):
    public, inside = as_user(visitor), as_user(member)

    def total(client):
        return client.get(PAGE).context["standing"].total

    assert (total(public), total(inside)) == (6, 6)
    with django_assert_num_queries(3) as asked:
        assert total(public) == 6
    assert not any("GROUP BY" in query["sql"] for query in asked)
    make(meeting, reference="R-NEW")
    assert (total(public), total(inside)) == (7, 7)
    meeting.audience = Meeting.Audience.PARTICIPANTS
    meeting.save()
    assert (total(public), total(inside)) == (0, 7)
    world["done"].state = State.DROPPED
    world["done"].drop_reason = "x"
    world["done"].save()
    assert total(inside) == 6


def test_nobody_is_told_what_was_counted_for_another(world, meeting, as_user, visitor, member, outsider, administrator):
    meeting.audience = Meeting.Audience.PARTICIPANTS
    meeting.save()
    clients = [as_user(person) for person in (administrator, member, outsider, visitor)]
    for _time in range(2):
        assert [client.get(PAGE).context["standing"].total for client in clients] == [6, 6, 0, 0]


def test_who_takes_part_since_is_told_what_they_see_by_now(world, meeting, as_user, outsider):
    meeting.audience = Meeting.Audience.PARTICIPANTS
    meeting.save()
    client = as_user(outsider)
    assert client.get(PAGE).context["standing"].total == 0
    Attendance.objects.create(meeting=meeting, actor=outsider.memberships.get().actor, status="present")
    assert client.get(PAGE).context["standing"].total == 6


def test_what_is_late_is_counted_anew_each_day(world, as_user, member, time_machine):
    client = as_user(member)
    assert client.get(PAGE).context["standing"].overdue == 1
    time_machine.move_to(datetime(2026, 12, 5, 12, tzinfo=UTC))
    assert as_user(member).get(PAGE).context["standing"].overdue == 2


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
        return {line.reference: line.progress for _heading, lines in groups for line in lines}

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
@pytest.mark.parametrize(("person", "queries"), [("secretariat", 9), ("visitor", 3)])
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


def offered_spaces(client, **query):
    [select] = re.findall(r'<select name="space".*?</select>', client.get(PAGE, query).text, re.DOTALL)
    return re.findall(r'<option value="(\d*)"( selected)?>(.*?)</option>', select)


def test_the_filters_say_what_there_is_now_for_this_reader_in_this_language(world, space, as_user, visitor, member):
    factories.SpaceFactory(name_en="Kept among us", name_ar="بيننا", audience="space")
    inside, public = as_user(member), as_user(visitor)
    key = str(space.pk)
    assert [(one, chosen) for one, chosen, _name in offered_spaces(inside)] == [("", " selected"), (key, "")]
    assert [(one, chosen) for one, chosen, _name in offered_spaces(inside, space=key)] == [("", ""), (key, " selected")]
    space.name_en = "Renamed <b>"
    space.audience = "space"
    space.save()
    assert offered_spaces(inside)[1] == (key, "", "Renamed &lt;b&gt;")
    assert [one for one, *_others in offered_spaces(public)] == [""]
    assert f'<option value="{key}">{space.name_ar}</option>' in inside.get("/ar/recommendations/").text


def test_a_row_says_what_has_changed_since_it_was_drawn(world, as_user, member):
    client = as_user(member)
    assert "days late" in client.get(PAGE).text
    row = world["late"]
    row.text_en, row.due_on = "Other words", None
    row.save()
    again = client.get(PAGE).text
    assert "Other words" in again
    assert "بطاقة الأدوار" not in again
    assert "days late" not in again
