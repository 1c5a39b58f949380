"""Telephone numbers: every way of writing one gives the same number, and a wrong one a sentence."""

import pytest
from django.core.exceptions import ValidationError

from portal.core.phones import normalise_phone, phone_text


@pytest.mark.parametrize(
    "written",
    [
        "0536001122",
        "05.36.00.11.22",
        "05-36-00-11-22",
        "00212 536 00 11 22",
        "+212 (0)5 36 00 11 22",
        "+212 05 36 00 11 22",
        "212536001122",
        "536001122",
        "٠٥٣٦٠٠١١٢٢",
        "\u200f0536001122\u200e",
        "0536001122.0",
        "Tél: 0536001122 (poste 12)",
        "الهاتف: 05 36 00 11 22",
    ],
)
def test_every_spelling_gives_the_same_number(written):
    assert normalise_phone(written) == "+212536001122"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("0536001122 / 0661223344", "several"),
        ("0536001122 و 0661223344", "several"),
        ("5,36001E+08", "shortened"),
        ("0036001122", "invalid"),
        ("12", "invalid"),
        ("bonjour", "invalid"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(written, code):
    with pytest.raises(ValidationError) as error:
        normalise_phone(written)
    assert error.value.code == code


def test_no_number_stays_none():
    assert normalise_phone("  ") == ""


def test_numbers_are_shown_as_people_dial_them():
    assert phone_text("+212536001122") == "05 36 00 11 22"
    assert phone_text("+33142685300") == "+33 1 42 68 53 00"
