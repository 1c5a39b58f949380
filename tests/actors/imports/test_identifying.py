"""Which institution a record is, and which it only looks like."""

import pytest
from django.utils import translation

from actors.directory.models import Actor
from actors.directory.rules.fields import BY_KEY
from actors.imports.models import ActorImport, ImportRow
from actors.imports.rules.differences import compare
from actors.imports.rules.known import Known, known_actors, reached
from actors.imports.rules.plan import check_rows, save_plan
from actors.imports.rules.words import sentence
from actors.imports.table.cells import no_fields
from portal.core.tables import Row
from portal.reference.models import Territory, Theme
from tests import factories
from tests.costs import cost

from .conftest import TODAY

pytestmark = pytest.mark.usefixtures("region")
KEYS = ("name_ar", "name_fr", "kind", "commune", "phone", "email", "acronym", "notes", "identifier", "themes")
HOPE = {
    "name_ar": "جمعية الأمل للتنمية",
    "name_fr": "Association Espoir pour le développement",
    "kind": "جمعية",
    "commune": "بني أنصار",
}


@pytest.fixture
def hope(db):
    """An association of Beni Ensar, with a number and a mailbox."""
    actor = factories.ActorFactory(
        slug="espoir", name_ar=HOPE["name_ar"], name_fr=HOPE["name_fr"], seat_id="02.381.01.03", acronym="AED"
    )
    factories.ContactFactory(actor=actor, phone="+212536000111", email="info@example.org")
    return actor


def check(*records: dict[str, str], directory=None):
    rows = [Row(1, 1, list(KEYS))]
    rows += [Row(n, n, [record.get(key, "") for key in KEYS]) for n, record in enumerate(records, 2)]
    return check_rows(rows, dict(enumerate(KEYS)), 1, directory=directory, today=TODAY)[1:]


def codes(one) -> set[str]:
    return {reason["code"] for reason in one.reasons}


def test_the_same_name_place_and_kind_is_the_institution(hope):
    (one,) = check(HOPE | {"name_ar": "جمعيه  الامل للتنميه", "name_fr": "ASSOCIATION ESPOIR POUR LE DEVELOPPEMENT"})

    assert (one.verdict, one.actor, one.decision, one.needs_choice) == ("unchanged", hope.pk, "leave", False)


def test_what_is_empty_there_is_filled_and_nothing_else_is_asked(hope):
    (one,) = check(HOPE | {"notes": "تم التحقق", "phone": "0536000111"})

    assert (one.verdict, one.decision, one.needs_choice) == ("changes", "fill", False)


def test_a_value_that_says_otherwise_is_asked_about(hope):
    (one,) = check(HOPE | {"phone": "0536000999"})

    assert (one.verdict, one.actor, one.decision, one.needs_choice) == ("changes", hope.pk, "leave", True)
    differs = next(reason for reason in one.reasons if reason["code"] == "differs")
    assert (differs["column"], differs["before"]) == ("phone", "+212536000111")


def test_its_other_name_is_its_name(hope):
    Actor.objects.get(pk=hope.pk)
    hope.aliases = ["جمعية الرجاء"]
    hope.save()

    (one,) = check({"name_ar": "جمعية الرجاء", "kind": "جمعية", "commune": "بني أنصار"})

    assert (one.verdict, one.actor) == ("unchanged", hope.pk)


@pytest.mark.parametrize("identifier", ["espoir", "ESPOIR", "a-17"])
def test_its_identifier_is_the_institution_and_a_new_spelling_is_a_change(hope, identifier):
    hope.external_id = "A-17"
    hope.save()

    (one,) = check(HOPE | {"identifier": identifier, "name_ar": "جمعية الأمل للتنمية المحلية"})

    assert (one.verdict, one.actor, one.decision, one.needs_choice) == ("changes", hope.pk, "change", False)


def test_an_identifier_beside_quite_another_name_is_asked_about(hope):
    (one,) = check({"identifier": "espoir", "name_ar": "جماعة سلوان", "kind": "جماعة ترابية", "commune": "سلوان"})

    assert one.needs_choice
    assert "identifier_other_name" in codes(one)


def test_the_identifier_of_a_merged_sheet_means_the_one_it_was_merged_into(hope):
    factories.ActorFactory(slug="amal", state=Actor.State.ARCHIVED, merged_into=hope)

    (one,) = check(HOPE | {"identifier": "amal"})

    assert one.actor == hope.pk


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"name_ar": "مكتب الأمل", "email": "info@example.org"}, "same_email"),
        ({"name_ar": "مكتب الأمل", "phone": "0536000111"}, "same_phone"),
        ({"name_ar": "جمعية أخرى تماماً", "acronym": "aed"}, "same_acronym"),
        ({"name_fr": "AED"}, "same_acronym"),
        ({"name_ar": "جمعية الأمل للتنميه", "kind": "مؤسسة عمومية"}, "same_name_other_kind"),
        ({"name_ar": "جمعية الأمل للتنمية", "commune": ""}, "same_name_near"),
        ({"name_ar": "جمعية الأمل للتمنية"}, "similar_name"),
        ({"name_ar": "جمعية الأمل للتنمية – بني أنصار"}, "similar_name"),
    ],
)
def test_what_only_looks_like_it_is_asked_about(hope, other, code):
    (one,) = check({"kind": "جمعية", "commune": "بني أنصار"} | other)

    assert (one.verdict, one.actor, one.decision, one.needs_choice) == ("looks_like", hope.pk, "leave", True)
    assert code in codes(one)
    assert one.candidates == [{"actor": hope.pk}]


@pytest.mark.parametrize(
    "other",
    [
        {"name_ar": "جمعية الأمل للتنمية", "commune": "وجدة"},
        {"name_ar": "جمعية الوفاء للتنمية"},
        {"name_ar": "جمعية الأمل للثقافة"},
        {"name_ar": "جمعية أخرى", "commune": "الناظور", "acronym": "AED"},
    ],
)
def test_what_differs_by_a_word_or_lies_in_another_town_is_new(hope, other):
    (one,) = check({"kind": "جمعية", "commune": "بني أنصار"} | other)

    assert (one.verdict, one.decision) == ("new", "add")


def test_an_institution_in_the_archive_is_asked_about(hope):
    hope.state = Actor.State.ARCHIVED
    hope.save()

    (one,) = check(HOPE)

    assert one.needs_choice
    assert "archived" in codes(one)


def test_of_several_of_one_name_place_and_kind_a_person_chooses(hope):
    other = factories.ActorFactory(name_ar=HOPE["name_ar"], name_fr=HOPE["name_fr"], seat_id="02.381.01.03")

    (one,) = check(HOPE)

    assert (one.verdict, one.decision, one.needs_choice, codes(one)) == ("looks_like", "leave", True, {"same_name"})
    assert one.candidates == [{"actor": hope.pk}, {"actor": other.pk}]


def test_a_record_without_a_kind_is_none_of_two_kinds_by_itself(db):
    for kind in ("association", "public_body"):
        factories.ActorFactory(name_ar="مركز الاستقبال", name_fr="", kind=kind, seat_id="02.381.01.03")

    (one,) = check({"name_ar": "مركز الاستقبال", "commune": "بني أنصار"})

    assert (one.verdict, one.needs_choice, len(one.candidates)) == ("looks_like", True, 2)


def test_one_in_the_archive_is_not_taken_where_another_has_the_name(hope):
    Actor.objects.filter(pk=hope.pk).update(state=Actor.State.ARCHIVED)
    shown = factories.ActorFactory(name_ar=HOPE["name_ar"], name_fr=HOPE["name_fr"], seat_id="02.381.01.03")

    (one,) = check(HOPE)

    assert (one.verdict, one.actor, one.needs_choice) == ("unchanged", shown.pk, False)


def test_an_address_goes_before_a_number_of_another_list(hope):
    first = factories.ActorFactory(name_ar="جمعية الفجر", slug="fajr", external_id="ESPOIR")

    (one,) = check(
        HOPE | {"identifier": "espoir"}, directory=sorted(known_actors(), key=lambda one: one.pk != first.pk)
    )

    assert one.actor == hope.pk


def test_a_sheet_is_named_in_the_language_of_the_page(hope):
    (one,) = check(HOPE | {"phone": "0536000999"})
    (told,) = [reason for reason in one.reasons if reason["code"] == "name_known"]

    with translation.override("fr"):
        assert "Association Espoir" in sentence(told)
    with translation.override("ar"):
        assert "جمعية الأمل" in sentence(told)


def test_two_sheets_named_by_their_identifiers_do_not_contradict_each_other(hope):
    factories.ActorFactory(slug="espoir-2", name_ar=HOPE["name_ar"], name_fr=HOPE["name_fr"], seat_id="02.381.01.03")

    first, second = check(HOPE | {"identifier": "espoir"}, HOPE | {"identifier": "espoir-2", "phone": "0536000999"})

    assert [codes(one) for one in (first, second)] == [{"identifier_known"}, {"identifier_known"}]


def test_a_place_that_was_asked_about_and_settled_is_not_asked_about_again(hope):
    (one,) = check(HOPE | {"commune": "فرخانة"})

    assert (one.verdict, one.actor, one.needs_choice) == ("unchanged", hope.pk, False)


def test_a_record_repeats_an_earlier_one_and_fills_what_it_left_empty(db):
    first, second, third = check(HOPE, HOPE | {"phone": "0536000111"}, HOPE | {"phone": "0536000222"})

    assert (first.verdict, first.decision) == ("new", "add")
    assert (second.verdict, second.same_as, second.decision) == ("same_as_row", 2, "fill")
    assert (third.verdict, third.same_as, third.needs_choice) == ("looks_like", 2, True)


def test_two_records_with_two_identifiers_are_not_one_without_asking(db):
    _first, second = check(HOPE | {"identifier": "A-1"}, HOPE | {"identifier": "A-2"})

    assert (second.verdict, second.needs_choice) == ("looks_like", True)


def test_rejected_records_are_not_repeated(db):
    first, second = check({"email": "info@example.org", "kind": "جمعية"}, HOPE | {"email": "info@example.org"})

    assert (first.verdict, second.verdict) == ("rejected", "new")


def test_an_empty_kind_is_taken_from_a_plain_name_and_told_else_asked_about(db):
    plain, other, known = check(
        {"name_ar": "جمعية الأمل"}, {"name_ar": "مركز الاستقبال"}, {"name_ar": "جماعة زايو", "commune": "زايو"}
    )

    assert (plain.verdict, plain.fields["kind"], "kind_from_name" in codes(plain)) == ("new", "association", True)
    assert (other.verdict, other.fields["kind"], other.needs_choice) == ("unclear", "", True)
    assert known.fields["kind"] == "commune"


def test_rows_that_are_no_records_are_skipped_and_say_why(db):
    heads = ["الاسم بالعربية", "Nom en français", "نوع الفاعل", "الجماعة"]
    rows = [
        Row(number, number, cells)
        for number, cells in enumerate(
            [
                ["دليل", "", "", ""],
                heads,
                ["Nom en arabe", "Nom en français", "Type d’acteur", "Commune"],
                ["#org+name+i_ar", "#org+name+i_fr", "#org+type", "#adm3+name"],
                [" \u00a0 ", "", "", "\u200f"],
                ["جمعية الأمل", "", "جمعية", "زايو"],
                heads,
                ["المجموع", "1", "", ""],
                ["المصدر: ملف داخلي", "", "", ""],
            ],
            1,
        )
    ]
    keys = {0: "name_ar", 1: "name_fr", 2: "kind", 3: "commune"}

    found = check_rows(rows, keys, 2, directory=[], today=TODAY)

    assert [one.reasons[0]["code"] for one in found] == [
        "title_row", "header_row", "second_header", "tag_row", "blank_row", "name_missing", "repeated_header",
        "total_row", "footnote_row",
    ]  # fmt: skip


# What is compared.


def known(**fields) -> Known:
    return Known(no_fields() | fields, pk=1, slug="one", identifiers={"one"})


def test_an_empty_cell_never_empties_a_field():
    assert not compare(
        no_fields(), known(name_ar="جمعية", phone="+212536000111", themes=["health"]), letter_by_letter=True
    )


def test_a_list_is_meant_whole_only_where_the_institution_is_named():
    less = no_fields() | {"themes": ["health"]}
    there = known(themes=["health", "housing"])

    assert not compare(less, there, letter_by_letter=False)
    assert compare(less, there, letter_by_letter=True).changes == {"themes": ["health"]}


def test_a_number_the_institution_has_in_any_place_is_no_difference():
    there = known(phone="+212536000111", other_phones=["+212661223344"])

    assert not compare(no_fields() | {"phone": "+212661223344"}, there, letter_by_letter=True)
    found = compare(
        no_fields() | {"phone": "+212536000111", "other_phones": ["+212536000999"]}, there, letter_by_letter=False
    )
    assert (found.fills, found.changes) == ({"other_phones": ["+212536000999"]}, {})


def test_an_earlier_day_is_never_taken():
    found = compare(no_fields() | {"updated": "2025-01-01"}, known(updated="2026-01-01"), letter_by_letter=True)

    assert (bool(found), found.is_older) == (False, True)
    later = no_fields() | {"updated": "2026-05-01"}
    assert compare(later, known(updated="2026-01-01"), letter_by_letter=True).changes == {"updated": "2026-05-01"}


# The directory, and the plan as rows.


def test_the_directory_is_read_in_a_handful_of_queries(hope, django_assert_num_queries):
    hope.themes.set(Theme.objects.filter(code__in=["health", "housing"]))
    hope.areas.set(Territory.objects.filter(code="02.381"))
    factories.ContactFactory(actor=hope, phone="+212661223344", email="Autre@example.org")
    factories.ContactFactory(actor=hope, phone="+212661000000", email="", ends_on="2020-01-01")

    with django_assert_num_queries(4):
        (one,) = known_actors()

    assert [reached(one.fields, BY_KEY[key]) for key in ("phone", "email")] == [
        ["+212536000111", "+212661223344"],
        ["info@example.org", "autre@example.org"],
    ]
    assert (set(one.fields["themes"]), one.fields["areas"]) == ({"health", "housing"}, ["02.381"])


@pytest.mark.parametrize("institutions", [1_000, pytest.param(10_000, marks=pytest.mark.volume)])
def test_many_institutions_are_no_reason_to_compare_all_with_all(institutions):
    communes = list(Territory.objects.communes().values_list("code", flat=True))
    directory = [
        Known(
            no_fields()
            | {
                "name_ar": f"جمعية السنابل رقم {number} للتنمية",
                "name_fr": f"Association Épis numéro {number} pour le développement",
                "kind": "association",
                "territory": communes[number % len(communes)],
                "email": f"a{number}@example.org",
            },
            pk=number,
            slug=f"a-{number}",
            identifiers={f"a-{number}"},
        )
        for number in range(institutions)
    ]
    records = [
        HOPE | {"name_ar": f"جمعية الوفاء رقم {number}", "email": f"a{number}@example.org"}
        for number in range(institutions // 100)
    ]

    assert {one.verdict for one in check(*records, directory=directory)} == {"looks_like"}
    # Both read the directory once: a record for each hundred of its institutions costs little more than one record.
    one, many = (cost(lambda some=some: check(*some, directory=directory), times=1) for some in (records[:1], records))
    assert many < 4 * one


def test_the_plan_is_kept_as_rows_and_a_new_one_replaces_it(db):
    run = ActorImport.objects.create(file_name="liste.csv")
    checked = check(HOPE, HOPE | {"phone": "0536000111"}, {"name_ar": "مركز", "kind": "تعاونية"})

    save_plan(run, checked[:1])
    save_plan(run, checked)

    rows = list(run.rows.all())
    assert [(row.number, row.verdict, row.decision) for row in rows] == [
        (2, "new", "add"), (3, "same_as_row", "fill"), (4, "unclear", "leave"),
    ]  # fmt: skip
    assert rows[1].same_as == rows[0]
    assert ImportRow.objects.count() == 3
