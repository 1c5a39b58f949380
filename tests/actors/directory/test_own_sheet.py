"""The institution's own sheet: what its managers change at once, and what waits for an administrator."""

import pytest
from django.db import IntegrityError, transaction

from actors.directory import actions
from actors.directory.models import ProposedChange
from portal.core.errors import Refused
from portal.core.search import find
from portal.notifications.models import Notification
from portal.notifications.rules.messages import render
from tests import factories
from tests.answers import stamp

State = ProposedChange.State


@pytest.fixture
def data(commune):
    """What the form of the commune's sheet sends when nothing is changed."""
    return {"name_ar": commune.name_ar, "name_fr": commune.name_fr, "kind": commune.kind}


def waiting(commune):
    return commune.proposed_changes.waiting().first()


def told(kind):
    return list(Notification.objects.filter(kind=kind).order_by("pk"))


def test_name_kind_and_seat_wait_and_the_rest_is_live(as_user, manager, commune, places, data):
    data |= {"name_fr": "Autre nom", "kind": "other", "seat": "02.381.01.03", "acronym": "AN"}
    client = as_user(manager)
    answer = client.post("/fr/actors/commune-a/edit/", data | stamp(client, "/fr/actors/commune-a/edit/"), follow=True)
    commune.refresh_from_db()
    assert (commune.name_fr, commune.kind, commune.seat, commune.acronym) == (
        "Commune d’essai A",
        "commune",
        None,
        "AN",
    )
    assert waiting(commune).values == {
        "name_fr": ["Commune d’essai A", "Autre nom"],
        "kind": ["commune", "other"],
        "seat": [None, "02.381.01.03"],
    }
    page = answer.content.decode()
    assert "Autre nom" in page
    assert "Beni Ensar" in page
    assert manager.name in page


def test_a_proposal_tells_the_administrators_once(administrator, manager, commune):
    actions.edit_actor(commune, name_fr="Autre nom", by=manager)
    actions.edit_actor(commune, name_fr="Autre nom", acronym="AN", by=manager)
    [row] = told("directory.change_proposed")
    assert row.user == administrator
    assert row.path.endswith(f"/actors/changes/{waiting(commune).pk}/")
    actions.edit_actor(commune, name_fr="Encore un autre", by=manager)
    assert len(told("directory.change_proposed")) == 2


def test_an_edit_of_an_administrator_is_live(administrator, commune):
    assert actions.edit_actor(commune, name_fr="Autre nom", by=administrator) is None
    commune.refresh_from_db()
    assert commune.name_fr == "Autre nom"
    assert not ProposedChange.objects.exists()


def test_the_form_shows_a_manager_what_waits_and_changes_it(as_user, manager, administrator, commune, data):
    client, url = as_user(manager), "/fr/actors/commune-a/edit/"
    client.post(url, data | stamp(client, url) | {"name_fr": "Autre nom"})
    form = client.get("/fr/actors/commune-a/edit/").context["form"]
    assert form["name_fr"].value() == "Autre nom"
    assert "Commune d’essai A" in form.fields["name_fr"].help_text
    assert as_user(administrator).get("/fr/actors/commune-a/edit/").context["form"]["name_fr"].value() == (
        "Commune d’essai A"
    )
    client.post(url, data | stamp(client, url) | {"name_fr": "Encore un autre"})
    assert waiting(commune).values == {"name_fr": ["Commune d’essai A", "Encore un autre"]}
    client.post(url, data | stamp(client, url))
    assert [row.state for row in commune.proposed_changes.all()] == [State.WITHDRAWN]


def test_what_an_edit_does_not_name_keeps_waiting(manager, commune):
    actions.edit_actor(commune, name_fr="Autre nom", by=manager)
    actions.edit_actor(commune, name_en="Other name", by=manager)
    assert set(waiting(commune).values) == {"name_fr", "name_en"}


def test_the_institutions_people_see_what_waits_and_others_do_not(
    as_user, visitor, member, officer, manager, administrator, commune
):
    proposal = actions.edit_actor(commune, name_fr="Nom demandé", by=manager)
    for person, seen in ((visitor, False), (member, False), (officer, True), (manager, True), (administrator, True)):
        assert ("Nom demandé" in as_user(person).get("/fr/actors/commune-a/").content.decode()) is seen
        if person is not visitor:
            answer = as_user(person).get(f"/fr/actors/changes/{proposal.pk}/")
            assert answer.status_code == (200 if seen else 404)


def test_accepting_writes_the_sheet_in_both_names_and_tells_who_asked(as_user, administrator, manager, commune):
    proposal = actions.edit_actor(commune, name_fr="Nom demandé", by=manager)
    client = as_user(administrator)
    seen = client.get(f"/fr/actors/changes/{proposal.pk}/").context["accepting"].stamp
    answer = client.post(f"/fr/actors/changes/{proposal.pk}/accept/", {"seen": seen})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/fr/actors/commune-a/")
    commune.refresh_from_db()
    proposal.refresh_from_db()
    assert (commune.name_fr, proposal.state, proposal.answered_by) == ("Nom demandé", State.ACCEPTED, administrator)
    assert list(find(type(commune).objects.all(), "demande")) == [commune]
    record = commune.history.latest()
    assert record.history_user == administrator
    assert record.history_change_reason == f"proposed_change {proposal.pk}: {manager.name}"
    page = as_user(manager).get("/fr/actors/commune-a/changes/").content.decode()
    assert f"Proposée par {manager.name}, acceptée par un administrateur." in page
    [row] = told("directory.change_answered")
    assert (row.user, row.path) == (manager, "/ar/actors/commune-a/")
    assert "الاسم بالفرنسية" in render(row).text


def test_a_refusal_needs_a_reason_and_tells_it(as_user, administrator, manager, commune):
    proposal = actions.edit_actor(commune, kind="other", by=manager)
    client = as_user(administrator)
    assert client.post(f"/fr/actors/changes/{proposal.pk}/refuse/", {"reason": " "}).status_code == 422
    answer = client.post(f"/fr/actors/changes/{proposal.pk}/refuse/", {"reason": "مؤسسة محدثة بقانون"})
    assert answer.headers["Location"] == "/fr/actors/changes/"
    commune.refresh_from_db()
    proposal.refresh_from_db()
    assert (commune.kind, proposal.state, proposal.reason) == ("commune", State.REFUSED, "مؤسسة محدثة بقانون")
    [row] = told("directory.change_answered")
    assert "مؤسسة محدثة بقانون" in render(row).text
    assert client.post(f"/fr/actors/changes/{proposal.pk}/accept/").status_code == 422


def test_a_manager_withdraws_but_does_not_answer(as_user, manager, officer, commune):
    proposal = actions.edit_actor(commune, name_fr="Nom demandé", by=manager)
    for act in ("accept", "refuse"):
        answer = as_user(manager).post(f"/fr/actors/changes/{proposal.pk}/{act}/", {"reason": "x"})
        assert answer.status_code == 403
    assert as_user(officer).post(f"/fr/actors/changes/{proposal.pk}/withdraw/").status_code == 403
    assert as_user(manager).post(f"/fr/actors/changes/{proposal.pk}/withdraw/").status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answered_by) == (State.WITHDRAWN, manager)
    as_user(manager).post(f"/fr/actors/changes/{proposal.pk}/withdraw/")
    assert not told("directory.change_answered")


def test_what_an_administrator_wrote_since_is_left_unless_chosen(administrator, manager, commune):
    proposal = actions.edit_actor(commune, name_fr="Nom demandé", name_en="Asked", by=manager)
    actions.edit_actor(commune, name_fr="Nom de l’administrateur", by=administrator)
    actions.accept_change(proposal, by=administrator)
    commune.refresh_from_db()
    assert (commune.name_fr, commune.name_en) == ("Nom de l’administrateur", "Asked")
    [row] = told("directory.change_answered")
    assert row.context["left"] == ["الاسم بالفرنسية"]

    proposal = actions.edit_actor(commune, name_fr="Nom demandé", by=manager)
    actions.edit_actor(commune, name_fr="Troisième", by=administrator)
    with pytest.raises(Refused):
        actions.accept_change(proposal, by=administrator)
    actions.accept_change(proposal, also=["name_fr"], by=administrator)
    commune.refresh_from_db()
    assert commune.name_fr == "Nom demandé"


def test_what_the_sheet_says_already_is_accepted_without_a_second_record(administrator, manager, commune):
    proposal = actions.edit_actor(commune, name_fr="Nom demandé", by=manager)
    actions.edit_actor(commune, name_fr="Nom demandé", by=administrator)
    records = commune.history.count()
    actions.accept_change(proposal, by=administrator)
    assert commune.history.count() == records


def test_an_answer_to_a_page_that_is_out_of_date_is_refused_with_what_changed(as_user, administrator, manager, commune):
    proposal = actions.edit_actor(commune, name_fr="Nom demandé", by=manager)
    client = as_user(administrator)
    seen = client.get(f"/fr/actors/changes/{proposal.pk}/").context["accepting"].stamp
    actions.edit_actor(commune, name_fr="Changé depuis", by=manager)
    answer = client.post(f"/fr/actors/changes/{proposal.pk}/accept/", {"seen": seen})
    assert answer.status_code == 422
    commune.refresh_from_db()
    assert commune.name_fr == "Commune d’essai A"


def test_of_two_managers_at_once_the_second_is_told(as_user, manager, commune, data):
    other = factories.MembershipFactory(actor=commune, part="manager").user
    seen = as_user(other).get("/fr/actors/commune-a/edit/").context["form"].stamp
    actions.edit_actor(commune, name_fr="Premier", by=manager)
    answer = as_user(other).post("/fr/actors/commune-a/edit/", data | {"name_fr": "Second", "seen": seen})
    assert answer.status_code == 422
    [sentence] = answer.context["form"].non_field_errors()
    assert manager.name in sentence
    assert waiting(commune).values["name_fr"][1] == "Premier"


def test_the_database_holds_one_waiting_proposal_for_a_sheet(manager, commune):
    actions.edit_actor(commune, name_fr="Premier", by=manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposedChange.objects.create(actor=commune, values={"kind": ["commune", "other"]})


def test_a_proposal_that_the_sheet_could_not_have_is_refused_when_it_is_made(manager, commune, places):
    factories.ActorFactory(name_ar="اسم مستعمل", seat=None)
    with pytest.raises(Refused) as refusal:
        actions.edit_actor(commune, name_ar="اسم مستعمل", by=manager)
    assert refusal.value.field == "name_ar"
    assert not ProposedChange.objects.exists()


def test_the_list_counts_what_waits_and_keeps_what_was_answered(
    as_user, administrator, manager, commune, django_assert_num_queries
):
    client = as_user(administrator)
    assert "لا شيء في انتظاركم" in client.get("/ar/actors/changes/").content.decode()
    actions.refuse_change(actions.edit_actor(commune, kind="other", by=manager), reason="لا", by=administrator)
    for number in range(3):
        actor = factories.ActorFactory(seat=None)
        actions.propose_change(actor, values={"name_fr": f"Nom {number}"}, by=administrator)
    with django_assert_num_queries(6):
        page = client.get("/fr/actors/changes/")
    assert [tab["count"] for tab in page.context["tabs"]] == [3, 1]
    assert len(page.context["rows"]) == 3
    answered = client.get("/fr/actors/changes/?answered=")
    assert [proposal.actor for proposal, _rows in answered.context["rows"]] == [commune]
    assert as_user(manager).get("/fr/actors/changes/").status_code == 403
