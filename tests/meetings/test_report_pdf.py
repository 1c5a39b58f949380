"""The pages themselves: tagged, in their language, in our own face, readable back in the order of the words."""

import io
import re
import shutil
import subprocess

import pytest
from django.utils.translation import gettext, override
from pypdf import PdfReader

from meetings import work
from meetings.actions.reports import make_report
from meetings.models import Attendance, Report
from meetings.reports.collect import collect
from portal.core.acting import THE_PORTAL
from tests import factories
from tests.meetings.large import large_meeting

AXES = ("توضيح الأدوار", "تقوية آليات التنسيق", "توحيد الجهود بين مختلف الفاعلين")


def render(meeting, language="ar", audience="participants"):
    data = collect(meeting, language=language, audience=audience)
    report, _new = make_report(meeting, language=language, audience=audience, data=data, by=THE_PORTAL)
    return work.render(report)


@pytest.fixture
def meeting(db, settings):
    settings.IS_DEMO = True
    meeting = large_meeting(items=3, institutions=10)
    for number, axis in enumerate(AXES):
        factories.AgendaItemFactory(
            meeting=meeting, position=10 + number, title_ar=axis, title_fr=f"Axe d’essai {number}"
        )
    return meeting


def text_of(content, tmp_path):
    if not shutil.which("pdftotext"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout


def fonts_of(reader):
    found = {}
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            found[descendant["/BaseFont"]] = descendant["/FontDescriptor"].get_object()
    return found


@pytest.mark.parametrize(("language", "title"), [("ar", "title_ar"), ("fr", "title_fr")])
def test_the_file_is_tagged_has_language_title_and_outline_and_embeds_its_faces(meeting, language, title):
    reader = PdfReader(io.BytesIO(render(meeting, language)))
    root = reader.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == language
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert reader.metadata.title == getattr(meeting, title)
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert len(reader.outline) >= 1
    fonts = fonts_of(reader)
    assert fonts
    assert all("IBM-Plex-Sans-Arabic" in name for name in fonts)
    assert all("/FontFile2" in descriptor or "/FontFile3" in descriptor for descriptor in fonts.values())


def test_the_text_layer_holds_the_axes_and_the_moroccan_date_in_the_order_of_the_words(meeting, tmp_path):
    text = " ".join(text_of(render(meeting), tmp_path).split())
    bare = "".join(letter for letter in text if letter not in "\u202a\u202b\u202c\u200e\u200f")
    for words in (*AXES, "الجمعة", "شتنبر", "الناظور"):
        assert words in bare


def test_the_french_report_says_the_date_in_french(meeting, tmp_path):
    text = " ".join(text_of(render(meeting, "fr"), tmp_path).split())
    assert "Vendredi 26 septembre 2025" in text
    assert "Nador" in text


@pytest.mark.parametrize("is_demo", [True, False])
def test_every_page_of_a_demonstration_says_so(meeting, settings, tmp_path, is_demo):
    settings.IS_DEMO = is_demo
    content = render(meeting, "fr")
    pages = len(PdfReader(io.BytesIO(content)).pages)
    with override("fr"):
        notice = gettext("Demonstration – sample data")
    assert text_of(content, tmp_path).count(notice) == (pages if is_demo else 0)


def test_a_public_report_of_a_meeting_for_members_holds_no_minutes(meeting):
    meeting.audience = "members"
    assert "minutes" not in collect(meeting, language="ar", audience="public")["sections"]
    assert "minutes" in collect(meeting, language="ar", audience="participants")["sections"]


def test_the_verify_line_carries_number_and_fingerprint(meeting, tmp_path):
    content = render(meeting)
    report = Report.objects.get()
    assert report.short_fingerprint in " ".join(text_of(content, tmp_path).split())


@pytest.mark.parametrize(("language", "words"), [("fr", "être affiché."), ("ar", "الشعار")])
def test_a_report_comes_without_a_logo_that_cannot_be_read_and_does_not_speak_of_it(
    meeting, settings, tmp_path, language, words
):
    settings.MEDIA_ROOT = tmp_path
    owner, field = (meeting.space, "letterhead") if meeting.space else (meeting.organiser, "logo")
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n cut off")
    setattr(owner, field, "logo.png")
    content = render(meeting, language)
    said = " ".join(text_of(content, tmp_path).split())
    assert "ATCD" in said
    assert words not in said


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_no_endless_word_or_address_leaves_the_margins(meeting, tmp_path, language):
    """Each word's box on each page, in points; the sheet is A4 with margins of 20 mm."""
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext on this machine (Debian and Ubuntu: sudo apt-get install poppler-utils)")
    word, address = "Coordination" * 20, "https://example.org/" + "a" * 220
    actor = factories.ActorFactory(name_ar="التنسيق" * 30, name_fr=word, acronym="A" * 30)
    text = {"text_ar": f"إعداد دليل عملي: {address} ثم نشره", "text_fr": f"Publier {address} puis {word}"}
    recommendation = factories.RecommendationFactory(meeting=meeting, reference="TST-2025-01-" + "R" * 28, **text)
    factories.AssignmentFactory(recommendation=recommendation, actor=actor)
    Attendance.objects.create(meeting=meeting, actor=actor, status=Attendance.Status.PRESENT)
    path = tmp_path / "report.pdf"
    path.write_bytes(render(meeting, language))
    boxes = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True).stdout
    margin, width = 20 / 25.4 * 72, 210 / 25.4 * 72
    found = [tuple(map(float, one)) for one in re.findall(r'xMin="([\d.-]+)"[^>]*xMax="([\d.-]+)"', boxes)]
    assert len(found) > 100
    assert [(left, right) for left, right in found if left < margin - 3 or right > width - margin + 3] == []
