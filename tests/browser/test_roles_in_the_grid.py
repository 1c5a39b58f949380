"""Who does what, as people click it: a role entered from a cell, confirmed by the institution, seen by everybody."""

import re

from playwright.sync_api import Page, expect

from tests.browser import chromium
from tests.browser.acting import follow

GRID = "/ar/actors/matrix/"
INSTITUTION = "جمعية تجريبية خارج الفضاءات"


def _cell(page: Page, theme: str, place: str):
    """The cell’s link, by where it leads."""
    return page.locator(f"a.cell-open[href*='/matrix/{theme}/{place}/']")


def test_a_role_is_entered_in_the_grid_confirmed_and_shown(demo, person, accessible):
    page = person("admin@demo.test")
    page.goto(f"{demo.address}{GRID}")
    accessible(page)

    # A cell opens beside the grid, and gives the focus back when it is closed.
    _cell(page, "health", "02.381").click()
    panel = page.locator("#matrix-panel")
    expect(panel.get_by_text("مصلحة تجريبية أ")).to_be_visible()
    expect(panel.get_by_role("heading").first).to_be_focused()
    accessible(page)
    page.keyboard.press("Escape")
    expect(panel.locator("> *")).to_have_count(0)
    expect(_cell(page, "health", "02.381")).to_be_focused()

    # From a cell in which nobody leads to the form, and back to the grid.
    _cell(page, "housing", "02.113").click()
    follow(panel.get_by_role("link", name="إضافة دور هنا"))
    expect(page.locator("[name=territory]")).to_have_value("02.113")
    accessible(page)
    page.locator("[name=actor_named]").press_sequentially(INSTITUTION[:12])
    page.get_by_role("option", name=INSTITUTION).click()
    follow(page.locator("main form button[type=submit]"))
    expect(page).to_have_url(f"{demo.address}{GRID}")
    expect(page.locator("td", has=_cell(page, "housing", "02.113"))).to_contain_text(INSTITUTION)

    # Until the institution has answered, no visitor reads of it.
    visitor = person(None, javascript=False)
    visitor.goto(f"{demo.address}{GRID}")
    expect(visitor.get_by_text("يحتاج إلى تنسيق")).to_have_count(0)
    expect(_cell(visitor, "housing", "02.113")).to_have_count(0)

    # The institution confirms on its own page, on a phone.
    phone = person("outsider@demo.test", viewport=chromium.PHONE)
    phone.goto(f"{demo.address}/ar/actors/demo-outside/roles/")
    accessible(phone)
    role = phone.locator("li, article, tr").filter(has_text="السكن").last
    follow(role.get_by_role("button", name="تأكيد الدور"))
    expect(phone.get_by_text("أصبح ظاهراً للعموم")).to_be_visible()

    # Now a visitor without scripts finds it, and opens the cell as a page.
    visitor.reload()
    follow(_cell(visitor, "housing", "02.113"))
    expect(visitor.get_by_role("link", name=INSTITUTION)).to_be_visible()
    # Axe waits for ever on a page without scripts: it looks at the same one with them.
    page.goto(visitor.url)
    accessible(page)


def test_on_a_phone_the_grid_is_read_theme_by_theme(demo, person, accessible):
    page = person(None, viewport=chromium.PHONE)
    page.goto(f"{demo.address}{GRID}")
    expect(page.locator("table.matrix")).to_be_hidden()
    theme = page.locator("details.matrix-theme", has=page.locator("summary", has_text=re.compile(r"^\s*الصحة\s*$")))
    theme.locator("summary").click()
    expect(theme.get_by_text("مصلحة تجريبية أ")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
