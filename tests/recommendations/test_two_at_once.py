"""Two people with the same page open: nothing one of them did is undone by the other, and no file is left over."""

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core import history
from portal.core.errors import Refused
from recommendations import actions
from recommendations.models import Assignment, Evidence, FollowUp, Recommendation
from tests.desk import on_desk

State = Recommendation.State


def opened(recommendation):
    """The recommendation as another person read it, before anything happened."""
    return Recommendation.objects.get(pk=recommendation.pk)


def as_kept(recommendation):
    return Recommendation.objects.get(pk=recommendation.pk)


def test_a_due_date_set_meanwhile_does_not_undo_what_was_reported(led, commune, officer, secretariat):
    theirs = opened(led)
    actions.report_progress(led, actor=commune, new_state="in_progress", progress=50, account="عُقد لقاء", by=officer)
    actions.edit_recommendation(theirs, due_on=date(2027, 2, 28), by=secretariat)

    kept = as_kept(led)
    assert (kept.state, kept.progress, kept.due_on) == (State.IN_PROGRESS, 50, date(2027, 2, 28))


def test_a_report_does_not_undo_the_due_date_set_meanwhile(led, commune, officer, secretariat):
    theirs = opened(led)
    actions.edit_recommendation(led, due_on=date(2027, 2, 28), by=secretariat)
    actions.report_progress(theirs, actor=commune, new_state="in_progress", progress=50, account="لقاء", by=officer)

    kept = as_kept(led)
    assert (kept.state, kept.due_on) == (State.IN_PROGRESS, date(2027, 2, 28))
    assert kept.history.first().due_on == date(2027, 2, 28)


def test_a_partners_entry_does_not_reopen_what_was_dropped_meanwhile(supported, service, member, secretariat):
    theirs = opened(supported)
    actions.drop_recommendation(supported, reason="أُدرجت في برنامج آخر", by=secretariat)

    with pytest.raises(Refused, match="was dropped"):
        actions.report_progress(theirs, actor=service, account="وفرنا قاعة", by=member)
    assert as_kept(supported).state == State.DROPPED
    assert FollowUp.objects.filter(on_behalf_of=service).exists() is False


def test_asking_another_institution_does_not_undo_what_was_reported(led, commune, service, officer, secretariat):
    theirs = opened(led)
    actions.report_progress(led, actor=commune, new_state="in_progress", progress=25, account="بدأنا", by=officer)
    actions.assign(theirs, actor=service, part="support", due_on=date(2027, 2, 28), by=secretariat)

    kept = as_kept(led)
    assert (kept.state, kept.due_on) == (State.IN_PROGRESS, date(2027, 2, 28))


def test_a_move_writes_the_state_and_leaves_every_other_column_as_others_left_it(led, secretariat):
    stale = opened(led)
    led.sign_of_success = "لائحة موزعة"
    history.save(led, by=secretariat)

    history.move(stale, State.BLOCKED, by=secretariat)
    assert (as_kept(led).state, as_kept(led).sign_of_success) == (State.BLOCKED, "لائحة موزعة")
    assert stale.sign_of_success == "لائحة موزعة"


def read_whole(led):
    """As a page reads it, with who is asked to do it."""
    return Recommendation.objects.prefetch_related("assignments__actor").get(pk=led.pk)


def test_an_institution_whose_assignment_was_taken_back_meanwhile_moves_nothing(led, commune, officer, secretariat):
    stale, assignment = read_whole(led), led.assignments.get()
    assert stale.lead == assignment
    actions.withdraw_assignment(assignment, by=secretariat)
    with pytest.raises(Refused, match="not assigned to your institution"):
        actions.report_progress(stale, actor=commune, new_state="in_progress", progress=50, account="لقاء", by=officer)
    assert (as_kept(led).state, FollowUp.objects.count()) == (State.ADOPTED, 0)


def test_what_was_dropped_or_returned_meanwhile_is_not_answered_or_taken_back(led, officer, secretariat):
    assignment = led.assignments.get()
    for meanwhile, act in (
        (
            lambda: actions.answer_assignment(assignment, answer="returned", reason="خارج الاختصاص", by=officer),
            lambda old: actions.withdraw_assignment(old, by=secretariat),
        ),
        (
            lambda: actions.drop_recommendation(led, reason="استغناء", by=secretariat),
            lambda old: actions.answer_assignment(old, answer="returned", reason="خارج الاختصاص", by=officer),
        ),
    ):
        old = Assignment.objects.select_related("recommendation").get(pk=assignment.pk)
        meanwhile()
        with pytest.raises(Refused):
            act(old)
    assert Assignment.objects.get().answer == "returned"


def test_an_entry_refused_at_the_last_moment_leaves_no_file(led, commune, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    stale = opened(led)
    Recommendation.objects.filter(pk=led.pk).update(state=State.DROPPED, drop_reason="خارج الاختصاص")

    with pytest.raises(Refused, match="was dropped"):
        actions.report_progress(
            stale, actor=commune, new_state="done", account="أُنجز", by=officer,
            files=[SimpleUploadedFile("محضر.pdf", b"%PDF-1.7 decision")],
        )  # fmt: skip
    assert [path for path in Path(tmp_path).rglob("*") if path.is_file()] == []
    assert (FollowUp.objects.count(), Evidence.objects.count()) == (0, 0)


def test_a_file_whose_content_was_lost_is_a_page_that_does_not_exist(
    led, commune, officer, as_user, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    files = [SimpleUploadedFile("محضر.pdf", b"%PDF-1.7 decision")]
    actions.report_progress(led, actor=commune, new_state="done", account="أُنجز", by=officer, files=files)
    evidence = Evidence.objects.get()
    Path(evidence.file.path).unlink()

    assert as_user(officer).get(evidence.get_absolute_url()).status_code == 404


def test_the_manager_finds_what_waits_while_the_institution_has_no_validator(
    led, commune, officer, manager, member, request
):
    commune.internal_validation = True
    commune.save()
    actions.report_progress(led, actor=commune, new_state="in_progress", progress=50, account="عُقد لقاء", by=officer)
    entry = FollowUp.objects.get()

    assert on_desk(manager, "to-clear") == [str(entry.pk)]
    assert (on_desk(officer, "to-clear"), on_desk(member, "to-clear")) == ([], [])
    validator = request.getfixturevalue("validator")
    assert (on_desk(manager, "to-clear"), on_desk(validator, "to-clear")) == ([], [str(entry.pk)])
