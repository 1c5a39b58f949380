"""The fax number of an office: kept as a telephone number is, seen by the same people, brought in from lists."""

import csv
import io
from datetime import date

import pytest
from django.utils import translation

from actors.directory import actions
from actors.directory.forms.people import HandOverForm
from actors.directory.models import Actor
from actors.directory.sheets.changes import changes_of
from actors.doubles.actions import merge_actors
from actors.imports.models import ImportRow
from actors.imports.reading.preview import PreviewReading, RowShown
from actors.imports.table.cells import understand
from actors.imports.table.reasons import Level, level_of
from portal.reference.models import Territory
from tests import factories

pytestmark = pytest.mark.usefixtures("region")
HEADS = "الاسم بالعربية;الاسم بالفرنسية;نوع الفاعل;الجماعة;الهاتف;الفاكس"
FAX, SHOWN = "+212536001123", "05 36 00 11 23"


@pytest.fixture(autouse=True)
def in_french():
    with translation.override("fr"):
        yield


@pytest.fixture
def office(commune):
    return factories.ContactFactory(actor=commune, audience="public", phone="+212536001122", fax=FAX)


def test_a_fax_number_is_typed_in_any_spelling_and_shown_to_whoever_sees_the_details(as_user, manager, commune):
    data = {"role_ar": "مكتب", "fax": "٠٥٣٦-٠٠-١١-٢٣", "audience": "members"}
    assert as_user(manager).post("/fr/actors/commune-a/contacts/add/", data).status_code == 302
    contact = commune.contacts.get()
    assert contact.fax == FAX
    page = as_user(manager).get("/fr/actors/commune-a/").content.decode()
    assert f'Télécopie <span class="ltr" dir="ltr">{SHOWN}</span>' in page
    assert SHOWN not in as_user(None).get("/fr/actors/commune-a/").content.decode()
    answer = as_user(manager).post(f"/fr/actors/contacts/{contact.pk}/edit/", data | {"fax": "123"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["fax"])


def test_a_change_of_it_stands_in_the_history_and_in_the_text_that_is_sent_on(as_user, manager, office):
    actions.edit_contact(office, fax="+212536001199", by=manager)
    [change] = changes_of(office.actor, manager).entries[0].changes
    assert (change.label, change.before, change.after) == ("Télécopie", SHOWN, "05 36 00 11 99")
    text = as_user(None).get("/fr/actors/commune-a/").context["share_text"]
    assert "Télécopie\xa0: 05 36 00 11 99" in text.splitlines()


def test_it_goes_on_to_who_takes_over_the_office_or_is_given_anew(office):
    point = factories.FocalPointFactory(contact=office)
    typed = {"giver": f"post-{point.pk}", "day": "01/02/2027", "account": "a@example.org", "how": "same"}
    new = {"how": "new", "role_ar": "مكتب", "fax": "0536001199", "audience": "public"}
    for data, fax in ((typed, FAX), (typed | new, "+212536001199")):
        form = HandOverForm(data, actor=office.actor)
        assert form.is_valid(), form.errors
        assert form.values["details"]["fax"] == fax


def test_two_offices_with_two_fax_numbers_stay_two(administrator, office):
    other = factories.ActorFactory(name_ar="جماعة أخرى")
    factories.ContactFactory(actor=other, audience="public", email=office.email, fax="+212536001199")
    factories.ContactFactory(actor=other, audience="public", phone=office.phone, email="", fax="")
    merge_actors(office.actor, loser=other, keep={}, by=administrator)
    assert sorted(office.actor.contacts.values_list("fax", flat=True)) == [FAX, "+212536001199"]


def test_a_list_brings_it_in_and_its_export_comes_back_unchanged(brought_in, handed_in, as_user, administrator):
    brought_in(HEADS, "جمعية النور;Association Lumière;جمعية;زايو;0536001122;Fax : 0536001123 / 0536001124")
    contacts = list(Actor.objects.get().contacts.order_by("pk").values_list("phone", "fax"))
    assert contacts == [("+212536001122", FAX), ("", "+212536001124")]

    content = as_user(administrator).get("/fr/actors/?export=csv").getvalue().decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(content), delimiter=";")
    assert row["Télécopie"] == f"{SHOWN} / 05 36 00 11 24"
    again = handed_in(*content.splitlines())
    assert list(again.rows.exclude(verdict="header").values_list("verdict", flat=True)) == ["unchanged"]


@pytest.mark.parametrize(
    ("cell", "phone", "faxes"),
    [
        ("0536001122 / Fax: 0536001123", "+212536001122", [FAX]),
        ("Tél. 0536001122 Fax 0536001123", "+212536001122", [FAX]),
        ("الهاتف: 0536001122، الفاكس: 0536001124", "+212536001122", ["+212536001199", "+212536001124"]),
        ("télécopie 0536001123", "", [FAX]),
    ],
)
def test_what_a_cell_of_telephones_calls_a_fax_number_is_kept_as_one(cell, phone, faxes):
    beside = "0536001199" if len(faxes) > 1 else "-"
    record = understand({"name_ar": "جمعية", "phone": cell, "fax": beside}, today=date(2026, 11, 23))
    assert record.fields["phone"] == phone
    assert [record.fields["fax"], *record.fields["other_faxes"]] == faxes
    told = [one for one in record.reasons if one["column"] in {"phone", "fax"}]
    assert {one["code"] for one in told} <= {"phone_fax", "phone_several"}
    assert max(map(level_of, told)) == Level.NOTE


def test_a_list_fills_it_in_where_it_is_missing_and_the_preview_says_so(handed_in, commune):
    factories.ContactFactory(actor=commune, phone="+212536001122")
    Actor.objects.filter(pk=commune.pk).update(seat=Territory.objects.get(name_fr="Zaio"))
    run = handed_in(HEADS, f"{commune.name_ar};;جماعة;زايو;;0536001123")
    row = run.rows.get(verdict=ImportRow.Verdict.CHANGES)
    [told] = [one for one in RowShown(row, PreviewReading([row])).differences() if one.heading == "Télécopie"]
    assert (told.before, told.after, told.is_fill) == ("", SHOWN, True)


def test_the_same_fax_number_makes_no_double(handed_in, office):
    run = handed_in(HEADS, "جمعية النور;Association Lumière;جمعية;زايو;;0536001123")
    assert run.rows.exclude(verdict="header").get().verdict == ImportRow.Verdict.NEW
