"""Whatever stands in a file, its check answers: every row gets a verdict, and none raises."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.directory.rules.fields import COLUMNS
from actors.imports.rules.identify import Index
from actors.imports.rules.plan import check_rows
from actors.imports.rules.words import sentence, word
from actors.imports.table.headings import columns_of, fingerprint, propose
from actors.imports.table.letters import mended, one_line
from portal.core.tables import Book, Row, Table
from portal.reference.models import Place, Territory, Theme
from tests.region import load_region

from .conftest import TODAY

pytestmark = pytest.mark.django_db
KEYS = [column.key for column in COLUMNS]
TYPICAL = (
    "", " ", "-", "جمعية الأمل", "Association Espoir", "جمعية", "Commune", "الناظور", "بني أنصار – زايو",
    "02.381.01.03", "0536000111 / 06", "5,36E+08", "a@example.org; b", "الصحة، السكن", "12/03/2026", "31/02/2026",
    "46093", "=1+1", "'=1", "DignitÃ©", "المجموع", "المصدر: x", "#org+name", "?", "٠٥٣٦", "published",
    "\u202bx\u202c", "\ufeff", "ﷺ", "😀", "\ud800",
)  # fmt: skip
cells = st.one_of(st.sampled_from(TYPICAL), st.text(max_size=40), st.text("0123456789./-+@ ,;وء", max_size=20))
quiet = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def places(db):
    load_region(Territory, Place, Theme)


@quiet
@given(table=st.lists(st.lists(cells, min_size=len(KEYS), max_size=len(KEYS) + 2), min_size=1, max_size=6))
def test_any_record_gets_a_verdict(places, table):
    width = max(map(len, table))
    rows = [Row(number, number, (row + [""] * width)[:width]) for number, row in enumerate(table, 1)]

    for one in check_rows(rows, dict(enumerate(KEYS)), 0, directory=[], today=TODAY):
        assert word(one.verdict, one.reasons, needs_choice=one.needs_choice)
        assert all(sentence(reason) for reason in one.reasons)
        json.dumps([one.fields, one.reasons, one.candidates])
        assert max((len(one.fields[key]) for key in ("name_ar", "name_fr", "name_en", "address")), default=0) <= 250
        assert one.decision == "leave" or one.fields["name_ar"] or one.fields["name_fr"] or one.fields["name_en"]
        if one.fields["updated"]:
            assert date.fromisoformat(one.fields["updated"]) <= TODAY


@quiet
@given(table=st.lists(st.lists(cells, max_size=6), min_size=1, max_size=8))
def test_any_table_has_a_proposal(places, table):
    width = max(1, *map(len, table), 1)
    rows = [Row(number, number, (row + [""] * width)[:width]) for number, row in enumerate(table, 1)]

    found = propose(Book("text", "UTF-8", ";", [Table("", rows)]))

    assert found.header_row in {row.number for row in rows}
    assert len(set(found.columns.values())) == len(found.columns)
    assert fingerprint(rows[0].cells) == fingerprint([*rows[0].cells, "", " "])
    assert columns_of(rows[0].cells) == columns_of(rows[0].cells)


@given(text=st.text(max_size=80))
def test_cleaning_twice_is_cleaning_once(text):
    assert one_line(one_line(text)) == one_line(text)
    again, how = mended(text)
    assert how in {"", "repaired", "broken"}
    assert again == text or how == "repaired"


def test_an_empty_directory_knows_nobody(places):
    assert Index().table == {}
