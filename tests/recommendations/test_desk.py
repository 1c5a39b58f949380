"""What of recommendations waits for one person, and where those of their spaces stand."""

from datetime import date

import pytest
from django.utils import translation

from actors.directory.reading.standing_in import reader_of
from portal.core.waiting import what_waits
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.reading.desk import SOURCES, own_figures
from tests import factories
from tests.desk import on_desk

State = Recommendation.State
KINDS = ("overdue", "due-soon", "ongoing", "silent", "others", "to-confirm", "to-assign")


def make(meeting, actor=None, answer=Assignment.Answer.ACCEPTED, **fields):
    row = factories.RecommendationFactory(meeting=meeting, **fields)
    if actor is not None:
        factories.AssignmentFactory(recommendation=row, actor=actor, answer=answer)
    return row


def desk_of(person):
    return {kind: keys for kind in KINDS if (keys := on_desk(person, kind))}


@pytest.fixture
def world(meeting, commune, association):
    make(meeting, commune, reference="LATE", state=State.IN_PROGRESS, progress=50, due_on=date(2026, 11, 1))
    make(meeting, commune, reference="SOON", due_on=date(2026, 12, 4))
    make(meeting, commune, reference="ONGOING", state=State.CONTINUOUS, progress=25)
    make(meeting, commune, reference="DONE", state=State.DONE, progress=100)
    make(meeting, commune, Assignment.Answer.WAITING, reference="ASKED")
    make(meeting, reference="NOBODY")
    make(meeting, association, reference="OWN", state=State.DONE, progress=100)


def test_the_officers_desk(world, officer):
    assert desk_of(officer) == {
        "overdue": ["LATE"],
        "due-soon": ["SOON"],
        "ongoing": ["ONGOING"],
        "others": ["DONE"],
        "to-confirm": ["OWN"],
    }
    asked = Assignment.objects.get(recommendation__reference="ASKED")
    assert on_desk(officer, "assigned") == [str(asked.pk)]
    assert own_figures(reader_of(officer)).completion == 35


def test_the_secretariats_desk(world, secretariat):
    assert desk_of(secretariat) == {"to-confirm": ["DONE"], "to-assign": ["NOBODY"], "others": ["OWN"]}
    [standing] = own_figures(reader_of(secretariat)).standing
    assert sum(number for _label, number, _tone in standing.parts) == 7
    assert standing.overdue == 1


def test_a_line_names_the_council_at_whose_session_it_is_due(meeting, association):
    seats = [
        factories.TerritoryFactory(code=f"02.381.01.0{number}", level="commune", kind="urban_commune", name_ar=name)
        for number, name in enumerate(("العروي", "زايو"))
    ]
    council = factories.ActorFactory(kind="commune", seat=seats[0])
    person = factories.MembershipFactory(actor=council).user
    for lead, seat in ((council, seats[1]), (association, seats[1]), (association, None)):
        row = make(meeting, lead, due_on=date(2027, 2, 7), due_council="commune", territory=seat)
        if lead != council:
            factories.AssignmentFactory(recommendation=row, actor=council, part="support", answer="accepted")
    with translation.override("ar"):
        told = [told.facts for _line, told in what_waits(reader_of(person), SOURCES)["ongoing"].lines]
        assert told == [[f"الأجل: {row.due_text}"] for row in Recommendation.objects.order_by("pk")]
    assert [fact for [fact] in told] == [
        "الأجل: دورة فبراير 2027 لمجلس جماعة العروي",
        "الأجل: دورة فبراير 2027 لمجلس جماعة زايو",
        "الأجل: دورة فبراير 2027 للمجالس الجماعية",
    ]


def test_an_entry_waits_for_the_validator_and_once_sent_back_for_its_author(world, commune, validator, officer):
    row = Recommendation.objects.get(reference="LATE")
    entry = FollowUp.objects.create(
        recommendation=row, on_behalf_of=commune, clearance="waiting", drafted_by=officer, drafted_at=row.created_at
    )
    assert on_desk(validator, "to-clear") == [str(entry.pk)]
    assert on_desk(officer, "to-clear") == on_desk(officer, "sent-back") == []

    FollowUp.objects.filter(pk=entry.pk).update(clearance="sent_back", clearance_note="أين الوثيقة؟")
    assert on_desk(validator, "to-clear") == on_desk(validator, "sent-back") == []
    assert on_desk(officer, "sent-back") == [commune.slug]

    FollowUp.objects.create(
        recommendation=row, on_behalf_of=commune, clearance="waiting", drafted_by=validator, drafted_at=row.adopted_at
    )
    assert on_desk(officer, "sent-back") == []


def test_a_person_without_an_institution_has_an_empty_desk(db):
    newcomer = factories.UserFactory()
    reader = reader_of(newcomer)
    assert (desk_of(newcomer), own_figures(reader).standing, own_figures(reader).completion) == ({}, [], None)
