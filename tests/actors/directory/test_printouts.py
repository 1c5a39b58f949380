"""PDFs of the directory as rows: ordered, made under a lease, finished by the next worker, fetched by who asked."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from pypdf import PdfReader

from actors.directory import work as printouts
from actors.directory.actions import order_printout
from actors.directory.models import HandOver, Membership, Printout
from portal.accounts.models import User
from portal.core.work import resume
from portal.reference.models import Territory, TerritoryShape
from tests import factories
from tests.answers import content_of
from tests.region import load_region

BYTES = b"%PDF-1.7 sample"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def rendered(monkeypatch):
    """Rendering replaced by fixed bytes; the list says which rows were rendered."""
    made = []
    monkeypatch.setattr(printouts, "render", lambda printout: made.append(printout.pk) or BYTES)
    return made


def ordered(by, **fields):
    values = {"title": "محضر تسليم المهام", "language": "ar", "data": {}} | fields
    return order_printout("directory.hand_over", by=by, **values)


def _content(printout):
    with printout.file.open("rb") as file:
        return file.read()


def test_a_printout_waits_and_is_made_once(administrator, rendered):
    printout = ordered(administrator)
    assert printout.state == Printout.State.WAITING
    assert printouts.produce(printout.pk)
    assert not printouts.produce(printout.pk)
    printout.refresh_from_db()
    assert (printout.state, printout.percent, printout.file_size) == (Printout.State.READY, 100, len(BYTES))
    assert _content(printout) == BYTES
    assert rendered == [printout.pk]


def test_files_older_than_a_month_go_with_their_rows(administrator, rendered):
    old, fresh = ordered(administrator), ordered(administrator)
    assert resume() == [old.pk, fresh.pk]
    Printout.objects.filter(pk=old.pk).update(requested_at=timezone.now() - timedelta(days=31))
    storage = fresh.file.storage
    assert printouts.clean() == 1
    assert list(Printout.objects.all()) == [fresh]
    assert storage.listdir("printouts")[1] == [f"{fresh.pk}-1.pdf"]


def test_the_page_says_how_far_it_is_survives_a_reload_and_then_gives_the_file(manager, as_user, rendered):
    client, printout = as_user(manager), ordered(manager)
    url, download = (reverse(f"directory:{name}", args=[printout.pk]) for name in ("printout", "download_printout"))
    for _reload in range(2):
        page = client.get(url).content.decode()
        assert 'data-state="waiting"' in page
        assert f'hx-get="{url}"' in page
    assert client.get(download).status_code == 404
    printouts.produce(printout.pk)
    piece = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in piece
    assert download in piece
    answer = client.get(download)
    assert content_of(answer) == BYTES
    assert answer["Content-Type"] == "application/pdf"


def test_only_who_asked_and_administrators_find_it(manager, officer, administrator, as_user, rendered):
    printout = ordered(manager)
    printouts.produce(printout.pk)
    for route in ("directory:printout", "directory:download_printout"):
        url = reverse(route, args=[printout.pk])
        assert as_user(officer).get(url).status_code == 404
        for person in (manager, administrator):
            answer = as_user(person).get(url)
            assert (answer.status_code, bool(content_of(answer))) == (200, True)


def test_a_file_goes_with_the_right_to_read_its_page(manager, officer, commune, as_user, rendered):
    """Who has left the institution still reads what everybody does, and nothing of what its people are shown."""
    hand_over = HandOver.objects.create(actor=commune, day=timezone.localdate(), from_user=officer)
    of = {"everybody": {}, "members": {"for_members": True}, "hand-over": {"hand_over": hand_over}}
    made = {name: {person: ordered(person, **said) for person in (manager, officer)} for name, said in of.items()}

    def found_by(person):
        addresses = {name: reverse("directory:printout", args=[rows[person].pk]) for name, rows in made.items()}
        return {name for name, address in addresses.items() if as_user(person).get(address).status_code == 200}

    assert found_by(manager) == found_by(officer) == {*of}
    Membership.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert found_by(User.objects.get(pk=manager.pk)) == {"everybody"}
    assert found_by(User.objects.get(pk=officer.pk)) == {"everybody", "hand-over"}


@pytest.mark.parametrize(
    ("route", "inside", "sent", "for_members"),
    [
        ("roles:print_matrix", True, {}, True),
        ("roles:print_matrix", True, {"audience": "public"}, False),
        ("roles:print_matrix", False, {}, False),
        ("directory:print_coverage", True, {}, True),
        ("directory:print_coverage", False, {}, False),
    ],
)
def test_a_printout_is_for_the_readers_whose_page_it_was_ordered_on(as_user, manager, route, inside, sent, for_members):
    """Its paper says so too: a member counts and reads what a visitor does not."""
    load_region(Territory, TerritoryShape)
    person = manager if inside else factories.UserFactory()
    with override("ar"):
        assert as_user(person).post(reverse(route), sent).status_code == 302
        printout = Printout.objects.get()
        assert printout.for_members is for_members
        assert (str(_("For members of the portal")) == printout.data["audience"]) is for_members


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_frame_is_tagged_and_says_its_language_and_that_it_is_a_demonstration(administrator, settings, language):
    settings.IS_DEMO = True
    printout = ordered(administrator, language=language, title="Transmission")
    reader = PdfReader(io.BytesIO(printouts.render(printout)))
    assert reader.trailer["/Root"]["/Lang"] == language
    assert bool(reader.trailer["/Root"]["/MarkInfo"]["/Marked"])
    assert reader.metadata.title == "Transmission"
    assert len(reader.outline) >= 1


def test_a_second_row_of_the_same_person_changes_nothing_of_the_first(administrator, rendered):
    first, second = ordered(administrator), ordered(factories.UserFactory())
    printouts.produce(second.pk)
    first.refresh_from_db()
    assert first.state == Printout.State.WAITING
