"""Who leaves a shared computer leaves nothing of what was read on it."""

import re

from playwright.sync_api import expect

from tests.browser import chromium


def test_back_after_signing_out_shows_nothing_of_what_was_read(demo, person):
    page = person("officer@demo.test", chromium.DESK)
    page.goto(f"{demo.address}/fr/me/")
    expect(page.locator("main")).to_contain_text("officer@demo.test")
    page.locator(".bar .menu summary").click()
    page.locator(".bar .menu-sheet form button").click()
    expect(page.locator(".bar .sign-in")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    expect(page.locator("body")).not_to_contain_text("officer@demo.test")
