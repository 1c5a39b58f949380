"""What a PDF may read, and how its letters are drawn."""

import pytest
from fontTools.ttLib import TTFont

from portal.core.faces import readable
from portal.core.pdf import FONTS, OwnFilesOnly


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
