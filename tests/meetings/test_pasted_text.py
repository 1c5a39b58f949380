"""What comes from a text processor: tables, and the tabs behind its dots and numbers."""

import pytest

from portal.core.html import clean, paragraphs, plain


def test_the_cells_of_a_pasted_table_stay_apart():
    heads = "<tr><th><p>الجماعة</p></th><th>العدد</th><th>الأجل</th></tr>"
    cells = "<td><p class=MsoNormal><b>جماعة تجريبية ب</b></p></td><td>85</td><td><p>30/06/2027</p><p>(مؤقت)</p></td>"
    empty = "<tr><td></td><td>&nbsp;</td></tr>"
    assert clean(f"<table class=MsoTableGrid border=1>{heads}<tr>{cells}</tr>{empty}</table><p>بعده</p>") == (
        '<p dir="auto">الجماعة | العدد | الأجل</p>'
        '<p dir="auto"><strong>جماعة تجريبية ب</strong> | 85 | 30/06/2027 (مؤقت)</p><p>بعده</p>'
    )


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("<tr><td>85</td></tr>", "85"),
        ("<tr><td>85</td><td>86</td></tr><tr><th>87</th></tr>", "85 | 86 | 87"),
        ("<tr><td>85<table><tr><td>86</td></tr></table>87</td></tr>", "85 | 86 | 87"),
        ("<tr><td></td></tr>", ""),
    ],
)
def test_the_cells_of_a_table_in_a_cell_of_another_stay_apart(cell, words):
    pasted = f"<table><tr><td>a<table>{cell}</table>9</td><td>30</td></tr><tr><td>31</td></tr></table>"
    text = " | ".join(filter(None, ("a", words, "9", "30")))
    assert clean(pasted) == f'<p dir="auto">{text}</p><p dir="auto">31</p>'


def test_cleaning_twice_is_cleaning_once():
    once = clean("<table><tr><td>85</td><td>30/06/2027</td></tr></table><ul><li>x</li></ul>")
    assert clean(once) == once
    assert "85 | 30/06/2027" in plain(once)


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("جماعة تجريبية ب\t85\t30/06/2027", "جماعة تجريبية ب | 85 | 30/06/2027"),
        ("1\tCommune\r\n2\tProvince", "1 | Commune\n2 | Province"),
        ("·\tإحداث خلية\n  •\tتكوين", "· إحداث خلية\n• تكوين"),
        ("1.\tméthode\n12)\tsuites\no\tsous-point", "1. méthode\n12) suites\no sous-point"),
        ("أ-\tتحديد نقط الاتصال", "أ- تحديد نقط الاتصال"),
        ("\tفقرة", "فقرة"),
    ],
)
def test_a_tab_parts_a_dot_or_number_from_its_line_else_cells(pasted, kept):
    assert plain(paragraphs(pasted)) == kept
    assert plain(paragraphs(kept)) == kept
