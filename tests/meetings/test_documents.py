"""Files of a meeting: handed in, refused, replaced, fetched by whom they are for."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from meetings.actions.documents import add_document, remove_document
from meetings.models import Document, Meeting
from portal.core.errors import Refused
from tests import factories
from tests.answers import content_of

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def meeting(space, association, commune):
    meeting = factories.MeetingFactory(space=space, organiser=association, audience=Meeting.Audience.PUBLIC)
    factories.InvitationFactory(meeting=meeting, actor=commune)
    return meeting


def upload(name="presentation.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def post(client, meeting, file, query="", **fields):
    data = {"title": "عرض", "audience": "participants", "language": "ar", "file": file} | fields
    return client.post(reverse("meetings:add_document", args=[meeting.reference]) + query, data)


def fetch(client, document):
    """Status, bytes and headers of a download, its file closed."""
    answer = client.get(reverse("meetings:download_document", args=[document.pk]))
    content = content_of(answer)
    return answer.status_code, content if answer.status_code == 200 else b"", answer.headers


def stored(tmp_path):
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_is_kept_under_a_name_nobody_can_guess_and_sent_under_its_own(
    as_user, secretariat, officer, meeting, tmp_path
):
    item = factories.AgendaItemFactory(meeting=meeting)
    assert post(as_user(secretariat), meeting, upload("عرض الجماعة.pdf"), item=item.pk).status_code == 302
    document = Document.objects.get()
    assert (document.title, document.item, document.file_size, document.added_by) == (
        "عرض",
        item,
        len(PDF),
        secretariat,
    )
    assert [path.suffix for path in stored(tmp_path)] == [".pdf"]
    assert "عرض" not in document.file.name
    status, content, headers = fetch(as_user(officer), document)
    assert (status, content, headers["X-Content-Type-Options"]) == (200, PDF, "nosniff")
    assert headers["Content-Disposition"].startswith("attachment")


def _zip():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("anything.txt", "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("program.exe", b"MZ\x90\x00"),
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + b"x" * 40),
        ("letter.docx", _zip()),
        ("photo.png", PDF),
        ("empty.pdf", b""),
        ("noending", PDF),
    ],
)
def test_a_file_of_the_wrong_kind_or_content_is_refused_at_its_field(
    as_user, secretariat, meeting, tmp_path, name, content
):
    answer = post(as_user(secretariat), meeting, upload(name, content))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["file"]
    assert answer.context["form"]["title"].value() == "عرض"
    assert not Document.objects.exists()
    assert stored(tmp_path) == []


def test_a_file_too_large_is_refused_and_its_size_said(as_user, secretariat, meeting, settings):
    settings.MEDIA_MAX_MB = 1
    answer = post(as_user(secretariat), meeting, upload("large.pdf", PDF + b"x" * (1024 * 1024 + 1)))
    assert answer.status_code == 422
    assert "1" in answer.context["form"].errors["file"][0]
    assert not Document.objects.exists()


def test_a_new_version_takes_the_place_of_the_old_one_which_stays(as_user, secretariat, meeting):
    client = as_user(secretariat)
    post(client, meeting, upload("one.pdf"))
    old = Document.objects.get()
    post(client, meeting, upload("two.pdf"), query=f"?replaces={old.pk}")
    new = Document.objects.current().get()
    old.refresh_from_db()
    assert (new.version, new.file_name, old.replaced_by) == (2, "two.pdf", new)
    groups = client.get(reverse("meetings:documents", args=[meeting.reference])).context["groups"]
    assert [(entry["document"], entry["earlier"]) for group in groups for entry in group["entries"]] == [(new, [old])]


def versions(meeting, by, *audiences, opened=()):
    """A document handed in once for each audience, and whom its versions are for then, the first first."""
    document = None
    for audience in audiences:
        more = {"replaces": document, "opened": opened} if document else {}
        document = add_document(meeting, title="عرض", upload=upload(), audience=audience, by=by, **more)
    return [row.audience for row in reversed(document.versions())]


@pytest.mark.parametrize(
    ("audiences", "then"),
    [
        (["public", "secretariat"], ["secretariat", "secretariat"]),
        (["public", "public", "participants"], ["participants"] * 3),
        (["secretariat", "public"], ["secretariat", "public"]),
        (["secretariat", "public", "members"], ["secretariat", "members", "members"]),
    ],
)
def test_the_versions_before_are_read_by_nobody_who_does_not_read_the_newest(secretariat, meeting, audiences, then):
    assert versions(meeting, secretariat, *audiences) == then


def test_a_version_before_is_opened_to_more_readers_where_that_was_ticked(as_user, secretariat, meeting):
    versions(meeting, secretariat, "secretariat", "participants")
    second, first = Document.objects.current().get().versions()
    client, query = as_user(secretariat), f"?replaces={second.pk}"
    form = client.get(reverse("meetings:add_document", args=[meeting.reference]) + query).context["form"]
    assert [key for key, _label in form.fields["opened"].choices] == [str(second.pk), str(first.pk)]
    assert not form["opened"].value()
    post(client, meeting, upload(), query=query, audience="public", opened=[second.pk])
    assert [row.audience for row in Document.objects.current().get().versions()] == ["public", "public", "secretariat"]


def test_a_version_that_was_opened_is_listed_also_where_one_in_between_is_not_read(
    as_user, secretariat, meeting, client
):
    versions(meeting, secretariat, "secretariat", "members")
    second, first = Document.objects.current().get().versions()
    query = f"?replaces={second.pk}"
    post(as_user(secretariat), meeting, upload(), query=query, audience="public", opened=[first.pk])
    groups = client.get(reverse("meetings:documents", args=[meeting.reference])).context["groups"]
    assert [entry["earlier"] for group in groups for entry in group["entries"]] == [[first]]


def test_what_everybody_reads_already_is_not_asked_about(as_user, secretariat, meeting):
    versions(meeting, secretariat, "public")
    query = f"?replaces={Document.objects.get().pk}"
    form = as_user(secretariat).get(reverse("meetings:add_document", args=[meeting.reference]) + query).context["form"]
    assert "opened" not in form.fields


def test_of_two_people_replacing_one_file_one_is_refused_and_leaves_nothing(secretariat, meeting, tmp_path):
    common = {"title": "عرض", "audience": "public", "by": secretariat}
    first = add_document(meeting, upload=upload("one.pdf"), **common)
    add_document(meeting, upload=upload("two.pdf"), replaces=first, **common)
    with pytest.raises(Refused):
        add_document(meeting, upload=upload("three.pdf"), replaces=first, **common)
    assert sorted(Document.objects.values_list("file_name", flat=True)) == ["one.pdf", "two.pdf"]
    assert len(stored(tmp_path)) == 2


def test_a_file_taken_away_is_gone_and_the_version_before_stands_again(
    as_user, secretariat, meeting, tmp_path, django_capture_on_commit_callbacks
):
    common = {"title": "عرض", "audience": "public", "by": secretariat}
    first = add_document(meeting, upload=upload("one.pdf"), **common)
    second = add_document(meeting, upload=upload("two.pdf"), replaces=first, **common)
    client = as_user(secretariat)
    address = reverse("meetings:remove_document", args=[second.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": " "}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, {"reason": "نسخة خاطئة"}).status_code == 302
    assert list(Document.objects.current()) == [first]
    assert len(stored(tmp_path)) == 1
    second.refresh_from_db()
    assert (second.removed_by, second.removal_reason, second.file.name) == (secretariat, "نسخة خاطئة", "")
    with pytest.raises(Refused):
        remove_document(second, reason="مرة أخرى", by=secretariat)


def test_a_version_in_between_is_taken_away_and_the_others_stay_one_document(secretariat, meeting):
    versions(meeting, secretariat, "public", "public", "public")
    third, second, first = Document.objects.current().get().versions()
    remove_document(second, reason="سبب", by=secretariat)
    assert Document.objects.current().get().versions() == [third, first]


def test_the_number_of_a_version_taken_away_is_not_given_again(as_user, secretariat, meeting):
    versions(meeting, secretariat, "public", "public", "public")
    third, second, first = Document.objects.current().get().versions()
    remove_document(third, reason="سبب", by=secretariat)
    remove_document(Document.objects.get(pk=second.pk), reason="سبب", by=secretariat)
    assert Document.objects.current().get() == first
    client = as_user(secretariat)
    groups = client.get(reverse("meetings:documents", args=[meeting.reference])).context["groups"]
    assert [(entry["document"], entry["earlier"]) for group in groups for entry in group["entries"]] == [(first, [])]
    post(client, meeting, upload("four.pdf"), query=f"?replaces={first.pk}")
    newest = Document.objects.current().get()
    assert (newest.version, newest.versions()) == (4, [newest, first])


@pytest.mark.parametrize(
    ("who", "told", "why"), [("visitor", True, False), ("outsider", True, False), ("officer", True, True)]
)
def test_whoever_read_a_file_is_told_that_it_was_taken_away(
    request, as_user, secretariat, meeting, django_capture_on_commit_callbacks, who, told, why
):
    document = add_document(meeting, title="عرض مسحوب", upload=upload(), audience="public", by=secretariat)
    inner = add_document(meeting, title="ورقة داخلية", upload=upload(), audience="secretariat", by=secretariat)
    with django_capture_on_commit_callbacks(execute=True):
        for one in (document, inner):
            remove_document(one, reason="فيه خطأ", by=secretariat)
    client = as_user(request.getfixturevalue(who))
    led = client.get(document.get_absolute_url())
    assert (led.status_code, led.url) == (302, reverse("meetings:documents", args=[meeting.reference]) + "#taken-away")
    page = client.get(led.url).text
    assert ("عرض مسحوب" in page, "فيه خطأ" in page, secretariat.name in page) == (told, why, why)
    assert client.get(inner.get_absolute_url()).status_code == 404
    assert "ورقة داخلية" not in page


READERS = {
    "public": {"secretariat", "administrator", "officer", "member", "outsider", "visitor"},
    "members": {"secretariat", "administrator", "officer", "member", "outsider"},
    "participants": {"secretariat", "administrator", "officer", "member"},
    "secretariat": {"secretariat", "administrator"},
}
EVERYBODY = sorted(READERS["public"])


@pytest.mark.parametrize(("audience", "who"), [(audience, who) for audience in READERS for who in EVERYBODY])
def test_who_may_download_what(request, as_user, secretariat, meeting, audience, who):
    document = add_document(meeting, title="عرض", upload=upload(), audience=audience, by=secretariat)
    client = as_user(request.getfixturevalue(who))
    may = who in READERS[audience]
    assert fetch(client, document)[0] == (200 if may else 404)
    listed = client.get(reverse("meetings:documents", args=[meeting.reference])).context["groups"]
    assert bool(listed) is may


@pytest.mark.parametrize("who", ["officer", "member", "outsider"])
def test_only_those_who_prepare_the_meeting_hand_in_or_take_away(request, as_user, secretariat, meeting, who):
    document = add_document(meeting, title="عرض", upload=upload(), audience="public", by=secretariat)
    client = as_user(request.getfixturevalue(who))
    assert post(client, meeting, upload()).status_code == 403
    assert client.post(reverse("meetings:remove_document", args=[document.pk])).status_code == 403
    assert Document.objects.count() == 1


def test_beside_the_upload_stands_what_must_not_be_attached(as_user, secretariat, meeting):
    content = as_user(secretariat).get(reverse("meetings:add_document", args=[meeting.reference])).content.decode()
    assert 'class="privacy"' in content
    assert "DOCX" in content


def test_an_item_of_another_meeting_is_not_offered(as_user, secretariat, meeting):
    other = factories.AgendaItemFactory()
    assert post(as_user(secretariat), meeting, upload(), item=other.pk).status_code == 422
    assert not Document.objects.exists()


def test_a_form_that_comes_back_says_which_file_is_to_be_chosen_again(as_user, secretariat, meeting):
    """Asked whether it is meant twice, or refused: the browser has forgotten the file, and no page says otherwise."""
    client, address = as_user(secretariat), f"/en/meetings/{meeting.reference}/documents/add/"
    said = {"title": "عرض", "audience": "public"}
    assert client.post(address, said | {"file": upload("العرض.pdf")}).status_code == 302
    asked = client.post(address, said | {"file": upload("العرض.pdf")})
    refused = client.post(address, said | {"title": "", "file": upload("العرض.pdf")})
    assert "Send the form once more to make another." in asked.text
    for answer in (asked, refused):
        assert answer.status_code == 422
        assert "What you typed is kept, but not the files." in answer.text
        assert "Choose these files again: <bdi>العرض.pdf</bdi>" in answer.text
        assert "Nothing you typed is lost" not in answer.text
    assert "Nothing you typed is lost" in client.post(address, said).text
