"""Files that are no list, or too much of one: a sentence on the form, and nothing kept."""

import io
import os
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from actors.directory.models import Actor
from actors.imports import work
from actors.imports.models import ActorImport

pytestmark = pytest.mark.usefixtures("small_region")

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def workbook(*rows: list[str]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def archive(old: bytes = b"", **parts: bytes) -> bytes:
    """The archive with parts replaced or added; a name's `__` is a slash, `_dot_` a dot."""
    named = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        if old:
            with zipfile.ZipFile(io.BytesIO(old)) as kept:
                for name in set(kept.namelist()) - set(named):
                    content = kept.read(name)
                    new.writestr(name, content.replace(MAIN, MACROS) if "xl/vbaProject.bin" in named else content)
        for name, part in named.items():
            new.writestr(name, part)
    return stream.getvalue()


SMALL = workbook(["Nom en français", "Type"], ["Association A", "Association"])
BAD = {
    "an archive called a workbook": ("list.xlsx", lambda: archive(photo_dot_txt=b"x"), "not an Excel workbook"),
    "20,001 rows": (
        "list.csv",
        lambda: b"nom;type\n" + b"Association;Association\n" * 20_000,
        "more than 20,000 rows",
    ),
    "an empty file": ("list.csv", lambda: b"", "This file is empty."),
    "blank cells alone": ("list.csv", lambda: b";;\n;;\n", "There is nothing in this file."),
    "an empty workbook": ("list.xlsx", workbook, "There is nothing in this file."),
    "a workbook with macros": ("list.xlsm", lambda: archive(SMALL, xl__vbaProject_dot_bin=OLE), "holds macros"),
    "a workbook with macros under another name": (
        "list.xlsx",
        lambda: archive(SMALL, xl__vbaProject_dot_bin=OLE),
        "holds macros",
    ),
    "a workbook with a password": (
        "list.xlsx",
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    "a workbook of the old format": ("list.xls", lambda: OLE, "in the old format (.xls)"),
    "half a workbook": ("list.xlsx", lambda: SMALL[:2000], "damaged or incomplete"),
    "a zip bomb": (
        "list.xlsx",
        lambda: archive(SMALL, xl__media__a_dot_bin=b"\0" * 101 * 1024**2),
        "unpacks to more than 100\u00a0MB",
    ),
    "a picture": ("list.png", lambda: b"\x89PNG\r\n\x1a\n", "Files of this kind are not taken"),
    "a picture called a list": ("list.csv", lambda: b"\x89PNG\r\n\x1a\n", "neither an Excel workbook"),
}


LARGE = {
    "a file of 60 MB": ("list.xlsx", lambda: os.urandom(1024) * 1024 * 60, "60"),
    "200,000 rows": (
        "list.csv",
        lambda: b"nom;type\n" + b"Association;Association\n" * 200_000,
        "more than 20,000 rows",
    ),
}
#: the same against limits of 1 MB
SMALLER = {
    "a file of 3 MB": (
        "list.xlsx",
        lambda: os.urandom(1024) * 1024 * 3,
        "The size of this file is 3\u00a0MB; at most 1\u00a0MB",
    ),
}


@pytest.mark.parametrize("what", [*BAD, *SMALLER, *(pytest.param(what, marks=pytest.mark.volume) for what in LARGE)])
def test_what_is_no_list_is_refused_with_its_reason_and_not_kept(as_user, administrator, settings, tmp_path, what):
    settings.MEDIA_ROOT = tmp_path
    if what in SMALLER:
        settings.MEDIA_MAX_MB = 1
    name, content, sentence = (BAD | SMALLER | LARGE)[what]
    client = as_user(administrator)
    answer = client.post(f"/en{reverse('imports:imports')[3:]}", {"file": SimpleUploadedFile(name, content())})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page.replace("&nbsp;", " ")
    assert 'id="id_file_error"' in page
    assert not ActorImport.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_size_and_the_kinds_are_said_before(as_user, administrator):
    page = as_user(administrator).get(f"/en{reverse('imports:imports')[3:]}").content.decode()
    assert "XLSX, CSV, TXT" in page
    assert "XLSX، CSV، TXT" in as_user(administrator).get(f"/ar{reverse('imports:imports')[3:]}").text
    assert 'data-max-mb="20"' in page
    assert "Do not attach any picture or document about migrants as persons." in page


def test_two_rows_of_headings_are_two_rows_of_headings(handed_in):
    content = workbook(
        ["الاسم بالعربية", "الاسم بالفرنسية", "نوع الفاعل"],
        ["Nom en arabe", "Nom en français", "Type d’acteur"],
        ["جمعية النور", "Association Lumière", "جمعية"],
    )
    run = handed_in(name="list.xlsx", content=content)
    assert list(run.rows.values_list("verdict", flat=True)) == ["header", "skipped", "new"]


def test_a_list_without_headings_asks_for_them(as_user, administrator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = as_user(administrator)
    answer = client.post(
        f"/en{reverse('imports:imports')[3:]}",
        {"file": SimpleUploadedFile("list.csv", b"abc;def\nghi;jkl\n")},
        follow=True,
    )
    assert "No row of headings was recognised." in answer.content.decode()


def test_a_file_that_was_lost_before_the_check_fails_with_its_trace_and_brings_nothing_in(handed_in, caplog):
    run = handed_in("الاسم بالعربية;نوع الفاعل", "جمعية النور;جمعية")
    run.file.storage.delete(run.file.name)
    ActorImport.objects.filter(pk=run.pk).update(state="checking", leased_until=None, attempts=0)
    work.produce(run.pk)
    run.refresh_from_db()
    assert (run.state, run.failed_in, Actor.objects.count()) == ("failed", "checking", 0)
