"""Views of a list that a person keeps: saved under a name, marked when shown, removed; theirs alone."""

import pytest
from django.utils import translation

from portal.accounts import actions
from portal.accounts.models import SavedView
from portal.accounts.rules.saved_views import list_address, view_query
from portal.core.errors import Refused
from tests import factories

LIST = "directory:actors"


@pytest.fixture
def person(db):
    return factories.UserFactory(email="person@example.org")


def _save(client, **fields):
    return client.post("/fr/me/views/save/", {"route": LIST, "name": "Santé", "query": "kind=commune&page=3"} | fields)


def test_a_view_keeps_filters_search_and_order_and_forgets_the_page():
    assert view_query("page=3&q=ASC&kind=commune&space=&export=csv&hxl=1&sort=-seat") == "kind=commune&q=ASC&sort=-seat"
    assert view_query("q=a&kind=b") == view_query("kind=b&q=a")
    assert view_query("q=%D8%A7%D9%84%D8%B5%D8%AD%D8%A9") == "q=%D8%A7%D9%84%D8%B5%D8%AD%D8%A9"


def test_a_view_is_kept_from_the_list_and_marked_when_it_is_shown(as_user, person):
    client = as_user(person)
    answer = _save(client)
    assert answer.headers["Location"] == "/fr/actors/?kind=commune"
    page = client.get("/fr/actors/?kind=commune&page=1").content.decode()
    assert '<bdi class="saved-name">Santé</bdi>' in page
    assert 'href="/fr/actors/?kind=commune" aria-current="true"' in page
    other = client.get("/fr/actors/?kind=association").content.decode()
    assert 'href="/fr/actors/?kind=commune"' in other
    assert "saved-name" not in other


def test_a_name_that_is_taken_is_asked_again_with_the_reason(as_user, person):
    client = as_user(person)
    _save(client)
    answer = _save(client, name=" Santé ", query="kind=association")
    assert answer.status_code == 422
    assert answer.context["form"].errors["name"] == ["Vous avez déjà une liste de ce nom."]
    assert answer.context["back_url"] == "/fr/actors/?kind=association"
    assert SavedView.objects.count() == 1
    assert _save(client, route="meetings:meetings").status_code == 302
    assert _save(as_user(factories.UserFactory())).status_code == 302


def test_a_view_without_a_name_is_asked_again(as_user, person):
    answer = _save(as_user(person), name="  ")
    assert answer.status_code == 422
    assert "name" in answer.context["form"].errors


@pytest.mark.parametrize(
    "route",
    [
        "",
        "https://elsewhere.example/",
        "//elsewhere.example",
        "directory:actor",
        "admin:index",
        "account_login",
        "x:y:z",
    ],
)
def test_no_route_leads_out_of_the_lists(as_user, person, route):
    assert list_address(route) == ""
    answer = _save(as_user(person), route=route)
    assert answer.status_code == 422
    assert "elsewhere.example" not in answer.context["back_url"]
    assert SavedView.objects.count() == 0


@pytest.mark.parametrize(
    "query", ["https://elsewhere.example/", "//elsewhere.example", "q=1\r\nLocation: https://x.example"]
)
def test_a_query_is_only_ever_a_query(as_user, person, query):
    address = _save(as_user(person), query=query).headers["Location"]
    assert address.startswith("/fr/actors/")
    assert "\n" not in address


def test_at_most_thirty_views_of_a_list_are_kept(person):
    for number in range(30):
        actions.save_view(LIST, name=f"V{number}", query=f"q={number}", by=person)
    with translation.override("en"), pytest.raises(Refused, match="30 views"):
        actions.save_view(LIST, name="one more", query="q=x", by=person)
    actions.save_view("meetings:meetings", name="another list", query="q=x", by=person)


def test_a_view_too_long_to_keep_is_refused(person):
    with pytest.raises(Refused):
        actions.save_view(LIST, name="long", query="q=" + "x" * 1001, by=person)


def test_only_its_owner_removes_a_view_and_stays_on_the_list(as_user, person, administrator):
    view = actions.save_view(LIST, name="Santé", query="kind=commune", by=person)
    address = f"/fr/me/views/{view.pk}/remove/"
    assert as_user(administrator).post(address).status_code == 404
    assert as_user(None).post(address).status_code == 302
    assert SavedView.objects.count() == 1
    answer = as_user(person).post(address, {"query": "//elsewhere.example&kind=commune&page=2"})
    assert answer.headers["Location"] == "/fr/actors/?kind=commune"
    assert SavedView.objects.count() == 0


def test_a_visitor_has_no_views(as_user, db):
    assert "/me/views/" not in as_user(None).get("/fr/actors/?kind=commune").content.decode()
    assert "/accounts/login/" in _save(as_user(None)).headers.get("Location", "/accounts/login/")
    assert SavedView.objects.count() == 0


@pytest.mark.parametrize("views", [1, 3])
def test_the_menu_is_one_query_however_many_views(as_user, person, views, django_assert_num_queries):
    for number in range(views):
        actions.save_view(LIST, name=f"V{number}", query=f"q={number}", by=person)
    client = as_user(person)
    with django_assert_num_queries(7):
        client.get("/fr/actors/?kind=commune")


@pytest.mark.parametrize("address", ["/fr/actors/", "/fr/spaces/", "/fr/recommendations/"])
def test_the_longer_lists_keeps_views(as_user, person, address):
    page = as_user(person).get(f"{address}?q=x").content.decode()
    assert 'name="route" value="' in page
