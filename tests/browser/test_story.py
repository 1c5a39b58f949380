"""The whole road, as five people walk it in a browser, in Arabic: from an invitation to a confirmed follow-up.

The portal is the one `make demo` serves, with its own worker: mail is read from its files, the report comes from the
worker. Axe looks at every page on the way.
"""

import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from portal.core.dates import CASABLANCA
from tests.browser import chromium, demonstration
from tests.browser.acting import follow, submit

SECRETARIAT, OFFICER, MEMBER, OUTSIDER = (
    f"{who}@demo.test" for who in ("secretariat", "officer", "member", "outsider")
)
TITLE = "اجتماع تتبع توصيات فضاء التنسيق في مجال الهجرة"
AGREED = "إعداد دليل عملي موحد لخلايا الاستقبال والتوجيه"
SAID = "اتفقت المؤسسات الحاضرة على ما يلي: " + AGREED + "."


def type_when(page: Page, name: str, when: datetime) -> None:
    page.locator(f"[name={name}_day]").fill(when.strftime("%d/%m/%Y"))
    page.locator(f"[name={name}_time]").fill(when.strftime("%H:%M"))


def test_from_an_invitation_to_a_confirmed_follow_up(demo, person, accessible, tmp_path):
    secretariat = person(SECRETARIAT)
    officer = person(OFFICER, chromium.PHONE)
    member = person(MEMBER)
    visitor = person(None)
    start = datetime.now(CASABLANCA) + timedelta(hours=2)

    # The secretariat prepares a meeting of the space, its programme and its invitations.
    secretariat.goto(f"{demo.address}/ar/meetings/add/")
    accessible(secretariat)
    secretariat.locator("[name=space]").select_option(label="فضاء التنسيق البين جماعاتي بالناظور")
    secretariat.locator("[name=title_ar]").fill(TITLE)
    secretariat.locator("[name=place_ar]").fill("مقر جماعة تجريبية ب")
    type_when(secretariat, "starts_at", start)
    type_when(secretariat, "ends_at", start + timedelta(hours=2))
    submit(secretariat)
    expect(secretariat.get_by_role("heading", level=1)).to_have_text(TITLE)
    meeting = re.sub(r"[?#].*", "", secretariat.url)
    secretariat.goto(f"{meeting}items/add/")
    secretariat.locator("[name=title_ar]").fill("اعتماد التوصيات")
    secretariat.locator("[name=minutes_planned]").fill("٤٥")
    submit(secretariat)
    expect(secretariat.get_by_text("اعتماد التوصيات").first).to_be_visible()
    secretariat.goto(f"{meeting}invite/")
    accessible(secretariat)
    submit(secretariat)
    visitor.goto(meeting)
    assert visitor.title().startswith("404") or visitor.get_by_role("link", name=re.compile("الدخول")).count()
    secretariat.goto(meeting)
    follow(secretariat.locator("#next a[data-kind=primary]"))
    accessible(secretariat)
    submit(secretariat)
    accessible(secretariat)

    # The commune’s officer gets the mail, opens its link on a phone and confirms.
    invitation = demo.mail_to(OFFICER, TITLE)
    assert "سلام تام" in invitation
    officer.goto(demonstration.link_in(invitation))
    accessible(officer)
    officer.goto(meeting)
    follow(officer.locator("#next button[data-kind=primary]"))
    officer.goto(f"{meeting}participation/")
    accessible(officer)
    expect(officer.get_by_text("أكدت حضورها").first).to_be_visible()

    # The meeting is moved to now and begins; those who come are ticked off, and the recommendation is agreed.
    secretariat.goto(f"{meeting}edit/")
    type_when(secretariat, "starts_at", datetime.now(CASABLANCA) - timedelta(minutes=1))
    submit(secretariat)
    expect(secretariat.locator(".error-summary[data-tone=attention]")).to_be_visible()
    submit(secretariat)
    secretariat.goto(meeting)
    follow(secretariat.locator("#next").get_by_role("link", name="تسجيل الحضور"))
    accessible(secretariat)
    for choice in secretariat.locator("select[name^=status_]").all():
        choice.select_option("present")
    submit(secretariat)
    secretariat.goto(f"{meeting}recommendations/")
    accessible(secretariat)
    secretariat.locator("[name=text]").fill(AGREED)
    secretariat.locator("[name=axis]").select_option(label="توحيد الجهود بين مختلف الفاعلين")
    submit(secretariat)
    follow(secretariat.locator("#drafts form button").first)
    follow(secretariat.get_by_role("link", name=AGREED).first)
    recommendation = re.sub(r"[?#].*", "", secretariat.url)
    expect(secretariat.get_by_text("معتمدة – لم يُشرع فيها").first).to_be_visible()
    accessible(secretariat)

    # Once it is over it is noted as held. Minutes item by item, circulated; a member approves; the passage is linked.
    secretariat.goto(meeting)
    follow(secretariat.locator("#next form button"))
    secretariat.goto(f"{meeting}minutes/record/")
    accessible(secretariat)
    secretariat.locator("textarea[name=text]").fill(SAID)
    submit(secretariat)
    secretariat.goto(f"{meeting}minutes/circulate/")
    secretariat.locator("[name=until]").fill((datetime.now(CASABLANCA) + timedelta(days=10)).strftime("%d/%m/%Y"))
    submit(secretariat)
    member.goto(demonstration.link_in(demo.mail_to(MEMBER, TITLE, "المحضر")))
    accessible(member)
    member.locator("[name=answer][value=approves]").check()
    submit(member)
    expect(member.get_by_text("موافقة").first).to_be_visible()
    secretariat.goto(f"{meeting}minutes/adopt/")
    secretariat.locator("[name=in_session]").check()
    submit(secretariat)
    expect(secretariat.get_by_text("مصادق عليه").first).to_be_visible()
    secretariat.goto(f"{recommendation}passage/")
    secretariat.locator("select[name=section]").select_option(index=1)
    secretariat.locator("textarea[name=text]").fill(AGREED)
    submit(secretariat)
    expect(secretariat.locator("blockquote")).to_contain_text(AGREED)

    # It is assigned with a due date; the officer gets the mail, accepts, reports with evidence.
    secretariat.goto(f"{recommendation}assign/")
    secretariat.locator("[name=actor_named]").press_sequentially("جماعة تجريبية")
    secretariat.get_by_role("option", name="جماعة تجريبية أ").click()
    secretariat.locator("[name=due_on]").fill((datetime.now(CASABLANCA) + timedelta(days=40)).strftime("%d/%m/%Y"))
    submit(secretariat)
    officer.goto(demonstration.link_in(demo.mail_to(OFFICER, AGREED)))
    accessible(officer)
    officer.goto(recommendation)
    follow(officer.locator("#next button[data-kind=primary]"))
    officer.goto(f"{recommendation}report/")
    accessible(officer)
    officer.locator("[name=new_state][value=done]").check(force=True)
    officer.locator("[name=account]").fill("أُعد الدليل ووُزع على خلايا الاستقبال.")
    submit(officer)
    expect(officer.locator("[name=account]")).to_have_value("أُعد الدليل ووُزع على خلايا الاستقبال.")
    accessible(officer)
    evidence = tmp_path / "dalil.pdf"
    evidence.write_bytes(b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    officer.locator("[name=files]").set_input_files(evidence)
    submit(officer)
    expect(officer.get_by_text("منجزة – في انتظار التأكيد").first).to_be_visible()

    # The secretariat confirms; whoever has no part in the space reads no follow-up in public words.
    secretariat.goto(demonstration.link_in(demo.mail_to(SECRETARIAT, AGREED)))
    secretariat.goto(f"{recommendation}confirm/")
    accessible(secretariat)
    submit(secretariat)
    expect(secretariat.get_by_text("إنجاز مؤكد").first).to_be_visible()
    officer.goto(f"{demo.address}/ar/")
    accessible(officer)

    # The report is made by the worker, its progress survives a reload, and the file is fetched.
    secretariat.goto(f"{meeting}report/")
    accessible(secretariat)
    secretariat.locator("[name=language]").first.wait_for(state="attached")
    submit(secretariat)
    secretariat.reload()
    link = secretariat.locator(".files").get_by_role("link", name=re.compile("تحميل التقرير")).first
    expect(link).to_be_visible(timeout=90_000)
    with secretariat.expect_download() as fetched:
        link.click()
    report = Path(fetched.value.path())
    words = subprocess.run(["pdftotext", "-layout", report, "-"], capture_output=True, text=True, check=True).stdout
    assert "نموذج" in words
    assert report.read_bytes().startswith(b"%PDF-")
    outsider = person(OUTSIDER)
    answer = outsider.request.get(f"{demo.address}{link.get_attribute('href')}")
    assert answer.status == 404
