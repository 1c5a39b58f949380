"""One institution of thousands is chosen by writing its name, with scripts and without."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from actors.directory.models import Actor
from portal.core.search import reindex
from recommendations.models import Assignment
from tests import factories

SUGGESTIONS = "directory:suggest_actors"


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def many(space):
    """Fifteen communes called alike, one of them exactly so, and a hidden one."""
    rows = [factories.ActorFactory(name_fr=f"Commune de Zaio {n}", name_ar=f"زايو {n}") for n in range(14)]
    rows.append(factories.ActorFactory(name_fr="Commune de Zaio", name_ar="زايو", acronym="CZ"))
    factories.ActorFactory(name_fr="Zaio cachée", name_ar="خفية", state=Actor.State.DRAFT)
    reindex(Actor.objects.all())
    return rows


@pytest.fixture
def adopted(space, association):
    return factories.RecommendationFactory(
        meeting=factories.MeetingFactory(space=space, organiser=association, state="held")
    )


def offered(client, **query):
    answer = client.get(reverse(SUGGESTIONS), query)
    assert answer.status_code == 200
    return re.findall(r'data-name="([^"]+)"', answer.text)


def test_at_most_twelve_are_suggested_the_best_first(many, as_user, member):
    found = offered(as_user(member), q="zaio")

    assert len(found) == 12
    assert offered(as_user(member), q="commune de zaio")[0] == "Commune de Zaio (CZ)"
    assert offered(as_user(member), q="CZ") == ["Commune de Zaio (CZ)"]


def test_nobody_is_suggested_what_they_may_not_see(many, as_user, member, administrator, visitor):
    assert offered(as_user(member), q="cachée", among="kept") == []
    assert offered(as_user(administrator), q="cachée") == []
    assert offered(as_user(administrator), q="cachée", among="kept") == ["Zaio cachée"]
    assert as_user(visitor).get(reverse(SUGGESTIONS), {"q": "zaio"}).status_code == 302


def test_members_of_the_space_stand_ready_before_anything_is_written(many, as_user, member, space, association):
    assert association.full_name in offered(as_user(member), space=space.slug)
    assert offered(as_user(member)) == []


def test_a_suggestion_says_that_nothing_fits(many, as_user, member):
    assert "No institution fits" in as_user(member).get(reverse(SUGGESTIONS), {"q": "qqqq"}).text


def assign(client, recommendation, **typed):
    address = reverse("recommendations:assign", args=[recommendation.reference])
    return client.send(address, {"part": "lead"} | typed)


def test_without_scripts_the_form_finds_the_name(many, adopted, as_user, secretariat):
    for name in ("commune de zaio", "cz", "زايو"):
        assert assign(as_user(secretariat), adopted, actor_named=name).status_code == 302
        assert Assignment.objects.get().actor == many[-1]
        Assignment.objects.all().delete()


def test_without_scripts_one_of_several_is_chosen(many, adopted, as_user, secretariat):
    client = as_user(secretariat)
    asked = assign(client, adopted, actor_named="zaio", due_on="08/02/2027")

    assert asked.status_code == 422
    assert asked.text.count('type="radio" name="actor"') == 12
    assert "There are more" in asked.text
    assert 'name="actor_named" value="zaio"' in asked.text
    assert 'value="08/02/2027"' in asked.text
    answer = assign(client, adopted, actor_named="zaio", actor_meant="zaio", actor=many[3].pk)
    assert (answer.status_code, Assignment.objects.get().actor) == (302, many[3])


def test_what_was_written_last_counts(many, adopted, as_user, secretariat):
    typed = {"actor": many[3].pk, "actor_meant": many[3].full_name, "actor_named": "commune de zaio"}
    assert assign(as_user(secretariat), adopted, **typed).status_code == 302
    assert Assignment.objects.get().actor == many[-1]


def test_what_fits_nothing_is_said_and_kept(many, adopted, as_user, secretariat):
    answer = assign(as_user(secretariat), adopted, actor_named="qqqq", actor="999999999999999999999", actor_meant="x")

    assert answer.status_code == 422
    assert "fits “qqqq”" in answer.text
    assert 'name="actor_named" value="qqqq"' in answer.text
    assert "Write the name of the institution." in assign(as_user(secretariat), adopted, actor_named=" ").text


def test_a_choice_stays_chosen_when_something_else_is_refused(many, adopted, as_user, secretariat):
    typed = {"actor": many[3].pk, "actor_named": many[3].full_name, "actor_meant": many[3].full_name}
    answer = assign(as_user(secretariat), adopted, due_on="no day", **typed)

    assert answer.status_code == 422
    assert f'name="actor" value="{many[3].pk}"' in answer.text
    assert f'name="actor_named" value="{many[3].full_name}"' in answer.text


@pytest.fixture
def thousands(db):
    Actor.objects.bulk_create(
        Actor(slug=f"thousands-{n}", kind="association", name_ar=f"جمعية كثيرة {n}", name_fr=f"Foule {n}")
        for n in range(3000)
    )
    Actor.objects.filter(slug__startswith="thousands").update(state=Actor.State.PUBLISHED)


def test_pages_on_which_an_institution_is_chosen_list_none(
    thousands, adopted, commune, space, as_user, secretariat, officer, administrator
):
    asked = factories.AssignmentFactory(recommendation=adopted, actor=commune, answer="waiting")
    meeting = adopted.meeting.reference
    pages = [
        (secretariat, reverse("recommendations:assign", args=[adopted.reference])),
        (officer, reverse("recommendations:answer_assignment", args=[asked.pk])),
        (secretariat, reverse("meetings:record_attendance", args=[meeting])),
        (secretariat, reverse("directory:add_member", args=[space.slug])),
        (administrator, reverse("directory:edit_space", args=[space.slug])),
        (administrator, reverse("directory:edit_actor", args=[commune.slug])),
        (administrator, reverse("roles:add_role")),
        (administrator, reverse("meetings:add_meeting")),
    ]
    for person, address in pages:
        answer = as_user(person).get(address)
        assert answer.status_code == 200, address
        assert "Foule" not in answer.text, address
        assert "data-actor-box" in answer.text, address
    assert len(as_user(secretariat).get(pages[0][1]).content) < 60_000
