"""Sheets of the directory: who sees, adds and edits them, and what an edit does."""

from datetime import timedelta

import pytest

from actors.directory import actions
from actors.directory.models import Actor
from portal.core.dates import today
from portal.core.errors import Refused
from portal.core.search import find
from tests import factories
from tests.answers import content_of, stamp, typed


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
    actions.edit_actor(commune, acronym="CN", by=manager)
    commune.refresh_from_db()
    assert (commune.slug, commune.acronym) == ("commune-a", "CN")
    assert commune.history.latest().history_user == manager


def test_a_manager_edits_their_sheet_but_not_its_state_or_what_it_belongs_to(as_user, manager, commune):
    page = as_user(manager).get("/fr/actors/commune-a/edit/")
    assert {"state", "parent", "notes"} & set(page.context["form"].fields) == set()
    data = {"name_ar": commune.name_ar, "kind": "commune", "state": "archived", "notes": "x", "address": "زنقة 1"}
    data["seen"] = page.context["form"].stamp
    assert as_user(manager).post("/fr/actors/commune-a/edit/", data).status_code == 302
    commune.refresh_from_db()
    assert (commune.state, commune.notes, commune.address) == ("published", "", "زنقة 1")


def test_notes_are_for_administrators_alone(as_user, administrator, manager, commune):
    actions.edit_actor(commune, notes="ملاحظة داخلية", by=administrator)
    for person, seen in ((administrator, True), (manager, False)):
        for path in ("", "changes/", "edit/"):
            page = as_user(person).get(f"/ar/actors/commune-a/{path}").content.decode()
            assert ("ملاحظة داخلية" in page) is seen, path


def test_a_sheet_that_came_without_an_arabic_name_is_edited_under_its_french_one(as_user, administrator):
    factories.ActorFactory(slug="sans", name_ar="", name_fr="Association sans nom arabe")
    form = as_user(administrator).get("/fr/actors/sans/edit/").context["form"]
    assert (form.fields["name_ar"].required, form.fields["name_fr"].required) == (False, True)
    assert form.fields["name_ar"].help_text
    data = {"name_fr": "Association renommée", "kind": "association", "state": "published"}
    client, url = as_user(administrator), "/fr/actors/sans/edit/"
    assert client.post(url, data | {"seen": form.stamp}).status_code == 302
    assert client.post(url, data | {"name_fr": ""} | stamp(client, url)).status_code == 422
    assert as_user(administrator).post("/fr/actors/add/", data).status_code == 422


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
    client, data = as_user(manager), {"name_ar": commune.name_ar, "name_fr": commune.name_fr, "kind": "commune"}
    url = "/fr/actors/commune-a/edit/"
    wrong = png("logo.png", b"%PDF-1.7 not a picture")
    assert client.post(url, data | stamp(client, url) | {"logo": wrong}).status_code == 422
    assert client.post(url, data | stamp(client, url) | {"logo": png("logo.png")}).status_code == 302
    picture = as_user(visitor).get("/fr/actors/commune-a/logo/")
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")
    assert content_of(picture).startswith(b"\x89PNG")
    assert client.post(url, data | stamp(client, url) | {"remove_logo": "on"}).status_code == 302
    assert as_user(visitor).get("/fr/actors/commune-a/logo/").status_code == 404


def test_a_logo_whose_file_is_lost_is_not_found(settings, tmp_path, as_user, visitor, commune):
    settings.MEDIA_ROOT = tmp_path
    commune.logo = "logos/lost.png"
    commune.save()
    assert as_user(visitor).get("/fr/actors/commune-a/").status_code == 200
    assert as_user(visitor).get("/fr/actors/commune-a/logo/").status_code == 404


def test_a_logo_handed_in_with_a_refused_edit_leaves_no_file(settings, tmp_path, administrator, commune, png):
    settings.MEDIA_ROOT = tmp_path
    child = factories.ActorFactory(parent=commune)
    with pytest.raises(Refused):
        actions.edit_actor(commune, parent=child, logo=png("logo.png"), by=administrator)
    with pytest.raises(Refused):
        actions.add_actor(kind="commune", name_ar=commune.name_ar, logo=png("logo.png"), by=administrator)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    actions.edit_actor(commune, logo=png("logo.png"), by=administrator)
    commune.refresh_from_db()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["logo.png"]
    assert commune.logo.name == "logos/logo.png"


def test_confirming_a_sheet_dates_it(as_user, manager, commune, time_machine):
    time_machine.move_to("2026-11-23 10:00 +0000", tick=False)
    assert as_user(manager).post("/ar/actors/commune-a/confirm/").status_code == 302
    commune.refresh_from_db()
    assert (str(commune.confirmed_on), commune.confirmed_by) == ("2026-11-23", manager)
    time_machine.move_to("2027-11-24 10:00 +0000")
    assert commune.is_stale


def test_an_old_confirmation_is_noticed_inside_and_hides_the_sheet_from_visitors(
    as_user, visitor, member, manager, commune
):
    def seen(person):
        answer = as_user(person).get("/fr/actors/commune-a/")
        return answer.status_code, answer.content.decode() if answer.status_code == 200 else ""

    for days, notices in ((300, (False, False, False)), (400, (False, True, True)), (600, (None, True, True))):
        commune.confirmed_on = today() - timedelta(days=days)
        commune.save()
        found = []
        for person in (visitor, member, manager):
            status, page = seen(person)
            found.append("personne ne l’a confirmée" in page or "Personne n’a confirmé" in page if page else None)
            assert status == (200 if page else 404)
            assert not page or "Dernière confirmation de la fiche" in page
        assert tuple(found) == notices
    assert "Les visiteurs ne voient plus cette fiche" in seen(manager)[1]
    assert "Les visiteurs ne voient plus cette fiche" not in seen(member)[1]


def test_a_merged_sheet_leads_to_the_one_it_ended_up_in(as_user, visitor, administrator, commune):
    second = factories.ActorFactory(slug="second", state=Actor.State.ARCHIVED, merged_into=commune)
    factories.ActorFactory(slug="first", state=Actor.State.ARCHIVED, merged_into=second)
    for path in ("", "activity/"):
        answer = as_user(visitor).get(f"/fr/actors/first/{path}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/fr/actors/commune-a/{path}")
    answer = as_user(administrator).get("/fr/actors/first/edit/")
    assert answer.headers["Location"] == "/fr/actors/commune-a/edit/"
    assert as_user(administrator).post("/fr/actors/first/edit/", {"name_ar": "اسم"}).status_code == 404
    commune.state = Actor.State.DRAFT
    commune.save()
    assert as_user(visitor).get("/fr/actors/first/").status_code == 404


def test_an_edit_over_somebody_elses_is_refused_once_with_what_changed(as_user, administrator, manager, commune):
    client = as_user(manager)
    form = client.get("/fr/actors/commune-a/edit/").context["form"]
    data = {"name_ar": commune.name_ar, "name_fr": commune.name_fr, "kind": "commune", "acronym": "B"}
    data["seen"] = form.stamp
    actions.edit_actor(commune, acronym="A", address="زنقة 1", by=administrator)
    answer = client.post("/fr/actors/commune-a/edit/", data)
    assert answer.status_code == 422
    [sentence] = answer.context["form"].errors["acronym"]
    assert (administrator.name in sentence, "«\u00a0A\u00a0»" in sentence) == (True, True)
    commune.refresh_from_db()
    assert commune.acronym == "A"
    again = data | {"seen": answer.context["form"].stamp}
    assert client.post("/fr/actors/commune-a/edit/", again).status_code == 302
    commune.refresh_from_db()
    assert (commune.acronym, commune.address) == ("B", "زنقة 1")


def test_confirming_meanwhile_does_not_stand_in_the_way_of_an_edit(as_user, manager, commune):
    client = as_user(manager)
    seen = stamp(client, "/fr/actors/commune-a/edit/")
    actions.confirm_actor(commune, by=manager)
    data = {"name_ar": commune.name_ar, "name_fr": commune.name_fr, "kind": "commune", "acronym": "B"} | seen
    assert client.post("/fr/actors/commune-a/edit/", data).status_code == 302


def test_what_is_no_longer_offered_stays_when_something_else_is_saved(as_user, administrator, commune):
    old, new = factories.ThemeFactory(is_active=False), factories.ThemeFactory()
    commune.parent = factories.ActorFactory(state="archived")
    commune.save()
    commune.themes.set([old, new])
    client, url = as_user(administrator), "/en/actors/commune-a/edit/"
    form = client.get(url).context["form"]
    assert client.post(url, typed(form) | {"description_fr": "Autre texte"}).status_code == 302
    kept = commune.parent
    commune.refresh_from_db()
    assert (commune.parent, commune.description_fr, set(commune.themes.all())) == (kept, "Autre texte", {old, new})
    other = factories.ThemeFactory(is_active=False)
    assert other.pk not in {int(str(key)) for key, _name in form["themes"].field.choices}


def test_a_parent_hidden_from_visitors_is_named_without_a_link(as_user, visitor, member, commune, service):
    commune.parent = service
    commune.save()
    service.confirmed_on = today() - timedelta(days=600)
    service.save()
    for person, links in ((visitor, False), (member, True)):
        page = as_user(person).get("/fr/actors/commune-a/").content.decode()
        assert (service.name_fr in page, 'href="/fr/actors/service-b/"' in page) == (True, links)
