"""Where the button of every mail leads: to the act it asks for or to what it tells of, signed in and signed out."""

import html
import re
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from actors.directory.models import AccountOffer, Actor, HandOver, ProposedChange
from actors.roles.models import Responsibility
from meetings.actions.minutes import adopt_minutes, circulate_minutes
from meetings.actions.participation import add_attendee
from meetings.models import Attendance, Meeting, Minutes, MinutesVersion
from meetings.reminders import rungs
from portal.core.dates import today
from portal.notifications.actions import notify
from portal.notifications.models import Notification
from portal.notifications.reminders import send_due
from portal.notifications.rules.acts import _acts, _links, asks
from portal.notifications.rules.messages import render
from portal.notifications.rules.recipients import Recipient
from portal.notifications.rules.rungs import Calendar
from portal.notifications.work import deliver
from recommendations.models import FollowUp
from tests import factories, people
from tests.notifications.test_words_of_mails import KINDS

pytestmark = pytest.mark.django_db

MORE = "Who takes part sees more of this page after signing in."
#: of each kind: what it is about, who reads it, and where it leads
LEADS = {
    "directory.account_offered": ("offer", "colleague", "me/"),
    "accounts.email_changed": ("manager", "manager", "me/events/"),
    "accounts.password_changed": ("manager", "manager", "me/events/"),
    "accounts.password_reset": ("manager", "manager", "me/events/"),
    "directory.change_answered": ("proposal", "manager", "actors/commune-a/"),
    "directory.change_proposed": ("proposal", "administrator", "actors/changes/{proposal.pk}/"),
    "directory.hand_over_called_off": ("hand_over", "manager", "actors/hand-overs/{hand_over.pk}/"),
    "directory.handed_over": ("hand_over", "manager", "actors/hand-overs/{hand_over.pk}/"),
    "directory.sheet_reported": ("commune", "administrator", "actors/commune-a/"),
    "meetings.answer_missing": ("coming", "officer", "meetings/invitations/{invitation.pk}/answer/"),
    "meetings.answered": ("coming", "secretariat", "meetings/TST-2025-01/participation/"),
    "meetings.cancelled": ("coming", "officer", "meetings/TST-2025-01/"),
    "meetings.coming": ("coming", "officer", "meetings/TST-2025-01/"),
    "meetings.invited": ("coming", "officer", "meetings/invitations/{invitation.pk}/answer/"),
    "meetings.minutes_adopted": ("held", "officer", "meetings/TST-2025-02/minutes/"),
    "meetings.minutes_circulated": ("held", "officer", "meetings/TST-2025-02/minutes/review/"),
    "meetings.minutes_missing": ("unwritten", "secretariat", "meetings/TST-2025-03/minutes/record/"),
    "meetings.minutes_reviewed": ("held", "secretariat", "meetings/TST-2025-02/minutes/"),
    "meetings.changed": ("coming", "officer", "meetings/TST-2025-01/"),
    "meetings.moved": ("coming", "officer", "meetings/invitations/{invitation.pk}/answer/"),
    "meetings.postponed": ("coming", "officer", "meetings/TST-2025-01/"),
    "meetings.remarks_closing": ("held", "officer", "meetings/TST-2025-02/minutes/review/"),
    "recommendations.agenda": ("led", "officer", "recommendations/TST-2025-02-R1/report/"),
    "recommendations.assigned": ("asked", "officer", "recommendations/assignments/{waiting.pk}/answer/"),
    "recommendations.assignment_answered": ("led", "secretariat", "recommendations/TST-2025-02-R1/"),
    "recommendations.awaiting_clearance": ("led", "validator", "recommendations/entries/{entry.pk}/clear/"),
    "recommendations.confirmed": ("led", "officer", "recommendations/TST-2025-02-R1/"),
    "recommendations.contested": ("led", "officer", "recommendations/TST-2025-02-R1/report/"),
    "recommendations.declared_done": ("done", "secretariat", "recommendations/TST-2025-02-R3/confirm/"),
    "recommendations.dropped": ("led", "officer", "recommendations/TST-2025-02-R1/"),
    "recommendations.due": ("led", "officer", "recommendations/TST-2025-02-R1/report/"),
    "recommendations.overdue": ("led", "officer", "recommendations/TST-2025-02-R1/report/"),
    "recommendations.reopened": ("led", "officer", "recommendations/TST-2025-02-R1/report/"),
    "recommendations.reported": ("led", "secretariat", "recommendations/TST-2025-02-R1/"),
    "recommendations.sent_back": ("led", "officer", "recommendations/TST-2025-02-R1/report/"),
    "recommendations.silent": ("led", "officer", "recommendations/TST-2025-02-R1/report/"),
    "recommendations.unconfirmed": ("done", "secretariat", "recommendations/TST-2025-02-R3/confirm/"),
    "roles.role_contested": ("role", "administrator", "actors/commune-a/roles/#role-{role.pk}"),
    "roles.role_named": ("role", "manager", "actors/roles/{role.pk}/confirm/"),
}
#: what a button says that asks for an act
ACT_LABELS = {
    "Answer the invitation", "Approve the minutes or make remarks", "Write the minutes", "Update the progress",
    "Accept or return", "Confirm or express reservations", "Read and clear", "Correct the entry",
    "Confirm the role or express reservations",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(once_for_the_module):
    world = people.make_everything()
    commune, space = world["commune"], world["space"]
    for who in ("officer", "manager", "validator", "secretariat", "administrator"):
        world[who].language = "en"
        world[who].save()
    begins = timezone.now() + timedelta(days=9)
    public = {"space": space, "organiser": world["association"], "audience": Meeting.Audience.PUBLIC}
    ahead = {"starts_at": begins, "ends_at": begins + timedelta(hours=2)}
    coming = factories.MeetingFactory(reference="TST-2025-01", **public, **ahead)
    held = factories.MeetingFactory(reference="TST-2025-02", state=Meeting.State.HELD, **public)
    factories.MinutesFactory(meeting=held, state="circulated", circulation=1, remarks_until=today() + timedelta(days=9))
    by_mail = factories.ContactFactory(email="office@example.org").actor
    Attendance.objects.create(meeting=held, actor=commune, status=Attendance.Status.PRESENT)
    rows = {
        name: factories.RecommendationFactory(
            meeting=held, space=space, reference=f"TST-2025-02-R{number}", state=state
        )
        for number, (name, state) in enumerate((("led", "in_progress"), ("asked", "adopted"), ("done", "done")), 1)
    }
    for name in ("led", "done"):
        factories.AssignmentFactory(recommendation=rows[name], actor=commune)
    return world | rows | {
        "by_mail": by_mail,
        "coming": coming,
        "held": held,
        "unwritten": factories.MeetingFactory(reference="TST-2025-03", state=Meeting.State.HELD, **public),
        "invitation": factories.InvitationFactory(meeting=coming, actor=commune),
        "by_link": factories.InvitationFactory(meeting=coming, actor=by_mail),
        "waiting": factories.AssignmentFactory(recommendation=rows["asked"], actor=commune, answer="waiting"),
        "entry": FollowUp.objects.create(
            recommendation=rows["led"], kind="progress", on_behalf_of=commune, clearance="waiting", account="ما تم",
            drafted_at=timezone.now(),
        ),
        "proposal": ProposedChange.objects.create(actor=commune, values={"kind": ["commune", "other"]}),
        "colleague": (colleague := factories.UserFactory(email="colleague@example.org", language="en")),
        "offer": AccountOffer.objects.create(actor=commune, email=colleague.email, part="validator"),
        "hand_over": HandOver.objects.create(actor=commune, day=today(), to_user=world["manager"]),
        "role": factories.ResponsibilityFactory(actor=commune, answer=Responsibility.Answer.WAITING),
    }  # fmt: skip


def test_every_kind_leads_somewhere():
    assert set(LEADS) | set(_links) == set(KINDS)
    assert {kind for kind, (_about, _who, to) in LEADS.items() if re.search(r"/\w+/$", to) and _is_an_act(to)} == set(
        _acts
    )


def _is_an_act(path: str) -> bool:
    return path.rstrip("/").rpartition("/")[2] in {"answer", "review", "record", "clear", "confirm", "report"}


@pytest.mark.parametrize("kind", LEADS)
def test_a_mail_leads_to_the_act_it_asks_for_and_back_to_it_after_signing_in(kind, made, as_user):
    about, who, where = LEADS[kind]
    address = f"/en/{where.format(**made)}"
    [row] = notify(Recipient.of(made[who]), kind=kind, about=made[about], context={"part": "leads"})
    assert row.path == address
    assert as_user(made[who]).get(address).status_code == 200
    signed_out, path = Client().get(address), address.partition("#")[0]
    if signed_out.status_code == 302:
        assert signed_out.url == f"/en/accounts/login/?next={quote(path)}"
        return
    assert f'href="/en/accounts/login/?next={quote(path, safe="")}"' in signed_out.text
    told = {200: MORE, 404: "<h1>Sign in to open this page</h1>"}
    assert told[signed_out.status_code] in signed_out.text


@pytest.mark.parametrize("kind", LEADS)
def test_who_may_not_act_is_led_to_the_thing(kind, made, as_user):
    thing = made[LEADS[kind][0]]
    [row] = notify(Recipient.of(made["member"]), kind=kind, about=thing, context={"part": "leads"})
    assert not _is_an_act(row.path), row.path
    if asks(kind):
        assert ACT_LABELS.isdisjoint(buttons(render(row)))
    if LEADS[kind][0] in {"coming", "held", "unwritten", "led", "asked", "done", "role"}:
        assert as_user(made["member"]).get(row.path).status_code == 200


def links(message):
    """The addresses of the portal in a mail, from its text and its HTML."""
    return {urlsplit(link) for link in re.findall(rf"{settings.SITE_ADDRESS}[^\s\"<]*", message.text + message.html)}


def buttons(message):
    return set(re.findall(r'class="button" href="[^"]*">([^<]*)<', message.html))


@pytest.fixture
def mailed(made):
    """What a mailbox without an account is sent, where everybody sees the thing (`seen`) or only members do."""

    def send(kind, seen, email="office@example.org", *, by_link=True):
        about = made[LEADS[kind][0]] if kind in LEADS else made["by_mail"]
        factories.resave(Meeting.objects.all(), audience="public" if seen else "members")
        Actor.objects.exclude(pk=made["by_mail"].pk).update(state="published" if seen else "draft")
        Responsibility.objects.update(answer="confirmed" if seen else "waiting")
        if kind == "meetings.minutes_adopted":
            Minutes.objects.update(state="adopted", adopted_at=timezone.now())
            MinutesVersion.objects.create(minutes=about.minutes, number=1, sections=[], adopted_at=timezone.now())
        context = {"part": "leads", "until": today()}
        if kind in _links and kind in LEADS and by_link:
            context["invitation"] = made["by_link"].pk
        [row] = notify(Recipient(email, "en"), kind=kind, about=type(about).objects.get(pk=about.pk), context=context)
        return row, render(row)

    return send


#: a mail about an account goes to its owner; one of an account to open makes its link as it leaves
OF_ACCOUNTS = {kind for kind in KINDS if kind.partition(".")[2].startswith(("account_", "email_", "password_"))}


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("kind", sorted(set(KINDS) - OF_ACCOUNTS))
def test_a_mailbox_without_an_account_finds_no_link_that_is_shut(kind, seen, mailed):
    row, message = mailed(kind, seen)
    found = links(message)
    assert bool(found) == (seen or kind in _links) == (len(buttons(message)) == 1)
    for link in found:
        answer = Client().get(link.path)
        assert answer.status_code == 200, link.path
        assert shown(row.about, link.path[1:3]) in html.unescape(answer.text), link.path


def shown(about, language):
    """What tells that the page is the thing's."""
    of = about.actor if hasattr(about, "actor") else about
    with override(language):
        return str(getattr(of, "text", None) or of)


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("kind", sorted(_acts))
def test_a_mailbox_without_an_account_is_told_to_answer_by_mail_or_telephone(kind, seen, made, mailed):
    factories.ContactFactory(
        actor=made["association"], email="kitaba@example.org", phone="+212536556677", audience="public"
    )
    row, message = mailed(kind, seen, by_link=False)
    is_role = kind.startswith("roles.")
    for text in (message.text, message.html):
        assert ACT_LABELS.isdisjoint(re.split(r"[<>\n]", text))
        assert "updated on the portal" not in text
        if row.language == "en":
            assert "To answer, please reply to this message" in text
        assert ("05 36 55 66 77" in text) == (not is_role)
    assert message.reply_to[0].endswith("<ecrire@tansiq.example>" if is_role else "<kitaba@example.org>")


@pytest.mark.parametrize("kind", sorted(_acts))
def test_a_mailbox_that_is_the_address_of_an_account_keeps_the_act(kind, made, mailed):
    _about, who, where = LEADS[kind]
    address = made[who].email
    with override("ar"):
        row, message = mailed(kind, False, address.upper())
    assert (row.user, row.path.partition("/")[2].partition("/")[2]) == (None, where.format(**made))
    assert len(buttons(message)) == 1
    assert "reply to this message, which" not in message.text


@pytest.mark.parametrize(
    ("kind", "sentence", "on"),
    [
        ("meetings.invited", "This meeting is cancelled: no answer is needed.", "meetings/TST-2025-01/"),
        (
            "meetings.minutes_circulated",
            "These minutes are adopted: remarks are no longer taken.",
            "meetings/TST-2025-02/minutes/",
        ),
        ("meetings.minutes_missing", "The minutes are no longer a draft", "meetings/TST-2025-03/minutes/"),
    ],
)
def test_who_opens_a_mail_late_is_told_why_there_is_nothing_to_do(kind, sentence, on, made, as_user):
    _about, who, where = LEADS[kind]
    Meeting.objects.filter(reference="TST-2025-01").update(state=Meeting.State.CANCELLED)
    Minutes.objects.update(state="adopted", adopted_at=timezone.now())
    factories.MinutesFactory(meeting=made["unwritten"], state="adopted", adopted_at=timezone.now())
    answer = as_user(made[who]).get(f"/en/{where.format(**made)}", follow=True)
    assert answer.request["PATH_INFO"] == f"/en/{on}"
    assert sentence in answer.text


def test_who_came_uninvited_opens_every_link_of_every_mail(made, as_user):
    """Nothing of the meeting is public, and they are in no space: they were recorded present, nothing else."""
    space, secretariat = made["space"], made["secretariat"]
    begins = timezone.now() - timedelta(days=2)
    meeting = factories.MeetingFactory(
        space=space,
        state=Meeting.State.HELD,
        audience=Meeting.Audience.PARTICIPANTS,
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
    )
    walk_in = factories.MembershipFactory(
        actor=factories.ActorFactory(), part="manager", user=factories.UserFactory(language="en")
    )
    add_attendee(meeting, actor=walk_in.actor, by=secretariat)
    minutes = factories.MinutesFactory(meeting=meeting)
    factories.MinutesSectionFactory(minutes=minutes, text="ما قيل", html="<p>ما قيل</p>", revision=1)
    circulate_minutes(minutes, until=today() + timedelta(days=14), by=secretariat)
    [closing] = [rung for rung in rungs(timezone.now(), meeting) if rung.kind == "meetings.remarks_closing"]
    send_due(Calendar().due_at(closing))
    client = as_user(walk_in.user)
    address = f"/en/meetings/{meeting.reference}/minutes/review/"
    [seen] = re.findall(r'name="seen" value="([^"]*)"', client.get(address).text)
    answer = client.post(address, {"actor": walk_in.actor.pk, "answer": "approves", "seen": seen})
    assert (answer.status_code, minutes.reviews.get().actor) == (302, walk_in.actor)
    adopt_minutes(minutes, by=secretariat, in_session=True)
    rows = list(Notification.objects.of(walk_in.user).order_by("pk"))
    assert [row.kind for row in rows] == [
        "meetings.minutes_circulated",
        "meetings.remarks_closing",
        "meetings.minutes_adopted",
    ]
    for row in rows:
        assert deliver(row.pk)
    assert [message.to for message in mail.outbox] == [[walk_in.user.email]] * 3
    for message in map(render, rows):
        for link in re.findall(r'href="https?://[^/"]+(/[^"]*)"', message.html):
            assert client.get(link, follow=True).status_code == 200, link
