"""One change to several sheets: chosen, previewed, applied with history; what a rule refuses is named."""

from threading import Thread
from time import sleep
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import translation

from actors.directory import actions
from actors.directory.models import Actor
from actors.directory.rules.batch import MOST, BatchChange, Kind
from portal.core.errors import Refused
from tests import factories

ADDRESS = "/en/actors/batch/"


@pytest.fixture
def theme(db):
    return factories.ThemeFactory(name_fr="Santé", name_ar="الصحة")


@pytest.fixture
def sheets(db, theme):
    """Three sheets; the last has the theme already."""
    found = [factories.ActorFactory(slug=f"sheet-{number}", name_ar=f"مؤسسة {number}") for number in range(3)]
    found[2].themes.add(theme)
    return found


def _picked(sheets, **more) -> dict:
    return {"pick": [sheet.pk for sheet in sheets], **more}


def _sent(client, sheets, **fields):
    return client.post(ADDRESS, {"rows": ",".join(str(sheet.pk) for sheet in sheets), **fields})


def test_only_administrators_change_several(as_user, manager, visitor, sheets):
    assert as_user(manager).get(ADDRESS, _picked(sheets)).status_code == 403
    assert as_user(visitor).get(ADDRESS).status_code == 302
    assert _sent(as_user(manager), sheets, change="set_state", to_state="archived").status_code == 403
    assert Actor.objects.filter(state="archived").count() == 0


def test_a_preview_shows_each_change_and_writes_nothing(as_user, administrator, sheets, theme):
    answer = as_user(administrator).get(ADDRESS, _picked(sheets, change="add_theme", to_theme=theme.pk))
    preview = answer.context["preview"]
    assert [step.actor for step in preview.changing] == sheets[:2]
    assert preview.staying == sheets[2:]
    assert answer.context["rows"] == f"{sheets[0].pk},{sheets[1].pk}"
    assert sheets[0].themes.count() == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"change": "set_state", "to_state": "archived"}, "institutions would change"),
        ({"change": "set_state", "to_state": "published"}, "Nothing would change"),
        ({"change": "set_state", "to_state": ""}, "This field is required"),
    ],
)
def test_the_form_leads_to_the_preview_or_to_what_stands_in_its_way(as_user, administrator, sheets, change, said):
    page = as_user(administrator).get(ADDRESS, _picked(sheets, **change)).content.decode()
    assert 'action="#preview"' in page
    assert page.count('id="preview"') == 1
    assert said in page.partition('id="preview"')[2]


def test_the_ticked_ones_are_changed_with_the_person_in_their_history(as_user, administrator, sheets, theme):
    answer = _sent(as_user(administrator), sheets, change="add_theme", to_theme=theme.pk)
    assert answer.headers["Location"] == "/en/actors/"
    assert [list(sheet.themes.all()) for sheet in sheets] == [[theme]] * 3
    assert [sheet.history.count() for sheet in sheets] == [2, 2, 1]
    latest = sheets[0].history.latest()
    assert latest.history_user == administrator
    assert [row.theme for row in latest.themes.all()] == [theme]


def test_all_that_match_the_filters_are_chosen_and_the_list_is_found_again(as_user, administrator, sheets, commune):
    query = "kind=association&sort=-seat"
    answer = as_user(administrator).get(f"{ADDRESS}?all=1&{query}&change=set_state&to_state=archived")
    assert {step.actor for step in answer.context["preview"].changing} == set(sheets)
    rows = answer.context["rows"]
    done = as_user(administrator).post(
        f"{ADDRESS}?all=1&{query}&change=set_state&to_state=archived",
        {"rows": rows, "change": "set_state", "to_state": "archived"},
    )
    assert done.headers["Location"] == f"/en/actors/?{query}"
    assert set(Actor.objects.filter(state="archived")) == set(sheets)
    assert Actor.objects.get(pk=commune.pk).state == "published"


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ("add_theme", "to_theme", "theme"),
        ("remove_theme", "to_theme", "theme"),
        ("set_state", "to_state", "draft"),
        ("set_seat", "to_territory", "02.381"),
        ("add_area", "to_territory", "02.381"),
        ("remove_area", "to_territory", "02.167"),
    ],
)
def test_each_kind_of_change_does_what_it_says(as_user, administrator, places, theme, change, field, value):
    sheet = factories.ActorFactory(seat=places["02.167"])
    other = factories.ThemeFactory()
    sheet.themes.add(other, *([theme] if change == "remove_theme" else []))
    sheet.areas.add(places["02.167"])
    value = theme.pk if value == "theme" else value
    assert _sent(as_user(administrator), [sheet], change=change, **{field: value}).status_code == 302
    sheet = Actor.objects.get(pk=sheet.pk)
    assert set(sheet.themes.all()) == ({other, theme} if change == "add_theme" else {other})
    assert sheet.state == ("draft" if change == "set_state" else "published")
    assert sheet.seat == places["02.381" if change == "set_seat" else "02.167"]
    areas = {"add_area": {"02.381", "02.167"}, "remove_area": set()}.get(change, {"02.167"})
    assert {area.pk for area in sheet.areas.all()} == areas


def test_a_sheet_against_which_a_rule_stands_is_named_and_the_others_are_changed(as_user, administrator, places):
    double, twin, other = (
        factories.ActorFactory(name_ar=name, seat=seat)
        for name, seat in (("الأمل", None), ("الأمل", places["02.381"]), ("النور", None))
    )
    answer = _sent(as_user(administrator), [double, other], change="set_seat", to_territory="02.381")
    assert answer.status_code == 200
    [(refused, sentence)] = answer.context["result"].refused
    assert refused == double
    assert "already in the directory" in sentence
    assert "1 institution is changed." in answer.content.decode()
    seats = {sheet.pk: sheet.seat_id for sheet in Actor.objects.all()}
    assert seats == {double.pk: None, twin.pk: "02.381", other.pk: "02.381"}
    assert double.history.count() == 1


def test_a_change_without_its_value_says_so(as_user, administrator, sheets):
    answer = as_user(administrator).get(ADDRESS, _picked(sheets, change="set_seat"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["to_territory"]
    assert as_user(administrator).get(ADDRESS, _picked(sheets, change="nothing")).status_code == 422
    assert (
        as_user(administrator).get(ADDRESS, _picked(sheets, change="add_theme", to_theme="9" * 30)).status_code == 422
    )


def test_nothing_chosen_says_how_to_choose(as_user, administrator, sheets):
    for query in ("", "?pick=", "?pick=x", f"?pick={'9' * 40}", "?all=1&q=zzzz"):
        page = as_user(administrator).get(f"{ADDRESS}{query}").content.decode()
        assert "Nothing is chosen" in page


def test_more_than_a_person_looks_through_is_refused(as_user, administrator, monkeypatch, sheets, theme):
    with translation.override("en"), pytest.raises(Refused, match="1001 institutions at once"):
        actions.apply_batch(
            [SimpleNamespace(pk=1)] * (MOST + 1), change=BatchChange(Kind.ADD_THEME, theme), by=administrator
        )
    monkeypatch.setattr("actors.directory.views.batch.MOST", 2)
    answer = as_user(administrator).get(ADDRESS, _picked(sheets))
    assert "3 institutions at once" in answer.context["too_many"]
    assert "preview" not in answer.context


def test_what_left_the_directory_meanwhile_is_not_changed(as_user, administrator, sheets, commune):
    Actor.objects.filter(pk=sheets[0].pk).update(state="archived", merged_into=commune)
    _sent(as_user(administrator), sheets, change="set_state", to_state="draft")
    assert [Actor.objects.get(pk=sheet.pk).state for sheet in sheets] == ["archived", "draft", "draft"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory knows one writer")
@pytest.mark.django_db(transaction=True)
def test_a_theme_that_somebody_adds_meanwhile_is_not_taken_away():
    """The batch waits for the other one before it reads what stands there."""
    sheet, by = factories.ActorFactory(), factories.UserFactory(is_administrator=True)
    theirs, ours = factories.ThemeFactory(), factories.ThemeFactory()

    def apply():
        try:
            actions.apply_batch([sheet], change=BatchChange(Kind.ADD_THEME, ours), by=by)
        finally:
            connection.close()

    batch = Thread(target=apply)
    with transaction.atomic():
        actions.edit_actor(sheet, themes=[theirs], by=by)
        batch.start()
        assert any(_somebody_waits() for _try in range(200))
    batch.join()
    assert set(sheet.themes.all()) == {theirs, ours}


def _somebody_waits() -> bool:
    sleep(0.05)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_however_many_are_chosen(
    as_user, administrator, places, theme, rows, django_assert_num_queries
):
    sheets = [factories.ActorFactory(seat=places["02.381"]) for _row in range(rows)]
    for sheet in sheets:
        sheet.themes.add(factories.ThemeFactory())
        sheet.areas.add(places["02"])
    client = as_user(administrator)
    with django_assert_num_queries(10):
        client.get(ADDRESS, _picked(sheets, change="add_theme", to_theme=theme.pk))
