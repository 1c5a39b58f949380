"""Every kind of notification, in every language: whole, translated, and in the manner of letters."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from meetings.models import Invitation, MinutesReview
from portal.notifications.actions import notify
from portal.notifications.rules.messages import render
from portal.notifications.rules.recipients import Recipient
from recommendations.models import Assignment, Recommendation
from tests import factories

MEETINGS = [
    "invited",
    "moved",
    "cancelled",
    "postponed",
    "answered",
    "coming",
    "answer_missing",
    "minutes_missing",
    "minutes_circulated",
    "remarks_closing",
    "minutes_reviewed",
    "minutes_adopted",
]
RECOMMENDATIONS = [
    "assigned",
    "assignment_answered",
    "reported",
    "awaiting_clearance",
    "sent_back",
    "declared_done",
    "confirmed",
    "contested",
    "due",
    "overdue",
    "silent",
    "unconfirmed",
]
KINDS = [f"meetings.{name}" for name in MEETINGS] + [f"recommendations.{name}" for name in RECOMMENDATIONS]
OPENINGS = {"ar": "سلام تام بوجود مولانا الإمام، وبعد،", "fr": "Madame, Monsieur,", "en": "Dear Sir or Madam,"}
CLOSES = {
    "ar": "وتفضلوا بقبول فائق عبارات التقدير والاحترام",
    "fr": "Veuillez agréer, Madame, Monsieur, l’expression de nos salutations distinguées.",
    "en": "Yours faithfully,",
}
ARABIC = re.compile(r"[\u0600-\u06ff]")
LATIN_WORD = re.compile(r"\b[A-Za-z]{4,}\b")

pytestmark = pytest.mark.django_db


@pytest.fixture
def recommendation(space, commune):
    meeting = factories.MeetingFactory(
        space=space, reference="TST-2026-01",
        title_ar="اجتماع تجريبي", title_fr="Réunion d’essai", title_en="Trial gathering",
        place_ar="مقر الجماعة", place_fr="Siège de la commune", place_en="Town hall", link="https://example.org/join",
    )  # fmt: skip
    factories.MinutesFactory(meeting=meeting, state="circulated", remarks_until=date(2026, 12, 11))
    recommendation = factories.RecommendationFactory(
        meeting=meeting, due_on=date(2026, 12, 4), text_ar="إحداث مكتب للاستقبال", text_fr="Créer un bureau d’accueil",
        text_en="Open a reception desk", done_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
        state=Recommendation.State.IN_PROGRESS,
    )  # fmt: skip
    factories.AssignmentFactory(recommendation=recommendation, actor=commune)
    return recommendation


def context_of(kind, commune):
    answer = Assignment.Answer.ACCEPTED if kind.startswith("recommendations") else Invitation.Answer.CONFIRMED
    return {
        "actor": commune,
        "answer": MinutesReview.Answer.APPROVES.label if kind == "meetings.minutes_reviewed" else answer.label,
        "part": Assignment.Part.LEAD.label,
        "state": Recommendation.State.IN_PROGRESS.label,
        "reason": "تعذر توفير القاعة",
        "note": "ملاحظة",
        "account": "جرى الاتفاق",
        "representative": "رئاسة المصلحة",
        "suggestion": commune,
        "before": datetime(2026, 11, 20, 10, tzinfo=UTC),
        "until": date(2026, 12, 11),
        "version": 2,
    }


def written(kind, language, recommendation, context):
    about = recommendation.meeting if kind.startswith("meetings") else recommendation
    [row] = notify(Recipient("office@example.org", language), kind=kind, about=about, context=context)
    return row, render(row)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_whole_in_every_language(kind, language, recommendation, commune):
    for context in ({}, context_of(kind, commune)):
        row, message = written(kind, language, recommendation, context)
        assert row.path.startswith(f"/{language}/")
        for text in (row.subject, message.text, message.html):
            assert text.strip()
            for mark in ("{{", "{%", "%(", "None", "&amp;", "&#x27;", "fuzzy", "\u2068\u2069"):
                assert mark not in text, (mark, text)
        assert len(row.subject) <= 300
        assert OPENINGS[language] in message.text
        assert CLOSES[language] in message.text
        assert OPENINGS[language] in message.html
        assert message.html.count('class="button"') == 1
        assert f"{settings.SITE_ADDRESS}{row.path}" in message.text
        assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in message.html


@pytest.mark.parametrize("kind", KINDS)
def test_follow_up_mails_name_the_space_and_the_others_their_meeting(kind, recommendation):
    row, _message = written(kind, "ar", recommendation, {})
    expected = "فضاء التنسيق التجريبي" if kind.startswith("recommendations") else "اجتماع تجريبي"
    assert expected in row.subject


@pytest.mark.parametrize("kind", KINDS)
def test_arabic_mails_hold_no_sentence_left_in_english(kind, recommendation, commune):
    row, message = written(kind, "ar", recommendation, {})
    text = re.sub(r"https?://\S+", "", f"{row.subject}\n{message.text}")
    assert ARABIC.search(row.subject)
    assert LATIN_WORD.findall(text) == []


@pytest.mark.parametrize("kind", KINDS)
def test_french_mails_differ_from_english_ones(kind, recommendation):
    french, french_message = written(kind, "fr", recommendation, {})
    english, english_message = written(kind, "en", recommendation, {})
    assert french.subject != english.subject
    assert not set(lines_of(french_message)) & set(lines_of(english_message))


def lines_of(message):
    return [line for line in message.text.splitlines() if len(line.split()) > 3 and "http" not in line]


@pytest.mark.parametrize(
    ("language", "words"), [("ar", ("استدع", "تستدعي")), ("fr", ("convoqu",)), ("en", ("summon",))]
)
def test_an_invitation_invites_and_does_not_summon(language, words, recommendation, commune):
    _row, message = written("meetings.invited", language, recommendation, {"actor": commune})
    assert not [word for word in words if word in message.text.lower()]


def test_a_circulation_says_that_silence_counts_as_consent(recommendation):
    for kind in ("meetings.minutes_circulated", "meetings.remarks_closing"):
        _row, message = written(kind, "ar", recommendation, {"until": date(2026, 12, 11)})
        assert "11 دجنبر 2026" in message.text
        assert "ويُعد عدم الجواب داخل هذا الأجل موافقة" in message.text


def test_every_kind_has_its_three_templates_and_nothing_else_lies_there():
    for app, names in (("meetings", MEETINGS), ("recommendations", RECOMMENDATIONS)):
        folder = Path(settings.BASE_DIR, "templates", app, "notifications")
        there = {
            path.name
            for path in folder.iterdir()
            if not path.name.startswith("_") and not path.name.endswith(".link.txt")
        }
        assert there == {f"{name}.{ending}" for name in names for ending in ("subject.txt", "body.txt", "body.html")}


def test_a_title_with_marks_stays_itself_in_text_and_is_escaped_in_html(recommendation):
    meeting = recommendation.meeting
    meeting.title_fr = "Eau & <assainissement>"
    meeting.save()
    with override("ar"):
        row, message = written("meetings.coming", "fr", recommendation, {})
    assert "Eau & <assainissement>" in row.subject
    assert "Eau & <assainissement>" in message.text
    assert "<bdi>Eau &amp; &lt;assainissement&gt;</bdi>" in message.html
