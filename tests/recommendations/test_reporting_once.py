"""A report asks once: what it lacks is said together, it opens as it stands, or as it was when it was sent back."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.core.errors import Refused
from recommendations import actions
from recommendations.models import FollowUp, Recommendation
from tests.people import client_of

State = Recommendation.State
LINK = "https://example.org/decision.pdf"


def pdf(name="محضر.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 decision", content_type="application/pdf")


def address(led):
    return reverse("recommendations:report_progress", args=[led.reference])


@pytest.fixture
def at_desk(officer):
    return client_of(officer)


def errors(response):
    return {name: list(said) for name, said in response.context["form"].errors.items()}


def test_done_says_all_it_needs_at_once(at_desk, led):
    response = at_desk.send(address(led), {"new_state": "done", "links": "no address"})

    assert response.status_code == 422
    assert set(errors(response)) == {"account", "links"}
    assert set(errors(at_desk.send(address(led), {"new_state": "done"}))) == {"account", "files"}


def test_a_file_of_a_refused_report_is_asked_for_again_beside_its_field(at_desk, led):
    data = {"new_state": "done", "files": SimpleUploadedFile("photo.pdf", b"%PDF-1.7 decision")}
    page = at_desk.send(address(led), data).text

    field = page[page.index('name="files"') :].split("</div>")[0]
    assert 'class="error"' in field
    assert "<bdi>photo.pdf</bdi>" in field


def test_the_act_refuses_all_at_once_too(led, commune, officer):
    with pytest.raises(Refused) as refused:
        actions.report_progress(led, actor=commune, new_state="done", by=officer)
    assert set(refused.value.fields) == {"account", "files"}
    with pytest.raises(Refused) as refused:
        actions.report_progress(led, actor=commune, new_state="in_progress", progress=0, obstacle="other", by=officer)
    assert set(refused.value.fields) == {"progress", "obstacle_note"}


def test_the_labels_say_what_a_choice_makes_compulsory(at_desk, led):
    page = at_desk.get(address(led)).text

    assert re.findall(r'data-when="([^"]*)" data-then="[^"]+">([^<]+)<', page) == [
        ("new_state=done", "(required with: done)"),
        ("new_state=done", "(required with: done)"),
        ("new_state=blocked", "(required with: blocked)"),
        ("obstacle=other", "(required with: other obstacle)"),
    ]


def test_what_is_going_on_has_begun(at_desk, led, commune, officer):
    response = at_desk.send(address(led), {"new_state": "in_progress", "progress": "0"})
    assert set(errors(response)) == {"progress"}

    actions.report_progress(led, actor=commune, new_state="continuous", by=officer)
    led.refresh_from_db()
    assert (led.state, led.progress) == (State.CONTINUOUS, 25)


@pytest.mark.parametrize(("state", "step"), [("in_progress", 75), ("continuous", 25)])
def test_going_back_says_why(led, commune, officer, state, step):
    led.state, led.progress = state, step
    led.save()
    with pytest.raises(Refused, match="why it goes back") as refused:
        actions.report_progress(led, actor=commune, new_state="in_progress", progress=min(step, 50), by=officer)
    assert refused.value.field == "account"

    actions.report_progress(
        led, actor=commune, new_state="in_progress", progress=min(step, 50), account="أعيدت الدراسة", by=officer
    )
    assert led.follow_ups.count() == 1


def test_blocked_opens_with_the_last_obstacle(at_desk, led, commune, officer):
    actions.report_progress(
        led, actor=commune, new_state="blocked", progress=25, obstacle="other", obstacle_note="الطريق", by=officer
    )
    form = at_desk.get(address(led)).context["form"]
    assert [form[name].value() for name in ("new_state", "obstacle", "obstacle_note")] == ["blocked", "other", "الطريق"]

    actions.report_progress(led, actor=commune, new_state="in_progress", progress=50, by=officer)
    assert at_desk.get(address(led)).context["form"]["obstacle"].value() == ""


@pytest.fixture
def returned(led, commune, officer, validator):
    """An entry of the lead that its validator sent back."""
    commune.internal_validation = True
    commune.save()
    row = Recommendation.objects.get(pk=led.pk)
    entry = actions.report_progress(
        row,
        actor=commune,
        new_state="blocked",
        progress=50,
        account="انطلق العمل",
        obstacle="other",
        obstacle_note="الطريق",
        files=[pdf()],
        links=[LINK],
        by=officer,
    )
    actions.send_back_follow_up(entry, note="أرفقوا المقرر", by=validator)
    return entry


def test_an_entry_sent_back_opens_filled_in(at_desk, led, returned):
    response = at_desk.get(address(led))
    form = response.context["form"]

    said = {name: form[name].value() for name in ("new_state", "progress", "account", "obstacle", "obstacle_note")}
    assert said == {
        "new_state": "blocked",
        "progress": 50,
        "account": "انطلق العمل",
        "obstacle": "other",
        "obstacle_note": "الطريق",
    }
    assert set(form["kept"].value()) == {piece.pk for piece in returned.evidence.all()}
    assert "أرفقوا المقرر" in response.text


def test_its_evidence_goes_with_the_new_entry(at_desk, led, returned):
    kept = [piece.pk for piece in returned.evidence.all()]
    typed = {"new_state": "done", "account": "صدر القرار", "obstacle": "", "kept": kept}
    assert at_desk.send(address(led), typed).status_code == 302

    entry = FollowUp.objects.first()
    assert [(one.file_name, one.file, one.link) for one in entry.evidence.order_by("pk")] == [
        (one.file_name, one.file, one.link) for one in returned.evidence.order_by("pk")
    ]
    assert "kept" not in at_desk.get(address(led)).context["form"].fields


def test_evidence_of_others_is_not_kept(led, returned, supported, service, member):
    with pytest.raises(Refused, match="another entry"):
        actions.report_progress(supported, actor=service, account="…", kept=list(returned.evidence.all()), by=member)


def test_a_support_says_what_was_done_or_what_stands_in_the_way(supported, member):
    client = client_of(member)
    page = client.get(address(supported)).text
    assert re.findall(r'data-when="([^"]*)" data-then="[^"]+">([^<]+)<', page) == [
        ("obstacle=", "(required with: No obstacle)")
    ]
    assert set(errors(client.send(address(supported), {"links": "no address"}))) == {"account", "links"}
