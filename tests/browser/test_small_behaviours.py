"""Single behaviours of `static/js`, each on a page with nothing else on it."""

from pathlib import Path

import pytest
from django.conf import settings

SITE = "http://portal.test"
STATIC = Path(settings.BASE_DIR, "static")


@pytest.fixture
def page_with(browser):
    """A page with this in its body, and one part of the scripts."""
    context = browser.new_context()
    page = context.new_page()

    def answer(route):
        path = route.request.url.removeprefix(SITE)
        if path.startswith("/js/"):
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
