"""Every kind of notification, in every language: whole, translated, in the manner of letters, and to others alone."""

import re
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from actors.directory.models import AccountOffer, HandOver, ProposedChange
from actors.directory.sheets.values import lazy_label_of
from actors.roles.models import Responsibility
from meetings.models import Invitation, Meeting, MinutesReview
from portal.core.acting import THE_PORTAL, Bearer
from portal.notifications.actions import notify
from portal.notifications.rules.messages import render
from portal.notifications.rules.recipients import Recipient
from recommendations.models import Assignment, Recommendation
from tests import factories, people

FOLDERS = sorted(Path(settings.BASE_DIR, "templates").glob("*/notifications"))
KINDS = sorted(
    {f"{folder.parent.name}.{path.name.partition('.')[0]}" for folder in FOLDERS for path in folder.glob("[!_]*")}
)
#: of each kind: what it is about, then the names that are told with it, once for each way in which it is told
SAMPLES = {
    "accounts.email_changed": ("account", "happened"),
    "accounts.password_changed": ("account", "happened"),
    "accounts.password_reset": ("account", "happened"),
    "directory.account_offered": ("offer", ""),
    "directory.change_answered": ("proposal", "", "reason", "accepted applied", "accepted applied left"),
    "directory.change_proposed": ("proposal", "fields", "fields person"),
    "directory.hand_over_called_off": ("hand_over", ""),
    "directory.handed_over": ("hand_over", ""),
    "directory.sheet_reported": ("commune", "text sender"),
    "directory.sheet_stale": ("commune", ""),
    "meetings.answer_missing": ("meeting", "", "actor", "actor earlier earlier_date"),
    "meetings.answered": ("meeting", "", "actor answer", "actor answer mandate note representative"),
    "meetings.cancelled": ("meeting", "", "reason"),
    "meetings.changed": ("meeting", "place", "place hours joining"),
    "meetings.coming": ("meeting", ""),
    "meetings.invited": ("meeting", "", "actor"),
    "meetings.minutes_adopted": ("meeting", "", "version"),
    "meetings.minutes_circulated": ("meeting", "", "until", "until again"),
    "meetings.minutes_missing": ("meeting", ""),
    "meetings.minutes_reviewed": ("meeting", "", "actor answer"),
    "meetings.moved": ("meeting", "", "before", "before stands"),
    "meetings.postponed": ("meeting", "", "reason"),
    "meetings.remarks_closing": ("meeting", "", "until"),
    "recommendations.agenda": ("recommendation", ""),
    "recommendations.assigned": ("recommendation", "", "actor part"),
    "recommendations.assignment_answered": ("recommendation", "", "actor answer", "actor answer reason suggestion"),
    "recommendations.awaiting_clearance": ("recommendation", "", "actor"),
    "recommendations.confirmed": ("recommendation", ""),
    "recommendations.contested": ("recommendation", "", "reason"),
    "recommendations.declared_done": ("recommendation", "", "actor"),
    "recommendations.dropped": ("recommendation", "", "reason"),
    "recommendations.due": ("recommendation", ""),
    "recommendations.overdue": ("recommendation", ""),
    "recommendations.reopened": ("recommendation", "", "reason"),
    "recommendations.reported": ("recommendation", "", "actor state", "actor state account"),
    "recommendations.sent_back": ("recommendation", "", "note"),
    "recommendations.silent": ("recommendation", ""),
    "recommendations.unconfirmed": ("recommendation", ""),
    "roles.role_contested": (
        "role",
        "theme territory part reason",
        "theme territory part basis basis_reference reason",
    ),
    "roles.role_named": ("role", "theme territory part", "theme territory part basis basis_reference"),
}
OPENINGS = {"ar": "سلام تام بوجود مولانا الإمام، وبعد،", "fr": "Madame, Monsieur,", "en": "Dear Sir or Madam,"}
CLOSES = {
    "ar": "وتفضلوا بقبول فائق عبارات التقدير والاحترام",
    "fr": "Veuillez agréer, Madame, Monsieur, l’expression de nos salutations distinguées.",
    "en": "Yours faithfully,",
}
ARABIC = re.compile(r"[\u0600-\u06ff]")
LATIN_WORD = re.compile(r"\b[A-Za-z]{4,}\b")

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(once_for_the_module):
    """What the mails are about, by the names of SAMPLES."""
    association, commune, service = people.make_association(), people.make_commune(), people.make_service()
    space = people.make_space(association, commune, service)
    factories.ContactFactory(actor=commune, phone="+212536001122")
    commune.address, commune.confirmed_on = "شارع محمد الخامس", date(2025, 11, 3)
    commune.save()
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
    return {
        "account": factories.UserFactory(),
        "offer": AccountOffer.objects.create(actor=commune, email="office@example.org", part="validator"),
        "commune": commune,
        "meeting": meeting,
        "recommendation": recommendation,
        "proposal": ProposedChange.objects.create(actor=commune, values={"kind": ["commune", "other"]}),
        "hand_over": HandOver.objects.create(actor=commune, day=date(2026, 12, 4)),
        "role": factories.ResponsibilityFactory(actor=commune),
    }


@pytest.fixture
def things(db, made):
    return deepcopy(made)


def samples(kind, things):
    """The contexts a kind is told with."""
    app = kind.partition(".")[0]
    answer = Assignment.Answer.ACCEPTED if app == "recommendations" else Invitation.Answer.CONFIRMED
    part = Responsibility.Part.LEADS if app == "roles" else Assignment.Part.LEAD
    values = {
        "actor": things["commune"],
        "answer": MinutesReview.Answer.APPROVES.label if kind == "meetings.minutes_reviewed" else answer.label,
        "part": part.label,
        "state": Recommendation.State.IN_PROGRESS.label,
        "reason": "تعذر توفير القاعة",
        "note": "ملاحظة",
        "account": "جرى الاتفاق",
        "text": "تغير رقم الهاتف",
        "sender": "رئاسة المصلحة",
        "mandate": "الالتزام باسم المؤسسة",
        "representative": "رئاسة المصلحة",
        "person": "موظف تجريبي",
        "suggestion": things["commune"],
        "before": datetime(2026, 11, 20, 10, tzinfo=UTC),
        "until": date(2026, 12, 11),
        "again": True,
        "happened": datetime(2026, 11, 20, 10, tzinfo=UTC),
        "stands": True,
        "place": True,
        "joining": True,
        "hours": True,
        "earlier": Invitation.Answer.CONFIRMED.label,
        "earlier_date": datetime(2026, 11, 20, 10, tzinfo=UTC),
        "version": 2,
        "accepted": True,
        "fields": [lazy_label_of("kind")],
        "applied": [lazy_label_of("kind")],
        "left": [lazy_label_of("acronym")],
        "theme": things["role"].theme,
        "territory": things["role"].territory,
        "basis": Responsibility.Basis.LETTER.label,
        "basis_reference": "113-14",
    }
    return [{name: values[name] for name in names.split()} for names in SAMPLES[kind][1:]]


def written(kind, language, things, context):
    about = things[SAMPLES[kind][0]]
    reader = factories.UserFactory(language=language)
    [row] = notify(Recipient.of(reader), kind=kind, about=about, context=context)
    return row, render(row)


def test_every_kind_has_samples():
    assert set(SAMPLES) == set(KINDS)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_whole_in_every_language(kind, language, things):
    for context in samples(kind, things):
        row, message = written(kind, language, things, context)
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
        assert f"{settings.SITE_ADDRESS}{row.path}" in message.kept
        assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in message.html


@pytest.mark.parametrize("kind", KINDS)
def test_follow_up_mails_name_the_space_and_the_others_their_meeting_or_institution(kind, things):
    row, _message = written(kind, "ar", things, samples(kind, things)[0])
    named = {"recommendation": "فضاء التنسيق التجريبي", "meeting": "اجتماع تجريبي", "account": "«تنسيق»"}
    assert named.get(SAMPLES[kind][0], "جماعة تجريبية أ") in row.subject


@pytest.mark.parametrize("kind", KINDS)
def test_arabic_mails_hold_no_sentence_left_in_english(kind, things):
    for context in samples(kind, things):
        row, message = written(kind, "ar", things, context)
        text = re.sub(r"https?://\S+|\S+@\S+", "", f"{row.subject}\n{message.text}")
        assert ARABIC.search(row.subject)
        assert LATIN_WORD.findall(text) == []


@pytest.mark.parametrize("kind", KINDS)
def test_french_mails_differ_from_english_ones(kind, things):
    french, french_message = written(kind, "fr", things, samples(kind, things)[0])
    english, english_message = written(kind, "en", things, samples(kind, things)[0])
    assert french.subject != english.subject
    assert not set(lines_of(french_message)) & set(lines_of(english_message))


def test_a_mail_is_headed_by_the_portal_and_by_the_space_its_reader_sees(things):
    meeting, stranger = things["meeting"], factories.UserFactory(language="fr")
    member = factories.UserFactory(language="fr")
    factories.MembershipFactory(user=member, actor=things["commune"])
    meeting.space.audience = "space"
    meeting.space.save()
    heads = []
    for reader in (member, stranger):
        [row] = notify(Recipient.of(reader), kind="meetings.cancelled", about=meeting, context={"reason": "grève"})
        heads.append(re.search(r'<p class="head">(.*)</p>', render(row).html)[1])
    name = "<strong>Portail « Tansiq »</strong>"
    assert [head.replace("\u00a0", " ").replace("\u202f", " ") for head in heads] == [
        f"{name}<br><bdi>{meeting.space.name_fr}</bdi>", name
    ]  # fmt: skip


#: what a telephone shows of a subject
GLANCE = 40


def glances(language, things):
    """What is seen of each kind's subject in a list of mails."""
    return {kind: written(kind, language, things, samples(kind, things)[-1])[0].subject[:GLANCE] for kind in KINDS}


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_a_subject_names_its_act_before_a_telephone_cuts_it_off(language, things):
    seen = glances(language, things)
    assert len(set(seen.values())) == len(KINDS), seen
    acts = {kind: re.split(r"[\u2068\d]", text)[0] for kind, text in seen.items()}
    assert [kind for kind, act in acts.items() if not re.search(r"[^\W\d_]{4}", act)] == []


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_two_recommendations_differ_before_a_telephone_cuts_their_subjects_off(language, things):
    first, second = things["recommendation"], factories.RecommendationFactory(meeting=things["meeting"])
    for recommendation in (first, second):
        recommendation.due_on = date(2026, 12, 4)
    for kind in [kind for kind in KINDS if SAMPLES[kind][0] == "recommendation"]:
        seen = [
            written(kind, language, things | {"recommendation": one}, samples(kind, things)[-1])[0].subject[:GLANCE]
            for one in (first, second)
        ]
        assert seen[0] != seen[1], kind


def test_a_title_that_names_its_space_says_it_once(things):
    space = things["meeting"].space.name_ar
    Meeting.objects.update(title_ar=f"الاجتماع الثالث ل{space}")
    things["meeting"].refresh_from_db()
    assert written("meetings.invited", "ar", things, {})[0].subject.count(space) == 1


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.partition(".")[0] in {"meetings", "recommendations"}])
def test_a_mailbox_reads_the_language_of_the_meeting_and_a_person_their_own(kind, things):
    factories.resave(Meeting.objects.all(), language="fr", audience="public")
    about = type(things[SAMPLES[kind][0]]).objects.get(pk=things[SAMPLES[kind][0]].pk)
    reader = factories.UserFactory(language="en")
    told = notify(
        [Recipient("office@example.org", "ar"), Recipient.of(reader)],
        kind=kind, about=about, context=samples(kind, things)[-1],
    )  # fmt: skip
    assert [row.language for row in told] == ["fr", "en"]
    assert told[0].path.startswith("/fr/")


def lines_of(message):
    return [line for line in message.text.splitlines() if len(line.split()) > 3 and "http" not in line]


@pytest.mark.parametrize(
    ("language", "words"), [("ar", ("استدع", "تستدعي")), ("fr", ("convoqu",)), ("en", ("summon",))]
)
def test_an_invitation_invites_and_does_not_summon(language, words, things):
    _row, message = written("meetings.invited", language, things, {"actor": things["commune"]})
    assert not [word for word in words if word in message.text.lower()]


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        ("ar", "11 دجنبر 2026", "لم ترد ملاحظات داخل الأجل"),
        ("fr", "11 décembre 2026", "aucune observation n’a été reçue dans le délai"),
        ("en", "11 December 2026", "no remark was received in time"),
    ],
)
@pytest.mark.parametrize("kind", ["meetings.minutes_circulated", "meetings.remarks_closing"])
def test_silence_on_minutes_is_said_as_what_it_is(kind, language, day, words, things):
    _row, message = written(kind, language, things, {"until": date(2026, 12, 11)})
    for text in (message.text, message.html):
        assert day in text
        assert words in text


def test_who_is_asked_anew_reads_what_it_had_answered_and_for_when(things):
    _row, message = written("meetings.answer_missing", "fr", things, samples("meetings.answer_missing", things)[2])
    assert "pour le vendredi 20 novembre 2026 (Présence confirmée)" in message.text


def test_every_kind_has_its_three_templates_and_nothing_else_lies_there():
    endings = ("subject.txt", "body.txt", "body.html")
    there = {f"{folder.parent.name}.{path.name}" for folder in FOLDERS for path in folder.glob("[!_]*")}
    assert {name for name in there if not name.endswith(".link.txt")} == {
        f"{kind}.{ending}" for kind in KINDS for ending in endings
    }


def test_a_title_with_marks_stays_itself_in_text_and_is_escaped_in_html(things):
    meeting = things["meeting"]
    meeting.title_fr = "Eau & <assainissement>"
    meeting.save()
    with override("ar"):
        row, message = written("meetings.coming", "fr", things, {})
    assert "Eau & <assainissement>" in row.subject
    assert "Eau & <assainissement>" in message.text
    assert "<bdi>Eau &amp; &lt;assainissement&gt;</bdi>" in message.html


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_told_of_their_own_act_at_their_account_or_its_mailbox(kind, things):
    """Whoever came by a link is its mailbox, and the account behind it."""
    about = things[SAMPLES[kind][0]]
    somebody, colleague = factories.UserFactory(), factories.UserFactory()
    account, mailbox = Recipient.of(somebody), Recipient(somebody.email.upper(), "ar")
    office, others = Recipient("office@example.org", "ar"), [Recipient.of(colleague), Recipient("b@example.org", "ar")]

    def told(by):
        rows = notify([account, mailbox, office, *others], kind=kind, about=about, by=by)
        return [row.email for row in rows]

    everybody_else = [other.email for other in others]
    assert told(somebody) == [office.email, *everybody_else]
    assert told(Bearer(account, about, "x")) == [office.email, *everybody_else]
    assert told(Bearer(office, about, "x")) == [somebody.email, *everybody_else]
    assert told(THE_PORTAL) == [somebody.email, office.email, *everybody_else]
