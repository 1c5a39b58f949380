"""The documents a report names: their order, and their sizes as each language reads them."""

import shutil

import pytest

from meetings.models import Document
from meetings.reports.collect import collect
from tests import factories
from tests.meetings.paper import paper, place


@pytest.fixture
def meeting(db):
    meeting = factories.MeetingFactory(state="held", audience="public")
    item = factories.AgendaItemFactory(meeting=meeting, position=1)
    for title, of in (("قائمة", None), ("عرض", item)):
        Document.objects.create(
            meeting=meeting, item=of, title=title, file_name="x.pdf", file_size=13_700, audience="public"
        )
    return meeting


def test_what_belongs_to_no_item_comes_last_on_every_database(meeting):
    rows = collect(meeting, language="ar", audience="public")["sections"]["annexes"]["rows"]
    assert [row["title"] for row in rows] == ["عرض", "قائمة"]


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_in_arabic_the_number_of_a_size_is_read_before_its_unit(meeting, tmp_path):
    arabic, french = (paper(meeting, tmp_path, language) for language in ("ar", "fr"))
    assert place(arabic, "13,4")[1] > place(arabic, "كيلوبايت")[1]
    assert place(french, "13,4")[1] < place(french, "Ko")[1]
