"""Every night files and rows are compared: nobody's files go, somebody's stay, and what is gone is told where it is."""

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from actors.directory.actions.sheets import edit_actor
from meetings.actions.documents import add_document
from meetings.models import Meeting, Report
from portal.core.models import FileFault
from portal.core.sweeping import find_strays, sweep
from portal.core.tasks import sweep_files
from recommendations.models import Evidence, FollowUp
from tests import factories
from tests.core.test_pictures import halves, saved
from tests.uploads import bombs


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(space=space, organiser=association, audience=Meeting.Audience.PUBLIC)


def document(meeting, by):
    upload = SimpleUploadedFile("a.pdf", bombs.PDF)
    return add_document(meeting, title="عرض", upload=upload, audience="public", by=by)


def stray(name="documents/nobodys.pdf", days=2.0):
    """A file that no row names, of so many days ago."""
    kept = default_storage.save(name, ContentFile(b"x"))
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(default_storage.path(kept), (then, then))
    return kept


def grow_old():
    """Every file there is was written two days ago."""
    for path in Path(default_storage.path("")).rglob("*.*"):
        os.utime(path, (1_790_000_000, 1_790_000_000))


def logo(name="a.png", colour=None):
    return SimpleUploadedFile(name, saved(halves(), "PNG"))


def test_a_file_that_no_row_names_goes_after_a_day(meeting, secretariat):
    kept = [*(document(meeting, secretariat).file.name for _number in range(2)), stray("documents/young.pdf", days=0.9)]
    old = [stray(), stray(".beside/half")]
    assert sweep()[0] == sorted(old)
    assert [default_storage.exists(name) for name in (*kept, *old)] == [True, True, True, False, False]


def test_a_logo_that_was_once_set_stays(administrator, commune):
    edit_actor(commune, by=administrator, logo=logo())
    former = commune.logo.name
    edit_actor(commune, by=administrator, logo=logo())
    commune.refresh_from_db()
    assert commune.logo.name != former
    grow_old()
    assert find_strays(timezone.now()) == []


def test_every_column_that_names_a_file_is_asked(meeting, secretariat, administrator, space):
    """What any of them names stays."""
    document(meeting, secretariat)
    edit_actor(meeting.organiser, by=administrator, logo=logo())
    space.letterhead.save("a.png", logo())
    Report.objects.create(
        meeting=meeting, number=1, language="ar", state=Report.State.READY, file=stray("reports/1-1.pdf")
    )
    recommendation = factories.RecommendationFactory(meeting=meeting)
    follow_up = FollowUp.objects.create(recommendation=recommendation, kind="drop", drafted_at=timezone.now())
    Evidence.objects.create(follow_up=follow_up, file=stray("evidence/a.pdf"))
    grow_old()
    assert find_strays(timezone.now()) == []


def test_the_disk_of_another_portal_is_left_alone(meeting, secretariat):
    document(meeting, secretariat)
    names = [stray(), stray()]
    assert find_strays(timezone.now()) == sorted(names)
    assert sweep()[0] == []
    assert all(map(default_storage.exists, names))


def test_what_is_gone_is_told_to_the_administrators_until_it_is_back(as_user, administrator, secretariat, meeting):
    kept = document(meeting, secretariat)
    default_storage.delete(kept.file.name)
    sweep_files()
    sweep_files()
    assert list(FileFault.objects.values_list("name", "fault", "model", "row")) == [
        (kept.file.name, "gone", "meetings.document", str(kept.pk))
    ]
    client = as_user(administrator)
    assert "Files that cannot be used" in client.get("/en/actors/upkeep/").text
    page = client.get("/en/files/missing/").text
    assert "عرض" in page
    assert f'href="/en/meetings/{meeting.reference}/documents/"' in page
    assert "not on the disk any more" in page
    default_storage.save(kept.file.name, ContentFile(bombs.PDF))
    sweep_files()
    assert not FileFault.objects.exists()
    assert "Every file can be used" in client.get("/en/files/missing/").text


def test_what_was_noted_of_a_file_goes_with_its_row(secretariat, meeting):
    kept = document(meeting, secretariat)
    default_storage.delete(kept.file.name)
    sweep_files()
    kept.delete()
    sweep_files()
    assert not FileFault.objects.exists()


@pytest.mark.parametrize("who", ["secretariat", "outsider"])
def test_only_administrators_read_of_them(request, as_user, who):
    assert as_user(request.getfixturevalue(who)).get(reverse("home:lost_files")).status_code == 403


def test_a_report_that_is_gone_is_made_again(meeting):
    report = Report.objects.create(
        meeting=meeting,
        number=1,
        language="ar",
        state=Report.State.READY,
        file="reports/1-1.pdf",
        file_size=9,
        percent=100,
    )
    sweep_files()
    report.refresh_from_db()
    assert (report.state, report.file.name, report.percent, report.attempts) == (Report.State.WAITING, "", 0, 0)
    assert not FileFault.objects.exists()


def test_the_command_lists_and_only_when_asked_removes(meeting, secretariat):
    gone, kept, name = document(meeting, secretariat), document(meeting, secretariat), stray()
    default_storage.delete(gone.file.name)

    def said(*options):
        out = StringIO()
        call_command("sweep_files", *options, stdout=out)
        return out.getvalue()

    assert f"older than a day: 1\n  {name}" in said()
    assert f"Gone from the disk: 1\n  {gone.file.name} (meetings.document {gone.pk})" in said()
    assert default_storage.exists(name)
    assert f"Thrown away: 1\n  {name}" in said("--remove")
    assert not default_storage.exists(name)
    assert default_storage.exists(kept.file.name)


# Pictures that were kept before they were looked at.


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (bombs.png(20_000, 20_000), "The logo that is kept cannot be read"),
        (b"<svg/>", "The logo that is kept cannot be read"),
        (saved(halves(), "PNG")[:60], "The logo that is kept cannot be read"),
        (None, "The logo is not on the portal’s disk any more"),
    ],
)
def test_a_letterhead_that_cannot_be_used_breaks_nothing_and_is_told(
    as_user, secretariat, officer, space, meeting, content, sentence
):
    space.letterhead.save("a.png", ContentFile(content or b"x"))
    if content is None:
        default_storage.delete(space.letterhead.name)
    client = as_user(secretariat)
    order = {"language": "fr", "audience": "participants"}
    assert client.post(reverse("meetings:make_report", args=[meeting.reference]), order).status_code == 302
    report = Report.objects.get()
    assert '"logo": ""' in str(report.data).replace("'", '"')
    places = [f"/en/spaces/{space.slug}/", f"/en/meetings/{meeting.reference}/report/"]
    assert [sentence in client.get(place).text for place in places] == [True, True]
    assert f'href="/en/spaces/{space.slug}/edit/">Hand in the logo</a>' in client.get(places[1]).text
    assert [sentence in as_user(officer).get(place).text for place in places] == [False, False]
    space.letterhead.save("b.png", logo())
    assert [sentence in client.get(place).text for place in places] == [False, False]


def test_a_logo_that_cannot_be_read_is_told_on_its_sheet(as_user, manager, visitor, commune):
    commune.logo.save("a.png", ContentFile(b"\x89PNG"))
    FileFault.objects.create(name=commune.logo.name, fault="unreadable", model="directory.actor", row=commune.pk)
    address = f"/en/actors/{commune.slug}/"
    assert "The logo that is kept cannot be read" in as_user(manager).get(address).text
    assert "The logo that is kept cannot be read" not in as_user(visitor).get(address).text
    assert [f"/en/actors/{commune.slug}/logo/" in as_user(who).get(address).text for who in (manager, visitor)] == [
        False, False,
    ]  # fmt: skip
    FileFault.objects.all().delete()
    assert f"/en/actors/{commune.slug}/logo/" in as_user(visitor).get(address).text
