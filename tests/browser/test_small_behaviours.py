"""Single behaviours of `static/js`, each on a page with nothing else on it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

SITE = "http://portal.test"
STATIC = Path(settings.BASE_DIR, "static")
HTMX = "/js/htmx.js"
PIECE = f"{SITE}/piece"


@pytest.fixture
def page_with(browser):
    """A page with this in its body, and one part of the scripts."""
    context = browser.new_context()
    page = context.new_page()

    def answer(route):
        path = route.request.url.removeprefix(SITE)
        if path == HTMX:
            route.fulfill(path=finders.find("django_htmx/htmx-2.min.js"), content_type="text/javascript")
        elif path.startswith("/js/"):
            route.fulfill(path=STATIC / path[1:], content_type="text/javascript")
        else:
            route.fulfill(body=page.shown, content_type="text/html; charset=utf-8")

    def show(body, *parts):
        scripts = "".join(f'<script type="module" src="/js/{part}.js"></script>' for part in parts)
        page.shown = f"<!doctype html>{body}{scripts}"
        page.goto(f"{SITE}/")
        return page

    page.route(f"{SITE}/**", answer)
    yield show
    context.close()


@pytest.mark.parametrize(("answer", "asked"), [("dismiss", ["confirm", "beforeunload"]), ("accept", ["confirm"])])
def test_who_calls_a_form_off_is_still_asked_before_the_words_are_lost(page_with, answer, asked):
    form = '<form data-guard data-confirm="?"><input type="text" name="text"><button>Send</button></form>'
    page = page_with(form, "confirm", "guard")
    told = []

    def hear(dialog):
        told.append(dialog.type)
        getattr(dialog, "accept" if dialog.type == "beforeunload" else answer)()

    page.on("dialog", hear)
    page.locator("input").press_sequentially("نص")
    page.locator("button").click()
    page.goto(f"{SITE}/elsewhere")
    assert told == asked


def test_a_button_that_copies_twice_says_in_the_end_what_it_said_first(page_with):
    button = '<input id="text" value="نص"><button data-copy="#text" data-copied="Copied">Copy</button>'
    page = page_with(button, "copy")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: {writeText: async () => {}}})")
    page.clock.install()
    for _time in range(2):
        page.locator("button").click()
        page.get_by_text("Copied").wait_for()
        page.clock.run_for(1000)
    page.clock.run_for(5000)
    assert page.locator("button").text_content() == "Copy"


REFUSED = '<div class="error-summary"></div>'


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        (f'<form data-guard>{REFUSED}<textarea name="text">نص</textarea></form>', ["beforeunload"]),
        ('<form data-guard="unsaved"><input type="hidden" name="text" value="نص"></form>', ["beforeunload"]),
        ('<form data-guard><textarea name="text">نص</textarea></form>', []),
        (f'<form data-guard>{REFUSED}<textarea name="text"></textarea><input type="date" name="day"></form>', []),
    ],
)
def test_a_form_shown_again_still_asks_before_its_words_are_lost(page_with, form, asked):
    page = page_with(f"{form}<p>Read</p>", "guard")
    told = []
    page.on("dialog", lambda dialog: (told.append(dialog.type), dialog.accept()))
    page.locator("p").click()
    page.goto(f"{SITE}/elsewhere")
    assert told == asked


@pytest.fixture
def asking(page_with):
    """A page with this in its body on which htmx runs."""

    def show(body):
        toast = render_to_string("components/unanswered.html")
        around = f'<script src="{HTMX}"></script><div id="messages"></div>{toast}'
        return page_with(f"{around}{body}", "messages", "unanswered")

    return show


FAILURES = {
    "broken": lambda route: route.fulfill(status=500),
    "not found": lambda route: route.fulfill(status=404),
    "no network": lambda route: route.abort(),
    "no answer": lambda route: None,
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_request_that_fails_is_told_once_until_one_is_answered(asking, failure):
    page = asking('<button hx-get="/piece" hx-target="#piece">Move</button><p id="piece">Before</p>')
    page.evaluate("htmx.config.timeout = 300")
    page.route(PIECE, FAILURES[failure])
    told = page.get_by_role("alert")
    for _time in range(2):
        page.locator("button", has_text="Move").click()
        told.wait_for()
    assert (told.count(), page.locator("#piece").text_content()) == (1, "Before")
    told.locator("button").click()
    assert told.count() == 0

    page.locator("button", has_text="Move").click()
    told.wait_for()
    page.route(PIECE, lambda route: route.fulfill(body="<b>After</b>"))
    page.locator("button", has_text="Move").click()
    page.get_by_text("After").wait_for()
    assert told.count() == 0


class Unfinished:
    is_unfinished, stage, percent = True, "working", 0


def test_work_that_is_watched_is_asked_about_again_with_growing_pauses(asking):
    work = render_to_string("components/long_work.html", {"work": Unfinished, "url": "/piece", "title": "Work"})
    page, asked = asking(work), []

    def answer(route):
        asked.append(route)
        route.fulfill(status=200 if len(asked) == 4 else 502, body="<p>Done</p>")

    page.route(PIECE, answer)
    page.clock.install()
    page.reload()
    for seconds, so_far in ((2, 1), (2, 2), (3, 2), (1, 3), (7, 3), (1, 4)):
        page.clock.run_for(seconds * 1000)
        page.wait_for_timeout(100)
        assert len(asked) == so_far
    page.get_by_text("Done").wait_for()
    assert page.get_by_role("alert").count() == 0


def test_a_message_stays_in_view_only_where_it_comes_while_the_page_is_read(page_with):
    page = page_with('<div id="messages"><p>Came with the page</p></div>', "messages")
    messages = page.locator("#messages")
    assert messages.get_attribute("data-arrived") is None
    messages.evaluate("place => place.append('Came meanwhile')")
    assert messages.get_attribute("data-arrived") == ""


@pytest.mark.parametrize(("mark", "sent"), [("data-resend", "of-the-new-session"), ("", "of-the-old-one")])
def test_what_is_sent_again_after_signing_in_elsewhere_carries_the_newest_token(page_with, mark, sent):
    page = page_with(
        f'<form {mark}><input name="csrfmiddlewaretoken" value="of-the-old-one"><button>Send</button></form>', "resend"
    )
    page.context.add_cookies([{"name": "csrftoken", "value": "of-the-new-session", "url": SITE}])
    page.locator("button").click()
    page.wait_for_url(f"**/?csrfmiddlewaretoken={sent}")
