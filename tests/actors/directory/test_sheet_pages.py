"""The pages of one sheet: what they show to whom, and in how many queries."""

import pytest

from actors.directory import actions
from meetings.models import Attendance, Meeting
from recommendations.models import Assignment, Recommendation
from tests import factories


@pytest.fixture
def full(commune, space, administrator, manager):
    """Fills the commune's sheet with so many of everything."""

    def fill(rows):
        for number in range(rows):
            contact = factories.ContactFactory(actor=commune, audience="public")
            factories.FocalPointFactory(contact=contact)
            factories.MembershipFactory(actor=commune)
            meeting = factories.MeetingFactory(organiser=commune, audience="public", state="held")
            for part in Assignment.Part:
                factories.AssignmentFactory(actor=commune, recommendation__meeting=meeting, part=part)
            elsewhere = factories.MeetingFactory(audience="public", state="held")
            Attendance.objects.create(meeting=elsewhere, actor=commune, status="present")
            factories.SpaceMemberFactory(actor=commune)
            theme = factories.ThemeFactory()
            actions.edit_actor(commune, acronym=f"C{number}", themes=[theme], by=administrator)
            actions.edit_contact(contact, phone="+212536001122", by=manager)
        actions.edit_actor(commune, name_fr="Autre nom", by=manager)

    return fill


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("path", "person", "queries"),
    [
        ("", "visitor", 4),
        ("", "member", 8),
        ("", "manager", 11),
        ("", "administrator", 11),
        ("activity/", "visitor", 6),
        ("activity/", "member", 11),
        ("activity/", "administrator", 10),
        ("changes/", "manager", 11),
        ("changes/", "administrator", 11),
    ],
)
def test_a_page_of_a_sheet_asks_the_same_however_much_is_on_it(
    request, as_user, full, rows, path, person, queries, django_assert_num_queries
):
    full(rows)
    client = as_user(request.getfixturevalue(person))
    with django_assert_num_queries(queries):
        assert client.get(f"/fr/actors/commune-a/{path}").status_code == 200


def test_the_tabs_are_links_that_the_reader_may_open(as_user, visitor, officer, manager, commune):
    def tabs(person):
        return [tab["key"] for tab in as_user(person).get("/fr/actors/commune-a/").context["sheet_tabs"]]

    assert tabs(visitor) == ["overview", "activity", "roles"]
    assert tabs(officer) == ["overview", "activity", "roles", "focal_points"]
    assert tabs(manager) == ["overview", "activity", "roles", "focal_points", "changes"]
    for tab in as_user(manager).get("/fr/actors/commune-a/").context["sheet_tabs"]:
        assert as_user(manager).get(tab["url"]).status_code == 200


@pytest.mark.parametrize(("part", "name"), [("lead", "led"), ("support", "supported")])
def test_in_public_an_institution_carries_only_what_it_accepted(as_user, visitor, member, commune, part, name):
    meeting = factories.MeetingFactory(organiser=commune, audience="public", state="held")
    accepted = factories.RecommendationFactory(meeting=meeting, state=Recommendation.State.BLOCKED)
    waiting = factories.RecommendationFactory(meeting=meeting)
    factories.AssignmentFactory(actor=commune, recommendation=accepted, part=part)
    factories.AssignmentFactory(actor=commune, recommendation=waiting, part=part, answer=Assignment.Answer.WAITING)

    def carried(person):
        activity = as_user(person).get("/fr/actors/commune-a/activity/").context["activity"]
        return {row.pk: row.look.tone for row in getattr(activity, name)}

    assert carried(visitor) == {accepted.pk: "attention"}
    assert carried(member) == {accepted.pk: "danger", waiting.pk: ""}


def test_nobody_is_shown_as_having_stayed_away(as_user, visitor, member, administrator, commune, space):
    meetings = {}
    for audience in ("public", "members"):
        for status in Attendance.Status.values:
            meeting = factories.MeetingFactory(audience=audience, state=Meeting.State.HELD)
            by = commune if status != "represented" else None
            Attendance.objects.create(
                meeting=meeting,
                actor=commune,
                status=status,
                represented_by=factories.ActorFactory() if by is None else None,
            )
            meetings[audience, status] = meeting

    def attended(person):
        activity = as_user(person).get("/ar/actors/commune-a/activity/").context["activity"]
        return {key for key, meeting in meetings.items() if meeting in activity.attended}

    here = ("present", "late", "represented")
    assert attended(visitor) == {("public", status) for status in here}
    both = {(audience, status) for audience in ("public", "members") for status in here}
    assert attended(member) == attended(administrator) == both


def test_a_bare_sheet_says_so_instead_of_standing_empty(as_user, visitor, administrator):
    factories.ActorFactory(slug="bare")
    assert "لا توجد معطيات اتصال" in as_user(visitor).get("/ar/actors/bare/").content.decode()
    page = as_user(visitor).get("/ar/actors/bare/activity/")
    assert page.context["activity"].is_empty
    assert as_user(administrator).get("/ar/actors/bare/changes/").status_code == 200
