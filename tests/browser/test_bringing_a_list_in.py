"""A messy list, as an administrator brings it in on a phone: file, columns, preview, worker, result, undoing."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import chromium
from tests.browser.acting import follow

LIST = Path(__file__).parent.parent / "actors" / "data" / "actors_messy_windows1256.csv"
PATIENCE = 60_000


def _press(page: Page, name: str) -> None:
    follow(page.get_by_role("button", name=name, exact=True))


def _figure(page: Page, label: str) -> int:
    return int(page.locator("#import-summary li", has_text=label).locator("b").inner_text())


def _found(demo, page: Page, words: str) -> int:
    """How many institutions the directory finds for these words."""
    page.goto(f"{demo.address}/ar/actors/?q={words}")
    return page.locator("table.register tbody tr").count()


def test_a_list_is_brought_in_and_taken_back(demo, person, accessible):
    page = person("admin@demo.test", viewport=chromium.PHONE)
    known = _found(demo, page, "العاطف")

    page.goto(f"{demo.address}/ar/actors/import/")
    accessible(page)
    page.locator("input[type=file]").set_input_files(LIST)
    _press(page, "قراءة الملف")
    page.wait_for_url(re.compile(r"/columns/$"))
    expect(page.get_by_text("windows-1256")).to_be_visible()
    accessible(page)

    _press(page, "فحص الأسطر")
    page.wait_for_url(re.compile(r"/rows/"), timeout=PATIENCE)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    added, waiting = _figure(page, "ستُضاف"), _figure(page, "في انتظار اختياركم")

    # What waits is decided beside its row; the counts follow without another page.
    page.goto(f"{page.url.partition('?')[0]}?show=waiting")
    row = page.locator("li.import-row[data-waits]").first
    row.locator("select[name=decision]").select_option("leave")
    row.get_by_role("button", name="تأكيد القرار").click()
    expect(page.locator("#import-summary li", has_text="في انتظار اختياركم").locator("b")).to_have_text(
        str(waiting - 1)
    )

    _press(page, "بدء الاستيراد")
    # Left and opened again, the page goes on saying how far it is, until there is a result.
    page.goto(f"{demo.address}/ar/")
    page.goto(f"{demo.address}/ar/actors/import/")
    follow(page.get_by_role("link", name=LIST.name).first)
    page.wait_for_url(re.compile(r"/result/$"), timeout=PATIENCE)
    expect(page.locator(".figures").get_by_text(str(added), exact=True)).to_be_visible()
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert download.value.path().read_bytes().startswith("\ufeff".encode())
    assert _found(demo, page, "العاطف") > known

    page.go_back()
    follow(page.get_by_role("link", name="التراجع عن الاستيراد"))
    accessible(page)
    follow(page.locator("main form button[type=submit]").last)
    page.wait_for_url(re.compile(r"/result/$"), timeout=PATIENCE)
    expect(page.get_by_role("heading", name="تم التراجع عن الاستيراد")).to_be_visible()
    assert _found(demo, page, "العاطف") == known
