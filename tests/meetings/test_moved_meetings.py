"""A meeting whose date changes, as people see it: what speaks against the date, who is asked anew, what is reminded."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from meetings.actions import meetings as actions
from meetings.actions import participation
from meetings.merging import _latest_answer as joined
from meetings.models import Invitation, Meeting
from meetings.reading.open_items import open_items
from portal.core.dates import today
from portal.notifications.models import Notification
from portal.notifications.reminders import send_due
from portal.reference.models import Holiday
from tests import factories
from tests.answers import stamp
from tests.core.test_one_way_to_save import hidden
from tests.meetings.test_editing_at_once import opened

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
#: a Friday
STARTS = datetime(2026, 12, 4, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(reference="TST-2026-01", space=space, organiser=association, starts_at=STARTS)


@pytest.fixture
def invitation(meeting, commune, officer):
    return factories.InvitationFactory(meeting=meeting, actor=commune, answer="confirmed", answered_at=NOW)


def url(name, *args):
    return reverse(f"meetings:{name}", args=args)


def moved(meeting, by, by_how_much=timedelta(days=7)):
    times = {name: getattr(meeting, name) + by_how_much for name in ("starts_at", "ends_at")}
    return actions.edit_meeting(meeting, **times, by=by)


# What speaks against a date.


def on(day, begins="10:00", ends="12:00"):
    return {"starts_at_day": day, "starts_at_time": begins, "ends_at_day": day, "ends_at_time": ends}


FEAST = "Wednesday 16 December 2026 is a public holiday: Feast of the test."
BUSY = "Another meeting of the same space is at that time (Thursday 10 December 2026 at 10:00):"
DATES = {
    "past": (on("20/11/2026"), ["This date is gone by: Friday 20 November 2026 at 10:00."]),
    "weekend": (on("12/12/2026"), ["Saturday 12 December 2026 is not a working day."]),
    "holiday": (
        on("16/12/2026"),
        [f"{FEAST} This day is an estimate until it is confirmed."],
    ),
    "another meeting": (
        on("10/12/2026", "11:30", "13:00"),
        [f'{BUSY} <a href="/en/meetings/OTHER-2026-77/"><bdi>The other</bdi></a>'],
    ),
    "right after another": (on("10/12/2026", "13:00", "14:00"), []),
    "a free working day": (on("11/12/2026"), []),
}


@pytest.fixture
def calendar(space, association):
    Holiday.objects.create(
        day=date(2026, 12, 16), name_ar="عيد", name_fr="Fête", name_en="Feast of the test", is_estimated=True
    )
    begins = datetime(2026, 12, 10, 10, tzinfo=UTC)
    other = {"organiser": association, "starts_at": begins, "title_en": "The other"}
    factories.MeetingFactory(reference="OTHER-2026-77", space=space, **other)
    factories.MeetingFactory(space=space, state=Meeting.State.CANCELLED, **other)
    factories.MeetingFactory(space=factories.SpaceFactory(), **other)


def filled(way, meeting, client, association, space):
    """The address at which the date is set in this way, and what is typed there before the date."""
    if way == "add":
        form = {"organiser": association.pk, "space": space.pk, "kind": "ordinary", "title_ar": "لقاء جديد"}
        return url("add_meeting"), form | {"times_known": "on", "language": "ar", "audience": "members"}
    if way == "edit":
        address = url("edit_meeting", meeting.reference)
        return address, opened(client, address)
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.POSTPONED)
    address = url("reannounce_meeting", meeting.reference)
    return address, {"times_known": "on"} | stamp(client, address)


@pytest.mark.parametrize("way", ["add", "edit", "reannounce"])
@pytest.mark.parametrize(("typed", "sentences"), DATES.values(), ids=list(DATES))
def test_what_speaks_against_a_date_is_said_once_and_saved_all_the_same(
    way, typed, sentences, meeting, calendar, association, space, as_user, secretariat
):
    client = as_user(secretariat)
    address, data = filled(way, meeting, client, association, space)
    before = list(Meeting.objects.order_by("pk").values())
    answer = client.post(address, data | typed)
    if sentences:
        assert answer.status_code == 422
        form = answer.context["form"]
        assert [str(sentence) for sentence in form.warnings.values()] == sentences
        button = "Announce all the same" if way == "reannounce" else "Save all the same"
        assert button in answer.content.decode()
        assert list(Meeting.objects.order_by("pk").values()) == before
        again = {"key": hidden(answer), "told": form["told"].value()}
        answer = client.post(address, data | typed | again)
    assert answer.status_code == 302
    saved = Meeting.objects.exclude(reference="OTHER-2026-77").values_list("starts_at", flat=True)
    assert f"{typed['starts_at_day']} {typed['starts_at_time']}" in {f"{at:%d/%m/%Y %H:%M}" for at in saved}


def test_another_date_is_warned_of_anew(meeting, as_user, secretariat):
    client, address = as_user(secretariat), url("edit_meeting", meeting.reference)
    data = opened(client, address)
    first = client.post(address, data | on("12/12/2026"))
    again = {"key": hidden(first), "told": first.context["form"]["told"].value()}
    second = client.post(address, data | on("13/12/2026") | again)
    assert (second.status_code, list(second.context["form"].warnings)) == (422, ["rest:2026-12-13"])


def test_a_title_corrected_warns_of_nothing(meeting, as_user, secretariat, administrator):
    """Neither where the date on the page speaks against itself, nor where it is the old one of a stale page."""
    saturday = datetime(2026, 12, 5, 10, tzinfo=UTC)
    Meeting.objects.update(starts_at=saturday, ends_at=saturday + timedelta(hours=2))
    client, address = as_user(secretariat), url("edit_meeting", meeting.reference)
    old = opened(client, address)
    assert client.post(address, old | {"title_fr": "Neuf"}).status_code == 302
    old = opened(client, address)
    meeting.refresh_from_db()
    moved(meeting, administrator, timedelta(days=2))
    assert client.post(address, old | {"title_fr": "Encore neuf"}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title_fr, meeting.starts_at) == ("Encore neuf", saturday + timedelta(days=2))


def test_where_hours_are_not_known_the_whole_day_is_taken(meeting, calendar, as_user, secretariat):
    Meeting.objects.filter(reference="OTHER-2026-77").update(times_known=False)
    client, address = as_user(secretariat), url("edit_meeting", meeting.reference)
    data = opened(client, address) | on("10/12/2026", "19:00", "20:00")
    assert [key.partition(":")[0] for key in client.post(address, data).context["form"].warnings] == ["busy"]


# Two people, and a page opened before the move.


def test_of_two_people_moving_a_meeting_at_once_the_second_is_told(
    meeting, invitation, secretariat, administrator, as_user
):
    client, address = as_user(secretariat), url("edit_meeting", meeting.reference)
    old = opened(client, address)
    moved(meeting, administrator)
    told = Notification.objects.count()
    refused = client.post(address, old | on("08/12/2026", ends="13:00"))
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"starts_at", "ends_at"})
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.times_moved, Notification.objects.count()) == (
        STARTS + timedelta(days=7), 1, told,
    )  # fmt: skip
    again = {"key": hidden(refused), "seen": hidden(refused, "seen")}
    shown = client.post(address, old | on("08/12/2026", ends="13:00") | again)
    again |= {"told": shown.context["form"]["told"].value()}
    assert client.post(address, old | on("08/12/2026", ends="13:00") | again).status_code == 302
    invitation.refresh_from_db()
    assert (invitation.earlier_answer, invitation.earlier_date) == ("confirmed", STARTS)


def test_of_two_people_giving_a_postponed_meeting_a_date_at_once_the_second_is_told(
    meeting, secretariat, administrator, as_user
):
    actions.postpone_meeting(meeting, reason="تعذر", by=administrator)
    client, address = as_user(secretariat), url("reannounce_meeting", meeting.reference)
    seen = {"times_known": "on"} | stamp(client, address)
    later = STARTS + timedelta(days=7)
    actions.reannounce_meeting(meeting, starts_at=later, ends_at=later + timedelta(hours=2), by=administrator)
    refused = client.post(address, seen | on("08/12/2026"))
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"starts_at", "ends_at"})
    meeting.refresh_from_db()
    assert meeting.starts_at == later


def test_an_answer_from_a_page_of_before_the_move_is_not_taken_for_the_new_date(
    meeting, invitation, officer, secretariat, as_user
):
    client, address = as_user(officer), url("answer_invitation", invitation.pk)
    Invitation.objects.update(answer="none")
    page = client.get(url("meeting", meeting.reference)).content.decode()
    assert f'name="asked_for" value="{STARTS.isoformat()}"' in page
    seen = stamp(client, address)
    moved(meeting, secretariat)
    refused = client.post(address, seen | {"answer": "confirmed", "asked_for": STARTS.isoformat()})
    assert refused.status_code == 422
    assert "Friday 11 December 2026 at 10:00" in str(refused.context["form"].non_field_errors())
    invitation.refresh_from_db()
    assert invitation.answer == "none"
    again = {"answer": "confirmed", "asked_for": refused.context["form"]["asked_for"].value(), "key": hidden(refused)}
    assert client.post(address, seen | again).status_code == 302
    invitation.refresh_from_db()
    assert invitation.answer == "confirmed"


def test_an_answer_changed_on_a_page_of_before_the_move_is_told_that_it_counts_no_more(
    meeting, invitation, officer, secretariat, as_user
):
    client, address = as_user(officer), url("answer_invitation", invitation.pk)
    old = opened(client, address)
    moved(meeting, secretariat)
    refused = client.post(address, old | {"note": "Avec deux personnes"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["answer"])
    again = {name: refused.context["form"][name].value() for name in ("answer", "note", "asked_for")}
    keys = {"key": hidden(refused), "seen": hidden(refused, "seen")}
    assert client.post(address, again | keys).status_code == 302
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.earlier_answer) == ("confirmed", "none")


# What is read of the answer for the old date.


def test_the_answer_for_the_old_date_is_shown_as_such(meeting, invitation, commune, officer, secretariat, as_user):
    words = "answered for the old date: confirmed"
    tab, page = url("participation", meeting.reference), url("answer_invitation", invitation.pk)
    assert words not in as_user(secretariat).get(tab).content.decode()
    moved(meeting, secretariat)
    table = as_user(secretariat).get(tab)
    assert f"{words} (4 December 2026)" in table.content.decode()
    assert (table.context["totals"]["unanswered"], table.context["totals"]["confirmed"]) == (1, 0)
    asked = as_user(officer).get(page).content.decode()
    assert "The answer given for Friday 4 December 2026 at 10:00 (confirmed) no longer counts" in asked
    assert "The date has changed since your institution answered" in (
        as_user(officer).get(url("meeting", meeting.reference)).context["next"].text
    )
    assert [str(item.state) for item in open_items(commune, today(), NOW)] == [words]
    participation.remind_invitation(Invitation.objects.get(), by=secretariat)
    reminded = Notification.objects.get(kind="meetings.answer_missing")
    assert reminded.context["earlier_date"] == {"__instant__": STARTS.isoformat()}


def test_nobody_is_shown_as_designated_by_an_answer_for_the_old_date(meeting, invitation, secretariat, as_user):
    Invitation.objects.update(representative="رئيس المكتب")
    tab = url("participation", meeting.reference)
    assert "رئيس المكتب" in as_user(secretariat).get(tab).content.decode()
    moved(meeting, secretariat)
    assert "رئيس المكتب" not in as_user(secretariat).get(tab).content.decode()


# Reminders begin anew.


def at(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=UTC)


def sent(now):
    return [(line.rung, line.occurrence) for line in send_due(now) if line.outcome == "sent"]


def test_another_hour_on_the_same_day_is_reminded_of_again(meeting, invitation, secretariat):
    assert sent(at(11, 27)) == [("meetings.coming-7", "2026-12-04")]
    assert sent(at(12, 3)) == [("meetings.coming-1", "2026-12-04")]
    with time_machine.travel(at(12, 3, 8), tick=False):
        moved(meeting, secretariat, timedelta(hours=4))
    assert sent(at(12, 3, 10)) == [("meetings.coming-1", "2026-12-04+1")]


def test_who_had_declined_the_old_date_is_asked_for_its_answer_to_the_new_one(meeting, invitation, secretariat):
    Invitation.objects.update(answer="declined")
    assert sent(at(11, 27)) == []
    moved(meeting, secretariat)
    assert sent(at(12, 4)) == [("meetings.answer_missing-5", "2026-12-11+1")]
    told = Notification.objects.get(kind="meetings.answer_missing")
    assert told.context["earlier"] == "اعتذرت"


def test_a_meeting_moved_to_the_day_after_tomorrow_does_not_remind_of_the_week_before(meeting, invitation, secretariat):
    moved(meeting, secretariat, timedelta(days=-8))
    assert sent(at(11, 23, 10)) == []
    assert sent(at(11, 25)) == [("meetings.coming-1", "2026-11-26+1")]


def test_of_two_sheets_of_one_institution_the_answer_for_the_old_date_is_kept():
    theirs = Invitation(earlier_answer="declined", earlier_date=STARTS, answered_at=NOW)
    kept = joined(Invitation(), theirs)
    assert (kept["answer"], kept["earlier_answer"], kept["earlier_date"]) == ("none", "declined", STARTS)
    assert joined(Invitation(answer="confirmed", answered_at=NOW), theirs) == {}


def test_the_export_says_what_the_table_does(meeting, invitation, officer, outsider, secretariat, as_user):
    moved(meeting, secretariat)
    address = f"{url('participation', meeting.reference)}?export=csv"
    answer = as_user(officer).get(address)
    [head, row] = answer.getvalue().decode("utf-8-sig").splitlines()
    assert head == "Institution;Kind;Invitation;Represented by;Attendance"
    assert row == "Commune d’essai A;commune;answered for the old date: confirmed (4 December 2026);;"
    assert not as_user(outsider).get(address).headers["Content-Type"].startswith("text/csv")


# Who is told is shown before anybody is.


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (on("11/12/2026"), "are told the new date at once, and asked anew"),
        ({"place_ar": "قاعة أخرى"}, "are told of this change at once, and their answers stay"),
        (on("23/11/2026", "08:00", "18:00"), "are told of this change at once, and their answers stay"),
        ({"title_ar": "عنوان آخر"}, ""),
    ],
)
def test_a_change_that_is_mailed_shows_first_who_is_told(
    typed, sentence, meeting, invitation, as_user, secretariat, service
):
    factories.InvitationFactory(meeting=meeting, actor=factories.ActorFactory(name_en="No mail"))
    contact = factories.ContactFactory(actor=invitation.actor, email="first@example.org")
    factories.FocalPointFactory(contact=contact)
    client, address = as_user(secretariat), url("edit_meeting", meeting.reference)
    kept = opened(client, address) | typed
    shown = client.post(address, kept)
    assert (shown.status_code, Notification.objects.count()) == ((422, 0) if sentence else (302, 0))
    if not sentence:
        return
    for text in (sentence, "first@example.org", "No mail", "No address for mail, please telephone"):
        assert text in shown.text
    only = "past:" not in " ".join(shown.context["form"].warnings)
    assert ("Save and write to the institutions" in shown.text, "Save all the same" in shown.text) == (only, not only)
    kept |= {"told": shown.context["form"]["told"].value()}
    contact.email = "second@example.org"
    contact.save()
    again = client.post(address, kept)
    assert (again.status_code, "second@example.org" in again.text) == (422, True)
    kept |= {"told": again.context["form"]["told"].value()}
    assert client.post(address, kept).status_code == 302
    assert [row.email for row in Notification.objects.all()] == ["second@example.org"]


# Whom no mail reaches is said whenever the invited are told.


@pytest.mark.parametrize(
    ("act", "typed", "is_said"),
    [
        ("edit_meeting", on("11/12/2026"), True),
        ("edit_meeting", {"place_ar": "قاعة أخرى"}, True),
        ("edit_meeting", {"title_ar": "عنوان آخر"}, False),
        ("cancel_meeting", {"reason": "القاعة غير متوفرة"}, True),
        ("postpone_meeting", {"reason": "دورة المجلس"}, True),
    ],
)
def test_whoever_no_mail_reaches_is_named_to_be_telephoned(
    act, typed, is_said, meeting, invitation, as_user, secretariat
):
    factories.InvitationFactory(meeting=meeting, actor=factories.ActorFactory(name_en="No mail"))
    client, address = as_user(secretariat), url(act, meeting.reference)
    kept = opened(client, address) if act == "edit_meeting" else {}
    if act == "edit_meeting" and is_said:
        shown = client.post(address, kept | typed)
        kept |= {"told": shown.context["form"]["told"].value()}
    answer = client.post(address, kept | typed, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert answer.redirect_chain
    assert ("No mail reaches these institutions, telephone them: No mail" in said) is is_said, said
