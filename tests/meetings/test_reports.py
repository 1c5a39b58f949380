"""Reports as rows: ordered once, made under a lease, finished by the next worker, fetched by whom they are for."""

import signal
import subprocess
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from meetings import work
from meetings.actions.reports import make_report, retry_report
from meetings.models import Attendance, Meeting, Report
from meetings.reports.collect import collect
from portal.core.acting import THE_PORTAL
from portal.core.errors import Refused
from portal.core.work import resume
from tests import factories
from tests.answers import content_of
from tests.elsewhere import SECONDS, SETUP

BYTES = b"%PDF-1.7 sample"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def rendered(monkeypatch):
    """Rendering replaced by fixed bytes; the list says which rows were rendered."""
    made = []
    monkeypatch.setattr(work, "render", lambda report: made.append(report.pk) or BYTES)
    return made


@pytest.fixture
def meeting(space, association, commune):
    meeting = factories.MeetingFactory(
        space=space, organiser=association, state=Meeting.State.HELD, audience=Meeting.Audience.PUBLIC
    )
    factories.AgendaItemFactory(meeting=meeting)
    factories.InvitationFactory(meeting=meeting, actor=commune)
    return meeting


def order(meeting, *, language="ar", audience="participants", left_out=(), by=THE_PORTAL, day=None):
    data = collect(meeting, language=language, audience=audience, left_out=left_out, day=day)
    return make_report(meeting, language=language, audience=audience, data=data, left_out=left_out, by=by)


def content(report):
    with report.file.open() as file:
        return file.read()


def files(tmp_path):
    return sorted(path.name for path in tmp_path.rglob("*") if path.is_file())


def test_the_same_content_is_never_made_twice_whatever_the_day(meeting):
    first, is_new = order(meeting)
    same, again = order(meeting, day=timezone.localdate() + timedelta(days=3))
    assert (is_new, again, same.pk) == (True, False, first.pk)
    others = {
        order(meeting, language="fr")[0].pk,
        order(meeting, audience="public")[0].pk,
        order(meeting, left_out=["programme"])[0].pk,
    }
    meeting.title_ar = "عنوان آخر"
    meeting.save()
    others.add(order(meeting)[0].pk)
    assert len(others - {first.pk}) == 4
    assert sorted(Report.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_a_waiting_report_becomes_a_frozen_file(meeting, rendered, tmp_path):
    report, _new = order(meeting)
    assert work.produce(report.pk)
    report.refresh_from_db()
    assert (report.state, report.percent, report.file_size, report.error) == ("ready", 100, len(BYTES), "")
    assert content(report) == BYTES
    assert len(files(tmp_path)) == 1
    assert not work.produce(report.pk)
    assert rendered == [report.pk]


def test_a_broken_template_says_so_and_shows_its_error_to_administrators_only(
    as_user, secretariat, administrator, meeting, monkeypatch, settings, tmp_path
):
    monkeypatch.setattr(work, "TEMPLATE", "meetings/reports/nowhere.html")
    report, _new = order(meeting)
    assert not work.produce(report.pk)
    report.refresh_from_db()
    assert (report.state, files(tmp_path)) == ("failed", [])
    address = reverse("meetings:report", args=[meeting.reference])
    shown = as_user(secretariat).get(address).content.decode()
    assert "TemplateDoesNotExist" not in shown
    assert reverse("meetings:retry_report", args=[report.pk]) in shown
    assert "TemplateDoesNotExist" in as_user(administrator).get(address).content.decode()
    monkeypatch.undo()
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(work, "render", lambda report: BYTES)
    as_user(secretariat).post(reverse("meetings:retry_report", args=[report.pk]))
    report.refresh_from_db()
    assert (report.state, report.attempts, report.error) == ("waiting", 0, "")
    assert resume() == [report.pk]


def test_only_a_failed_report_is_tried_again(meeting):
    report, _new = order(meeting)
    with pytest.raises(Refused):
        retry_report(report, by=THE_PORTAL)


def test_ordering_from_the_page_leaves_a_row_that_waits_and_survives_a_reload(
    as_user, secretariat, meeting, monkeypatch, django_capture_on_commit_callbacks
):
    called = []
    monkeypatch.setattr("portal.core.work.wake", called.append)
    client = as_user(secretariat)
    data = {"language": "fr", "audience": "public", "parts": ["programme", "minutes"]}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("meetings:make_report", args=[meeting.reference]), data)
    report = Report.objects.get()
    assert (answer.status_code, report.language, report.audience, report.state, called) == (
        302,
        "fr",
        "public",
        "waiting",
        ["portal.core.tasks.work_on_next"],
    )
    assert "attendance" in report.left_out
    shown = client.get(answer.url).content.decode()
    assert reverse("meetings:report_status", args=[report.pk]) in shown
    status = client.get(reverse("meetings:report_status", args=[report.pk]), headers={"HX-Request": "true"})
    assert "<progress" in status.content.decode()
    assert client.get(reverse("meetings:report_status", args=[report.pk])).status_code == 302


def test_an_unknown_language_is_refused_at_its_field(as_user, secretariat, meeting):
    answer = as_user(secretariat).post(
        reverse("meetings:make_report", args=[meeting.reference]), {"language": "xx", "audience": "public"}
    )
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["language"])
    assert not Report.objects.exists()


@pytest.mark.parametrize("who", ["officer", "member", "outsider"])
def test_only_those_who_prepare_the_meeting_make_its_report(request, as_user, meeting, who):
    data = {"language": "ar", "audience": "public"}
    assert (
        as_user(request.getfixturevalue(who))
        .post(reverse("meetings:make_report", args=[meeting.reference]), data)
        .status_code
        == 403
    )
    assert not Report.objects.exists()


READERS = {
    "public": {"secretariat", "administrator", "officer", "outsider", "visitor"},
    "participants": {"secretariat", "administrator", "officer"},
}


@pytest.mark.parametrize(
    ("audience", "who"), [(audience, who) for audience in READERS for who in sorted(READERS["public"])]
)
def test_who_may_download_a_report(request, as_user, meeting, rendered, audience, who):
    report, _new = order(meeting, audience=audience)
    address = reverse("meetings:download_report", args=[report.pk])
    client = as_user(request.getfixturevalue(who))
    assert client.get(address).status_code == 404
    work.produce(report.pk)
    answer = client.get(address)
    content_of(answer)
    assert answer.status_code == (200 if who in READERS[audience] else 404)
    if answer.status_code == 200:
        assert answer["Content-Disposition"] == f'attachment; filename="{meeting.reference}-1-ar.pdf"'


def test_a_public_report_names_the_present_only_and_no_person(meeting, commune, service, association):
    common = {"meeting": meeting, "representative": "اسم تجريبي"}
    for actor in (service, association):
        factories.InvitationFactory(meeting=meeting, actor=actor)
    Attendance.objects.create(actor=commune, status="late", **common)
    Attendance.objects.create(actor=service, status="absent", **common)
    Attendance.objects.create(actor=association, status="excused", **common)
    public = collect(meeting, language="ar", audience="public")["sections"]["attendance"]
    rows = [row for group in public["groups"] for row in group["rows"]]
    assert [(row["name"], row["status"], row["who"]) for row in rows] == [(commune.name_ar, "حاضرة", "")]
    assert [row["count"] for row in public["sums"]] == [1]
    inside = collect(meeting, language="ar", audience="participants")["sections"]["attendance"]
    assert [row["count"] for row in inside["sums"]] == [3, 1, 1, 1]


KILLED = """
import os, signal
from tests import factories
from meetings.actions.reports import make_report
from portal.core.acting import THE_PORTAL
from meetings import work
from meetings.reports.collect import collect
meeting = factories.MeetingFactory()
data = collect(meeting, language="ar", audience="public")
report, _ = make_report(meeting, language="ar", audience="public", data=data, by=THE_PORTAL)
work.render = lambda report: os.kill(os.getpid(), signal.SIGKILL)
work.produce(report.pk)
"""
NEXT = """
from datetime import timedelta
from django.utils import timezone
from django.utils.translation import override
from meetings.models import Report
from portal.core.work import LEASE, resume
report = Report.objects.get()
print(report.state, report.attempts, resume(), end=" ")
resume(timezone.now() + LEASE + timedelta(seconds=1))
report.refresh_from_db()
print(report.state, report.attempts, report.file.read()[:5])
"""


def test_a_worker_really_killed_while_it_renders_is_followed_by_the_next(portal_elsewhere):
    """Two processes over one database file: the first dies by SIGKILL, the second makes the PDF."""
    portal_elsewhere.run(KILLED, ends=-signal.SIGKILL)
    assert portal_elsewhere.run(NEXT).split("\n")[0] == "waiting 1 [] ready 2 b'%PDF-'"


LONGER = """
import time
from datetime import timedelta
from portal.core import leases, work as core
from meetings.models import Report
from meetings import work
core.LEASE, core.HOLD, leases.PULSE = timedelta(seconds=3), timedelta(seconds=3), 0.5
def busy(report):
    print("begun", flush=True)
    end = time.monotonic() + 12
    while time.monotonic() < end:
        sum(range(1000))
    return b"%PDF-1.7 of the first"
work.render = busy
print(work.produce(Report.objects.get().pk))
"""
ORDERED = """
from tests import factories
from meetings.actions.reports import make_report
from portal.core.acting import THE_PORTAL
from meetings.reports.collect import collect
meeting = factories.MeetingFactory()
data = collect(meeting, language="ar", audience="public")
make_report(meeting, language="ar", audience="public", data=data, by=THE_PORTAL)
"""
LOOKS = """
import sys, time
from meetings.models import Report
from portal.core.work import resume
sys.stdin.readline()
made = []
while Report.objects.get().state == "waiting":
    made += resume()
    time.sleep(0.2)
report = Report.objects.get()
print(made, report.state, report.attempts, report.file.read())
"""


def test_work_longer_than_its_lease_is_not_taken_by_a_second_worker(portal_elsewhere):
    """Two processes over one database file: the second looks for work all the time, and finds none."""
    portal_elsewhere.run(ORDERED)
    second = portal_elsewhere.start("-c", SETUP + LOOKS, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    first = portal_elsewhere.start("-c", SETUP + LONGER, stdout=subprocess.PIPE)
    assert first.stdout.readline() == "begun\n"
    said, _complained = second.communicate("look\n", timeout=SECONDS)
    assert said.split("\n")[0] == "[] ready 1 b'%PDF-1.7 of the first'"
    assert first.communicate(timeout=SECONDS)[0].strip() == "True"


@pytest.mark.parametrize(("language", "named"), [("ar", "الفرنسية"), ("fr", "Français")])
def test_the_language_of_a_report_is_named_in_the_readers(as_user, secretariat, meeting, language, named):
    with override(language):
        address = reverse("meetings:report", args=[meeting.reference])
    assert f'<option value="fr">{named}</option>' in as_user(secretariat).get(address).content.decode()
