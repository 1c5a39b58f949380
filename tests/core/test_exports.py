"""An export of any length costs no more memory than a portion of it, and leaves nothing half written."""

import io
import weakref

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from openpyxl import load_workbook

from portal.core import exports
from portal.core.exports import ExportSheet, export, made_of, write_text, write_workbook


class Row:
    """Something that can be seen to be gone."""

    def __init__(self, number):
        self.number = number


class Watched:
    """So many rows, made one by one, and how many were there at once."""

    def __init__(self, number):
        self.there, self.number, self.most = weakref.WeakSet(), number, 0

    def __iter__(self):
        for number in range(self.number):
            row = Row(number)
            self.there.add(row)
            self.most = max(self.most, len(self.there))
            yield row


SHEET = ExportSheet([("Number", lambda row: row.number)])


def as_a_workbook(file, sheet, rows):
    write_workbook(file, [sheet], rows)


@pytest.mark.parametrize(("write", "held"), [(write_text, 2), (as_a_workbook, 12)])
def test_no_more_than_a_portion_of_the_rows_is_held(monkeypatch, write, held):
    monkeypatch.setattr(exports, "PORTION", 10)
    rows, file = Watched(1000), io.BytesIO()
    write(file, SHEET, rows)
    assert rows.most <= held
    assert len(file.getvalue()) > 1000


def test_what_is_made_of_rows_is_made_of_a_portion_at_a_time(monkeypatch):
    monkeypatch.setattr(exports, "PORTION", 10)
    asked = []
    made = made_of(range(25), lambda portion: asked.append(len(portion)) or [number * 2 for number in portion])
    assert asked == []
    assert list(made) == [number * 2 for number in range(25)]
    assert asked == [10, 10, 5]


class Listed(list):
    export_format = "xlsx"

    @property
    def queryset(self):
        return iter(self)


@pytest.mark.django_db
def test_an_export_is_a_file_that_is_sent_and_goes(settings, tmp_path):
    settings.VAR = tmp_path
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    answer = export(request, Listed([Row(1), Row(2)]), SHEET.columns, "rows")
    assert (answer.streaming, answer.headers["Content-Disposition"]) == (True, 'attachment; filename="rows.xlsx"')
    assert [row[0] for row in load_workbook(io.BytesIO(answer.getvalue())).active.values] == ["Number", 1, 2]
    answer.file_to_stream.close()
    with pytest.raises(AttributeError):
        export(request, Listed([Row(1), "no row"]), SHEET.columns, "rows")
    assert not list(tmp_path.glob("tmp*"))


def test_what_two_sheets_say_alike_is_read_once_for_a_row():
    asked, file = [], io.BytesIO()
    number = ("Number", lambda row: asked.append(row) or row)
    sheets = [ExportSheet([number, (word, lambda row, word=word: f"{word} {row}")], title=word) for word in ("a", "b")]
    write_workbook(file, sheets, [1, 2, 3])
    read = {sheet.title: list(sheet.values) for sheet in load_workbook(file)}
    assert read == {word: [("Number", word), *((row, f"{word} {row}") for row in (1, 2, 3))] for word in ("a", "b")}
    # and once for each sheet where its columns are measured
    assert len(asked) == 3 * (2 + 1)
