"""What a PDF may read, and how its letters are drawn."""

import pytest
from fontTools.ttLib import TTFont
from weasyprint import HTML
from weasyprint.formatting_structure.boxes import LineBox
from weasyprint.layout import inline

from portal.core.faces import readable
from portal.core.pdf import FONTS, OwnFilesOnly, Paper, _each_line_once


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        f"file://{FONTS}/../__init__.py",
        f"file://{FONTS}/%2e%2e/__init__.py",
        "http://127.0.0.1:9/x.png",
        "ftp://127.0.0.1/x",
    ],
)
def test_text_that_people_wrote_fetches_nothing(address):
    with pytest.raises(ValueError, match=r".+"):
        OwnFilesOnly().fetch(address)


def test_fonts_and_data_addresses_are_read():
    assert OwnFilesOnly().fetch(f"{FONTS.as_uri()}/IBMPlexSansArabic-Regular.ttf").read()[:4] == b"\x00\x01\x00\x00"
    assert OwnFilesOnly().fetch("data:text/plain,x").read() == b"x"


def test_a_lam_and_its_alef_are_a_glyph_each(tmp_path):
    path = tmp_path / "face.ttf"
    path.write_bytes(readable(FONTS / "IBMPlexSansArabic-Regular.ttf"))
    font = TTFont(path)
    assert font["hmtx"]["uniFEDF.blank"] == (0, 0)
    assert font["glyf"]["uniFEDF.blank"].numberOfContours == 0
    table = font["GSUB"].table
    lookups = {
        number
        for row in table.FeatureList.FeatureRecord
        if row.FeatureTag == "rlig"
        for number in row.Feature.LookupListIndex
    }
    assert sorted(table.LookupList.Lookup[number].LookupType for number in lookups) == [4, 6]


PAGE = """<html lang="ar" dir="rtl"><style>div { inline-size: 40mm }</style><body><h1>تقرير لقاء</h1>
<div>يتتبع الفضاء تنفيذ <b>التوصيات</b> التي اعتمدت خلال <bdi dir="ltr">GTPN-2026-02</bdi> الاجتماع</div>
<ol><li>أولا<ul><li>ثانيا</li></ul></li></ol><p dir="ltr" lang="fr">Le rapport de la réunion</p>
<table><tr><td>خانة</td></tr></table>"""


def test_pages_are_those_of_the_engine_and_each_line_is_laid_out_once(monkeypatch):
    laid_out = []
    split = inline.split_inline_box

    def counted(context, box, *args, **kwargs):
        if isinstance(box, LineBox):
            laid_out.append(box)
        return split(context, box, *args, **kwargs)

    monkeypatch.setattr(inline, "split_inline_box", counted)
    usual = HTML(string=PAGE).render()
    twice, laid_out[:] = len(laid_out), []
    with _each_line_once():
        ours = Paper(string=PAGE).render()
    assert list(_places(ours)) == list(_places(usual))
    assert len(laid_out) < twice


def _places(document):
    """Each box of a document with its place and size, and its text."""
    for page in document.pages:
        for box in page._page_box.descendants():
            yield type(box).__name__, box.position_x, box.position_y, box.width, box.height, getattr(box, "text", "")
