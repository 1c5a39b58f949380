"""A programme pasted as lines: what each line is understood as, and what stands on the programme then."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from meetings.actions.agenda import add_items
from meetings.models import AgendaItem, Meeting
from meetings.rules.pasted_items import kind_of, pasted_items
from portal.core.errors import Refused
from tests import factories
from tests.answers import stamp

Kind = AgendaItem.Kind


def read(line: str) -> tuple[str | None, int | None, str]:
    [item] = pasted_items(line)
    return item.says if item.says is None else f"{item.says // 60}:{item.says % 60:02d}", item.minutes, item.title


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("09:30 كلمة افتتاحية – 15 د", ("9:30", 15, "كلمة افتتاحية")),
        (
            "٠٩:٤٥ – ١٠:١٥ عرض حول وضعية المهاجرين (جماعة الناظور)",
            ("9:45", 30, "عرض حول وضعية المهاجرين (جماعة الناظور)"),
        ),
        ("\u200f10:00\u200f نقاش", ("10:00", None, "نقاش")),
        ("10h15 – 10h45 : Présentation du diagnostic", ("10:15", 30, "Présentation du diagnostic")),
        ("من 10:45 إلى 11:00 استراحة شاي", ("10:45", 15, "استراحة شاي")),
        ("من الساعة 9 صباحا إلى الساعة 10 صباحا عرض", ("9:00", 60, "عرض")),
        ("الساعة 9 و30 دقيقة تسجيل المشاركين", ("9:30", None, "تسجيل المشاركين")),
        ("2:30 م كلمة ختامية", ("14:30", None, "كلمة ختامية")),
        ("(10:30-11:00) Pause-café", ("10:30", 30, "Pause-café")),
        ("9h-9h30 Accueil", ("9:00", 30, "Accueil")),
        ("14.00 Ateliers, 1 h 30", ("14:00", 90, "Ateliers")),
        ("1) 11:00 نقاش عام (ساعة ونصف)", ("11:00", 90, "نقاش عام")),
        ("2. عرض التوصيات – نصف ساعة", (None, 30, "عرض التوصيات")),
        ("3- المصادقة على التوصيات 20 دقيقة", (None, 20, "المصادقة على التوصيات")),
        ("كلمة السيد العامل: 10 دقائق", (None, 10, "كلمة السيد العامل")),
        ("Lecture des recommandations (15 minutes).", (None, 15, "Lecture des recommandations")),
        ("| 10:00 | Table ronde – Migration et emploi | 45' |", ("10:00", 45, "Table ronde – Migration et emploi")),
        ("• مختلفات", (None, None, "مختلفات")),
        # no hour, no length and no number of a list
        ("Réunion de 10h à Nador", (None, None, "Réunion de 10h à Nador")),
        ("Projet 2030 : bilan", (None, None, "Projet 2030 : bilan")),
        ("خطة العمل 2025-2027 – 30 د", (None, 30, "خطة العمل 2025-2027")),
        ("12 associations présentent leurs projets", (None, None, "12 associations présentent leurs projets")),
        ("7 دقائق لكل متدخل", (None, None, "7 دقائق لكل متدخل")),
        ("M. le Gouverneur ouvre la séance", (None, None, "M. le Gouverneur ouvre la séance")),
        ("10:00", ("10:00", None, "")),
    ],
)
def test_a_line_is_understood(line, understood):
    assert read(line) == understood


def test_lines_that_say_nothing_and_the_headings_of_a_table_are_no_items():
    text = "التوقيت\tالموضوع\tالمدة\n\n-----\n1\t09:00\tAccueil\t30 min\tASTICUDE\n\u200e\n"
    [item] = pasted_items(text)
    assert (item.line, item.title, item.minutes, item.words) == (4, "Accueil", 30, ["ASTICUDE"])


def test_the_next_hour_ends_an_item_without_a_length():
    assert [item.minutes for item in pasted_items("9:00 أ\n9:45 ب\n10:00 ج")] == [45, 15, None]
    assert [item.minutes for item in pasted_items("9:00 أ\n9:00 ب")] == [None, None]
    assert [item.minutes for item in pasted_items("22:00 أ\n10:00 ب")] == [None, None]  # twelve hours are no item


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("استراحة شاي", Kind.BREAK),
        ("Pause déjeuner", Kind.BREAK),
        ("الجلسة الافتتاحية", Kind.OPENING),
        ("Mot de bienvenue", Kind.OPENING),
        ("المصادقة على التوصيات", Kind.DECISION),
        ("Débat général", Kind.DISCUSSION),
        ("كلمة ختامية", Kind.OTHER),
        ("عرض حول الهجرة", Kind.PRESENTATION),
    ],
)
def test_the_kind_follows_from_the_words_of_the_title(title, kind):
    assert kind_of(title) == kind


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(
        space=space, organiser=association, starts_at=datetime(2026, 12, 4, 9, 30, tzinfo=UTC), times_known=True
    )


LINES = "09:30 كلمة افتتاحية – 15 د\n09:45\tعرض\t{name}\t30 د\n10:30 نقاش – 1 h\n11:15"


def test_lines_are_shown_as_they_will_stand_and_then_added(as_user, secretariat, meeting, association):
    client, address = as_user(secretariat), reverse("meetings:add_items", args=[meeting.reference])
    data = {"lines": LINES.format(name=association.name_ar)}
    page = client.post(address, data)
    assert page.status_code == 200
    assert not AgendaItem.objects.exists()
    assert [line.item.title_ar for line in page.context["lines"]] == ["كلمة افتتاحية", "عرض", "نقاش"]
    assert [len(line.remarks) for line in page.context["lines"]] == [0, 0, 1]  # 10:30 is said, it begins at 10:15
    assert [item.line for item, _why in page.context["left"]] == [4]

    answer = client.post(address, data | {"add": "1"})
    assert answer.status_code == 302
    first, second, third = AgendaItem.objects.order_by("position")
    assert [item.minutes_planned for item in (first, second, third)] == [15, 30, 60]
    assert (first.kind, third.kind) == (Kind.OPENING, Kind.DISCUSSION)
    assert list(second.presenters.all()) == [association]
    assert second.history.get().history_user == secretariat

    again = client.post(address, data)
    assert all(any("سبق إدراج" in remark for remark in line.remarks) for line in again.context["lines"])


def test_who_is_no_institution_of_the_meeting_stands_as_it_was_written(as_user, secretariat, meeting):
    client, address = as_user(secretariat), reverse("meetings:add_items", args=[meeting.reference])
    data = {"lines": "09:30\tعرض\tرئيس مصلحة التعاون", "add": "1"}
    assert client.post(address, data).status_code == 302
    item = AgendaItem.objects.get()
    assert (item.note_ar, item.presenters.count()) == ("رئيس مصلحة التعاون", 0)


def test_a_meeting_in_french_needs_no_title_in_arabic(as_user, secretariat, meeting):
    Meeting.objects.update(language="fr")
    client, address = as_user(secretariat), reverse("meetings:add_items", args=[meeting.reference])
    client.post(address, {"lines": "9h30 Ouverture (15 min)", "add": "1"})
    item = AgendaItem.objects.get()
    assert (item.title_fr, item.title_ar, str(item)) == ("Ouverture", "", "Ouverture")
    edit = reverse("meetings:edit_item", args=[item.pk])
    changed = {"title_fr": "Mot d’ouverture", "kind": "opening", "minutes_planned": "15"}
    assert client.post(edit, changed | stamp(client, edit)).status_code == 302
    without = {"title_fr": "", "title_ar": "كلمة", "kind": "opening"}
    assert client.post(edit, without | stamp(client, edit)).status_code == 422


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [("", "المرجو ملء هذه الخانة."), ("10:00\n15 د", "لا يتضمن أي سطر عنوان نقطة."), ("نقطة\n" * 101, "101")],
)
def test_what_cannot_be_read_is_kept_and_said(as_user, secretariat, meeting, lines, sentence):
    client, address = as_user(secretariat), reverse("meetings:add_items", args=[meeting.reference])
    for button in ({}, {"add": "1"}):
        page = client.post(address, {"lines": lines, **button})
        assert (page.status_code, sentence in page.text) == (422, True)
    assert not AgendaItem.objects.exists()


def test_a_title_that_is_too_long_is_left_out_and_named(as_user, secretariat, meeting):
    client, address = as_user(secretariat), reverse("meetings:add_items", args=[meeting.reference])
    page = client.post(address, {"lines": "10:00 " + "ج" * 301 + "\n10:30 نقاش"})
    assert ([item.line for item, _why in page.context["left"]], len(page.context["lines"])) == ([1], 1)


def test_a_hundred_items_cost_a_number_of_queries_that_their_number_says(
    as_user, secretariat, meeting, django_assert_num_queries
):
    client, address = as_user(secretariat), reverse("meetings:add_items", args=[meeting.reference])
    data = {"lines": "\n".join(f"نقطة {number} – 5 د" for number in range(100))}
    with django_assert_num_queries(8):
        assert client.post(address, data).status_code == 200


def test_nobody_else_writes_them_and_a_meeting_that_is_over_takes_none(as_user, officer, secretariat, meeting):
    address = reverse("meetings:add_items", args=[meeting.reference])
    assert as_user(officer).get(address).status_code == 403
    Meeting.objects.update(state=Meeting.State.CLOSED)
    with pytest.raises(Refused):
        add_items(Meeting.objects.get(), items=[{"title_ar": "نقطة"}], by=secretariat)
