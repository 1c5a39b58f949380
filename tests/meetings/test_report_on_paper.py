"""A demanding report as it lies before a reader: what stands on which page, on which side, and which numbers add up."""

import re
import shutil
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pypdf import PdfReader

from meetings import work
from meetings.models import Attendance, Meeting, Report
from meetings.reports.collect import collect
from portal.core.html import on_paper
from portal.core.text import running_head
from recommendations.models import Recommendation
from tests import factories
from tests.meetings import demanding
from tests.meetings.paper import pages, paper, place, whole, words

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed"),
]


@pytest.fixture(scope="module")
def made(once_for_the_module):
    return demanding.with_recommendations(demanding.demanding_meeting()).pk


@pytest.fixture
def meeting(made, db):
    return Meeting.objects.get(pk=made)


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_numbers_of_the_report_add_up_and_say_who_came_besides(meeting, language):
    section = collect(meeting, language=language, audience="participants")["sections"]["attendance"]
    invited, present, excused, absent = (row["count"] for row in section["sums"])
    rows = [row for group in section["groups"] for row in group["rows"]]
    assert (invited, present, excused, absent) == (16, 15, 1, 0)
    assert invited == present + excused + absent
    uninvited = {"ar": demanding.UNINVITED, "fr": "Association venue"}[language]
    total, organiser, others = section["besides"]
    assert "17" in total
    assert str(getattr(meeting.organiser, f"name_{language}")) in organiser
    assert uninvited in others
    assert len(rows) == 18
    assert {row["name"] for row in rows if row["note"]} == {uninvited, getattr(meeting.organiser, f"name_{language}")}


def test_an_institution_invited_and_not_noted_is_a_number_of_its_own(meeting):
    meeting.attendances.order_by("pk").first().delete()
    sums = collect(meeting, language="fr", audience="participants")["sections"]["attendance"]["sums"]
    assert [row["count"] for row in sums] == [16, 14, 1, 0, 1]


def test_where_nobody_was_invited_nobody_came_uninvited(meeting):
    meeting.invitations.update(sent_at=None)
    section = collect(meeting, language="fr", audience="participants")["sections"]["attendance"]
    assert ([row["count"] for row in section["sums"]], section["besides"]) == ([17, 1, 0], [])
    assert not [row for group in section["groups"] for row in group["rows"] if row["note"]]


def test_the_page_says_the_same_numbers(as_user, administrator, meeting):
    with override("ar"):
        page = as_user(administrator).get(reverse("meetings:participation", args=[meeting.reference]))
    came = page.context["totals"]["came"]
    assert (came.invited, came.present, came.excused, came.absent, came.here) == (16, 15, 1, 0, 17)
    assert demanding.UNINVITED in came.besides[-1]
    for sentence in came.besides:
        assert sentence in page.content.decode().replace("&#x27;", "'")


def test_the_exported_table_says_who_sat_there_and_who_came_besides(as_user, administrator, meeting):
    with override("ar"):
        address = reverse("meetings:participation", args=[meeting.reference])
    lines = as_user(administrator).get(f"{address}?export=csv").getvalue().decode("utf-8-sig").splitlines()
    by_name = {line.split(";")[0]: line for line in lines[1:]}
    assert len(by_name) == 18
    assert demanding.DESIGNATED in by_name[demanding.INSTITUTIONS[0][1]]
    assert "الهيئة المنظمة" in by_name[meeting.organiser.name_ar]
    assert "دون دعوة" in by_name[demanding.UNINVITED]


def test_whom_the_answer_named_stands_in_the_report_where_it_came_itself(meeting, tmp_path):
    present, by_another, gone, typed = meeting.attendances.order_by("pk")[:4]
    Attendance.objects.filter(pk=by_another.pk).update(status="represented", represented_by=meeting.organiser)
    Attendance.objects.filter(pk=gone.pk).update(status="absent")
    Attendance.objects.filter(pk=typed.pk).update(representative="نائب الرئيس")
    groups = collect(meeting, language="ar", audience="participants")["sections"]["attendance"]["groups"]
    who = {row["name"]: row["who"] for group in groups for row in group["rows"]}
    assert [who[str(row.actor)] for row in (present, by_another, gone, typed)] == [
        demanding.DESIGNATED, "", "", "نائب الرئيس",
    ]  # fmt: skip
    assert demanding.DESIGNATED.split("،")[0] in whole(paper(meeting, tmp_path))


def test_whom_the_answer_named_stands_in_the_table_to_be_filled(as_user, administrator, meeting):
    row, other = meeting.attendances.order_by("pk")[:2]
    Attendance.objects.filter(pk__in=(row.pk, other.pk)).delete()
    address = reverse("meetings:record_attendance", args=[meeting.reference])
    client = as_user(administrator)
    form = client.get(address).context["form"]
    assert form[f"representative_{row.actor_id}"].value() == demanding.DESIGNATED
    data = {name: form[name].value() for name in form.fields}
    data |= {f"status_{row.actor_id}": "present", f"status_{other.actor_id}": "absent"}
    assert client.post(address, data).status_code == 302
    noted = Attendance.objects.filter(meeting=meeting, actor__in=(row.actor_id, other.actor_id)).order_by("actor_id")
    assert [(each.status, each.representative) for each in noted] == [
        ("present", demanding.DESIGNATED), ("absent", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_no_recommendation_stands_under_the_axis_of_another(meeting, language, tmp_path):
    text = whole(paper(meeting, tmp_path, language))
    without = {"ar": "توصيات خارج المحاور", "fr": "Recommandations hors axe"}[language]
    assert text.rindex("R3") < text.index(without) < text.rindex("R4") < text.rindex("R5")


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_an_earlier_recommendation_has_more_room_than_its_reference_on_one_line(meeting, language, tmp_path):
    wanted = "ASTICUDE-2025-01-R1"
    meeting.recommendations.filter(reference__endswith="-R1").update(reference=wanted)
    following = factories.MeetingFactory(
        space=meeting.space, organiser=meeting.organiser, state="held", starts_at=meeting.starts_at + timedelta(days=90)
    )
    path = paper(following, tmp_path, language)
    side, text, lead = {"ar": (3, "التوصية", "المكلف"), "fr": (1, "Recommandation", "Chef")}[language]
    ends = [place(path, word)[side] for word in (wanted, text, lead)]
    assert abs(ends[1] - ends[2]) > 1.2 * abs(ends[0] - ends[1])


def test_no_long_word_of_a_lead_or_of_a_day_is_broken(meeting, tmp_path):
    lead = factories.ActorFactory(name_fr="Association intercommunale pour l’accompagnement")
    recommendation = meeting.recommendations.order_by("pk").first()
    recommendation.assignments.all().delete()
    factories.AssignmentFactory(recommendation=recommendation, actor=lead)
    Recommendation.objects.filter(pk=recommendation.pk).update(due_on="2027-09-20")
    following = factories.MeetingFactory(
        space=meeting.space, organiser=meeting.organiser, state="held", starts_at=meeting.starts_at + timedelta(days=90)
    )
    for of in (meeting, following):
        found = [word for *_place, word in words(paper(of, tmp_path, "fr"))]
        assert {"l’accompagnement", "intercommunale", "septembre"} <= set(found)


def test_without_any_axis_there_is_no_heading(meeting):
    Recommendation.objects.filter(meeting=meeting).update(axis=None)
    groups = collect(meeting, language="fr", audience="participants")["sections"]["recommendations"]["groups"]
    assert [group["axis"] for group in groups] == [""]


@pytest.mark.parametrize("items", [6, 12])
@pytest.mark.parametrize("language", ["ar", "fr"])
def test_headings_are_followed_pairs_stay_together_and_signatures_are_not_alone(items, language, tmp_path):
    meeting = demanding.with_recommendations(demanding.demanding_meeting(items=items))
    groups = collect(meeting, language=language, audience="participants")["sections"]["attendance"]["groups"]
    headings = {group["kind"] for group in groups}
    headings |= {"البرنامج", "الحضور", "المحضر", "التوصيات", "توصيات خارج المحاور"} if language == "ar" else {
        "Programme", "Présence", "Procès-verbal", "Recommandations", "Recommandations hors axe",
    }  # fmt: skip
    path = paper(meeting, tmp_path, language)
    every = pages(path)
    for page in every:
        assert page[-2] not in headings
        assert not re.fullmatch(r"(\d+\. )?(النقطة التجريبية \d+|Point d’essai \d+)", page[-2])
    by_page = {word: number for number, _left, _top, _right, word in words(path) if re.fullmatch(r"R\d", word)}
    assert by_page["R1"] == by_page["R2"]
    assert by_page["R4"] == by_page["R5"]
    last = " ".join(every[-1])
    assert {"ar": "التوقيع والخاتم", "fr": "Signature et cachet"}[language] in last
    assert by_page["R5"] == len(every)


@pytest.mark.parametrize("filled", range(12, 19))
def test_wherever_the_page_ends_two_rows_stay_together_and_signatures_with_the_last_of_them(meeting, filled, tmp_path):
    row = {
        "reference": "",
        "text": "x",
        "lead": "",
        "supports": [],
        "due": "",
        "late": False,
        "tone": "",
        "updated": "",
    }
    groups = [
        {"axis": f"Axe{number}", "rows": [row | {"short_reference": f"R{number}{letter}"} for letter in "ab"]}
        for number in (1, 2, 3)
    ]
    programme = {"time": "", "length": "30 min", "title": "Point", "by": []}
    sections = {
        "letterhead": {"name": "Nom", "title": "Titre", "reference": "REF"},
        "programme": {"rows": [programme] * filled, "timed": True, "presented": False},
        "minutes": {
            "parts": [{"number": 1, "title": "Premier", "blocks": [{"html": "<p>corps</p>", "direction": "ltr"}]}],
            "language": "ar",
        },
        "recommendations": {"day": "", "inside": True, "groups": groups},
        "signatures": {"lines": [{"office": "Présidence", "name": ""}]},
    }
    data = {"sections": sections, "day": "2026-11-30", "title": "Titre", "author": "Nom"}
    path = tmp_path / "report.pdf"
    path.write_bytes(
        work.render(Report(meeting=meeting, language="fr", number=1, data=data, requested_at=timezone.now()))
    )
    on = {word: page for page, _left, _top, _right, word in words(path)}
    for number in (1, 2, 3):
        assert on[f"Axe{number}"] == on[f"R{number}a"] == on[f"R{number}b"]
    assert on["Recommandations"] == on["Axe1"]
    assert on["Procès-verbal"] == on["rédaction."] == on["Premier"] == on["corps"]
    assert on["cachet"] == on["R3b"]


@pytest.mark.parametrize("filled", range(14, 19))
def test_a_heading_pasted_as_plain_text_stands_with_the_text_beneath(meeting, filled, tmp_path):
    programme = {"time": "", "length": "30 min", "title": "Point", "by": []}
    texts = ["Titre", "Un\u00a0texte " + "de plusieurs lignes " * 30 + "fini.", "Suite", "Liste", "Autre phrase."]
    blocks = [{"html": f"<p>{text}</p>", "direction": "ltr"} for text in texts]
    sections = {
        "letterhead": {"name": "Nom", "title": "Réunion", "reference": "REF"},
        "programme": {"rows": [programme] * filled, "timed": True, "presented": False},
        "minutes": {"parts": [{"number": 1, "title": "Premier", "blocks": blocks}], "language": "fr"},
    }
    data = {"sections": sections, "day": "2026-11-30", "title": "Réunion", "author": "Nom"}
    report = Report(meeting=meeting, language="fr", number=1, data=data, requested_at=timezone.now())
    path = tmp_path / "report.pdf"
    path.write_bytes(work.render(report))
    on = {word: page for page, _left, _top, _right, word in reversed(words(path))}
    assert on["Premier"] == on["Titre"] == on["Un"]
    assert [block.get("heads") for block in blocks] == [True, False, False, True, None]


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_a_table_that_goes_on_says_its_columns_again(meeting, language, tmp_path):
    every = pages(paper(meeting, tmp_path, language))
    column = {"ar": "التوقيت", "fr": "Horaire"}[language]
    assert [column in " ".join(page) for page in every[:2]] == [True, True]


def test_the_first_page_says_when_the_meeting_ended(meeting, tmp_path):
    first = " ".join(pages(paper(meeting, tmp_path, "fr"))[0])
    assert "de 08:30 à 12:30" in first


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_running_head_is_one_line_with_an_ellipsis(meeting, language, tmp_path):
    path = paper(meeting, tmp_path, language)
    title = running_head(str(getattr(meeting, f"title_{language}")))
    assert title.endswith("…")
    tops = {round(top) for number, _left, top, _right, _word in words(path) if number == 2 and top < 60}
    assert max(tops) - min(tops) <= 4


def test_a_running_head_is_cut_at_a_word_and_capitals_are_wider():
    assert running_head("عنوان قصير") == "عنوان قصير"
    assert running_head("un deux trois", most=8) == "un deux…"
    assert running_head("UN DEUX TROIS", most=8) == "UN…"
    assert running_head("a" * 20, most=8) == "a" * 7 + "…"


def test_in_a_french_report_arabic_minutes_take_the_right_side_and_the_report_says_so(meeting, tmp_path):
    path = paper(meeting, tmp_path, "fr")
    assert "Le procès-verbal figure en arabe, sa langue de rédaction." in whole(path)
    middle = 595 / 2
    for word in ("إحداث", "تكوين", "تحديد", "«التنسيق"):
        assert place(path, word)[3] > 500, word
    for word in ("Intervention", "méthode", "scolarisation"):
        assert place(path, word)[1] < middle, word
    assert "figure en" not in whole(paper(meeting, tmp_path, "ar"))


def test_in_an_arabic_report_french_minutes_are_said_to_be_so(meeting, tmp_path):
    meeting.language = "fr"
    assert "يرد نص المحضر باللغة الفرنسية" in whole(paper(meeting, tmp_path, "ar"))


def test_each_block_of_pasted_text_says_its_own_direction():
    markup = "<h3>أولاً</h3><ul><li>Un</li><li>اثنان</li></ul><blockquote>« Oui »</blockquote><p>45</p>"
    assert on_paper(markup, "rtl") == (
        '<h4 dir="rtl">أولاً</h4><ul dir="ltr"><li dir="ltr">Un</li><li dir="rtl">اثنان</li></ul>'
        '<blockquote dir="ltr">« Oui »</blockquote><p dir="rtl">45</p>'
    )
    assert on_paper('<p dir="auto">x &lt;b&gt; https://a.test/?a=1&amp;b=2.</p>', "rtl") == (
        '<p dir="ltr">x &lt;b&gt; <bdi dir="ltr">https://a.test/?a=1&amp;b=2</bdi>.</p>'
    )


@pytest.mark.parametrize("language", ["ar", "fr"])
@pytest.mark.parametrize("audience", ["participants", "public"])
def test_nothing_runs_off_the_page(meeting, language, audience, tmp_path):
    outside = [row for row in words(paper(meeting, tmp_path, language, audience)) if row[1] < 40 or row[3] > 555]
    assert outside == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ar", "نص المحضر ليس جزءا من هذا التقرير العمومي."),
        ("fr", "Le procès-verbal ne fait pas partie de ce rapport public."),
    ],
)
def test_a_public_report_without_minutes_says_so(meeting, language, sentence, tmp_path):
    assert sentence not in whole(paper(meeting, tmp_path, language, "public"))
    assert sentence in whole(paper(meeting, tmp_path, language, "public", left_out=["minutes"]))
    meeting.audience = Meeting.Audience.MEMBERS
    assert sentence in whole(paper(meeting, tmp_path, language, "public"))
    assert sentence not in whole(paper(meeting, tmp_path, language, "participants", left_out=["minutes"]))


def test_tifinagh_has_a_face(meeting, tmp_path):
    path, letters = paper(meeting, tmp_path), demanding.TIFINAGH.split()[0]
    assert {letters, letters[::-1]} & set(whole(path).split())
    faces = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(path).pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert [face for face in faces if "Tifinagh" in face or "DejaVu" in face]
