"""What every page keeps however it is looked at: wide or narrow, by dark, in the reader’s own colours, on paper."""

from io import BytesIO

import pytest
from PIL import Image

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
    MEETING,
    f"{MEETING}participation/",
    f"{MEETING}minutes/",
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


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_every_page_holds_at_every_width(demo, person, language):
    page = person("admin@demo.test")
    wide = []
    for path in PAGES:
        page.goto(f"{demo.address}/{language}/{path}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide.append(f"{path} at {width}: {needed}")
    assert wide == []


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


def test_by_dark_what_is_written_can_be_read(demo, person, accessible):
    page = person("admin@demo.test")
    page.emulate_media(color_scheme="dark")
    for path in ("", "actors/", "actors/coverage/", "actors/matrix/", MEETING, "recommendations/", "styleguide/"):
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
