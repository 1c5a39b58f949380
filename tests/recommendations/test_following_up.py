"""What institutions report, what it moves, and what is refused."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core.errors import Forbidden, Refused
from portal.notifications.models import Notification
from portal.notifications.rules.messages import render
from recommendations import actions
from recommendations.models import Assignment, Evidence, FollowUp, Recommendation
from recommendations.permissions import can_clear
from tests import factories

State = Recommendation.State
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LINK = ["https://example.org/decision.pdf"]


def told(kind):
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def pdf(name="محضر.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 decision", content_type="application/pdf")


def test_the_lead_reports_and_the_recommendation_moves(led, commune, officer, secretariat):
    actions.report_progress(led, actor=commune, new_state="in_progress", progress=50, account="عُقد لقاء", by=officer)

    led.refresh_from_db()
    entry = led.follow_ups.get()
    assert (led.state, led.progress, led.last_news_at) == (State.IN_PROGRESS, 50, NOW)
    assert (entry.on_behalf_of, entry.drafted_by, entry.cleared_by, entry.clearance) == (
        commune,
        officer,
        officer,
        "cleared",
    )
    assert led.history.first().history_user == officer
    assert told("recommendations.reported") == ["secretariat@example.org"]


def test_a_second_report_in_the_same_state_moves_the_step(led, commune, officer):
    actions.report_progress(led, actor=commune, new_state="in_progress", progress=25, by=officer)
    actions.report_progress(led, actor=commune, new_state="in_progress", progress=75, by=officer)

    led.refresh_from_db()
    assert (led.state, led.progress, led.follow_ups.count()) == (State.IN_PROGRESS, 75, 2)


def test_done_needs_an_account(led, commune, officer):
    with pytest.raises(Refused, match="with an account") as refused:
        actions.report_progress(led, actor=commune, new_state="done", files=[pdf()], by=officer)
    assert refused.value.field == "account"
    assert not led.follow_ups.exists()


def test_nothing_stands_in_the_way_of_what_is_done(led, commune, officer):
    """The form opens with the last obstacle, and puts it out of sight when “done” is chosen."""
    obstacle = {"obstacle": "other", "obstacle_note": "غياب المقرر"}
    actions.report_progress(led, actor=commune, new_state="blocked", **obstacle, by=officer)
    entry = actions.report_progress(
        led, actor=commune, new_state="done", account="أُحدث المكتب", links=LINK, **obstacle, by=officer
    )
    assert (entry.obstacle, entry.obstacle_note) == ("", "")


def test_done_needs_evidence(led, commune, officer):
    with pytest.raises(Refused, match="with evidence") as refused:
        actions.report_progress(led, actor=commune, new_state="done", account="صدر القرار", by=officer)
    assert refused.value.field == "files"
    led.refresh_from_db()
    assert led.state == State.ADOPTED


def test_done_with_files_and_links_waits_for_confirmation(led, commune, officer, secretariat):
    files = [pdf(), pdf("ثانية.pdf")]
    actions.report_progress(
        led, actor=commune, new_state="done", account="صدر القرار", files=files, links=LINK, by=officer
    )

    led.refresh_from_db()
    assert (led.state, led.progress, led.done_at) == (State.DONE, 100, NOW)
    rows = Evidence.objects.order_by("pk").values_list("file_name", "file_size", "link")
    assert list(rows) == [("محضر.pdf", 17, ""), ("ثانية.pdf", 17, ""), ("", 0, LINK[0])]
    assert told("recommendations.declared_done") == ["secretariat@example.org"]


def test_blocked_needs_an_obstacle(led, commune, officer):
    with pytest.raises(Refused, match="what stands in the way") as refused:
        actions.report_progress(led, actor=commune, new_state="blocked", by=officer)
    assert refused.value.field == "obstacle"

    actions.report_progress(led, actor=commune, new_state="blocked", obstacle="session", by=officer)
    led.refresh_from_db()
    assert led.state == State.BLOCKED


def test_another_obstacle_is_named(led, commune, officer):
    with pytest.raises(Refused) as refused:
        actions.report_progress(led, actor=commune, new_state="blocked", obstacle="other", by=officer)
    assert refused.value.field == "obstacle_note"


@pytest.mark.parametrize("state", ["", "confirmed", "dropped", "adopted"])
def test_an_institution_reports_only_its_own_states(led, commune, officer, state):
    with pytest.raises(Refused) as refused:
        actions.report_progress(led, actor=commune, new_state=state, account="…", by=officer)
    assert refused.value.field == "new_state"


def test_a_support_adds_to_the_timeline_and_moves_nothing(supported, service, member):
    actions.report_progress(
        supported, actor=service, new_state="done", progress=75, account="وفرنا القاعة", links=LINK, by=member
    )

    supported.refresh_from_db()
    entry = supported.follow_ups.get()
    assert (supported.state, supported.progress, supported.last_news_at) == (State.ADOPTED, 0, NOW)
    assert (entry.new_state, entry.progress, entry.on_behalf_of) == ("", None, service)


def test_a_support_says_what_was_done(supported, service, member):
    with pytest.raises(Refused) as refused:
        actions.report_progress(supported, actor=service, by=member)
    assert refused.value.field == "account"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.DRAFT, "still a draft"),
        (State.DROPPED, "was dropped"),
        (State.DONE, "waits for confirmation"),
        (State.CONFIRMED, "nothing left to report"),
    ],
)
def test_there_is_a_time_to_report(led, commune, officer, state, sentence):
    led.state = state
    with pytest.raises(Refused, match=sentence):
        actions.report_progress(led, actor=commune, new_state="in_progress", by=officer)


def test_one_reports_only_for_an_own_assigned_institution(led, commune, service, member, officer):
    with pytest.raises(Forbidden, match="an institution you work for"):
        actions.report_progress(led, actor=commune, new_state="in_progress", by=member)
    with pytest.raises(Forbidden, match="not assigned to your institution"):
        actions.report_progress(led, actor=service, new_state="in_progress", by=member)


def test_who_returned_the_assignment_reports_nothing(led, commune, officer):
    row = led.assignments.get()
    row.answer, row.return_reason = Assignment.Answer.RETURNED, "خارج الاختصاص"
    row.save()
    with pytest.raises(Refused, match="returned this assignment"):
        actions.report_progress(led, actor=commune, new_state="in_progress", by=officer)


@pytest.fixture
def validating(commune):
    commune.internal_validation = True
    commune.save()
    return commune


@pytest.fixture
def waiting(led, validating, officer, validator):
    row = Recommendation.objects.get(pk=led.pk)
    return actions.report_progress(
        row, actor=validating, new_state="in_progress", progress=50, account="انطلق العمل", by=officer
    )


def test_where_the_institution_validates_an_entry_waits_inside(waiting, led, member, officer, secretariat, validator):
    led.refresh_from_db()
    assert (led.state, led.progress, waiting.clearance, waiting.cleared_by) == (State.ADOPTED, 0, "waiting", None)
    assert told("recommendations.awaiting_clearance") == ["validator@example.org"]
    assert told("recommendations.reported") == []
    seen = {
        person.email: FollowUp.objects.visible_to(person).count()
        for person in (officer, validator, member, secretariat)
    }
    assert list(seen.values()) == [1, 1, 0, 0]


def test_clearing_lets_the_entry_take_effect(waiting, led, validator, secretariat):
    actions.clear_follow_up(waiting, by=validator)

    led.refresh_from_db()
    waiting.refresh_from_db()
    assert (led.state, led.progress) == (State.IN_PROGRESS, 50)
    assert (waiting.clearance, waiting.cleared_by, waiting.cleared_at) == ("cleared", validator, NOW)
    assert told("recommendations.reported") == ["secretariat@example.org"]


def test_sending_back_needs_a_note_and_tells_the_author(waiting, led, validator, officer):
    with pytest.raises(Refused) as refused:
        actions.send_back_follow_up(waiting, note=" ", by=validator)
    assert refused.value.field == "note"

    actions.send_back_follow_up(waiting, note="أرفقوا المقرر", by=validator)
    led.refresh_from_db()
    waiting.refresh_from_db()
    assert (led.state, waiting.clearance, waiting.clearance_note) == (State.ADOPTED, "sent_back", "أرفقوا المقرر")
    assert told("recommendations.sent_back") == ["officer@example.org"]


def test_what_stays_inside_the_institution_is_not_answered_to_the_secretariat(waiting, validator, association):
    factories.ContactFactory(actor=association, email="kitaba@example.org", audience="public")
    actions.send_back_follow_up(waiting, note="أرفقوا المقرر", by=validator)
    for kind in ("recommendations.awaiting_clearance", "recommendations.sent_back"):
        message = render(Notification.objects.filter(kind=kind).latest("pk"))
        assert (message.reply_to, "kitaba@example.org" in message.text) == ((), False)


def test_an_entry_is_cleared_once(waiting, validator):
    mine, theirs = FollowUp.objects.get(pk=waiting.pk), FollowUp.objects.get(pk=waiting.pk)
    actions.clear_follow_up(mine, by=validator)
    with pytest.raises(Refused, match="Somebody else has just changed this"):
        actions.send_back_follow_up(theirs, note="متأخر", by=validator)
    with pytest.raises(Refused, match="already been cleared"):
        actions.clear_follow_up(mine, by=validator)


def test_an_entry_sent_back_is_not_cleared(waiting, validator):
    actions.send_back_follow_up(waiting, note="ناقص", by=validator)
    with pytest.raises(Refused, match="sent back to its author"):
        actions.clear_follow_up(waiting, by=validator)


def test_an_entry_whose_time_has_passed_is_not_cleared(waiting, led, validator):
    row = Recommendation.objects.get(pk=led.pk)
    row.state, row.drop_reason = State.DROPPED, "تجاوزها الزمن"
    row.save()
    with pytest.raises(Refused, match="was dropped"):
        actions.clear_follow_up(FollowUp.objects.get(pk=waiting.pk), by=validator)
    waiting.refresh_from_db()
    assert waiting.clearance == "waiting"


def test_an_entry_of_who_no_longer_leads_moves_nothing(waiting, led, validating, validator, secretariat):
    actions.withdraw_assignment(led.assignments.get(), by=secretariat)
    actions.assign(led, actor=validating, part="support", by=secretariat)
    with pytest.raises(Refused, match="no longer leads"):
        actions.clear_follow_up(FollowUp.objects.get(pk=waiting.pk), by=validator)
    led.refresh_from_db()
    waiting.refresh_from_db()
    assert (led.state, led.progress, waiting.clearance) == (State.ADOPTED, 0, "waiting")


@pytest.mark.parametrize("person", ["officer", "manager", "member", "secretariat"])
def test_only_the_validator_clears(waiting, person, request):
    with pytest.raises(Forbidden, match="Only the validator"):
        actions.clear_follow_up(waiting, by=request.getfixturevalue(person))


def test_the_manager_clears_where_there_is_no_validator(led, validating, officer, manager):
    entry = actions.report_progress(led, actor=validating, new_state="in_progress", by=officer)

    assert told("recommendations.awaiting_clearance") == ["manager@example.org"]
    assert (can_clear(manager, entry), can_clear(officer, entry)) == (True, False)


def test_a_validators_own_entry_takes_effect_at_once(led, validating, validator):
    actions.report_progress(led, actor=validating, new_state="continuous", by=validator)
    led.refresh_from_db()
    assert led.state == State.CONTINUOUS


def test_too_many_files_are_refused(led, commune, officer):
    with pytest.raises(Refused, match="At most 10"):
        actions.report_progress(
            led,
            actor=commune,
            new_state="in_progress",
            links=[f"https://example.org/{n}" for n in range(11)],
            by=officer,
        )
