"""Promises of every form: what a choice makes compulsory is marked, refused with everything else, and nothing typed is
lost on the way back."""

import re
from pathlib import Path

import pytest
from django import forms
from django.urls import reverse
from django.utils.translation import override

from meetings.models import Meeting
from portal.core.phones import PhoneField
from tests import factories
from tests.test_one_road import forms_of_ours

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def marks(response):
    """What stands beside the labels of fields that a choice makes compulsory."""
    return dict(re.findall(r'data-when="([^"]*)" data-then="[^"]+">([^<]+)<', response.text))


def refused(response):
    assert response.status_code == 422
    return set(response.context["form"].errors)


def test_contact_details_say_at_once_what_they_lack(as_user, manager, commune):
    address = reverse("directory:add_contact", args=[commune.slug])
    client = as_user(manager)

    assert marks(client.get(address)) == {"person=*": "(required with: Name of the person)"}
    assert refused(client.send(address, {"person": "شخص"})) == {"role_ar", "audience", "email", "consent_on"}


def test_a_closed_space_says_why_with_its_other_faults(as_user, administrator, space):
    address = reverse("directory:edit_space", args=[space.slug])
    client = as_user(administrator)

    assert marks(client.get(address)) == {"closed_on=*": "(required with: Closed on)"}
    assert {"closing_reason", "name_ar"} <= refused(client.send(address, {"closed_on": "01/11/2026"}))


def test_remarks_on_minutes_are_marked_and_refused_with_the_rest(as_user, officer, commune, space, association):
    meeting = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.HELD)
    factories.InvitationFactory(meeting=meeting, actor=commune)
    factories.MinutesFactory(meeting=meeting, state="circulated", circulation=1, remarks_until="2099-01-01")
    address = reverse("meetings:review_minutes", args=[meeting.reference])
    client = as_user(officer)

    assert marks(client.get(address)) == {"answer=remarks": "(required with: remarks)"}
    assert refused(client.send(address, {"answer": "remarks", "actor": "0"})) == {"actor", "text"}


def test_attendance_says_every_line_that_is_wrong(as_user, secretariat, space, association, commune, service):
    meeting = factories.MeetingFactory(
        space=space,
        organiser=association,
        state=Meeting.State.HELD,
        starts_at="2020-01-01T10:00Z",
        ends_at="2020-01-01T12:00Z",
    )
    address = reverse("meetings:record_attendance", args=[meeting.reference])
    client = as_user(secretariat)
    form = client.get(address).context["form"]
    typed = {field.html_name: field.value() or "" for field in form}
    typed |= {f"status_{actor.pk}": "represented" for actor in (commune, service)}

    assert refused(client.post(address, typed)) == {f"represented_by_{actor.pk}" for actor in (commune, service)}


def controls(widget):
    return [one for part in getattr(widget, "widgets", ()) for one in controls(part)] or [widget]


def test_no_field_forgets_on_the_way_back_what_was_typed():
    """A browser restores no field that says `autocomplete="off"`."""
    found = {name: form.base_fields for name, form in forms_of_ours().items()}
    found["telephone"] = {"telephone": PhoneField()}
    forgetting = [
        (form, name)
        for form, fields in found.items()
        for name, field in fields.items()
        for control in controls(field.widget)
        if control.attrs.get("autocomplete") == "off" and not isinstance(control, forms.HiddenInput)
    ]
    assert forgetting == []
    inputs = re.compile(r'<(?:input|textarea)[^>]*autocomplete="off"')
    assert [path.name for path in TEMPLATES.rglob("*.html") if inputs.search(path.read_text())] == []


def test_every_filter_of_a_list_applies_when_it_is_chosen_and_has_a_button():
    """A form in the address in which something is chosen; the change of many sheets is a question with a preview."""
    questions = {"directory/batch.html", "doubles/duplicate.html"}
    found = {}
    for path in TEMPLATES.rglob("*.html"):
        for form in re.findall(r'<form[^>]*method="get".*?</form>', path.read_text(), re.DOTALL):
            if re.search(r"<select|{% control|as_field_group|checkbox|type=\"radio", form):
                found[str(path.relative_to(TEMPLATES))] = ("data-auto-submit" in form, 'type="submit"' in form)
    assert {name: answer for name, answer in found.items() if name not in questions and answer != (True, True)} == {}
    assert {"components/filters.html", "roles/matrix_filters.html", "directory/coverage.html"} <= set(found)


def test_what_is_too_long_is_kept_whole_and_says_so(as_user, secretariat, space, association):
    """`maxlength` would cut what is pasted without a word."""
    assert [path.name for path in TEMPLATES.rglob("*.html") if "maxlength=" in path.read_text()] == []
    meeting = factories.MeetingFactory(space=space, organiser=association)
    address = reverse("meetings:add_document", args=[meeting.reference])
    client = as_user(secretariat)
    assert "maxlength=" not in client.get(address).text
    answer = client.send(address, {"title": "ع" * 230})
    assert answer.context["form"].errors["title"] == ["Ensure this value has at most 200 characters (it has 230)."]
    assert "ع" * 230 in answer.text
