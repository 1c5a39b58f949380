"""A held meeting of the space, and a recommendation the commune leads."""

import pytest
from django.utils.translation import override

from meetings.models import Meeting
from recommendations.models import Assignment, Recommendation
from tests import factories


@pytest.fixture(autouse=True)
def now(time_machine):
    """Monday 23 November 2026, ten in the morning in Morocco."""
    time_machine.move_to("2026-11-23T10:00:00+00:00", tick=False)


@pytest.fixture(autouse=True)
def in_english():
    """The rules' sentences are compared as they are written in the code."""
    with override("en"):
        yield


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(
        space=space, organiser=association, state=Meeting.State.HELD, reference="TST-2026-01"
    )


@pytest.fixture
def draft(meeting):
    return factories.RecommendationFactory(
        meeting=meeting,
        reference="TST-2026-01-R1",
        state=Recommendation.State.DRAFT,
        adopted_at=None,
        text_ar="إحداث لائحة مشتركة",
    )


@pytest.fixture
def recommendation(meeting):
    return factories.RecommendationFactory(meeting=meeting, reference="TST-2026-01-R2", text_ar="توحيد استمارة التوجيه")


@pytest.fixture
def led(recommendation, commune):
    """Led by the commune, which accepted."""
    factories.AssignmentFactory(recommendation=recommendation, actor=commune)
    return recommendation


@pytest.fixture
def supported(led, service):
    """The service supports the commune."""
    factories.AssignmentFactory(recommendation=led, actor=service, part=Assignment.Part.SUPPORT)
    return led
