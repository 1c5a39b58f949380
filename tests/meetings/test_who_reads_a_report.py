"""A report says what its readers may open on the pages, and is handed out as the meeting's page is."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from actors.directory.models import Membership, Space
from meetings.actions.reports import make_report
from meetings.models import Meeting, Report
from meetings.reports.collect import collect
from portal.core.acting import THE_PORTAL
from portal.core.errors import Refused
from recommendations.models import Recommendation
from tests import factories
from tests.answers import content_of

READERS = ("visitor", "outsider", "invited", "member", "secretariat")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people(request, visitor, space):
    """READERS by name: a visitor, another institution's, one that is invited once, two of the space."""
    named = {name: request.getfixturevalue(name) for name in ("outsider", "member", "secretariat")}
    invited = factories.MembershipFactory(actor__slug="invited", part=Membership.Part.MANAGER).user
    return {"visitor": visitor, "invited": invited} | named


@pytest.fixture
def meeting(space, association, people):
    """The second meeting of the space, with an institution invited from elsewhere; at the first, which was for its
    participants, something was recommended that is blocked now."""
    first, second = (
        factories.MeetingFactory(
            space=space, organiser=association, state=Meeting.State.HELD, audience=audience, title_ar=title
        )
        for audience, title in (
            (Meeting.Audience.PARTICIPANTS, "اللقاء الأول"),
            (Meeting.Audience.MEMBERS, "اللقاء الثاني"),
        )
    )
    first.starts_at -= timedelta(days=90)
    first.ends_at = first.starts_at + timedelta(hours=2)
    first.save()
    factories.RecommendationFactory(meeting=first, text_ar="توصية مغلقة", state=Recommendation.State.BLOCKED)
    factories.InvitationFactory(meeting=second, actor=Membership.objects.get(user=people["invited"]).actor)
    return second


def made(meeting, audience):
    """A report that is ready, and its words."""
    data = collect(meeting, language="ar", audience=audience)
    report, _new = make_report(meeting, language="ar", audience=audience, data=data, by=THE_PORTAL)
    assert report.keep(b"%PDF-1.7")
    return report, json.dumps(data, ensure_ascii=False)


def readers(as_user, people, report):
    """Who may fetch the file."""
    address = reverse("meetings:download_report", args=[report.pk])
    answers = {name: as_user(people[name]).get(address) for name in READERS}
    return {name for name, answer in answers.items() if content_of(answer) and answer.status_code == 200}


def test_what_a_space_kept_among_its_participants_is_in_the_report_for_its_members_alone(as_user, people, meeting):
    told = {audience: made(meeting, audience) for audience in Report.Audience}
    assert {audience for audience, (_report, words) in told.items() if "توصية مغلقة" in words} == {"space"}
    fetched = {audience: readers(as_user, people, report) for audience, (report, _words) in told.items()}
    assert fetched == {
        "public": {"outsider", "invited", "member", "secretariat"},
        "participants": {"invited", "member", "secretariat"},
        "space": {"member", "secretariat"},
    }


def test_a_report_is_not_there_where_its_meeting_is_not(as_user, people, meeting):
    reports = [made(meeting, audience)[0] for audience in Report.Audience]
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.DRAFT)
    assert [readers(as_user, people, report) for report in reports] == [{"secretariat"}] * 3


def test_a_space_its_readers_do_not_see_is_not_named_in_a_report(as_user, people, meeting, space):
    Meeting.objects.filter(pk=meeting.pk).update(audience=Meeting.Audience.PUBLIC)
    for audience, named in (
        (Space.Audience.PUBLIC, {"public", "participants", "space"}),
        (Space.Audience.MEMBERS, {"participants", "space"}),
        (Space.Audience.SPACE, {"space"}),
    ):
        Space.objects.filter(pk=space.pk).update(audience=audience)
        fresh = Meeting.objects.get(pk=meeting.pk)
        words = {
            one: json.dumps(collect(fresh, language="ar", audience=one), ensure_ascii=False) for one in Report.Audience
        }
        assert {one for one, told in words.items() if str(space.name) in told} == named


def test_a_report_that_names_a_space_is_read_by_whoever_sees_the_space(as_user, people, meeting, space):
    Meeting.objects.filter(pk=meeting.pk).update(audience=Meeting.Audience.PUBLIC)
    report, words = made(Meeting.objects.get(pk=meeting.pk), "public")
    assert str(space.name) in words
    assert readers(as_user, people, report) == set(READERS)
    Space.objects.filter(pk=space.pk).update(audience=Space.Audience.SPACE)
    assert readers(as_user, people, report) == {"member", "secretariat"}


def test_a_meeting_of_no_space_has_no_report_for_its_members(as_user, people, meeting):
    alone = factories.MeetingFactory(organiser=meeting.organiser, state=Meeting.State.HELD)
    page = as_user(people["secretariat"]).get(reverse("meetings:report", args=[alone.reference])).text
    assert 'value="participants"' in page
    assert 'value="space"' not in page
    data = collect(alone, language="ar", audience="participants")
    with override("en"), pytest.raises(Refused, match="in no coordination space"):
        make_report(alone, language="ar", audience="space", data=data, by=THE_PORTAL)
