"""The desk: what waits for each person, in a number of queries that does not grow."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from meetings.models import Meeting, Minutes
from portal.core.dates import today
from recommendations.models import Assignment, Recommendation
from tests import factories

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


def late_for(commune, space, number):
    meeting = factories.MeetingFactory(space=space, state=Meeting.State.HELD)
    for _index in range(number):
        recommendation = factories.RecommendationFactory(
            meeting=meeting, due_on=today() - timedelta(days=3), state=Recommendation.State.IN_PROGRESS
        )
        factories.AssignmentFactory(recommendation=recommendation, actor=commune)
    return recommendation


def test_an_officer_sees_what_is_late_and_how_to_answer(as_user, officer, commune, space):
    recommendation = late_for(commune, space, 1)

    page = as_user(officer).get("/ar/").content.decode()

    assert "مهام جماعة تجريبية أ" in page
    assert "متأخرة بـ3 أيام" in page
    assert f"/ar/recommendations/{recommendation.reference}/report/" in page


def test_an_assignment_to_answer_stands_first_and_only_once(as_user, officer, commune, space):
    recommendation = factories.RecommendationFactory(meeting__space=space)
    factories.AssignmentFactory(recommendation=recommendation, actor=commune, answer=Assignment.Answer.WAITING)

    page = as_user(officer).get("/ar/").content.decode()

    assert page.count(recommendation.text_ar) == page.count(f"{recommendation.text_ar}</a>") * 2
    assert "في انتظار جوابكم" in page


def test_a_secretariat_sees_what_is_missing_for_its_meetings(as_user, secretariat, space, commune):
    factories.MeetingFactory(space=space, state=Meeting.State.DRAFT, title_ar="اجتماع قيد الإعداد")
    coming = factories.MeetingFactory(space=space, starts_at=NOW + timedelta(days=4))
    factories.InvitationFactory(meeting=coming, actor=commune)
    held = factories.MeetingFactory(space=space, state=Meeting.State.HELD, starts_at=NOW - timedelta(days=9))
    circulated = factories.MinutesFactory(
        meeting=factories.MeetingFactory(space=space, state=Meeting.State.HELD, starts_at=NOW - timedelta(days=30)),
        state=Minutes.State.CIRCULATED,
        remarks_until=today() - timedelta(days=1),
    )
    factories.MinutesSectionFactory(minutes=circulated, text="نص", revision=1)

    page = as_user(secretariat).get("/ar/").content.decode()

    for words in ("لم يُعلن عنه بعد", "دعوة واحدة دون جواب", "لم يُحرَّر المحضر بعد", "انتهى أجل إبداء الملاحظات"):
        assert words in page
    assert f"/ar/meetings/{held.reference}/minutes/" in page


def test_the_next_invitation_can_be_answered_from_the_desk(as_user, officer, commune, space):
    meeting = factories.MeetingFactory(space=space, starts_at=NOW + timedelta(days=4))
    invitation = factories.InvitationFactory(meeting=meeting, actor=commune)

    page = as_user(officer).get("/ar/").content.decode()

    assert f"/ar/meetings/invitations/{invitation.pk}/answer/?answer=declined" in page
    assert "بعد 4 أيام" in page


def test_who_works_for_no_institution_is_told_so(as_user, db):
    page = as_user(factories.UserFactory()).get("/ar/").content.decode()

    assert "حسابكم غير مرتبط بعد بأي مؤسسة" in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_takes_the_same_queries_for_one_and_for_three(
    as_user, officer, commune, space, number, django_assert_num_queries
):
    late_for(commune, space, number)
    client = as_user(officer)
    client.get("/ar/")

    with django_assert_num_queries(12):
        client.get("/ar/")


def test_search_finds_across_everything_a_reader_may_see(as_user, officer, visitor, space, commune):
    factories.MeetingFactory(space=space, title_ar="اجتماع حول الاستقبال")
    from portal.core.search import reindex

    for model in (Meeting, type(commune), type(space)):
        reindex(model.objects.all())

    inside = as_user(officer).get("/ar/search/", {"q": "اجتماع الاستقبال"}).content.decode()
    outside = as_user(visitor).get("/ar/search/", {"q": "اجتماع الاستقبال"}).content.decode()

    assert "اجتماع حول الاستقبال" in inside
    assert "اجتماع حول الاستقبال" not in outside
    assert "لا توجد نتائج" in outside


def test_a_person_chooses_the_language_of_their_mails(as_user, officer):
    answer = as_user(officer).send("/ar/me/", {"name": officer.name, "language": "fr"})

    officer.refresh_from_db()
    assert officer.language == "fr"
    assert answer.headers["Location"] == "/fr/me/"


def test_the_bare_address_opens_in_the_accounts_language_else_the_last_one_read_else_arabic(as_user, officer, client):
    assert client.get("/").headers["Location"] == "/ar/"
    client.get("/fr/about/")
    assert client.get("/").headers["Location"] == "/fr/"
    officer.language = "en"
    officer.save()
    assert as_user(officer).get("/").headers["Location"] == "/en/"
