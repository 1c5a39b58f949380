"""A council’s session is given its day while somebody reports on what is due at it: both stand, in the history too."""

from datetime import date

import pytest
from django.db import connection

from portal.reference.models import CouncilSession, SessionOpening, Territory
from recommendations import actions
from recommendations.models import Recommendation
from tests import factories
from tests.overlapping import overlapping
from tests.region import load_region

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory knows one writer"),
    pytest.mark.django_db(transaction=True),
]


def test_the_history_tells_of_a_session_and_of_what_was_reported_meanwhile(recommendation):
    load_region(Territory, CouncilSession)
    seat = Territory.objects.communes().within("02.381").first()
    officer = factories.MembershipFactory(actor=factories.ActorFactory(kind="commune", seat=seat))
    factories.AssignmentFactory(recommendation=recommendation, actor=officer.actor)
    recommendation.due_on, recommendation.due_council = date(2027, 2, 7), "commune"
    recommendation.save()
    session = CouncilSession.objects.get(council="commune", month=2)

    report = (
        lambda: Recommendation.objects.get(pk=recommendation.pk),
        lambda row: actions.report_progress(
            row, actor=officer.actor, new_state="in_progress", progress=50, account="لقاء", by=officer.user
        ),
    )
    given = SessionOpening(territory=seat, session=session, opens_on=date(2027, 2, 3))
    assert overlapping(report, (lambda: None, lambda _none: given.save())) == ["done", "done"]

    kept, told = Recommendation.objects.get(pk=recommendation.pk), recommendation.history.first()
    assert [(row.state, row.progress, row.due_on) for row in (kept, told)] == [
        ("in_progress", 50, date(2027, 2, 3))
    ] * 2
