"""Two people with the same form open: what one of them did is not undone by the other, and each is told."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from meetings.actions import agenda, participation
from meetings.actions import meetings as actions
from meetings.actions.participation import Presence
from meetings.models import AgendaItem, Attendance, Meeting
from portal.core.forms import DateTimeField
from portal.notifications.models import Notification
from tests import factories
from tests.answers import typed
from tests.core.test_one_way_to_save import hidden

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def opened(client, address) -> dict:
    """The form as a browser would send it unchanged, with its key and its stamps."""
    page = client.get(address)
    form, data = page.context["form"], {}
    for name, field in form.fields.items():
        value = form[name].value()
        if isinstance(field, DateTimeField):
            day, hour = field.widget.decompress(value)
            data |= {f"{name}_day": f"{day:%d/%m/%Y}", f"{name}_time": f"{hour:%H:%M}"}
        elif value:
            data[name] = value
    data |= {field.html_name: field.value() or "" for field in form.hidden_fields()} | {"key": hidden(page)}
    return data | ({"seen": hidden(page, "seen")} if form.edits is not None else {})


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.ANNOUNCED, title_fr="Vieux")


def test_a_title_corrected_from_an_old_tab_moves_nothing_and_mails_nobody(
    meeting, commune, secretariat, administrator, as_user
):
    factories.ContactFactory(actor=commune)
    factories.InvitationFactory(meeting=meeting, actor=commune)
    client, address = as_user(secretariat), reverse("meetings:edit_meeting", args=[meeting.reference])
    old = opened(client, address)
    later = {name: getattr(meeting, name) + timedelta(hours=5) for name in ("starts_at", "ends_at")}
    actions.edit_meeting(meeting, **later, by=administrator)
    told = Notification.objects.count()

    assert client.post(address, old | {"title_fr": "Neuf"}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title_fr, meeting.starts_at, meeting.ends_at) == ("Neuf", later["starts_at"], later["ends_at"])
    assert (Notification.objects.count(), len(mail.outbox)) == (told, 0)


def test_the_same_hour_changed_by_both_is_refused_with_theirs(meeting, secretariat, administrator, as_user):
    client, address = as_user(secretariat), reverse("meetings:edit_meeting", args=[meeting.reference])
    old = opened(client, address)
    ends = meeting.ends_at + timedelta(hours=2)
    actions.edit_meeting(meeting, ends_at=ends, by=administrator)
    mine = f"{int(old['ends_at_time'][:2]) + 1}:00"
    refused = client.post(address, old | {"ends_at_time": mine})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["ends_at"]
    meeting.refresh_from_db()
    assert meeting.ends_at == ends
    again = old | {"ends_at_time": mine, "key": hidden(refused), "seen": hidden(refused, "seen")}
    assert client.post(address, again).status_code == 302


def test_presenters_added_meanwhile_stay_when_the_title_of_the_item_is_corrected(
    meeting, association, commune, secretariat, administrator, as_user
):
    item = agenda.add_item(meeting, title_ar="عرض", presenters=[association], by=secretariat)
    client, address = as_user(secretariat), reverse("meetings:edit_item", args=[item.pk])
    old = opened(client, address)
    agenda.edit_item(item, presenters=[association, commune], minutes_planned=45, by=administrator)

    assert client.post(address, old | {"title_fr": "Exposé"}).status_code == 302
    item.refresh_from_db()
    assert (item.title_fr, item.minutes_planned) == ("Exposé", 45)
    assert set(item.presenters.all()) == {association, commune}


def test_what_is_refused_inside_a_fold_is_seen(meeting, secretariat, administrator, as_user):
    item = agenda.add_item(meeting, title_ar="نقطة", title_fr="Vieux", by=administrator)
    client, address = as_user(secretariat), reverse("meetings:edit_item", args=[item.pk])
    old = opened(client, address)
    assert '<details class="fold">' in client.get(address).content.decode()
    agenda.edit_item(item, title_fr="Le leur", by=administrator)
    refused = client.post(address, old | {"title_fr": "Le mien"})
    assert refused.status_code == 422
    assert '<details class="fold" open>' in refused.content.decode()


def test_an_item_removed_meanwhile_is_said_and_what_was_typed_is_given_back(meeting, secretariat, as_user):
    item = agenda.add_item(meeting, title_ar="عرض", by=secretariat)
    client, address = as_user(secretariat), reverse("meetings:edit_item", args=[item.pk])
    old = opened(client, address) | {"title_fr": "Un titre que personne ne veut retaper"}
    agenda.remove_item(item, by=secretariat)
    answer = client.post(address, old, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 404
    assert "Un titre que personne ne veut retaper" in answer.content.decode()


def test_an_item_added_twice_by_two_taps_is_one_item(meeting, secretariat, as_user):
    client, address = as_user(secretariat), reverse("meetings:add_item", args=[meeting.reference])
    data = opened(client, address) | {"title_ar": "عرض"}
    assert [client.post(address, data).status_code for _tap in range(2)] == [302, 302]
    assert AgendaItem.objects.count() == 1


# Attendance, row by row.


@pytest.fixture
def held(space, association, commune, service, secretariat):
    begins = timezone.now() - timedelta(days=1)
    times = {"starts_at": begins, "ends_at": begins + timedelta(hours=2)}
    meeting = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.HELD, **times)
    for actor in (commune, service):
        factories.InvitationFactory(meeting=meeting, actor=actor)
    participation.record_attendance(meeting, rows=[Presence(commune, "absent")], by=secretariat)
    return meeting


def table(meeting) -> str:
    return reverse("meetings:record_attendance", args=[meeting.reference])


def noted(meeting) -> dict:
    return {row.actor.slug: row.status for row in Attendance.objects.filter(meeting=meeting)}


def test_rows_recorded_meanwhile_stay(held, commune, service, outsider, secretariat, administrator, as_user):
    client = as_user(secretariat)
    old = opened(client, table(held))
    guest = factories.ActorFactory(slug="guest")
    participation.add_attendee(held, actor=guest, by=administrator)
    participation.record_attendance(held, rows=[Presence(commune, "present")], by=administrator)

    assert client.post(table(held), old | {f"status_{service.pk}": "excused"}).status_code == 302
    assert noted(held) == {"guest": "present", "commune-a": "present", "service-b": "excused"}


def test_the_same_row_is_refused_with_theirs_and_saved_when_sent_again(
    held, commune, service, secretariat, administrator, as_user
):
    client = as_user(secretariat)
    old = opened(client, table(held))
    rows = [Presence(commune, "represented", service), Presence(service, "late")]
    participation.record_attendance(held, rows=rows, by=administrator)

    mine = old | {f"status_{commune.pk}": "excused"}
    refused = client.post(table(held), mine)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [f"status_{commune.pk}"]
    assert noted(held)["commune-a"] == "represented"
    seen = {field.html_name: field.value() or "" for field in refused.context["form"].hidden_fields()}
    assert client.post(table(held), mine | seen | {"key": hidden(refused)}).status_code == 302
    assert noted(held) == {"commune-a": "excused", "service-b": "late"}


def test_a_row_taken_away_meanwhile_is_said_where_it_is_changed_and_stays_away_where_not(
    held, commune, service, secretariat, administrator, as_user
):
    client = as_user(secretariat)
    old = opened(client, table(held))
    participation.record_attendance(held, rows=[Presence(commune, "")], by=administrator)

    assert client.post(table(held), old | {f"status_{service.pk}": "late"}).status_code == 302
    assert noted(held) == {"service-b": "late"}
    page = client.get(table(held))
    refused = client.post(table(held), old | {f"status_{commune.pk}": "present", "key": hidden(page)})
    assert list(refused.context["form"].errors) == [f"status_{commune.pk}"]


@pytest.mark.parametrize("stamp", [None, "nonsense", "999999"])
def test_a_row_without_a_stamp_that_counts_changes_nothing(held, commune, secretariat, as_user, stamp):
    client = as_user(secretariat)
    data = opened(client, table(held)) | {f"status_{commune.pk}": "present"}
    del data[f"seen_{commune.pk}"]
    answer = client.post(table(held), data if stamp is None else data | {f"seen_{commune.pk}": stamp})
    assert (answer.status_code, noted(held)) == (422, {"commune-a": "absent"})


def test_what_is_refused_in_the_table_is_said_with_its_institution(held, commune, secretariat, administrator, as_user):
    client = as_user(secretariat)
    old = opened(client, table(held))
    participation.record_attendance(held, rows=[Presence(commune, "present")], by=administrator)
    refused = client.post(table(held), old | {f"status_{commune.pk}": "excused"}).content.decode()
    summary = refused[refused.index("error-summary") :].split("</ul>")[0]
    assert commune.name in summary


# What an institution answers.


@pytest.fixture
def invitation(meeting, commune):
    return factories.InvitationFactory(meeting=meeting, actor=commune)


def asked(invitation) -> str:
    return reverse("meetings:answer_invitation", args=[invitation.pk])


def answered(invitation) -> tuple[str, str, str]:
    invitation.refresh_from_db()
    return invitation.answer, invitation.representative, invitation.note


def test_an_answer_noted_by_telephone_does_not_undo_the_institutions_own(invitation, officer, secretariat, as_user):
    client = as_user(secretariat)
    old = typed(client.get(asked(invitation)).context["form"])
    participation.answer_invitation(invitation, answer="declined", note="مانع", by=officer)
    refused = client.post(asked(invitation), old | {"answer": "confirmed"})
    form = refused.context["form"]
    assert (refused.status_code, list(form.errors)) == (422, ["answer"])
    assert f"{officer} has changed this meanwhile; it now says: “declined”." in form.errors["answer"][0]
    assert answered(invitation) == ("declined", "", "مانع")
    assert client.post(asked(invitation), old | {"answer": "confirmed", "seen": form.stamp}).status_code == 302
    assert answered(invitation) == ("confirmed", "", "مانع")


def test_who_attends_after_all_is_represented_by_nobody_any_more(invitation, officer, secretariat, as_user):
    who = {"representative": "رئيس المكتب", "mandate": "التوقيع", "note": "سنصل متأخرين"}
    client = as_user(secretariat)
    named = typed(client.get(asked(invitation)).context["form"]) | who | {"answer": "delegated"}
    assert client.post(asked(invitation), named).status_code == 302
    assert (*answered(invitation), invitation.by_phone) == ("confirmed", "رئيس المكتب", "سنصل متأخرين", True)

    client = as_user(officer)
    shown = client.get(asked(invitation)).context["form"]
    assert shown["answer"].value() == "delegated"
    assert client.post(asked(invitation), typed(shown) | {"answer": "confirmed"}).status_code == 302
    assert (*answered(invitation), invitation.mandate) == ("confirmed", "", "سنصل متأخرين", "")
    assert client.get(asked(invitation)).context["form"]["answer"].value() == "confirmed"


def test_two_colleagues_who_answer_the_same_and_add_different_things_keep_both(invitation, officer, manager, as_user):
    client = as_user(officer)
    old = typed(client.get(asked(invitation)).context["form"])
    participation.answer_invitation(invitation, answer="confirmed", representative="رئيس المكتب", by=manager)
    assert client.post(asked(invitation), old | {"answer": "confirmed", "note": "سنصل متأخرين"}).status_code == 302
    assert answered(invitation) == ("confirmed", "رئيس المكتب", "سنصل متأخرين")


def test_a_note_added_to_a_confirmation_that_was_withdrawn_meanwhile_does_not_confirm_again(
    invitation, officer, manager, as_user
):
    participation.answer_invitation(invitation, answer="confirmed", by=manager)
    client = as_user(officer)
    old = typed(client.get(asked(invitation)).context["form"])
    participation.answer_invitation(invitation, answer="declined", by=manager)
    refused = client.post(asked(invitation), old | {"note": "ملاحظة"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["answer"])
    assert answered(invitation) == ("declined", "", "")


def test_declining_over_a_representative_somebody_named_meanwhile_is_told(invitation, officer, manager, as_user):
    participation.answer_invitation(invitation, answer="confirmed", by=manager)
    client = as_user(officer)
    old = typed(client.get(asked(invitation)).context["form"])
    participation.answer_invitation(invitation, answer="confirmed", representative="رئيس المكتب", by=manager)
    refused = client.post(asked(invitation), old | {"answer": "declined"})
    assert list(refused.context["form"].errors) == ["representative"]
    assert answered(invitation) == ("confirmed", "رئيس المكتب", "")


def test_one_tap_confirms_what_was_not_answered_yet_and_nothing_else(invitation, officer, manager, as_user):
    client = as_user(officer)
    page = client.get(invitation.meeting.get_absolute_url())
    tap = {"answer": "confirmed", "seen": hidden(page, "seen")}
    participation.answer_invitation(invitation, answer="declined", by=manager)
    assert client.post(asked(invitation), tap).status_code == 422
    assert answered(invitation)[0] == "declined"


def test_one_tap_is_all_it_takes(invitation, officer, as_user):
    client = as_user(officer)
    seen = hidden(client.get(invitation.meeting.get_absolute_url()), "seen")
    assert client.post(asked(invitation), {"answer": "confirmed", "seen": seen}).status_code == 302
    assert answered(invitation)[0] == "confirmed"


@pytest.mark.parametrize("forged", ["", "0", "nonsense", "9" * 30])
def test_an_answer_with_a_stamp_of_nothing_or_of_another_invitation_is_refused(
    invitation, service, officer, as_user, forged
):
    other = factories.InvitationFactory(meeting=invitation.meeting, actor=service)
    client = as_user(officer)
    for seen in (forged, str(other.history.first().history_id)):
        answer = client.post(asked(invitation), {"answer": "declined", "note": "مانع", "seen": seen})
        assert (answer.status_code, "what you had before you" in answer.content.decode()) == (422, True)
        assert answer.context["form"]["note"].value() == "مانع"
    assert answered(invitation)[0] == "none"


def test_an_answer_to_an_invitation_taken_away_meanwhile_is_given_back(invitation, officer, as_user):
    client = as_user(officer)
    old = typed(client.get(asked(invitation)).context["form"]) | {"answer": "confirmed", "note": "سنصل متأخرين"}
    address = asked(invitation)
    invitation.delete()
    answer = client.post(address, old, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, "سنصل متأخرين" in answer.content.decode()) == (404, True)
