"""What a meeting’s report says of recommendations, for those who took part and for the public."""

from datetime import UTC, date, datetime

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from meetings.models import Meeting
from recommendations import actions
from recommendations.models import Assignment, Recommendation
from recommendations.reports import collect_earlier, collect_recommendations
from tests import factories

DAY = date(2026, 11, 23)
State = Recommendation.State


@pytest.fixture
def agreed(meeting, commune, association):
    axis = factories.AxisFactory(name_en="Clarify the roles")
    late = factories.RecommendationFactory(
        meeting=meeting, reference="TST-2026-01-R1", axis=axis, state=State.BLOCKED, due_on=date(2026, 11, 1)
    )
    factories.AssignmentFactory(recommendation=late, actor=commune)
    asked = factories.RecommendationFactory(meeting=meeting, reference="TST-2026-01-R2")
    factories.AssignmentFactory(recommendation=asked, actor=association, answer=Assignment.Answer.WAITING)
    factories.RecommendationFactory(meeting=meeting, reference="TST-2026-01-R3", state=State.DRAFT, adopted_at=None)
    return late


def collected(collect, meeting, audience):
    with override("en"):
        return collect(meeting, "en", audience, DAY)


def test_participants_read_lead_due_date_and_state_under_the_axes(agreed, meeting):
    data = collected(collect_recommendations, meeting, "participants")

    assert [(group["axis"], [row["short_reference"] for row in group["rows"]]) for group in data["groups"]] == [
        ("Clarify the roles", ["R1"]),
        ("", ["R2"]),
    ]
    first = data["groups"][0]["rows"][0]
    assert (first["state"], first["due"], first["late"], first["lead"]) == (
        "blocked",
        "1 November 2026",
        True,
        "Commune d’essai A",
    )


def test_the_public_reads_no_more_than_a_visitor(agreed, meeting):
    data = collected(collect_recommendations, meeting, "public")
    first, second = (group["rows"][0] for group in data["groups"])

    assert (first["state"], first["due"], first["late"], second["lead"]) == ("in_progress", "", False, "")
    page = render_to_string("recommendations/reports/recommendations.html", {"section": data})
    assert "late" not in page.replace('class="pill late"', "")
    assert first["updated"] in page


def test_a_meeting_that_agreed_nothing_has_no_section(meeting):
    assert collected(collect_recommendations, meeting, "public") is None
    assert collected(collect_earlier, meeting, "public") is None


def test_the_next_report_says_what_became_of_earlier_ones(agreed, meeting, commune, officer, space):
    meeting.starts_at, meeting.ends_at = datetime(2026, 9, 1, 9, tzinfo=UTC), datetime(2026, 9, 1, 12, tzinfo=UTC)
    meeting.save()
    old = factories.RecommendationFactory(meeting=meeting, reference="TST-2026-01-R9", state=State.CONFIRMED)
    old.last_news_at = datetime(2026, 8, 1, tzinfo=UTC)
    old.save()
    row = Recommendation.objects.get(pk=agreed.pk)
    actions.report_progress(row, actor=commune, new_state="in_progress", account="عُقدت جلسة", by=officer)
    following = factories.MeetingFactory(space=space, state=Meeting.State.HELD)

    data = collected(collect_earlier, following, "participants")
    assert [(found["short_reference"], found["news"]) for found in data["rows"]] == [("R1", "عُقدت جلسة"), ("R2", "")]
    assert collected(collect_earlier, following, "public") is None
    meeting.audience = Meeting.Audience.PUBLIC
    meeting.save()
    assert [found["news"] for found in collected(collect_earlier, following, "public")["rows"]] == ["", ""]
