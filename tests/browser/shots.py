"""`make shots`: pictures of the main pages of a fresh demonstration, in Arabic and French, on a phone and at a desk."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "shots"
CONSULTATION = "ASTICUDE-2025-01"
#: name of the picture: address, and who looks (nobody: a visitor)
PAGES = {
    "visitor": ("", ""),
    "sign-in": ("accounts/login/", ""),
    "desk-secretariat": ("", "secretariat"),
    "desk-officer": ("", "officer"),
    "actors": ("actors/", ""),
    "actor": ("actors/asticude/", "member"),
    "spaces": ("spaces/", ""),
    "meetings": ("meetings/", ""),
    "month": ("meetings/month/", "secretariat"),
    "subscribe": ("meetings/subscribe/", "secretariat"),
    "meeting": (f"meetings/{CONSULTATION}/", ""),
    "participation": (f"meetings/{CONSULTATION}/participation/", "secretariat"),
    "minutes": (f"meetings/{CONSULTATION}/minutes/", "secretariat"),
    "meeting-recommendations": (f"meetings/{CONSULTATION}/recommendations/", "secretariat"),
    "report": (f"meetings/{CONSULTATION}/report/", "secretariat"),
    "recommendations": ("recommendations/", "member"),
    "recommendation": (f"recommendations/{CONSULTATION}-R1/", "officer"),
    "search": ("search/?q=الناظور", ""),
    "me": ("me/", "officer"),
    "styleguide": ("styleguide/", ""),
    "not-found": ("meetings/NOWHERE-2025-01/", ""),
}
SIZES = {"phone": chromium.PHONE, "desk": chromium.DESK}
LANGUAGES = ("ar", "fr")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, server: subprocess.Popen) -> None:
    """Until the portal answers; ends the program when it does not."""
    for _ in range(600):
        if server.poll() is not None:
            sys.exit("The demonstration ended by itself; its lines above say why.")
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("The demonstration did not answer within two minutes.")


def sign_in(page: Page, address: str, who: str, password: str) -> None:
    page.goto(f"{address}/ar/accounts/login/")
    page.locator("input[name=login]").fill(f"{who}@demo.test")
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def take(browser: Browser, address: str, password: str) -> int:
    """All pictures; returns how many pages answered with a fault of the server."""
    faults = 0
    for size, viewport in SIZES.items():
        for who in sorted({who for _, who in PAGES.values()}):
            context = browser.new_context(viewport=viewport, device_scale_factor=1)
            page = context.new_page()
            if who:
                sign_in(page, address, who, password)
            for name, (path, whose) in PAGES.items():
                if whose == who:
                    for language in LANGUAGES:
                        answer = page.goto(f"{address}/{language}/{path}", wait_until="load")
                        page.evaluate("document.fonts.ready")
                        page.screenshot(path=FOLDER / f"{name}.{language}.{size}.png", full_page=True)
                        faults += bool(answer and answer.status >= 500)
                        print(f"{answer.status if answer else '?'}  {name}.{language}.{size}.png")
            context.close()
    return faults


def main() -> None:
    path = chromium.find()
    if path is None:
        sys.exit(f"No pictures: {chromium.MISSING}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="tansiq-shots-") as folder:
        environment = {**os.environ, "PORTAL_VAR": folder, "PORTAL_ENV": "embedded"}
        log = Path(folder) / "demo.log"
        with log.open("w") as out:
            server = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(port)], cwd=ROOT, env=environment, stdout=out
            )
        try:
            wait_for(address, server)
            while not (found := re.search(r"password of all is: (\S+)", log.read_text(encoding="utf-8"))):
                time.sleep(0.2)
            password = found.group(1)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
                faults = take(browser, address, password)
                browser.close()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
    print(f"In {FOLDER.relative_to(ROOT)}/")
    if faults:
        sys.exit(f"{faults} pages answered with a fault of the server.")


if __name__ == "__main__":
    main()
