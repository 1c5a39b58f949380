"""The pages of an import: file, columns, preview, progress, result; each decided by whom, in how many queries."""

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from openpyxl import Workbook, load_workbook

from actors.directory.models import Actor
from actors.imports import actions, work
from actors.imports.models import ActorImport, ImportLayout
from portal.core.work import resume
from tests import factories

pytestmark = pytest.mark.usefixtures("small_region")

HEADS = "الاسم بالعربية;الاسم بالفرنسية;المختصر;نوع الفاعل;الجماعة;الهاتف"
ROWS = (
    HEADS,
    "جمعية الأولى;Première;UNO;جمعية;بني أنصار;0536001101",
    "جمعية الثانية;Deuxième;DUE;تعاونية;بني أنصار;0536001102",
    "جمعية الثالثة;Troisième;TRE;جمعية;مكان مجهول;0536001103",
    ";;;جمعية;ميضار;",
)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def client(as_user, administrator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return as_user(administrator)


def url(route: str, *args: object, **query: object) -> str:
    return reverse(f"imports:{route}", args=args, query=query or None)


def upload(client, *lines: str, name: str = "list.csv", content: bytes = b""):
    file = SimpleUploadedFile(name, content or "\n".join(lines).encode())
    return client.post(url("imports"), {"file": file})


def columns_posted(run: ActorImport, **changed: str) -> dict[str, object]:
    chosen = {f"column_{place}": key for place, key in run.columns.items()}
    return {"sheet": run.facts["sheet"], "header_row": run.header_row, **chosen, **changed}


def test_a_list_goes_through_its_five_steps(client):
    answer = upload(client, *ROWS)
    run = ActorImport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url("import_columns", run.pk))
    page = client.get(answer["Location"]).content.decode()
    assert "6 columns were recognised" in page
    assert "UTF-8" in page

    answer = client.post(url("import_columns", run.pk), columns_posted(run))
    assert answer["Location"] == url("actor_import", run.pk)
    assert "The rows are being read" in client.get(answer["Location"]).content.decode()
    resume()
    assert client.get(url("actor_import", run.pk))["Location"] == url("import_rows", run.pk)

    page = client.get(url("import_rows", run.pk)).content.decode()
    assert page.count('class="import-row"') == 5
    answer = client.post(url("start_import", run.pk), {"new_state": "draft", "contact_audience": "public"})
    assert "The institutions are being brought in" in client.get(answer["Location"]).content.decode()
    resume()
    page = client.get(url("actor_import", run.pk), follow=True).content.decode()
    assert "The list was brought in" in page
    actor = Actor.objects.get()
    assert (actor.name_fr, actor.state, actor.contacts.get().audience) == ("Première", "draft", "public")

    client.post(url("undo_import", run.pk))
    resume()
    assert "The import was undone" in client.get(url("actor_import", run.pk), follow=True).content.decode()
    assert not Actor.objects.exists()


def test_progress_asks_again_by_itself_and_leads_on_when_the_work_is_done(client):
    upload(client, *ROWS)
    run = ActorImport.objects.get()
    client.post(url("import_columns", run.pk), columns_posted(run))
    piece = client.get(url("actor_import", run.pk), headers=HTMX)
    assert f'hx-get="{url("actor_import", run.pk)}"' in piece.content.decode()
    assert "<html" not in piece.content.decode()
    resume()
    answer = client.get(url("actor_import", run.pk), headers=HTMX)
    assert answer["HX-Redirect"] == url("import_rows", run.pk)


def test_a_column_chosen_twice_is_refused_at_that_column(client):
    upload(client, *ROWS)
    run = ActorImport.objects.get()
    answer = client.post(url("import_columns", run.pk), columns_posted(run, column_2="name_fr"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“Name in French” is chosen for column 2 already" in page
    assert 'id="id_column_2_error"' in page
    run.refresh_from_db()
    assert run.state == "columns"
    assert not ImportLayout.objects.exists()


def test_without_a_name_no_row_is_a_record(client):
    upload(client, *ROWS)
    run = ActorImport.objects.get()
    answer = client.post(url("import_columns", run.pk), columns_posted(run, column_0="", column_1=""))
    assert answer.status_code == 422
    assert "Say which column holds the name" in answer.content.decode()


def test_the_row_of_headings_is_chosen_by_hand_and_remembered_for_the_next_file(client):
    lines = ("قائمة", "A;B;C", "جمعية الأولى;جمعية;بني أنصار")
    upload(client, *lines)
    run = ActorImport.objects.get()
    page = client.get(url("import_columns", run.pk, sheet=0, row=2)).content.decode()
    assert re.search(r'<option value="2" selected>2 – A · B · C', page)
    client.post(
        url("import_columns", run.pk),
        {"sheet": 0, "header_row": 2, "column_0": "name_ar", "column_1": "kind", "column_2": "commune"},
    )
    run.refresh_from_db()
    assert (run.state, run.header_row) == ("checking", 2)

    upload(client, *lines[1:], "جمعية أخرى;جمعية;ميضار")
    second = ActorImport.objects.first()
    assert (second.header_row, second.columns) == (1, {"0": "name_ar", "1": "kind", "2": "commune"})
    assert (
        "settled them for a file with the same headings"
        in client.get(url("import_columns", second.pk)).content.decode()
    )


def test_a_list_without_headings_loses_no_record(client):
    upload(client, "جمعية الأولى;جمعية;بني أنصار", "جمعية الثانية;جمعية;مكان مجهول")
    run = ActorImport.objects.get()
    page = client.get(url("import_columns", run.pk, sheet=0, row=0)).content.decode()
    assert '<option value="0" selected>None: the first row is an institution already' in page
    chosen = {"sheet": 0, "header_row": 0, "column_0": "name_ar", "column_1": "kind", "column_2": "commune"}
    client.post(url("import_columns", run.pk), chosen)
    resume()
    run.refresh_from_db()
    assert (run.state, list(run.rows.values_list("verdict", flat=True))) == ("ready", ["new", "unclear"])
    assert not ImportLayout.objects.exists()

    client.post(url("start_import", run.pk), {"new_state": "draft", "contact_audience": "public"})
    resume()
    rows = load_workbook(io.BytesIO(client.get(url("import_left_out", run.pk)).getvalue())).active.iter_rows()
    assert [[cell.value for cell in row][3:] for row in rows] == [
        ["Name in Arabic", "Kind", "Commune"], ["جمعية الثانية", "جمعية", "مكان مجهول"],
    ]  # fmt: skip


def test_headings_far_below_the_top_of_any_sheet_can_be_chosen(client):
    book = Workbook()
    book.active.append(["Nom en français", "Type"])
    book.active.append(["Association A", "Association"])
    other = book.create_sheet("Autre")
    for number in range(30):
        other.append([f"ligne {number}", f"texte {number}"])
    stream = io.BytesIO()
    book.save(stream)
    client.post(url("imports"), {"file": SimpleUploadedFile("list.xlsx", stream.getvalue())})
    run = ActorImport.objects.get()
    page = client.get(url("import_columns", run.pk, sheet=1, row=20)).content.decode()
    assert '<option value="20" selected>20 – ligne 19' in page


def test_only_columns_that_somebody_corrected_are_remembered(client):
    upload(client, *ROWS)
    run = ActorImport.objects.get()
    client.post(url("import_columns", run.pk), columns_posted(run))
    assert not ImportLayout.objects.exists()
    resume()
    client.post(url("import_columns", run.pk), columns_posted(run, column_2=""))
    assert ImportLayout.objects.get().columns == {key: value for key, value in run.columns.items() if key != "2"}
    resume()
    client.post(url("import_columns", run.pk), columns_posted(run))
    assert not ImportLayout.objects.exists()


def test_the_rows_stand_under_a_heading_of_their_own(client, handed_in):
    run = handed_in(*ROWS)
    page = client.get(url("import_rows", run.pk)).content.decode()
    assert page.index('<h2 class="visually-hidden">All rows</h2>') < page.index("<h3>")


@pytest.mark.parametrize("text", ["xD800", "xDFFF"])
def test_half_a_letter_in_a_workbook_breaks_no_page(client, text):
    book = Workbook()
    book.active.append(["Nom en français", "Type"])
    book.active.append([f"Association _{text}_ A", "Association"])
    stream = io.BytesIO()
    book.save(stream)
    client.post(url("imports"), {"file": SimpleUploadedFile("list.xlsx", stream.getvalue())})
    run = ActorImport.objects.get()
    assert client.get(url("import_columns", run.pk)).status_code == 200
    client.post(url("import_columns", run.pk), columns_posted(run))
    resume()
    assert client.get(url("import_rows", run.pk)).status_code == 200


def test_the_preview_shows_what_changes_before_and_after(client, handed_in):
    factories.ActorFactory(name_ar="جمعية الأولى", name_fr="", kind="association", seat_id="02.381.01.03")
    run = handed_in(*ROWS)
    page = client.get(url("import_rows", run.pk, show="changes")).content.decode()
    assert "3 fields of" in page
    assert '<ins dir="auto">Première</ins>' in page
    assert '<ins dir="auto">05 36 00 11 01</ins>' in page


def test_rows_are_filtered_by_verdict_and_by_what_waits(client, handed_in):
    run = handed_in(*ROWS)
    counts = {
        show: client.get(url("import_rows", run.pk, show=show)).content.decode().count('class="import-row"')
        for show in ("", "waiting", "new", "unclear", "rejected", "header", "nonsense")
    }
    assert counts == {"": 5, "waiting": 2, "new": 1, "unclear": 2, "rejected": 1, "header": 1, "nonsense": 5}


def test_a_row_is_decided_in_its_place_and_the_counts_follow(client, handed_in):
    run = handed_in(*ROWS)
    row = run.rows.get(number=4)
    answer = client.post(url("decide_row", row.pk), {"decision": "add", "territory": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert "Choose where it is" in answer.content.decode()

    answer = client.post(url("decide_row", row.pk), {"decision": "add", "territory": "-"}, headers=HTMX)
    page = answer.content.decode()
    assert 'id="row-4"' in page
    assert re.search(r'id="import-summary" hx-swap-oob="true"', page)
    assert 'class="toast"' not in client.get(url("import_rows", run.pk)).text.partition('<template id="unanswered"')[0]
    row.refresh_from_db()
    assert (row.decision, row.choices) == ("add", {"territory": ""})


def test_the_tabs_count_anew_once_a_row_is_decided_in_its_place(client, handed_in):
    run = handed_in(*ROWS)
    back = f"{url('import_rows', run.pk)}?show=waiting"
    before = dict(tabs(client.get(back).content.decode()))
    row = run.rows.get(number=4)
    answer = client.post(url("decide_row", row.pk), {"decision": "leave", "back": back}, headers=HTMX)
    page = answer.content.decode()
    assert 'id="import-tabs" hx-swap-oob="true"' in page
    assert tabs(page) == tabs(client.get(back).content.decode())
    assert int(dict(tabs(page))["Waiting for your choice"]) == int(before["Waiting for your choice"]) - 1
    assert re.search(r'<a href="\?show=waiting" aria-current="page">', page)


def tabs(page):
    """What the tabs of the preview say: (label, count)."""
    (nav,) = re.findall(r'<nav class="tabs import-tabs".*?</nav>', page, re.DOTALL)
    return re.findall(r">([^<>]+)<small>(\d+)</small>", nav)


def test_a_row_is_decided_on_its_own_page_without_any_script(client, handed_in):
    run = handed_in(*ROWS)
    row = run.rows.get(number=4)
    page = client.get(url("decide_row", row.pk)).content.decode()
    assert '<option value="02.167.01.01">' in page
    answer = client.post(url("decide_row", row.pk), {"decision": "add", "territory": "02.167.01.01"})
    assert answer["Location"] == f"{url('import_rows', run.pk)}#row-4"
    landed = client.get(answer["Location"]).content.decode()
    assert 'id="row-4"' in landed
    assert "Line 4: A new institution is added." in landed
    client.post(url("decide_row", row.pk), {"decision": "leave", "territory": ""})
    row.refresh_from_db()
    assert (row.decision, row.choices) == ("leave", {"territory": "02.167.01.01"})


def test_a_row_that_waits_no_more_is_not_looked_for_among_those_that_wait(client, handed_in):
    run = handed_in(*ROWS)
    back = f"{url('import_rows', run.pk)}?show=waiting"
    answer = client.post(url("decide_row", run.rows.get(number=4).pk), {"decision": "leave", "back": back}, follow=True)
    assert answer.redirect_chain[-1][0] == back
    assert "Line 4: It is left out." in answer.content.decode()
    answer = client.post(url("decide_row", run.rows.get(number=3).pk), {"decision": "leave", "back": "imports:imports"})
    assert answer["Location"].startswith(url("import_rows", run.pk))


def test_a_row_is_written_into_an_institution_found_by_searching(client, handed_in):
    other = factories.ActorFactory(name_fr="Maison des migrants", name_ar="دار المهاجرين", kind="association")
    from portal.core.search import reindex

    reindex(Actor.objects.all())
    run = handed_in(*ROWS)
    row = run.rows.get(number=2)
    assert "<bdi>Maison</bdi></a>" in client.get(url("decide_row", row.pk, q="maizon")).content.decode()
    page = client.get(url("decide_row", row.pk, q="maison")).content.decode()
    assert f"fill:actor:{other.pk}" in page
    client.post(url("decide_row", row.pk, q="maison"), {"decision": f"fill:actor:{other.pk}"})
    row.refresh_from_db()
    assert (row.decision, row.actor) == ("fill", other)


def test_the_page_somebody_goes_back_to_is_one_of_ours(client, handed_in):
    run = handed_in(*ROWS)
    row = run.rows.get(number=2)
    answer = client.post(url("decide_row", row.pk), {"decision": "leave", "back": "https://evil.example/"})
    assert answer["Location"] == f"{url('import_rows', run.pk)}#row-2"


def test_whoever_starts_it_a_second_time_is_told(client, handed_in):
    run = handed_in(*ROWS)
    chosen = {"new_state": "published", "contact_audience": "members"}
    client.post(url("start_import", run.pk), chosen)
    page = client.post(url("start_import", run.pk), chosen, follow=True).content.decode()
    assert "This import has already been started." in page
    resume()
    assert Actor.objects.count() == 1


def test_what_was_left_out_comes_as_a_file_with_why_and_can_be_brought_in_again(client, brought_in, administrator):
    run = brought_in(*ROWS[:4], "=HYPERLINK(1);;;جمعية;مكان مجهول;")
    content = client.get(url("import_left_out", run.pk)).getvalue()
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).active]
    assert rows[0][3:] == HEADS.split(";")
    assert [row[0] for row in rows[1:]] == [3, 4, 5]
    assert "is no kind of institution" in rows[1][2]
    assert rows[3][3] == "=HYPERLINK(1)"

    text = client.get(url("import_left_out", run.pk, export="csv")).getvalue()
    assert b"'=HYPERLINK" in text
    again = actions.upload_import(SimpleUploadedFile("left.csv", text), by=administrator)
    assert sorted(again.columns.values()) == sorted(run.columns.values())


@pytest.mark.parametrize("count", [3, 60])
def test_the_pages_take_the_same_queries_for_three_rows_and_for_sixty(
    client, handed_in, started, count, django_assert_max_num_queries
):
    known = [factories.ActorFactory(name_ar=f"جمعية معروفة {n}", kind="association", name_fr="") for n in range(count)]
    for actor in known:
        Actor.objects.filter(pk=actor.pk).update(seat="02.381.01.03")
    lines = [f"جمعية معروفة {n};Connue {n};C{n};جمعية;بني أنصار;05360011{n:02d}" for n in range(count)]
    lines += [f"جمعية جديدة {n};Nouvelle {n};;تعاونية;مكان مجهول;" for n in range(count)]
    lines += [f"جمعية جديدة {n};Nouvelle {n};;تعاونية;مكان مجهول;" for n in range(count)]
    run = handed_in(HEADS, *lines)
    for address in (url("imports"), url("import_rows", run.pk), url("import_rows", run.pk, page=2)):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
    for number in (2, count + 3, 2 * count + 3):
        with django_assert_max_num_queries(12):
            client.get(url("decide_row", run.rows.get(number=number).pk))
    work.produce(started(run).pk)
    with django_assert_max_num_queries(12):
        assert client.get(url("import_result", run.pk)).status_code == 200


def test_other_people_learn_nothing_of_an_import(as_user, handed_in, manager):
    run = handed_in(*ROWS)
    row = run.rows.get(number=2)
    client = as_user(manager)
    assert client.get(url("imports")).status_code == 403
    assert upload(client, *ROWS).status_code == 403
    addresses = [
        url(name, run.pk)
        for name in ("actor_import", "import_rows", "import_columns", "import_result", "import_left_out")
    ]
    assert {client.get(address).status_code for address in (*addresses, url("decide_row", row.pk))} == {404}
    posted = [
        url(name, run.pk) for name in ("start_import", "undo_import", "cancel_import", "retry_import", "decide_rows")
    ]
    assert {client.post(address).status_code for address in posted} == {404}
    assert json.dumps(run.facts)
