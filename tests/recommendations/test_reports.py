"""What a meeting’s report says of recommendations, for those who took part and for the public."""

import io
from datetime import UTC, date, datetime

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook
from pypdf import PdfReader

from meetings.actions.reports import make_report
from meetings.models import Meeting
from meetings.reports.collect import collect
from meetings.work import produce
from recommendations import actions
from recommendations.models import Assignment, Recommendation
from recommendations.reports import annexed, collect_earlier, collect_recommendations
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
    Recommendation.objects.filter(reference="TST-2026-01-R2").update(last_news_at=old.last_news_at)
    row = Recommendation.objects.get(pk=agreed.pk)
    actions.report_progress(row, actor=commune, new_state="in_progress", account="عُقدت جلسة", by=officer)
    following = factories.MeetingFactory(space=space, state=Meeting.State.HELD)

    data = collected(collect_earlier, following, "participants")
    assert [(found["short_reference"], found["news"]) for found in data["rows"]] == [("R1", "عُقدت جلسة")]
    assert [(found["short_reference"], found["news"]) for found in data["still"]] == [("R2", "")]
    assert (data["others"], annexed(following, "en", "participants", data)) == ([], None)
    assert collected(collect_earlier, following, "public") is None
    meeting.audience = Meeting.Audience.PUBLIC
    meeting.save()
    public = collected(collect_earlier, following, "public")
    assert [found["news"] for found in public["rows"] + public["still"]] == ["", ""]


@pytest.fixture
def many(meeting, space, commune):
    """Twelve with news since, of which a report lists ten, and thirty without; the meeting at which they are told."""
    meeting.starts_at, meeting.ends_at = datetime(2026, 9, 1, 9, tzinfo=UTC), datetime(2026, 9, 1, 12, tzinfo=UTC)
    meeting.save()
    states = [State.BLOCKED, State.IN_PROGRESS, State.ADOPTED]
    for number in range(42):
        row = factories.RecommendationFactory(
            meeting=meeting, reference=f"TST-2026-01-R{number}", state=states[number % 3], due_on=date(2026, 11, 1)
        )
        factories.AssignmentFactory(recommendation=row, actor=commune)
        news = datetime(2026, 10, 1 + number, tzinfo=UTC) if number < 12 else datetime(2026, 8, 1, tzinfo=UTC)
        Recommendation.objects.filter(pk=row.pk).update(last_news_at=news)
    kept = {"reference": "TST-2026-91", "audience": Meeting.Audience.PUBLIC}
    return factories.MeetingFactory(space=space, state=Meeting.State.HELD, **kept)


@pytest.fixture
def ten_listed(monkeypatch):
    monkeypatch.setattr("recommendations.reports.LISTED", 10)


@pytest.mark.usefixtures("ten_listed")
def test_of_many_the_latest_that_moved_are_listed_and_the_others_are_figures(many):
    data = collected(collect_earlier, many, "participants")
    assert [row["short_reference"] for row in data["rows"]] == [f"R{number}" for number in range(2, 12)]
    assert (data["still"], data["total"], data["moved"]) == ([], 42, 12)
    others = [(row["state_text"], row["count"], row["late"]) for row in data["others"]]
    assert others == [("blocked", 11, 11), ("adopted – not started", 10, 10), ("in progress", 11, 11)]
    assert len(data["rows"]) + sum(row["count"] for row in data["others"]) == data["total"]


@pytest.mark.usefixtures("ten_listed")
def test_the_figures_tell_the_public_of_no_state_that_embarrasses(many, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(audience=Meeting.Audience.PUBLIC)
    others = collected(collect_earlier, many, "public")["others"]
    assert [(row["state_text"], row["count"], row["late"]) for row in others] == [
        ("adopted – not started", 10, 0), ("in progress", 22, 0),
    ]  # fmt: skip


@pytest.mark.usefixtures("ten_listed")
def test_however_many_there_are_the_database_is_asked_as_often(many, django_assert_num_queries):
    collected(collect_earlier, many, "participants")
    with django_assert_num_queries(6):
        collected(collect_earlier, many, "participants")


@pytest.mark.usefixtures("ten_listed")
def test_the_sheet_annexed_has_every_one_and_goes_with_the_report(many, secretariat, as_user, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    first = Recommendation.objects.get(reference="TST-2026-01-R0")
    for name in ("Association A", "Association B"):
        factories.AssignmentFactory(recommendation=first, actor__name_fr=name, part="support")
    told = collect(many, language="fr", audience="participants")
    report, _new = make_report(many, language="fr", audience="participants", data=told, by=secretariat)
    assert produce(report.pk)
    report.refresh_from_db()
    client = as_user(secretariat)
    with override("fr"):
        page = reverse("meetings:report", args=[many.reference])
        address = reverse("meetings:download_annex", args=[report.pk])
    assert address in client.get(page).content.decode()
    answer = client.get(address)
    assert f'filename="{many.reference}-1-fr.xlsx"' in answer.headers["Content-Disposition"]
    head, *rows = load_workbook(io.BytesIO(answer.getvalue())).active.values
    assert [row[0] for row in rows] == [f"TST-2026-01-R{number}" for number in range(42)]
    assert {row[4] for row in rows} == {"Commune d’essai A"}
    assert rows[0][5] == "Association A, Association B"
    assert "État d’avancement au 23 novembre 2026" in head
    with report.file.open() as file:
        pages = [page.extract_text() for page in PdfReader(file).pages]
    assert f"{many.reference}-1-fr.xlsx" in " ".join(pages)
    assert as_user(None).get(address).status_code == 404
    assert sorted(path.suffix for path in (tmp_path / "reports").iterdir()) == [".pdf", ".xlsx"]
    report.begin()
    assert not list((tmp_path / "reports").iterdir())
