"""The directory as a file: exactly what is shown to this person, in both languages, fit to be brought in again."""

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from actors.directory.models import Actor
from actors.directory.rules.fields import COLUMNS
from actors.imports.rules.plan import check_rows
from actors.imports.table.headings import columns_of
from portal.core.tables import read_tables
from portal.reference.models import Territory, Theme
from tests import factories
from tests.region import load_region

DATA = Path(__file__).parents[1] / "data"
#: in a process of its own: the package leaves a file open when it is first imported
VALIDATE = (
    "import json, sys, hxl\n"
    "found = hxl.validate(hxl.data(sys.argv[1], hxl.InputOptions(allow_local=True)))\n"
    "columns = [c.display_tag for c in hxl.data(sys.argv[1], hxl.InputOptions(allow_local=True)).columns]\n"
    "print(json.dumps([found['is_valid'], columns]))"
)


def _body(answer):
    """The whole file, also for who reads it again."""
    answer.body = getattr(answer, "body", None) or answer.getvalue()
    return answer.body


def _book(answer):
    return load_workbook(io.BytesIO(_body(answer)))


def _csv(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_body(answer).decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def sheet(places, administrator):
    """A sheet with something in every column."""
    actor = factories.ActorFactory(
        slug="health", kind=Actor.Kind.DECONCENTRATED_SERVICE, seat=places["02.381.01.03"],
        name_ar="مندوبية الصحة", name_fr="Délégation de la Santé", name_en="Health Delegation", acronym="DS",
        aliases=["مندوبية الصحة، بني أنصار", "Santé / Beni Ensar"], address="شارع محمد الخامس، رقم 5",
        website="https://www.example.org/sante", description_ar="سطر أول\n- سطر ثان", description_fr="=1+1\n+ 2",
        notes="@ voir", confirmed_on=date(2026, 2, 3), confirmed_by=administrator,
    )  # fmt: skip
    actor.themes.add(
        factories.ThemeFactory(code="health-care", name_ar="الرعاية", name_fr="Soins"),
        factories.ThemeFactory(code="a-home", name_ar="المأوى", name_fr="Hébergement"),
    )
    actor.areas.add(places["02.167"], places["02.381"])
    for audience, phone, email in (
        ("public", "+212536001122", "public@example.org"),
        ("members", "+33142685300", ""),
        ("administrators", "", "inside@example.org"),
        ("administrators", "+212536001122", "Public@example.org"),
    ):
        factories.ContactFactory(actor=actor, audience=audience, phone=phone, email=email)
    return actor


def test_the_export_holds_exactly_what_the_list_shows(as_user, visitor, places):
    for number in range(30):
        factories.ActorFactory(slug=f"shown-{number:02d}", name_fr=f"Institution {number:02d}", seat=places["02.381"])
    factories.ActorFactory(slug="elsewhere", name_fr="Ailleurs")
    factories.ActorFactory(slug="draft", seat=places["02.381"], state=Actor.State.DRAFT)
    client = as_user(visitor)
    shown = [f"shown-{number:02d}" for number in reversed(range(30))]
    query = "/fr/actors/?territory=02.381&sort=-name&page=2"
    assert [row["Identifiant"] for row in _csv(client.get(f"{query}&export=csv"))] == shown
    for rows in _book(client.get(f"{query}&export=xlsx")):
        assert [row[0] for row in rows.iter_rows(min_row=2, values_only=True)] == shown


def test_a_workbook_has_an_arabic_and_a_french_sheet_of_the_same_rows(as_user, administrator, sheet):
    for language in ("ar", "fr"):
        book = _book(as_user(administrator).get(f"/{language}/actors/?export=xlsx"))
        assert book.sheetnames == ["الفاعلون", "Acteurs"]
        arabic, french = book.worksheets
        assert (arabic.sheet_view.rightToLeft, french.sheet_view.rightToLeft) == (True, False)
        assert {sheet.freeze_panes for sheet in book} == {"A2"}
        [rows_ar, rows_fr] = [
            [
                dict(zip([c.key for c in COLUMNS], row, strict=True))
                for row in rows.iter_rows(min_row=2, values_only=True)
            ]
            for rows in book
        ]
        [ar], [fr] = rows_ar, rows_fr
        assert [cell.value for cell in arabic[1]] == [column.ar for column in COLUMNS]
        assert [cell.value for cell in french[1]] == [column.fr for column in COLUMNS]
        assert (ar["kind"], fr["kind"]) == ("مصلحة لاممركزة", "Service déconcentré de l’État")
        assert (ar["province"], ar["commune"]) == ("الناظور", "بني أنصار")
        assert (fr["province"], fr["commune"]) == ("Nador", "Beni Ensar")
        assert (ar["themes"], fr["themes"]) == ("الرعاية | المأوى", "Soins | Hébergement")
        for row in (ar, fr):
            assert (row["territory"], row["areas"]) == ("02.381.01.03", "02.167 | 02.381")
            assert row["phone"] == "05 36 00 11 22 / +33 1 42 68 53 00"
            assert row["email"] == "public@example.org | inside@example.org"
            assert row["updated"] == datetime(2026, 2, 3)  # noqa: DTZ001 - a day in a workbook has no zone


def test_a_csv_file_speaks_the_language_of_the_page(as_user, administrator, sheet):
    answers = {code: as_user(administrator).get(f"/{code}/actors/?export=csv") for code in ("ar", "fr", "en")}
    assert all(_body(answer).startswith(b"\xef\xbb\xbf") for answer in answers.values())
    rows = {code: _csv(answer)[0] for code, answer in answers.items()}
    assert rows["ar"]["الجماعة"] == "بني أنصار"
    assert rows["fr"]["Commune"] == "Beni Ensar"
    assert rows["fr"]["Date de mise à jour"] == rows["en"]["Date of update"] == "2026-02-03"
    assert rows["en"]["Kind"] == "deconcentrated state service"


def test_what_begins_a_formula_is_text(as_user, administrator, sheet):
    client = as_user(administrator)
    row = _csv(client.get("/fr/actors/?export=csv"))[0]
    assert (row["Présentation en français"], row["Observations"]) == ("'=1+1\n+ 2", "'@ voir")
    for rows in _book(client.get("/fr/actors/?export=xlsx")):
        formulas = [cell for cell in rows[2] if str(cell.value).startswith(("=", "@"))]
        assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in formulas] == [
            ("=1+1\n+ 2", "s", True),
            ("@ voir", "s", True),
        ]


@pytest.mark.parametrize(
    ("who", "missing", "reach"),
    [
        ("visitor", {"updated", "state", "notes"}, {"public@example.org"}),
        ("outsider", {"state", "notes"}, {"public@example.org", "+33 1 42 68 53 00"}),
        ("administrator", set(), {"public@example.org", "+33 1 42 68 53 00", "inside@example.org"}),
    ],
)
def test_each_person_gets_the_columns_and_the_contacts_they_may_see(request, as_user, sheet, who, missing, reach):
    Actor.objects.filter(pk=sheet.pk).update(confirmed_on=date.today())  # noqa: DTZ011 - any recent day
    client = as_user(request.getfixturevalue(who))
    row = next(row for row in _csv(client.get("/fr/actors/?export=csv")) if row["Identifiant"] == "health")
    assert set(row) == {column.fr for column in COLUMNS if column.key not in missing}
    said = f"{row['Téléphone']} {row['Courriel']}"
    assert {one for one in ("public@example.org", "+33 1 42 68 53 00", "inside@example.org") if one in said} == reach
    heads = next(_book(client.get("/fr/actors/?export=xlsx"))["Acteurs"].values)
    assert list(heads) == list(row)


@pytest.mark.parametrize("who", ["visitor", "administrator"])
def test_the_row_of_hxl_tags_is_there_when_asked_and_valid(request, as_user, sheet, tmp_path, who):
    # the package warns of line breaks in a text, which are meant
    Actor.objects.filter(pk=sheet.pk).update(
        confirmed_on=date.today(),  # noqa: DTZ011 - any recent day
        description_ar="نص",
        description_fr="Texte",
    )
    client = as_user(request.getfixturevalue(who))
    tags = [
        column.hxl for column in COLUMNS if who == "administrator" or column.key not in {"updated", "state", "notes"}
    ]
    assert "#org" not in client.get("/fr/actors/?export=csv").getvalue().decode()
    for ending in ("csv", "xlsx"):
        answer = client.get(f"/fr/actors/?export={ending}&hxl=1")
        file = tmp_path / f"actors.{ending}"
        file.write_bytes(_body(answer))
        command = [sys.executable, "-W", "ignore", "-c", VALIDATE, str(file)]
        told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
        assert json.loads(told.stdout.splitlines()[-1]) == [True, tags]
    for rows in _book(answer):
        assert [cell.value for cell in rows[2]] == tags
        assert rows.freeze_panes == "A3"


def _verdicts(answer, ending: str) -> Counter:
    """What an import would make of each sheet of the file: how many records of each verdict."""
    found: Counter = Counter()
    for table in read_tables(io.BytesIO(_body(answer)), f"actors.{ending}").tables:
        columns = columns_of(table.rows[0].cells, table.rows[1:30])
        found.update(str(row.verdict) for row in check_rows(table.rows, columns, table.rows[0].number))
    return found


VARIANTS = [
    (language, ending, hxl) for language in ("ar", "fr", "en") for ending in ("xlsx", "csv") for hxl in ("", "&hxl=1")
]


@pytest.mark.parametrize("sheets", [20, pytest.param(400, marks=pytest.mark.volume)])
def test_the_sheets_of_a_list_come_back_without_a_change(as_user, administrator, tmp_path, sheets):
    load_region()
    lines = (DATA / "actors_clean.csv").read_bytes().splitlines(keepends=True)
    file = tmp_path / "clean.csv"
    file.write_bytes(b"".join(lines[: sheets + 1]))
    call_command("import_actors", str(file), stdout=io.StringIO())
    assert Actor.objects.count() == sheets
    client = as_user(administrator)
    for language, ending, hxl in (
        ("ar", "xlsx", ""),
        ("fr", "xlsx", "&hxl=1"),
        ("ar", "csv", "&hxl=1"),
        ("fr", "csv", ""),
    ):
        times = 2 if ending == "xlsx" else 1
        found = _verdicts(client.get(f"/{language}/actors/?export={ending}{hxl}"), ending)
        expected = {"header": times, "unchanged": sheets * times} | ({"skipped": times} if hxl else {})
        assert (language, ending, hxl, dict(found)) == (language, ending, hxl, expected)


def test_whatever_stands_on_a_sheet_comes_back_without_a_change(as_user, administrator, sheet):
    call_command("load_reference", verbosity=0)
    region = Territory.objects.get(pk="02")
    factories.ActorFactory(name_ar="مجلس الجهة", kind=Actor.Kind.ELECTED_COUNCIL, seat=region)
    factories.ActorFactory(name_ar="جمعية بلا مقر", name_fr="", state=Actor.State.DRAFT)
    factories.ActorFactory(name_ar="", name_fr="Ancienne «fondation»", state=Actor.State.ARCHIVED)
    for number, kind in enumerate(Actor.Kind.values):
        actor = factories.ActorFactory(kind=kind, name_ar=f"مؤسسة {number}", name_fr=f"Institution {number}")
        actor.themes.set(Theme.objects.all()[number : number + 4])
    client = as_user(administrator)
    for language, ending, hxl in VARIANTS:
        found = _verdicts(client.get(f"/{language}/actors/?export={ending}{hxl}"), ending)
        assert set(found) - {"header", "unchanged", "skipped"} == set()
        assert found["unchanged"] == Actor.objects.count() * (2 if ending == "xlsx" else 1)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_asks_the_same_however_long(as_user, administrator, places, rows, ending, django_assert_num_queries):
    for _number in range(rows):
        actor = factories.ActorFactory(seat=places["02.381.01.03"])
        actor.themes.add(factories.ThemeFactory())
        actor.areas.add(places["02.381"])
        factories.ContactFactory(actor=actor)
    client = as_user(administrator)
    with django_assert_num_queries(9):
        assert client.get(f"/fr/actors/?export={ending}").getvalue()
