"""What an export writes is text to whoever opens it, its headings too, and comes back as it was."""

import io
from contextlib import closing

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from openpyxl import load_workbook

from portal.core.cells import escaped, is_formula, quoted, unescaped, unquoted
from portal.core.exports import export
from portal.core.tables import read_tables


class Rows(list):
    export_format = "xlsx"

    @property
    def queryset(self):
        return self


def exported(heading: str, value: str, kind: str) -> bytes:
    rows = Rows([value])
    rows.export_format = kind
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    answer = export(request, rows, [(heading, lambda row: row)], "list")
    with closing(answer.file_to_stream):
        return answer.getvalue()


RUN = ["=HYPERLINK(1)", "+1", "-1", "@a", "＝1", "＋1", "－1", "＠a", "  =1", "\t=1"]


@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_would_run_is_text_in_the_headings_as_in_the_rows(text):
    book = load_workbook(io.BytesIO(exported(text, text, "xlsx")))
    cells = [row[0] for row in book.active.iter_rows()]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True), ("s", True)]
    assert exported(text, text, "csv").decode("utf-8-sig").splitlines() == [f"'{text}", f"'{text}"]


@pytest.mark.parametrize("text", [*RUN, "a", "'a", "l’eau", "5 - 3"])
def test_the_sign_that_it_is_text_goes_again(text):
    assert unquoted(quoted(text)) == text
    assert is_formula(text) == (text in RUN)


@pytest.mark.parametrize("text", ["x _x0041_ y", "_x0041_x0042_", "__x005F_", "_x", "a_b"])
def test_what_looks_like_an_escaped_sign_is_no_sign(text):
    assert unescaped(escaped(text)) == text
    for place in ("heading", "row"):
        content = exported(text if place == "heading" else "h", text if place == "row" else "v", "xlsx")
        cells = [row.cells[0] for row in read_tables(io.BytesIO(content), "list.xlsx").tables[0].rows]
        assert text in cells
