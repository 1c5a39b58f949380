"""One recommendation on the screen: who sees what, and what the forms answer."""

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from meetings.models import Meeting, MinutesRevision
from portal.reference.models import CouncilSession
from recommendations import actions
from recommendations.models import Assignment, FollowUp, Recommendation
from recommendations.rules.passages import passage_in
from tests import factories
from tests.answers import typed
from tests.region import load_region

State = Recommendation.State


def url(recommendation, act=""):
    return f"/en/recommendations/{recommendation.reference}/{act}"


def pdf():
    return SimpleUploadedFile("decision.pdf", b"%PDF-1.7 x", content_type="application/pdf")


@pytest.fixture
def public(led):
    led.meeting.audience = Meeting.Audience.PUBLIC
    led.meeting.save()
    return led


def test_a_visitor_sees_nothing_that_could_embarrass(public, as_user, visitor, officer, commune):
    public.due_on = date(2026, 11, 1)
    public.save()
    row = Recommendation.objects.get(pk=public.pk)
    actions.report_progress(
        row, actor=commune, new_state="blocked", obstacle="budget", account="تفصيل داخلي", by=officer
    )

    response = as_user(visitor).get(url(public))
    page = response.content.decode()
    assert response.context["shown"].state == State.IN_PROGRESS
    assert "Last update" in page
    assert "November 2026" in page
    for word in ("late", "blocked", "budget", "تفصيل داخلي", "1 November", "What comes next", "History of changes"):
        assert not re.search(rf"\b{word}\b", page), word


def test_a_visitor_reads_the_lead_only_once_it_accepted(public, as_user, visitor):
    assert "جماعة تجريبية أ" in as_user(visitor).get("/ar" + url(public)[3:]).content.decode()
    public.assignments.update(answer=Assignment.Answer.WAITING)
    assert "جماعة تجريبية أ" not in as_user(visitor).get("/ar" + url(public)[3:]).content.decode()


def test_a_members_recommendation_does_not_exist_for_a_visitor(led, draft, as_user, visitor, member):
    assert as_user(visitor).get(url(led)).status_code == 404
    assert as_user(member).get(url(draft)).status_code == 404
    assert as_user(member).get(url(led)).status_code == 200


@pytest.mark.parametrize(
    ("person", "state", "primary"),
    [
        ("officer", State.ADOPTED, "Update progress"),
        ("secretariat", State.DONE, "Confirm completion"),
        ("member", State.DONE, None),
        ("officer", State.DONE, None),
        ("officer", State.CONTESTED, "Update progress"),
    ],
)
def test_each_person_has_one_thing_to_do(led, as_user, request, person, state, primary):
    led.state = state
    led.save()
    step = as_user(request.getfixturevalue(person)).get(url(led)).context["next"]
    assert (step.primary.label if step.primary else None) == primary


def test_a_waiting_assignment_is_answered_first(recommendation, commune, officer, as_user):
    row = factories.AssignmentFactory(recommendation=recommendation, actor=commune, answer=Assignment.Answer.WAITING)
    client = as_user(officer)
    assert client.get(url(recommendation)).context["next"].primary.label == "Accept the assignment"

    client.post(f"/en/recommendations/assignments/{row.pk}/accept/")
    row.refresh_from_db()
    assert row.answer == "accepted"
    assert client.get(url(recommendation)).context["next"].primary.label == "Update progress"


def test_the_officer_reports_done_from_the_mail_with_a_file_and_a_link(led, officer, as_user):
    client = as_user(officer)
    data = {
        "new_state": "done",
        "progress": "50",
        "account": "صدر المقرر",
        "links": "example.org/decision",
        "files": [pdf()],
    }
    response = client.send(url(led, "report/"), data)

    assert (response.status_code, response.url) == (302, url(led))
    led.refresh_from_db()
    evidence = led.follow_ups.get().evidence.order_by("pk")
    assert led.state == State.DONE
    assert [(piece.file_name, piece.link) for piece in evidence] == [
        ("decision.pdf", ""),
        ("", "https://example.org/decision"),
    ]


def test_a_refused_report_says_why_at_the_field_and_loses_nothing(led, officer, as_user):
    data = {"new_state": "done", "account": "", "links": "https://example.org/a", "files": [pdf()]}
    response = as_user(officer).send(url(led, "report/"), data)
    page = response.content.decode()

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "account": ["Say what was done: a recommendation is declared done with an account of it."]
    }
    assert "https://example.org/a" in page
    assert "What you typed is kept, but not the files." in page
    assert "Nothing you typed is lost" not in page
    assert "Choose these files again" in page
    assert "decision.pdf" in page
    assert not FollowUp.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("photo.exe", b"MZ", "Files of this kind are not taken"),
        ("photo.png", b"%PDF-1.7", "not what its name says"),
        ("empty.pdf", b"", "empty"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_at_its_field(led, officer, as_user, name, content, sentence):
    data = {
        "new_state": "in_progress",
        "progress": "50",
        "account": "نص محفوظ",
        "files": [pdf(), SimpleUploadedFile(name, content)],
    }
    response = as_user(officer).send(url(led, "report/"), data)

    assert sentence in " ".join(response.context["form"].errors["files"])
    assert "نص محفوظ" in response.content.decode()
    assert not FollowUp.objects.exists()


def test_a_photograph_that_proves_it_is_kept_small_and_without_its_place(led, officer, as_user, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    exif, taken = Image.Exif(), io.BytesIO()
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 10.0, 1.0)})
    Image.new("RGB", (2400, 1200), "#0f6b5c").save(taken, "JPEG", exif=exif)
    photograph = SimpleUploadedFile("IMG_1.jpeg", taken.getvalue())
    data = {"new_state": "in_progress", "progress": "50", "account": "صورة الورش", "files": [photograph]}
    answer = as_user(officer).send(url(led, "report/"), data)
    assert answer.status_code == 302
    evidence = led.follow_ups.get().evidence.get()
    with Image.open(evidence.file.path) as kept:
        assert (evidence.file_name, kept.size, dict(kept.getexif())) == ("IMG_1.jpg", (2000, 1000), {})
    assert evidence.file_size == Path(evidence.file.path).stat().st_size


def test_a_link_that_is_none_is_refused(led, officer, as_user):
    response = as_user(officer).send(url(led, "report/"), {"new_state": "in_progress", "links": "not a link"})
    assert "is not an address" in response.context["form"].errors["links"][0]


def test_a_partner_has_a_shorter_form(supported, member, as_user):
    client = as_user(member)
    assert "new_state" not in client.get(url(supported, "report/")).context["form"].fields
    client.post(url(supported, "report/"), {"account": "وفرنا القاعة"})
    assert supported.follow_ups.get().account == "وفرنا القاعة"


def test_who_may_not_report_is_told_why(led, as_user, member, outsider):
    response = as_user(member).get(url(led, "report/"))
    assert response.status_code == 403
    assert "Only an institution asked to implement" in response.content.decode()


def test_who_comes_too_late_is_told_so_where_it_now_stands(led, officer, as_user):
    led.state = State.DONE
    led.save()
    response = as_user(officer).get(url(led, "report/"), follow=True)
    assert response.redirect_chain == [(url(led), 302)]
    assert "nothing is missing from you" in response.content.decode()


def test_evidence_is_for_those_who_read_the_entry(led, commune, officer, member, visitor, as_user):
    led.meeting.audience = Meeting.Audience.PUBLIC
    led.meeting.save()
    entry = actions.report_progress(led, actor=commune, new_state="in_progress", files=[pdf()], by=officer)
    address = f"/en/recommendations/evidence/{entry.evidence.get().pk}/"

    response = as_user(member).get(address)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 x"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert as_user(visitor).get(address).status_code == 302


def test_the_validator_clears_or_sends_back(led, commune, officer, validator, member, as_user):
    commune.internal_validation = True
    commune.save()
    as_user(officer).send(url(led, "report/"), {"new_state": "in_progress", "progress": "50", "account": "انطلق العمل"})
    entry = FollowUp.objects.get()
    address = f"/en/recommendations/entries/{entry.pk}/clear/"

    assert as_user(member).get(address).status_code == 404
    assert as_user(officer).get(address).status_code == 403
    client = as_user(validator)
    assert client.post(address, {"answer": "send_back", "note": ""}).status_code == 422
    client.post(address, {"answer": "clear"})
    led.refresh_from_db()
    assert (led.state, led.progress) == (State.IN_PROGRESS, 50)


def test_the_secretariat_confirms_after_reading_the_account(led, commune, officer, secretariat, as_user):
    links = ["https://example.org/x"]
    actions.report_progress(led, actor=commune, new_state="done", account="صدر المقرر", links=links, by=officer)
    client = as_user(secretariat)

    assert "صدر المقرر" in client.get(url(led, "confirm/")).content.decode()
    client.post(url(led, "confirm/"), {"account": ""})
    led.refresh_from_db()
    assert led.state == State.CONFIRMED
    late = [as_user(person).get(url(led, "confirm/")).status_code for person in (secretariat, officer)]
    assert late == [302, 403]


def test_a_reservation_without_a_reason_comes_back(led, secretariat, as_user):
    led.state = State.DONE
    led.save()
    assert as_user(secretariat).post(url(led, "contest/"), {"reason": ""}).status_code == 422


def test_the_secretariat_drafts_and_adopts_in_the_room(meeting, secretariat, as_user, member):
    client = as_user(secretariat)
    page = f"/en/meetings/{meeting.reference}/recommendations/"
    assert client.post(page, {"text": "توصية أولى"}).status_code == 302
    client.post(page, {"text": "توصية ثانية"})
    assert client.post(page, {"text": ""}).status_code == 422
    assert len(client.get(page).context["drafts"]) == 2
    assert as_user(member).get(page).context["drafts"] == []

    adopt = f"/en/meetings/{meeting.reference}/recommendations/adopt/"
    client.post(adopt, {"shown": client.get(adopt).context["shown"]})
    assert list(meeting.recommendations.values_list("state", flat=True)) == ["adopted", "adopted"]
    assert as_user(member).post(page, {"text": "توصية"}).status_code == 403


def test_a_session_of_the_council_is_a_due_date(recommendation, commune, secretariat, as_user):
    load_region(CouncilSession)
    client = as_user(secretariat)
    data = {"actor": commune.pk, "part": "lead", "due_on": "", "due_session": "commune:2027-02"}
    client.send(url(recommendation, "assign/"), data)
    recommendation.refresh_from_db()
    assert (recommendation.due_on, recommendation.due_council) == (date(2027, 2, 7), "commune")
    assert "February 2027 session" in client.get(url(recommendation)).content.decode()

    both = client.send(url(recommendation, "assign/"), data | {"due_on": "٠٨/٠٢/٢٠٢٧"})
    assert both.context["form"].errors["due_on"] == ["Give either a date or a session, not both."]


def test_asking_an_institution_from_an_older_page_leaves_the_date_agreed_since(
    recommendation, commune, secretariat, administrator, as_user
):
    client, asking = as_user(secretariat), url(recommendation, "assign/")
    old = typed(client.get(asking).context["form"]) | {"actor": commune.pk}
    agreed, mine = date(2027, 3, 1), "01/06/2027"
    actions.edit_recommendation(recommendation, due_on=agreed, due_council="", by=administrator)
    refused = client.post(asking, old | {"due_on": mine})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["due_on"])
    assert client.post(asking, old).status_code == 302
    recommendation.refresh_from_db()
    assert (recommendation.due_on, recommendation.assignments.get().actor) == (agreed, commune)


def test_a_report_from_an_older_page_does_not_take_back_what_a_colleague_declared(
    led, commune, officer, manager, as_user
):
    client = as_user(officer)
    old = typed(client.get(url(led, "report/")).context["form"]) | {"new_state": "in_progress", "progress": "50"}
    actions.report_progress(led, actor=commune, new_state="blocked", obstacle="budget", by=manager)
    refused = client.post(url(led, "report/"), old | {"account": "انطلق"})
    form = refused.context["form"]
    assert (refused.status_code, form["account"].value(), led.follow_ups.count()) == (422, "انطلق", 1)
    assert f"{manager} has changed this meanwhile" in form.errors["new_state"][0]
    assert client.post(url(led, "report/"), old | {"account": "انطلق", "seen": form.stamp}).status_code == 302
    led.refresh_from_db()
    assert led.state == State.IN_PROGRESS


def test_a_passage_somebody_linked_meanwhile_is_not_replaced_unread(
    recommendation, secretariat, administrator, as_user
):
    minutes = factories.MinutesFactory(meeting=recommendation.meeting)
    section = factories.MinutesSectionFactory(minutes=minutes, text="أول ثم ثان", revision=1)
    revision = MinutesRevision.objects.create(section=section, number=1, text="أول ثم ثان")
    client, linking = as_user(secretariat), url(recommendation, "passage/")
    old = typed(client.get(linking).context["form"]) | {"section": section.pk, "text": "أول"}
    passage = passage_in(recommendation.meeting, revision=revision, text="ثان")
    actions.link_passage(recommendation, passage=passage, by=administrator)
    refused = client.post(linking, old)
    assert "it now says: “ثان”" in refused.context["form"].errors["text"][0]
    assert client.post(linking, old | {"seen": refused.context["form"].stamp}).status_code == 302


def test_a_date_is_typed_in_arabic_digits(recommendation, commune, secretariat, as_user):
    as_user(secretariat).send(
        url(recommendation, "assign/"), {"actor": commune.pk, "part": "lead", "due_on": "٠٨/٠٢/٢٠٢٧"}
    )
    recommendation.refresh_from_db()
    assert recommendation.due_on == date(2027, 2, 8)


def test_a_recommendation_is_cut_from_the_minutes_and_quoted(meeting, secretariat, member, as_user, visitor):
    text = "اتفق الحاضرون على إحداث لائحة مشتركة."
    minutes = factories.MinutesFactory(meeting=meeting)
    section = factories.MinutesSectionFactory(minutes=minutes, text=text, revision=1)
    MinutesRevision.objects.create(section=section, number=1, text=text)
    client = as_user(secretariat)
    start = text.index("إحداث")
    address = f"/en/meetings/{meeting.reference}/recommendations/cut/"
    address += f"?section={section.pk}&revision=1&offset={start}&length=18"

    form = client.get(address).context["form"]
    assert form["text_ar"].value() == text[start : start + 18]
    data = {"text_ar": "إحداث لائحة مشتركة", "people": "all", "level": "local", "priority": "2_normal"}
    assert client.post(address, data).status_code == 302
    cut = Recommendation.objects.get()
    assert (cut.quote_text, cut.quote_offset) == (text[start : start + 18], start)
    assert client.get(url(cut)).context["quote"].text == cut.quote_text

    actions.adopt_recommendation(cut, by=secretariat)
    assert as_user(member).get(url(cut)).context["quote"] is None


def test_the_page_asks_the_same_of_the_database_whatever_its_history(
    led, commune, officer, secretariat, as_user, django_assert_num_queries
):
    client = as_user(secretariat)
    for _ in range(3):
        actions.report_progress(
            Recommendation.objects.get(pk=led.pk),
            actor=commune,
            new_state="in_progress",
            links=["https://example.org/x"],
            by=officer,
        )
    client.get(url(led))
    with django_assert_num_queries(11):
        client.get(url(led))


def test_the_story_is_told_to_who_prepares_the_meeting(led, secretariat, member, as_user):
    actions.edit_recommendation(led, by=secretariat, text_ar="نص مصحح", reason="خطأ مطبعي")
    changes = as_user(secretariat).get(url(led)).context["changes"]
    assert (changes[0].lines, changes[0].reason) == (["Text before: “توحيد استمارة التوجيه”"], "خطأ مطبعي")
    assert changes[0].at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert as_user(member).get(url(led)).context["changes"] == []
