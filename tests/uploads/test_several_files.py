"""Several files of which some cannot be taken: each fault is said at once, under the name of its file."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from portal.core.uploads import FilesField
from tests.uploads import bombs

LIE = "The content of this file is not what its name says. Save it again as PNG and try once more."


def faults_of(*files: tuple[str, bytes]) -> list[str]:
    with override("en"), pytest.raises(forms.ValidationError) as refusal:
        FilesField().clean([SimpleUploadedFile(name, content) for name, content in files])
    return refusal.value.messages


def test_every_file_that_cannot_be_taken_is_named_with_what_is_wrong():
    large, good, lying = ("a.png", bombs.blank_png(9_000)), ("d.pdf", bombs.PDF), ("b.png", b"only a text")
    first, second, third = faults_of(large, good, lying, ("c.gif", b"GIF89a"))
    assert first.startswith("\u2068a.png\u2069: This picture measures 9,000 × 9,000 pixels")
    assert second == f"\u2068b.png\u2069: {LIE}"
    assert third.startswith("\u2068c.gif\u2069: Files of this kind are not taken.")


def test_the_only_file_is_not_named_again():
    assert faults_of(("b.png", b"only a text")) == [LIE]
