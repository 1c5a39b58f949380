"""Coordination spaces: who sees and edits them, and how institutions join and leave."""

from datetime import date, timedelta

import pytest

from actors.directory import actions
from actors.directory.models import Space, SpaceMember
from actors.directory.models.space import role_in
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.errors import Refused
from tests import factories
from tests.answers import stamp, typed


def test_a_space_is_seen_by_audience(visitor, outsider, member, administrator, space):
    def who():
        people = {"visitor": visitor, "outsider": outsider, "member": member, "administrator": administrator}
        return {name for name, person in people.items() if space in Space.objects.visible_to(person)}

    assert who() == {"visitor", "outsider", "member", "administrator"}
    Space.objects.filter(pk=space.pk).update(audience="members")
    assert who() == {"outsider", "member", "administrator"}
    Space.objects.filter(pk=space.pk).update(audience="space")
    assert who() == {"member", "administrator"}


def test_an_administrator_opens_a_space_with_a_clean_code(as_user, administrator):
    data = {"name_ar": "فضاء", "name_fr": "Espace d’essai", "code": "esp", "kind": "thematic", "audience": "public"}
    answer = as_user(administrator).post("/fr/spaces/add/", data)
    assert answer.headers["Location"] == "/fr/spaces/espace-d-essai/"
    assert Space.objects.get().code == "ESP"
    for code in ("ESP", "E S", "X", "فضاء"):
        again = as_user(administrator).post("/fr/spaces/add/", data | {"code": code})
        assert (again.status_code, list(again.context["form"].errors)) == (422, ["code"])


def test_the_secretariat_edits_the_space_but_not_its_code(as_user, secretariat, member, space):
    assert as_user(member).get("/ar/spaces/space/edit/").status_code == 403
    client, url = as_user(secretariat), "/ar/spaces/space/edit/"
    data = {"name_ar": "اسم آخر", "code": "XYZ"} | stamp(client, url)
    assert client.post(url, data).status_code == 302
    space.refresh_from_db()
    assert (space.name_ar, space.code) == ("اسم آخر", "TST")


def test_a_meeting_is_called_from_the_page_of_its_space(as_user, secretariat, member, administrator, space):
    link = f'/fr/meetings/add/?space={space.pk}"'
    offered = {person: link in as_user(person).get("/fr/spaces/space/").text for person in (secretariat, member)}
    assert offered == {secretariat: True, member: False}
    actions.edit_space(space, closed_on=today() - timedelta(days=1), closing_reason="منتهٍ", by=administrator)
    assert link not in as_user(secretariat).get("/fr/spaces/space/").text


def test_a_space_is_closed_with_a_reason(administrator, space):
    with pytest.raises(Refused) as refusal:
        actions.edit_space(space, closed_on=date(2026, 11, 1), by=administrator)
    assert refusal.value.field == "closing_reason"


def test_the_secretariat_adds_members_but_only_an_administrator_the_chair(as_user, secretariat, administrator, space):
    actor = factories.ActorFactory()
    data = {"actor": actor.pk, "part": "chair"}
    assert as_user(secretariat).post("/ar/spaces/space/members/add/", data).status_code == 422
    assert as_user(secretariat).post("/ar/spaces/space/members/add/", data | {"part": "observer"}).status_code == 302
    assert space.members.get(actor=actor).part == "observer"
    chair = factories.ActorFactory()
    assert (
        as_user(administrator).post("/ar/spaces/space/members/add/", {"actor": chair.pk, "part": "chair"}).status_code
        == 302
    )


def test_a_space_has_one_chair(administrator, space):
    actions.add_member(space, actor=factories.ActorFactory(), part="chair", by=administrator)
    with pytest.raises(Refused) as refusal:
        actions.add_member(space, actor=factories.ActorFactory(), part="chair", by=administrator)
    assert refusal.value.field == "part"
    assert space.members.filter(part="chair").count() == 1


def test_a_new_part_ends_the_old_one_the_day_before(administrator, space, commune):
    actions.add_member(space, actor=commune, part="chair", starts_on=date(2026, 11, 20), by=administrator)
    parts = {
        day: [row.part for row in space.members.on(day).filter(actor=commune)]
        for day in (date(2026, 11, 19), date(2026, 11, 20))
    }
    assert list(parts.values()) == [["member"], ["chair"]]
    with pytest.raises(Refused):
        actions.add_member(space, actor=commune, part="chair", starts_on=date(2026, 11, 21), by=administrator)


def test_rights_in_a_space_end_with_the_term(as_user, secretariat, member, space, service):
    row = space.members.get(actor=service)
    assert as_user(member).post(f"/ar/spaces/members/{row.pk}/end/", {"ends_on": "01/11/2026"}).status_code == 403
    assert as_user(secretariat).post(f"/ar/spaces/members/{row.pk}/end/", {"ends_on": "٠١/١١/٢٠٢٦"}).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == date(2026, 11, 1)
    assert role_in(User.objects.get(pk=member.pk), space) is None


def test_the_secretariat_cannot_end_its_own_part(as_user, secretariat, space, association):
    row = space.members.get(actor=association, part=SpaceMember.Part.SECRETARIAT)
    assert as_user(secretariat).get(f"/ar/spaces/members/{row.pk}/end/").status_code == 403


@pytest.mark.parametrize("part", ["chair", "secretariat"])
def test_who_steers_is_not_put_out_by_being_given_another_part(as_user, secretariat, administrator, space, part):
    steering = factories.SpaceMemberFactory(space=space, part=part)
    data = {"actor": steering.actor_id, "part": "observer"}
    answer = as_user(secretariat).post("/en/spaces/space/members/add/", data)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["actor"])
    steering.refresh_from_db()
    assert (steering.ends_on, space.members.filter(actor=steering.actor).count()) == (None, 1)
    assert as_user(administrator).post("/en/spaces/space/members/add/", data).status_code == 302


def test_a_term_that_will_end_still_counts_today(administrator, space, commune):
    later = today() + timedelta(days=200)
    chair = factories.SpaceMemberFactory(space=space, part="chair", ends_on=later)
    with pytest.raises(Refused) as refusal:
        actions.add_member(space, actor=factories.ActorFactory(), part="chair", by=administrator)
    assert refusal.value.field == "part"
    with pytest.raises(Refused):
        actions.add_member(space, actor=chair.actor, part="chair", starts_on=later, by=administrator)
    actions.add_member(space, actor=chair.actor, part="member", by=administrator)
    assert [row.part for row in space.members.on(today()).filter(actor=chair.actor)] == ["member"]


def test_a_part_to_come_is_not_overlapped(administrator, space):
    coming = factories.SpaceMemberFactory(space=space, starts_on=today() + timedelta(days=30))
    with pytest.raises(Refused) as refusal:
        actions.add_member(space, actor=coming.actor, part="observer", by=administrator)
    assert refusal.value.field == "starts_on"


def test_a_space_does_not_belong_to_itself_even_through_others(administrator, space):
    middle = factories.SpaceFactory(parent=space)
    below = factories.SpaceFactory(parent=middle)
    for parent in (space, middle, below):
        with pytest.raises(Refused) as refusal:
            actions.edit_space(Space.objects.get(pk=space.pk), parent=parent, by=administrator)
        assert refusal.value.field == "parent"
    space.refresh_from_db()
    assert space.parent is None


def test_a_host_that_is_no_longer_offered_stays_when_something_else_is_saved(as_user, secretariat, space):
    space.host = factories.ActorFactory(state="archived")
    space.save()
    client, url = as_user(secretariat), "/en/spaces/space/edit/"
    assert client.post(url, typed(client.get(url).context["form"]) | {"description_fr": "Objet"}).status_code == 302
    kept = space.host
    space.refresh_from_db()
    assert (space.host, space.description_fr) == (kept, "Objet")


def test_an_older_form_does_not_undo_what_somebody_else_wrote_since(as_user, secretariat, administrator, space):
    client, url = as_user(administrator), "/en/spaces/space/edit/"
    older = typed(client.get(url).context["form"]) | {"audience": "members"}
    actions.edit_space(Space.objects.get(pk=space.pk), audience="space", by=secretariat)
    answer = client.post(url, older | {"name_fr": "Autre"})
    assert answer.status_code == 422
    assert "members of the space" in answer.content.decode()
    space.refresh_from_db()
    assert (space.audience, space.name_fr != "Autre") == ("space", True)
    again = answer.context["form"]
    assert client.post(url, older | {"name_fr": "Autre", "seen": again.stamp}).status_code == 302


def test_a_sheet_hidden_from_visitors_is_named_in_a_space_without_a_link(as_user, visitor, member, space, commune):
    commune.confirmed_on = today() - timedelta(days=600)
    commune.save()
    space.host = commune
    space.save()
    for person, links in ((visitor, 0), (member, 2)):
        page = as_user(person).get("/ar/spaces/space/").content.decode()
        assert page.count(commune.name_ar) >= 2
        assert page.count('href="/ar/actors/commune-a/"') == links


def test_a_space_that_is_opened_is_not_asked_when_it_closes(as_user, administrator, space):
    client = as_user(administrator)
    asked = {"closed_on", "closing_reason"}
    assert not asked & set(client.get("/en/spaces/add/").context["form"].fields)
    assert asked <= set(client.get(f"/en/spaces/{space.slug}/edit/").context["form"].fields)
