"""Telephone numbers as Morocco writes them: read in any spelling, kept as E.164, shown as people dial them."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.core.text import fold_digits

COUNTRY = "MA"
#: a number as it is kept
E164 = re.compile(r"\+\d{7,15}")
#: what parts two numbers written in one place
BETWEEN = re.compile(r"[/;،,\n]|\s[وo]\s|\s(?:et|ou|and|or)\s")
EXTENSION = re.compile(r"\(?\s*(?:poste|ext\.?|extension|الخط الداخلي|تحويلة)\s*:?\s*\d+\s*\)?", re.IGNORECASE)
SPREADSHEET = re.compile(r"^\d+[.,]\d+\s*e\s*\+?\d+$", re.IGNORECASE)


def normalise_phone(text: str) -> str:
    """The number as E.164 (`+212536001122`), however it was written; '' stays ''.

    Raises ValidationError with a sentence: two numbers in one field, a number a spreadsheet has cut, or none at all.
    """
    # Invisible direction marks come along when a number is copied from an Arabic page.
    written = "".join(sign for sign in fold_digits(text) if unicodedata.category(sign) != "Cf").strip()
    if not written:
        return ""
    if SPREADSHEET.match(written):
        raise ValidationError(_("A spreadsheet has shortened this number: write all its digits."), code="shortened")
    written = EXTENSION.sub("", re.sub(r"\.0$", "", written))
    if len([piece for piece in BETWEEN.split(written) if len(re.findall(r"\d", piece)) >= 8]) > 1:
        raise ValidationError(_("Write one number here, and the other in contact details of its own."), code="several")
    digits = "".join(sign for sign in written if not sign.isalpha())
    try:
        parsed = phonenumbers.parse(digits, COUNTRY)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        raise ValidationError(_("This is not a telephone number: write it like 05 36 00 11 22."), code="invalid")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def phone_text(number: str) -> str:
    """`+212536001122` as 05 36 00 11 22; a foreign number in its international form; anything else as it is."""
    try:
        parsed = phonenumbers.parse(number, COUNTRY)
    except phonenumbers.NumberParseException:
        return number
    if parsed.country_code != 212:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    digits = "0" + str(parsed.national_number)
    return " ".join(digits[i : i + 2] for i in range(0, len(digits), 2))


class PhoneField(forms.CharField):
    """A telephone number in any spelling; gives E.164."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"dir": "ltr", "inputmode": "tel"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        # That of the column: what people write around a number is longer than what is kept.
        kwargs.pop("max_length", None)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return phone_text(value) if isinstance(value, str) and value.startswith("+") else value

    def clean(self, value: Any) -> str:
        return normalise_phone(super().clean(value))
