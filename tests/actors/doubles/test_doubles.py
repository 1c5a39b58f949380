"""Sheets that look alike are found, wherever they were spelt otherwise; what only shares common words is not."""

import csv
import io
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from actors.directory.models import Actor, Contact
from actors.doubles import tasks, work
from actors.doubles.actions import merge_actors, order_search, reopen_double, settle_double, undo_merge
from actors.doubles.models import Double, DoubleSearch
from actors.doubles.rules.candidates import BLOCK, find_candidates
from portal.celery import CLOCK
from portal.core.acting import THE_PORTAL
from portal.core.errors import Refused
from portal.core.phones import normalise_phone
from portal.core.work import resume, work_on_next
from portal.reference.models import Territory
from tests import factories
from tests.region import load_region

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"
KINDS = {"commune": "commune", "service": "deconcentrated_service", "agency": "public_body", "ngo": "association",
         "council": "elected_council", "university": "university", "international": "international"}  # fmt: skip


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def region(db):
    load_region(Territory)


def read(name, delimiter=","):
    return list(csv.reader(io.StringIO((DATA / name).read_text("utf-8-sig")), delimiter=delimiter))


def sheet(slug="", *, email="", phone="", **fields):
    """A sheet with contact details, in the seat `seat_id`."""
    made = factories.ActorFactory(**({"slug": slug} if slug else {}), **{"name_fr": "", **fields})
    if email or phone:
        Contact.objects.create(actor=made, role_ar="الكتابة", email=email, phone=phone)
    return made


def found():
    """The pairs by their addresses, with why."""
    slugs = dict(Actor.objects.values_list("pk", "slug"))
    return {(slugs[one.first], slugs[one.second]): set(one.reasons) for one in find_candidates().candidates}


@pytest.fixture
def directory(region):
    """The four hundred institutions of the clean list."""
    head, *rows = read("actors_clean.csv")
    known = set(Territory.objects.values_list("code", flat=True))
    for values in rows:
        row = dict(zip(head, values, strict=True))
        sheet(
            row["id"].lower(), name_ar=row["name_ar"], name_fr=row["name_fr"], acronym=row["acronym"],
            kind=KINDS.get(row["type"], "other"), website=row["website"], email=row["email"], phone=row["phone"],
            seat_id=row["territory_code"] if row["territory_code"] in known else None,
        )  # fmt: skip


# What is found, and what is not.


def test_a_clean_list_has_no_doubles(directory):
    assert found() == {}


def test_every_double_of_the_messy_list_is_found_and_the_other_town_is_not(directory):
    truth = {int(row[0]): row for row in read("actors_messy_truth.csv")[1:]}
    rows = read("actors_messy.csv", ";")
    for number in range(168, 180):
        cells, expected = rows[number - 1], truth[number]
        sheet(
            f"rec-{number}", name_ar=cells[0] or "", name_fr=cells[1], acronym=cells[2], email=cells[7],
            kind="association" if "جمعية" in cells[3] else "commune", seat_id=expected[7] or None,
            phone=normalise_phone(cells[6]),
        )  # fmt: skip
    pairs = found()
    expected = {(truth[number][4].lower(), f"rec-{number}") for number in range(168, 179)}
    assert expected - set(pairs) == set()
    assert not any("rec-179" in pair for pair in pairs)
    among = {pair for pair in pairs if pair[0].startswith("rec-")}
    assert set(pairs) == expected | among
    assert all("rec-175" <= one < other <= "rec-178" for one, other in among)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ("جمعية الأمل للتنمية", "جمعيه الامل للتنميه", {"same_name", "same_place"}),
        ("جمعية الأمل للتنمية", "ج. الأمل للتنمية – الناظور", {"same_name", "same_place"}),
        ("جمعية ثسغناس للثقافة والتنمية", "تسغناس للثقافة و التنمية", {"like_name", "same_place"}),
        ("جماعة الناظور", "جماعة الناضور", None),
        ("المديرية الإقليمية لقطاع الشباب", "المديرية الإقليمية لقطاع الثقافة", None),
        ("جمعية الجسور للصحة والوقاية", "جمعية الأمل للصحة والوقاية", None),
    ],
)
def test_spellings_of_one_name_meet_and_other_names_do_not(region, one, other, reasons):
    for number in range(30):
        sheet(name_ar=f"جمعية مختلفة {number} للشباب والرياضة")
    sheet("one", name_ar=one, seat_id="02.381"), sheet("other", name_ar=other, seat_id="02.381")
    told = found().get(("one", "other"))
    # The names of a place are joined by the table of territories alone: a spelling it knows is the place.
    assert told == reasons or (reasons is None and told is not None and "ناضور" in other)


def test_the_same_words_in_another_town_are_another_institution(region):
    ahfir, oujda = Territory.objects.get(name_ar="أحفير"), Territory.objects.get(name_ar="وجدة")
    sheet("ahfir", name_ar="جمعية الجسور لدعم المهاجرين – أحفير", seat=ahfir)
    sheet("oujda", name_ar="جمعية الجسور لدعم المهاجرين – وجدة", seat=oujda)
    sheet("nowhere", name_ar="جمعية الجسور لدعم المهاجرين – وجدة")
    assert set(found()) == {("oujda", "nowhere")}
    Contact.objects.create(actor=Actor.objects.get(slug="ahfir"), role_ar="مكتب", phone="+212536600000")
    Contact.objects.create(actor=Actor.objects.get(slug="oujda"), role_ar="مكتب", phone="+212536600000")
    assert found()["ahfir", "oujda"] == {"same_phone", "other_place"}


def test_an_acronym_written_as_the_name_is_the_acronym(region):
    sheet("long", name_ar="جمعية ثسغناس للثقافة", acronym="ASTICUDE", seat_id="02.381")
    sheet("short", name_ar="ASTICUDE", seat_id="02.381")
    assert found() == {("long", "short"): {"same_acronym", "same_place"}}


def test_public_mail_hosts_and_domains_of_dozens_say_nothing(region):
    for number in range(8):
        sheet(f"gmail-{number}", email=f"asso{number}@gmail.com", name_ar=f"جمعية بريد{number}", seat_id="02.381")
        sheet(f"sante-{number}", email=f"a{number}@sante.gov.ma", name_ar=f"مصلحة صحة{number}", seat_id="02.381")
    assert found() == {}


def test_a_domain_of_their_own_and_names_alike_say_enough(region):
    for number in range(30):
        sheet(name_ar=f"جمعية مختلفة{number} للتربية")
    sheet("one", name_ar="جمعية البحيرة", email="a@lagune.ma", seat_id="02.381")
    sheet("other", name_ar="البحيرة للتربية", email="b@lagune.ma", seat_id="02.381")
    assert found()["one", "other"] == {"like_name", "same_domain", "same_place"}


def test_a_house_and_what_belongs_to_it_share_a_telephone(region):
    house = sheet("house", name_ar="الجامعة", kind="university", phone="+212536500600")
    part = sheet("part", name_ar="مركز الدراسات", kind="university", phone="+212536500600")
    assert set(found()) == {("house", "part")}
    part.parent = house
    part.save()
    assert found() == {}


def test_drafts_count_and_of_two_archived_ones_nobody_asks(region):
    sheet("published", name_ar="جمعية الأرز"), sheet("draft", name_ar="جمعية الأرز", state="draft")
    sheet("old", name_ar="جمعية الأرز", state="archived"), sheet("older", name_ar="جمعية الأرز", state="archived")
    pairs = set(found())
    assert ("published", "draft") in pairs
    assert ("published", "old") in pairs
    assert ("old", "older") not in pairs


# How much work it is.


def many(number, *, places):
    """So many associations, named of few words as real ones are, each twentieth entered twice."""
    first = ["الأمل", "الجسور", "الواحة", "التضامن", "التواصل", "المواطنة", "السنابل", "الضفاف", "الأفق", "الإخاء"]
    second = ["للثقافة والتنمية", "لدعم المهاجرين", "للتربية والتكوين", "للصحة والوقاية", "للشباب والرياضة"]
    rows = [
        Actor(
            slug=f"many-{number}-{n}", kind="association", state="published", seat_id=places[n % len(places)],
            name_ar=f"جمعية {first[n % len(first)]} {second[n // 7 % len(second)]} {'أ' * (n // 60 % 3)}",
        )
        for n in range(number)
    ]  # fmt: skip
    Actor.objects.bulk_create(rows)


@pytest.mark.parametrize("sheets", [250, pytest.param(1000, marks=pytest.mark.volume)])
def test_the_work_grows_with_the_number_of_sheets_and_not_with_its_square(region, sheets):
    places = list(Territory.objects.communes().values_list("code", flat=True))
    compared = []
    for number in (sheets, sheets * 2, sheets * 4):
        Actor.objects.all().delete()
        many(number, places=places)
        with CaptureQueriesContext(connection) as queries:
            search = find_candidates()
        assert (search.sheets, len(queries)) == (number, 3)
        assert search.compared < number * BLOCK
        compared.append(search.compared)
    # Four times the sheets: about four times the pairs, where all of them would be sixteen times as many.
    assert compared[-1] < 6 * compared[0]


def test_a_thousand_sheets_of_one_name_in_one_place_are_not_a_million_pairs(region):
    rows = [Actor(slug=f"same-{n}", kind="association", name_ar="جمعية الأمل", seat_id="02.381") for n in range(1000)]
    Actor.objects.bulk_create(rows)
    search = find_candidates()
    assert 900 < len(search.candidates) <= search.compared < 1000 * BLOCK


# The search as a worker makes it.


@pytest.fixture
def pair(region):
    one = sheet("one", name_ar="جمعية البحيرة للتنمية", seat_id="02.381")
    other = sheet("other", name_ar="جمعيه البحيره للتنميه", seat_id="02.381")
    return one, other


def searched():
    search = order_search(by=THE_PORTAL)
    assert work.find_doubles(search.pk)
    search.refresh_from_db()
    return search


@pytest.fixture
def double(pair):
    searched()
    return Double.objects.get()


def test_a_search_writes_down_what_it_found(pair, administrator):
    search = order_search(by=administrator)
    assert order_search(by=administrator) == search
    work_on_next()
    search.refresh_from_db()
    assert (search.state, search.sheets, search.found, search.requested_by) == ("done", 2, 1, administrator)
    double = Double.objects.open().get()
    assert (double.first, double.second, double.reasons) == (*pair, ["same_name", "same_place"])
    assert work.find_doubles(search.pk) is None


def test_a_second_search_changes_what_changed_and_nothing_else(double, pair):
    first_found = double.found_at
    searched()
    double.refresh_from_db()
    assert double.found_at == first_found
    Contact.objects.create(actor=pair[0], role_ar="مكتب", phone="+212536500600")
    Contact.objects.create(actor=pair[1], role_ar="مكتب", phone="+212536500600")
    searched()
    double.refresh_from_db()
    assert set(double.reasons) == {"same_name", "same_phone", "same_place"}
    Actor.objects.filter(pk=pair[1].pk).update(name_ar="جمعية أخرى تماماً")
    Contact.objects.all().delete()
    searched()
    assert not Double.objects.exists()


def test_what_a_person_told_apart_stays_apart(double, administrator):
    settle_double(double, by=administrator)
    searched()
    assert not Double.objects.open().exists()
    double.refresh_from_db()
    assert double.settled_by == administrator
    reopen_double(double, by=administrator)
    assert Double.objects.open().get() == double


def test_it_stays_apart_from_what_a_sheet_was_merged_into_and_comes_back_when_undone(double, pair, administrator):
    settle_double(double, by=administrator)
    third = sheet("third", name_ar="جمعية البحيرة للتنمية", seat_id="02.381")
    merge = merge_actors(third, loser=pair[1], by=administrator)
    searched()
    assert not Double.objects.open().exists()
    undo_merge(merge, by=administrator)
    searched()
    assert {(row.first.slug, row.second.slug) for row in Double.objects.open()} == {
        ("one", "third"), ("other", "third"),
    }  # fmt: skip


def test_a_pair_that_was_merged_is_neither_shown_nor_told_apart(double, pair, administrator):
    merge_actors(pair[0], loser=pair[1], by=administrator)
    assert not Double.objects.open().exists()
    with pytest.raises(Refused, match="merged meanwhile"):
        settle_double(double, by=administrator)


def test_an_error_is_kept_and_leaves_the_pairs_of_before(double, monkeypatch):
    monkeypatch.setattr(work, "find_candidates", lambda: 1 / 0)
    search = order_search(by=THE_PORTAL)
    assert work.find_doubles(search.pk) is False
    search.refresh_from_db()
    assert search.state == DoubleSearch.State.FAILED
    assert "ZeroDivisionError" in search.error
    assert Double.objects.open().get() == double


def test_the_directory_is_searched_each_night_and_old_searches_go(pair):
    assert CLOCK["doubles"][0] == tasks.find_doubles_tonight.name
    for _night in range(work.KEPT + 5):
        tasks.find_doubles_tonight()
    assert DoubleSearch.objects.count() == work.KEPT
    assert Double.objects.count() == 1


# The pages.


@pytest.fixture
def client(as_user, administrator):
    return as_user(administrator)


def text(client, route, *args, **query):
    answer = client.get(reverse(route, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_says_what_to_do_when_it_is_empty(client):
    assert "has not been searched yet" in text(client, "doubles:duplicates")
    searched()
    assert "No two sheets look alike" in text(client, "doubles:duplicates")


def test_the_list_is_searched_filtered_sorted_and_exported(client, double):
    from portal.core.search import reindex_all

    reindex_all()
    shown = "جمعيه البحيره"
    for query in ({}, {"q": "بحيرة"}, {"reason": "same_name"}, {"kind": "association"}, {"sort": "name"}):
        assert shown in text(client, "doubles:duplicates", **query), query
    for query in ({"q": "غيرها"}, {"reason": "same_phone"}, {"kind": "commune"}, {"shown": "settled"}):
        assert shown not in text(client, "doubles:duplicates", **query), query
    exported = client.get(reverse("doubles:duplicates"), {"export": "csv"}).getvalue().decode("utf-8-sig").splitlines()
    assert exported[0] == "Institution;Seat;Looks like;Seat;Likeness;Why"
    assert len(exported) == 2
    settle_double(double, by=THE_PORTAL)
    assert shown in text(client, "doubles:duplicates", shown="settled")


@pytest.mark.parametrize("number", [1, 30])
def test_a_page_of_pairs_costs_the_same_however_many_there_are(client, region, number, django_assert_num_queries):
    for n in range(number):
        rows = [sheet(name_ar=f"جمعية البحيرة {n} {words}", seat_id="02.381") for words in ("للتنمية", "والتنمية")]
        Double.objects.create(first=rows[0], second=rows[1], score=80, reasons=["same_name"])
    with django_assert_num_queries(6):
        text(client, "doubles:duplicates")


def test_the_button_asks_a_worker_and_the_page_shows_how_it_goes(client, pair):
    answer = client.post(reverse("doubles:find_doubles"))
    assert answer["Location"] == reverse("doubles:duplicates")
    assert "is being searched" in text(client, "doubles:duplicates")
    panel = client.get(reverse("doubles:doubles_search"), headers={"HX-Request": "true"})
    assert "hx-get" in panel.content.decode()
    resume()
    panel = client.get(reverse("doubles:doubles_search"), headers={"HX-Request": "true"})
    assert panel["HX-Refresh"] == "true"
    assert "2 sheets" in text(client, "doubles:duplicates")
    assert client.get(reverse("doubles:doubles_search"))["Location"] == reverse("doubles:duplicates")


def test_two_sheets_stand_side_by_side_and_the_choice_can_be_turned_round(client, double):
    page = text(client, "doubles:duplicate", double.pk)
    assert 'name="winner" value="one"' in page
    assert 'name="winner" value="other"' in text(client, "doubles:duplicate", double.pk, stays="other")
    assert 'value="winner" checked' in page
    assert 'value="loser" checked' in text(client, "doubles:duplicate", double.pk, name_ar="loser")


def test_any_two_sheets_are_compared_by_address(client, double, pair):
    third = sheet("third", name_ar="جمعية الأرز")
    address = reverse("doubles:compare_actors")
    known = client.get(address, {"first": "other", "second": "one"})
    assert known["Location"] == double.get_absolute_url()
    assert client.get(address, {"first": "other", "second": "one", "stays": "one"})["Location"].endswith("?stays=one")
    assert third.name_ar in text(client, "doubles:compare_actors", first="one", second="third")
    assert "Choose two different sheets" in text(client, "doubles:compare_actors", first="third", second="third")


@pytest.mark.parametrize("query", [{"first": "\0"}, {"first": "one", "second": "o\0ther"}, {"q": "\0"}])
def test_an_address_with_control_characters_names_nothing(client, pair, query):
    """PostgreSQL takes no NUL in a text."""
    assert client.get(reverse("doubles:compare_actors"), query).status_code == 400


def test_the_other_sheet_is_searched_for(client, pair):
    from portal.core.search import reindex_all

    reindex_all()
    page = text(client, "doubles:compare_actors", first="one", q="بحيرة")
    assert "second=other" in page
    assert "second=one" not in page


def test_telling_two_apart_and_putting_them_back_from_the_page(client, double):
    client.post(reverse("doubles:settle_double", args=[double.pk]))
    assert not Double.objects.open().exists()
    assert "Put back among" in text(client, "doubles:duplicate", double.pk)
    client.post(reverse("doubles:reopen_double", args=[double.pk]))
    assert Double.objects.open().get() == double


def test_a_merge_is_listed_explained_and_undone(client, double, pair, administrator):
    Contact.objects.create(actor=pair[1], role_ar="مكتب", phone="+212536500600")
    merge = merge_actors(pair[0], loser=pair[1], by=administrator)
    assert "جمعيه البحيره" in text(client, "doubles:merges", state="standing")
    assert "جمعيه البحيره" not in text(client, "doubles:merges", state="undone")
    assert "Contact details" in text(client, "doubles:merge", merge.pk)
    assert f"Part “<bdi>{pair[1].name}</bdi>” from “<bdi>" in text(client, "doubles:undo_merge", merge.pk)
    answer = client.post(reverse("doubles:undo_merge", args=[merge.pk]), follow=True)
    assert "both sheets are as they were" in answer.content.decode()
    again = client.post(reverse("doubles:undo_merge", args=[merge.pk]), follow=True)
    assert "undone already" in again.content.decode()
    assert "جمعيه البحيره" in text(client, "doubles:merges", state="undone")


def test_what_could_not_be_put_back_is_named_on_the_page(client, pair, administrator):
    contact = Contact.objects.create(actor=pair[1], role_ar="مكتب", phone="+212536500600")
    merge = merge_actors(pair[0], loser=pair[1], by=administrator)
    Contact.objects.filter(pk=contact.pk).delete()
    answer = client.post(reverse("doubles:undo_merge", args=[merge.pk]), follow=True)
    page = answer.content.decode()
    assert "One row could not be put back" in page
    assert "It is no longer there." in page


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_pages_of_a_full_world_stay_within_their_queries(
    as_user, administrator, language, django_assert_max_num_queries
):
    from tests.actors.doubles.merging_world import World

    world, client = World(), as_user(administrator)
    double = Double.objects.get(first=world.winner, second=world.loser)
    with translation.override(language):
        addresses = [
            double.get_absolute_url(),
            f"{reverse('doubles:compare_actors')}?first=tisghnas&second=third",
            reverse("doubles:merges"),
        ]
        for address in addresses:
            with django_assert_max_num_queries(12):
                assert client.get(address).status_code == 200
        merge = merge_actors(world.winner, loser=world.loser, by=administrator)
        with django_assert_max_num_queries(12):
            assert client.get(reverse("doubles:undo_merge", args=[merge.pk])).status_code == 200
