"""Sheets of the directory: who sees, adds and edits them, and what an edit does."""

import pytest

from actors import actions
from actors.models import Actor
from portal.core.errors import Refused
from portal.core.search import find
from tests import factories
from tests.answers import content_of


def test_everybody_sees_published_sheets_and_insiders_their_own_drafts(
    visitor, manager, member, administrator, commune
):
    commune.state = Actor.State.DRAFT
    commune.save()
    seen = {person: commune in Actor.objects.visible_to(person) for person in (visitor, member, manager, administrator)}
    assert seen == {visitor: False, member: False, manager: True, administrator: True}


def test_a_new_sheet_has_an_address_made_from_its_acronym_and_is_found_by_search(administrator):
    theme = factories.ThemeFactory(name_ar="الصحة", name_fr="Santé")
    actor = actions.add_actor(
        kind="association",
        name_ar="جمعية الأمل",
        name_fr="Association de l’Espoir",
        acronym="AE",
        themes=[theme],
        by=administrator,
    )
    assert actor.slug == "ae"
    assert list(find(Actor.objects.all(), "sante")) == [actor]
    assert list(find(Actor.objects.all(), "الامل")) == [actor]
    assert actor.history.get().history_user == administrator


@pytest.mark.parametrize(
    ("names", "slug"),
    [
        ({"name_fr": "Délégation provinciale de l’Éducation"}, "delegation-provinciale-de-l-education"),
        ({"name_fr": "Œuvres sociales"}, "oeuvres-sociales"),
        ({}, "deconcentrated-service-1"),
        ({"name_fr": "Add"}, "add-2"),
    ],
)
def test_addresses_are_plain_letters(administrator, names, slug):
    assert actions.add_actor(kind="deconcentrated_service", name_ar="مصلحة", **names, by=administrator).slug == slug


def test_the_same_acronym_gets_the_next_number(administrator):
    slugs = [
        actions.add_actor(kind="association", name_ar=f"جمعية {n}", acronym="ABC", by=administrator).slug
        for n in range(3)
    ]
    assert slugs == ["abc", "abc-2", "abc-3"]


def test_a_second_sheet_of_the_same_name_and_seat_is_refused(administrator, commune):
    with pytest.raises(Refused) as refusal:
        actions.add_actor(kind="commune", name_ar=commune.name_ar, by=administrator)
    assert refusal.value.field == "name_ar"
    assert Actor.objects.count() == 1


def test_an_institution_cannot_belong_to_itself_even_through_others(administrator, commune):
    child = factories.ActorFactory(parent=commune)
    with pytest.raises(Refused):
        actions.edit_actor(commune, parent=child, by=administrator)
    commune.refresh_from_db()
    assert commune.parent is None


def test_an_edit_keeps_the_address_and_is_in_the_history(manager, commune):
    actions.edit_actor(commune, name_fr="Commune nouvelle", by=manager)
    commune.refresh_from_db()
    assert (commune.slug, commune.name_fr) == ("commune-a", "Commune nouvelle")
    assert commune.history.latest().history_user == manager


def test_a_manager_edits_their_sheet_but_not_its_state_or_kind(as_user, manager, commune):
    page = as_user(manager).get("/fr/actors/commune-a/edit/")
    assert {"state", "kind", "parent"} & set(page.context["form"].fields) == set()
    data = {"name_ar": "اسم جديد", "state": "archived", "kind": "other"}
    assert as_user(manager).post("/fr/actors/commune-a/edit/", data).status_code == 302
    commune.refresh_from_db()
    assert (commune.name_ar, commune.state, commune.kind) == ("اسم جديد", "published", "commune")


def test_contributors_and_strangers_may_not_edit(as_user, officer, outsider, commune):
    assert as_user(officer).get("/ar/actors/commune-a/edit/").status_code == 403
    assert as_user(outsider).get("/ar/actors/commune-a/edit/").status_code == 403
    assert as_user(outsider).post("/ar/actors/commune-a/confirm/").status_code == 403
    commune.refresh_from_db()
    assert commune.confirmed_on is None


def test_only_administrators_add_sheets(as_user, manager, administrator):
    assert as_user(manager).get("/ar/actors/add/").status_code == 403
    answer = as_user(administrator).post(
        "/ar/actors/add/", {"name_ar": "جمعية", "kind": "association", "state": "published"}
    )
    assert answer.headers["Location"] == "/ar/actors/association-1/"


def test_a_refused_form_keeps_what_was_typed(as_user, administrator, commune):
    data = {"name_ar": commune.name_ar, "kind": "commune", "state": "draft", "description_ar": "نص طويل"}
    answer = as_user(administrator).post("/ar/actors/add/", data)
    assert answer.status_code == 422
    assert "name_ar" in answer.context["form"].errors
    assert "نص طويل" in answer.content.decode()


def test_a_logo_must_be_a_picture_and_is_served_to_those_who_see_the_sheet(as_user, visitor, manager, commune, png):
    client = as_user(manager)
    wrong = png("logo.png", b"%PDF-1.7 not a picture")
    assert client.post("/fr/actors/commune-a/edit/", {"name_ar": "جماعة", "logo": wrong}).status_code == 422
    assert client.post("/fr/actors/commune-a/edit/", {"name_ar": "جماعة", "logo": png("logo.png")}).status_code == 302
    picture = as_user(visitor).get("/fr/actors/commune-a/logo/")
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")
    assert content_of(picture).startswith(b"\x89PNG")
    assert client.post("/fr/actors/commune-a/edit/", {"name_ar": "جماعة", "remove_logo": "on"}).status_code == 302
    assert as_user(visitor).get("/fr/actors/commune-a/logo/").status_code == 404


def test_confirming_a_sheet_dates_it(as_user, manager, commune, time_machine):
    time_machine.move_to("2026-11-23 10:00 +0000", tick=False)
    assert as_user(manager).post("/ar/actors/commune-a/confirm/").status_code == 302
    commune.refresh_from_db()
    assert (str(commune.confirmed_on), commune.confirmed_by) == ("2026-11-23", manager)
    time_machine.move_to("2027-11-24 10:00 +0000")
    assert commune.is_stale


def test_what_changed_names_field_before_and_after(as_user, manager, officer, commune):
    actions.edit_actor(commune, name_fr="Avant", by=manager)
    actions.edit_actor(commune, name_fr="Après", by=manager)
    page = as_user(manager).get("/fr/actors/commune-a/changes/")
    [latest, *_earlier] = page.context["revisions"]
    assert [(change.before, change.after) for change in latest.changes] == [("Avant", "Après")]
    assert latest.by == manager
    assert as_user(officer).get("/fr/actors/commune-a/changes/").status_code == 403
