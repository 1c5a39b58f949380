"""What could embarrass an institution stays with those who take part."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from meetings.actions.documents import add_document, remove_document
from meetings.actions.minutes import circulate_minutes, record_minutes, review_minutes
from meetings.models import Attendance, Document, Meeting
from portal.core.dates import today
from portal.notifications.models import LedgerEntry
from tests import factories


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def held(space, association, commune, service):
    meeting = factories.MeetingFactory(
        space=space, organiser=association, state=Meeting.State.HELD, audience=Meeting.Audience.PUBLIC
    )
    for actor in (commune, service):
        factories.InvitationFactory(meeting=meeting, actor=actor)
    return meeting


@pytest.fixture
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def page_of(client, name, meeting):
    answer = client.get(reverse(f"meetings:{name}", args=[meeting.reference]))
    return answer.status_code, answer.content.decode()


def file(name="essai.txt"):
    return SimpleUploadedFile(name, b"texte")


@pytest.mark.parametrize(("who", "told"), [("visitor", False), ("outsider", False), ("member", True)])
def test_who_came_late_is_told_to_those_who_took_part(request, as_user, held, commune, who, told):
    Attendance.objects.create(meeting=held, actor=commune, status=Attendance.Status.LATE)
    status, text = page_of(as_user(request.getfixturevalue(who)), "participation", held)
    assert (status, "arrived during the meeting" in text, commune.name_fr in text) == (200, told, True)


@pytest.mark.parametrize(("who", "told"), [("visitor", False), ("outsider", False), ("officer", True)])
def test_why_a_meeting_was_called_off_is_told_to_the_invited(request, as_user, held, who, told):
    Meeting.objects.filter(pk=held.pk).update(state="cancelled", state_reason="اعتذار مصلحة")
    status, text = page_of(as_user(request.getfixturevalue(who)), "meeting", held)
    assert (status, "اعتذار مصلحة" in text) == (200, told)


def test_members_documents_are_not_for_an_account_that_works_for_nobody(
    as_user, member, outsider, secretariat, held, own_files
):
    document = add_document(held, title="عرض", upload=file(), audience="members", by=secretariat)
    former = factories.UserFactory()

    def seen(user):
        return Document.objects.visible_to(user).filter(pk=document.pk).exists()

    assert (seen(outsider), seen(member), seen(former)) == (True, True, False)
    assert as_user(former).get(document.get_absolute_url()).status_code == 404


def test_a_draft_of_the_minutes_is_read_by_nobody_else_and_its_tab_still_opens(
    as_user, secretariat, administrator, officer, visitor, held
):
    record_minutes(held, html="<p>كلام لم يُعمم بعد</p>", seen_revision=0, by=secretariat)

    def reads(user):
        status, text = page_of(as_user(user), "minutes", held)
        return status, "كلام لم يُعمم بعد" in text

    assert (reads(secretariat), reads(administrator)) == ((200, True), (200, True))
    assert (reads(officer), reads(visitor)) == ((200, False), (404, False))


def test_a_version_taken_away_from_the_middle_leaves_one_current_document(held, secretariat, own_files):
    first = add_document(held, title="عرض", upload=file(), audience="public", by=secretariat)
    second = add_document(held, title="عرض", upload=file(), audience="public", by=secretariat, replaces=first)
    third = add_document(held, title="عرض", upload=file(), audience="public", by=secretariat, replaces=second)

    remove_document(Document.objects.get(pk=second.pk), reason="نسخة خاطئة", by=secretariat)
    assert list(Document.objects.current()) == [third]
    assert Document.objects.get(pk=first.pk).replaced_by == third


def test_the_ledger_of_a_meeting_is_whole_for_its_secretariat_and_ones_own_for_the_rest(
    as_user, secretariat, officer, member, outsider, visitor, held
):
    for person, rung in ((officer, "meetings.coming-7"), (member, "meetings.coming-1")):
        LedgerEntry.objects.create(
            subject=held, rung=rung, occurrence="2026-12-04", recipient_key=f"user:{person.pk}", outcome="sent",
            due_at=datetime(2026, 11, 27, 9, tzinfo=UTC), created_at=datetime(2026, 11, 27, 9, tzinfo=UTC),
        )  # fmt: skip

    skipped = page_of(as_user(secretariat), "meeting_reminders", held)[1]
    assert (officer.name in skipped, member.name in skipped) == (True, True)

    def steps(user):
        status, text = page_of(as_user(user), "meeting_reminders", held)
        return status, "(7 days before)" in text, "(1 day before)" in text

    assert steps(secretariat) == (200, True, True)
    assert (steps(officer), steps(member)) == ((200, True, False), (200, False, True))
    assert (steps(outsider)[0], steps(visitor)[0]) == (403, 302)


def test_a_meeting_changed_by_somebody_else_keeps_its_calendar_count_rising(held, secretariat):
    from meetings.actions.meetings import announce_meeting, edit_meeting

    soon = datetime.now(UTC) + timedelta(days=9)
    meeting = factories.MeetingFactory(
        space=held.space, organiser=held.organiser, state="draft", starts_at=soon, ends_at=soon + timedelta(hours=2)
    )
    stale = Meeting.objects.get(pk=meeting.pk)
    edit_meeting(meeting, place_ar="مقر الجماعة", by=secretariat)
    announce_meeting(stale, by=secretariat)
    kept = Meeting.objects.get(pk=meeting.pk)
    assert (kept.sequence, kept.place_ar, kept.state) == (2, "مقر الجماعة", "announced")


def test_the_page_asks_for_a_word_on_the_minutes_until_it_was_said(as_user, secretariat, officer, commune, held):
    section = record_minutes(held, html="<p>نص</p>", seen_revision=0, by=secretariat)
    minutes = section.minutes
    circulate_minutes(minutes, until=today() + timedelta(days=10), by=secretariat)

    def is_asked():
        return "wait for your institution’s word" in page_of(as_user(officer), "meeting", held)[1]

    assert is_asked()
    review_minutes(minutes, actor=commune, answer="approves", by=officer)
    assert not is_asked()
