"""Plan, then write, then take back: whatever the rows are about."""

import json
from datetime import date

import pytest
from django.utils import translation

from actors.directory.models import Actor, Contact, FocalPoint
from meetings.models import Invitation
from portal.core.errors import Refused
from portal.core.journal import Plan, write
from portal.core.search import reindex_all
from portal.core.taking_back import Fate, Why, set_back, take_back
from tests import factories
from tests.actors.doubles.merging_world import differences, everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def contact(db):
    return factories.ContactFactory(email="a@example.org", phone="")


def written(plan, by):
    """What is kept, as the database gives it back."""
    return json.loads(json.dumps(write(plan, by=by, reason="because")))


def changed(row, **values):
    plan = Plan()
    with plan.changing(row) as own:
        for name, value in values.items():
            setattr(own, name, value)
    return plan


def told(left):
    return [(one.model, one.column, one.now, one.why) for one in left]


def test_a_plan_writes_nothing_and_changes_nobodys_row(contact):
    before = everything()
    plan = changed(contact, phone="+212536000001")
    assert [change.values for change in plan.changes] == [{"phone": ["", "+212536000001"]}]
    assert (contact.phone, differences(before, everything())) == ("", [])
    assert changed(contact, phone="").changes == []


def test_what_is_written_is_made_changed_and_removed_and_goes_back_whole(contact, administrator):
    theme, gone = factories.ThemeFactory(), factories.InvitationFactory(actor=contact.actor)
    reindex_all()
    before = everything()
    plan = Plan()
    made = plan.make(Contact(actor=contact.actor, role_ar="مكتب", email="b@example.org"), telling=["email"])
    plan.make(FocalPoint(actor=contact.actor, contact=made))
    with plan.changing(contact.actor, links={"themes": [theme]}) as row:
        row.acronym, row.confirmed_on = "ABC", date(2026, 1, 1)
    plan.remove(gone)
    kept = written(plan, administrator)
    assert [(one["model"], one["act"]) for one in kept] == [
        ("directory.contact", "made"), ("directory.focalpoint", "made"), ("directory.actor", "changed"),
        ("meetings.invitation", "removed"),
    ]  # fmt: skip
    assert made.focal_points.get().history.get().history_change_reason == "because"
    assert kept[2]["values"]["themes"] == [[], [theme.pk]]
    assert contact.actor.history.first().history_user == administrator
    assert take_back(kept, by=administrator) == []
    assert differences(before, everything()) == []


def test_rows_are_read_as_the_plan_leaves_them(contact):
    plan, other = Plan(), factories.ContactFactory()
    with plan.changing(other) as row:
        row.actor = contact.actor
    assert plan.rows(Contact, actor_id=contact.actor_id) == [contact, other]
    assert plan.rows(Contact, actor_id=other.actor_id) == []
    plan.remove(contact)
    assert plan.rows(Contact, actor_id=contact.actor_id) == [other]


@pytest.mark.parametrize("act", ["changed", "gone", "removed"])
def test_what_somebody_changed_meanwhile_is_not_written_over(contact, administrator, act):
    plan = changed(contact, phone="+212536000001")
    if act == "removed":
        plan = Plan()
        plan.remove(contact)
    rows = Contact.objects.filter(pk=contact.pk)
    rows.delete() if act == "gone" else rows.update(phone="+212536000002")
    with pytest.raises(Refused, match="Somebody else"):
        write(plan, by=administrator)
    assert list(rows.values_list("phone", flat=True)) == ([] if act == "gone" else ["+212536000002"])


def test_another_column_that_somebody_changed_meanwhile_stays(contact, administrator):
    plan = changed(contact, phone="+212536000001")
    Contact.objects.filter(pk=contact.pk).update(email="b@example.org")
    write(plan, by=administrator)
    contact.refresh_from_db()
    assert (contact.email, contact.phone) == ("b@example.org", "+212536000001")


def test_what_was_changed_since_is_left_and_named(contact, administrator):
    kept = written(changed(contact, phone="+212536000001", role_fr="Bureau"), administrator)
    Contact.objects.filter(pk=contact.pk).update(role_fr="Cabinet")
    assert told(take_back(kept, by=administrator)) == [("directory.contact", "role_fr", "Cabinet", Why.CHANGED)]
    contact.refresh_from_db()
    assert (contact.phone, contact.role_fr) == ("", "Cabinet")


def test_what_others_added_to_a_list_since_stays_there(administrator):
    sheet, themes = factories.ActorFactory(aliases=["ا"]), [factories.ThemeFactory() for _n in range(2)]
    plan = Plan()
    with plan.changing(sheet, links={"themes": themes[:1]}) as row:
        row.aliases = ["ا", "ب"]
    kept = written(plan, administrator)
    sheet.themes.set(themes)
    Actor.objects.filter(pk=sheet.pk).update(aliases=["ا", "ب", "ج"])
    assert take_back(kept, by=administrator) == []
    sheet.refresh_from_db()
    assert (sheet.aliases, list(sheet.themes.all())) == (["ا", "ج"], themes[1:])


def test_columns_that_belong_together_go_back_all_or_none(contact, administrator):
    plan, together = Plan(), ("person", "consent_on")
    with plan.changing(contact, together=together) as row:
        row.person, row.phone = "", "+212536000001"
    assert "consent_on" not in plan.changes[0].values
    plan = Plan()
    with plan.changing(contact, together=together) as row:
        row.consent_on = date(2026, 1, 1)
    kept = written(plan, administrator)
    Contact.objects.filter(pk=contact.pk).update(person="ليلى")
    assert {one.column for one in take_back(kept, by=administrator)} == {"person", "consent_on"}
    assert Contact.objects.get().consent_on == date(2026, 1, 1)


def test_what_was_moved_on_since_stays_there_whole(contact, administrator):
    plan, elsewhere = Plan(), factories.ActorFactory()
    with plan.changing(contact, moved="actor_id") as row:
        row.actor, row.phone = factories.ActorFactory(), "+212536000001"
    kept = written(plan, administrator)
    Contact.objects.filter(pk=contact.pk).update(actor=elsewhere)
    assert {one.why for one in take_back(kept, by=administrator)} == {Why.CHANGED}
    contact.refresh_from_db()
    assert (contact.actor, contact.phone) == (elsewhere, "+212536000001")


@pytest.mark.parametrize("since", [{}, {"phone": "+212536000002"}, None])
def test_a_row_comes_back_where_the_one_in_its_place_stands_as_it_was_left(contact, administrator, since):
    gone = factories.ContactFactory(actor=contact.actor)
    factories.InvitationFactory(actor=contact.actor, represented_by=gone)
    point = factories.FocalPointFactory(contact=gone)
    plan = Plan()
    with plan.changing(point, moved="contact_id") as row:
        row.contact = contact
    for invitation in Invitation.objects.all():
        with plan.changing(invitation) as row:
            row.represented_by = contact
    plan.remove(gone, twin=contact)
    with plan.changing(contact) as row:
        row.role_fr = "Bureau"
    kept = written(plan, administrator)
    if since is None:
        FocalPoint.objects.all().delete()
        contact.delete()
    else:
        Contact.objects.filter(pk=contact.pk).update(**since)
    left = {(one.model, one.why) for one in take_back(kept, by=administrator)}
    assert Contact.objects.filter(pk=gone.pk).exists() == (since == {})
    if since:
        assert left == {
            ("directory.contact", Why.CHANGED),
            ("directory.focalpoint", Why.ORPHAN),
            ("meetings.invitation", Why.ORPHAN),
        }
    elif since is None:
        assert ("directory.contact", Why.GONE) in left
    else:
        assert left == set()


def test_a_row_that_was_made_and_changed_since_is_left(contact, administrator):
    plan = Plan()
    made = plan.make(Contact(actor=contact.actor, role_ar="مكتب", email="b@example.org"), telling=["email"])
    kept = written(plan, administrator)
    Contact.objects.filter(pk=made.pk).update(email="c@example.org")
    assert told(take_back(kept, by=administrator)) == [("directory.contact", "", None, Why.CHANGED)]
    Contact.objects.filter(pk=made.pk).delete()
    assert told(take_back(kept, by=administrator)) == [("directory.contact", "", None, Why.GONE)]


def test_what_a_row_cannot_be_without_stays(administrator):
    sheet = factories.ActorFactory(name_ar="", name_fr="Lac")
    kept = written(changed(sheet, name_ar="البحيرة", acronym="LAC"), administrator)
    Actor.objects.filter(pk=sheet.pk).update(name_fr="")
    assert told(take_back(kept, by=administrator)) == [("directory.actor", "name_ar", "البحيرة", Why.NEEDED)]
    sheet.refresh_from_db()
    assert (sheet.name_ar, sheet.acronym) == ("البحيرة", "")


@pytest.mark.parametrize(
    ("now", "before", "after", "target", "fate"),
    [
        ("b", "a", "b", "a", Fate.BACK),
        ("c", "a", "b", "a", Fate.SINCE),
        ("a", "a", "b", "a", Fate.DONE),
        ([1, 2], [1], [1, 2], [1], Fate.BACK),
        ([1, 2, 3], [1], [1, 2], [1, 3], Fate.SINCE),
        ([2, 3], [1], [2], [3, 1], Fate.SINCE),
        ([3], [], [2], [3], Fate.DONE),
    ],
)
def test_what_a_value_is_set_back_to(now, before, after, target, fate):
    assert set_back(now, before, after) == (target, fate)
