"""An invitation answered from its mail, on a phone, by somebody who has no account: how many taps it takes.

The portal is the one of `make demo` with a mail server beside it: the mail comes over SMTP, as it does to an office.
"""

import email
import email.policy
import re
import time
from datetime import datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import expect

from portal.core.dates import CASABLANCA
from portal.home.loads.demonstration import PASSWORD
from tests.browser import chromium, demonstration
from tests.browser.acting import submit
from tests.browser.test_story import SECRETARIAT, type_when
from tests.notifications.test_real_mail import free_port

OFFICE = "demo-commune-b@demo.test"
TITLE = "اجتماع تجريبي للجواب دون حساب"
#: from the link that is tapped in the mail to the receipt; a machine under load included
SECONDS = 20


class Letterbox:
    """What arrived, newest last: to whom, and the mail taken apart."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd calls it so
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, message))
        return "250 OK"

    def mail_to(self, recipient, subject, word=""):
        deadline = time.monotonic() + demonstration.PATIENCE
        while time.monotonic() < deadline:
            for to, message in reversed(self.mails):
                text = message.get_body(("plain",)).get_content()
                if recipient in to and subject in str(message["Subject"]) and word in text:
                    return message
            time.sleep(0.2)
        raise AssertionError(f"No mail to {recipient}: {[(to, m['Subject']) for to, m in self.mails]}")


@pytest.fixture(scope="module")
def letterbox():
    box, port = Letterbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.address = f"smtp://127.0.0.1:{port}"
    yield box
    controller.stop()


@pytest.fixture(scope="module")
def portal(letterbox, tmp_path_factory):
    process, running = demonstration.start(tmp_path_factory.mktemp("mailing"), EMAIL_URL=letterbox.address)
    yield running.address
    demonstration.stop(process)


@pytest.fixture
def invited(portal, open_page, sign_in):
    """A meeting of the space, announced by its secretariat to all its members."""
    page, start = open_page(), datetime.now(CASABLANCA) + timedelta(days=9)
    sign_in(page, portal, SECRETARIAT, PASSWORD)
    page.goto(f"{portal}/ar/meetings/add/")
    page.locator("[name=space]").select_option(label="فضاء التنسيق البين جماعاتي بالناظور")
    page.locator("[name=title_ar]").fill(TITLE)
    page.locator("[name=place_ar]").fill("مقر جماعة تجريبية ب")
    type_when(page, "starts_at", start)
    type_when(page, "ends_at", start + timedelta(hours=2))
    submit(page)
    if page.locator(".error-summary").count():  # a rest day is asked about
        submit(page)
    meeting = re.sub(r"[?#].*", "", page.url)
    page.goto(f"{meeting}invite/")
    submit(page)
    page.goto(f"{meeting}announce/")
    submit(page)
    return page, meeting


def test_an_office_answers_from_its_mail_in_two_taps(invited, letterbox, open_page, accessible):
    secretariat, meeting = invited
    mail = letterbox.mail_to(OFFICE, TITLE)
    html = mail.get_body(("html",)).get_content()
    link = demonstration.link_in(mail.get_body(("plain",)).get_content())
    assert "/answer/" in link
    assert f'href="{link}"' in html

    # A scanner opens the link first, with scripts and without: nothing changes.
    for javascript in (True, False):
        open_page(javascript=javascript).goto(link)

    # The mail as the phone shows it: the first tap is its button, the second sends the plain yes.
    phone = open_page(viewport=chromium.PHONE)
    phone.set_content(html)
    asked = {}
    phone.on("request", lambda request: asked.update({request: request.headers.get("referer", "")}))
    began, taps = time.monotonic(), 0
    with phone.expect_navigation():
        phone.locator("a.button").click()
        taps += 1
    expect(phone.locator(".for-whom")).to_contain_text("جماعة تجريبية ب")
    assert phone.evaluate("document.documentElement.scrollWidth") <= chromium.PHONE["width"]
    with phone.expect_navigation():
        phone.get_by_role("button", name="إرسال الجواب").click()
        taps += 1
    expect(phone.get_by_role("heading", level=1)).to_have_text("سُجِّل تأكيد حضوركم")
    took = time.monotonic() - began
    assert taps == 2
    assert took < SECONDS
    print(f"Answered from the mail with {taps} taps in {took:.1f} s.")  # noqa: T201
    ours = link.partition("/ar/")[0]
    assert {request.url.startswith(ours) for request in asked} == {True}
    assert [referer for referer in asked.values() if "/answer/" in referer] == []
    accessible(phone)
    phone.goto(f"{link}?change=1")
    accessible(phone)

    # Whoever prepares the meeting reads what was answered, and how it came.
    secretariat.goto(f"{meeting}participation/")
    row = secretariat.get_by_role("row").filter(has_text="جماعة تجريبية ب")
    expect(row).to_contain_text("أكدت حضورها")
    expect(row).to_contain_text("عبر رابط شخصي")
    expect(row).to_contain_text(OFFICE)

    # The answer is changed, with a point for the agenda; without scripts.
    plain = open_page(viewport=chromium.PHONE, javascript=False)
    plain.goto(link)
    plain.get_by_role("link", name="تغيير الجواب").click()
    plain.locator("[name=answer][value=declined]").check()
    plain.locator("[name=note]").fill("التزام سابق")
    plain.locator("[name=asked_point]").fill("استمارة التوجيه")
    plain.get_by_role("button", name="إرسال الجواب").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("سُجِّل اعتذاركم")
    expect(plain.get_by_text("استمارة التوجيه")).to_be_visible()
    told = letterbox.mail_to(SECRETARIAT, "جماعة تجريبية ب", "استمارة التوجيه").get_body(("plain",)).get_content()
    assert OFFICE in told
