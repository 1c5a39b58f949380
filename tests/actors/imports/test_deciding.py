"""What is decided is what is done: nothing is written that was not shown, into no sheet that was not meant."""

import pytest
from django.urls import reverse
from django.utils import translation

from actors.directory.actions.sheets import edit_actor
from actors.directory.models import Actor
from actors.imports import actions, work
from actors.imports.models import ActorImport
from actors.imports.reading import preview
from portal.core.errors import Refused
from tests import factories

pytestmark = pytest.mark.usefixtures("small_region")

HEADS = "المعرف;الاسم بالعربية;الاسم بالفرنسية;المختصر;نوع الفاعل;الجماعة;الهاتف;البريد الإلكتروني"
BENI = "02.381.01.03"
FIRST = ";جمعية الأولى;Première;;جمعية;بني أنصار;0536001101;"
REPEATS = ";جمعية الأولى;;UNO;جمعية;بني أنصار;;uno@example.org"
GONE = "The row it repeats was not brought in, so there is nothing to add this to."
THERE = "An institution with this name and this seat is already in the directory."


@pytest.fixture(autouse=True)
def in_english(administrator):
    administrator.language = "en"
    administrator.save()
    with translation.override("en"):
        yield


@pytest.fixture
def done(started):
    def bring(run: ActorImport, **options: str) -> ActorImport:
        work.produce(started(run, **options).pk)
        run.refresh_from_db()
        return run

    return bring


@pytest.fixture
def shown():
    def show(row) -> preview.RowShown:
        row.refresh_from_db()
        return preview.RowShown(row, preview.Reading([row]))

    return show


def row_of(run: ActorImport, number: int):
    return run.rows.get(number=number)


# Rows that repeat earlier ones.


@pytest.fixture
def stranger(db):
    """An institution with the telephone of the list's first record, and nothing else of it."""
    actor = factories.ActorFactory(name_ar="دار الضيافة", name_fr="", kind="public_body", seat_id=BENI)
    factories.ContactFactory(actor=actor, phone="+212536001101", email="")
    return actor


@pytest.mark.parametrize("decision", ["", "leave", "add"])
def test_a_repeated_row_goes_into_what_the_earlier_row_became_and_nothing_else(
    handed_in, done, stranger, administrator, decision
):
    run = handed_in(HEADS, FIRST, REPEATS, ";جمعية أخرى;;;جمعية;بني أنصار;;")
    assert [row_of(run, number).verdict for number in (2, 3)] == ["looks_like", "same_as_row"]
    if decision:
        actions.decide_row(row_of(run, 2), decision=decision, by=administrator)
    done(run)

    stranger.refresh_from_db()
    assert (stranger.acronym, stranger.contacts.count()) == ("", 1)
    row = row_of(run, 3)
    if decision == "add":
        assert (row.outcome, row.actor.name_ar, row.actor.acronym) == ("changed", "جمعية الأولى", "UNO")
    else:
        assert (row.outcome, row.note) == ("failed", GONE)


def test_a_repeated_row_that_was_pointed_elsewhere_can_be_pointed_back(handed_in, administrator, shown):
    other = factories.ActorFactory(name_ar="دار الضيافة", name_fr="")
    run = handed_in(HEADS, FIRST, REPEATS)
    actions.decide_row(row_of(run, 3), decision="fill", actor=other, by=administrator)

    options = [key for key, _label in shown(row_of(run, 3)).options]
    assert f"fill:actor:{other.pk}" in options
    assert "fill:row:2" in options
    actions.decide_row(row_of(run, 3), decision="fill", same_as=row_of(run, 2), by=administrator)
    row = row_of(run, 3)
    assert (row.actor, row.same_as.number, shown(row).chosen) == (None, 2, "fill:row:2")
    assert f"fill:actor:{other.pk}" in [key for key, _label in shown(row).options]


def test_all_that_a_row_looks_like_can_be_chosen_earlier_rows_too(handed_in, stranger, shown):
    run = handed_in(HEADS, ";دار;;XYZ;جمعية;بني أنصار;;", ";بيت;;XYZ;جمعية;بني أنصار;0536001101;")
    options = [key for key, _label in shown(row_of(run, 3)).options]
    assert {f"fill:actor:{stranger.pk}", "fill:row:2"} <= set(options)


# What changed since the rows were checked.


@pytest.fixture
def known(db):
    return factories.ActorFactory(
        slug="uno", name_ar="جمعية الأولى", name_fr="Première", acronym="AAA", kind="association", seat_id=BENI
    )


def test_a_field_that_did_not_differ_when_the_row_was_checked_is_left_as_it_is(handed_in, done, known, administrator):
    run = handed_in(HEADS, "uno;جمعية الأولى;Première;BBB;جمعية;بني أنصار;;")
    edit_actor(known, name_fr="Première de Beni Ensar", by=administrator)
    done(run)

    known.refresh_from_db()
    assert (known.acronym, known.name_fr) == ("BBB", "Première de Beni Ensar")


def test_a_field_somebody_has_changed_since_is_not_overwritten_and_the_row_says_so(
    handed_in, done, known, administrator, shown
):
    run = handed_in(HEADS, "uno;جمعية الأولى;Première;BBB;جمعية;بني أنصار;0536001101;")
    edit_actor(known, acronym="CCC", by=administrator)
    told = "Somebody has changed the sheet since the row was checked (Acronym). The row is not written."
    assert shown(row_of(run, 2)).what == told
    done(run)

    known.refresh_from_db()
    assert (known.acronym, known.contacts.count()) == ("CCC", 0)
    assert (row_of(run, 2).outcome, row_of(run, 2).note) == ("failed", told)


def test_who_decides_again_has_seen_what_stands_there_now(handed_in, done, known, administrator):
    run = handed_in(HEADS, "uno;جمعية الأولى;Première;BBB;جمعية;بني أنصار;;")
    edit_actor(known, acronym="CCC", by=administrator)
    actions.decide_row(row_of(run, 2), decision="change", actor=known, by=administrator)
    done(run)

    known.refresh_from_db()
    assert known.acronym == "BBB"


def test_a_sheet_that_was_archived_since_is_not_filled(handed_in, done, known, administrator):
    run = handed_in(HEADS, ";جمعية الأولى;Première;;جمعية;بني أنصار;0536001101;")
    edit_actor(known, state="archived", by=administrator)
    done(run)

    assert known.contacts.count() == 0
    assert "archived since" in row_of(run, 2).note


def test_what_is_filled_is_read_after_it_is_held(handed_in, started, known, administrator, monkeypatch):
    from actors.imports.rules import apply

    Actor.objects.filter(pk=known.pk).update(acronym="")
    run = started(handed_in(HEADS, ";جمعية الأولى;Première;BBB;جمعية;بني أنصار;0536001101;"))
    real, times = apply.hold, []

    def somebody_was_quicker(pks):
        if not times:
            times.append(1)
            edit_actor(known, acronym="CCC", by=administrator)
        real(pks)

    monkeypatch.setattr(apply, "hold", somebody_was_quicker)
    work.produce(run.pk)
    known.refresh_from_db()
    assert (known.acronym, known.contacts.count()) == ("CCC", 1)
    written = row_of(run, 2).done
    assert written
    assert all("acronym" not in change["values"] for change in written)


def test_an_institution_that_somebody_entered_since_is_not_added_again_in_another_spelling(handed_in, done):
    run = handed_in(HEADS, FIRST)
    factories.ActorFactory(name_ar="جمعية الاولى", name_fr="", kind="association", seat_id=BENI)
    done(run)

    assert (Actor.objects.count(), row_of(run, 2).note) == (1, THERE)


def test_one_whose_like_was_shown_is_added_where_somebody_decided_so(handed_in, done, administrator):
    factories.ActorFactory(name_ar="جمعية الاولى", name_fr="", kind="public_body", seat_id=BENI)
    run = handed_in(HEADS, FIRST, ";جمعية الأولي;;;جامعة;بني أنصار;;")
    for number in (2, 3):
        actions.decide_row(row_of(run, number), decision="add", by=administrator)
    done(run)
    assert (Actor.objects.count(), [row_of(run, number).outcome for number in (2, 3)]) == (3, ["added", "added"])


# One name and one seat.


def test_what_the_directory_would_refuse_is_not_offered_and_refused_when_it_is_decided(
    handed_in, known, administrator, shown
):
    run = handed_in(HEADS, ";جمعية الأولى;;;جامعة;بني أنصار;;", ";جمعية ثانية;;;جامعة;بني أنصار;;")
    row = row_of(run, 2)
    assert row.reasons[-1]["code"] == "same_name_other_kind"
    assert "add" not in [key for key, _label in shown(row).options]
    with pytest.raises(Refused, match="already in the directory"):
        actions.decide_row(row, decision="add", by=administrator)
    assert actions.decide_rows(run, verdict="looks_like", decision="add", by=administrator) == 0


def test_a_change_makes_no_second_sheet_of_a_name_and_a_seat(handed_in, done, known):
    other = factories.ActorFactory(slug="due", name_ar="جمعية الثانية", kind="association", seat_id=BENI)
    run = handed_in(HEADS, "due;جمعية الأولى الثانية;;;جمعية;بني أنصار;;")
    row = row_of(run, 2)
    row.fields = row.fields | {"name_ar": "جمعية الأولى"}
    row.decision, row.needs_choice = "change", False
    row.save()
    done(run)

    other.refresh_from_db()
    assert (other.name_ar, row_of(run, 2).note) == ("جمعية الثانية", THERE)


# Who sees what, and all rows at once.


@pytest.mark.parametrize(
    ("kept", "asked", "place"),
    [("public", "administrators", "new"), ("members", "public", "old"), ("administrators", "administrators", "old")],
)
def test_a_number_is_shown_to_no_more_people_than_was_asked(handed_in, done, known, kept, asked, place):
    contact = factories.ContactFactory(actor=known, email="uno@example.org", phone="", audience=kept)
    done(handed_in(HEADS, ";جمعية الأولى;Première;;جمعية;بني أنصار;0536001101;"), contact_audience=asked)

    found = known.contacts.get(phone="+212536001101")
    assert (found == contact, found.audience) == ((True, kept) if place == "old" else (False, asked))


def test_rows_left_out_together_wait_for_nobody_and_can_be_decided_together_again(
    handed_in, done, stranger, administrator
):
    run = handed_in(HEADS, FIRST, ";جمعية ثانية;;;جمعية;بني أنصار;0536001101;")
    one_by_one = row_of(run, 3)
    assert preview.summary_of(run).waiting == 2
    assert actions.decide_rows(run, verdict="looks_like", decision="leave", by=administrator) == 2
    assert preview.summary_of(run).waiting == 0
    assert actions.decide_rows(run, verdict="looks_like", decision="add", by=administrator) == 2
    actions.decide_row(one_by_one, decision="leave", by=administrator)
    assert actions.decide_rows(run, verdict="looks_like", decision="leave", by=administrator) == 1


def test_what_was_left_out_together_is_said_to_be_left_out_by_decision(
    handed_in, done, stranger, administrator, as_user
):
    run = handed_in(HEADS, FIRST, ";جمعية ثانية;;;جمعية;بني أنصار;;")
    actions.decide_rows(run, verdict="looks_like", decision="leave", by=administrator)
    done(run)
    page = as_user(administrator).get(f"/en{reverse('imports:import_result', args=[run.pk])[3:]}").content.decode()
    assert "Left out by decision." in page
    assert "Nobody chose" not in page


def test_the_rows_of_an_import_that_failed_while_it_was_brought_in_are_kept(handed_in, done, administrator):
    run = done(handed_in(HEADS, FIRST))
    ActorImport.objects.filter(pk=run.pk).update(state="failed", failed_in="running")
    run.refresh_from_db()
    with pytest.raises(Refused, match="has been brought in"):
        actions.set_columns(run, sheet=0, header_row=1, columns={1: "name_ar"}, by=administrator)
    assert run.rows.filter(outcome="added").exists()
