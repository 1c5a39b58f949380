"""The name of a file is kept as it can be shown: no sign that nobody sees, no longer than the column, its ending."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from meetings.models import Document
from portal.core.files import LONGEST_NAME, tidy_name
from portal.core.uploads import UploadField
from tests.uploads import bombs

TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("عرض الجماعة.pdf", "عرض الجماعة.pdf"),
        ("report\u202efdp.exe", "reportfdp.exe"),
        (f"{TURNS}a{TURNS}.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: b\x00.pdf", "a Set-Cookie: b .pdf"),
        ("a\u2028b\tc  d.pdf", "a b c d.pdf"),
        ("C:\\Documents\\letter.docx", "letter.docx"),
        ("../../etc/letter.docx", "letter.docx"),
        ("نمی\u200cدانم.pdf", "نمی\u200cدانم.pdf"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
        ("ع" * 300 + ".docx", "ع" * 195 + ".docx"),
        ("a." + "b" * 300, "a." + "b" * 198),
        ("a" * 300, "a" * 200),
        ("half \ud800 of a letter.pdf", "half of a letter.pdf"),
        ("", ""),
    ],
)
def test_the_name_of_a_file_is_tidied(name, kept):
    assert tidy_name(name) == kept
    assert tidy_name(kept) == kept
    assert len(kept) <= LONGEST_NAME


def test_what_is_handed_in_and_what_is_kept_have_the_tidied_name():
    upload = SimpleUploadedFile("x.pdf", bombs.PDF)
    upload._name = "ع" * 290 + "\u202efdp.pdf"
    assert UploadField().clean(upload).name == "ع" * 196 + ".pdf"
    upload._name = "a\u202eb.pdf"
    document = Document()
    document.take_file(upload)
    assert document.file_name == "ab.pdf"


def test_an_ending_is_read_after_the_name_is_tidied():
    with pytest.raises(forms.ValidationError) as refusal:
        UploadField().clean(SimpleUploadedFile("letter\u202efdp.exe", bombs.PDF))
    assert refusal.value.code == "kind"
    assert UploadField().clean(SimpleUploadedFile("letter.pdf\u202c", bombs.PDF)).name == "letter.pdf"
