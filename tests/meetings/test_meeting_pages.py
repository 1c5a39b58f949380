"""The list of meetings and the page of one, as each kind of person sees them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from meetings.models import Attendance, Invitation, Meeting
from portal.core.search import reindex
from tests import factories

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
STARTS = datetime(2026, 12, 4, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


LEVELS = (("02", "region"), ("02.381", "province"))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(reference="TST-2026-01", space=space, organiser=association, starts_at=STARTS)


@pytest.fixture
def held(space, association, commune, service):
    """Held, public: the commune came, the service did not."""
    row = factories.MeetingFactory(
        reference="TST-2025-09", space=space, organiser=association, audience="public", state="held",
        starts_at=datetime(2025, 9, 26, 9, tzinfo=UTC), title_ar="لقاء الناظور",
    )  # fmt: skip
    for actor in (commune, service):
        factories.InvitationFactory(meeting=row, actor=actor)
    Attendance.objects.create(meeting=row, actor=commune, status="present", representative="نائب الرئيس")
    Attendance.objects.create(meeting=row, actor=service, status="absent")
    return row


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"meetings:{name}", args=args)


def text(response):
    return response.content.decode()


def test_the_list_says_the_day_as_morocco_writes_it(held, as_user, visitor):
    assert "الجمعة 26 شتنبر 2025" in text(as_user(visitor).get(url("meetings", language="ar")))
    assert "Vendredi 26 septembre 2025" in text(as_user(visitor).get(url("meetings", language="fr")))


@pytest.mark.parametrize(
    ("person", "audience", "state", "status"),
    [
        ("visitor", "public", "announced", 200),
        ("visitor", "public", "draft", 404),
        ("visitor", "members", "announced", 404),
        ("outsider", "members", "announced", 200),
        ("outsider", "participants", "announced", 404),
        ("member", "participants", "announced", 200),
        ("member", "participants", "draft", 404),
        ("secretariat", "participants", "draft", 200),
        ("administrator", "participants", "draft", 200),
    ],
)
def test_who_sees_a_meeting(meeting, as_user, request, person, audience, state, status):
    Meeting.objects.update(audience=audience, state=state)
    assert as_user(request.getfixturevalue(person)).get(meeting.get_absolute_url()).status_code == status
    listed = meeting.reference in text(as_user(request.getfixturevalue(person)).get(url("meetings")))
    assert listed is (status == 200)


def test_the_list_is_searched_and_filtered_in_the_address(held, meeting, as_user, secretariat):
    client = as_user(secretariat)

    def found(query):
        page = client.get(f"{url('meetings')}?{query}")
        return sorted(row.reference for row in page.context["listing"].page)

    assert found("") == ["TST-2025-09", "TST-2026-01"]
    reindex(Meeting.objects.all())
    assert found("q=لقاء+الناظور") == ["TST-2025-09"]
    assert found("q=لقاء+طنجة") == []
    assert found("when=upcoming") == ["TST-2026-01"]
    assert found("when=past") == ["TST-2025-09"]
    assert found("state=held") == ["TST-2025-09"]
    assert found("year=2025") == ["TST-2025-09"]
    assert found(f"space={meeting.space_id}&when=past") == ["TST-2025-09"]
    assert found(f"organiser={meeting.organiser_id}") == ["TST-2025-09", "TST-2026-01"]
    assert found("year=nonsense&sort=nonsense") == ["TST-2025-09", "TST-2026-01"]


def test_a_meeting_for_the_whole_region_is_found_under_its_provinces(held, meeting, as_user, secretariat):
    region, province = (factories.TerritoryFactory(code=code, level=level) for code, level in LEVELS)
    for row, territory in ((held, region), (meeting, province)):
        row.territory = territory
        row.save()

    def found(code):
        page = as_user(secretariat).get(f"{url('meetings')}?territory={code}")
        return sorted(row.reference for row in page.context["listing"].page)

    assert found(region.code) == found(province.code) == ["TST-2025-09", "TST-2026-01"]
    meeting.territory = factories.TerritoryFactory(code="02.167", level="province")
    meeting.save()
    assert found(province.code) == ["TST-2025-09"]


def test_the_export_holds_exactly_what_is_shown(held, meeting, as_user, secretariat):
    rows = (
        as_user(secretariat).get(f"{url('meetings')}?when=past&export=csv").getvalue().decode("utf-8-sig").splitlines()
    )
    assert [row.split(";")[0] for row in rows] == ["Reference", "TST-2025-09"]


def test_an_empty_list_says_what_to_do(as_user, visitor, secretariat):
    assert url("add_meeting") not in text(as_user(visitor).get(url("meetings")))
    assert url("add_meeting") in text(as_user(secretariat).get(url("meetings")))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("person", "queries"), [("visitor", 3), ("secretariat", 8)])
def test_the_list_asks_the_same_number_of_questions(
    space, association, as_user, request, django_assert_num_queries, rows, person, queries
):
    project = factories.ActorFactory()
    for _ in range(rows):
        factories.MeetingFactory(space=space, organiser=project, audience="public")
    client = as_user(request.getfixturevalue(person))
    client.get(url("meetings"))
    with django_assert_num_queries(queries):
        assert client.get(url("meetings")).context["listing"].count == rows


@pytest.mark.parametrize("items", [3, 20])
@pytest.mark.parametrize(("person", "queries"), [("visitor", 6), ("secretariat", 12)])
def test_the_page_asks_the_same_number_of_questions(
    held, commune, as_user, request, django_assert_num_queries, items, person, queries
):
    for position in range(items):
        factories.AgendaItemFactory(meeting=held, position=position).presenters.add(commune)
        factories.RecommendationFactory(meeting=held)
    client = as_user(request.getfixturevalue(person))
    client.get(held.get_absolute_url())
    with django_assert_num_queries(queries):
        assert client.get(held.get_absolute_url()).status_code == 200


def test_hours_that_are_not_known_are_not_shown(held, as_user, visitor):
    factories.AgendaItemFactory(meeting=held, minutes_planned=None)
    page = text(as_user(visitor).get(held.get_absolute_url()))
    assert "10:00" in page
    Meeting.objects.update(times_known=False)
    page = text(as_user(visitor).get(held.get_absolute_url()))
    assert "10:00" not in page
    assert "Friday 26 September 2025" in page


def test_visitors_see_the_present_only_and_no_name(held, as_user, visitor, outsider, member):
    for person in (visitor, outsider):
        seen = as_user(person).get(url("participation", held.reference))
        assert [actor.slug for actor in seen.context["seen"].institutions] == ["commune-a"]
        assert "نائب الرئيس" not in text(seen)
        assert "absent" not in text(seen)
    inside = as_user(member).get(url("participation", held.reference))
    assert sorted(actor.slug for actor in inside.context["seen"].institutions) == ["commune-a", "service-b"]
    assert "نائب الرئيس" in text(inside)


def test_visitors_learn_nothing_of_invitations_before_the_meeting(meeting, commune, as_user, visitor, outsider, member):
    Meeting.objects.update(audience="public")
    factories.InvitationFactory(meeting=meeting, actor=commune, answer="declined", note="اجتماع آخر")
    for person in (visitor, outsider):
        seen = as_user(person).get(url("participation", meeting.reference))
        assert seen.context["seen"].institutions == []
        assert commune.name_fr not in text(seen)
    inside = text(as_user(member).get(url("participation", meeting.reference)))
    assert commune.name_fr in inside
    assert "اجتماع آخر" not in inside


def test_visitors_see_the_public_face_of_a_recommendation(held, as_user, visitor, member):
    factories.RecommendationFactory(meeting=held, state="blocked")
    assert [
        row.shown_state for row in as_user(visitor).get(held.get_absolute_url()).context["seen"].recommendations
    ] == ["in_progress"]
    assert [
        row.shown_state for row in as_user(member).get(held.get_absolute_url()).context["seen"].recommendations
    ] == ["blocked"]


def test_the_link_to_join_is_for_those_who_take_part(meeting, as_user, outsider, member):
    Meeting.objects.update(link="https://example.org/salle")
    assert "example.org/salle" in text(as_user(member).get(meeting.get_absolute_url()))
    assert "example.org/salle" not in text(as_user(outsider).get(meeting.get_absolute_url()))


def test_the_next_step_is_the_one_thing_this_person_can_do(meeting, commune, as_user, officer, member, secretariat):
    def step(person):
        return as_user(person).get(meeting.get_absolute_url()).context["next"]

    Meeting.objects.update(state="draft")
    assert step(secretariat).url == url("add_item", meeting.reference)
    factories.AgendaItemFactory(meeting=meeting)
    assert step(secretariat).url == url("invite", meeting.reference)
    invitation = factories.InvitationFactory(meeting=meeting, actor=commune, sent_at=None)
    assert (step(secretariat).url, step(secretariat).posts) == (url("announce_meeting", meeting.reference), False)
    Meeting.objects.update(state="announced")
    Invitation.objects.update(sent_at=NOW)
    assert step(officer).invitation == invitation
    assert step(member).url == url("calendar", meeting.reference)
    assert step(secretariat).url == url("participation", meeting.reference)
    with time_machine.travel(STARTS):
        assert step(secretariat).url == url("record_attendance", meeting.reference)
    Meeting.objects.update(state="postponed")
    assert step(secretariat).url == url("reannounce_meeting", meeting.reference)


def test_only_who_may_still_come_is_asked_to_keep_the_date(meeting, commune, as_user, officer, member):
    factories.InvitationFactory(meeting=meeting, actor=commune, answer="confirmed", sent_at=NOW)

    def step(person):
        found = as_user(person).get(meeting.get_absolute_url()).context["next"]
        return found and (found.text, found.label)

    keep = ("Keep the date.", "Add to the calendar")
    assert step(officer)[0].startswith("Your institution has confirmed its attendance: ")
    assert (step(officer)[1], step(member)) == (keep[1], keep)
    Invitation.objects.update(answer="declined")
    assert step(officer)[0].startswith("Your institution has declined: ")
    assert (step(officer)[1], step(member)) == ("Change the answer", keep)
    with time_machine.travel(STARTS):
        assert (step(officer), step(member)) == (None, None)


def test_a_programme_longer_than_the_meeting_is_not_ready(meeting, commune, as_user, secretariat):
    Meeting.objects.update(state="draft")
    factories.InvitationFactory(meeting=meeting, actor=commune, sent_at=None)
    item = factories.AgendaItemFactory(meeting=meeting, minutes_planned=meeting.planned_minutes)

    def step():
        return as_user(secretariat).get(meeting.get_absolute_url()).context["next"]

    assert step().url == url("announce_meeting", meeting.reference)
    item.minutes_planned += 10
    item.save()
    assert (step().url, step().posts) == (url("edit_meeting", meeting.reference), False)
    assert "10" in step().text


def test_bars_count_who_came_by_kind(held, as_user, visitor, member):
    visitors = as_user(visitor).get(held.get_absolute_url()).context["seen"].attendance_bars
    assert [(str(label), [part[1] for part in parts], total) for label, parts, total in visitors] == [
        ("Communes", [1], 1)
    ]
    inside = as_user(member).get(held.get_absolute_url()).context["seen"].attendance_bars
    assert [(str(label), [part[1] for part in parts], total) for label, parts, total in inside] == [
        ("Communes", [1, 0], 1),
        ("Deconcentrated state services", [0, 0], 1),
    ]


def test_a_meeting_of_several_days_shows_both(meeting, as_user, member):
    Meeting.objects.update(ends_at=STARTS + timedelta(days=1))
    page = text(as_user(member).get(meeting.get_absolute_url()))
    assert "Friday 4 December 2026" in page
    assert "Saturday 5 December 2026" in page


def test_a_meeting_that_is_off_stands_neither_among_those_to_come_nor_among_the_past(
    held, meeting, as_user, secretariat
):
    """Under a heading of its own, its old date struck through; nor on the page of its space or of its organiser."""
    later, earlier = timezone.now() + timedelta(days=40), timezone.now() - timedelta(days=40)
    common = {"space": meeting.space, "organiser": meeting.organiser}
    for number, (state, day) in enumerate(
        [("cancelled", later), ("postponed", later), ("postponed", earlier), ("cancelled", earlier)]
    ):
        factories.MeetingFactory(
            reference=f"OFF-2026-{number:02d}", state=state, starts_at=day, ends_at=day + timedelta(hours=2), **common
        )
    client = as_user(secretariat)

    def found(query):
        return [row.reference for row in client.get(f"{url('meetings')}?{query}").context["listing"].page]

    page = client.get(url("meetings"))
    assert re.findall(r'scope="colgroup">([^<]+)<', text(page)) == ["Coming", "Cancelled or postponed", "Past"]
    off = ["OFF-2026-01", "OFF-2026-00", "OFF-2026-02"]
    assert sorted(found("")[1:4]) == sorted(off)
    assert found("when=upcoming") == ["TST-2026-01"]
    assert sorted(found("when=past")) == ["OFF-2026-03", "TST-2025-09"]
    assert text(page).count("<s>") == 4
    for owner in (meeting.space, meeting.organiser):
        assert "OFF-2026" not in text(client.get(owner.get_absolute_url()))


def test_whoever_comes_for_the_institution_is_named_and_the_answer_can_be_changed(
    meeting, commune, service, as_user, officer
):
    """On the page of the meeting and on the dashboard; of several institutions each answer."""
    row = factories.InvitationFactory(meeting=meeting, actor=commune, answer="confirmed", representative="A. Deputy")
    change = url("answer_invitation", row.pk)
    step = as_user(officer).get(meeting.get_absolute_url()).context["next"]
    assert step.text.endswith("Keep the date. Represented by: A. Deputy.")
    assert step.also == (("Change the answer", change),)
    for page in (meeting.get_absolute_url(), "/en/"):
        shown = text(as_user(officer).get(page))
        assert change in shown
        assert "A. Deputy" in shown
    factories.MembershipFactory(user=officer, actor=service)
    other = factories.InvitationFactory(meeting=meeting, actor=service, answer="declined")
    step = as_user(officer).get(meeting.get_absolute_url()).context["next"]
    assert {address for _label, address in step.also} == {change, url("answer_invitation", other.pk)}
    assert {label for label, _address in step.also} == {f"Change the answer – {row.actor}" for row in (row, other)}


def test_of_the_two_ways_to_name_who_comes_one_is_said_to_be_needed(meeting, commune, as_user, officer):
    row = factories.InvitationFactory(meeting=meeting, actor=commune)
    page = text(as_user(officer).get(url("answer_invitation", row.pk)))
    said = "(one of the two required with: Designate who represents us)"
    assert [page.count(words) for words in (said, 'data-then="(one of the two required)"')] == [2, 2]


def test_holding_with_attendance_missing_is_warned_of_and_done(meeting, commune, service, as_user, secretariat):
    for actor in (commune, service):
        factories.InvitationFactory(meeting=meeting, actor=actor)
    client, hold = as_user(secretariat), url("hold_meeting", meeting.reference)
    one = "The attendance of 1 invited institution is not recorded yet."
    with time_machine.travel(STARTS + timedelta(hours=1)):
        Attendance.objects.create(meeting=meeting, actor=commune, status="present")
        step = client.get(meeting.get_absolute_url()).context["next"]
        assert (step.text.startswith(one), step.url) == (True, hold)
        assert step.also == (("Record attendance", url("record_attendance", meeting.reference)),)
        done = client.post(hold, follow=True)
    meeting.refresh_from_db()
    assert (meeting.state, one in [str(said) for said in done.context["messages"]]) == ("held", True)


def test_forms_in_pieces_that_are_drawn_once_have_keys_of_their_own(meeting, as_user, secretariat):
    for position in range(1, 4):
        factories.AgendaItemFactory(meeting=meeting, position=position)
        factories.InvitationFactory(meeting=meeting, actor=factories.ActorFactory(), sent_at=None)
    for name in ("meeting", "participation"):
        pages = [text(as_user(secretariat).get(url(name, meeting.reference))) for _ in range(2)]
        for page in pages:
            forms = re.findall(r'<form [^>]*method="post".*?</form>', page, re.DOTALL)
            assert len(forms) >= 3
            assert all('name="csrfmiddlewaretoken"' in form for form in forms)
        keys = [key for page in pages for key in re.findall(r'name="key" value="([^"]+)"', page)]
        assert len(keys) == len({*keys}) >= 6
