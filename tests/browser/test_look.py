"""What every page keeps however it is looked at: wide or narrow, by dark, in the reader’s own colours, on paper."""

import re
from collections import Counter
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from portal.home.desk import LISTS

MEETING, RECOMMENDATION = "meetings/ASTICUDE-2025-01/", "recommendations/ASTICUDE-2025-01-R1/"
PAGES = (
    "",
    "actors/",
    "actors/asticude/",
    "actors/coverage/",
    "actors/matrix/",
    "actors/matrix/findings/",
    "actors/upkeep/",
    "actors/duplicates/",
    "actors/import/",
    "spaces/",
    "meetings/",
    "meetings/month/",
    "meetings/month/?month=2025-09",
    "meetings/subscribe/",
    MEETING,
    f"{MEETING}participation/",
    f"{MEETING}minutes/",
    f"{MEETING}results/",
    "recommendations/",
    RECOMMENDATION,
    "search/?q=a",
    "me/",
    "styleguide/",
    "nowhere/",
)
#: an upright A4 page between its margins, in pixels
A4 = 673
#: each step of the way, and both sides of every width at which the sheets say otherwise
WIDTHS = sorted({*range(320, 1401, 60), 360, 384, 385, 720, 721, 768, 960, 961, 1024, 1088, 1089, 1280, 1400})
NEEDED = "document.documentElement.scrollWidth"


def too_narrow(page) -> dict[int, int]:
    """The widths at which the page does not hold, and what it would need. What a browser remembers of the widths
    before, of areas that scroll by themselves, is not the page's: it is opened again before it is called too wide."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate(NEEDED) > width:
            page.reload()
            if (needed := page.evaluate(NEEDED)) > width:
                found[width] = needed
    return found


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_every_page_holds_at_every_width(demo, person, language):
    page = person("admin@demo.test")
    for path in PAGES:
        page.goto(f"{demo.address}/{language}/{path}")
        assert too_narrow(page) == {}, path


@pytest.mark.parametrize(("who", "language"), [("secretariat", "fr"), ("officer", "ar"), ("admin", "en")])
def test_every_list_of_what_waits_holds_at_every_width(demo, person, who, language):
    page = person(f"{who}@demo.test")
    for kind in LISTS:
        page.goto(f"{demo.address}/{language}/waiting/{kind}/")
        assert too_narrow(page) == {}, kind


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_no_word_of_the_bottom_bar_breaks(demo, person, language):
    page = person("admin@demo.test", viewport={"width": 320, "height": 640})
    page.goto(f"{demo.address}/{language}/about/")
    broken = page.locator(".tabbar a").evaluate_all(
        """(links) => links.filter((link) => {
          const text = [...link.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
          return [...text.data.matchAll(/\\S+/g)].some((word) => {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            return range.getClientRects().length > 1;
          });
        }).map((link) => link.textContent.trim())"""
    )
    assert broken == []


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_on_a_phone_signing_in_stands_above_the_bar_of_the_pages(demo, person, language):
    page = person(None, viewport={"width": 360, "height": 740})
    page.goto(f"{demo.address}/{language}/accounts/login/?next=/{language}/me/")
    bar = page.locator(".tabbar").bounding_box()["y"]
    for control in ("input[name=login]", "input[name=password]", "main form button[type=submit]"):
        box = page.locator(control).bounding_box()
        assert box["y"] + box["height"] < bar, control


def test_by_dark_what_is_written_can_be_read(demo, person, accessible):
    page = person("admin@demo.test")
    page.emulate_media(color_scheme="dark")
    pages = ("", "actors/", "actors/coverage/", "actors/matrix/", MEETING, f"{MEETING}results/", "recommendations/")
    for path in (*pages, "styleguide/"):
        page.goto(f"{demo.address}/ar/{path}")
        accessible(page)


def test_paper_is_light_and_has_nothing_to_press(demo, person):
    page = person("admin@demo.test", viewport={"width": A4, "height": 900})
    page.emulate_media(media="print", color_scheme="dark")
    wrong = []
    for path in (path for path in PAGES if path != "styleguide/"):
        page.goto(f"{demo.address}/fr/{path}")
        needed, ground, pressed = page.evaluate(
            """() => [
              document.documentElement.scrollWidth,
              getComputedStyle(document.body).backgroundColor,
              [...document.querySelectorAll("body :is(button, .button, nav, [type=search])")]
                .filter((control) => control.checkVisibility() && control.getBoundingClientRect().height > 1)
                .map((control) => control.outerHTML.slice(0, 60)),
            ]"""
        )
        if (needed, ground, pressed) != (A4, "rgb(255, 255, 255)", []):
            wrong.append((path, needed, ground, pressed))
    assert wrong == []


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_no_sheet_of_paper_is_empty_or_has_the_foot_alone(demo, person, language):
    page = person("admin@demo.test")
    bare = []
    for path in (path for path in PAGES if path != "styleguide/"):
        page.goto(f"{demo.address}/{language}/{path}")
        for number, sheet in enumerate(sheets(page), start=1):
            if not sheet.strip() or (("HCP" in sheet or "(CC" in sheet) and len(sheet.split()) < 16):
                bare.append((path, number, sheet))
    assert bare == []


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_every_commune_is_on_paper(demo, person, language):
    page = person(None)
    page.goto(f"{demo.address}/{language}/actors/coverage/")
    _map, *tables = sheets(page)
    on_paper = Counter(re.findall(r"\d+", " ".join(tables)))
    assert Counter(page.locator(".coverage-tables td").all_inner_texts()) - on_paper == Counter()


def sheets(page):
    """What a printer would be given: the text of each sheet."""
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    return [sheet.extract_text() for sheet in PdfReader(BytesIO(paper)).pages]


def test_what_comes_next_and_what_is_not_written_yet_stay_off_paper(demo, person):
    page = person("secretariat@demo.test")
    page.emulate_media(media="print")
    for path in (MEETING, f"{MEETING}minutes/", f"{MEETING}recommendations/", f"{MEETING}report/", RECOMMENDATION):
        page.goto(f"{demo.address}/fr/{path}")
        assert page.locator(".demo-line").is_visible(), "that the data are a demonstration's is said on paper too"
        assert [
            card.inner_text() for card in page.locator('[data-tone="next"], #draft').all() if card.is_visible()
        ] == []


def test_on_paper_a_field_is_what_was_written_in_it_whole(demo, person):
    page = person("admin@demo.test", viewport={"width": A4, "height": 900})
    page.goto(f"{demo.address}/fr/meetings/ASTICUDE-2025-01/edit/")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    written = page.locator(".written")
    title = page.locator("[name=title_fr]")
    assert written.all_inner_texts().count(title.input_value()) == 1
    assert len(title.input_value()) > 60
    boxes = page.locator("main form :is(input:not([type=checkbox], [type=radio], [type=hidden]), textarea, select)")
    assert [box.get_attribute("name") for box in boxes.all() if box.is_visible()] == []
    assert page.evaluate("document.documentElement.scrollWidth") == A4
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert (written.count(), title.is_visible()) == (0, True)


def test_progress_is_seen_in_the_readers_colours(demo, person):
    page = person("admin@demo.test")
    page.emulate_media(forced_colors="active")
    page.goto(f"{demo.address}/ar/styleguide/")
    bar = page.locator(".progress progress[value='68'], .progress progress[value='50']").first
    picture = Image.open(BytesIO(bar.screenshot())).convert("RGB")
    middle = picture.height // 2
    assert picture.getpixel((picture.width * 9 // 10, middle)) != picture.getpixel((picture.width // 10, middle))


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_button_shows_that_it_sends(demo, person, motion):
    page = person("admin@demo.test")
    page.emulate_media(reduced_motion=motion)
    page.goto(f"{demo.address}/ar/spaces/add/")
    # It stays on its way: the page’s own listener comes first, then nothing is sent.
    page.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")
    button = page.locator("main form button[type=submit]")
    button.click()
    told = button.evaluate(
        """(button) => {
          const sign = getComputedStyle(button, "::before");
          return [button.ariaBusy, sign.content, sign.animationName, getComputedStyle(button).opacity];
        }"""
    )
    assert told == ["true", '""', "turn" if motion == "no-preference" else "none", "1"]
