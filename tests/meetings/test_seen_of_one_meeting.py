"""What is read of one meeting, known to be seen, is what is read of it among all: by everybody, of every audience."""

from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from actors.directory.models import Space
from meetings.models import Document, Meeting, Report
from meetings.reading.seen import Seen, meeting_seen_by, meetings_seen_by
from recommendations.models import Recommendation
from tests import factories

PEOPLE = (
    "visitor", "administrator", "secretariat", "officer", "manager", "validator", "member", "outsider", "stranger",
)  # fmt: skip


@pytest.fixture
def stranger(db):
    """Has an account, and works for no institution."""
    return factories.UserFactory()


@pytest.fixture
def everything(space, commune, service):
    """A meeting of every audience in the space, in one that is its members' own, and in none, each with a document
    and a report of every audience, one of them taken away."""
    own = factories.SpaceFactory(audience=Space.Audience.SPACE)
    factories.SpaceMemberFactory(space=own, actor=service)
    for number, (audience, table) in enumerate(product(Meeting.Audience, (space, own, None))):
        meeting = factories.MeetingFactory(
            audience=audience, space=table, organiser=commune, state=Meeting.State.HELD, reference=f"SEEN-{number}"
        )
        factories.InvitationFactory(meeting=meeting, actor=service, sent_at=timezone.now())
        for readers in Document.Audience:
            for taken_away in ({}, {"removed_at": timezone.now(), "removal_reason": "doublon"}):
                Document.objects.create(
                    meeting=meeting, title=str(readers), file="a.pdf", audience=readers, **taken_away
                )
        for at, readers in enumerate(Report.Audience, start=1):
            Report.objects.create(
                meeting=meeting, space=table, language="ar", audience=readers, number=at, state=Report.State.READY,
                data={}, fingerprint=f"{number}-{at}",
            )  # fmt: skip


@pytest.mark.parametrize("who", PEOPLE)
def test_documents_and_reports_of_a_meeting_are_those_among_all(who, everything, request):
    user = AnonymousUser() if who == "visitor" else request.getfixturevalue(who)
    seen = list(meetings_seen_by(user))
    assert seen, "each sees the public ones"
    for meeting in seen:
        among_all = Document.objects.visible_to(user).current().filter(meeting=meeting)
        assert set(Seen(user, meeting).documents) == set(among_all), meeting.reference
        ready = Report.objects.visible_to(user).filter(meeting=meeting, state=Report.State.READY)
        assert meeting.ready_report == ready.exists(), meeting.reference
        for readers in Report.Audience:
            told = Report.objects.told_to(user).filter(meeting=meeting, audience=readers)
            assert set(told) == set(ready.filter(audience=readers))


@pytest.mark.parametrize("who", PEOPLE)
def test_documents_of_a_space_are_those_among_all(who, everything, request):
    user = AnonymousUser() if who == "visitor" else request.getfixturevalue(who)
    for space in Space.objects.all():
        for readers in Document.Audience:
            Document.objects.create(space=space, title=str(readers), file="a.pdf", audience=readers)
    for space in Space.objects.visible_to(user):
        among_all = Document.objects.visible_to(user).current().filter(meeting=None, space=space)
        assert set(Document.objects.of_seen_space(space, user).current()) == set(among_all), space.audience


@pytest.mark.parametrize("who", PEOPLE)
def test_what_the_tabs_count_is_what_they_lead_to(who, everything, request):
    user = AnonymousUser() if who == "visitor" else request.getfixturevalue(who)
    states = Recommendation.State
    for meeting in Meeting.objects.all():
        for state in (states.DRAFT, states.ADOPTED, states.BLOCKED, states.DROPPED):
            given = {"drop_reason": "doublon"} if state == states.DROPPED else {}
            adopted_at = timezone.now() if state == states.DROPPED and meeting.pk % 2 else None
            factories.RecommendationFactory(
                meeting=meeting, space=meeting.space, state=state, adopted_at=adopted_at, **given
            )
        factories.RecommendationFactory(meeting=meeting, space=Space.objects.first(), state=states.ADOPTED)
    visible = {meeting.reference for meeting in meetings_seen_by(user)}
    for reference in Meeting.objects.values_list("reference", flat=True):
        meeting = meeting_seen_by(user, reference)
        assert (meeting is not None) == (reference in visible)
        if meeting is not None:
            plain, seen = Seen(user, meetings_seen_by(user).get(pk=meeting.pk)), Seen(user, meeting)
            for name in ("documents_count", "recommendations_count", "inside", "has_report", "has_adopted_minutes"):
                assert getattr(seen, name) == getattr(plain, name), (reference, name)
            said = [(row.url, row.text, row.look) for row in seen.recommendation_rows]
            assert said == [(row.get_absolute_url(), row.text, row.look) for row in plain.recommendations]
    for space in Space.objects.visible_to(user):
        among_all = space.recommendations.visible_to(user).strip(user)
        assert space.recommendations.seen_strip(user) == among_all
