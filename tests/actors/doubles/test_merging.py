"""Two sheets become one: what moves, what is settled, who is refused, and that it can all be taken back."""

from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import translation

from actors.directory import actions
from actors.directory.models import Actor, Contact, FocalPoint, Membership, SpaceMember
from actors.directory.models.membership import parts_in
from actors.doubles.actions import merge_actors, undo_merge
from actors.doubles.models import Merge
from actors.doubles.rules.plan import plan_merge
from actors.doubles.rules.relations import is_history, relations_to
from actors.imports.models import ImportRow
from meetings.models import Attendance, Invitation, MinutesReview
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.errors import Refused
from portal.core.search import find
from portal.notifications.models import LedgerEntry, Notification
from recommendations.models import Assignment
from tests import factories
from tests.actors.doubles.merging_world import LONG_AGO, World, differences, everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def made(once_for_the_module):
    with translation.override("en"):
        return World()


@pytest.fixture
def world(db, made):
    return deepcopy(made)


@pytest.fixture
def merged(world, administrator):
    world.merge = merge_actors(world.winner, loser=world.loser, by=administrator)
    for sheet in world.both:
        sheet.refresh_from_db()
    return world


def two_sheets():
    return factories.ActorFactory(slug="kept"), factories.ActorFactory(slug="gone")


# What moves.


def test_nothing_names_the_losing_sheet_any_more_but_what_tells_of_it(merged):
    left = {
        relation.label: list(rows.values_list("pk", flat=True))
        for relation in relations_to(Actor)
        if not relation.rule.stay_all and (rows := relation.rows(merged.loser.pk)).exists()
    }
    shared = LedgerEntry.objects.about(merged.loser).get(occurrence="2026-05-04")
    assert left == {
        "imports.importrow.actor": [merged.brought_in.pk],
        "notifications.ledgerentry.subject": [shared.pk],
    }


def test_the_losing_sheet_is_archived_and_leads_to_the_other(merged, client):
    assert (merged.loser.state, merged.loser.merged_into) == (Actor.State.ARCHIVED, merged.winner)
    assert not Actor.objects.visible_to(User(is_administrator=True)).filter(pk=merged.loser.pk).exists()
    answer = client.get(reverse("directory:actor", args=["tisghnas"]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("directory:actor", args=["asticude-nador"]))


def test_its_names_find_the_sheet_that_stays(merged):
    assert merged.winner.aliases == ["ثسغناس", "جمعية تسغناس", "THIS", "تسغناس الناظور"]
    for word in ("تسغناس", "thissaghnasse", "THIS"):
        assert list(find(Actor.objects.filter(merged_into=None), word)) == [merged.winner]


def test_names_it_answers_to_already_are_not_kept_twice(administrator):
    kept = factories.ActorFactory(name_ar="جمعية الأمل", name_fr="Association Espoir", acronym="AE", aliases=["أمل"])
    gone = factories.ActorFactory(name_ar="جمعيه الامل", name_fr="association ESPOIR", acronym="ae", aliases=["امل"])
    merge_actors(kept, loser=gone, by=administrator)
    kept.refresh_from_db()
    assert (kept.name_ar, kept.aliases) == ("جمعية الأمل", ["أمل"])


def test_a_name_that_was_replaced_is_kept_as_another_name(administrator):
    kept = factories.ActorFactory(name_ar="جمعية قديمة", name_fr="Ancien nom")
    gone = factories.ActorFactory(name_ar="جمعية جديدة", name_fr="")
    merge_actors(kept, loser=gone, keep={"name_ar": "loser"}, by=administrator)
    kept.refresh_from_db()
    assert (kept.name_ar, kept.name_fr, kept.aliases) == ("جمعية جديدة", "Ancien nom", ["جمعية قديمة"])


def test_empty_fields_are_filled_and_the_rest_stays_as_chosen(merged):
    winner = merged.winner
    assert (winner.name_fr, winner.acronym, winner.notes) == ("Association Thissaghnasse", "ASTICUDE", "الملف الأول")
    assert winner.website == "https://thissaghnasse.example.org/"
    assert winner.confirmed_on == date(2026, 5, 4)
    assert set(winner.areas.all()) == set(merged.places)
    assert set(winner.themes.all()) == set(merged.themes)


def test_each_field_can_be_chosen(world, administrator):
    keep = {"acronym": "loser", "notes": "both", "areas": "winner", "themes": "loser", "website": "winner"}
    merge_actors(world.winner, loser=world.loser, keep=keep, by=administrator)
    winner = Actor.objects.get(pk=world.winner.pk)
    assert (winner.acronym, winner.website, winner.notes) == ("THIS", "", "الملف الأول\nالملف الثاني")
    assert list(winner.areas.all()) == world.places[:1]
    assert set(winner.themes.all()) == set(world.themes[1:])
    assert "ASTICUDE" in winner.aliases


@pytest.mark.parametrize("keep", [{"acronym": "both"}, {"kind": "third"}])
def test_a_choice_that_is_none_is_refused(world, administrator, keep):
    with pytest.raises(Refused, match="Choose which") as refusal:
        merge_actors(world.winner, loser=world.loser, keep=keep, by=administrator)
    assert refusal.value.field in keep
    assert Merge.objects.count() == 0


@pytest.mark.parametrize(
    ("kept", "gone", "after"),
    [
        ("published", "draft", "published"),
        ("draft", "published", "published"),
        ("archived", "published", "published"),
        ("draft", "archived", "draft"),
    ],
)
def test_the_sheet_is_published_where_one_of_the_two_was(administrator, kept, gone, after):
    winner, loser = factories.ActorFactory(state=kept), factories.ActorFactory(state=gone)
    done = merge_actors(winner, loser=loser, by=administrator)
    assert Actor.objects.get(pk=winner.pk).state == after
    undo_merge(done, by=administrator)
    assert [Actor.objects.get(pk=sheet.pk).state for sheet in (winner, loser)] == [kept, gone]


# What is settled.


def test_one_invitation_stays_with_the_latest_answer(merged):
    invitation = Invitation.objects.get(meeting=merged.meeting)
    assert (invitation.actor, invitation.answer, invitation.representative) == (
        merged.winner, "confirmed", "رئيسة الجمعية",
    )  # fmt: skip
    assert invitation.represented_by == merged.contact
    assert Invitation.objects.get(meeting=merged.second).actor == merged.winner


def test_the_fuller_presence_stays_and_nobody_is_represented_by_itself(merged):
    lines = {
        (row.meeting_id, row.actor_id): (row.status, row.represented_by_id, row.representative)
        for row in Attendance.objects.all()
    }
    winner = merged.winner.pk
    assert lines == {
        (merged.meeting.pk, winner): ("present", None, "الكاتبة"),
        (merged.meeting.pk, merged.third.pk): ("represented", winner, ""),
        (merged.second.pk, winner): ("present", None, ""),
        (merged.third_meeting.pk, winner): ("present", None, ""),
    }
    assert set(Attendance.objects.values_list("recorded_at", flat=True)) == {LONG_AGO}


def test_remarks_on_the_minutes_are_not_lost_to_an_approval(merged):
    review = MinutesReview.objects.get(circulation=1)
    assert (review.actor, review.answer, review.text) == (merged.winner, "remarks", "تصحيح الاسم")


def test_the_lead_stays_the_lead(merged):
    rows = Assignment.objects.filter(recommendation=merged.led)
    assert list(rows.values_list("actor", "part", "answer")) == [(merged.winner.pk, "lead", "accepted")]
    assert not Assignment.objects.filter(suggestion=merged.winner, actor=merged.winner).exists()


def test_the_chair_of_a_space_stays_the_chair(merged):
    member = SpaceMember.objects.get(space=merged.space)
    assert (member.actor, member.part, member.starts_on) == (merged.winner, "chair", date(2024, 1, 1))


def test_the_same_contact_details_stand_once_and_a_private_number_stays_private(merged):
    rows = {(row.email, row.phone, row.audience) for row in Contact.objects.filter(actor=merged.winner)}
    assert rows == {
        ("contact@asticude.example.org", "+212536000269", "members"),
        ("autre@asticude.example.org", "", "members"),
        ("contact@asticude.example.org", "+212661000269", "administrators"),
    }


def test_one_holder_remains_and_the_other_becomes_alternate(merged):
    points = FocalPoint.objects.filter(actor=merged.winner).on(today())
    assert list(points.values_list("contact", "part")) == [
        (merged.contact.pk, FocalPoint.Part.HOLDER),
        (merged.other_contact.pk, FocalPoint.Part.ALTERNATE),
    ]


def test_a_third_focal_point_ends_the_day_before(administrator):
    winner, loser = two_sheets()
    for part in FocalPoint.Part.values:
        factories.FocalPointFactory(contact=factories.ContactFactory(actor=winner), part=part)
    theirs = factories.FocalPointFactory(contact=factories.ContactFactory(actor=loser), starts_on=date(2025, 1, 1))
    merge_actors(winner, loser=loser, by=administrator)
    theirs.refresh_from_db()
    assert (theirs.actor, theirs.part, theirs.ends_on) == (winner, "1_holder", today() - timedelta(days=1))


def test_what_was_proposed_for_the_sheet_that_goes_is_withdrawn(merged):
    states = merged.winner.proposed_changes.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["waiting", "withdrawn", "accepted"]


def test_an_import_that_was_not_run_means_the_sheet_that_stays(merged):
    first, done, third = ImportRow.objects.order_by("number")
    assert (first.actor, first.candidates) == (merged.winner, [{"actor": merged.winner.pk}])
    assert done.actor == merged.loser
    assert third.candidates[:2] == [{"actor": merged.winner.pk}, {"row": merged.loser.pk}]


def test_notices_about_the_sheet_are_about_the_one_that_stays(merged):
    kind = ContentType.objects.get_for_model(Actor)
    told = Notification.objects.filter(content_type=kind).values_list("object_id", flat=True)
    assert set(told) == {str(merged.winner.pk)}


def test_a_mailbox_that_was_reminded_is_not_reminded_again(merged):
    told = LedgerEntry.objects.about(merged.meeting).filter(recipient_key=f"contact:{merged.contact.pk}")
    assert set(told.values_list("rung", flat=True)) == {"first", "second"}


def test_people_keep_their_parts_and_nobody_gets_one_that_neither_sheet_gave(merged):
    winner = merged.winner
    people = {merged.common: {"manager"}, merged.own: {"contributor", "validator"}, merged.theirs: {"contributor"}}
    for person, parts in people.items():
        assert parts_in(User.objects.get(pk=person.pk), winner) == parts
    assert set(Membership.objects.filter(actor=winner).values_list("user", flat=True)) == {p.pk for p in people}
    manager = Membership.objects.get(actor=winner, user=merged.common)
    assert (manager.starts_on, manager.job_title) == (date(2024, 1, 1), "مديرة")


# What is written down.


def test_every_change_says_who_and_why_and_older_records_stay(world, administrator):
    invitation = Invitation.objects.get(meeting=world.second)
    before = list(invitation.history.values_list("history_id", "actor_id"))
    merge_actors(world.winner, loser=world.loser, by=administrator)
    newest = invitation.history.first()
    reason = "“Association Thissaghnasse” merged into “\u2068جمعية ثسغناس للثقافة والتنمية\u2069”."
    assert (newest.actor_id, newest.history_user, newest.history_change_reason) == (
        world.winner.pk, administrator, reason,
    )  # fmt: skip
    assert list(invitation.history.values_list("history_id", "actor_id"))[1:] == before
    for sheet in world.both:
        assert sheet.history.first().history_user == administrator
        assert sheet.history.first().history_change_reason == newest.history_change_reason
    gone = Invitation.history.filter(history_type="-").get()
    assert (gone.actor_id, gone.history_user) == (world.loser.pk, administrator)


def test_every_row_that_changed_is_kept(world, administrator):
    before = everything()
    done = merge_actors(world.winner, loser=world.loser, by=administrator)
    kept = {(row["model"], row["key"]) for row in done.changes}
    for line in differences(before, everything()):
        label, key = line.partition(":")[0].split(" ")
        key = key.partition(".")[0]
        if label.startswith("directory.Actor") and key in {str(sheet.pk) for sheet in world.both}:
            continue
        follows = ".search_text" in line or ".meeting_organiser" in line or ".lead_key" in line
        if label in {"directory.Actor_areas", "directory.Actor_themes"} or follows:
            continue
        assert (label.lower(), key) in kept, line
    assert {"moved" if "moved" in row else row["act"] for row in done.changes} == {"moved", "changed", "removed"}


def test_the_plan_writes_nothing_and_is_what_is_kept(world, administrator):
    before = everything()
    plan = plan_merge(world.winner, world.loser, {})
    assert differences(before, everything()) == []
    done = merge_actors(world.winner, loser=world.loser, by=administrator)
    foreseen = [(*change.name, change.act, [*change.values]) for change in plan.changes]
    assert foreseen == [(row["model"], row["key"], row["act"], [*row["values"]]) for row in done.changes]


def test_reminders_that_meet_only_after_their_mailboxes_are_joined_stay_each_once(administrator):
    kept, gone = two_sheets()
    told = {"email": "contact@example.org", "audience": "public", "role_ar": "الكتابة", "role_fr": ""}
    ours = factories.ContactFactory(actor=kept, **told)
    theirs = [factories.ContactFactory(actor=gone, **told) for _n in range(2)]
    kind = ContentType.objects.get_for_model(Actor)
    for subject, contact in ((kept, ours), (gone, theirs[0]), (gone, theirs[1])):
        LedgerEntry.objects.create(
            content_type=kind, object_id=str(subject.pk), rung="sheet_stale", occurrence="2026-05-04", outcome="sent",
            recipient_key=f"contact:{contact.pk}", due_at=LONG_AGO, created_at=LONG_AGO,
        )  # fmt: skip
    before = everything()
    done = merge_actors(kept, loser=gone, by=administrator)
    rows = LedgerEntry.objects.filter(object_id__in=[kept.pk, gone.pk])
    assert {(row.object_id, row.recipient_key) for row in rows} == {
        (str(kept.pk), f"contact:{ours.pk}"),
        (str(gone.pk), f"contact:{ours.pk}"),
        (str(kept.pk), f"contact:{theirs[1].pk}"),
    }
    assert undo_merge(done, by=administrator) == []
    assert [line for line in differences(before, everything()) if "search_text" not in line] == []


def test_no_history_is_rewritten(world, administrator):
    tables = [relation.model for relation in relations_to(Actor) if hasattr(relation.model, "history")]
    before = {table: set(table.history.values_list("history_id", "actor_id") if hasattr(table.history.model, "actor_id")
              else table.history.values_list("history_id")) for table in tables}  # fmt: skip
    merge_actors(world.winner, loser=world.loser, by=administrator)
    for table, rows in before.items():
        columns = ("history_id", "actor_id") if hasattr(table.history.model, "actor_id") else ("history_id",)
        assert rows <= set(table.history.values_list(*columns))
    assert all(is_history(table.history.model) for table in tables)


# Who is refused.


def test_a_sheet_is_not_merged_with_itself(association, administrator):
    with pytest.raises(Refused, match="two different"):
        merge_actors(association, loser=association, by=administrator)


def test_the_same_pair_is_merged_once(merged, administrator):
    with pytest.raises(Refused, match="was merged into “Association Thissaghnasse” already"):
        merge_actors(merged.winner, loser=merged.loser, by=administrator)
    assert Merge.objects.count() == 1


def test_nothing_is_merged_into_a_sheet_that_is_gone(merged, administrator):
    with pytest.raises(Refused, match="already"):
        merge_actors(merged.loser, loser=merged.third, by=administrator)


def test_a_sheet_and_what_it_belongs_to_become_one_below_what_is_above(administrator):
    top = factories.ActorFactory()
    kept, gone = two_sheets()
    gone.parent, kept.parent = top, gone
    gone.save(), kept.save()
    below = factories.ActorFactory(parent=gone)
    before = everything()
    done = merge_actors(kept, loser=gone, by=administrator)
    assert [Actor.objects.get(pk=sheet.pk).parent for sheet in (kept, below)] == [top, kept]
    undo_merge(done, by=administrator)
    assert [line for line in differences(before, everything()) if "search_text" not in line] == []


def test_a_sheet_that_belongs_to_the_one_that_stays_leaves_it_where_it_is(administrator):
    top = factories.ActorFactory()
    kept, gone = two_sheets()
    kept.parent, gone.parent = top, kept
    kept.save(), gone.save()
    merge_actors(kept, loser=gone, keep={"parent": "loser"}, by=administrator)
    assert Actor.objects.get(pk=kept.pk).parent == top


def test_what_stands_between_the_two_would_belong_to_itself(administrator):
    kept, gone = two_sheets()
    between = factories.ActorFactory(name_ar="الوسطى", name_fr="", parent=gone)
    kept.parent = between
    kept.save()
    with pytest.raises(Refused, match="“\u2068الوسطى\u2069” stands between"):
        merge_actors(kept, loser=gone, by=administrator)
    assert Actor.objects.get(pk=gone.pk).merged_into is None


# Chains.


def test_a_chain_leads_to_its_end_and_is_undone_from_there(world, administrator, client):
    end = factories.ActorFactory(slug="end")
    before = everything()
    first = merge_actors(world.winner, loser=world.loser, by=administrator)
    second = merge_actors(end, loser=world.winner, by=administrator)
    assert Actor.objects.get(pk=world.loser.pk).merged_into == end
    assert (
        client.get(reverse("directory:actor", args=["tisghnas"]), follow=True).redirect_chain[-1][0].endswith("/end/")
    )
    with pytest.raises(Refused, match="undo that merge first"):
        undo_merge(first, by=administrator)
    assert undo_merge(second, by=administrator) == []
    assert undo_merge(first, by=administrator) == []
    assert [line for line in differences(before, everything()) if "search_text" not in line] == []


# Undoing.


def test_a_merge_that_is_undone_leaves_every_row_as_it_was(world, administrator):
    before = everything()
    done = merge_actors(world.winner, loser=world.loser, by=administrator)
    assert len(differences(before, everything())) > 70
    assert undo_merge(done, by=administrator) == []
    assert differences(before, everything()) == []
    done.refresh_from_db()
    assert (done.undone_by, done.kept) == (administrator, [])


def test_so_does_one_that_chose_everything_of_the_loser(world, administrator):
    """Links taken off and made again have other keys: what they link is what counts."""
    before = everything()
    keep = dict.fromkeys(("name_ar", "acronym", "areas", "themes", "confirmed_on", "seat", "notes"), "loser")
    done = merge_actors(world.winner, loser=world.loser, keep=keep, by=administrator)
    assert undo_merge(done, by=administrator) == []
    left = [line for line in differences(before, everything()) if not line.startswith("directory.Actor_")]
    assert left == []
    assert set(world.winner.areas.all()) == set(world.places[:1])


def test_it_says_so_in_the_history(merged, administrator):
    undo_merge(merged.merge, by=administrator)
    restored = Invitation.objects.get(meeting=merged.meeting, actor=merged.loser)
    told = [(row.history_type, row.history_user) for row in restored.history.all()[:3]]
    # It comes back as it was set aside; then what it named goes back, too.
    assert told == [("~", administrator), ("+", administrator), ("-", administrator)]
    assert restored.history.first().history_change_reason == "The merge of “Association Thissaghnasse” was undone."


def test_an_undone_merge_is_not_undone_again(merged, administrator):
    undo_merge(merged.merge, by=administrator)
    with pytest.raises(Refused, match="undone already"):
        undo_merge(merged.merge, by=administrator)


def test_what_people_changed_since_stays_and_is_named(merged, administrator):
    winner = merged.winner
    actions.edit_actor(winner, name_fr="Nom corrigé", aliases=[*winner.aliases, "اسم آخر"], by=administrator)
    Invitation.objects.filter(meeting=merged.second).delete()
    elsewhere = factories.ActorFactory()
    meeting = merged.meeting
    meeting.refresh_from_db()
    meeting.organiser = elsewhere
    meeting.save()

    told = undo_merge(merged.merge, by=administrator)

    winner.refresh_from_db()
    assert (winner.name_fr, winner.aliases) == ("Nom corrigé", ["ثسغناس", "اسم آخر"])
    meeting.refresh_from_db()
    assert meeting.organiser == elsewhere
    assert {(kept.model, kept.why) for kept in told} == {
        ("directory.actor", "It was changed since."),
        ("meetings.meeting", "It was changed since."),
        ("meetings.invitation", "It is no longer there."),
    }
    assert merged.loser.pk in Actor.objects.visible_to(administrator).values_list("pk", flat=True)


def test_a_row_whose_place_is_taken_or_whose_thing_is_gone_is_named(world, administrator):
    done = merge_actors(world.winner, loser=world.loser, by=administrator)
    factories.InvitationFactory(meeting=world.meeting, actor=world.loser)
    Assignment.objects.filter(recommendation=world.led).delete()
    told = {(kept.model, kept.why) for kept in undo_merge(done, by=administrator)}
    assert ("meetings.invitation", "Something else stands in its place now.") in told
    assert ("recommendations.assignment", "It is no longer there.") in told
