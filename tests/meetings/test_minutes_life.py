"""From circulated to adopted and corrected: who reads what, who answers, who is told."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from meetings.actions.minutes import (
    adopt_minutes,
    circulate_minutes,
    record_minutes,
    reopen_minutes,
    review_minutes,
    silent_about,
)
from meetings.models import Invitation, Meeting, Minutes, MinutesReview
from portal.core.dates import today
from portal.core.errors import Refused
from portal.notifications.models import Notification
from tests import factories


@pytest.fixture
def meeting(space, association, commune, service):
    meeting = factories.MeetingFactory(
        space=space, organiser=association, state=Meeting.State.HELD, audience=Meeting.Audience.PUBLIC
    )
    for actor in (commune, service):
        factories.InvitationFactory(meeting=meeting, actor=actor)
    return meeting


@pytest.fixture
def minutes(meeting, secretariat):
    section = record_minutes(meeting, html="<p>نص المحضر</p>", seen_revision=0, by=secretariat)
    return Minutes.objects.get(pk=section.minutes_id)


def soon():
    return today() + timedelta(days=10)


def circulated(minutes, by):
    circulate_minutes(minutes, until=soon(), by=by)
    return minutes


def kinds():
    return sorted(Notification.objects.values_list("kind", "user__email"))


def test_circulating_tells_every_invited_institution(as_user, secretariat, officer, member, minutes):
    Notification.objects.all().delete()
    address = reverse("meetings:circulate_minutes", args=[minutes.meeting.reference])
    answer = as_user(secretariat).post(address, {"until": soon().strftime("%d/%m/%Y")})
    minutes.refresh_from_db()
    assert answer.status_code == 302
    assert (minutes.state, minutes.remarks_until, minutes.circulation) == ("circulated", soon(), 1)
    assert kinds() == [
        ("meetings.minutes_circulated", "member@example.org"),
        ("meetings.minutes_circulated", "officer@example.org"),
    ]


def test_whoever_circulates_or_adopts_reads_whom_no_mail_reaches(as_user, secretariat, officer, service, minutes):
    client, act = as_user(secretariat), "/en/meetings/{}/minutes/{}/"
    for step, fields, done in (
        ("circulate", {"until": soon().strftime("%d/%m/%Y")}, "The draft minutes are circulated."),
        ("adopt", {"in_session": "on"}, "The minutes are adopted."),
    ):
        answer = client.send(act.format(minutes.meeting.reference, step), fields)
        said = {str(message) for message in get_messages(answer.wsgi_request)}
        assert said >= {done, f"No mail reaches these institutions, telephone them: {service}"}


def test_minutes_written_during_the_meeting_lead_first_to_noting_it_as_held(as_user, secretariat, minutes):
    now, reference = timezone.now(), minutes.meeting.reference
    begun = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1), "times_known": True}
    names = {"circulate": "circulate_minutes", "hold": "hold_meeting"}
    steps = {step: reverse(f"meetings:{name}", args=[reference]) for step, name in names.items()}

    def offered(state):
        Meeting.objects.update(state=state, **begun)
        aside = as_user(secretariat).get(reverse("meetings:minutes", args=[reference])).text.partition("<aside")[2]
        return {name for name, address in steps.items() if f'"{address}"' in aside}

    assert offered(Meeting.State.ANNOUNCED) == {"hold"}
    assert offered(Meeting.State.HELD) == {"circulate"}
    begun["starts_at"] = now + timedelta(minutes=30)
    assert offered(Meeting.State.ANNOUNCED) == set()


def test_before_circulating_the_items_that_say_nothing_are_named(as_user, secretariat, minutes):
    meeting = minutes.meeting
    for title in ("Said", "Unsaid"):
        factories.AgendaItemFactory(meeting=meeting, title_en=title)
    factories.AgendaItemFactory(meeting=meeting, title_en="Tea", kind="break")
    factories.MinutesSectionFactory(minutes=minutes, item=meeting.items.get(title_en="Said"), text="قيل")
    factories.MinutesSectionFactory(minutes=minutes, item=meeting.items.get(title_en="Unsaid"), text="")
    with override("en"):
        answer = as_user(secretariat).get(reverse("meetings:circulate_minutes", args=[meeting.reference]))
    assert [item.title_en for item in answer.context["unwritten"]] == ["Unsaid"]
    assert "Nothing is written yet under these items:" in answer.content.decode()


@pytest.mark.parametrize("until", ["01/01/2020", "", "32/13/2027"])
def test_a_day_gone_by_or_no_day_is_refused_at_its_field_and_keeps_what_was_typed(as_user, secretariat, minutes, until):
    address = reverse("meetings:circulate_minutes", args=[minutes.meeting.reference])
    answer = as_user(secretariat).post(address, {"until": until})
    minutes.refresh_from_db()
    assert answer.status_code == 422
    assert answer.context["form"].errors["until"]
    assert f'value="{until}"' in answer.content.decode() or until == ""
    assert minutes.state == "draft"


def test_empty_minutes_are_not_circulated(meeting, secretariat):
    record_minutes(meeting, html="", seen_revision=0, by=secretariat)
    with pytest.raises(Refused):
        circulate_minutes(meeting.minutes, until=soon(), by=secretariat)


def test_an_institution_answers_once_and_may_change_its_word(as_user, secretariat, officer, commune, minutes):
    circulated(minutes, secretariat)
    client = as_user(officer)
    address = reverse("meetings:review_minutes", args=[minutes.meeting.reference])
    client.send(address, {"actor": commune.pk, "answer": "remarks", "text": "تصويب في النقطة الأولى"})
    client.send(address, {"actor": commune.pk, "answer": "approves", "text": ""})
    review = MinutesReview.objects.get()
    assert (review.actor, review.answer, review.text, review.history.count()) == (commune, "approves", "", 2)


def test_remarks_without_words_are_refused_at_the_field(as_user, secretariat, officer, commune, minutes):
    circulated(minutes, secretariat)
    answer = as_user(officer).send(
        reverse("meetings:review_minutes", args=[minutes.meeting.reference]),
        {"actor": commune.pk, "answer": "remarks", "text": " "},
    )
    assert answer.status_code == 422
    assert "text" in answer.context["form"].errors
    assert not MinutesReview.objects.exists()


def test_nobody_answers_for_another_institution_or_after_the_window(
    as_user, secretariat, officer, outsider, commune, service, minutes
):
    circulated(minutes, secretariat)
    address = reverse("meetings:review_minutes", args=[minutes.meeting.reference])
    assert as_user(officer).post(address, {"actor": service.pk, "answer": "approves"}).status_code == 422
    assert as_user(outsider).post(address, {"actor": service.pk, "answer": "approves"}).status_code == 403
    minutes.remarks_until = today() - timedelta(days=1)
    minutes.save()
    assert as_user(officer).post(address, {"actor": commune.pk, "answer": "approves"}).status_code == 422
    assert not MinutesReview.objects.exists()


def test_the_secretariat_sees_who_approved_remarked_and_is_silent(
    as_user, secretariat, officer, commune, service, minutes
):
    circulated(minutes, secretariat)
    review_minutes(minutes, actor=commune, answer="remarks", text="ملاحظة تجريبية", by=officer)
    assert silent_about(minutes) == [service]
    address = reverse("meetings:minutes", args=[minutes.meeting.reference])
    seen = as_user(secretariat).get(address).context
    [only] = seen["rounds"]
    assert ([review.actor for review in only.reviews], only.silent, only.ran_out) == ([commune], [service], False)
    other = as_user(officer).get(address)
    [own] = other.context["rounds"]
    assert ([review.actor for review in own.reviews], own.silent) == ([commune], [])
    assert service.name_ar not in other.content.decode()


def test_what_was_said_of_a_text_does_not_count_for_the_next_one(secretariat, officer, commune, service, minutes):
    circulated(minutes, secretariat)
    review_minutes(minutes, actor=commune, answer="approves", by=officer)
    reopen_minutes(minutes, by=secretariat)
    circulated(minutes, secretariat)
    assert set(silent_about(minutes)) == {commune, service}


def test_the_words_of_an_earlier_round_stay_on_the_page(
    as_user, secretariat, officer, member, commune, service, minutes
):
    circulated(minutes, secretariat)
    review_minutes(minutes, actor=commune, answer="remarks", text="ملاحظة الجولة الأولى", by=officer)
    reopen_minutes(minutes, by=secretariat)
    address = reverse("meetings:minutes", args=[minutes.meeting.reference])
    assert "ملاحظة الجولة الأولى" in as_user(secretariat).get(address).content.decode()
    circulated(minutes, secretariat)
    review_minutes(minutes, actor=service, answer="remarks", text="ملاحظة الجولة الثانية", by=member)

    def rounds(reader):
        page = as_user(reader).get(address)
        return [(one.number, [review.text for review in one.reviews], one.silent) for one in page.context["rounds"]]

    assert rounds(secretariat) == [(2, ["ملاحظة الجولة الثانية"], [commune]), (1, ["ملاحظة الجولة الأولى"], [])]
    assert rounds(officer) == [(1, ["ملاحظة الجولة الأولى"], [])]
    assert rounds(member) == [(2, ["ملاحظة الجولة الثانية"], [])]
    adopt_minutes(minutes, by=secretariat, in_session=True)
    assert [number for number, _texts, _silent in rounds(secretariat)] == [2, 1]
    reopen_minutes(minutes, by=secretariat, reason="خطأ")
    circulated(minutes, secretariat)
    assert [number for number, _texts, _silent in rounds(secretariat)] == [3, 2, 1]
    content = as_user(secretariat).get(address).content.decode()
    assert content.index("ملاحظة الجولة الثانية") < content.index("ملاحظة الجولة الأولى")


def test_each_round_says_when_it_was_circulated_and_until_when(as_user, secretariat, minutes):
    circulated(minutes, secretariat)
    first = minutes.circulated_at
    reopen_minutes(minutes, by=secretariat)
    circulate_minutes(minutes, until=soon() + timedelta(days=3), by=secretariat)
    page = as_user(secretariat).get(reverse("meetings:minutes", args=[minutes.meeting.reference]))
    assert [(one.circulated_at, one.until) for one in page.context["rounds"]] == [
        (minutes.circulated_at, soon() + timedelta(days=3)),
        (first, soon()),
    ]


def test_a_closed_window_says_that_no_remark_was_received_in_time(as_user, secretariat, commune, minutes):
    circulated(minutes, secretariat)
    with override("ar"):
        address = reverse("meetings:minutes", args=[minutes.meeting.reference])
        adopting = reverse("meetings:adopt_minutes", args=[minutes.meeting.reference])
    assert "لم ترد ملاحظات داخل الأجل" not in as_user(secretariat).get(address).content.decode()
    minutes.remarks_until = today() - timedelta(days=1)
    minutes.save()
    assert "لم ترد ملاحظات داخل الأجل" in as_user(secretariat).get(address).content.decode()
    assert "لم ترد ملاحظات داخل الأجل من مؤسستين" in as_user(secretariat).get(adopting).content.decode()
    adopt_minutes(minutes, by=secretariat)
    assert "لم ترد ملاحظات داخل الأجل" in as_user(secretariat).get(address).content.decode()


@pytest.mark.parametrize("cut_short", ["adopted", "draft"])
def test_a_window_cut_short_does_not_say_that_time_was_given(
    as_user, secretariat, officer, commune, minutes, cut_short
):
    circulated(minutes, secretariat)
    if cut_short == "adopted":
        adopt_minutes(minutes, by=secretariat, in_session=True)
    else:
        reopen_minutes(minutes, by=secretariat)
    with time_machine.travel(minutes.circulated_at + timedelta(days=40)), override("ar"):
        page = as_user(secretariat).get(reverse("meetings:minutes", args=[minutes.meeting.reference]))
        assert [one.ran_out for one in page.context["rounds"]] == [False]
        assert "دون جواب" in page.content.decode()


def test_the_second_circulation_says_that_the_first_answers_are_kept(secretariat, officer, member, minutes):
    circulated(minutes, secretariat)
    reopen_minutes(minutes, by=secretariat)
    circulated(minutes, secretariat)
    rows = Notification.objects.filter(kind="meetings.minutes_circulated").order_by("pk")
    assert [row.context["again"] for row in rows] == [False, False, True, True]


def test_minutes_wait_for_the_institutions_until_the_window_closes(
    as_user, secretariat, officer, member, commune, service, minutes
):
    circulated(minutes, secretariat)
    address = reverse("meetings:adopt_minutes", args=[minutes.meeting.reference])
    refused = as_user(secretariat).send(address)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["in_session"])
    review_minutes(minutes, actor=commune, answer="approves", by=officer)
    review_minutes(minutes, actor=service, answer="approves", by=member)
    assert as_user(secretariat).send(address).status_code == 302
    minutes.refresh_from_db()
    assert minutes.state == "adopted"


def test_minutes_adopted_in_session_do_not_wait(secretariat, minutes):
    circulated(minutes, secretariat)
    Notification.objects.all().delete()
    version = adopt_minutes(minutes, by=secretariat, in_session=True)
    assert (version.number, [part["text"] for part in version.sections]) == (1, ["نص المحضر"])
    assert minutes.history.first().history_change_reason == "in session"


def test_two_people_adopting_at_once_one_adopts_and_one_is_told(as_user, secretariat, officer, minutes):
    circulated(minutes, secretariat)
    minutes.remarks_until = today() - timedelta(days=1)
    minutes.save()
    one, other = Minutes.objects.get(pk=minutes.pk), Minutes.objects.get(pk=minutes.pk)
    adopt_minutes(one, by=secretariat)
    with pytest.raises(Refused, match=r".+"):
        adopt_minutes(other, by=secretariat)
    assert minutes.versions.count() == 1
    again = as_user(secretariat).send(reverse("meetings:adopt_minutes", args=[minutes.meeting.reference]))
    assert again.status_code == 422


def test_a_correction_is_a_new_version_beside_the_one_in_force(as_user, secretariat, officer, visitor, minutes):
    circulated(minutes, secretariat)
    adopt_minutes(minutes, by=secretariat, in_session=True)
    with pytest.raises(Refused):
        reopen_minutes(minutes, by=secretariat, reason=" ")
    reopen_minutes(minutes, by=secretariat, reason="خطأ في تاريخ")
    record_minutes(minutes.meeting, html="<p>نص مصحح</p>", seen_revision=1, by=secretariat)
    address = reverse("meetings:minutes", args=[minutes.meeting.reference])
    assert (minutes.version, minutes.state) == (2, "draft")
    for reader in (visitor, officer):
        content = as_user(reader).get(address).content.decode()
        assert "نص المحضر" in content
        assert "نص مصحح" not in content
    assert "نص مصحح" in as_user(secretariat).get(address).content.decode()
    circulated(minutes, secretariat)
    adopt_minutes(minutes, by=secretariat, in_session=True)
    assert "نص مصحح" in as_user(visitor).get(address).content.decode()
    assert "نص المحضر" in as_user(visitor).get(address + "?version=1").content.decode()
    assert list(minutes.versions.values_list("number", flat=True)) == [2, 1]


READERS = {
    "draft": {"secretariat": True, "administrator": True, "officer": False, "outsider": False, "visitor": False},
    "circulated": {"secretariat": True, "administrator": True, "officer": True, "outsider": False, "visitor": False},
    "adopted": {"secretariat": True, "administrator": True, "officer": True, "outsider": True, "visitor": True},
}


@pytest.mark.parametrize(("state", "who"), [(state, who) for state in READERS for who in READERS[state]])
def test_who_reads_the_minutes_of_a_public_meeting(request, as_user, secretariat, minutes, state, who):
    if state != "draft":
        circulated(minutes, secretariat)
    if state == "adopted":
        adopt_minutes(minutes, by=secretariat, in_session=True)
    answer = as_user(request.getfixturevalue(who)).get(reverse("meetings:minutes", args=[minutes.meeting.reference]))
    assert ("نص المحضر" in answer.content.decode()) is READERS[state][who]


def test_adopted_minutes_of_a_members_meeting_are_for_those_who_took_part(
    as_user, secretariat, officer, outsider, minutes
):
    circulated(minutes, secretariat)
    adopt_minutes(minutes, by=secretariat, in_session=True)
    minutes.meeting.audience = Meeting.Audience.MEMBERS
    minutes.meeting.save()
    address = reverse("meetings:minutes", args=[minutes.meeting.reference])
    assert as_user(officer).get(address).status_code == 200
    assert as_user(outsider).get(address).status_code == 404


def test_a_quoted_passage_carries_the_reference_of_its_recommendation(as_user, secretariat, officer, minutes):
    section = minutes.sections.get()
    record_minutes(minutes.meeting, html="<p>مقدمة</p><p>نص المحضر</p>", seen_revision=1, by=secretariat)
    recommendation = factories.RecommendationFactory(
        meeting=minutes.meeting, quote_revision=section.revisions.get(number=1), quote_text="نص المحضر", quote_offset=0
    )
    circulated(minutes, secretariat)
    shown = (
        as_user(officer)
        .get(reverse("meetings:minutes", args=[minutes.meeting.reference]))
        .context["reading"]
        .sections[0]
    )
    assert [[row.reference for row in passage.quoted_by] for passage in shown.passages] == [
        [],
        [recommendation.reference],
    ]


def test_the_secretariat_finds_at_each_passage_the_way_to_a_recommendation(as_user, secretariat, minutes):
    content = as_user(secretariat).get(reverse("meetings:minutes", args=[minutes.meeting.reference])).content.decode()
    section = minutes.sections.get()
    assert f"?section={section.pk}&amp;revision=1&amp;offset=0&amp;length={len('نص المحضر')}" in content


def test_the_last_day_of_the_window_counts(minutes):
    minutes.state, minutes.remarks_until = Minutes.State.CIRCULATED, date(2026, 12, 4)
    assert minutes.takes_remarks(date(2026, 12, 4))
    assert not minutes.takes_remarks(date(2026, 12, 5))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_queries_for_one_item_and_for_three(
    as_user, secretariat, officer, minutes, django_assert_num_queries, rows
):
    for number in range(rows):
        item = factories.AgendaItemFactory(meeting=minutes.meeting, position=number + 1)
        record_minutes(minutes.meeting, item=item, html="<p>نص</p><p>نص</p>", seen_revision=0, by=secretariat)
    circulated(minutes, secretariat)
    assert Invitation.objects.count() == 2
    client = as_user(officer)
    with django_assert_num_queries(12):
        client.get(reverse("meetings:minutes", args=[minutes.meeting.reference]))


def test_who_opens_the_link_of_minutes_taken_back_reads_why(as_user, officer, secretariat, commune, minutes):
    with override("en"):
        link = reverse("meetings:review_minutes", args=[minutes.meeting.reference])
        never = as_user(officer).get(link, follow=True).text
        reopen_minutes(circulated(minutes, secretariat), by=secretariat)
        told = as_user(officer).get(link, follow=True).text
    assert "These minutes have not been circulated yet." in never
    for sentence in ("The secretariat has taken these minutes back to correct them", "Taken back to be corrected"):
        assert sentence in told
    assert "The time for remarks" not in told


def test_whoever_adopts_reads_first_the_remarks_that_are_open(as_user, secretariat, officer, commune, minutes):
    circulated(minutes, secretariat)
    review_minutes(minutes, actor=commune, answer="remarks", text="يُذكر دور الجامعة", by=officer)
    with override("en"):
        shown = as_user(secretariat).get(reverse("meetings:adopt_minutes", args=[minutes.meeting.reference]))
    assert "1 institution has made remarks on this text." in shown.text
    assert "يُذكر دور الجامعة" in shown.text


@pytest.mark.parametrize("in_session", [True, False])
def test_minutes_adopted_in_session_say_that_the_time_for_remarks_was_not_over(
    in_session, minutes, secretariat, as_user, visitor
):
    """Once every institution has answered nothing of the sort is said; visitors read it in no case."""
    circulated(minutes, secretariat)
    if not in_session:
        for actor in silent_about(minutes):
            MinutesReview.objects.create(minutes=minutes, version=1, circulation=1, actor=actor, answer="approves")
    adopt_minutes(minutes, by=secretariat, in_session=in_session)
    with override("en"):
        pages = [minutes.get_absolute_url(), minutes.meeting.get_absolute_url()]
    for person in (secretariat, visitor):
        told, head = (as_user(person).get(page).content.decode() for page in pages)
        said = ("The institutions adopted these minutes in session on " in told, "minutes adopted in session" in head)
        assert said == (in_session and person is secretariat,) * 2
