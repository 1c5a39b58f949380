"""The history of a sheet, and taking one change of it back."""

import pytest

from actors.directory import actions
from actors.directory.models import Membership, ProposedChange
from portal.core.errors import Refused
from tests import factories
from tests.answers import stamp


def entries(client, page=1):
    return client.get(f"/fr/actors/commune-a/changes/?page={page}").context["history"].entries


def last_revision(actor):
    return actor.history.order_by("-history_date", "-history_id").first().history_id


def test_the_history_names_what_was_before_and_after(as_user, administrator, manager, officer, commune):
    actions.edit_actor(commune, acronym="AV", by=manager)
    actions.edit_actor(commune, acronym="AP", by=manager)
    [latest, *_earlier] = entries(as_user(manager))
    assert [(change.before, change.after) for change in latest.changes] == [("AV", "AP")]
    assert latest.by == manager
    assert as_user(officer).get("/fr/actors/commune-a/changes/").status_code == 403


def test_of_lists_the_history_names_what_came_and_what_went(as_user, manager, commune, places):
    health, school = factories.ThemeFactory(name_fr="Santé"), factories.ThemeFactory(name_fr="École")
    actions.edit_actor(commune, themes=[health], areas=[places["02.381"], places["02.167.01.01"]], by=manager)
    actions.edit_actor(commune, themes=[school], areas=[places["02.381"]], aliases=["Ancien"], by=manager)
    [latest, *_earlier] = entries(as_user(manager))
    told = {change.label: (change.added, change.removed) for change in latest.changes}
    assert told == {
        "autres noms": (("Ancien",), ()),
        "Thématiques": (("École",), ("Santé",)),
        "Territoires d’intervention": ((), ("Midar",)),
    }


def test_contacts_focal_points_and_people_stand_in_the_same_history(as_user, manager, commune):
    contact = actions.add_contact(commune, role_ar="مكتب", role_fr="Bureau", email="a@example.org", by=manager)
    actions.edit_contact(contact, phone="+212536001122", by=manager)
    actions.add_focal_point(commune, contact=contact, part="1_holder", starts_on=None, by=manager)
    colleague = factories.UserFactory(email="colleague@example.org", name="زميلة")
    offer = actions.offer_account(commune, email=colleague.email, part=Membership.Part.CONTRIBUTOR, by=manager)
    actions.answer_offer(offer, accepts=True, by=colleague)
    told = [(entry.title, entry.about) for entry in entries(as_user(manager))]
    assert told[:4] == [
        ("Qualité attribuée à une personne", "زميلة"),
        ("Point focal désigné", "Point focal titulaire – Bureau"),
        ("Coordonnées modifiées", "Bureau"),
        ("Coordonnées ajoutées", "Bureau"),
    ]
    [change] = entries(as_user(manager))[2].changes
    assert change.after == "05 36 00 11 22"


def test_a_long_history_comes_page_by_page(as_user, manager, commune):
    for number in range(45):
        actions.edit_actor(commune, acronym=f"A{number}", by=manager)
    client = as_user(manager)
    seen = [change.after for page in (1, 2, 3) for entry in entries(client, page) for change in entry.changes]
    assert [text for text in seen if text.startswith("A")] == [f"A{number}" for number in reversed(range(45))]
    for number, links in ((1, (None, 2)), (2, (1, 3)), (3, (2, None))):
        history = client.get(f"/fr/actors/commune-a/changes/?page={number}").context["history"]
        assert (history.newer, history.older) == links
    assert entries(client, 99) == []
    assert client.get("/fr/actors/commune-a/changes/?page=x").status_code == 200


def test_a_change_taken_back_is_shown_first_and_then_a_change_of_its_own(as_user, manager, commune):
    actions.edit_actor(commune, acronym="AV", by=manager)
    actions.edit_actor(commune, acronym="AP", address="زنقة 1", by=manager)
    client, revision = as_user(manager), last_revision(commune)
    page = client.get(f"/fr/actors/commune-a/changes/{revision}/take-back/")
    assert [(step.now, step.would_be) for step in page.context["plan"].steps] == [("AP", "AV"), ("زنقة 1", "–")]
    commune.refresh_from_db()
    assert commune.acronym == "AP"
    data = {"seen": page.context["form"].stamp}
    assert client.post(f"/fr/actors/commune-a/changes/{revision}/take-back/", data).status_code == 302
    commune.refresh_from_db()
    assert (commune.acronym, commune.address) == ("AV", "")
    [latest, *_earlier] = entries(client)
    assert (latest.by, latest.reason) == (manager, "Une modification antérieure a été annulée.")
    with pytest.raises(Refused):
        actions.take_back(commune, revision=revision, by=manager)


def test_what_changed_since_is_left_unless_it_is_chosen(manager, commune):
    actions.edit_actor(commune, acronym="A1", address="زنقة 1", by=manager)
    actions.edit_actor(commune, acronym="A2", address="زنقة 2", by=manager)
    revision = last_revision(commune)
    actions.edit_actor(commune, acronym="A3", by=manager)
    actions.take_back(commune, revision=revision, by=manager)
    commune.refresh_from_db()
    assert (commune.acronym, commune.address) == ("A3", "زنقة 1")
    actions.take_back(commune, revision=revision, also=["acronym"], by=manager)
    commune.refresh_from_db()
    assert commune.acronym == "A1"


def test_links_that_others_made_since_stay(manager, commune, places):
    first, second, third = (factories.ThemeFactory() for _n in range(3))
    actions.edit_actor(commune, themes=[first], by=manager)
    actions.edit_actor(commune, themes=[second], by=manager)
    revision = last_revision(commune)
    actions.edit_actor(commune, themes=[second, third], by=manager)
    actions.take_back(commune, revision=revision, also=["themes"], by=manager)
    assert set(commune.themes.all()) == {first, third}


def test_the_logo_comes_back_while_its_file_is_kept(settings, tmp_path, manager, commune, png):
    settings.MEDIA_ROOT = tmp_path
    actions.edit_actor(commune, logo=png("first.png"), by=manager)
    actions.edit_actor(commune, remove_logo=True, by=manager)
    revision = last_revision(commune)
    actions.take_back(commune, revision=revision, by=manager)
    commune.refresh_from_db()
    assert commune.logo.name == "logos/first.png"
    actions.edit_actor(commune, remove_logo=True, by=manager)
    (tmp_path / "logos/first.png").unlink()
    with pytest.raises(Refused):
        actions.take_back(commune, revision=last_revision(commune), by=manager)


def test_name_and_state_taken_back_by_a_manager_wait_or_stay(as_user, administrator, manager, commune):
    actions.edit_actor(commune, name_fr="Autre nom", acronym="AN", parent=factories.ActorFactory(), by=administrator)
    revision = last_revision(commune)
    page = as_user(manager).get(f"/fr/actors/commune-a/changes/{revision}/take-back/")
    fates = {step.field: (str(step.fate), step.waits) for step in page.context["plan"].steps}
    assert fates == {"name_fr": ("back", True), "acronym": ("back", False), "parent": ("settled", False)}
    actions.take_back(commune, revision=revision, by=manager)
    commune.refresh_from_db()
    assert (commune.name_fr, commune.acronym, commune.parent is None) == ("Autre nom", "", False)
    assert ProposedChange.objects.get().values == {"name_fr": ["Autre nom", "Commune d’essai A"]}
    actions.take_back(commune, revision=revision, by=administrator)
    commune.refresh_from_db()
    assert (commune.name_fr, commune.parent) == ("Commune d’essai A", None)


def test_a_confirmation_and_the_first_entry_are_not_taken_back(as_user, administrator, manager):
    sheet = actions.add_actor(kind="association", name_ar="جمعية", state="published", acronym="NEW", by=administrator)
    actions.confirm_actor(sheet, by=administrator)
    found = as_user(administrator).get("/fr/actors/new/changes/").context["history"].entries
    assert [(entry.title, entry.revision) for entry in found] == [("Fiche confirmée", None), ("Fiche ajoutée", None)]
    first = sheet.history.earliest().history_id
    assert as_user(administrator).get(f"/fr/actors/new/changes/{first}/take-back/").status_code == 404


def test_another_sheets_change_is_not_found_and_strangers_are_told_why(as_user, outsider, officer, manager, commune):
    other = factories.ActorFactory()
    actions.edit_actor(other, acronym="X", by=factories.UserFactory(is_administrator=True))
    actions.edit_actor(commune, acronym="Y", by=manager)
    address = "/fr/actors/commune-a/changes/{}/take-back/"
    assert as_user(manager).get(address.format(last_revision(other))).status_code == 404
    for person in (outsider, officer):
        assert as_user(person).post(address.format(last_revision(commune))).status_code == 403


def test_taking_back_over_an_edit_nobody_saw_is_refused_once(as_user, administrator, manager, commune):
    actions.edit_actor(commune, acronym="A1", by=manager)
    client, revision = as_user(manager), last_revision(commune)
    address = f"/fr/actors/commune-a/changes/{revision}/take-back/"
    seen = stamp(client, address)
    actions.edit_actor(commune, address="زنقة 1", by=administrator)
    answer = client.post(address, seen)
    assert answer.status_code == 422
    assert administrator.name in answer.context["form"].non_field_errors()[0]
    assert client.post(address, {"seen": answer.context["form"].stamp}).status_code == 302
