"""Names without a space, endless references and links of 240 characters: no page grows wider than its window."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.apps import apps
from django.contrib.staticfiles import finders
from django.db import models
from django.test import Client
from playwright.sync_api import Page, Route

from portal.accounts.models import User
from tests.answers import content_of
from tests.people import client_of
from tests.test_routes import NAMESPACES, hidden_world, routes  # noqa: F401

WIDTHS = (320, 768, 1280)
LONGEST = 240
#: what machines write, or stands in an address
APART = {"slug", "reference", "code", "path", "kind", "fingerprint", "phone", "key", "file_hash"}
#: how wide the page is where that is too wide, and the last things that stand out of the window
TOO_WIDE = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return "";
  const name = (one) => [one.tagName.toLowerCase(), ...one.classList].join(".");
  const outside = ({ width, left, right }) => width && (right > clientWidth + 1 || left < -1);
  const found = [...document.querySelectorAll("main *")].filter((one) => outside(one.getBoundingClientRect()));
  return `${scrollWidth}: ${found.slice(-3).map((one) => `${name(one.parentElement)} > ${name(one)}`).join(", ")}`;
}"""


#: the same two frames later: a window that has just changed may not be laid out yet
SETTLED = f"() => new Promise((say) => requestAnimationFrame(() => requestAnimationFrame(() => say(({TOO_WIDE})()))))"


def endless(field: models.Field, number: int) -> str:
    """As long a word as the field takes, another one in each row."""
    length = min(field.max_length or LONGEST, LONGEST)
    if isinstance(field, models.URLField):
        return f"https://example.org/{number}/".ljust(length, "a")
    if isinstance(field, models.EmailField):
        return f"{'coordination' * 5}{number}@{'organisation' * 4}.example.org"
    word = "التنسيق" if field.name.endswith("_ar") else "Coordination"
    text = (word * LONGEST)[: length - 6] + f"{number:06}"
    return f"<p>{text}</p>" if field.name == "html" else text


def written(model: type[models.Model]) -> Iterator[models.Field]:
    """The fields in which people write what they want."""
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField)
        if is_text and not field.choices and field.name not in APART and (field.max_length or LONGEST) > 12:
            yield field


def stretch_every_word() -> None:
    for model in apps.get_models():
        fields = list(written(model)) if model._meta.app_label in (*NAMESPACES, "reference", "accounts") else []
        for number, row in enumerate(model._default_manager.all() if fields else ()):
            said = {field.name: endless(field, number) for field in fields if getattr(row, field.name)}
            if said:
                model._default_manager.filter(pk=row.pk).update(**said)


def pages_of(client: Client) -> dict[str, bytes]:
    """By address, every page that this person is shown."""
    answers = {route.address: client.get(route.address) for route in routes()}
    bodies = {address: content_of(answer) for address, answer in answers.items()}
    return {
        address: bodies[address]
        for address, answer in answers.items()
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
    }


def give(page: Page, pages: dict[str, bytes]) -> None:
    """The browser is given these pages and our own static files, whatever it asks for."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            return route.fulfill(path=finders.find(path.removeprefix("/static/")))
        return route.fulfill(body=pages.get(path, b""), content_type="text/html", status=200 if path in pages else 404)

    page.route("**/*", answer)


def test_no_page_is_wider_than_its_window(db, open_page, hidden_world):  # noqa: F811
    stretch_every_word()
    administrator = User.objects.create(email="administrator@example.org", is_administrator=True)
    pages = pages_of(client_of(administrator)) | pages_of(client_of(User.objects.get(pk=hidden_world.pk)))
    assert len(pages) > 60
    page, wrong = open_page(), {}
    give(page, pages)
    for address in pages:
        page.goto(f"http://testserver{address}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate(TOO_WIDE) and (found := page.evaluate(SETTLED)):
                wrong[address, width] = found
    assert wrong == {}
