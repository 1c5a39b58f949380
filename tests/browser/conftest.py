"""A real browser before a real server; where there is none the tests are skipped with the reason, and fail under CI."""

import os
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from portal.home.loads.demonstration import PASSWORD
from tests.browser import chromium, demonstration

# Playwright's synchronous interface keeps an event loop in this thread, which Django would take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(chromium.MISSING)
        pytest.skip(chromium.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of one person: `open_page(viewport=chromium.PHONE, language="fr", javascript=False)`.

    A page that throws, logs an error or breaks the content security policy fails the test.
    """
    contexts, wrong = [], []

    def new(viewport: dict | None = None, language: str = "ar", javascript: bool = True) -> Page:
        context = browser.new_context(
            viewport=viewport or chromium.DESK, locale=language, java_script_enabled=javascript, accept_downloads=True
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda said: wrong.append(f"{page.url}: {said.text}") if _is_fault(page, said) else None)
        return page

    yield new
    for context in contexts:
        context.close()
    assert wrong == []


#: pages axe has looked at: it measures with inline styles of its own, which the policy tells of, at times much later;
#: our own templates have none (tests/test_conventions.py)
_measured: set[Page] = set()


def _is_fault(page: Page, said) -> bool:
    """Errors of scripts and policy; an answer of 4xx is told in the console too and is the page's own matter."""
    by_axe = page in _measured and "inline style" in said.text
    return said.type == "error" and not by_axe and "Failed to load resource" not in said.text


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """Signs a person in through the form, as they would."""

    def through_the_form(page: Page, portal: str, email: str, password: str, language: str = "ar") -> None:
        page.goto(f"{portal}/{language}/accounts/login/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    return through_the_form


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Iterator[demonstration.Demonstration]:
    """The portal of `make demo`, served once for all stories; each leaves alone what another reads."""
    process, running = demonstration.start(tmp_path_factory.mktemp("demo"))
    yield running
    demonstration.stop(process)
    assert process.returncode == 0


@pytest.fixture
def person(demo, open_page, sign_in) -> Callable[..., Page]:
    """Opens the browser of one person, signed in; None stays signed out."""

    def open_as(address: str | None, viewport: dict | None = None, javascript: bool = True) -> Page:
        page = open_page(viewport=viewport, javascript=javascript)
        if address:
            sign_in(page, demo.address, address, PASSWORD)
        return page

    return open_as


@pytest.fixture(scope="session")
def accessible() -> Callable[[Page], None]:
    """Fails with what axe finds on the page as it stands."""
    axe = Axe()

    def check(page: Page) -> None:
        _measured.add(page)
        window = page.viewport_size
        height = page.evaluate("document.documentElement.scrollHeight")
        # The whole page in one window: a bar that sticks would count as covering what a reader scrolls to.
        page.set_viewport_size({"width": window["width"], "height": max(window["height"], min(height, 8000))})
        found = axe.run(page, options=RULES).response["violations"]
        page.set_viewport_size(window)
        told = [f"{page.url}: {one['id']}: {one['help']} ({one['nodes'][0]['html'][:200]})" for one in found]
        assert told == []

    return check
