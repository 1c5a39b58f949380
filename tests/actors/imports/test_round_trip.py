"""What the portal has exported comes back without a change and without a word, whatever stands in the sheets."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from actors.directory.models import Actor
from actors.imports import actions, work
from actors.imports.models import ImportRow
from actors.imports.rules.plan import check_rows
from actors.imports.table.headings import propose
from actors.imports.table.reasons import Level, level_of
from portal.core.tables import read_tables
from portal.reference import themes
from portal.reference.models import Theme
from tests import factories

pytestmark = pytest.mark.usefixtures("region")

SEAT = "02.381.01.03"
NAMES = [
    {"name_fr": "+ Vie et santé"}, {"name_fr": "@telier"}, {"name_ar": "- جمعية ج"}, {"name_ar": "Maison Latine"},
    {"name_fr": "دار بالفرنسية"}, {"name_ar": "ماذا بعد ?"}, {"name_fr": "Quoi ?"}, {"name_ar": "2030"},
    {"name_fr": "Na"}, {"name_ar": "لا يوجد"}, {"name_ar": "＝مجموع"}, {"name_fr": "  deux  espaces "},
    {"name_ar": "اسم", "name_fr": "Total"}, {"name_ar": "Nom en arabe", "name_fr": "Nom en français"},
]  # fmt: skip


@pytest.fixture
def nasty(db):
    """A directory of everything that reading a stranger's list would mend, doubt or refuse."""
    retired = Theme.objects.get(code="health")
    made = [factories.ActorFactory(**{"name_ar": "", "name_fr": "", "seat_id": SEAT} | names) for names in NAMES]
    made[0].themes.set([retired, Theme.objects.get(code="housing")])
    texts = [
        {"aliases": ["A; B", "C|D"]}, {"aliases": ["ONG", "non", "x"]}, {"description_fr": "'=abc"},
        {"notes": "x _x0041_ y"}, {"description_ar": "=1+1\r\n\tسطر"}, {"notes": "-"}, {"acronym": "n/a"},
        {"address": "'", "website": "http://EXAMPLE.org/a b"}, {"description_fr": "é" * 40_000},
        {"external_id": made[0].slug.upper()}, {"notes": "Ø§Ù„Ø§Ø³Ù…"}, {"state": "archived"},
    ]  # fmt: skip
    for actor, values in zip(made, texts, strict=False):
        for key, value in values.items():
            setattr(actor, key, value)
        actor.save()
    factories.ContactFactory(actor=made[1], phone="0000", email="info@example.org")
    factories.ContactFactory(actor=made[1], phone="+212536001122", email="autre@example.org")
    factories.ActorFactory(name_ar=NAMES[0].get("name_ar", ""), name_fr="Na", seat_id=SEAT, slug="nc")
    Theme.objects.filter(pk=retired.pk).update(is_active=False)
    themes.memory.forget()
    return Actor.objects.count()


def exported(client, address: str) -> tuple[str, bytes]:
    answer = client.get(address)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return ("list.xlsx" if "xlsx" in address else "list.csv"), content


@pytest.mark.parametrize(
    "address",
    ["/ar/actors/?export=xlsx", "/ar/actors/?export=xlsx&hxl=1", "/fr/actors/?export=csv", "/en/actors/?export=csv",
     "/ar/actors/?export=csv&hxl=1"],
)  # fmt: skip
def test_an_export_comes_back_without_a_change(nasty, as_user, administrator, tmp_path, address):
    name, content = exported(as_user(administrator), address)
    path = tmp_path / name
    path.write_bytes(content)
    with path.open("rb") as file:
        book = read_tables(file, name)

    proposal = propose(book)
    for table in book.tables:
        if table is not book.tables[proposal.sheet]:
            # the other language's sheet has the same columns
            assert len(table.rows[0].cells) == len(book.tables[proposal.sheet].rows[0].cells)
        rows = check_rows(table.rows, proposal.columns, proposal.header_row)
        records = [one for one in rows if one.verdict not in {"header", "skipped"}]
        wrong = {
            one.number: (one.verdict, one.cells[:3], one.reasons)
            for one in records
            if one.verdict != "unchanged" or any(level_of(reason) > Level.NOTE for reason in one.reasons)
        }
        assert wrong == {}
        assert len(records) == nasty
        assert {reason["code"] for one in records for reason in one.reasons} == {"identifier_known"}
        slugs = dict(Actor.objects.values_list("pk", "slug"))
        assert [slugs[one.actor] for one in records] == [one.cells[0] for one in records]


def test_only_the_edited_cell_of_an_export_is_a_change(nasty, as_user, administrator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    name, content = exported(as_user(administrator), "/fr/actors/?export=xlsx")
    path = tmp_path / name
    path.write_bytes(content)
    book = load_workbook(path)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    row = next(
        row for row in sheet.iter_rows(min_row=2) if "Vie et santé" in str(row[heads.index("الاسم بالفرنسية")].value)
    )
    row[heads.index("المختصر")].value = "VES"
    themes_cell = row[heads.index("مجالات التدخل")]
    themes_cell.value = f"{themes_cell.value} | {Theme.objects.get(code='employment').name_ar}"
    book.save(path)

    run = actions.upload_import(SimpleUploadedFile(name, path.read_bytes()), by=administrator)
    columns = {int(place): key for place, key in run.columns.items()}
    actions.set_columns(run, sheet=run.facts["sheet"], header_row=run.header_row, columns=columns, by=administrator)
    work.produce(run.pk)
    run.refresh_from_db()
    actions.start_import(run, new_state="published", contact_audience="members", by=administrator)
    work.produce(run.pk)

    assert run.rows.filter(outcome=ImportRow.Outcome.CHANGED).count() == 1
    actor = Actor.objects.get(acronym="VES")
    assert (actor.name_fr, actor.aliases) == ("+ Vie et santé", ["A; B", "C|D"])
    assert set(actor.themes.values_list("code", flat=True)) == {"health", "housing", "employment"}


def test_columns_page_of_an_export_is_not_remembered_as_corrected(nasty, as_user, administrator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    client = as_user(administrator)
    for _time in range(2):
        name, content = exported(client, "/fr/actors/?export=csv")
        run = actions.upload_import(SimpleUploadedFile(name, content), by=administrator)
        columns = {int(place): key for place, key in run.columns.items()}
        actions.set_columns(run, sheet=0, header_row=run.header_row, columns=columns, by=administrator)
        assert run.facts["remembered"] is False
        assert client.get(reverse("imports:actor_import", args=[run.pk])).status_code == 200
