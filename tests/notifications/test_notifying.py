"""Telling people: one row each, in their language."""

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from meetings.actions.participation import answer_invitation
from portal.notifications.actions import notify
from portal.notifications.models import Notification
from portal.notifications.rules.messages import freeze, thaw
from portal.notifications.rules.recipients import Recipient, once
from tests import factories

pytestmark = pytest.mark.django_db


def test_each_recipient_gets_a_row_and_a_subject_in_their_language(meeting):
    reader = factories.UserFactory(language="fr")
    rows = notify([Recipient.of(reader), Recipient("office@example.org", "ar")], kind="meetings.coming", about=meeting)
    assert [(row.user, row.email, row.language, row.state) for row in rows] == [
        (reader, reader.email, "fr", "waiting"),
        (None, "office@example.org", "ar", "waiting"),
    ]
    assert "Réunion d’essai" in rows[0].subject
    assert "vendredi 4 décembre 2026" in rows[0].subject
    assert "اجتماع تجريبي" in rows[1].subject
    assert "الجمعة 4 دجنبر 2026" in rows[1].subject
    assert [row.path for row in rows] == ["/fr/meetings/TST-2026-01/", ""]


def test_a_subject_that_is_cut_still_holds_its_name_apart(meeting):
    meeting.title_ar = "التنسيق " * 37
    [row] = notify([Recipient("office@example.org", "ar")], kind="meetings.coming", about=meeting)
    assert row.subject.endswith("…\u2069")
    assert (len(row.subject), row.subject.count("\u2068") - row.subject.count("\u2069")) == (300, 0)


def test_nobody_is_told_twice_in_one_call(meeting):
    reader = factories.UserFactory()
    twice = [Recipient.of(reader), Recipient.of(reader), Recipient(reader.email.upper(), "fr", contact_id=7)]
    assert [row.user for row in notify(twice, kind="meetings.coming", about=meeting)] == [reader]


def test_every_act_that_tells_says_who_acts():
    calls = [
        (path, node)
        for package in ("portal", "actors", "meetings", "recommendations")
        for path in Path(settings.BASE_DIR, package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "notify"
    ]
    assert len(calls) >= 20
    assert [path for path, call in calls if "by" not in {word.arg for word in call.keywords}] == []


def test_the_secretary_who_answers_for_their_own_institution_mails_nobody_but_the_others(
    space, association, secretariat
):
    other = factories.MembershipFactory(actor=association, part="manager").user
    meeting = factories.MeetingFactory(space=space, organiser=association)
    invitation = factories.InvitationFactory(meeting=meeting, actor=association)
    answer_invitation(invitation, answer="confirmed", by=secretariat)
    assert [row.user for row in Notification.objects.all()] == [other]


def test_names_are_isolated_in_plain_text(meeting):
    meeting.language = "fr"
    [row] = notify(Recipient("a@example.org", "ar"), kind="meetings.coming", about=meeting)
    assert "\u2068Réunion d’essai\u2069" in row.subject


def test_the_context_keeps_days_instants_and_names(commune):
    context = {
        "actor": commune,
        "until": date(2026, 12, 4),
        "before": datetime(2026, 12, 4, 10, tzinfo=UTC),
        "answer": factories.Invitation.Answer.CONFIRMED.label,
        "rows": [{"number": 3, "late": True, "nothing": None}],
    }
    kept = thaw(freeze(context, "fr"))
    assert kept["actor"] == "Commune d’essai A"
    assert kept["until"] == date(2026, 12, 4)
    assert kept["before"] == datetime(2026, 12, 4, 10, tzinfo=UTC)
    assert kept["rows"] == [{"number": 3, "late": True, "nothing": None}]
    assert isinstance(kept["answer"], str)
    assert thaw(freeze(context, "ar"))["actor"] == "جماعة تجريبية أ"


def test_a_context_cannot_keep_what_json_cannot(meeting):
    with pytest.raises(TypeError, match="object"):
        notify(Recipient("a@example.org", "fr"), kind="meetings.coming", about=meeting, context={"x": object()})
    assert Notification.objects.count() == 0


def test_a_context_names_nothing_that_every_mail_is_rendered_with(meeting):
    with pytest.raises(ValueError, match="link"):
        notify(Recipient("office@example.org", "ar"), kind="meetings.changed", about=meeting, context={"link": True})


def test_the_keys_of_the_ledger_are_never_empty():
    user = factories.UserFactory()
    assert Recipient.of(user).key == f"user:{user.pk}"
    assert Recipient("A@Example.org", "ar", contact_id=7).key == "contact:7"
    assert Recipient(" A@Example.org", "ar").key == "mail:a@example.org"
    with pytest.raises(ValueError, match="needs"):
        _ = Recipient("", "ar").key
    assert once([]) == []
