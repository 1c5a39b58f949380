"""A planned hand-over: nobody outside sees it before its day, and until then it can be called off."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from actors.directory import actions
from actors.directory.models import Contact, FocalPoint, HandOver, Membership
from actors.directory.rules.recipients import recipients_of
from portal.core.errors import Refused
from portal.core.rows import whole
from portal.notifications.models import Notification
from portal.notifications.rules.messages import render
from tests import factories

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 20), date(2027, 1, 19)
pytestmark = pytest.mark.django_db
OFFICE = {"role_ar": "مكتب شؤون الهجرة", "role_fr": "Bureau", "email": "office@example.org", "phone": ""}
SUCCESSOR = {"person": "خلف تجريبي", "consent_on": TODAY, "audience": "public"}


def standing_of(actor):
    """Every column of what a hand-over may write of the institution."""
    return {
        (table, row.pk): whole(row)
        for table in (FocalPoint, Membership, Contact)
        for row in table.objects.filter(actor=actor)
    }


@pytest.fixture(autouse=True)
def _in_november_and_in_english():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def point(commune, manager):
    """The commune's manager is its holder, at the office's public mailbox."""
    contact = factories.ContactFactory(actor=commune, **OFFICE, audience="public", user=manager)
    return factories.FocalPointFactory(contact=contact, starts_on=date(2025, 1, 1))


@pytest.fixture
def newcomer(commune):
    """Once took a part up, which is over."""
    person = factories.UserFactory(email="newcomer@example.org", name="حساب الخلف", language="fr")
    over = {"starts_on": date(2020, 1, 1), "ends_on": date(2020, 12, 31)}
    factories.MembershipFactory(actor=commune, user=person, part="validator", **over)
    return person


@pytest.fixture
def before(commune, point, newcomer):
    return standing_of(commune)


@pytest.fixture
def planned(commune, manager, point, newcomer, before):
    """The whole office passes in two months, with its mailbox."""
    return actions.hand_over(
        commune, day=DAY, point=point, account=newcomer.email, details=OFFICE | SUCCESSOR, by=manager
    )


# Before the day, and on it.


def test_the_successor_is_on_no_sheet_before_the_day(commune, planned, as_user, visitor, administrator):
    url = reverse("directory:actor", args=[commune.slug])
    seen = as_user(visitor).get(url).content.decode()
    assert SUCCESSOR["person"] not in seen
    assert seen.count("mailto:office@example.org") == 1
    assert as_user(visitor).get(url).context["share_text"].count("office@example.org") == 1
    listed = as_user(visitor).get(reverse("directory:actors"), {"export": "csv"}).getvalue().decode()
    assert listed.count("office@example.org") == 1
    assert SUCCESSOR["person"] not in as_user(administrator).get(url).content.decode()
    with time_machine.travel(NOW + timedelta(days=60), tick=False):
        seen = as_user(visitor).get(url).content.decode()
    assert seen.count("mailto:office@example.org") == 1
    assert SUCCESSOR["person"] in seen


def test_details_of_a_hand_over_of_today_are_there_at_once(commune, manager, point, newcomer):
    actions.hand_over(commune, day=TODAY, point=point, account=newcomer.email, details=OFFICE | SUCCESSOR, by=manager)
    assert commune.contacts.current().get().person == SUCCESSOR["person"]


def test_details_to_come_are_written_to_nobody_before(commune, planned):
    for row in commune.focal_points.all():
        row.delete()
    Membership.objects.all().delete()
    former, later = commune.contacts.order_by("pk")
    assert [who.contact_id or who.user.pk for who in recipients_of(commune)] == [former.user_id]
    assert [who.user.pk for who in recipients_of(commune, DAY)] == [later.user_id]


def test_the_page_of_focal_points_says_what_is_planned_and_how_to_call_it_off(
    commune, planned, as_user, manager, officer, administrator
):
    url, off = (
        reverse("directory:focal_points", args=[commune.slug]),
        reverse("directory:call_off_hand_over", args=[planned.pk]),
    )
    answer = as_user(manager).get(url)
    assert [one["row"] for one in answer.context["planned"]] == [planned]
    assert off in answer.content.decode()
    assert SUCCESSOR["person"] in answer.content.decode()
    assert off not in as_user(officer).get(url).content.decode()
    with time_machine.travel(NOW + timedelta(days=60), tick=False):
        answer = as_user(administrator).get(url)
        assert (answer.context["planned"], off in answer.content.decode()) == ([], False)


# Called off.


def test_everything_it_wrote_is_put_back(commune, planned, before, manager, newcomer):
    assert standing_of(commune) != before
    actions.call_off_hand_over(planned, by=manager)
    assert standing_of(commune) == before
    assert [who.user for who in recipients_of(commune, DAY)] == [manager]
    planned.refresh_from_db()
    assert (planned.called_off_at, planned.called_off_by) == (NOW, manager)
    assert planned.person_of("to") == ""
    point = commune.focal_points.get()
    assert point.history.latest().history_user == manager
    removed = Contact.history.filter(email="office@example.org", history_type="-").get()
    assert removed.history_user == manager


def test_the_taker_is_told_in_their_language(planned, manager, newcomer):
    Notification.objects.all().delete()
    actions.call_off_hand_over(planned, by=manager)
    told = Notification.objects.get()
    assert (told.kind, told.user) == ("directory.hand_over_called_off", newcomer)
    for language in ("ar", "fr", "en"):
        told.language = language
        assert render(told).subject


def test_a_present_contact_keeps_what_it_was_and_a_part_that_was_brought_forward_goes_back(
    commune, manager, point, newcomer
):
    office = factories.ContactFactory(actor=commune, email="second@example.org")
    alternate = factories.FocalPointFactory(contact=office, part=FocalPoint.Part.ALTERNATE)
    factories.MembershipFactory(actor=commune, user=newcomer, part="manager", starts_on=date(2027, 6, 1))
    before = standing_of(commune)
    row = actions.hand_over(commune, day=DAY, point=point, account=newcomer.email, contact=office, by=manager)
    office.refresh_from_db()
    alternate.refresh_from_db()
    assert (office.user, alternate.ends_on) == (newcomer, DAY - timedelta(days=1))
    actions.call_off_hand_over(row, by=manager)
    assert standing_of(commune) == before


def test_it_is_called_off_once_and_not_from_its_day_on(planned, manager, before, commune):
    with time_machine.travel(NOW + timedelta(days=60), tick=False), pytest.raises(Refused, match="no longer"):
        actions.call_off_hand_over(planned, by=manager)
    actions.call_off_hand_over(planned, by=manager)
    with pytest.raises(Refused, match="already"):
        actions.call_off_hand_over(HandOver.objects.get(pk=planned.pk), by=manager)
    assert standing_of(commune) == before


def test_what_was_changed_since_stays_and_is_named(commune, planned, manager, point):
    actions.end_focal_point(point, ends_on=date(2026, 12, 1), by=manager)
    now = standing_of(commune)
    with pytest.raises(Refused, match="focal point"):
        actions.call_off_hand_over(planned, by=manager)
    assert standing_of(commune) == now


def test_a_later_hand_over_that_builds_on_it_is_called_off_first(commune, planned, administrator, before, manager):
    coming, third = commune.focal_points.get(starts_on=DAY), manager
    later = actions.hand_over(
        commune, day=date(2027, 3, 1), point=coming, account=third.email,
        details=OFFICE | SUCCESSOR | {"person": "ثالث"}, by=administrator,
    )  # fmt: skip
    with pytest.raises(Refused):
        actions.call_off_hand_over(planned, by=administrator)
    actions.call_off_hand_over(later, by=administrator)
    actions.call_off_hand_over(planned, by=administrator)
    assert standing_of(commune) == before


def test_a_manager_says_yes_on_a_page_first(officer, commune, planned, manager, member, as_user, before):
    url, back = (
        reverse("directory:call_off_hand_over", args=[planned.pk]),
        reverse("directory:focal_points", args=[commune.slug]),
    )
    assert [as_user(person).post(url).status_code for person in (officer, member)] == [403, 404]
    client = as_user(manager)
    assert (client.get(url).status_code, HandOver.objects.get().called_off_at) == (200, None)
    assert client.post(url).url == back
    assert standing_of(commune) == before
    assert "called off" in client.get(back).content.decode()
    sheet = client.get(planned.get_absolute_url()).content.decode()
    assert ("called off on" in sheet, "Make the sheet" in sheet) == (True, False)
    assert client.get(url).url == planned.get_absolute_url()


# Parts.


def test_a_taker_with_a_term_ending_and_one_to_come_has_the_part_without_a_gap(commune, manager, officer, newcomer):
    part = {"actor": commune, "user": newcomer, "part": "contributor"}
    ending = factories.MembershipFactory(**part, starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 30))
    coming = factories.MembershipFactory(**part, starts_on=date(2027, 2, 1))
    actions.hand_over(commune, day=TODAY, giver=officer, account=newcomer.email, by=manager)
    terms = [(term.pk, term.starts_on, term.ends_on) for term in commune.memberships.filter(**part)]
    assert ending.history.count() == 1
    assert terms == [
        (ending.pk, date(2026, 1, 1), date(2026, 11, 30)),
        (coming.pk, date(2026, 12, 1), None),
    ]


def test_a_taker_whose_only_term_ends_goes_on(commune, manager, officer, newcomer):
    part = {"actor": commune, "user": newcomer, "part": "contributor"}
    factories.MembershipFactory(**part, ends_on=date(2026, 11, 30))
    actions.hand_over(commune, day=TODAY, giver=officer, account=newcomer.email, by=manager)
    assert commune.memberships.get(user=newcomer, part="contributor").ends_on is None
