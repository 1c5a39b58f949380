"""The consultation as a reader meets it: its line in the list of meetings, and its report in two languages."""

import io
import shutil
import subprocess
import unicodedata

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.utils.html import strip_tags
from pypdf import PdfReader

from meetings import work
from meetings.actions.reports import make_report
from meetings.models import Meeting
from meetings.reports.collect import collect
from portal.core.acting import THE_PORTAL
from portal.reference.models import Axis
from tests.region import load_region

pytestmark = pytest.mark.django_db
AXES = {
    "ar": ("توضيح الأدوار", "تقوية آليات التنسيق", "توحيد الجهود"),
    "fr": ("Clarifier les rôles", "Renforcer les mécanismes de coordination", "Unir les efforts"),
}
DAY = {"ar": "الجمعة 26 شتنبر 2025", "fr": "vendredi 26 septembre 2025"}


@pytest.fixture(scope="module")
def loaded(once_for_the_module):
    load_region()
    call_command("load_consultation", demonstration=True, verbosity=0)


@pytest.fixture
def consultation(loaded, db):
    return Meeting.objects.get(reference="ASTICUDE-2025-01")


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_list_of_meetings_shows_the_consultation_on_its_day(consultation, client, language):
    page = client.get(f"/{language}/meetings/").content.decode()

    assert str(getattr(consultation, f"title_{language}")) in page.replace("&#x27;", "'")
    assert DAY[language] in " ".join(strip_tags(page).split()).lower()


@pytest.mark.parametrize("language", ["ar", "fr"])
@pytest.mark.parametrize("audience", ["participants", "public"])
def test_the_report_holds_the_three_axes_and_is_a_good_file(consultation, language, audience, tmp_path):
    data = collect(consultation, language=language, audience=audience)
    report, _is_new = make_report(consultation, language=language, audience=audience, data=data, by=THE_PORTAL)
    path = tmp_path / "report.pdf"
    path.write_bytes(work.render(report))
    reader = PdfReader(io.BytesIO(path.read_bytes()))
    text = _text(path)

    for axis in AXES[language]:
        assert axis in text
    assert all(word in text.lower() for word in DAY[language].split())
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith(language)
    assert str(getattr(consultation, f"title_{language}")) in reader.metadata.title
    assert set(_embedded(reader)) == {True}


def test_the_public_report_names_the_present_only(consultation, tmp_path):
    data = collect(consultation, language="ar", audience="public")
    report, _is_new = make_report(consultation, language="ar", audience="public", data=data, by=THE_PORTAL)
    path = tmp_path / "report.pdf"
    path.write_bytes(work.render(report))
    text = _text(path)

    absent = consultation.attendances.exclude(status__in=("present", "late", "represented"))
    assert absent.count() == 2
    attendance = text[text.index("الحضور") : text.index("توضيح الأدوار")]
    assert not [row for row in absent if row.actor.name_ar in attendance]


def test_the_front_page_tells_a_visitor_what_was_agreed(consultation, client, django_assert_num_queries):
    client.get("/ar/")
    with django_assert_num_queries(4):
        page = client.get("/ar/").content.decode()

    assert Axis.objects.get(code="unite_efforts").name_ar in page
    for word in ("متعثرة", "متأخرة", "محل تحفظ", "دون مستجدات", "متغيبة"):
        assert word not in page
    assert Meeting.objects.visible_to(AnonymousUser()).filter(pk=consultation.pk).exists()


def _text(path) -> str:
    if shutil.which("pdftotext"):
        said = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    else:
        said = "\n".join(page.extract_text() for page in PdfReader(path).pages)
    return " ".join("".join(letter for letter in said if unicodedata.category(letter) != "Cf").split())


def _embedded(reader):
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            kind = font.get_object()
            descendants = kind.get("/DescendantFonts", [font])
            descriptor = descendants[0].get_object()["/FontDescriptor"]
            yield any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3"))
