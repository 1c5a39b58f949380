"""A whole import taken back for thirty days: what is as it was, what somebody built on stays, and is named."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from actors.directory.actions.contacts import edit_contact
from actors.directory.actions.sheets import confirm_actor, edit_actor
from actors.directory.actions.spaces import add_member
from actors.directory.models import Actor, Contact
from actors.doubles.actions import merge_actors
from actors.imports import actions, work
from actors.imports.models import ActorImport
from meetings.models import Invitation
from portal.core.errors import Refused
from portal.core.names import in_language
from portal.core.search import find
from portal.core.work import resume
from portal.notifications.models import Notification
from tests import factories

pytestmark = pytest.mark.usefixtures("small_region")

HEADS = "الاسم بالعربية;الاسم بالفرنسية;المختصر;نوع الفاعل;الجماعة;الهاتف"
THREE = (
    HEADS,
    "جمعية الأولى;Première;UNO;جمعية;بني أنصار;0536001101",
    "جمعية الثانية;Deuxième;DUE;جمعية;بني أنصار;0536001102",
    "جمعية الثالثة;Troisième;TRE;جمعية;ميضار;0536001103",
)


@pytest.fixture(autouse=True)
def in_english(administrator):
    administrator.language = "en"
    administrator.save()
    with translation.override("en"):
        yield


@pytest.fixture
def undone(administrator):
    def undo(run: ActorImport) -> ActorImport:
        actions.undo_import(run, by=administrator)
        work.produce(run.pk)
        run.refresh_from_db()
        return run

    return undo


def codes(run: ActorImport, number: int) -> list[str]:
    return [kept["code"] for kept in run.rows.get(number=number).kept]


def test_everything_an_import_added_goes_and_the_history_says_who_took_it_back(brought_in, undone, administrator):
    run = undone(brought_in(*THREE))
    assert (run.state, run.counts["undone"], run.counts["kept"]) == ("undone", 3, 0)
    assert (Actor.objects.count(), Contact.objects.count()) == (0, 0)
    last = Actor.history.order_by("-history_id").first()
    assert (last.history_type, last.history_user, last.history_change_reason) == (
        "-",
        administrator,
        f"undo of import {run.pk}",
    )


def test_what_stood_in_a_sheet_before_stands_there_again(brought_in, undone):
    actor = factories.ActorFactory(name_ar="جمعية الأولى", name_fr="", kind="association", seat_id="02.381.01.03")
    contact = factories.ContactFactory(actor=actor, email="a@example.org")
    run = brought_in(*THREE[:2])
    actor.refresh_from_db()
    assert (actor.name_fr, actor.acronym, actor.contacts.get().phone) == ("Première", "UNO", "+212536001101")

    undone(run)
    actor.refresh_from_db()
    contact.refresh_from_db()
    assert (actor.name_fr, actor.acronym, contact.phone, contact.email) == ("", "", "", "a@example.org")
    assert not find(Actor.objects.all(), "premiere").exists()


def test_a_field_somebody_changed_since_stays_and_is_named(brought_in, undone, administrator):
    actor = factories.ActorFactory(name_ar="جمعية الأولى", name_fr="", kind="association", seat_id="02.381.01.03")
    run = brought_in(*THREE[:2])
    edit_actor(actor, name_fr="La Première", by=administrator)

    undone(run)
    actor.refresh_from_db()
    assert (actor.name_fr, actor.acronym, run.counts["kept"]) == ("La Première", "", 1)
    assert run.rows.get(number=2).kept == [{"code": "changed_since", "column": "name_fr"}]


def test_other_names_that_people_added_since_stay_when_the_import_takes_its_own_back(brought_in, undone, administrator):
    actor = factories.ActorFactory(
        slug="uno", name_ar="جمعية الأولى", name_fr="Première", acronym="UNO", kind="association",
        seat_id="02.381.01.03", aliases=["الأولى"],
    )  # fmt: skip
    run = brought_in(f"المعرف;{HEADS};أسماء أخرى", "uno;جمعية الأولى;Première;UNO;جمعية;بني أنصار;;الأولى | الرائدة")
    actor.refresh_from_db()
    assert actor.aliases == ["الأولى", "الرائدة"]
    edit_actor(actor, aliases=[*actor.aliases, "السباقة"], by=administrator)

    undone(run)
    actor.refresh_from_db()
    assert (actor.aliases, run.counts["kept"]) == (["الأولى", "السباقة"], 0)


def test_what_somebody_built_on_protects_it_whatever_it_is(brought_in, undone, administrator, space, as_user):
    run = brought_in(*THREE)
    first, second, third = Actor.objects.filter(name_fr__in=["Première", "Deuxième", "Troisième"]).order_by("pk")
    add_member(space, actor=first, part="member", by=administrator)
    meeting = factories.MeetingFactory(space=space)
    factories.InvitationFactory(meeting=meeting, actor=second)
    Notification.objects.create(
        user=administrator, language="ar", kind="meetings.invited", about=third, path="/", created_at=timezone.now(),
        next_attempt_at=timezone.now(),
    )  # fmt: skip

    undone(run)
    assert (run.counts["undone"], run.counts["kept"]) == (0, 3)
    models = [[kept["model"] for kept in row.kept] for row in run.rows.exclude(kept=[]).order_by("number")]
    assert models == [["directory.spacemember"], ["meetings.invitation"], ["notifications.notification"]]
    assert Invitation.objects.get(meeting=meeting).actor == second
    page = as_user(administrator).get(reverse("imports:import_result", args=[run.pk])).content.decode()
    assert all(actor.get_absolute_url() in page for actor in (first, second, third))


def test_an_edit_of_the_sheet_or_of_its_contact_details_protects_it(brought_in, undone, administrator):
    run = brought_in(*THREE)
    first, second, _third = Actor.objects.order_by("pk")
    edit_actor(first, description_ar="نص", by=administrator)
    edit_contact(second.contacts.get(), phone="+212536009999", by=administrator)

    undone(run)
    assert (codes(run, 2), codes(run, 3), codes(run, 4)) == (["edited"], ["edited"], [])
    assert list(Actor.objects.order_by("pk")) == [first, second]
    assert second.contacts.get().phone == "+212536009999"


def test_a_row_filled_into_what_the_same_import_made_is_no_reason_to_keep_it(brought_in, undone):
    run = brought_in(HEADS, "جمعية الأولى;;;جمعية;بني أنصار;", "جمعية الأولى;Première;;جمعية;بني أنصار;0536001101")
    assert run.counts["outcomes"] == {"left_out": 1, "added": 1, "changed": 1}
    undone(run)
    assert (run.counts["kept"], Actor.objects.count()) == (0, 0)


UPDATED = f"{HEADS};تاريخ التحيين"
LATER = "جمعية الأولى;Première;UNO;جمعية;بني أنصار;;{day}"


@pytest.fixture
def confirmed(administrator):
    """A sheet that an account and its mailbox have confirmed."""
    return factories.ActorFactory(
        slug="uno", name_ar="جمعية الأولى", name_fr="Première", acronym="UNO", kind="association",
        seat_id="02.381.01.03",
        confirmed_on=date(2020, 1, 1), confirmed_by=administrator, confirmed_mailbox="info@example.org",
    )  # fmt: skip


def written_over(actor, brought_in) -> ActorImport:
    run = brought_in(f"المعرف;{UPDATED}", f"{actor.slug};{LATER.format(day='2026-03-12')}")
    actor.refresh_from_db()
    assert (actor.confirmed_on, actor.confirmed_by, actor.confirmed_mailbox) == (date(2026, 3, 12), None, "")
    return run


def test_who_had_confirmed_a_sheet_comes_back_with_the_day(brought_in, undone, confirmed, administrator):
    run = undone(written_over(confirmed, brought_in))

    confirmed.refresh_from_db()
    assert (confirmed.confirmed_on, confirmed.confirmed_by, confirmed.confirmed_mailbox, run.counts["kept"]) == (
        date(2020, 1, 1), administrator, "info@example.org", 0,
    )  # fmt: skip


def test_a_confirmation_since_is_not_taken_back_also_on_the_same_day(brought_in, undone, confirmed, administrator):
    run = written_over(confirmed, brought_in)
    with time_machine.travel("2026-03-12T12:00:00Z"):
        confirm_actor(confirmed, by=administrator)
    undone(run)

    confirmed.refresh_from_db()
    assert (confirmed.confirmed_on, confirmed.confirmed_by) == (date(2026, 3, 12), administrator)
    assert run.rows.get(number=2).kept == [{"code": "changed_since", "column": "updated"}]


def test_a_sheet_under_which_another_of_the_same_import_was_put_stays_and_names_it(
    brought_in, undone, administrator, caplog
):
    run = brought_in(*THREE)
    first, second, _third = Actor.objects.order_by("pk")
    edit_actor(second, parent=first, by=administrator)
    undone(run)

    assert (codes(run, 2), codes(run, 3), codes(run, 4)) == (["built_on"], ["edited"], [])
    (kept,) = run.rows.get(number=2).kept
    assert [thing["text"]["fr"] for thing in kept["things"]] == [str(second)]
    assert "could not be written" not in caplog.text


def test_a_merge_that_stands_in_the_way_is_named_by_both_institutions_in_the_readers_language(
    brought_in, undone, administrator, as_user
):
    run = brought_in(HEADS, "جمعية الأولى;;;جمعية;بني أنصار;")
    (first,) = Actor.objects.all()
    gone = factories.ActorFactory(name_ar="جمعية الثانية", name_fr="Association Deux")
    merge_actors(first, loser=gone, by=administrator)
    undone(run)
    first.refresh_from_db()
    for language, sentence in (("ar", "دمج «{}» في «{}»"), ("fr", "Fusion de «\u00a0{}\u00a0» avec «\u00a0{}\u00a0»")):
        page = as_user(administrator).get(f"/{language}/actors/import/{run.pk}/result/").content.decode()
        names = [str(in_language(row, "name", language)) for row in (gone, first)]
        assert sentence.format(*(f"\u2068{name}\u2069" for name in names)) in page


def test_contact_details_of_another_row_that_somebody_edited_keep_their_institution(brought_in, undone, administrator):
    run = brought_in(HEADS, "جمعية الأولى;;;جمعية;بني أنصار;", "جمعية الأولى;;;جمعية;بني أنصار;0536001101")
    edit_contact(Contact.objects.get(), phone="+212536009999", by=administrator)
    undone(run)
    assert (Actor.objects.count(), Contact.objects.get().phone) == (1, "+212536009999")
    assert codes(run, 2) == ["edited"]


def test_an_import_that_wrote_nothing_undoes_nothing(handed_in, started, undone):
    run = started(handed_in(*THREE[:2]))
    factories.ActorFactory(name_ar="جمعية الأولى", name_fr="", kind="association", seat_id="02.381.01.03")
    work.produce(run.pk)
    run.refresh_from_db()
    assert run.counts["outcomes"] == {"left_out": 1, "failed": 1}
    undone(run)
    assert (run.counts["undone"], run.counts["kept"]) == (0, 0)


def test_what_is_undone_is_held_before_it_is_looked_at(brought_in, undone, monkeypatch):
    from actors.imports.rules import apply, undo

    run = brought_in(*THREE)
    order = []
    monkeypatch.setattr(apply, "hold", lambda pks: order.append(sorted(pks)))
    real = undo.Undoing._built
    monkeypatch.setattr(undo.Undoing, "_built", lambda *args: order.append("built") or real(*args))
    made = sorted(Actor.objects.values_list("pk", flat=True))
    undone(run)
    assert order[0] == made
    assert "built" in order[1:]


def test_a_later_import_that_wrote_into_it_protects_it(brought_in, undone):
    first = brought_in(*THREE[:2])
    brought_in(HEADS.replace("المختصر", "العنوان"), "جمعية الأولى;Première;شارع محمد الخامس;جمعية;بني أنصار;0536001101")
    undone(first)
    assert (codes(first, 2), Actor.objects.get().address) == (["edited"], "شارع محمد الخامس")


def test_an_import_can_be_undone_for_thirty_days_and_once(brought_in, undone, administrator):
    run = brought_in(*THREE)
    ActorImport.objects.filter(pk=run.pk).update(run_at=timezone.now() - timedelta(days=31))
    run.refresh_from_db()
    with pytest.raises(Refused, match="30 days"):
        actions.undo_import(run, by=administrator)
    ActorImport.objects.filter(pk=run.pk).update(run_at=timezone.now() - timedelta(days=29))
    run.refresh_from_db()
    undone(run)
    with pytest.raises(Refused):
        actions.undo_import(run, by=administrator)


def test_a_worker_that_dies_while_undoing_is_followed_by_one_that_goes_on(brought_in, administrator, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 25)
    run = brought_in(HEADS, *(f"جمعية رقم {n};Association {n};;جمعية;بني أنصار;" for n in range(60)))
    actions.undo_import(run, by=administrator)
    real, seen = work._removed, []

    def dies(undoing, chunk):
        seen.append(chunk)
        gone = real(undoing, chunk)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return gone

    monkeypatch.setattr(work, "_removed", dies)
    with pytest.raises(KeyboardInterrupt):
        work.produce(run.pk)
    assert Actor.objects.count() == 35
    monkeypatch.setattr(work, "_removed", real)
    resume(timezone.now() + timedelta(minutes=2))
    run.refresh_from_db()
    assert (run.state, Actor.objects.count(), run.counts["undone"]) == ("undone", 0, 60)


def test_one_that_cannot_be_deleted_does_not_hold_the_others(brought_in, undone, monkeypatch, caplog):
    from portal.core import history

    run = brought_in(*THREE)
    second = Actor.objects.get(acronym="DUE")
    real = history.delete_all

    def refuses(instances, **kwargs):
        if second in instances:
            raise ValueError("protected by something unforeseen")
        real(instances, **kwargs)

    monkeypatch.setattr(history, "delete_all", refuses)
    undone(run)
    assert list(Actor.objects.all()) == [second]
    assert second.contacts.count() == 1
    assert (codes(run, 3), run.counts["kept"]) == (["failed"], 1)


def test_what_an_import_broke_off_had_written_can_be_undone(handed_in, started, undone):
    run = started(handed_in(*THREE))
    work.produce(run.pk)
    ActorImport.objects.filter(pk=run.pk).update(state="failed", failed_in="running")
    run.refresh_from_db()
    undone(run)
    assert (run.state, Actor.objects.count()) == ("undone", 0)
