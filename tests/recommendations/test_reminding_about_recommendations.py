"""What the clock owes about recommendations, by the default rungs."""

from datetime import UTC, date, datetime

import pytest

from actors.directory.models import FocalPoint
from portal.notifications.models import LedgerEntry, Notification
from portal.notifications.reminders import due_reminders, send_due
from recommendations.models import Assignment, Recommendation
from tests import factories

pytestmark = pytest.mark.django_db


def at(month, day, hour=9, year=2026):
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.fixture
def recommendation(space, association, commune):
    """Due on Friday 4 December; led by the commune since October."""
    meeting = factories.MeetingFactory(space=space, organiser=association, state="closed", starts_at=at(10, 1))
    recommendation = factories.RecommendationFactory(
        meeting=meeting, reference="TST-2026-01-R1", due_on=date(2026, 12, 4), last_news_at=at(12, 1)
    )
    lead(recommendation, commune)
    return recommendation


def lead(recommendation, actor, **fields):
    assignment = factories.AssignmentFactory(recommendation=recommendation, actor=actor, **fields)
    Assignment.objects.filter(pk=assignment.pk).update(assigned_at=at(10, 2))
    return assignment


@pytest.fixture
def holder(commune):
    point = factories.FocalPointFactory(contact=factories.ContactFactory(actor=commune, email="holder@example.org"))
    return f"contact:{point.contact.pk}"


@pytest.fixture
def alternate(commune):
    point = factories.FocalPointFactory(
        contact=factories.ContactFactory(actor=commune, email="alternate@example.org"), part=FocalPoint.Part.ALTERNATE
    )
    return f"contact:{point.contact.pk}"


def told(lines):
    return sorted((line.rung, line.occurrence, line.recipient, line.outcome) for line in lines)


def test_the_leads_holder_is_reminded_thirty_seven_and_one_day_before(recommendation, holder, alternate):
    assert send_due(at(11, 3)) == []
    for day, rung in ((at(11, 4), -30), (at(11, 27), -7), (at(12, 3), -1)):
        assert told(send_due(day)) == [(f"recommendations.due{rung}", "2026-12-04", holder, "sent")]
    assert [row.subject for row in Notification.objects.filter(subject__contains="فضاء التنسيق التجريبي")] != []


def test_after_the_due_day_nothing_says_it_is_near(recommendation, holder):
    lines = told(send_due(at(12, 7)))
    assert [(rung, outcome) for rung, _day, _who, outcome in lines] == [
        ("recommendations.due-1", "skipped"),
        ("recommendations.due-30", "skipped"),
        ("recommendations.due-7", "skipped"),
    ]
    assert Notification.objects.count() == 0


def test_an_overdue_recommendation_reminds_each_week_and_reaches_wider(recommendation, holder, alternate, secretariat):
    send_due(at(12, 3))
    steering = f"user:{secretariat.pk}"
    week = "2026-12-04+{}".format
    assert told(send_due(at(12, 11))) == [("recommendations.overdue+7", week(1), holder, "sent")]
    assert told(send_due(at(12, 17))) == []
    second = told(send_due(at(12, 18)))
    assert sorted((who, outcome) for _rung, _day, who, outcome in second) == sorted(
        [(holder, "sent"), (alternate, "sent")]
    )
    send_due(at(12, 25))
    fourth = told(send_due(at(1, 4, year=2027)))
    assert {(day, who) for _rung, day, who, outcome in fourth if outcome == "sent"} == {
        (week(4), holder),
        (week(4), alternate),
        (week(4), steering),
    }


def test_weeks_that_were_missed_are_caught_up_with_one_mail(recommendation, holder):
    send_due(at(12, 3))
    lines = told(send_due(at(12, 28)))
    assert [(day, outcome) for _rung, day, _who, outcome in lines] == [
        ("2026-12-04+1", "skipped"),
        ("2026-12-04+2", "skipped"),
        ("2026-12-04+3", "sent"),
    ]
    assert Notification.objects.filter(kind="recommendations.overdue").count() == 1


def test_a_moved_due_date_is_armed_again(recommendation, holder):
    send_due(at(12, 3))
    recommendation.due_on = date(2026, 12, 18)
    recommendation.save()
    assert [(line.rung, line.occurrence, line.outcome) for line in send_due(at(12, 11))] == [
        ("recommendations.due-30", "2026-12-18", "skipped"),
        ("recommendations.due-7", "2026-12-18", "sent"),
    ]


@pytest.mark.parametrize("state", ["draft", "confirmed", "dropped"])
def test_what_is_not_to_be_done_reminds_nobody(state, recommendation, holder):
    recommendation.state = state
    recommendation.drop_reason = "مكررة"
    recommendation.save()
    assert due_reminders(at(12, 21)) == []


def test_what_is_done_waits_for_the_steering(recommendation, holder, secretariat):
    recommendation.state = Recommendation.State.DONE
    recommendation.done_at = at(12, 1, 15)
    recommendation.save()
    assert send_due(at(12, 7)) == []
    assert told(send_due(at(12, 8))) == [
        ("recommendations.unconfirmed+7", "2026-12-01+1", f"user:{secretariat.pk}", "sent")
    ]


def test_silence_is_noticed_after_sixty_days(recommendation, holder):
    recommendation.due_on = None
    recommendation.last_news_at = at(10, 5)
    recommendation.save()
    assert send_due(at(12, 3)) == []
    assert told(send_due(at(12, 4))) == [("recommendations.silent+60", "2026-10-05+1", holder, "sent")]
    recommendation.last_news_at = at(12, 4, 12)
    recommendation.save()
    assert send_due(at(1, 29, year=2027)) == []


def test_a_returned_lead_hears_nothing_and_the_steering_does(recommendation, holder, secretariat):
    Assignment.objects.update(answer="returned", return_reason="خارج الاختصاص")
    assert [(line.recipient, line.outcome) for line in send_due(at(12, 3)) if line.outcome == "sent"] == [
        (f"user:{secretariat.pk}", "sent")
    ]


def test_who_leads_since_yesterday_is_not_reminded_of_last_month(recommendation, holder):
    Assignment.objects.update(assigned_at=at(12, 1))
    assert send_due(at(12, 2)) == []
    assert [line.rung for line in send_due(at(12, 3))] == ["recommendations.due-1"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_clock_costs_the_same_for_one_and_for_three(
    count, recommendation, commune, holder, django_assert_num_queries
):
    for _ in range(count - 1):
        other = factories.RecommendationFactory(
            meeting=recommendation.meeting, due_on=date(2026, 12, 4), last_news_at=at(12, 1)
        )
        lead(other, commune)
    due_reminders(at(12, 3))
    with django_assert_num_queries(23):
        assert len(due_reminders(at(12, 3))) == 3 * count


@pytest.mark.parametrize("count", [1, 3])
def test_those_that_wait_for_a_word_cost_the_same_for_one_and_for_three(
    count, recommendation, association, member, django_assert_num_queries
):
    """Led by the secretariat, so that the other members are written to; and again after a while."""
    Recommendation.objects.all().delete()
    for _ in range(count):
        done = factories.RecommendationFactory(meeting=recommendation.meeting, state="done", done_at=at(11, 2))
        lead(done, association)
    due_reminders(at(12, 3))
    with django_assert_num_queries(32):
        assert len(due_reminders(at(12, 3))) == 2 * count


@pytest.mark.parametrize("count", [1, 3])
def test_however_many_spaces_organisers_and_leads_there_are_the_clock_asks_as_much(count, django_assert_num_queries):
    written_to = set()
    for number in range(count):
        space, steering, member = factories.SpaceFactory(), factories.ActorFactory(), factories.ActorFactory()
        factories.SpaceMemberFactory(space=space, actor=steering, part="secretariat")
        factories.SpaceMemberFactory(space=space, actor=member)
        meeting = factories.MeetingFactory(space=space, state="closed", starts_at=at(10, 1))
        alone = factories.MeetingFactory(space=None, state="closed", starts_at=at(10, 1))
        contacts = {actor: factories.ContactFactory(actor=actor) for actor in (steering, member, alone.organiser)}
        for of, actor in ((meeting, steering), (meeting, member), (alone, member)):
            done = factories.RecommendationFactory(
                meeting=of, state="done", done_at=at(11, 26 - number), last_news_at=at(12, 1)
            )
            lead(done, actor)
        keys = {actor: f"contact:{contact.pk}" for actor, contact in contacts.items()}
        written_to |= {(meeting.pk, keys[steering]), (meeting.pk, keys[member]), (alone.pk, keys[alone.organiser])}
    due_reminders(at(12, 7))
    with django_assert_num_queries(33):
        owed = due_reminders(at(12, 7))
    unconfirmed = [one for one in owed if one.rung.kind == "recommendations.unconfirmed"]
    assert {(one.rung.subject.meeting_id, one.recipient.key) for one in unconfirmed} == written_to


def test_a_thousand_recommendations_are_read_in_few_questions(
    recommendation, commune, holder, django_assert_max_num_queries
):
    meeting = recommendation.meeting
    rows = Recommendation.objects.bulk_create(
        Recommendation(
            meeting=meeting, space=meeting.space, reference=f"TST-2026-01-R{number}", text_ar=f"توصية {number}",
            state="adopted",
            adopted_at=at(10, 1), last_news_at=at(12, 1), due_on=date(2026, 12, 4),
        )
        for number in range(2, 1001)
    )  # fmt: skip
    Assignment.objects.bulk_create(Assignment(recommendation=row, actor=commune, answer="accepted") for row in rows)
    Assignment.objects.update(assigned_at=at(10, 2))
    with django_assert_max_num_queries(25):
        assert len(due_reminders(at(12, 3))) == 3000
    assert LedgerEntry.objects.count() == 0
