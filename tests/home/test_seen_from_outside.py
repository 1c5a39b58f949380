"""What search engines, shared links and the browser’s own memory are given of the pages."""

import re
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils.translation import override
from PIL import Image, features

from actors.directory.models import Actor, Space
from meetings.models import Document, Meeting, Minutes, MinutesVersion
from recommendations.models import Recommendation
from tests import factories
from tests.answers import content_of
from tests.test_routes import SLUG, hidden_world, routes  # noqa: F401 - a fixture

SITE = "https://portal.example.org"
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
META = re.compile(r'<meta (?:name|property)="([\w:]+)" content="([^"]*)">')
HREF = re.compile(r'<link rel="(canonical|alternate)"(?: hreflang="([\w-]+)")? href="([^"]*)">')


@pytest.fixture
def open_world(hidden_world):  # noqa: F811 - the fixture
    """What was hidden is for everybody: one sheet, one space, one meeting that took place, with its papers."""
    Actor.objects.update(state=Actor.State.PUBLISHED)
    Space.objects.update(audience=Space.Audience.PUBLIC)
    factories.resave(Meeting.objects.all(), audience=Meeting.Audience.PUBLIC)
    Document.objects.update(audience=Document.Audience.PUBLIC)
    meeting = Meeting.objects.get()
    adopted = datetime(2026, 11, 1, tzinfo=UTC)
    MinutesVersion.objects.create(minutes=meeting.minutes, number=1, sections=[], adopted_at=adopted)
    Minutes.objects.update(state=Minutes.State.ADOPTED)
    return meeting


def pages(client) -> dict[str, str]:
    """The page at each address that shows a visitor one, by route."""
    found = {}
    for route in routes():
        answer = client.get(route.address)
        content_of(answer)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            found[route.name] = answer.text
    return found


def test_no_two_pages_for_visitors_have_one_title_and_each_ends_with_the_portal_s_name(client, open_world):
    titles = {name: TITLE.search(text)[1] for name, text in pages(client).items()}
    assert {"meetings:minutes", "meetings:documents", "recommendations:meeting_results"} < titles.keys()
    assert len(titles) > 20
    shared = {name: title for name, title in titles.items() if list(titles.values()).count(title) > 1}
    assert shared == {}
    assert [name for name, title in titles.items() if not re.fullmatch(r"\S.*\S · تنسيق", title)] == []


NOT_TOLD = {"home:search", "home:styleguide", "directory:confirm_from_mail", "directory:report_from_mail"}


@override_settings(SITE_ADDRESS=SITE)
def test_every_page_for_visitors_says_what_it_is_to_machines(client, open_world):
    for name, text in pages(client).items():
        metas, links = dict(META.findall(text)), HREF.findall(text)
        if name in NOT_TOLD:
            assert (metas["robots"], links) == ("noindex", []), name
            continue
        [canonical] = [address for rel, _language, address in links if rel == "canonical"]
        rest = canonical.removeprefix(f"{SITE}/ar")
        alternates = {language: address for rel, language, address in links if rel == "alternate"}
        addresses = {code: f"{SITE}/{code}{rest}" for code in ("ar", "fr", "en")}
        assert alternates == addresses | {"x-default": addresses["ar"]}, name
        assert "robots" not in metas
        told = {key for key in metas if key.startswith("og:") and metas[key]}
        wanted = {"title", "description", "type", "url", "locale", "locale:alternate", "image", "site_name"}
        wanted |= {"image:width", "image:height", "image:alt", "image:type"}
        assert told == {f"og:{key}" for key in wanted}, name
        assert TITLE.search(text)[1] == f"{metas['og:title']} · تنسيق"
        assert metas["og:url"] == canonical
        assert metas["description"] == metas["og:description"]


def test_a_word_with_quotes_stays_inside_its_attribute(client, open_world):
    Meeting.objects.update(title_ar='لقاء "الناظور" <b> & غيره')
    text = client.get(open_world.get_absolute_url()).text
    assert '<meta property="og:title" content="لقاء &quot;الناظور&quot; &lt;b&gt; &amp; غيره">' in text


@override_settings(SITE_ADDRESS=SITE)
def test_a_sorted_list_is_the_list_and_its_second_page_another(client, db):
    def canonical(query: str) -> str:
        text = client.get(f"/fr/meetings/{query}").text
        return next(address for rel, _language, address in HREF.findall(text) if rel == "canonical")

    assert canonical("?sort=title&page=1") == f"{SITE}/fr/meetings/"
    assert canonical("?sort=title&page=2") == f"{SITE}/fr/meetings/?page=2"


@pytest.mark.parametrize("who", ["visitor", "administrator"])
def test_nothing_is_told_of_a_page_that_a_visitor_does_not_find(request, as_user, hidden_world, who):  # noqa: F811
    """Neither where it is refused to a stranger, nor where somebody signed in reads it."""
    client = as_user(request.getfixturevalue(who))
    for name in ("directory:actor", "directory:space", "meetings:meeting", "recommendations:recommendation"):
        [route] = [route for route in routes() if route.name == name]
        text = client.get(route.address).text
        assert 'property="og:' not in text
        assert HREF.findall(text) == []
        assert dict(META.findall(text))["robots"] == "noindex"


def test_the_pictures_of_links_are_drawn_in_every_language_with_joined_letters(client, open_world):
    assert features.check("raqm"), "without it Arabic letters stand apart"
    kinds = ("home", "actors", "spaces", "meetings", "recommendations")
    addresses = [f"/{code}/picture.png?of={kind}" for code in ("ar", "fr", "en") for kind in kinds]
    addresses.append(reverse("recommendations:results_picture", args=[open_world.reference]))
    things = [model.objects.first() for model in (Actor, Space, Meeting, Recommendation)]
    addresses += [address_of_picture(client.get(thing.get_absolute_url()).text) for thing in things]
    drawn = set()
    for address in addresses:
        answer = client.get(address)
        kept = dict(part.partition("=")[::2] for part in answer.headers["Cache-Control"].split(", "))
        of_a_thing = "key=" in address or "results" in address
        # Of a thing that may be hidden tomorrow, nobody shows it without asking whether it still is.
        assert kept == {"public": "", **({"no-cache": ""} if of_a_thing else {"max-age": "86400"})}, address
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert len(answer.content) < 100_000, address
        assert not answer.cookies, "what a cache on the way keeps is nobody’s"
        with Image.open(BytesIO(answer.content)) as image:
            assert (image.format, image.size) == ("PNG", (1200, 630))
        drawn.add(answer.content)
    assert len(drawn) == len(addresses)
    assert client.get("/ar/picture.png?of=sample").status_code == 404


def address_of_picture(text: str) -> str:
    return unescape(dict(META.findall(text))["og:image"]).removeprefix("http://127.0.0.1:8000")


def test_every_thing_a_visitor_finds_has_a_picture_of_its_own(client, open_world):
    pictures = {name: address_of_picture(text) for name, text in pages(client).items() if name not in NOT_TOLD}
    assert [address for address in set(pictures.values()) if client.get(address).status_code != 200] == []
    for name, key in (
        ("directory:actor", f"of=actors&key={SLUG}"),
        ("directory:space", f"of=spaces&key={SLUG}"),
        ("meetings:meeting", f"of=meetings&key={open_world.reference}"),
        ("recommendations:recommendation", f"of=recommendations&key={Recommendation.objects.first().reference}"),
    ):
        assert pictures[name] == f"/ar/picture.png?{key}"


def test_nobody_is_given_a_picture_of_what_visitors_do_not_find(as_user, administrator, hidden_world):  # noqa: F811
    client = as_user(administrator)
    recommendation = Recommendation.objects.first()
    of = {"actors": SLUG, "spaces": SLUG, "meetings": recommendation.meeting.reference}
    for kind, key in (*of.items(), ("recommendations", recommendation.reference), ("home", SLUG)):
        assert client.get("/fr/picture.png", {"of": kind, "key": key}).status_code == 404, kind


def test_what_is_no_real_portal_is_read_by_no_machine(client, db):
    """A demonstration, and whatever is tried out."""
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    for address in ("/ar/", "/fr/actors/", "/ar/picture.png", "/nowhere/"):
        assert client.get(address).headers["X-Robots-Tag"] == "noindex", address
    with override_settings(IS_INDEXED=True):
        assert "X-Robots-Tag" not in client.get("/ar/").headers


@override_settings(IS_INDEXED=True)
def test_robots_may_read_what_visitors_see_and_nothing_else(client):
    text = client.get("/robots.txt").text
    closed = re.findall("Disallow: (.+)", text)
    for path in ("/admin/", "/ar/accounts/", "/fr/me/", "/en/search/", "/*?*export="):
        assert path in closed
    with override("fr"):
        for name in ("home:home", "directory:actors", "meetings:meetings", "home:about", "home:picture"):
            assert not any(reverse(name).startswith(path) for path in closed)
    assert f"Sitemap: http://127.0.0.1:8000{reverse('sitemap')}" in text


def locations(client) -> list[str]:
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    return [loc.text.removeprefix("http://127.0.0.1:8000") for loc in tree.findall(".//{*}loc")]


def test_the_map_of_the_site_names_what_visitors_find_in_each_language(
    client, open_world, administrator, as_user, django_assert_num_queries
):
    hidden = factories.MeetingFactory(reference="TST-2026-90", audience=Meeting.Audience.MEMBERS)
    factories.RecommendationFactory(meeting=hidden, reference="TST-2026-90-R1")
    with django_assert_num_queries(5):
        found = locations(client)
    assert len(found) == len(set(found))
    assert found == locations(as_user(administrator)), "the same whoever asks"
    assert not any("TST-2026-90" in address for address in found)
    for code in ("ar", "fr", "en"):
        for path in (f"actors/{SLUG}/", f"spaces/{SLUG}/", f"meetings/{open_world.reference}/results/", "about/"):
            assert f"/{code}/{path}" in found
    assert [address for address in found if client.get(address).status_code != 200] == []


def test_the_mark_and_the_name_go_on_the_first_screen_of_a_telephone(client, db):
    with Image.open(BytesIO(client.get("/apple-touch-icon.png").content)) as image:
        assert image.size == (180, 180)
    manifest = client.get("/ar/site.webmanifest").json()
    assert (manifest["short_name"], manifest["dir"], manifest["start_url"]) == ("تنسيق", "rtl", "/ar/")
    assert client.get(manifest["icons"][1]["src"]).status_code == 200
    page = client.get("/ar/")
    assert 'rel="manifest" href="/ar/site.webmanifest"' in page.text
    assert "manifest-src 'self'" in page.headers["Content-Security-Policy"]


def test_no_browser_keeps_what_it_showed_somebody_signed_in(as_user, hidden_world):  # noqa: F811
    client, kept = as_user(hidden_world), []
    for route in routes():
        answer = client.get(route.address)
        content_of(answer)
        if answer.headers.get("Cache-Control") != "private, no-store":
            kept.append(route.name)
    assert kept == []


def test_a_visitor_s_pages_may_be_kept(client, open_world):
    kept = [name for name in ("home:home", "meetings:meetings", "home:about") if _is_kept(client.get(reverse(name)))]
    assert len(kept) == 3


def _is_kept(answer) -> bool:
    return "no-store" not in answer.headers.get("Cache-Control", "")


def test_the_page_about_the_portal_says_where_to_write(client, db):
    with override_settings(CONTACT_EMAIL="contact@example.org"):
        text = client.get("/fr/about/").text
        assert 'href="mailto:contact@example.org?subject=' in text
        assert "mailto:contact@example.org" in client.get("/fr/privacy/").text
    with override_settings(CONTACT_EMAIL=""):
        assert "mailto:" not in client.get("/fr/about/").text
