"""What a hand does on a page, and how one knows that the page has followed."""

from playwright.sync_api import Locator, Page


def follow(target: Locator) -> None:
    """Clicks what leads to a page and waits until that page is there: a load state alone may be the old page's."""
    with target.page.expect_navigation():
        target.click()


def submit(page: Page) -> None:
    """Presses the main button of the form on the page."""
    follow(page.locator("main form button[data-kind=primary][type=submit], main form button[data-kind=danger]").last)
