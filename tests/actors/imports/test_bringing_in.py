"""What the worker writes for each decided row, and that a row, a chunk and an import are whole or not there."""

from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from actors.directory.models import Actor, Contact
from actors.imports import actions, work
from actors.imports.models import ActorImport, ImportRow
from actors.imports.rules import apply
from portal.core.errors import Refused
from portal.core.search import find
from portal.core.work import resume
from portal.reference.models import Theme
from tests import factories

pytestmark = pytest.mark.usefixtures("region")

HEADS = "الاسم بالعربية;الاسم بالفرنسية;المختصر;نوع الفاعل;الجماعة;الهاتف;البريد الإلكتروني;مجالات التدخل;تاريخ التحيين"
FULL = (
    "جمعية النور;Association Lumière;ANL;جمعية;زايو;0536001122/0661223344;a@example.org,b@example.org;الصحة;2026-03-12"
)
ZAIO = "02.381.01.07"


@pytest.fixture(autouse=True)
def in_english(administrator):
    administrator.language = "en"
    administrator.save()
    with translation.override("en"):
        yield


def outcomes(run: ActorImport) -> list[str]:
    return list(run.rows.exclude(verdict="header").values_list("outcome", flat=True))


def many(count: int) -> list[str]:
    return [HEADS, *(f"جمعية رقم {n};Association {n};;جمعية;زايو;;;;" for n in range(1, count + 1))]


@pytest.fixture
def one_by_one(monkeypatch):
    """Nothing can be written together."""

    def broken(*args, **options):
        raise ValueError("not together")

    monkeypatch.setattr(apply, "make_all", broken)


@pytest.mark.parametrize("way", ["together", "one_by_one"])
def test_a_new_institution_comes_with_everything_its_row_says(way, request, brought_in, administrator):
    if way == "one_by_one":
        request.getfixturevalue(way)
    run = brought_in(HEADS, FULL, contact_audience="public")
    actor = Actor.objects.get()

    assert (actor.name_ar, actor.name_fr, actor.acronym, actor.kind) == (
        "جمعية النور",
        "Association Lumière",
        "ANL",
        "association",
    )
    assert (actor.slug, actor.seat_id, actor.state, actor.confirmed_on) == (
        "anl",
        ZAIO,
        "published",
        date(2026, 3, 12),
    )
    assert [theme.code for theme in actor.themes.all()] == ["health"]
    contacts = list(actor.contacts.values_list("role_ar", "role_fr", "phone", "email", "audience"))
    assert contacts == [
        ("الإدارة", "Administration", "+212536001122", "a@example.org", "public"),
        ("الإدارة", "Administration", "+212661223344", "b@example.org", "public"),
    ]
    assert list(find(Actor.objects.all(), "lumiere zaio")) == [actor]
    record = actor.history.get()
    assert (record.history_user, record.history_change_reason) == (administrator, f"import {run.pk}")
    assert {link.theme_id for link in record.themes.all()} == set(actor.themes.values_list("pk", flat=True))
    assert (run.state, run.counts["outcomes"]["added"], run.percent) == ("done", 1, 100)


def test_new_institutions_are_kept_as_drafts_where_that_was_chosen(brought_in):
    brought_in(HEADS, FULL, new_state="draft")
    assert Actor.objects.get().state == "draft"


def test_two_of_the_same_acronym_get_addresses_of_their_own(brought_in):
    brought_in(HEADS, FULL, "جمعية الأفق;Association Horizon;ANL;جمعية;السعيدية;;;;")
    assert sorted(Actor.objects.values_list("slug", flat=True)) == ["anl", "anl-2"]


def test_empty_fields_are_filled_and_nothing_else_is_touched(brought_in, administrator):
    actor = factories.ActorFactory(
        name_ar="جمعية النور", name_fr="Association Lumière de Zaio", kind="association", seat_id=ZAIO
    )
    run = brought_in(HEADS, "جمعية النور;;ANL;جمعية;زايو;0536001122;;الصحة;")
    actor.refresh_from_db()

    assert (actor.name_fr, actor.acronym) == ("Association Lumière de Zaio", "ANL")
    assert actor.contacts.get().phone == "+212536001122"
    row = run.rows.get(outcome="changed")
    of_sheet, of_contact = row.done
    health = Theme.objects.get(code="health").pk
    assert of_sheet["values"] == {"acronym": ["", "ANL"], "themes": [[], [health]]}
    assert (of_contact["act"], of_contact["key"]) == ("made", str(actor.contacts.get().pk))
    assert actor.history.first().history_change_reason == f"import {run.pk}"


def test_a_number_goes_into_the_contact_that_has_none(brought_in):
    actor = factories.ActorFactory(name_ar="جمعية النور", kind="association", seat_id=ZAIO)
    contact = factories.ContactFactory(actor=actor, email="a@example.org")
    brought_in(HEADS, "جمعية النور;;;جمعية;زايو;0536001122;a@example.org;;")
    contact.refresh_from_db()
    assert (actor.contacts.count(), contact.phone) == (1, "+212536001122")


def test_changes_are_applied_where_somebody_decided_so(handed_in, started, administrator):
    actor = factories.ActorFactory(
        name_ar="جمعية النور", name_fr="Association Lumière", kind="association", seat_id=ZAIO
    )
    factories.ContactFactory(actor=actor, email="old@example.org", phone="+212536000001")
    run = handed_in(HEADS, "جمعية النور;Association Lumière;;جمعية;زايو;0536001122;;;")
    row = run.rows.get(verdict="changes")
    assert (row.needs_choice, row.decision) == (True, "leave")

    actions.decide_row(row, decision="change", actor=actor, by=administrator)
    work.produce(started(run).pk)

    assert actor.contacts.get().phone == "+212536001122"
    row.refresh_from_db()
    assert [one["values"] for one in row.done] == [{"phone": ["+212536000001", "+212536001122"]}]


def test_a_row_that_repeats_an_earlier_one_fills_what_that_left_empty(brought_in):
    run = brought_in(
        HEADS, "جمعية النور;Association Lumière;;جمعية;زايو;;;;", "جمعية النور;;ANL;جمعية;زايو;0536001122;;;"
    )
    actor = Actor.objects.get()
    assert outcomes(run) == ["added", "changed"]
    assert (actor.acronym, actor.contacts.get().phone) == ("ANL", "+212536001122")


def test_a_row_that_repeats_one_that_was_left_out_says_so(handed_in, started, administrator):
    run = handed_in(HEADS, "جمعية النور;;;جمعية;زايو;;;;", "جمعية النور;;ANL;جمعية;زايو;;;;")
    actions.decide_row(run.rows.get(verdict="new"), decision="leave", by=administrator)
    work.produce(started(run).pk)
    row = run.rows.get(verdict="same_as_row")
    assert (row.outcome, row.note) == (
        "failed",
        "The row it repeats was not brought in, so there is nothing to add this to.",
    )
    assert not Actor.objects.exists()


def test_the_same_list_checked_twice_and_run_twice_doubles_nothing(handed_in, started):
    first, second = handed_in(HEADS, FULL), handed_in(HEADS, FULL)
    for run in (first, second):
        work.produce(started(run).pk)
    assert Actor.objects.count() == 1
    failed = second.rows.get(outcome="failed")
    assert failed.note == "An institution with this name and this seat is already in the directory."
    second.refresh_from_db()
    assert (second.state, second.counts["outcomes"]["failed"]) == ("done", 1)


def test_what_needs_a_choice_is_left_out_until_somebody_chooses(handed_in, started, administrator):
    run = handed_in(
        HEADS, "جمعية النور;;;تعاونية;زايو;;;;", "جمعية الأفق;;;جمعية;بني كذا;;;;", "جمعية الفجر;;;جمعية;زايو;;;;"
    )
    kind, place = run.rows.filter(verdict="unclear")
    with pytest.raises(Refused, match="what kind"):
        actions.decide_row(kind, decision="add", by=administrator)
    with pytest.raises(Refused, match="where it is"):
        actions.decide_row(place, decision="add", by=administrator)
    actions.decide_row(place, decision="add", choices={"territory": ""}, by=administrator)
    work.produce(started(run).pk)

    assert set(Actor.objects.values_list("name_ar", "seat_id")) == {
        ("جمعية الفجر", ZAIO),
        ("جمعية الأفق", None),
    }
    kind.refresh_from_db()
    assert kind.outcome == "left_out"


@pytest.mark.usefixtures("one_by_one")
def test_a_row_that_fails_is_marked_and_the_others_go_on(handed_in, started, monkeypatch, caplog):
    run = started(handed_in(*many(3)))
    add = apply._add

    def fails(row, directory):
        add(row, directory)
        if row.number == 3:
            raise ValueError("broken")

    monkeypatch.setattr(apply, "_add", fails)
    work.produce(run.pk)
    assert outcomes(run) == ["added", "failed", "added"]
    assert "The portal failed at this row" in run.rows.get(number=3).note
    assert (Actor.objects.count(), Actor.history.count()) == (2, 2)


def test_a_worker_that_dies_leaves_whole_chunks_and_the_next_goes_on_after_them(handed_in, started, monkeypatch):
    run = started(handed_in(*many(60)))
    monkeypatch.setattr(work, "CHUNK", 25)
    real, chunks = work._added, []

    def dies(chunk, directory):
        chunks.append(chunk)
        added = real(chunk, directory)
        if len(chunks) == 2:
            raise KeyboardInterrupt
        return added

    monkeypatch.setattr(work, "_added", dies)
    with pytest.raises(KeyboardInterrupt):
        work.produce(run.pk)
    # the rows of the second chunk were written and are gone again
    assert (Actor.objects.count(), Contact.objects.count(), Actor.history.count()) == (25, 0, 25)
    assert outcomes(run).count("added") == 25
    run.refresh_from_db()
    assert (run.state, run.percent) == ("running", 41)

    monkeypatch.setattr(work, "_added", real)
    assert work.produce(run.pk) is None, "the lease of the dead one still holds"
    assert Actor.objects.count() == 25
    resume(timezone.now() + timedelta(minutes=2))
    run.refresh_from_db()
    assert (run.state, outcomes(run).count("added"), Actor.objects.count(), Actor.history.count()) == (
        "done",
        60,
        60,
        60,
    )


def test_a_worker_that_lost_its_lease_writes_nothing_more(handed_in, started, monkeypatch):
    run = started(handed_in(*many(60)))
    monkeypatch.setattr(work, "CHUNK", 25)
    real = work._added

    def slow(chunk, directory):
        # it sleeps too long after its first chunk: another one has it then
        monkeypatch.setattr(work, "_added", real)
        ActorImport.objects.filter(pk=run.pk).update(claim="of another worker")
        return real(chunk, directory)

    monkeypatch.setattr(work, "_added", slow)
    work.produce(run.pk)
    run.refresh_from_db()
    assert run.state == "running"
    assert Actor.objects.count() == 25


def test_three_workers_that_die_without_progress_are_enough(handed_in, started):
    run = started(handed_in(*many(2)))
    ActorImport.objects.filter(pk=run.pk).update(attempts=3, leased_until=timezone.now() - timedelta(minutes=1))
    resume()
    run.refresh_from_db()
    assert (run.state, run.failed_in) == ("failed", "running")
    actions.retry_import(run, by=run.requested_by)
    work.produce(run.pk)
    run.refresh_from_db()
    assert (run.state, Actor.objects.count()) == ("done", 2)


def test_the_clock_lets_each_import_have_one_turn_and_the_rest_waits(handed_in, started, monkeypatch):
    run = started(handed_in(*many(60)))
    monkeypatch.setattr(work, "TURN", -1)
    monkeypatch.setattr("portal.core.work.TURN", -1)
    turns = []
    real = work.produce
    monkeypatch.setattr(work, "produce", lambda *args: turns.append(args[0]) or real(*args))
    other = ActorImport.objects.create(file_name="other.csv", state="running", requested_by=run.requested_by)

    assert resume() == [run.pk]
    assert turns == [run.pk]
    assert set(ActorImport.objects.unfinished(timezone.now())) == {run, other}


def test_a_database_that_is_locked_is_no_end_of_the_import(handed_in, started, monkeypatch):
    run = started(handed_in(*many(3)))
    real = work._added

    def locked(chunk, directory):
        raise OperationalError("database is locked")

    monkeypatch.setattr(work, "_added", locked)
    assert work.produce(run.pk) is False
    run.refresh_from_db()
    assert (run.state, run.error, run.leased_until) == ("running", "", None)

    monkeypatch.setattr(work, "_added", real)
    resume()
    run.refresh_from_db()
    assert (run.state, Actor.objects.count()) == ("done", 3)


def test_a_long_list_is_handed_on_to_the_next_message(handed_in, started, monkeypatch):
    run = started(handed_in(*many(60)))
    monkeypatch.setattr(work, "TURN", -1)
    assert work.produce(run.pk) is True
    monkeypatch.undo()
    while work.produce(run.pk):
        pass
    run.refresh_from_db()
    assert (run.state, Actor.objects.count()) == ("done", 60)


def test_fifty_rows_are_brought_in_and_taken_back_with_as_many_questions_as_five(handed_in, started, administrator):
    """Each with contact details and themes, their history, and the search text; the first three only warm what a
    process remembers."""
    asked = []
    for number in (3, 5, 50):
        before = (Contact.history.count(), Actor.history.count())
        lines = [
            f"جمعية رقم {n};Association {n};;جمعية;زايو;05360011{n:02};a{n}@essai.test;الصحة;" for n in range(number)
        ]
        run = started(handed_in(HEADS, *lines))
        with CaptureQueriesContext(connection) as in_:
            work.produce(run.pk)
        assert outcomes(run) == ["added"] * number
        assert [len(row.done) for row in run.rows.filter(outcome="added")] == [2] * number
        after = (Contact.history.count(), Actor.history.count())
        assert [new - old for old, new in zip(before, after, strict=True)] == [number, number]
        run.refresh_from_db()
        actions.undo_import(run, by=administrator)
        with CaptureQueriesContext(connection) as out:
            work.produce(run.pk)
        gone = Actor.history.filter(history_type="-", history_change_reason=f"undo of import {run.pk}")
        assert {record.history_user for record in gone} == {administrator}
        assert (Actor.objects.count(), Contact.objects.count(), gone.count()) == (0, 0, number)
        asked.append((len(in_), len(out)))
    assert asked[1:] == [(37, 100), (37, 100)]


def test_of_two_rows_of_one_name_and_place_in_a_chunk_the_second_is_refused(handed_in, started, administrator):
    run = handed_in(HEADS, "جمعية النور;;;جمعية;زايو;;;;", "جمعية النور;;;جمعية;زايو;;;;")
    run.rows.exclude(verdict="header").update(decision="add", same_as=None)
    work.produce(started(run).pk)
    assert outcomes(run) == ["added", "failed"]
    assert Actor.objects.count() == 1


def test_an_import_is_started_once(handed_in, started, administrator):
    run = handed_in(HEADS, FULL)
    other = ActorImport.objects.get(pk=run.pk)
    started(run)
    with pytest.raises(Refused, match=r"^This import has already been started\.$"):
        started(other)
    with pytest.raises(Refused, match=r"^This import has already been started\.$"):
        started(run)
    with pytest.raises(Refused):
        actions.decide_row(run.rows.get(verdict="new"), decision="leave", by=administrator)


def test_a_check_that_fails_can_be_tried_again(handed_in, administrator, monkeypatch, caplog):
    run = handed_in(HEADS, FULL)
    ActorImport.objects.filter(pk=run.pk).update(state="checking", leased_until=None, attempts=0)
    with monkeypatch.context() as patched:
        patched.setattr(work.plan, "check_rows", lambda *args, **kwargs: 1 / 0)
        work.produce(run.pk)
    run.refresh_from_db()
    assert (run.state, run.failed_in) == ("failed", "checking")
    assert "ZeroDivisionError" in run.error
    actions.retry_import(run, by=administrator)
    work.produce(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == ("ready", "")


def test_an_import_that_is_given_up_leaves_neither_rows_nor_file(
    handed_in, administrator, django_capture_on_commit_callbacks
):
    run = handed_in(HEADS, FULL)
    storage, name = run.file.storage, run.file.name
    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel_import(run, by=administrator)
    assert (run.state, run.rows.count(), storage.exists(name)) == ("cancelled", 0, False)


def test_one_decision_for_all_rows_of_a_verdict_leaves_those_decided_one_by_one(handed_in, administrator):
    run = handed_in(*many(3))
    actions.decide_row(run.rows.get(number=2), decision="add", by=administrator)
    assert actions.decide_rows(run, verdict="new", decision="leave", by=administrator) == 2
    assert list(run.rows.exclude(verdict="header").values_list("decision", flat=True)) == ["add", "leave", "leave"]
    with pytest.raises(Refused):
        actions.decide_rows(run, verdict="rejected", decision="add", by=administrator)


def test_the_number_of_queries_grows_by_a_few_for_each_row(handed_in, started, django_assert_max_num_queries):
    run = started(handed_in(*many(25)))
    with django_assert_max_num_queries(25 * 12 + 40):
        work.produce(run.pk)
    assert ImportRow.objects.filter(outcome="added").count() == 25
