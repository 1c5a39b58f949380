"""Asking institutions, and what they answer."""

import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from actors.directory.models import Actor
from portal.core.errors import Forbidden, Refused
from portal.notifications.models import Notification
from recommendations import actions
from recommendations.models import Assignment, Recommendation
from tests import factories
from tests.answers import stamp


def told(kind):
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def test_an_institution_is_asked_with_a_due_date_and_told(recommendation, commune, officer, secretariat):
    actions.assign(
        recommendation, actor=commune, part="lead", due_on=date(2027, 2, 28), due_council="commune", by=secretariat
    )

    assignment = recommendation.assignments.get()
    recommendation.refresh_from_db()
    assert (assignment.actor, assignment.part, assignment.answer) == (commune, "lead", "waiting")
    assert (recommendation.due_on, recommendation.due_council) == (date(2027, 2, 7), "commune")
    assert told("recommendations.assigned") == ["officer@example.org"]
    assert assignment.history.get().history_user == secretariat


def test_assigning_without_a_date_keeps_the_one_agreed(recommendation, commune, secretariat):
    recommendation.due_on = date(2026, 12, 4)
    recommendation.save()
    actions.assign(recommendation, actor=commune, part="lead", by=secretariat)

    recommendation.refresh_from_db()
    assert recommendation.due_on == date(2026, 12, 4)


def test_a_draft_is_not_assigned(draft, commune, secretariat):
    with pytest.raises(Refused, match="Adopt the recommendation before"):
        actions.assign(draft, actor=commune, part="lead", by=secretariat)


def test_a_closed_recommendation_is_not_assigned(recommendation, commune, secretariat):
    recommendation.state = Recommendation.State.CONFIRMED
    recommendation.save()
    with pytest.raises(Refused, match="no longer open"):
        actions.assign(recommendation, actor=commune, part="lead", by=secretariat)


def test_there_is_one_lead(led, service, secretariat):
    with pytest.raises(Refused, match="already leads") as refused:
        actions.assign(led, actor=service, part="lead", by=secretariat)
    assert refused.value.field == "part"


def test_of_two_leads_assigned_at_once_one_is_refused(recommendation, commune, service, secretariat, monkeypatch):
    """The other request was stored between our look and our save: the database holds the one lead."""
    real = Assignment.objects.none
    actions.assign(recommendation, actor=commune, part="lead", by=secretariat)
    monkeypatch.setattr(type(recommendation.assignments.all()), "standing", lambda queryset: real())

    with pytest.raises(Refused, match="Somebody else has just assigned"):
        actions.assign(recommendation, actor=service, part="lead", by=secretariat)
    assert [row.actor for row in recommendation.assignments.all()] == [commune]


def test_an_institution_is_assigned_once(led, commune, secretariat):
    with pytest.raises(Refused, match="already assigned"):
        actions.assign(led, actor=commune, part="support", by=secretariat)


def test_an_unpublished_institution_is_not_assigned(recommendation, secretariat):
    hidden = factories.ActorFactory(state=Actor.State.DRAFT)
    with pytest.raises(Refused, match="not published"):
        actions.assign(recommendation, actor=hidden, part="lead", by=secretariat)


def test_a_commune_assigns_nobody(recommendation, service, officer):
    with pytest.raises(Forbidden):
        actions.assign(recommendation, actor=service, part="lead", by=officer)


@pytest.fixture
def asked(recommendation, commune):
    return factories.AssignmentFactory(recommendation=recommendation, actor=commune, answer=Assignment.Answer.WAITING)


def test_accepting_and_returning_do_not_look_alike(asked, as_user, officer):
    page = as_user(officer).get(reverse("recommendations:answer_assignment", args=[asked.pk])).content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]
    kinds = [re.search(r'data-kind="(\w+)"', button)[1] for button in re.findall(r"<button[^>]*>", main)]
    assert kinds == ["primary", "plain"]


def test_the_institution_accepts_and_the_secretariat_is_told(asked, officer, secretariat):
    actions.answer_assignment(asked, answer="accepted", by=officer)

    asked.refresh_from_db()
    assert (asked.answer, asked.answered_by, asked.answered_at) == (
        "accepted",
        officer,
        datetime(2026, 11, 23, 10, tzinfo=UTC),
    )
    assert told("recommendations.assignment_answered") == ["secretariat@example.org"]


def test_the_institution_returns_with_a_reason_and_a_suggestion(asked, officer, service, secretariat):
    with pytest.raises(Refused) as refused:
        actions.answer_assignment(asked, answer="returned", reason=" ", by=officer)
    assert refused.value.field == "reason"

    actions.answer_assignment(asked, answer="returned", reason="خارج الاختصاص", suggestion=service, by=officer)
    asked.refresh_from_db()
    assert (asked.answer, asked.return_reason, asked.suggestion) == ("returned", "خارج الاختصاص", service)


def test_after_a_return_another_lead_is_asked(asked, officer, service, secretariat):
    actions.answer_assignment(asked, answer="returned", reason="خارج الاختصاص", by=officer)
    actions.assign(asked.recommendation, actor=service, part="lead", by=secretariat)

    assert asked.recommendation.assignments.standing().get().actor == service


def test_an_accepted_assignment_can_still_be_returned_but_not_accepted_again(asked, officer):
    actions.answer_assignment(asked, answer="accepted", by=officer)
    with pytest.raises(Refused, match="already accepted"):
        actions.answer_assignment(asked, answer="accepted", by=officer)

    actions.answer_assignment(asked, answer="returned", reason="تغير الاختصاص", by=officer)
    with pytest.raises(Refused, match="already returned"):
        actions.answer_assignment(asked, answer="returned", reason="مرة أخرى", by=officer)


def test_an_institution_does_not_suggest_itself(asked, officer, commune):
    with pytest.raises(Refused) as refused:
        actions.answer_assignment(asked, answer="returned", reason="خارج الاختصاص", suggestion=commune, by=officer)
    assert refused.value.field == "suggestion"


@pytest.mark.parametrize("person", ["member", "secretariat", "outsider"])
def test_others_do_not_answer_for_an_institution(asked, person, request):
    with pytest.raises(Forbidden, match="Only the people of the institution"):
        actions.answer_assignment(asked, answer="accepted", by=request.getfixturevalue(person))


def test_a_returned_assignment_is_not_withdrawn(asked, manager, secretariat):
    actions.answer_assignment(asked, answer="returned", reason="خارج الاختصاص", by=manager)

    with pytest.raises(Refused):
        actions.withdraw_assignment(asked, by=secretariat)
    assert Assignment.objects.filter(pk=asked.pk).exists()


def test_a_withdrawn_assignment_leaves_its_history(led, secretariat, officer):
    row = led.assignments.get()
    with pytest.raises(Forbidden):
        actions.withdraw_assignment(row, by=officer)

    pk = row.pk
    actions.withdraw_assignment(row, by=secretariat)
    last = Assignment.history.filter(id=pk).first()
    assert (led.assignments.count(), last.history_type, last.history_user) == (0, "-", secretariat)


def test_who_returns_from_an_old_tab_learns_that_a_colleague_accepted(asked, officer, manager, as_user):
    address = reverse("recommendations:answer_assignment", args=[asked.pk])
    colleague = as_user(officer)
    old_tab = stamp(colleague, address)
    actions.answer_assignment(Assignment.objects.get(pk=asked.pk), answer="accepted", by=manager)

    refused = colleague.post(address, {"reason": "خارج الاختصاص"} | old_tab)
    asked.refresh_from_db()
    assert (refused.status_code, asked.answer) == (422, "accepted")
    assert "it now says: “accepted”" in refused.text

    # Whoever has read that may still return it.
    told = {"seen": refused.context["form"].stamp}
    assert colleague.post(address, {"reason": "خارج الاختصاص"} | told).status_code == 302
    asked.refresh_from_db()
    assert asked.answer == "returned"


def test_all_that_is_wrong_with_an_assignment_is_said_at_once(led, commune, secretariat):
    with pytest.raises(Refused) as refused:
        actions.assign(led, actor=commune, part="lead", by=secretariat)
    assert set(refused.value.fields) == {"actor", "part"}
