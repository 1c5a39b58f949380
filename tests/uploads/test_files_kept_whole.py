"""A file is on the disk whole or not at all, and no file stays that no row names; one that is gone is a sentence."""

import errno
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import transaction
from django.urls import reverse

from actors.imports.models import ActorImport
from actors.imports.work import produce
from meetings.actions.documents import add_document
from meetings.models import Document, Meeting
from portal.core import saving, storage
from portal.core.errors import Refused
from portal.core.files import written
from tests import factories
from tests.answers import content_of
from tests.uploads import bombs


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def meeting(space, association, commune):
    return factories.MeetingFactory(space=space, organiser=association, audience=Meeting.Audience.PUBLIC)


def stored(tmp_path):
    return sorted(path for path in (tmp_path / "media").rglob("*") if path.is_file())


def upload(name="presentation.pdf", content=bombs.PDF):
    return SimpleUploadedFile(name, content)


def large(content):
    """An upload that came in a file of its own."""
    file = TemporaryUploadedFile("large.pdf", "application/pdf", len(content), None)
    file.write(content)
    file.seek(0)
    return file


def post(client, meeting, file):
    address = f"/en{reverse('meetings:add_document', args=[meeting.reference])[3:]}"
    return client.post(address, {"title": "عرض", "audience": "public", "language": "ar", "file": file})


@pytest.fixture
def full_disk(monkeypatch):
    """A disk that takes a few bytes of each file and no more."""

    class Full(io.FileIO):
        def write(self, content):
            super().write(bytes(content)[:10])
            raise OSError(errno.ENOSPC, "No space left on device")

    class Folder(type(Path())):
        def open(self, mode):
            return Full(self, "x")

    monkeypatch.setattr(storage, "Path", Folder)


@pytest.mark.parametrize("made", [lambda: ContentFile(b"x" * 9), lambda: large(b"x" * 9)])
def test_a_file_is_kept_with_its_rights_and_nothing_stays_beside_it(made, tmp_path):
    with made() as file:
        name = default_storage.save("documents/a.pdf", file)
    [path] = stored(tmp_path)
    assert (name, path.read_bytes(), path.stat().st_mode & 0o777) == ("documents/a.pdf", b"x" * 9, 0o640)


def test_two_files_of_one_name_are_two_files(tmp_path):
    names = {default_storage.save("logos/a.png", ContentFile(bytes([number]))) for number in range(3)}
    assert len(names) == len(stored(tmp_path)) == 3


@pytest.mark.parametrize("file", [upload, lambda: large(bombs.PDF + b"x" * 3_000_000)])
def test_a_full_disk_is_a_sentence_and_leaves_nothing(as_user, secretariat, meeting, full_disk, tmp_path, file):
    with file() as handed_in:
        answer = post(as_user(secretariat), meeting, handed_in)
    assert answer.status_code == 422
    assert "The portal’s disk does not take this file just now" in answer.text
    assert not Document.objects.exists()
    assert stored(tmp_path) == []


def test_a_file_goes_with_the_transaction_that_fails_after_its_act(
    as_user, secretariat, meeting, monkeypatch, tmp_path
):
    def broken(*_arguments, **_options):
        assert len(stored(tmp_path)) == 1
        raise RuntimeError("the database went away")

    client = as_user(secretariat)
    monkeypatch.setattr(saving.acted, "send", broken)
    with pytest.raises(RuntimeError):
        post(client, meeting, upload())
    assert not Document.objects.exists()
    assert stored(tmp_path) == []


def test_what_was_written_inside_goes_when_what_is_around_fails(secretariat, meeting, tmp_path):
    kept = {"title": "عرض", "audience": "public", "by": secretariat}
    add_document(meeting, upload=upload(), **kept)

    def several():
        with written(), transaction.atomic():
            add_document(meeting, upload=upload(), **kept)
            add_document(meeting, upload=upload(), **kept)
            assert len(stored(tmp_path)) == 3
            raise Refused("no")

    with pytest.raises(Refused):
        several()
    assert (len(stored(tmp_path)), Document.objects.count()) == (1, 1)


HANDED_OUT = [
    ("presentation.pdf", bombs.PDF, "application/pdf"),
    ("also an archive.pdf", bombs.PDF + bombs.archive(("a.txt", "x")), "application/pdf"),
    ("also a script.txt", b"GIF89a/*<script>alert(1)</script>*/=1;", "text/plain; charset=utf-8"),
]


@pytest.mark.parametrize(("name", "content", "kind"), HANDED_OUT)
def test_a_file_is_handed_out_as_our_list_has_it_and_as_no_page(as_user, secretariat, meeting, name, content, kind):
    client = as_user(secretariat)
    assert post(client, meeting, upload(name, content)).status_code == 302
    answer = client.get(reverse("meetings:download_document", args=[Document.objects.get().pk]))
    assert content_of(answer) == content
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_name_kept_before_is_shown_and_handed_out_without_its_hidden_signs(as_user, secretariat, meeting):
    document = add_document(meeting, title="عرض", upload=upload(), audience="public", by=secretariat)
    Document.objects.filter(pk=document.pk).update(file_name="fdp\u202e\r\n.pdf")
    client = as_user(secretariat)
    assert "<bdi>fdp .pdf</bdi>" in client.get(reverse("meetings:remove_document", args=[document.pk])).text
    answer = client.get(reverse("meetings:download_document", args=[document.pk]))
    content_of(answer)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="fdp .pdf"'


def test_a_logo_is_shown_as_a_picture_or_not_at_all(as_user, visitor, commune):
    def answer(name):
        commune.logo = default_storage.save(name, ContentFile(b"<svg/>"))
        commune.save()
        return as_user(visitor).get(reverse("directory:actor_logo", args=[commune.slug]))

    shown = answer("logos/a.png")
    content_of(shown)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    assert shown.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert [answer(name).status_code for name in ("logos/a.svg", "logos/a.html", "logos/a")] == [404] * 3


@pytest.mark.parametrize("who", ["secretariat", "visitor"])
def test_a_file_that_is_gone_is_told_as_that(request, as_user, secretariat, meeting, tmp_path, who):
    document = add_document(meeting, title="عرض", upload=upload(), audience="public", by=secretariat)
    [path] = stored(tmp_path)
    path.unlink()
    address = f"/en{reverse('meetings:download_document', args=[document.pk])[3:]}"
    answer = as_user(request.getfixturevalue(who)).get(address)
    assert answer.status_code == 404
    assert "This file is not on the portal’s disk any more." in answer.text
    assert "Sign in to open this page" not in answer.text
    place = reverse("meetings:documents", args=[meeting.reference])
    came = as_user(request.getfixturevalue(who)).get(address, headers={"Referer": f"http://testserver{place}"})
    assert f'href="{place}">Back to the page</a>' in came.text
    listed = as_user(request.getfixturevalue(who)).get(place)
    assert listed.status_code == 200


def test_a_list_that_is_gone_is_an_import_that_failed_with_a_sentence(administrator, as_user, tmp_path):
    client = as_user(administrator)
    content = "Nom en français;Type\nAssociation A;Association\n".encode()
    client.post(reverse("imports:imports"), {"file": SimpleUploadedFile("list.csv", content)})
    run = ActorImport.objects.get()
    run.state = run.State.CHECKING
    run.save()
    [path] = stored(tmp_path)
    path.unlink()
    produce(run.pk)
    run.refresh_from_db()
    assert (run.state, "Traceback" in run.error) == (run.State.FAILED, False)
    assert run.error
