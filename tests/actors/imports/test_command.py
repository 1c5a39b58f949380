"""`manage.py import_actors`: what it says, what it writes, and that a file of ours comes back unchanged."""

import io
import json
from collections import Counter

import openpyxl
import pytest
import time_machine
from django.core.management import CommandError, call_command

from actors.directory.models import Actor, Contact
from actors.imports import work
from actors.imports.management.commands import import_actors
from actors.imports.models import ActorImport, ImportLayout

from .conftest import DATA, TODAY

pytestmark = pytest.mark.usefixtures("region")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(f"{TODAY}T12:00:00Z", tick=True):
        yield


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="module", params=[40, pytest.param(400, marks=pytest.mark.volume)])
def clean(request, tmp_path_factory):
    """The clean list, or its first institutions, and how many there are."""
    book = openpyxl.load_workbook(DATA / "actors_clean.xlsx")
    for sheet in book:
        sheet.delete_rows(request.param + 2, sheet.max_row)
    file = tmp_path_factory.mktemp("clean") / "actors_clean.xlsx"
    book.save(file)
    return file, request.param


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("import_actors", *map(str, arguments), stdout=out)
    return out.getvalue()


def run_json(*arguments: object) -> list[dict]:
    return json.loads(run(*arguments, "--format", "json"))


def verdicts(records: list[dict]) -> Counter:
    return Counter(record["verdict"] for record in records)


def test_a_dry_run_says_the_verdict_on_every_record_and_writes_nothing(truth):
    records = run_json(DATA / "actors_messy.csv", "--dry-run")

    assert {one["record"]: one["verdict"] for one in records} == {
        number: row["action"] for number, row in truth.items()
    }
    assert [one["record"] for one in records] == list(range(1, 185))
    merged = records[167]
    assert (merged["actor"], merged["same_as"], merged["fields"]["territory"]) == (None, 5, "02.251.03.13")
    warned = next(one for one in records if one["record"] == 91)["reasons"]
    assert [(reason["code"], reason["column"], reason["value"]) for reason in warned] == [
        ("email_not_understood", "email", "role-email-at-written-out(at)example.org")
    ]
    assert all(reason["text"] for one in records for reason in one["reasons"])
    assert not Actor.objects.exists()
    assert not ActorImport.objects.exists()
    assert not ImportLayout.objects.exists()


def test_a_run_brings_in_what_is_clear_names_the_rest_and_says_so_the_second_time(administrator):
    text = run(DATA / "actors_messy.csv", "--by", administrator.email, "--language", "en")

    assert "Done: 147 added" in text
    assert "Not brought in (review): records 122, 123, 124, 125, 126, 127, 128, 129, 130, 133, 151, 172, 173" in text
    assert "Not brought in (reject): records 89, 147." in text
    assert Actor.objects.count() == 147
    imported = ActorImport.objects.get()
    assert (imported.state, imported.requested_by, imported.rows.count()) == ("done", administrator, 184)
    assert Actor.objects.get(name_ar="جماعة إيعزانن").notes == "تم التحقق"
    assert Contact.objects.get(actor__name_fr="Commune d’Ain Sfa").phone == "+212536000005"

    again = run_json(DATA / "actors_messy.csv")

    assert verdicts(again) == {"merge": 152, "review": 16, "skip": 13, "reject": 2, "header": 1}
    assert {one["outcome"] for one in again} == {"unchanged", "left_out"}
    assert Actor.objects.count() == 147
    # what waits for a decision can still be decided on the import page
    assert [run.state for run in ActorImport.objects.order_by("pk")] == ["done", "ready"]


def test_what_was_exported_comes_back_without_a_change(administrator, as_user, tmp_path, clean):
    file, institutions = clean
    assert verdicts(run_json(file)) == {"header": 1, "import": institutions}
    actor = Actor.objects.get(external_id="ACT-0001")
    actor.notes, actor.aliases, actor.description_fr = "=1+1", ["جماعة درار", "Drar"], "Ligne 1\nLigne 2"
    actor.save()
    client = as_user(administrator)

    for address in (
        "/ar/actors/?export=xlsx",
        "/ar/actors/?export=xlsx&hxl=1",
        "/fr/actors/?export=csv",
        "/en/actors/?export=csv",
    ):
        response = client.get(address)
        file = tmp_path / ("list.xlsx" if "xlsx" in address else "list.csv")
        file.write_bytes(b"".join(response.streaming_content) if response.streaming else response.content)
        records = run_json(file, "--dry-run")
        assert [one for one in records if one["verdict"] not in {"merge", "header", "skip"}] == []
        assert verdicts(records)["merge"] == institutions
        codes = Counter(reason["code"] for one in records for reason in one["reasons"])
        assert set(codes) <= {"identifier_known", "header_row", "tag_row", "formula_as_text"}, (address, codes)
        assert {one["outcome"] for one in run_json(file)} <= {"unchanged", "left_out"}
        assert ActorImport.objects.latest("pk").state == "cancelled"
    assert Actor.objects.count() == institutions


def test_a_corrected_name_in_an_exported_file_is_a_change(administrator, as_user, tmp_path, clean):
    run(clean[0])
    file = tmp_path / "list.xlsx"
    response = as_user(administrator).get("/ar/actors/?export=xlsx")
    file.write_bytes(b"".join(response.streaming_content) if response.streaming else response.content)
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    row = next(
        row for row in sheet.iter_rows(min_row=2) if row[heads.index("الاسم بالعربية")].value == "جماعة أهل انكاد"
    )
    row[heads.index("الاسم بالعربية")].value = "جماعة أهل أنكاد"
    book.save(file)

    records = run_json(file)

    changed = [one for one in records if one.get("outcome") == "changed"]
    assert [(one["verdict"], one["actor"]) for one in changed] == [("merge", "commune-d-ahl-angad")]
    assert Actor.objects.get(external_id="ACT-0004").name_ar == "جماعة أهل أنكاد"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("picture.csv", b"\x89PNG\r\n\x1a\n"),
        ("archive.xlsx", b"PK\x03\x04"),
        ("text.xlsx", b"a;b"),
        ("nothing.csv", "ملاحظة;أخرى\nس;ص\n".encode()),
    ],
)
def test_a_file_that_is_no_list_is_one_sentence(name, content, tmp_path):
    file = tmp_path / name
    file.write_bytes(content)

    for arguments in ([file], [file, "--dry-run"]):
        with pytest.raises(CommandError) as error:
            run(*arguments)
        assert str(error.value).count("\n") == 0
        assert str(error.value).rstrip().endswith(".")
    assert not ActorImport.objects.exists()


def test_where_the_clocks_worker_was_quicker_the_command_waits_for_it(monkeypatch, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("الاسم بالعربية;نوع الفاعل\nجمعية النور;جمعية\n", "utf-8")
    real, taken = work.produce, []

    def taken_by_another(pk, now=None):
        if not taken:
            taken.append(pk)
            return False
        return real(pk, now)

    monkeypatch.setattr(import_actors, "PAUSE", 0)
    monkeypatch.setattr(work, "produce", taken_by_another)
    assert "Done: 1 added" in run(file)


def test_a_file_that_is_not_there_and_a_person_who_is_no_administrator(tmp_path, member):
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="no administrator"):
        run(DATA / "actors_messy.csv", "--by", member.email)
