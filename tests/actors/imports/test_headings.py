"""Where the headings are and what they mean, in three languages and as people misspell them."""

import pytest

from actors.directory.rules.fields import COLUMNS
from actors.imports.models import ImportLayout
from actors.imports.table.headings import columns_of, fingerprint, is_slip, propose
from portal.core.tables import Book, Row, Table
from tests.costs import cost

pytestmark = pytest.mark.django_db


def keys(*cells: str) -> list[str]:
    found = columns_of(cells)
    return [found.get(place, "") for place in range(len(cells))]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_headings_of_the_export_are_understood_without_a_correction(language):
    headings = [column.heading(language) for column in COLUMNS]

    assert keys(*headings) == [column.key for column in COLUMNS]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("  اسم الفاعل (بالعربية)", "name_ar"),
        ("الاسم بالفرنسية / Nom FR", "name_fr"),
        ("البريد  الالكتروني", "email"),
        ("البريد الاكتروني", "email"),
        ("العمالة / الإقليم", "province"),
        ("تاريخ آخر تحيين", "updated"),
        ("رقم الهاتف", "phone"),
        ("Telephonne", "phone"),
        ("N° de tél.", "phone"),
        ("Code HCP de la commune", "territory"),
        ("Zone d’intervention", "areas"),
        ("Domaines d’intervention", "themes"),
        ("Raison sociale", "name_fr"),
        ("E-mail :", "email"),
        ("#org+id", "identifier"),
        ("رقم الفاكس", "fax"),
        ("Télécopieur", "fax"),
        ("Fax", "fax"),
    ],
)
def test_a_heading_is_understood_as_people_write_it(heading, key):
    assert keys(heading) == [key]


@pytest.mark.parametrize(
    "heading",
    [
        "N°",
        "الرقم",
        "Président",
        "اسم الرئيس",
        "Nom du responsable",
        "Tél / Fax",
        "Date de création",
        "Contact",
        "",
    ],
)
def test_persons_mixed_numbers_and_running_numbers_are_not_read(heading):
    assert keys(heading) == [""]


def test_a_name_without_a_language_is_the_one_its_column_is_written_in():
    below = [Row(2, 2, ["جمعية الأمل", "Association Espoir"])]

    assert columns_of(["Nom", "Dénomination"], below) == {0: "name_ar", 1: "name_fr"}


def test_of_two_columns_with_one_meaning_the_first_is_proposed():
    assert keys("الاسم", "الهاتف", "الهاتف النقال") == ["name_ar", "phone", ""]


def test_the_headings_may_stand_below_titles(sheet):
    found = propose(sheet(["دليل الفاعلين"], [], ["الاسم", "النوع"], ["جمعية الأمل", "جمعية"]))

    assert (found.header_row, found.columns) == (3, {0: "name_ar", 1: "kind"})


def test_headings_under_merged_groups_are_read_together(sheet):
    found = propose(
        sheet(
            ["الاسم", "", "النوع", "معطيات الاتصال", "", "الموقع الترابي"],
            ["بالعربية", "بالفرنسية", "", "الهاتف", "البريد", "الجماعة"],
            ["جمعية الأمل", "Association Espoir", "جمعية", "0536000111", "a@example.org", "الناظور"],
        )
    )

    assert found.header_row == 2
    assert list(found.columns.values()) == ["name_ar", "name_fr", "kind", "phone", "email", "commune"]


def test_rows_of_institutions_are_no_headings(sheet):
    found = propose(sheet(["جمعية الأمل", "جمعية", "الناظور"], ["جماعة الناظور", "جماعة", "الناظور"]))

    assert (found.header_row, found.columns) == (1, {})


def test_the_first_sheet_with_headings_is_read_and_hidden_ones_come_last():
    def table(name, *rows, is_hidden=False):
        return Table(name, [Row(number, number, list(row)) for number, row in enumerate(rows, 1)], is_hidden)

    names = (["الاسم", "النوع"], ["جمعية الأمل", "جمعية"])
    hidden, notes, shown = table("1", *names, is_hidden=True), table("2", ["ملاحظات"]), table("3", *names)

    assert propose(Book("xlsx", "", "", [hidden, notes, shown])).sheet == 2
    assert propose(Book("xlsx", "", "", [hidden, notes])).sheet == 0


def test_what_was_corrected_by_hand_is_remembered_for_the_same_headings(sheet):
    heads = ["Organisme", "Divers", "Tél"]
    ImportLayout.objects.create(fingerprint=fingerprint(heads), columns={"0": "name_fr", "1": "address"})

    found = propose(sheet(["Liste"], ["  ORGANISME ", "divers", "Tel", ""], ["Espoir", "Rue 1", "0536000111"]))

    assert found.remembered
    assert (found.header_row, found.columns) == (2, {0: "name_fr", 1: "address"})


@pytest.mark.parametrize("cells", [["", "-", "***"], ["Nom", "x" * 300]])
def test_a_row_in_which_nothing_can_be_a_heading_has_no_mark_to_be_remembered_by(cells, sheet):
    ImportLayout.objects.create(fingerprint="", columns={"0": "address"})

    assert fingerprint(cells) == ""
    assert not propose(sheet(cells, ["Organisme", "Tél"], ["Espoir", "0536000111"])).remembered


def test_very_long_cells_are_no_headings_and_cost_nothing(sheet):
    long, short = (sheet(*[["téléphone " * words, "Nom français"]] * 40) for words in (12_000, 21))

    assert propose(long).columns == {}
    assert cost(lambda: propose(long)) < 10 * cost(lambda: propose(short))


def test_one_letter_is_a_slip_and_two_are_another_word():
    assert is_slip("تسغناس", "ثسغناس")
    assert is_slip("commune", "comune")
    assert is_slip("commune", "ocmmune")
    assert not is_slip("لوطا", "الجبل")
    assert not is_slip("commune", "commune")
    assert not is_slip("أمل", "أمن")
