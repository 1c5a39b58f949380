"""Who does what, as people click it: a role entered from a cell, confirmed by the institution, seen by everybody."""

import pytest
from playwright.sync_api import expect

from actors.models import Membership, Responsibility
from portal.reference.models import Territory, Theme
from tests import factories
from tests.browser import chromium

GRID = "/ar/actors/matrix/"


@pytest.fixture
def people(portal):
    """An administrator, and the manager of an institution that supports health in Nador."""
    actor = factories.ActorFactory(slug="essai", name_ar="جمعية تجريبية للصحة", acronym="ATS")
    administrator = factories.UserFactory(email="administrator@example.org", is_administrator=True)
    manager = factories.MembershipFactory(
        actor=actor, part=Membership.Part.MANAGER, user=factories.UserFactory(email="manager@example.org")
    ).user
    factories.ResponsibilityFactory(
        actor=factories.ActorFactory(name_ar="مصلحة تجريبية"),
        theme=Theme.objects.get(code="health"),
        territory=Territory.objects.get(code="02.381"),
    )
    return administrator, manager


def _cell(page, theme, place):
    """The cell’s link, by what it is called."""
    return page.locator(f"a.cell-open[href*='/matrix/{theme}/{place}/']")


def test_a_role_is_entered_in_the_grid_confirmed_and_shown(portal, people, open_page, sign_in, accessible):
    administrator, manager = people
    page = open_page()
    sign_in(page, portal, administrator.email, factories.PASSWORD)
    page.goto(f"{portal}{GRID}")
    accessible(page)

    # A cell opens beside the grid, and gives the focus back when it is closed.
    _cell(page, "health", "02.381").click()
    panel = page.locator("#matrix-panel")
    expect(panel.get_by_text("مصلحة تجريبية")).to_be_visible()
    expect(panel.get_by_role("heading").first).to_be_focused()
    accessible(page)
    page.keyboard.press("Escape")
    expect(panel.locator("> *")).to_have_count(0)
    expect(_cell(page, "health", "02.381")).to_be_focused()

    # From a cell in which nobody leads to the form, and back to the grid.
    _cell(page, "housing", "02.381").click()
    panel.get_by_role("link", name="إضافة دور هنا").click()
    expect(page.locator("[name=territory]")).to_have_value("02.381")
    accessible(page)
    page.locator("[name=actor]").select_option(label="جمعية تجريبية للصحة (ATS)")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"{portal}{GRID}")
    expect(page.locator("td", has=_cell(page, "housing", "02.381"))).to_contain_text("ATS")

    # The institution confirms on its own page, on a phone.
    phone = open_page(viewport=chromium.PHONE)
    sign_in(phone, portal, manager.email, factories.PASSWORD)
    phone.goto(f"{portal}/ar/actors/essai/roles/")
    accessible(phone)
    phone.get_by_role("button", name="تأكيد الدور").click()
    expect(phone.get_by_text("أصبح ظاهراً للعموم")).to_be_visible()
    assert Responsibility.objects.get(actor__slug="essai").answer == "confirmed"

    # A visitor without scripts finds it, and opens the cell as a page.
    visitor = open_page(javascript=False)
    visitor.goto(f"{portal}{GRID}")
    expect(visitor.get_by_text("يحتاج إلى تنسيق")).to_have_count(0)
    _cell(visitor, "housing", "02.381").click()
    expect(visitor.get_by_role("link", name="جمعية تجريبية للصحة (ATS)")).to_be_visible()
    accessible(visitor)


def test_on_a_phone_the_grid_is_read_theme_by_theme(portal, people, open_page, accessible):
    page = open_page(viewport=chromium.PHONE)
    page.goto(f"{portal}{GRID}")
    expect(page.locator("table.matrix")).to_be_hidden()
    page.get_by_text("الصحة", exact=True).click()
    expect(page.get_by_text("مصلحة تجريبية")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
