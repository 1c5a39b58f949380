"""What a merge will do is shown row by row before it is asked for, and what was shown is what is written."""

import re
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from actors.directory.models import Actor, Membership, ProposedChange
from actors.doubles.models import Merge
from actors.doubles.rules.plan import plan_merge
from tests import factories
from tests.actors.doubles.merging_world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def client(as_user, administrator):
    return as_user(administrator)


@pytest.fixture
def pair():
    return (
        factories.ActorFactory(slug="one", name_ar="جمعية البحيرة", name_fr=""),
        factories.ActorFactory(slug="other", name_ar="جمعيه البحيره", name_fr="", acronym="AB"),
    )


def address(winner="one", loser="other", **chosen):
    return f"{reverse('doubles:merge_actors')}?{urlencode({'winner': winner, 'loser': loser, **chosen})}"


def shown(client, *names, **chosen):
    answer = client.get(address(*names, **chosen))
    assert answer.status_code == 200
    return answer


def sent(answer):
    """What the form of the page sends."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode()))


def told(answer):
    return [(kind.title, kind.moved, kind.aside, kind.joined) for kind in answer.context["kinds"]]


@time_machine.travel(datetime(2026, 11, 30, 9, tzinfo=UTC), tick=False)
def test_what_is_shown_is_exactly_what_is_written(client):
    world = World()
    names = (world.winner.slug, world.loser.slug)
    preview = shown(client, *names, notes="both", acronym="loser")
    plan = plan_merge(*world.both, preview.context["form"].chosen)
    assert preview.context["planned"] == plan.digest
    answer = client.post(address(*names), sent(preview))
    done = Merge.objects.get()
    assert answer["Location"] == done.get_absolute_url()
    assert done.changes == plan.kept
    assert Actor.objects.get(pk=world.winner.pk).acronym == "THIS"
    after = client.get(done.get_absolute_url())
    assert told(after) == told(preview)
    assert after.context["filled"] == preview.context["filled"]
    kinds = {title: counts for title, *counts in told(preview)}
    assert kinds["Members of spaces"] == [1, 1, 1]
    assert kinds["Invitations"] == [1, 1, 1]
    rows = [row for kind in preview.context["kinds"] for row in kind.rows]
    keys = {(one["model"], one["key"]) for one in done.changes} - {
        ("directory.actor", str(sheet.pk)) for sheet in world.both
    }
    assert len(rows) == len(keys)


def test_a_row_is_named_with_what_it_says_and_the_rule_that_settles_it(client, pair):
    space = factories.SpaceFactory(code="MRG", name_en="Space of Nador")
    factories.SpaceMemberFactory(space=space, actor=pair[0])
    factories.SpaceMemberFactory(space=space, actor=pair[1], part="chair")
    page = shown(client).content.decode()
    assert "Space of Nador" in page
    assert "Where both have a part in a space, one part stays: the stronger one." in page
    assert re.search(r"<dt>Part</dt><dd><del[^>]*>member</del> <ins[^>]*>chair</ins>", page)


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_no_word_of_the_code_reaches_the_reader(client, language):
    world = World()
    with translation.override(language):
        page = shown(client, world.winner.slug, world.loser.slug)
    texts = [
        text
        for kind in page.context["kinds"]
        for text in (kind.title, *kind.rules, *(part for row in kind.rows for one in row.said for part in one))
    ]
    # what the world itself calls things; the rest is ours
    ours = [text for text in texts if not re.search(r"@|\+|Thissagh|\d", text)]
    assert [text for text in ours if re.search(r"[a-z]_[a-z]|relationship|answered|answer$", text)] == []
    if language == "ar":
        assert [text for text in ours if re.search(r"[A-Za-z]{3}", text)] == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_many_rows_move(client, pair, number, django_assert_num_queries):
    for _row in range(number):
        factories.MembershipFactory(actor=pair[1])
        factories.InvitationFactory(actor=pair[1])
    with django_assert_num_queries(43):
        shown(client)


def test_what_changed_since_it_was_shown_is_shown_again(client, pair):
    factories.MembershipFactory(actor=pair[1])
    form = sent(shown(client))
    factories.MembershipFactory(actor=pair[1])
    answer = client.post(address(), form)
    assert answer.status_code == 422
    assert "has changed since you looked" in answer.content.decode()
    assert not Merge.objects.exists()
    assert client.post(address(), sent(answer)).status_code == 302
    assert Membership.objects.filter(actor=pair[0]).count() == 2


def test_the_minute_at_which_it_is_sent_changes_nothing(client, pair):
    ProposedChange.objects.create(actor=pair[1], values={"kind": ["other", "association"]})
    with time_machine.travel(datetime(2026, 11, 30, 9, tzinfo=UTC), tick=False):
        form = sent(shown(client))
    with time_machine.travel(datetime(2026, 11, 30, 9, 5, tzinfo=UTC), tick=False):
        assert client.post(address(), form).status_code == 302
    assert ProposedChange.objects.get().state == "withdrawn"


def test_nobody_merges_without_having_been_shown(client, pair):
    assert client.post(address(), {"name_ar": "winner"}).status_code == 422
    assert not Merge.objects.exists()


def test_what_was_chosen_goes_all_the_way_and_back(client, pair):
    preview = shown(client, "other", "one", name_ar="loser")
    assert 'name="name_ar" value="loser"' in preview.content.decode()
    back = client.get(preview.context["back_url"]).content.decode()
    assert 'name="winner" value="other"' in back
    assert re.search(r'name="name_ar" value="loser" checked', back)
    answer = client.post(address("other", "one"), sent(preview))
    merge = Merge.objects.get()
    assert answer["Location"] == merge.get_absolute_url()
    pair[1].refresh_from_db()
    assert (merge.winner, pair[1].name_ar) == (pair[1], "جمعية البحيرة")


def test_sent_twice_it_leads_to_the_one_merge(client, pair):
    form = sent(shown(client))
    first, again = client.post(address(), form), client.post(address(), form)
    assert first["Location"] == again["Location"] == Merge.objects.get().get_absolute_url()


def test_what_will_be_refused_says_why_and_offers_no_button(client, pair):
    between = factories.ActorFactory(name_ar="الوسطى", name_fr="", parent=pair[1])
    Actor.objects.filter(pk=pair[0].pk).update(parent=between)
    page = shown(client).content.decode()
    assert "stands between the two sheets" in page
    assert "Merge the two sheets" not in page
    assert "Choose which of the two values stays." in shown(client, name_ar="third").content.decode()


def test_two_sheets_have_to_be_named(client, pair):
    compare = reverse("doubles:compare_actors")
    assert client.get(reverse("doubles:merge_actors"))["Location"].startswith(compare)
    same = client.get(address("one", "one"), follow=True)
    assert "Choose two different sheets" in same.content.decode()
    assert client.get(address("one", "nobody")).status_code == 404
    assert client.get(address("one", "no\0body")).status_code == 400


def test_public_contact_details_of_a_hidden_sheet_are_spoken_of(client, pair):
    Actor.objects.filter(pk=pair[1].pk).update(state="draft")
    assert "The sheet that goes is not public" in shown(client).content.decode()
