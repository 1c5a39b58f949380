"""What people do on the pages of a meeting, through the browser’s own requests."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar

from meetings.models import AgendaItem, Attendance, Invitation, Meeting
from tests import answers, factories

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
STARTS = datetime(2026, 12, 4, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(reference="TST-2026-01", space=space, organiser=association, starts_at=STARTS)


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"meetings:{name}", args=args)


def typed(by, within, **changes):
    return {
        "organiser": by.pk,
        "space": within.pk,
        "kind": "ordinary",
        "title_ar": "لقاء جديد",
        "starts_at_day": "08/02/2027",
        "starts_at_time": "10:00",
        "ends_at_day": "08/02/2027",
        "ends_at_time": "12:30",
        "times_known": "on",
        "language": "ar",
        "audience": "members",
    } | changes


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("day", ["08/02/2027", "2027-02-08", "٠٨/٠٢/٢٠٢٧"])
def test_a_day_is_typed_as_morocco_writes_it_in_every_language(association, space, as_user, secretariat, language, day):
    client = as_user(secretariat)
    client.post(url("add_meeting", language=language), typed(association, space, starts_at_day=day, ends_at_day=day))
    meeting = Meeting.objects.get()
    assert (meeting.reference, meeting.state) == ("TST-2027-01", "draft")
    assert meeting.starts_at == datetime(2027, 2, 8, 10, tzinfo=UTC)


def test_an_end_before_the_start_is_an_error_at_the_field_and_nothing_typed_is_lost(
    association, space, as_user, secretariat
):
    answer = as_user(secretariat).post(url("add_meeting"), typed(association, space, ends_at_time="09:00"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["ends_at"]
    assert "لقاء جديد" in answer.content.decode()
    assert Meeting.objects.count() == 0


def test_where_the_hours_are_not_known_only_the_days_are_asked(association, space, as_user, secretariat):
    data = typed(association, space, starts_at_time="", ends_at_time="")
    assert as_user(secretariat).post(url("add_meeting"), data).status_code == 422
    del data["times_known"]
    assert as_user(secretariat).post(url("add_meeting"), data).status_code == 302
    assert Meeting.objects.get().times_known is False


def test_nobody_calls_a_meeting_for_others(association, commune, space, as_user, officer, manager, secretariat):
    assert as_user(officer).get(url("add_meeting")).status_code == 403
    for person, organiser, where in (
        (manager, association, space.pk),
        (manager, commune, space.pk),
        (secretariat, commune, space.pk),
    ):
        answer = as_user(person).post(
            url("add_meeting"), typed(association, space, organiser=organiser.pk, space=where)
        )
        assert answer.status_code == 422
    answer = as_user(manager).post(url("add_meeting"), typed(association, space, organiser=commune.pk, space=""))
    assert answer.status_code == 302
    assert Meeting.objects.get().reference == f"A{commune.pk}-2027-01"


def test_what_is_typed_wrong_while_editing_stays_off_the_page_head(meeting, association, space, as_user, secretariat):
    data = typed(association, space, title_ar="عنوان لم يُحفظ", ends_at_time="09:00")
    answer = as_user(secretariat).post(url("edit_meeting", meeting.reference), data)
    assert answer.status_code == 422
    assert answer.context["meeting"].title_ar == meeting.title_ar


GUARDED = [
    "announce_meeting",
    "hold_meeting",
    "close_meeting",
    "cancel_meeting",
    "postpone_meeting",
    "reannounce_meeting",
    "add_item",
    "invite",
]


@pytest.mark.parametrize("name", [*GUARDED, "edit_meeting", "record_attendance", "add_attendee"])
def test_only_those_who_prepare_the_meeting_act_on_it(meeting, as_user, visitor, outsider, officer, name):
    Meeting.objects.update(audience="participants")
    address = url(name, meeting.reference)
    assert as_user(officer).post(address).status_code == 403
    assert as_user(outsider).post(address).status_code == 404
    answer = as_user(visitor).post(address)
    assert (answer.status_code, "login" in answer.headers.get("Location", "")) == (302, True)
    assert Meeting.objects.get().state == "announced"


@pytest.mark.parametrize("name", ["hold_meeting", "close_meeting"])
def test_acts_are_not_done_by_a_link(meeting, as_user, secretariat, name):
    assert as_user(secretariat).get(url(name, meeting.reference)).status_code == 405


def test_a_refused_walk_in_is_read_again_where_its_form_stands(meeting, as_user, secretariat):
    """Reloaded, or in another language: the address the form is sent to shows no page of its own."""
    client, address = as_user(secretariat), url("add_attendee", meeting.reference)
    refused = client.post(address, {"actor": ""})
    assert refused.status_code == 422
    page = url("record_attendance", meeting.reference)
    assert (client.get(address).status_code, client.get(address).url) == (302, page)
    told = client.post(address, {"actor": ""}, headers={"Referer": f"http://testserver{page}"}).text
    assert f'<a href="/fr{page[3:]}" lang="fr"' in told


def test_who_is_in_the_table_already_is_named_so(meeting, as_user, secretariat, association):
    """The organiser stands in the table without an invitation."""
    Attendance.objects.create(meeting=meeting, actor=association, status=Attendance.Status.PRESENT)
    with time_machine.travel(meeting.starts_at + timedelta(hours=1), tick=False):
        answer = as_user(secretariat).post(url("add_attendee", meeting.reference), {"actor": association.pk})
    assert answer.status_code == 422
    assert "This institution is in the table already." in answer.text


def test_a_refused_act_says_why_on_the_page(meeting, as_user, secretariat):
    answer = as_user(secretariat).post(url("hold_meeting", meeting.reference), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert "4 December 2026" in answer.content.decode()


def test_cancelling_asks_why(meeting, as_user, secretariat):
    client = as_user(secretariat)
    assert client.get(url("cancel_meeting", meeting.reference)).status_code == 200
    assert client.post(url("cancel_meeting", meeting.reference), {"reason": " "}).status_code == 422
    assert client.post(url("cancel_meeting", meeting.reference), {"reason": "ظرف طارئ"}).status_code == 302
    assert Meeting.objects.get().state == "cancelled"
    assert client.post(url("postpone_meeting", meeting.reference), {"reason": "ظرف"}).status_code == 422


def test_an_item_is_added_moved_and_removed_without_javascript(meeting, commune, as_user, secretariat):
    factories.InvitationFactory(meeting=meeting, actor=commune)
    client = as_user(secretariat)
    for title in ("أولى", "ثانية"):
        data = {"title_ar": title, "kind": "presentation", "minutes_planned": "30", "presenters": [commune.pk]}
        client.post(url("add_item", meeting.reference), data)
    first, second = AgendaItem.objects.all()
    assert client.post(url("move_item", second.pk), {"direction": "up"}).status_code == 302
    assert [item.title_ar for item in AgendaItem.objects.all()] == ["ثانية", "أولى"]
    assert client.get(url("remove_item", first.pk)).status_code == 200
    client.post(url("remove_item", first.pk))
    assert list(AgendaItem.objects.all()) == [second]


def test_moving_an_item_answers_htmx_with_the_programme_alone(meeting, as_user, secretariat):
    first, _ = (factories.AgendaItemFactory(meeting=meeting, position=number) for number in (1, 2))
    answer = as_user(secretariat).post(
        url("move_item", first.pk), {"direction": "down"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert 'id="programme"' in answer.content.decode()


@pytest.mark.parametrize(("direction", "other"), [("up", "down"), ("down", "up")])
def test_an_arrow_that_goes_hands_the_focus_to_the_other(meeting, as_user, secretariat, direction, other):
    first, last = (factories.AgendaItemFactory(meeting=meeting, position=number) for number in (1, 2))
    moved = last if direction == "up" else first
    answer = as_user(secretariat).post(
        url("move_item", moved.pk), {"direction": direction}, headers={"HX-Request": "true"}
    )
    assert re.findall(r'<button id="([a-z]+-\d+)"[^>]* data-focus>', answer.text) == [f"{other}-{moved.pk}"]


def test_an_item_that_carries_a_recommendation_is_kept_with_a_sentence(meeting, as_user, secretariat):
    item = factories.AgendaItemFactory(meeting=meeting)
    factories.RecommendationFactory(meeting=meeting, item=item)
    answer = as_user(secretariat).post(url("remove_item", item.pk))
    assert answer.status_code == 409
    assert "A recommendation comes from this item" in answer.content.decode()


@pytest.mark.parametrize("minutes", ["0", "601", "x"])
def test_an_impossible_length_is_refused(meeting, as_user, secretariat, minutes):
    data = {"title_ar": "نقطة", "kind": "other", "minutes_planned": minutes}
    assert as_user(secretariat).post(url("add_item", meeting.reference), data).status_code == 422
    assert AgendaItem.objects.count() == 0


def test_the_members_of_the_space_stand_ticked_and_others_are_found_by_search(
    meeting, commune, service, association, as_user, secretariat
):
    other = factories.ActorFactory(name_fr="Faculté pluridisciplinaire", search_text=" faculte pluridisciplinaire ")
    client = as_user(secretariat)
    page = client.get(url("invite", meeting.reference))
    assert dict(page.context["members"]) == {
        association: True,
        commune: True,
        service: True,
    }
    assert (other, False) in page.context["found"]
    found = client.get(url("invite", meeting.reference), {"q": "faculté"})
    assert found.context["found"] == [(other, False)]
    chosen = {"actors": [commune.pk, other.pk]}
    shown = client.post(url("invite", meeting.reference), chosen)
    client.post(url("invite", meeting.reference), chosen | {"planned": shown.context["planned"]})
    assert set(Invitation.objects.values_list("actor", flat=True)) == {commune.pk, other.pk}
    assert client.post(url("invite", meeting.reference), {}).status_code == 422


def test_the_institutions_people_answer_and_others_do_not(
    meeting, commune, as_user, officer, member, outsider, secretariat
):
    invitation = factories.InvitationFactory(meeting=meeting, actor=commune)
    address = url("answer_invitation", invitation.pk)
    assert as_user(outsider).get(address).status_code == 404
    assert as_user(member).post(address, {"answer": "declined"}).status_code == 403
    assert as_user(officer).send(address, {"answer": "confirmed", "representative": "رئيس المكتب"}).status_code == 302
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.representative, invitation.by_phone) == ("confirmed", "رئيس المكتب", False)
    assert as_user(secretariat).send(address, {"answer": "declined"}).status_code == 302
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.by_phone) == ("declined", True)


def test_an_answer_after_the_meeting_is_refused_with_a_sentence_and_nothing_is_lost(meeting, commune, as_user, officer):
    invitation = factories.InvitationFactory(meeting=meeting, actor=commune)
    client, address = as_user(officer), url("answer_invitation", invitation.pk)
    opened = answers.typed(client.get(address).context["form"])
    with time_machine.travel(datetime(2026, 12, 5, tzinfo=UTC)):
        answer = client.post(address, opened | {"answer": "confirmed", "note": "سنحضر متأخرين"})
    assert answer.status_code == 422
    assert "answers are no longer taken" in answer.content.decode()
    assert "سنحضر متأخرين" in answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.answer == "none"


def seen_in(page) -> dict[str, str]:
    """The stamps of the rows on the page."""
    return {field.html_name: str(field.value() or "") for field in page.context["form"].hidden_fields()}


def test_the_whole_table_is_saved_at_once(meeting, commune, service, association, as_user, secretariat):
    for actor in (commune, service):
        factories.InvitationFactory(meeting=meeting, actor=actor)
    guest = factories.ActorFactory()
    address = url("record_attendance", meeting.reference)
    with time_machine.travel(STARTS):
        client = as_user(secretariat)
        client.post(url("add_attendee", meeting.reference), {"actor": guest.pk})
        data = {
            f"status_{commune.pk}": "represented",
            f"represented_by_{commune.pk}": service.pk,
            f"status_{service.pk}": "late",
            f"status_{association.pk}": "present",
            f"representative_{association.pk}": "المديرة",
            f"status_{guest.pk}": "present",
        }
        assert client.post(address, data | seen_in(client.get(address))).status_code == 302
        refused = client.post(address, data | seen_in(client.get(address)) | {f"represented_by_{commune.pk}": ""})
    rows = {row.actor: (row.status, row.represented_by) for row in Attendance.objects.all()}
    assert rows == {
        commune: ("represented", service),
        service: ("late", None),
        association: ("present", None),
        guest: ("present", None),
    }
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [f"represented_by_{commune.pk}"]


def entry(answer):
    assert answer.headers["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(answer.content).walk("VEVENT")[0]


def test_the_calendar_entry_is_read_back_in_utc(meeting, as_user, member):
    Meeting.objects.update(sequence=3, place_fr="Nador", link="https://example.org/salle")
    event = entry(as_user(member).get(url("calendar", meeting.reference, language="fr")))
    assert event.decoded("dtstart") == STARTS
    assert event.decoded("dtend") == datetime(2026, 12, 4, 13, tzinfo=UTC)
    assert event.decoded("dtstamp") == NOW
    assert (str(event["uid"]), event["sequence"], str(event["status"])) == (f"{meeting.uid}@tansiq", 3, "CONFIRMED")
    assert (str(event["summary"]), str(event["location"])) == (meeting.title_fr, "Nador")
    assert str(event["url"]).endswith("/fr/meetings/TST-2026-01/")
    assert "example.org/salle" in str(event["description"])


def test_without_known_hours_the_entry_takes_whole_days(meeting, as_user, outsider):
    Meeting.objects.update(times_known=False, link="https://example.org/salle")
    event = entry(as_user(outsider).get(url("calendar", meeting.reference)))
    assert [str(event.decoded(name)) for name in ("dtstart", "dtend")] == ["2026-12-04", "2026-12-05"]
    assert "example.org/salle" not in str(event["description"])


@pytest.mark.parametrize(
    ("state", "status"), [("postponed", "TENTATIVE"), ("cancelled", "CANCELLED"), ("held", "CONFIRMED")]
)
def test_the_entry_says_whether_the_meeting_takes_place(meeting, as_user, member, state, status):
    Meeting.objects.update(state=state)
    assert str(entry(as_user(member).get(url("calendar", meeting.reference)))["status"]) == status


def test_the_calendar_entry_is_for_those_who_see_the_meeting(meeting, as_user, visitor):
    assert as_user(visitor).get(url("calendar", meeting.reference)).status_code == 404
    Meeting.objects.update(audience="public")
    assert as_user(visitor).get(url("calendar", meeting.reference)).status_code == 200


def test_the_table_at_the_door_says_what_each_institution_had_answered(meeting, commune, service, as_user, secretariat):
    factories.InvitationFactory(meeting=meeting, actor=commune, answer="confirmed")
    factories.InvitationFactory(meeting=meeting, actor=service, answer="declined")
    silent = factories.InvitationFactory(meeting=meeting).actor
    unsent = factories.InvitationFactory(meeting=meeting, sent_at=None).actor
    with time_machine.travel(STARTS):
        page = as_user(secretariat).get(url("record_attendance", meeting.reference))
    said = {line["actor"]: str(line["answer"]) for line in page.context["form"].lines()}
    told = {commune: "confirmed", service: "declined", silent: "no answer yet", unsent: ""}
    assert {actor: said[actor] for actor in told} == told
    shown = re.findall(r" · ([^<]+)</small></legend>", page.text)
    assert sorted(shown) == ["confirmed", "declined", "no answer yet"]


def test_one_button_notes_all_who_confirmed_as_present_and_the_table_is_then_saved(
    meeting, commune, service, as_user, secretariat
):
    confirmed = Invitation.Answer.CONFIRMED
    factories.InvitationFactory(meeting=meeting, actor=commune, answer=confirmed, representative="رئيسة المصلحة")
    factories.InvitationFactory(meeting=meeting, actor=service)
    excused = factories.InvitationFactory(meeting=meeting, answer=confirmed).actor
    address = url("record_attendance", meeting.reference)
    with time_machine.travel(STARTS):
        client = as_user(secretariat)
        page = client.get(address)
        assert "Mark as present the 2 institutions that confirmed" in page.text
        typed = {f"status_{excused.pk}": "excused", f"status_{service.pk}": "", f"status_{commune.pk}": ""}
        filled = client.post(
            address, typed | seen_in(page) | {"expected": "1", f"representative_{commune.pk}": "نائبها"}
        )
        assert (filled.status_code, Attendance.objects.exists()) == (200, False)
        assert "nothing is saved yet" in filled.text
        fields = filled.context["form"]
        noted = {actor: fields[f"status_{actor.pk}"].value() for actor in (commune, service, excused)}
        assert noted == {commune: "present", service: "", excused: "excused"}
        sent = {field.html_name: field.value() or "" for field in fields}
        assert client.post(address, sent).status_code == 302
    rows = {row.actor: (row.status, row.representative) for row in Attendance.objects.all()}
    assert rows == {commune: ("present", "نائبها"), excused: ("excused", "")}


def test_a_meeting_gone_by_in_preparation_is_recorded_by_one_button(meeting, commune, as_user, secretariat):
    Meeting.objects.update(state="draft")
    client, address = as_user(secretariat), url("meeting", meeting.reference)
    assert "Record as already held" not in client.get(address).text
    with time_machine.travel(STARTS + timedelta(days=30)):
        client = as_user(secretariat)
        page = client.get(address).text
        assert page.count("Record as already held") == 2
        assert url("announce_meeting", meeting.reference) not in page
        assert client.post(url("hold_meeting", meeting.reference)).status_code == 302
        assert "Note who came." in client.get(address).text
    assert Meeting.objects.get().state == "held"


def test_the_page_says_from_when_on_a_meeting_is_noted_as_held(meeting, as_user, secretariat):
    Attendance.objects.create(meeting=meeting, actor=meeting.organiser, status="present")
    address = url("meeting", meeting.reference)
    with time_machine.travel(STARTS - timedelta(hours=2)):
        page = as_user(secretariat).get(address).text
        assert "This meeting begins on Friday 4 December 2026 at 10:00: note it as held once it has begun." in page
        assert url("hold_meeting", meeting.reference) not in page
    with time_machine.travel(STARTS):
        assert as_user(secretariat).get(address).text.count(url("hold_meeting", meeting.reference)) == 2
