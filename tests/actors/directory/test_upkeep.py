"""The page of what is to be mended: figures that lead to lists, and asking institutions to confirm."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from actors.directory import actions
from actors.directory.models import Actor, ProposedChange
from actors.directory.reading.upkeep import CHECKS, figures, waiting
from actors.doubles.models import Double
from actors.roles.models import Responsibility
from portal.notifications.models import Notification
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
TODAY = date(2026, 11, 20)
URL = "/en/actors/upkeep/"


@pytest.fixture(autouse=True)
def _in_november_and_in_english():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


def sound(places, **fields):
    """A sheet with nothing to mend, confirmed by one of its people."""
    person = factories.UserFactory()
    values = {"seat": places["02.381.01.03"], "confirmed_on": TODAY, "confirmed_by": person} | fields
    actor = factories.ActorFactory(**values)
    factories.MembershipFactory(actor=actor, user=person)
    factories.FocalPointFactory(contact=factories.ContactFactory(actor=actor))
    return actor


def found(**changes):
    """The figures as expected: nothing but what is named."""
    return {check.key: 0 for check in CHECKS} | changes


def test_a_sound_sheet_is_in_no_figure(places):
    sound(places)
    assert figures() == found()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"confirmed_on": TODAY - timedelta(days=366)}, {"stale": 1}),
        ({"confirmed_on": TODAY - timedelta(days=549)}, {"stale": 1, "hidden": 1}),
        ({"confirmed_by": None}, {"unverified": 1}),
        ({"confirmed_by": None, "confirmed_mailbox": "office@example.org"}, {}),
        ({"name_ar": ""}, {"name_ar": 1}),
        ({"name_fr": ""}, {"name_fr": 1}),
        ({"seat": None}, {"seat": 1}),
        ({"state": Actor.State.ARCHIVED, "seat": None}, {}),
        ({"state": Actor.State.DRAFT, "confirmed_by": None, "confirmed_on": None, "seat": None}, {"seat": 1}),
    ],
)
def test_each_figure_counts_what_it_says(places, fields, expected):
    sound(places, **fields)
    assert figures() == found(**expected)


def test_what_an_administrator_confirms_is_fresh_and_still_not_confirmed_by_the_institution(
    places, administrator, as_user
):
    actor = sound(places, confirmed_on=TODAY - timedelta(days=400), confirmed_by=None)
    actions.confirm_actor(actor, by=administrator)
    assert figures() == found(unverified=1)
    seen = as_user(administrator).get("/en/actors/?fresh=never").context["listing"].page
    assert list(seen) == [actor]
    manager = factories.MembershipFactory(actor=actor, part="manager").user
    actions.confirm_actor(actor, by=manager)
    assert figures() == found()
    assert not Actor.objects.unverified().exists()


def test_the_list_begins_with_what_was_never_confirmed_in_every_database(places, administrator, as_user):
    old = sound(places, confirmed_on=TODAY - timedelta(days=500))
    never = sound(places, confirmed_on=None, created_at=NOW - timedelta(days=380))
    Actor.objects.filter(pk=never.pk).update(created_at=NOW - timedelta(days=380))
    client = as_user(administrator)
    assert list(client.get(URL).context["listing"].page) == [never, old]
    assert list(client.get(f"{URL}?sort=-old").context["listing"].page) == [old, never]


def test_ended_details_and_terms_do_not_count(places):
    actor = sound(places)
    for row in (*actor.contacts.all(), *actor.focal_points.all()):
        row.ends_on = TODAY - timedelta(days=1)
        row.save()
    assert figures() == found(contact=1, focal_point=1)


def test_contested_roles_proposals_and_doubles_are_counted(places):
    first, second = sound(places), sound(places)
    Responsibility.objects.create(
        actor=first, theme=factories.ThemeFactory(), territory=places["02.381"], answer="contested", reservation="لا"
    )
    ProposedChange.objects.create(actor=first, values={"name_fr": ["", "Autre"]})
    Double.objects.create(first=first, second=second, score=80)
    Double.objects.create(first=first, second=factories.ActorFactory(), score=80, settled_at=NOW)
    assert figures()["contested"] == 1
    assert waiting() == {"proposals": 1, "files": 0, "doubles": 1}


def test_a_figure_leads_to_the_list_behind_it(places, administrator, as_user):
    placed, lost = sound(places), sound(places, seat=None)
    client = as_user(administrator)
    assert f"{URL}?what=seat" in client.get(URL).content.decode()
    page = client.get(f"{URL}?what=seat").content.decode()
    assert lost.get_absolute_url() in page
    assert placed.get_absolute_url() not in page
    assert lost.get_absolute_url() not in client.get(f"{URL}?what=name_ar").content.decode()
    assert client.get(f"{URL}?what=nonsense").status_code == 200


def test_without_a_choice_the_list_shows_whatever_needs_mending(places, administrator, as_user):
    placed, lost = sound(places), sound(places, seat=None)
    page = as_user(administrator).get(URL).content.decode()
    assert lost.get_absolute_url() in page
    assert placed.get_absolute_url() not in page


def test_the_list_is_searched_and_exported_like_every_list(places, administrator, as_user):
    lost = sound(places, seat=None, name_fr="Institution égarée", acronym="IEG")
    client = as_user(administrator)
    text = client.get(f"{URL}?what=seat&export=csv").getvalue().decode("utf-8-sig")
    assert "IEG" in text
    assert "no seat" in text
    assert lost.get_absolute_url() not in client.get(f"{URL}?q=introuvable").content.decode()


def test_only_administrators_see_it(manager, visitor, as_user):
    assert as_user(manager).get(URL).status_code == 403
    assert as_user(manager).post(reverse("directory:ask_confirmation"), {"pick": "1"}).status_code == 403
    assert as_user(visitor).get(URL).status_code == 302


def test_the_ticked_are_asked_and_one_alone_by_its_button(places, administrator, as_user):
    first, second, third = (sound(places, seat=None) for _number in range(3))
    client, url = as_user(administrator), reverse("directory:ask_confirmation")
    answer = client.post(url, {"pick": [first.pk, second.pk], "query": "what=seat&page=2"})
    assert answer.url == f"{URL}?what=seat&page=2"
    client.post(url, {"pick": [first.pk], "only": str(third.pk)})
    asked = Notification.objects.filter(kind="directory.sheet_stale")
    assert sorted(int(pk) for pk in asked.values_list("object_id", flat=True)) == [first.pk, second.pk, third.pk]
    page = client.post(url, {"pick": [first.pk]}, follow=True).content.decode()
    assert "not asked again" in page
    assert "asked on 20 November 2026" in page
    assert asked.count() == 3


def test_what_no_key_can_be_is_passed_over(administrator, as_user):
    client, url = as_user(administrator), reverse("directory:ask_confirmation")
    for pick in ("", "x", "9" * 40):
        assert client.post(url, {"pick": pick, "query": "?&="}).status_code == 302
    assert Notification.objects.count() == 0


@pytest.mark.parametrize("number", [3, 40])
def test_the_page_costs_the_same_for_many(places, administrator, as_user, number, django_assert_num_queries):
    for _row in range(number):
        sound(places, seat=None)
    client = as_user(administrator)
    client.get(URL)
    with django_assert_num_queries(10):
        client.get(URL)


def test_an_empty_directory_says_so(administrator, as_user):
    Actor.objects.all().delete()
    assert "Everything is in order" in as_user(administrator).get(URL).content.decode()
