"""What a cell says: repaired where that is certain, named where it is not, never guessed silently."""

from datetime import date

import pytest

from actors.imports.rules.words import SENTENCES
from actors.imports.table.cells import understand
from actors.imports.table.days import NoDay, read_day
from actors.imports.table.letters import mended, one_line, says_nothing
from actors.imports.table.reach import read_mails, read_phones, read_website
from actors.imports.table.reasons import LEVELS
from portal.core.cells import unquoted

from .conftest import TODAY

NAMES = {"name_ar": "جمعية الأمل", "name_fr": "Association Espoir"}


def said(**cells: str):
    return understand(NAMES | cells, today=TODAY)


def codes(record) -> list[str]:
    return [reason["code"] for reason in record.reasons]


def test_every_reason_has_a_level_and_a_sentence():
    assert set(LEVELS) == set(SENTENCES)


# Letters.


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("  جمعية   الأمل ", "جمعية الأمل"),
        ("جمعيــــة", "جمعية"),
        ("جَمْعِيَّةُ", "جمعية"),
        ("أوﻻد رحو", "أولاد رحو"),
        ("کطیطیر", "كطيطير"),
        ("\u200fجماعة\u200e\u200b", "جماعة"),
        ("\u202bجمعية\u202c", "جمعية"),
        ("\ufeffجمعية", "جمعية"),
        ("جمعية\u00a0الأمل", "جمعية الأمل"),
        ("جمعية\nالأمل", "جمعية الأمل"),
        ("ݣرسيف – فگيگ", "ݣرسيف – فگيگ"),
        ("E\u0301cole", "École"),
        ("نص\x0bفيه\x1f", "نص فيه"),
    ],
)
def test_a_line_is_read_as_it_was_meant(written, read):
    assert one_line(written) == read


@pytest.mark.parametrize("text", ["Société d’à côté – été", "جمعية الأمل – وجدة", "حفظ الصحة"])
def test_letters_read_with_the_wrong_table_are_put_right(text):
    encoded = text.encode()

    for table in ("cp1252", "latin-1", "cp1256"):
        try:
            misread = encoded.decode(table)
        except UnicodeDecodeError:
            continue
        assert mended(misread) == (text, "repaired")
    assert mended(text) == (text, "")
    assert mended("جمعية".encode("cp1256").decode("cp1252")) == ("جمعية", "repaired")


def test_what_cannot_be_put_right_is_called_broken():
    assert mended("Dignit\ufffd")[1] == "broken"
    assert mended("DignitÃ?")[1] == ""
    assert mended("DignitÃ© جمعية")[1] == "broken"


@pytest.mark.parametrize("text", ["-", "—", " . ", "لا يوجد", "Néant", "N/A", "x"])
def test_words_and_strokes_that_say_nothing(text):
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["", "؟؟؟", "0", "Association"])
def test_what_says_something_or_is_empty(text):
    assert not says_nothing(text)


# Numbers, mailboxes, addresses.


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("536000050.0", ["+212536000050"]),
        ("٠٥٣٦٠٠٠٠٢١", ["+212536000021"]),
        ("'+212 536000027", ["+212536000027"]),
        ("الهاتف: 0536000025", ["+212536000025"]),
        ("Tél: 0536001122 (poste 12)", ["+212536001122"]),
        ("0536000056 / 0661223344", ["+212536000056", "+212661223344"]),
        ("0536000111 و 0536000111", ["+212536000111"]),
        ("+34 952 000 000", ["+34952000000"]),
    ],
)
def test_numbers_in_any_spelling(written, numbers):
    found, reasons = read_phones(unquoted(written))

    assert found == numbers
    assert [one["code"] for one in reasons] == (["phone_several"] if len(numbers) > 1 else [])


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("5,36E+08", "phone_shortened"),
        ("0536000", "phone_not_understood"),
        ("-", "phone_none"),
        ("05 36 O0 O1 23", "phone_not_understood"),
        ("0036001122", "phone_not_understood"),
    ],
)
def test_what_is_no_number_is_left_out_and_named(written, code):
    numbers, reasons = read_phones(written)

    assert (numbers, [(one["code"], one["value"]) for one in reasons]) == ([], [(code, written)])


@pytest.mark.parametrize(
    ("written", "mails"),
    [
        (" Info@Example.ORG ", ["info@example.org"]),
        ("mailto:info@example.org", ["info@example.org"]),
        ("info@example.org.", ["info@example.org"]),
        ("info\u200f@example.org", ["info@example.org"]),
        ("Bureau <info@example.org>", ["info@example.org"]),
        ("a@example.org ; b@example.org", ["a@example.org", "b@example.org"]),
        ("a@example.org، b@example.org", ["a@example.org", "b@example.org"]),
        ("a@example.org b@example.org", ["a@example.org", "b@example.org"]),
    ],
)
def test_mailboxes_in_any_spelling(written, mails):
    assert read_mails(written)[0] == mails


@pytest.mark.parametrize(
    "written", ["a(at)example.org", "a@example", "a@@example.org", "a @example.org", "a@exämple.org"]
)
def test_what_is_no_mailbox_is_left_out_and_named(written):
    mails, reasons = read_mails(written)

    assert (mails, [(one["code"], one["value"]) for one in reasons]) == ([], [("email_not_understood", written)])


def test_of_two_mailboxes_the_one_that_is_understood_is_kept():
    mails, reasons = read_mails("a@example.org; b(at)example.org")

    assert (mails, [one["value"] for one in reasons]) == (["a@example.org"], ["b(at)example.org"])


def test_a_website_may_lack_its_scheme_but_must_be_one():
    assert read_website("www.example.org")[0] == "https://www.example.org"
    assert read_website("http://example.org/x")[0] == "http://example.org/x"
    assert [one["code"] for one in read_website("javascript:alert(1)")[1]] == ["website_not_understood"]


# Days.


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("12/03/2026", date(2026, 3, 12)),
        ("2026-03-12 00:00:00", date(2026, 3, 12)),
        ("12 مارس 2026", date(2026, 3, 12)),
        ("5 غشت 2026", date(2026, 8, 5)),
        ("5 أغسطس 2026", date(2026, 8, 5)),
        ("5 آب 2026", date(2026, 8, 5)),
        ("20 تشرين الثاني 2025", date(2025, 11, 20)),
        ("الخميس 12 مارس 2026", date(2026, 3, 12)),
        ("5 août 2026", date(2026, 8, 5)),
        ("1er janv. 2026", date(2026, 1, 1)),
        ("March 3, 2026", date(2026, 3, 3)),
        ("46093", date(2026, 3, 12)),
        ("١٢/٠٣/٢٠٢٦", date(2026, 3, 12)),
        ("", None),
    ],
)
def test_days_in_any_spelling(written, day):
    assert read_day(written, today=TODAY) == day


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("31/02/2026", "date_impossible"),
        ("03/25/2026", "date_month_first"),
        ("مارس 2026", "date_no_day"),
        ("2026", "date_no_day"),
        ("2062-01-01", "date_in_future"),
        ("24/11/2026", "date_in_future"),
        ("12/03/26", "date_not_understood"),
        ("hier", "date_not_understood"),
    ],
)
def test_what_is_no_day_says_why(written, code):
    with pytest.raises(NoDay) as error:
        read_day(written, today=TODAY)
    assert error.value.code == code


# Records.


@pytest.mark.usefixtures("region")
class TestRecords:
    def test_names_in_each_others_column_are_put_right_and_told(self):
        record = understand({"name_ar": NAMES["name_fr"], "name_fr": NAMES["name_ar"]}, today=TODAY)

        assert {key: record.fields[key] for key in NAMES} == NAMES
        assert codes(record) == ["names_swapped"]

    def test_a_name_that_begins_a_formula_is_text_without_it(self):
        record = said(name_ar="=جمعية الأمل")

        assert (record.fields["name_ar"], codes(record)) == ("جمعية الأمل", ["name_formula"])

    def test_the_apostrophe_of_an_export_before_a_formula_is_taken_off_again(self):
        record = said(notes="'=1+1", address="'-")

        assert (record.fields["notes"], codes(record)) == ("=1+1", ["said_none", "formula_as_text"])
        assert said(notes="'Ain").fields["notes"] == "'Ain"

    def test_a_name_with_lost_letters_is_left_out_where_there_is_another_and_asked_about_where_not(self):
        record = said(name_fr="Association ?pis")
        alone = understand({"name_ar": "جمعية ?لأمل"}, today=TODAY)

        assert (record.fields["name_fr"], codes(record)) == ("", ["cell_unreadable"])
        assert (alone.fields["name_ar"], codes(alone)) == ("جمعية ?لأمل", ["name_unreadable"])

    def test_a_name_longer_than_a_name_can_be_is_refused_and_not_cut(self):
        record = said(name_ar="جمعية " * 60)

        assert (record.fields["name_ar"], codes(record)) == ("", ["name_too_long"])

    def test_a_very_long_note_is_kept_whole_and_told(self):
        record = said(notes="تفاصيل " * 1800)

        assert (len(record.fields["notes"]), codes(record)) == (len("تفاصيل " * 1800) - 1, ["long_text"])

    def test_html_is_text(self):
        record = said(notes="<script>alert(1)</script><b>مهم</b>")

        assert record.fields["notes"] == "<script>alert(1)</script><b>مهم</b>"
        assert codes(record) == []

    @pytest.mark.parametrize(
        ("written", "kind"),
        [
            ("جمعيه ", "association"),
            ("Association", "association"),
            ("ONG", "association"),
            ("سلطة إدارية", "authority"),
            ("autorité administrative", "authority"),
            ("مصلحة لاممركزة", "deconcentrated_service"),
            ("Service déconcentré", "deconcentrated_service"),
            ("جماعة ترابية", "commune"),
            ("مجلس منتخب", "elected_council"),
            ("international organisation", "international"),
        ],
    )
    def test_kinds_in_any_language(self, written, kind):
        assert said(kind=written).fields["kind"] == kind

    def test_a_kind_that_is_none_is_asked_about_with_what_the_name_suggests(self):
        record = said(kind="تعاونية")

        assert record.fields["kind"] == ""
        assert [(one["code"], one["suggested"]) for one in record.reasons] == [("kind_unknown", "association")]

    def test_themes_stand_between_any_signs_and_unknown_ones_are_named(self):
        record = said(themes="الصحة / السكن;الفلاحة")

        assert record.fields["themes"] == ["health", "housing"]
        assert [(one["code"], one["value"]) for one in record.reasons] == [("theme_unknown", "الفلاحة")]

    def test_a_regional_body_without_a_place_is_in_the_region_its_name_says(self):
        record = understand({"name_ar": "المنسقية الجهوية للتعاون الوطني لجهة الشرق"}, today=TODAY)
        other = understand({"name_ar": "جمعية نجوم الشرق"}, today=TODAY)

        assert (record.fields["territory"], record.supposed["territory"]) == ("", "02")
        assert "territory" not in other.supposed

    @pytest.mark.parametrize(
        ("cells", "code", "reasons"),
        [
            ({"province": "الناظور", "commune": "بني أنصار", "territory": "02.381.01.03"}, "02.381.01.03", []),
            ({"province": "الناظور", "territory": "02.381.01.03"}, "02.381.01.03", []),
            ({"territory": "02"}, "02", []),
            ({"commune": "بني أنصار", "territory": "02.113"}, "02.113", ["territory_conflict"]),
            ({"commune": "مكان مجهول", "territory": "02.381.01.03"}, "02.381.01.03", ["territory_by_code"]),
            ({"commune": "بني أنصار", "territory": "99"}, "02.381.01.03", ["territory_code_unknown"]),
            ({"province": "خطأ", "commune": "بني أنصار"}, "02.381.01.03", ["province_unknown"]),
            ({"province": "بركان", "commune": "زايو"}, "02.381.01.07", ["territory_conflict"]),
            ({"commune": "فرخانة", "province": "الناظور"}, "02.381.01.03", ["territory_to_confirm"]),
            ({"commune": "تازة"}, "", ["territory_elsewhere"]),
        ],
    )
    def test_names_and_codes_of_places_are_read_together(self, cells, code, reasons):
        record = said(**cells)

        assert (record.fields["territory"], codes(record)) == (code, reasons)
