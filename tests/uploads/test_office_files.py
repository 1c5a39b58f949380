"""Office files are measured before they are opened: what unpacks to more than it seems to hold is refused in words."""

import io
import tracemalloc

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core import archives
from portal.core.uploads import UploadField
from tests.uploads import bombs

MB = bombs.MB


def taken(name: str, content: bytes):
    return UploadField().clean(SimpleUploadedFile(name, content))


def why_not(name: str, content: bytes) -> str:
    with pytest.raises(forms.ValidationError) as refusal:
        taken(name, content)
    return refusal.value.code


def peak(act) -> int:
    """Bytes that were held at once while it ran, beyond those before."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("ending", bombs.OFFICE)
def test_an_office_file_is_taken(ending):
    content = bombs.office(ending, ("Pictures/picture.png", bombs.blank_png(20)))
    kept = taken(f"letter{ending}", content)
    assert (kept.name, kept.read()) == (f"letter{ending}", content)


@pytest.mark.parametrize("ending", bombs.OFFICE)
def test_what_says_its_kind_in_many_megabytes_is_refused_without_reading_it(ending):
    content = bombs.bomb(ending, megabytes=30)
    assert peak(lambda: why_not(f"letter{ending}", content)) < 3 * MB + 3 * len(content)
    assert why_not(f"letter{ending}", content) == "size"


def test_a_file_larger_than_is_unpacked_is_refused_however_it_is_packed():
    content = io.BytesIO(bombs.office(".docx", ("word/media/a.bin", bytes(range(200)))))
    with archives.opened(content) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    with archives.opened(content, most=unpacked):
        pass
    with pytest.raises(archives.Unfit, match="size"), archives.opened(content, most=unpacked - 1):
        pass


def test_a_list_of_a_hundred_thousand_parts_is_not_read():
    content = bombs.many_parts(parts=100_000)
    assert peak(lambda: why_not("letter.odt", content)) < 2 * MB + 2 * len(content)
    assert why_not("letter.odt", content) == "size"
    assert why_not("letter.odt", bombs.many_parts(parts=archives.MOST_PARTS)) == "size"
    assert taken("letter.odt", bombs.many_parts(parts=archives.MOST_PARTS - 2))


@pytest.mark.parametrize("made", [bombs.lying, bombs.squeezed])
def test_a_file_that_lies_about_its_size_is_not_unpacked_beyond_what_it_says(made):
    content = made(megabytes=64)
    assert peak(lambda: why_not("letter.odt", content)) < 3 * MB
    assert why_not("letter.odt", content) == "damaged"


@pytest.mark.parametrize(
    "prolog",
    [
        bombs.LAUGHS,
        '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]><w>&a;</w>',
        "<!DOCTYPE w [<!ENTITY % a \"<!ENTITY b SYSTEM 'http://example.org/'>\">%a;]><w/>",
        "<!--" + "x" * archives.LONGEST_PROLOG + f"-->{bombs.LAUGHS}",
    ],
)
@pytest.mark.parametrize("ending", [".xlsx", ".odt"])
def test_entities_that_grow_or_are_fetched_are_refused(ending, prolog):
    content = bombs.office(ending, ("drawings/drawing1.xml", prolog))
    assert why_not(f"letter{ending}", content) == "declarations"


def test_a_document_type_and_a_drawing_of_a_drawing_program_are_no_harm():
    drawing = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd" [<!ENTITY ns "http://example.org/"/>]><svg/>'
    old = '<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"><manifest/>'
    parts = ("Pictures/a.svg", drawing.replace('"/>]', '">]')), ("META-INF/manifest.xml", old)
    assert taken("letter.odt", bombs.office(".odt", *parts))


def test_what_is_packed_inside_is_not_opened():
    inside = ("word/embeddings/inside.docx", bombs.bomb(".docx", 30))
    assert taken("letter.docx", bombs.office(".docx", inside))


def macros(ending: str) -> bytes:
    main = bombs.MAIN[ending].replace("document.main", "document.macroEnabled.main")
    return bombs.archive(("[Content_Types].xml", bombs.TYPES.format(f"{bombs.MAIN[ending]} {main} macroEnabled")))


def protected() -> bytes:
    content = bytearray(bombs.office(".docx"))
    for place, mark in ((content.rfind(b"PK\x01\x02"), 8), (content.find(b"PK\x03\x04"), 6)):
        content[place + mark] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("letter.odt", bombs.office(".docx"), "content"),
        ("letter.docx", bombs.office(".xlsx"), "content"),
        ("letter.ods", bombs.office(".odt"), "content"),
        ("letter.docx", macros(".docx"), "content"),
        ("letter.docx", bombs.archive(("anything.txt", "x")), "content"),
        ("letter.odt", bombs.archive(("mimetype", "application/vnd.oasis.opendocument.text-template")), "content"),
        ("letter.docx", protected(), "damaged"),
        ("letter.docx", bombs.office(".docx")[:-30], "damaged"),
        ("letter.docx", bombs.office(".docx")[:200], "damaged"),
        ("letter.docx", b"PK\x03\x04", "damaged"),
        ("letter.docx", bombs.PDF, "content"),
        ("list.xlsx", b"", "empty"),
        ("letter.zip", bombs.archive(("a.txt", "x")), "kind"),
    ],
)
def test_what_is_no_office_file_is_refused(name, content, code):
    assert why_not(name, content) == code
