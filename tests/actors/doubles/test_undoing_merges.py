"""What a merge may not lose or show, and what undoing it gives back: nothing that somebody withdrew meanwhile."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext

from actors.directory import actions
from actors.directory.models import Actor, Contact, FocalPoint, Membership, SpaceMember
from actors.directory.models.membership import parts_in
from actors.doubles import actions as doubles
from actors.doubles.actions import merge_actors, undo_merge
from actors.doubles.models import DoubleSearch, Merge
from actors.doubles.rules.forgetting import forget_person
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.errors import Refused
from portal.core.search import find
from tests import factories

pytestmark = pytest.mark.django_db

CHANGED, GONE = "It was changed since.", "It is no longer there."


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def sheets():
    return factories.ActorFactory(slug="kept"), factories.ActorFactory(slug="gone")


def both_name(sheets, **more):
    """The same public mailbox of a person who agreed on both sheets."""
    told = {
        "email": "leila@example.org",
        "person": "Leïla Haddad",
        "consent_on": date(2026, 1, 1),
        "audience": "public",
    }
    return [factories.ContactFactory(actor=sheet, **told | more) for sheet in sheets]


def told_by(merge, *, by):
    return [(kept.model, kept.why) for kept in undo_merge(merge, by=by)]


# What somebody withdrew stays withdrawn.


def test_details_removed_after_the_merge_come_back_on_neither_sheet(sheets, administrator):
    ours, _theirs = both_name(sheets)
    merge = merge_actors(sheets[0], loser=sheets[1], by=administrator)
    actions.remove_contact(ours, by=administrator)
    assert told_by(merge, by=administrator) == [("directory.contact", GONE)]
    assert not Contact.objects.exists()


def test_a_part_ended_after_the_merge_is_over_in_both(sheets, administrator):
    person = factories.UserFactory()
    for sheet in sheets:
        factories.MembershipFactory(actor=sheet, user=person, part=Membership.Part.MANAGER)
        factories.MembershipFactory(actor=sheet, part=Membership.Part.MANAGER)
    merge = merge_actors(sheets[0], loser=sheets[1], by=administrator)
    ended = Membership.objects.get(user=person)
    actions.end_membership(ended, ends_on=today() - timedelta(days=1), by=administrator)
    assert told_by(merge, by=administrator) == [("directory.membership", CHANGED)]
    assert [parts_in(User.objects.get(pk=person.pk), sheet) for sheet in sheets] == [set(), set()]


def test_what_nobody_touched_comes_back_whatever_was_merged_since(sheets, administrator):
    """A later merge that completes the details is nobody's change of them."""
    third = factories.ActorFactory(slug="third")
    ours, theirs = both_name(sheets)
    factories.ContactFactory(actor=third, email="leila@example.org", phone="+212536000001", audience="public")
    first = merge_actors(sheets[0], loser=sheets[1], by=administrator)
    merge_actors(sheets[0], loser=third, by=administrator)
    ours.refresh_from_db()
    assert ours.phone == "+212536000001"
    assert told_by(first, by=administrator) == []
    assert Contact.objects.get(pk=theirs.pk).actor == sheets[1]


def test_what_hangs_on_details_that_stay_away_stays_with_the_others(sheets, administrator):
    ours, theirs = both_name(sheets)
    point = factories.FocalPointFactory(contact=theirs)
    invitation = factories.InvitationFactory(actor=sheets[1], represented_by=theirs)
    merge = merge_actors(sheets[0], loser=sheets[1], by=administrator)
    ours.refresh_from_db()
    actions.edit_contact(ours, audience="members", by=administrator)
    assert set(told_by(merge, by=administrator)) == {
        ("directory.contact", CHANGED),
        ("directory.focalpoint", "What it belonged to is no longer there."),
        ("meetings.invitation", "What it belonged to is no longer there."),
    }
    point.refresh_from_db()
    assert (point.actor, point.contact) == (sheets[0], ours)
    invitation.refresh_from_db()
    assert (invitation.actor, invitation.represented_by) == (sheets[1], None)
    assert not sheets[1].contacts.exists()


# Who is no longer named.


def written_down() -> str:
    return str(list(Merge.objects.values_list("changes", flat=True)))


def set_aside(contact):
    """What merges wrote down of the details that were joined with these, and of these."""
    rows = [row for changes in Merge.objects.values_list("changes", flat=True) for row in changes]
    [row] = [row for row in rows if row.get("twin", {}).get("key") == str(contact.pk)]
    return {name: before for name, (before, _after) in row["values"].items()}, row["twin"]["values"]


def test_forgetting_a_person_empties_what_merges_wrote_down(sheets, administrator):
    end = factories.ActorFactory(slug="end")
    ours, _theirs = both_name(sheets)
    last = factories.ContactFactory(actor=end, email="leila@example.org", audience="public", role_ar=ours.role_ar)
    merge_actors(sheets[0], loser=sheets[1], by=administrator)
    merge_actors(end, loser=sheets[0], by=administrator)
    last.refresh_from_db()
    assert last.person == "Leïla Haddad"
    assert "Leïla Haddad" in written_down()
    forget_person(last)
    assert "Leïla Haddad" not in written_down()
    assert "2026-01-01" not in written_down()
    assert "leila@example.org" in written_down()


def test_others_of_the_same_name_are_not_forgotten(sheets, administrator):
    ours, _theirs = both_name(sheets)
    others = both_name(sheets, email="other@example.org")
    merge_actors(sheets[0], loser=sheets[1], by=administrator)
    forget_person(ours)
    assert [told["person"] for told in set_aside(others[0])] == ["Leïla Haddad", "Leïla Haddad"]


def test_details_that_are_parted_again_are_forgotten_alone(sheets, administrator):
    ours, theirs = both_name(sheets)
    undo_merge(merge_actors(sheets[0], loser=sheets[1], by=administrator), by=administrator)
    other = factories.ActorFactory()
    twin = factories.ContactFactory(actor=other, email="leila@example.org", audience="public", role_ar=ours.role_ar)
    merge_actors(other, loser=sheets[1], by=administrator)
    forget_person(ours)
    assert set_aside(twin)[0]["person"] == "Leïla Haddad"
    assert theirs.pk is not None


def test_a_sheet_parted_again_gets_its_details_without_the_person(sheets, administrator):
    ours, theirs = both_name(sheets)
    merge = merge_actors(sheets[0], loser=sheets[1], by=administrator)
    Contact.objects.filter(pk=ours.pk).update(person="", consent_on=None)
    forget_person(ours)
    assert told_by(merge, by=administrator) == []
    theirs = Contact.objects.get(pk=theirs.pk)
    assert (theirs.actor, theirs.person, theirs.consent_on, theirs.email) == (sheets[1], "", None, "leila@example.org")


# The sheet that stayed.


def test_the_only_name_left_stays_when_the_merge_is_undone(administrator):
    kept = factories.ActorFactory(name_ar="", name_fr="Association du Lac")
    gone = factories.ActorFactory(name_ar="جمعية البحيرة", name_fr="")
    merge = merge_actors(kept, loser=gone, by=administrator)
    kept.refresh_from_db()
    actions.edit_actor(kept, name_fr="", by=administrator)
    told = undo_merge(merge, by=administrator)
    assert [(one.what, one.why) for one in told] == [("name in Arabic", "The sheet cannot be without it any more.")]
    kept.refresh_from_db()
    assert (kept.name_ar, kept.name_fr) == ("جمعية البحيرة", "")
    assert Actor.objects.get(pk=gone.pk).merged_into is None


def test_a_contradiction_in_the_database_is_said_in_a_sentence(sheets, administrator, monkeypatch):
    merge = merge_actors(sheets[0], loser=sheets[1], by=administrator)

    def contradicted(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(doubles, "take_back", contradicted)
    with pytest.raises(Refused, match="so nothing was undone"):
        undo_merge(merge, by=administrator)
    merge.refresh_from_db()
    assert merge.undone_at is None
    assert Actor.objects.get(pk=sheets[1].pk).merged_into == sheets[0]


def test_a_row_put_back_in_part_is_found_by_what_it_says_then(sheets, administrator):
    sheets[1].name_fr = "Zaouia du Rif"
    sheets[1].save()
    meeting = factories.MeetingFactory(organiser=sheets[1])
    merge = merge_actors(sheets[0], loser=sheets[1], by=administrator)
    [moved] = [row for row in merge.changes if row["model"] == "meetings.meeting"]
    moved["values"] |= {"title_fr": ["Avant", "Autre"]}
    merge.save()
    assert told_by(merge, by=administrator) == [("meetings.meeting", CHANGED)]
    meeting.refresh_from_db()
    assert meeting.organiser == sheets[1]
    assert list(find(type(meeting).objects.all(), "zaouia")) == [meeting]


# Terms whose last day is known already.


def test_one_part_in_a_space_stays_though_its_last_day_is_known(sheets, administrator):
    space = factories.SpaceFactory()
    until = today() + timedelta(days=200)
    factories.SpaceMemberFactory(space=space, actor=sheets[0], starts_on=date(2025, 1, 1))
    chair = {"part": SpaceMember.Part.CHAIR, "starts_on": date(2024, 1, 1), "ends_on": until}
    factories.SpaceMemberFactory(space=space, actor=sheets[1], **chair)
    merge_actors(sheets[0], loser=sheets[1], by=administrator)
    member = SpaceMember.objects.get(space=space)
    assert (member.actor, member.part, member.starts_on, member.ends_on) == (sheets[0], *chair.values())


def test_terms_that_follow_each_other_in_a_space_both_stay(sheets, administrator):
    space, until = factories.SpaceFactory(), today() + timedelta(days=10)
    terms = [(date(2024, 1, 1), until), (until + timedelta(days=1), None)]
    for sheet, (first, last) in zip(sheets, terms, strict=True):
        factories.SpaceMemberFactory(space=space, actor=sheet, starts_on=first, ends_on=last)
    merge_actors(sheets[0], loser=sheets[1], by=administrator)
    assert list(SpaceMember.objects.filter(actor=sheets[0]).values_list("starts_on", "ends_on")) == terms


def test_a_term_that_becomes_longer_stops_at_the_next_one(sheets, administrator):
    space, until = factories.SpaceFactory(), today() + timedelta(days=10)
    for first, last in ((date(2024, 1, 1), until), (until + timedelta(days=1), None)):
        factories.SpaceMemberFactory(space=space, actor=sheets[0], starts_on=first, ends_on=last)
    factories.SpaceMemberFactory(space=space, actor=sheets[1], starts_on=date(2023, 1, 1))
    merge = merge_actors(sheets[0], loser=sheets[1], by=administrator)
    rows = SpaceMember.objects.filter(actor=sheets[0]).values_list("starts_on", "ends_on")
    assert list(rows) == [(date(2023, 1, 1), until), (until + timedelta(days=1), None)]
    assert told_by(merge, by=administrator) == []


def test_a_term_that_becomes_longer_begins_after_the_last_one(sheets, administrator):
    space, until = factories.SpaceFactory(), today() + timedelta(days=10)
    next_day = until + timedelta(days=1)
    for first, last in ((next_day, None), (date(2024, 1, 1), until)):
        factories.SpaceMemberFactory(space=space, actor=sheets[0], starts_on=first, ends_on=last)
    factories.SpaceMemberFactory(space=space, actor=sheets[1], starts_on=date(2025, 1, 1))
    merge_actors(sheets[0], loser=sheets[1], by=administrator)
    rows = SpaceMember.objects.filter(actor=sheets[0]).values_list("starts_on", "ends_on")
    assert list(rows) == [(next_day, None), (date(2024, 1, 1), until)]


def test_one_holder_stays_though_the_last_day_is_known(sheets, administrator):
    until = today() + timedelta(days=200)
    for sheet, last in zip(sheets, (until, None), strict=True):
        contact = factories.ContactFactory(actor=sheet)
        factories.FocalPointFactory(contact=contact, starts_on=date(2025, 1, 1), ends_on=last)
    merge_actors(sheets[0], loser=sheets[1], by=administrator)
    assert [point.part for point in FocalPoint.objects.filter(actor=sheets[0]).on(today())] == list(FocalPoint.Part)


# Words.


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_a_search_that_is_over_is_not_called_like_a_date(language):
    with translation.override(language):
        assert str(DoubleSearch.State.DONE.label) != gettext("finished")


# Who sees contact details.


def test_a_public_mailbox_stays_public(sheets, administrator):
    ours, theirs = both_name(sheets, person="", consent_on=None, role_ar="الكتابة", role_fr="")
    Contact.objects.filter(pk=ours.pk).update(audience="members")
    merge = merge_actors(sheets[0], loser=sheets[1], by=administrator)
    assert [(row.pk, row.audience) for row in Contact.objects.all()] == [(ours.pk, "public")]
    assert told_by(merge, by=administrator) == []
    assert dict(Contact.objects.values_list("pk", "audience")) == {ours.pk: "members", theirs.pk: "public"}


@pytest.mark.parametrize(
    "more",
    [
        {"phone": "+212661000001"},
        {"person": "Leïla Haddad", "consent_on": date(2026, 1, 1)},
        {"role_ar": "الهاتف الشخصي للرئيس"},
        {"ends_on": date(2030, 1, 1)},
    ],
)
def test_what_only_members_saw_does_not_become_public(sheets, administrator, more):
    told = {"email": "contact@example.org", "role_ar": "الكتابة", "role_fr": ""}
    factories.ContactFactory(actor=sheets[0], audience="members", **told | more)
    factories.ContactFactory(actor=sheets[1], audience="public", **told | {"ends_on": more.get("ends_on")})
    if "ends_on" in more:
        sheets[1].contacts.update(ends_on=date(2029, 1, 1))
    merge_actors(sheets[0], loser=sheets[1], by=administrator)
    assert {row.audience for row in sheets[0].contacts.all()} == {"members", "public"}


def test_details_of_a_coming_day_are_not_shown_before_it(sheets, administrator):
    told = {"email": "contact@example.org", "role_ar": "الكتابة", "role_fr": "", "audience": "public"}
    day = today() + timedelta(days=60)
    factories.ContactFactory(actor=sheets[0], **told)
    factories.ContactFactory(actor=sheets[1], **told, person="Leïla Haddad", consent_on=today(), starts_on=day)
    merge_actors(sheets[0], loser=sheets[1], by=administrator)
    assert [row.person for row in sheets[0].contacts.current()] == [""]
    assert sheets[0].contacts.count() == 2
