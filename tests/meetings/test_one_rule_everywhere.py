"""A rule is one rule: what a list asks of the database, a page of its rows and an act of one person never differ."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.translation import override

from actors.directory.reading.standing_in import reader_of
from meetings.actions.minutes import circulate_minutes, silent_about
from meetings.actions.telling import tell_invited
from meetings.forms.agenda import ItemForm
from meetings.models import Attendance, Document, Meeting, Minutes, MinutesReview, Report
from meetings.permissions import (
    asked_about,
    can_add_meeting,
    can_read_working_minutes,
    can_review_minutes,
    is_secretariat,
    takes_part,
)
from meetings.reading.desk import SOURCES
from meetings.reading.minutes_page import reading_of
from meetings.reading.next_steps import next_step
from meetings.reading.open_items import open_items
from meetings.reading.seen import Seen, meetings_seen_by
from meetings.reminders import rungs
from meetings.rules.recipients import steering_recipients
from portal.core.acting import THE_PORTAL
from portal.core.dates import today
from portal.core.errors import Refused
from portal.core.forms import row_field
from portal.core.waiting import what_waits
from portal.notifications.models import Notification
from tests import factories
from tests.desk import on_desk

#: how an institution stands to a meeting: whether its invitation was sent, how it came, in which circulation it spoke
WAYS = {
    "invited": (True, None, None),
    "to be invited": (False, None, None),
    "declined and excused": (True, "excused", None),
    "came uninvited": (None, "present", None),
    "came late uninvited": (None, "late", None),
    "sent another one uninvited": (None, "represented", None),
    "came before its invitation was sent": (False, "present", None),
    "absent uninvited": (None, "absent", None),
    "excused uninvited": (None, "excused", None),
    "spoke of an earlier text": (True, "present", 1),
    "spoke": (True, "present", 2),
    "spoke of an earlier text, then noted as absent": (None, "absent", 1),
    "has nothing to do with it": (None, None, None),
}
NOT_ASKED = {"to be invited", "absent uninvited", "excused uninvited", "has nothing to do with it"}


PEOPLE = ("visitor", "outsider", "officer", "manager", "validator", "member", "secretariat")


@pytest.fixture
def everybody(request):
    return {name: request.getfixturevalue(name) for name in PEOPLE}


@pytest.fixture
def minutes(space, association):
    meeting = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.HELD)
    return factories.MinutesFactory(
        meeting=meeting, state=Minutes.State.CIRCULATED, circulation=2, remarks_until=today() + timedelta(days=5)
    )


@pytest.fixture
def institutions(minutes, commune):
    """By the way they stand to the meeting, each with somebody who works for it."""
    found = {}
    for number, (way, (sent, status, spoke)) in enumerate(WAYS.items()):
        actor = factories.ActorFactory(slug=f"way-{number}", name_ar=way)
        if sent is not None:
            when = {} if sent else {"sent_at": None}
            factories.InvitationFactory(meeting=minutes.meeting, actor=actor, **when)
        if status is not None:
            by = commune if status == Attendance.Status.REPRESENTED else None
            Attendance.objects.create(meeting=minutes.meeting, actor=actor, status=status, represented_by=by)
        if spoke is not None:
            MinutesReview.objects.create(minutes=minutes, version=1, circulation=spoke, actor=actor, answer="approves")
        found[way] = (actor, factories.MembershipFactory(actor=actor, part="manager").user)
    return found


def ways(actors):
    return {actor.name_ar for actor in actors}


def seen_by(user, meeting):
    return Seen(user, meetings_seen_by(user).get(pk=meeting.pk))


def told_to(user):
    """What the chips of the meetings say on this person's desk."""
    found = what_waits(reader_of(user), SOURCES).values()
    return [str(told.chips[0].label) for waiting in found for _line, told in waiting.lines]


def test_whose_word_on_the_minutes_is_asked(minutes, institutions, secretariat):
    asked = set(WAYS) - NOT_ASKED
    assert ways(asked_about(minutes.meeting)) == asked
    assert ways(seen_by(secretariat, minutes.meeting).asked_about_minutes) == asked
    assert {way for way, (_actor, user) in institutions.items() if can_review_minutes(user, minutes)} == asked
    readings = {way: reading_of(seen_by(user, minutes.meeting)) for way, (_actor, user) in institutions.items()}
    assert {way for way, reading in readings.items() if reading is not None and reading.is_working} == asked
    assert {way for way, (_actor, user) in institutions.items() if can_read_working_minutes(user, minutes)} == asked


def test_whose_word_is_still_missing(minutes, institutions, space):
    missing = set(WAYS) - NOT_ASKED - {"spoke"}
    now = timezone.now()
    assert ways(silent_about(minutes)) == missing
    waits = {way for way, (actor, _user) in institutions.items() if list(open_items(actor, today(now), now))}
    assert waits == missing
    closing = [rung for rung in rungs(now, minutes.meeting) if rung.kind == "meetings.remarks_closing"]
    told = {recipient.user for rung in closing for recipient in rung.recipients()}
    assert {way for way, (_actor, user) in institutions.items() if user in told} == missing
    steps = {way: next_step(seen_by(user, minutes.meeting)) for way, (_actor, user) in institutions.items()}
    assert {way for way, step in steps.items() if step and step.url == minutes.get_absolute_url()} == missing
    assert {way for way, (_actor, user) in institutions.items() if on_desk(user, "minutes")} == missing


@pytest.mark.parametrize(
    ("in_space", "invited", "belong"),
    [
        (True, None, {"officer", "manager", "validator", "member", "secretariat"}),
        (False, None, {"secretariat"}),
        (False, True, {"officer", "manager", "validator", "secretariat"}),
        (False, False, {"secretariat"}),
    ],
    ids=["the space", "the organiser", "the invited", "not those to be invited"],
)
def test_who_belongs_to_a_meeting(in_space, invited, belong, space, association, commune, everybody):
    meeting = factories.MeetingFactory(
        organiser=association, space=space if in_space else None, state=Meeting.State.HELD, audience="public"
    )
    if invited is not None:
        factories.InvitationFactory(meeting=meeting, actor=commune, **({} if invited else {"sent_at": None}))
    document = Document.objects.create(meeting=meeting, title="وثيقة", audience=Document.Audience.PARTICIPANTS)
    report = Report.objects.create(
        meeting=meeting, language="ar", number=1, fingerprint="0" * 64, audience=Report.Audience.PARTICIPANTS
    )
    assert {who for who, user in everybody.items() if takes_part(user, meeting)} == belong
    assert {who for who, user in everybody.items() if seen_by(user, meeting).inside} == belong
    for row in (document, report):
        assert {who for who, user in everybody.items() if row in type(row).objects.visible_to(user)} == belong
    Meeting.objects.update(audience=Meeting.Audience.PARTICIPANTS)
    assert {who for who, user in everybody.items() if meeting in Meeting.objects.visible_to(user)} == belong


def test_who_takes_part_sees_the_meeting_from_inside(minutes, institutions):
    """Invited, represented or recorded present: one rule for the meeting, its papers, its minutes and its programme."""
    meeting = minutes.meeting
    Meeting.objects.update(audience=Meeting.Audience.PARTICIPANTS)
    document = Document.objects.create(meeting=meeting, title="وثيقة", audience=Document.Audience.PARTICIPANTS)
    report = Report.objects.create(
        meeting=meeting, language="ar", number=1, fingerprint="0" * 64, audience=Report.Audience.PARTICIPANTS
    )
    agreed = factories.RecommendationFactory(meeting=meeting)
    part = set(WAYS) - NOT_ASKED
    people = {way: user for way, (_actor, user) in institutions.items()}
    assert {way for way, user in people.items() if takes_part(user, meeting)} == part
    assert {way for way, user in people.items() if can_read_working_minutes(user, minutes)} == part
    for row in (meeting, document, report, agreed):
        assert {way for way, user in people.items() if row in type(row).objects.visible_to(user)} == part
    presenters = ways(row_field(ItemForm(meeting=meeting), "presenters").queryset)
    assert presenters & set(WAYS) == part | {"to be invited"}


@pytest.mark.parametrize(
    ("in_space", "prepare"), [(True, {"secretariat"}), (False, {"manager"})], ids=["of a space", "of an institution"]
)
def test_who_prepares_a_meeting(in_space, prepare, space, association, commune, everybody):
    """Where there is a space its chair and secretariat, whoever organises; else the organiser's managers."""
    meeting = factories.MeetingFactory(organiser=commune, space=space if in_space else None)
    assert {who for who, user in everybody.items() if is_secretariat(user, meeting)} == prepare
    assert {who for who, user in everybody.items() if meeting in Meeting.objects.steered_by(user)} == prepare
    assert {recipient.user for recipient in steering_recipients(meeting)} == {everybody[who] for who in prepare}
    assert {who for who, user in everybody.items() if can_add_meeting(user)} >= prepare


@pytest.mark.parametrize(("text", "written"), [("نص", True), ("", False)], ids=["a text", "a text taken out again"])
def test_when_minutes_are_written(text, written, minutes, secretariat):
    """Somebody has saved a section twice; only what it says now counts."""
    minutes.state = Minutes.State.DRAFT
    minutes.save()
    factories.MinutesSectionFactory(minutes=minutes, text=text, html=text, revision=2)
    Attendance.objects.create(meeting=minutes.meeting, actor=minutes.meeting.organiser, status="present")
    later = timezone.now() + timedelta(days=30)
    missing = any(rung.kind == "meetings.minutes_missing" for rung in rungs(later, minutes.meeting))
    assert missing is not written
    with override("en"), time_machine.travel(later, tick=False):
        [errand] = told_to(secretariat)
    assert (errand != "Minutes not written yet") is written
    refused = pytest.raises(Refused, match="still empty")
    with override("en"), nullcontext() if written else refused:
        circulate_minutes(minutes, until=today() + timedelta(days=9), by=secretariat)


@pytest.mark.parametrize(("said", "ready"), [(1, False), (2, True)], ids=["one of two items", "both"])
def test_when_a_draft_is_ready_to_circulate(said, ready, minutes, secretariat, as_user):
    """Of each item something is written; nobody writes about a break. The desk and both pages offer the same."""
    meeting = minutes.meeting
    Minutes.objects.update(state=Minutes.State.DRAFT)
    Attendance.objects.create(meeting=meeting, actor=meeting.organiser, status="present")
    items = [factories.AgendaItemFactory(meeting=meeting) for _number in range(2)]
    factories.AgendaItemFactory(meeting=meeting, kind="break")
    for item in items[:said]:
        factories.MinutesSectionFactory(minutes=minutes, item=item, text="نص", html="نص", revision=1)
    factories.MinutesSectionFactory(minutes=minutes, text="نص", html="نص", revision=1)
    with override("en"):
        [errand], step = told_to(secretariat), next_step(seen_by(secretariat, meeting))
        page = as_user(secretariat).get(minutes.get_absolute_url())
    assert (errand == "Minutes not circulated yet") is ready
    assert (step.label == "Circulate the draft minutes") is ready
    offered = page.text.rpartition("<aside")[2]
    assert (offered.index("/minutes/circulate/") < offered.index('/minutes/record/"')) is ready


def test_who_came_is_noted_before_the_minutes_and_the_report_made_before_the_file_is_closed(minutes, secretariat):
    """The desk and the meeting's page say the same first thing."""
    meeting = minutes.meeting

    def first_thing() -> tuple[str, str]:
        with override("en"):
            step = next_step(seen_by(secretariat, Meeting.objects.get(pk=meeting.pk)))
            line = what_waits(reader_of(secretariat), SOURCES)
            [(_line, told)] = [pair for waiting in line.values() for pair in waiting.lines]
            return str(told.button), step.label

    Minutes.objects.update(state=Minutes.State.DRAFT)
    assert first_thing() == ("Record attendance",) * 2
    Attendance.objects.create(meeting=meeting, actor=meeting.organiser, status="present")
    assert first_thing() == ("Write the minutes",) * 2
    factories.MinutesSectionFactory(minutes=minutes, text="نص", revision=1)
    Minutes.objects.update(state=Minutes.State.ADOPTED)
    assert first_thing() == ("Make the report",) * 2
    Report.objects.create(meeting=meeting, number=1, language="ar", audience="public", state="ready")
    assert first_thing() == ("Close the file",) * 2
    Attendance.objects.all().delete()  # written up without: the page offers it beside
    assert first_thing() == ("Close the file",) * 2
    with override("en"):
        assert next_step(seen_by(secretariat, meeting)).also[0][0] == "Record attendance"


@pytest.mark.parametrize(("left", "opened"), [(0, True), (-1, False)], ids=["the last day", "the day after"])
def test_when_remarks_are_taken(left, opened, minutes, commune, secretariat):
    minutes.remarks_until = today() + timedelta(days=left)
    minutes.save()
    factories.MinutesSectionFactory(minutes=minutes, text="نص", revision=1)
    factories.InvitationFactory(meeting=minutes.meeting, actor=commune)
    now = timezone.now()
    assert minutes.takes_remarks() is opened
    assert bool(list(open_items(commune, today(now), now))) is opened
    with override("en"):
        assert (told_to(secretariat) == ["The time for remarks is over"]) is not opened


@pytest.mark.parametrize(("answer", "comes"), [("none", True), ("confirmed", True), ("declined", False)])
def test_who_is_expected(answer, comes, space, association, commune):
    begins = timezone.now() + timedelta(days=20)
    meeting = factories.MeetingFactory(
        space=space, organiser=association, starts_at=begins, ends_at=begins + timedelta(hours=2)
    )
    factories.InvitationFactory(meeting=meeting, actor=commune, answer=answer)
    factories.MembershipFactory(actor=commune, part="manager")
    now = timezone.now()
    assert any(rung.kind == "meetings.coming" for rung in rungs(now, meeting)) is comes
    assert bool(list(open_items(commune, today(now), now))) is comes
    tell_invited(meeting, to=meeting.invitations.expected(), kind="meetings.cancelled", by=THE_PORTAL, context={})
    assert Notification.objects.exists() is comes
