"""A notification is new until its page was seen or what it asks for was done, whatever its kind."""

import importlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from actors.directory.models import Actor
from meetings.models import Invitation, Meeting, Minutes
from portal.core.dates import today
from portal.core.saving import acted
from portal.home.settling import ASKS
from portal.notifications.actions import notify
from portal.notifications.models import Notification
from portal.notifications.rules.recipients import Recipient
from recommendations.models import Assignment
from tests import factories
from tests.answers import typed

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
SENT = {f"{path.parts[-3]}.{path.name.removesuffix('.subject.txt')}" for path in TEMPLATES.rglob("*.subject.txt")}
pytestmark = pytest.mark.django_db


def told(kind, about, *people, path="/ar/"):
    """One new notification each."""
    return [
        Notification.objects.create(
            user=user, email=user.email, language="ar", kind=kind, about=about, subject=kind, path=path,
            next_attempt_at=timezone.now(), created_at=timezone.now(),
        )
        for user in people
    ]  # fmt: skip


def new_to(user):
    return sorted(Notification.objects.of(user).unread().values_list("kind", flat=True))


def send(client, path, **values):
    """The form at this address, as it stands there but for what is typed."""
    return client.post(path, typed(client.get(path).context["form"]) | values)


def bell(client, path):
    return client.get(path).context["frame"].unread


@pytest.fixture
def invitation(space, commune):
    return factories.InvitationFactory(
        meeting__space=space, meeting__starts_at=timezone.now() + timedelta(days=9), actor=commune
    )


def test_every_kind_says_what_it_asks_for():
    kinds = {kind for kind in SENT if kind.partition(".")[0] in {"meetings", "recommendations", "directory", "roles"}}
    assert set(ASKS) == kinds


@pytest.mark.parametrize("act", sorted({act for acts in ASKS.values() for act in acts}))
def test_every_act_that_is_named_is_an_act(act):
    app, _dot, name = act.rpartition(".")
    package = importlib.import_module(f"{app}.actions")
    found = [package, *(importlib.import_module(f"{app}.actions.{path.stem}") for path in _modules(package))]
    assert any(getattr(module, name, None) and getattr(module, name).__name__ == name for module in found)


def _modules(package):
    return [path for folder in getattr(package, "__path__", ()) for path in Path(folder).glob("[a-z]*.py")]


@pytest.mark.parametrize(("kind", "act"), [(kind, act) for kind, acts in ASKS.items() for act in acts])
def test_doing_it_settles_what_asked_for_it_and_nothing_else(kind, act, officer, member, commune, service):
    others = [other for other, acts in ASKS.items() if act not in acts]
    for each in (*others, kind):
        told(each, commune, officer)
    told(kind, service, officer)
    told(kind, commune, member)

    acted.send(None, act=act, thing=commune, by=officer)

    assert new_to(officer) == sorted([*others, kind])
    assert Notification.objects.get(user=officer, kind=kind, read_at=None).about == service
    assert new_to(member) == [kind]


def test_who_answers_an_invitation_is_no_longer_asked(invitation, officer, manager, as_user):
    for kind in ("meetings.invited", "meetings.answer_missing"):
        told(kind, invitation.meeting, officer, manager)

    send(as_user(officer), f"/ar/meetings/invitations/{invitation.pk}/answer/", answer="confirmed")

    assert new_to(officer) == []
    assert new_to(manager) == ["meetings.answer_missing", "meetings.invited"]


def test_a_telephone_answer_of_another_is_not_ones_own(invitation, secretariat, association, as_user):
    factories.InvitationFactory(meeting=invitation.meeting, actor=association)
    told("meetings.invited", invitation.meeting, secretariat)

    send(as_user(secretariat), f"/ar/meetings/invitations/{invitation.pk}/answer/", answer="confirmed")

    assert Invitation.objects.get(pk=invitation.pk).by_phone
    assert new_to(secretariat) == ["meetings.invited"]


def test_an_act_that_is_refused_settles_nothing(invitation, officer, as_user):
    Meeting.objects.update(state=Meeting.State.CANCELLED)
    told("meetings.invited", invitation.meeting, officer)

    as_user(officer).post(f"/ar/meetings/invitations/{invitation.pk}/answer/", {"answer": "confirmed"})

    assert new_to(officer) == ["meetings.invited"]


def test_an_assignment_that_is_returned_is_settled_though_its_page_is_not_seen_again(space, commune, officer, as_user):
    assignment = factories.AssignmentFactory(
        recommendation__meeting__space=space, actor=commune, answer=Assignment.Answer.WAITING
    )
    told("recommendations.assigned", assignment.recommendation, officer)

    as_user(officer).send(f"/ar/recommendations/assignments/{assignment.pk}/answer/", {"reason": "خارج الاختصاص"})

    assignment.refresh_from_db()
    assert assignment.answer == Assignment.Answer.RETURNED
    assert new_to(officer) == []


def test_the_word_on_the_minutes_settles_both_mails_that_asked_for_it(space, commune, officer, as_user):
    minutes = factories.MinutesFactory(
        meeting__space=space, state=Minutes.State.CIRCULATED, circulation=1, remarks_until=today() + timedelta(days=3)
    )
    factories.InvitationFactory(meeting=minutes.meeting, actor=commune)
    for kind in ("meetings.minutes_circulated", "meetings.remarks_closing", "meetings.answered"):
        told(kind, minutes.meeting, officer)

    send(as_user(officer), f"/ar/meetings/{minutes.meeting.reference}/minutes/review/", answer="approves")

    assert new_to(officer) == ["meetings.answered"]


def test_a_sheet_that_is_confirmed_is_no_longer_asked_for(commune, manager, as_user):
    told("directory.sheet_stale", commune, manager, path="/ar/actors/confirm/a-personal-link/")

    as_user(manager).post(f"/ar/actors/{commune.slug}/confirm/")

    assert Actor.objects.get(pk=commune.pk).confirmed_on == today()
    assert new_to(manager) == []


def test_whoever_has_the_page_before_them_has_read_what_leads_to_it(invitation, officer, manager, as_user):
    """In whatever language; the bell of that very page does not count it any more."""
    meeting, other = invitation.meeting, factories.MeetingFactory(space=invitation.meeting.space)
    for about in (meeting, other):
        notify([Recipient.of(officer), Recipient.of(manager)], kind="meetings.invited", about=about,
               context={"actor": invitation.actor})  # fmt: skip
    client = as_user(officer)
    assert bell(client, "/fr/") == 2

    address = Notification.objects.of(officer).get(object_id=str(meeting.pk)).path_in("fr")
    assert bell(client, address) == 1

    assert [row.about for row in Notification.objects.of(officer).unread()] == [other]
    assert Notification.objects.of(manager).unread().count() == 2


def test_a_place_in_a_page_is_the_page(commune, manager, as_user):
    role = factories.ResponsibilityFactory(actor=commune)
    told("roles.role_named", role, manager, path=f"/ar/actors/{commune.slug}/roles/#role-{role.pk}")
    told("roles.role_named", role, manager, path=f"/ar/actors/{commune.slug}/roles/other/")

    as_user(manager).get(f"/ar/actors/{commune.slug}/roles/")

    assert [row.path for row in Notification.objects.of(manager).unread()] == [
        f"/ar/actors/{commune.slug}/roles/other/"
    ]


def test_a_page_that_is_not_shown_is_not_read(officer, invitation, as_user):
    gone = "/ar/meetings/NOWHERE-2026-01/"
    told("meetings.invited", invitation.meeting, officer, path=gone)

    client = as_user(officer)
    assert client.get(gone).status_code == 404
    client.head(f"/ar/meetings/{invitation.meeting.reference}/")

    assert new_to(officer) == ["meetings.invited"]


@pytest.mark.parametrize(("new", "queries"), [(0, 0), (1, 1)])
def test_reading_writes_only_where_there_is_something_to_read(new, queries, officer, space, as_user):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = as_user(officer)
    client.get(space.get_absolute_url())
    told("meetings.invited", space, *([officer] * new), path=space.get_absolute_url())

    with CaptureQueriesContext(connection) as asked:
        client.get(space.get_absolute_url())

    assert sum(query["sql"].startswith("UPDATE") for query in asked) == queries
