"""One way to save: what is sent twice acts once, nobody overwrites what they never saw, and nothing typed is lost."""

import re
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils.translation import override

from meetings.models import Meeting
from portal.core import history
from portal.core.acting import THE_PORTAL, Bearer, rule
from portal.core.errors import Forbidden, Refused
from portal.core.keys import KEY, bearer_of, new_base
from portal.core.models import OneTimeKey
from portal.core.tasks import forget_keys
from portal.notifications.models import Notification
from portal.notifications.rules.recipients import Recipient
from recommendations import actions
from recommendations.models import Assignment, FollowUp, Recommendation
from tests import factories

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    with override("en"):
        yield time_machine


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(
        space=space, organiser=association, state=Meeting.State.HELD, reference="TST-2026-01"
    )


@pytest.fixture
def led(meeting, commune):
    recommendation = factories.RecommendationFactory(meeting=meeting, reference="TST-2026-01-R1", text_fr="Ancien")
    factories.AssignmentFactory(recommendation=recommendation, actor=commune)
    return recommendation


def hidden(page, name=KEY) -> str:
    """The hidden value of the last form on the page, which is the page's own."""
    return re.findall(rf'name="{name}" value="([^"]*)"', page.content.decode())[-1]


def errors(answer) -> str:
    form = answer.context["form"]
    return " ".join(str(error) for told in form.errors.values() for error in told)


def draft_url(meeting):
    return f"/en/meetings/{meeting.reference}/recommendations/add/"


def draft(**changes):
    return {"text_ar": "إحداث لائحة", "people": "all", "level": "local", "priority": "2_normal"} | changes


def edit_url(recommendation):
    return f"/en/recommendations/{recommendation.reference}/edit/"


def report_url(recommendation):
    return f"/en/recommendations/{recommendation.reference}/report/"


# Sent twice.


def test_a_form_sent_twice_acts_once_and_leads_to_the_same_place(meeting, secretariat, as_user):
    client = as_user(secretariat)
    data = draft() | {KEY: hidden(client.get(draft_url(meeting)))}
    first = client.post(draft_url(meeting), data)
    again = client.post(draft_url(meeting), data, follow=True)

    assert Recommendation.objects.count() == 1
    assert [first.status_code, again.redirect_chain] == [302, [(first.url, 302)]]
    assert [str(told) for told in again.context["messages"]] == [
        "Draft R1 is saved.",
        "This was sent twice; it was done once.",
    ]


def test_five_taps_on_a_report_with_a_file_are_one_entry_and_one_mail(led, officer, secretariat, as_user):
    client = as_user(officer)
    page = client.get(report_url(led))
    data = {"new_state": "done", "account": "أُنجز", KEY: hidden(page), "seen": hidden(page, "seen")}
    for _tap in range(5):
        client.post(report_url(led), data | {"files": SimpleUploadedFile("essai.txt", b"texte")})
    assert FollowUp.objects.count() == 1
    assert Notification.objects.filter(user=secretariat, kind="recommendations.declared_done").count() == 1


def test_a_button_pressed_twice_is_not_told_that_it_came_too_late(led, officer, as_user):
    assignment = led.assignments.get()
    assignment.answer = Assignment.Answer.WAITING
    assignment.save()
    client, data = as_user(officer), {KEY: f"{new_base(bearer_of(officer))}.0"}
    url = f"/en/recommendations/assignments/{assignment.pk}/accept/"
    answers = [client.post(url, data) for _tap in range(2)]
    assert [answer.url for answer in answers] == [led.get_absolute_url()] * 2
    told = [str(message) for message in client.get(led.get_absolute_url()).context["messages"]]
    assert told[1:] == ["This was sent twice; it was done once."]


def test_what_is_gone_since_the_first_time_still_leads_to_what_came_of_it(led, secretariat, as_user):
    client, data = as_user(secretariat), {KEY: f"{new_base(bearer_of(secretariat))}.0"}
    url = f"/en/recommendations/assignments/{led.assignments.get().pk}/withdraw/"
    answers = [client.post(url, data) for _tap in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, led.get_absolute_url())] * 2
    assert client.post(url).status_code == 404


def test_a_refused_act_consumes_no_key(led, officer, as_user):
    client = as_user(officer)
    page = client.get(report_url(led))
    data = {"new_state": "done", "account": "أُنجز", KEY: hidden(page), "seen": hidden(page, "seen")}
    assert client.post(report_url(led), data).status_code == 422
    assert OneTimeKey.objects.count() == 0
    assert client.post(report_url(led), data | {"links": "https://example.org/x"}).status_code == 302
    assert OneTimeKey.objects.get().bearer == f"user:{officer.pk}"


@pytest.mark.parametrize("rows", [1, 3])
def test_two_forms_of_one_page_have_keys_of_their_own(meeting, secretariat, as_user, rows):
    for number in range(rows):
        factories.RecommendationFactory(
            meeting=meeting, reference=f"{meeting.reference}-R{number + 1}", state="draft", adopted_at=None
        )
    page = as_user(secretariat).get(f"/en/meetings/{meeting.reference}/recommendations/").content.decode()
    keys = re.findall(rf'name="{KEY}" value="([^"]*)"', page)
    assert len(set(keys)) == len(keys) > rows


# Keys that do not count.


def sent(client, url, data, key):
    return client.post(url, data | {KEY: key})


def test_a_key_missing_foreign_or_too_old_loses_nothing_and_the_next_one_counts(
    meeting, secretariat, officer, as_user, clock
):
    old = f"{new_base(bearer_of(secretariat))}.0"
    clock.shift(timedelta(days=14, minutes=1))
    client, url = as_user(secretariat), draft_url(meeting)
    told = {
        "": "without its key",
        "nonsense": "opened by somebody else",
        f"{new_base(bearer_of(officer))}.0": "opened by somebody else",
        f"{new_base(bearer_of(secretariat))}.{'9' * 200}": "opened by somebody else",
        old: "more than two weeks ago",
    }
    for key, sentence in told.items():
        answer = sent(client, url, draft(), key)
        assert (answer.status_code, sentence in errors(answer)) == (422, True), key
        assert answer.context["form"]["text_ar"].value() == "إحداث لائحة"
    assert Recommendation.objects.count() == 0
    assert sent(client, url, draft(), hidden(answer)).status_code == 302


def test_a_button_without_a_key_does_nothing_and_says_so(led, secretariat, as_user):
    Recommendation.objects.filter(pk=led.pk).update(state="draft", adopted_at=None)
    answer = as_user(secretariat).post(f"{led.get_absolute_url()}adopt/", {KEY: ""}, follow=True)
    assert [str(told) for told in answer.context["messages"]] == [
        "This form came without its key, so nothing has been saved yet. Send it once more."
    ]
    led.refresh_from_db()
    assert led.state == "draft"


def test_a_key_that_acted_with_other_words_is_asked_about_and_the_words_are_kept(meeting, secretariat, as_user):
    client, url = as_user(secretariat), draft_url(meeting)
    key = hidden(client.get(url))
    sent(client, url, draft(), key)
    answer = sent(client, url, draft(text_ar="كلام آخر"), key)
    assert answer.status_code == 422
    assert "was sent before, with other words" in errors(answer)
    assert f'<a href="/en/meetings/{meeting.reference}/recommendations/">See what came of it</a>' in errors(answer)
    assert answer.context["form"]["text_ar"].value() == "كلام آخر"
    assert sent(client, url, draft(text_ar="كلام آخر"), hidden(answer)).status_code == 302
    assert Recommendation.objects.count() == 2


def test_keys_are_forgotten_after_fourteen_days(meeting, secretariat, as_user, clock):
    as_user(secretariat).post(draft_url(meeting), draft())
    clock.shift(timedelta(days=14))
    forget_keys()
    assert OneTimeKey.objects.count() == 1
    clock.shift(timedelta(seconds=1))
    forget_keys()
    assert OneTimeKey.objects.count() == 0


# The same words again.


def test_the_same_words_from_a_second_tab_are_asked_about_once(meeting, secretariat, as_user):
    client, url = as_user(secretariat), draft_url(meeting)
    client.post(url, draft())
    asked = client.post(url, draft())
    assert asked.status_code == 422
    assert "You have just made this with the same words: <bdi>إحداث لائحة</bdi>" in errors(asked)
    assert ">Open it</a>. Send the form once more to make another." in errors(asked)
    assert Recommendation.objects.count() == 1
    assert client.post(url, draft(again=hidden(asked, "again"), key=hidden(asked))).status_code == 302
    assert Recommendation.objects.count() == 2


def test_the_same_words_sent_in_another_language_are_the_same(meeting, secretariat, as_user):
    client, url = as_user(secretariat), draft_url(meeting)
    client.post(url, draft())
    assert client.post(url.replace("/en/", "/fr/", 1), draft()).status_code == 422
    assert Recommendation.objects.count() == 1


def test_the_same_words_sent_elsewhere_are_not_the_same(meeting, secretariat, as_user):
    client, other = as_user(secretariat), factories.MeetingFactory(space=meeting.space, state=Meeting.State.HELD)
    client.post(draft_url(meeting), draft())
    assert client.post(draft_url(other), draft()).status_code == 302


def test_other_words_another_person_or_a_while_later_are_not(meeting, secretariat, administrator, as_user, clock):
    client, url = as_user(secretariat), draft_url(meeting)
    client.post(url, draft())
    assert client.post(url, draft(text_ar="كلام آخر")).status_code == 302
    assert as_user(administrator).post(url, draft()).status_code == 302
    clock.shift(timedelta(minutes=10, seconds=1))
    assert client.post(url, draft()).status_code == 302


# What the editor saw.


def opened(client, recommendation) -> dict:
    """The form as a browser would send it unchanged, with its key and its stamp."""
    page = client.get(edit_url(recommendation))
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in values.items() if value not in (None, "", [])}
    return data | {KEY: hidden(page), "seen": hidden(page, "seen")}


@pytest.fixture
def text(meeting):
    row = factories.RecommendationFactory(
        meeting=meeting, reference="TST-2026-01-R7", state="draft", adopted_at=None, text_ar="نص", text_fr="Ancien"
    )
    history.save(row, by=THE_PORTAL)
    return row


def test_fields_that_somebody_else_changed_meanwhile_stay_as_they_left_them(text, secretariat, administrator, as_user):
    client = as_user(secretariat)
    old = opened(client, text)
    theme = factories.ThemeFactory()
    due = date(2027, 2, 8)
    actions.edit_recommendation(text, due_on=due, priority="1_high", themes=[theme], by=administrator)

    assert client.post(edit_url(text), old | {"text_fr": "Nouveau"}).status_code == 302
    text.refresh_from_db()
    assert (text.text_fr, text.due_on, text.priority, list(text.themes.all())) == ("Nouveau", due, "1_high", [theme])
    assert text.history.first().text_fr == "Nouveau"


def test_the_same_field_is_refused_with_both_texts_and_saved_when_sent_again(text, secretariat, administrator, as_user):
    client = as_user(secretariat)
    old = opened(client, text)
    theme = factories.ThemeFactory()
    actions.edit_recommendation(text, text_fr="Le leur", themes=[theme], by=administrator)

    refused = client.post(edit_url(text), old | {"text_fr": "Le mien", "themes": []})
    assert refused.status_code == 422
    form = refused.context["form"]
    assert form["text_fr"].value() == "Le mien"
    assert f"{administrator} has changed this meanwhile; it now says: “Le leur”." in form.errors["text_fr"][0]
    assert "themes" not in form.errors
    text.refresh_from_db()
    assert text.text_fr == "Le leur"

    again = old | {"text_fr": "Le mien", KEY: hidden(refused), "seen": hidden(refused, "seen")}
    assert client.post(edit_url(text), again).status_code == 302
    text.refresh_from_db()
    assert (text.text_fr, list(text.themes.all())) == ("Le mien", [theme])


def test_what_one_wrote_oneself_in_another_window_is_not_said_of_somebody_else(text, secretariat, as_user):
    client = as_user(secretariat)
    old = opened(client, text)
    client.post(edit_url(text), opened(client, text) | {"text_fr": "De l’autre"})
    told = client.post(edit_url(text), old | {"text_fr": "D’ici"}).context["form"].errors["text_fr"][0]
    assert "You have changed this yourself in another window; it now says: “De l’autre”." in told


def test_who_wrote_is_asked_of_the_field_and_not_of_the_row(text, secretariat, administrator, as_user):
    client = as_user(secretariat)
    old = opened(client, text)
    actions.edit_recommendation(text, text_fr="Le leur", by=administrator)
    actions.edit_recommendation(text, sign_of_success="Signe", by=secretariat)
    told = client.post(edit_url(text), old | {"text_fr": "Le mien"}).context["form"].errors["text_fr"][0]
    assert f"{administrator} has changed this meanwhile" in told


def test_what_is_changed_once_more_after_one_was_told_is_told_again(text, secretariat, administrator, as_user):
    client = as_user(secretariat)
    old = opened(client, text) | {"text_fr": "Le mien"}
    actions.edit_recommendation(text, text_fr="Le leur", by=administrator)
    refused = client.post(edit_url(text), old)
    actions.edit_recommendation(text, text_fr="Le dernier", by=administrator)
    again = client.post(edit_url(text), old | {KEY: hidden(refused), "seen": hidden(refused, "seen")})
    assert "“Le dernier”" in again.context["form"].errors["text_fr"][0]


def test_links_changed_by_both_are_refused_with_theirs(text, secretariat, administrator, as_user):
    client = as_user(secretariat)
    old = opened(client, text)
    mine, theirs = factories.ThemeFactory(), factories.ThemeFactory(name_en="Health")
    actions.edit_recommendation(text, themes=[theirs], by=administrator)
    refused = client.post(edit_url(text), old | {"themes": [mine.pk]})
    assert f"“{theirs}”" in refused.context["form"].errors["themes"][0]
    assert list(text.themes.all()) == [theirs]


@pytest.mark.parametrize("stamp", ["", "0", "nonsense", "9" * 30])
def test_a_stamp_of_no_record_or_of_another_row_is_said_and_nothing_is_lost(text, led, secretariat, as_user, stamp):
    client = as_user(secretariat)
    old = opened(client, text)
    led.save()
    for one in (stamp, str(led.history.first().history_id)):
        answer = client.post(edit_url(text), old | {"text_fr": "Nouveau", "seen": one})
        assert (answer.status_code, "what you had before you" in errors(answer)) == (422, True)
        assert answer.context["form"]["text_fr"].value() == "Nouveau"
    again = old | {"text_fr": "Nouveau", KEY: hidden(answer), "seen": hidden(answer, "seen")}
    assert client.post(edit_url(text), again).status_code == 302


# Who acts.


def test_the_portal_may_a_bearer_may_one_thing_and_a_person_is_asked(led, text, officer, visitor):
    def can_greet(user, recommendation):
        return user == officer

    check = rule(can_greet, "No.")
    check(THE_PORTAL, led)
    check(officer, led)
    check(Bearer(Recipient("x@example.org", "ar"), led, "greet"), led)
    for by, thing in [
        (visitor, led),
        (Bearer(Recipient("x@example.org", "ar"), led, "greet"), text),
        (Bearer(Recipient("x@example.org", "ar"), led, "leave"), led),
        (Bearer(Recipient("x@example.org", "ar", user=officer), led, "leave"), led),
    ]:
        with pytest.raises(Forbidden):
            check(by, thing)


def test_the_history_names_who_acted_where_no_account_did(text, officer):
    for by in (
        officer,
        Bearer(Recipient("x@example.org", "ar"), text, "edit"),
        Bearer(Recipient("y@example.org", "ar", user=officer), text, "edit"),
        THE_PORTAL,
    ):
        history.save(text, by=by)
    assert [history.who(row) for row in text.history.all()[:4]] == [
        "the portal", str(officer), "x@example.org", str(officer),
    ]  # fmt: skip


def test_a_visitor_is_no_administrator(visitor):
    assert visitor.is_administrator is False


def test_a_visitors_page_has_no_key_and_stays_the_same(led):
    for url in ("/en/", led.get_absolute_url(), f"/en/meetings/{led.meeting.reference}/recommendations/"):
        assert f'name="{KEY}"' not in Client().get(url).content.decode()


# At the same moment.


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory knows one writer")
@pytest.mark.django_db(transaction=True)
def test_taps_at_the_same_moment_act_once(meeting, secretariat, as_user):
    url, key = draft_url(meeting), f"{new_base(bearer_of(secretariat))}.0"
    clients = [as_user(secretariat) for _tap in range(5)]
    start, landed = Barrier(len(clients)), []

    def tap(client):
        start.wait()
        try:
            landed.append(sent(client, url, draft(), key)["Location"])
        except Exception as error:
            landed.append(repr(error))
        finally:
            connection.close()

    threads = [Thread(target=tap, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert landed == [f"/en/meetings/{meeting.reference}/recommendations/"] * 5
    assert (Recommendation.objects.count(), OneTimeKey.objects.count()) == (1, 1)


def test_what_was_deleted_meanwhile_is_not_written_again(text):
    type(text).objects.filter(pk=text.pk).delete()
    for only in (None, ["reference"]):
        with pytest.raises(Refused, match="has been removed meanwhile"), transaction.atomic():
            history.save(text, by=THE_PORTAL, only=only)
    assert not type(text).objects.exists()


def test_what_was_deleted_meanwhile_is_not_deleted_again(text):
    """Else its history would end twice, and the second act would be told that it was done."""
    other = factories.RecommendationFactory(meeting=text.meeting)
    stale = [type(text).objects.get(pk=text.pk) for _time in range(2)]
    type(text).objects.filter(pk=text.pk).delete()
    for delete, rows in ((history.delete, stale[0]), (history.delete_all, [other, stale[1]])):
        with pytest.raises(Refused, match="has been removed meanwhile"):
            delete(rows, by=THE_PORTAL)
    assert type(text).objects.count() == 1
    assert type(text).history.filter(history_type="-").count() == 1
