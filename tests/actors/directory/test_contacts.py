"""Contact details and focal points: who sees them, consent, hand-over, and whom a message goes to."""

from datetime import date, timedelta

import pytest

from actors.directory import actions
from actors.directory.models import Contact, FocalPoint, HandOver, Membership
from actors.directory.rules.recipients import recipients_of, recipients_of_space
from actors.doubles.actions import merge_actors
from portal.core.dates import today
from portal.core.errors import Refused
from tests import factories
from tests.answers import typed

HOLDER, ALTERNATE = FocalPoint.Part.HOLDER, FocalPoint.Part.ALTERNATE


def test_contact_details_are_seen_by_audience(visitor, member, manager, administrator, commune, db):
    rows = {
        audience: factories.ContactFactory(actor=commune, audience=audience) for audience in Contact.Audience.values
    }
    account_only = factories.UserFactory()

    def seen(person):
        return {audience for audience, row in rows.items() if row in Contact.objects.visible_to(person)}

    assert seen(visitor) == seen(account_only) == {"public"}
    assert seen(member) == {"public", "members"}
    assert seen(manager) == seen(administrator) == {"public", "members", "administrators"}


def test_a_person_is_named_only_with_a_day_of_consent(manager, commune, time_machine):
    time_machine.move_to("2026-11-23 10:00 +0000")
    fields = {"role_ar": "المكلف", "email": "a@example.org", "person": "شخص"}
    for day in (None, date(2026, 11, 24)):
        with pytest.raises(Refused) as refusal:
            actions.add_contact(commune, **fields, consent_on=day, by=manager)
        assert refusal.value.field == "consent_on"
    actions.add_contact(commune, **fields, consent_on=date(2026, 11, 23), by=manager)
    assert commune.contacts.count() == 1


def test_contact_details_need_a_mailbox_or_a_telephone(manager, commune):
    with pytest.raises(Refused) as refusal:
        actions.add_contact(commune, role_ar="مكتب", by=manager)
    assert refusal.value.field == "email"


def test_a_telephone_is_kept_in_one_form_and_shown_in_the_local_one(as_user, manager, commune):
    data = {"role_ar": "مكتب", "phone": "٠٥٣٦٠٠١١٢٢", "audience": "public"}
    assert as_user(manager).post("/ar/actors/commune-a/contacts/add/", data).status_code == 302
    contact = commune.contacts.get()
    assert contact.phone == "+212536001122"
    assert "05 36 00 11 22" in as_user(None).get("/ar/actors/commune-a/").content.decode()
    answer = as_user(manager).post(f"/ar/actors/contacts/{contact.pk}/edit/", data | {"phone": "123"})
    assert answer.status_code == 422
    assert "phone" in answer.context["form"].errors


def test_only_their_managers_edit_and_remove_contact_details(as_user, officer, visitor, manager, commune):
    contact = factories.ContactFactory(actor=commune, audience="public")
    hidden = factories.ContactFactory(actor=commune, audience="administrators")
    outsider = factories.MembershipFactory().user
    assert as_user(officer).post(f"/ar/actors/contacts/{contact.pk}/remove/").status_code == 403
    assert as_user(outsider).get(f"/ar/actors/contacts/{hidden.pk}/edit/").status_code == 404
    assert as_user(visitor).get(f"/ar/actors/contacts/{contact.pk}/edit/").status_code in {302, 404}
    assert as_user(manager).post(f"/ar/actors/contacts/{contact.pk}/remove/").status_code == 302
    assert list(commune.contacts.all()) == [hidden]


def test_a_serving_focal_point_cannot_be_removed(as_user, manager, commune):
    point = factories.FocalPointFactory(contact__actor=commune)
    as_user(manager).post(f"/ar/actors/contacts/{point.contact_id}/remove/")
    assert Contact.objects.filter(pk=point.contact_id).exists()


def test_naming_a_new_holder_hands_over_the_day_before(manager, commune):
    old, new = factories.ContactFactory(actor=commune), factories.ContactFactory(actor=commune)
    actions.add_focal_point(commune, contact=old, part=HOLDER, starts_on=date(2026, 1, 1), by=manager)
    actions.add_focal_point(commune, contact=new, part=HOLDER, starts_on=date(2026, 11, 1), by=manager)
    assert [point.contact for point in commune.focal_points.on(date(2026, 10, 31))] == [old]
    assert [point.contact for point in commune.focal_points.on(date(2026, 11, 1))] == [new]
    with pytest.raises(Refused):
        actions.add_focal_point(commune, contact=old, part=HOLDER, starts_on=date(2026, 10, 1), by=manager)


def test_another_institutions_contact_cannot_be_focal_point(manager, commune, service):
    with pytest.raises(Refused):
        actions.add_focal_point(
            commune, contact=factories.ContactFactory(actor=service), part=HOLDER, starts_on=None, by=manager
        )


def test_messages_go_to_the_focal_points_the_holder_first(commune):
    alternate = factories.FocalPointFactory(
        contact__actor=commune, contact__email="alternate@example.org", part=ALTERNATE
    )
    user = factories.UserFactory(email="holder@example.org", language="fr")
    factories.FocalPointFactory(contact__actor=commune, contact__user=user, part=HOLDER)
    assert [row.key for row in recipients_of(commune)] == [f"user:{user.pk}", f"contact:{alternate.contact_id}"]
    assert [row.language for row in recipients_of(commune)] == ["fr", "ar"]
    assert [row.email for row in recipients_of(commune, part=ALTERNATE)] == ["alternate@example.org"]


def test_without_focal_point_the_people_then_the_mailbox_are_written_to(commune):
    person = factories.ContactFactory(
        actor=commune, person="شخص", consent_on=date(2026, 1, 1), email="person@example.org"
    )
    office = factories.ContactFactory(actor=commune, email="office@example.org")
    assert [row.key for row in recipients_of(commune)] == [f"contact:{office.pk}"]
    member = factories.MembershipFactory(actor=commune)
    factories.MembershipFactory(actor=commune, part=Membership.Part.VALIDATOR)
    gone = factories.MembershipFactory(actor=commune, ends_on=date(2020, 1, 1))
    assert [row.key for row in recipients_of(commune)] == [f"user:{member.user_id}"]
    assert gone.user_id != member.user_id
    assert person.pk != office.pk


def test_part_asks_for_validators_only(commune):
    factories.MembershipFactory(actor=commune)
    validator = factories.MembershipFactory(actor=commune, part=Membership.Part.VALIDATOR)
    assert [row.key for row in recipients_of(commune, part="validator")] == [f"user:{validator.user_id}"]


def test_a_spaces_recipients_are_its_secretariat_and_chair(space, association, commune):
    factories.ContactFactory(actor=association, email="office@association.example.org")
    factories.ContactFactory(actor=commune, email="office@commune.example.org")
    assert [row.email for row in recipients_of_space(space)] == ["office@association.example.org"]
    assert [row.email for row in recipients_of_space(space, parts=("member",))] == ["office@commune.example.org"]


def test_a_holder_whose_term_will_end_hands_over_too(manager, commune):
    old, new = factories.ContactFactory(actor=commune), factories.ContactFactory(actor=commune)
    later = today() + timedelta(days=200)
    factories.FocalPointFactory(contact=old, starts_on=date(2026, 1, 1), ends_on=later)
    with pytest.raises(Refused) as refusal:
        actions.add_focal_point(commune, contact=old, part=ALTERNATE, starts_on=later, by=manager)
    assert refusal.value.field == "contact"
    actions.add_focal_point(commune, contact=new, part=HOLDER, starts_on=None, by=manager)
    assert [point.contact for point in commune.focal_points.on(today())] == [new]


def test_an_older_form_does_not_open_what_somebody_else_closed_since(as_user, manager, administrator, commune):
    contact = factories.ContactFactory(actor=commune, audience="public")
    client, url = as_user(administrator), f"/en/actors/contacts/{contact.pk}/edit/"
    older = typed(client.get(url).context["form"]) | {"audience": "members"}
    actions.edit_contact(Contact.objects.get(pk=contact.pk), audience="administrators", by=manager)
    answer = client.post(url, older | {"role_fr": "Autre bureau"})
    said = answer.content.decode()
    assert (answer.status_code, manager.name in said, "it now says: “administrators”" in said) == (422, True, True)
    contact.refresh_from_db()
    assert contact.audience == "administrators"
    told = answer.context["form"].stamp
    assert client.post(url, older | {"role_fr": "Autre bureau", "seen": told}).status_code == 302
    contact.refresh_from_db()
    assert (contact.audience, contact.role_fr) == ("members", "Autre bureau")


@pytest.mark.parametrize("field", ["phone", "fax"])
def test_a_number_somebody_else_wrote_is_told_as_the_sheet_shows_it(as_user, manager, administrator, commune, field):
    contact = factories.ContactFactory(actor=commune)
    client, url = as_user(administrator), f"/en/actors/contacts/{contact.pk}/edit/"
    older = typed(client.get(url).context["form"])
    actions.edit_contact(Contact.objects.get(pk=contact.pk), **{field: "+212536001122"}, by=manager)
    told = client.post(url, older | {field: "0536003344"}).context["form"].errors[field][0]
    assert "“\u206605 36 00 11 22\u2069”" in told


def test_an_account_that_left_stays_with_the_details_until_somebody_takes_it_off(as_user, manager, commune):
    contact = factories.ContactFactory(actor=commune, user=factories.UserFactory())
    client, url = as_user(manager), f"/en/actors/contacts/{contact.pk}/edit/"
    assert client.post(url, typed(client.get(url).context["form"]) | {"role_fr": "Bureau"}).status_code == 302
    kept = contact.user
    contact.refresh_from_db()
    assert (contact.user, contact.role_fr) == (kept, "Bureau")


@pytest.mark.parametrize("new", [{"person": "", "consent_on": None}, {"person": "اسم آخر"}])
def test_a_person_who_is_no_longer_named_is_forgotten_everywhere(
    manager, commune, service, administrator, as_user, new
):
    contact = factories.ContactFactory(actor=commune, person="شخص تجريبي", consent_on=date(2026, 1, 1))
    row = HandOver.objects.create(
        actor=commune, day=today(), from_contact=contact, parties={"from": {"person": "شخص تجريبي", "ar": "مكتب"}}
    )
    merge = merge_actors(commune, loser=service, by=administrator)
    kept = {"model": "directory.contact", "key": str(contact.pk), "act": "changed"}
    merge.changes += [kept | {"values": {"person": ["", "شخص تجريبي"]}}]
    merge.save()
    actions.edit_contact(contact, role_fr="Bureau", by=manager)
    row.refresh_from_db()
    assert row.person_of("from") == "شخص تجريبي"
    actions.edit_contact(contact, **new, by=manager)
    row.refresh_from_db()
    merge.refresh_from_db()
    assert (row.person_of("from"), row.office_of("from", "ar")) == ("", "مكتب")
    assert merge.changes[-1] == kept | {"values": {}}
    assert "شخص تجريبي" not in as_user(manager).get("/en/actors/commune-a/changes/").content.decode()


def test_what_changed_names_a_person_only_as_long_as_the_details_do(manager, commune, as_user):
    person = {"person": "شخص تجريبي", "consent_on": date(2026, 1, 1)}
    contact = actions.add_contact(commune, role_ar="مكتب", email="a@example.org", by=manager)
    actions.edit_contact(contact, **person, by=manager)
    url, client = "/en/actors/commune-a/changes/", as_user(manager)
    assert "شخص تجريبي" in client.get(url).content.decode()
    actions.remove_contact(contact, by=manager)
    page = client.get(url).content.decode()
    assert ("شخص تجريبي" in page, "a name that is no longer given" in page) == (False, True)
