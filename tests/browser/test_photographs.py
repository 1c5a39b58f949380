"""A photograph of a telephone, handed in with scripts and without: what is sent, and what is kept."""

import io

import pytest
from PIL import Image

from tests.browser import chromium
from tests.browser.acting import follow, submit

SECRETARIAT = "secretariat@demo.test"
ORIENTATION, GPS, SIDEWAYS = 0x0112, 0x8825, 6


def photograph() -> bytes:
    """3000 × 2000 as it is written, taken sideways, some megabytes."""
    exif = Image.Exif()
    exif[ORIENTATION] = SIDEWAYS
    exif.get_ifd(GPS).update({1: "N", 2: (35.0, 10.0, 1.0)})
    stream = io.BytesIO()
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(stream, "JPEG", quality=95, exif=exif)
    return stream.getvalue()


def test_a_report_with_a_photograph_is_not_sent_without_what_its_state_makes_compulsory(demo, person):
    page = person("officer@demo.test", chromium.PHONE)
    page.goto(f"{demo.address}/fr/waiting/due-soon/")
    page.locator("main a[href$='/report/']").first.click()
    form = page.locator("form.report-form")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    form.locator("[name=account]").fill("")
    form.locator("[name=files]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"0" * 9})
    form.locator("[name=new_state][value=done]").check()
    form.locator("button[type=submit]").click()
    assert page.evaluate("document.activeElement.name") == "account"
    assert form.locator("[name=files]").evaluate("(input) => input.files.length") == 1
    assert sent == []
    form.locator("[name=account]").fill("…")
    # It would be sent now: the page's own listener, which comes last, keeps it here.
    page.evaluate(
        """document.addEventListener("submit", (event) => {
          window.isSent = !event.defaultPrevented;
          event.preventDefault();
        })"""
    )
    form.locator("button[type=submit]").click()
    assert page.evaluate("window.isSent") is True


@pytest.mark.parametrize("scripts", [True, False])
def test_a_photograph_is_made_smaller_before_it_is_sent_where_there_are_scripts(demo, person, scripts):
    page = person(SECRETARIAT, chromium.PHONE, javascript=scripts)
    page.goto(f"{demo.address}/fr/meetings/ASTICUDE-2025-01/documents/add/")
    page.locator("[name=title]").fill("Photographie d’essai")
    taken = photograph()
    page.locator("[name=file]").set_input_files({"name": "IMG_2041.JPG", "mimeType": "image/jpeg", "buffer": taken})
    with page.expect_request(lambda request: request.method == "POST") as sent:
        submit(page)
    size = int(sent.value.all_headers()["content-length"])
    assert size < len(taken) / 2 if scripts else size > len(taken)
    with page.expect_download() as download:
        page.locator(".files p a", has_text="Photographie d’essai").click()
    kept = Image.open(io.BytesIO(download.value.path().read_bytes()))
    assert (download.value.suggested_filename, kept.size, dict(kept.getexif())) == ("IMG_2041.jpg", (1333, 2000), {})
    follow(page.locator("a[href*='/remove/']", has_text="Photographie d’essai"))
    page.locator("[name=reason]").fill("Essai terminé")
    submit(page)
