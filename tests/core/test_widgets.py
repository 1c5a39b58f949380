"""The controls of forms are drawn without templates, and as the templates draw them."""

import re
from datetime import date, time

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from portal.core.forms import PortalRenderer
from portal.core.widgets import Menu

CHOICES = [
    ("", "---"),
    ("a", "<b>First</b> & foremost"),
    (2, mark_safe("<i>two</i>")),
    ("Group “one”", [("x", gettext_lazy("Search")), ("y", 'says "y"')]),
    (None, "none"),
]
WIDGETS = {
    "text": forms.TextInput(attrs={"placeholder": gettext_lazy("Search"), "data-quote": '"<>&'}),
    "number": forms.NumberInput(attrs={"min": 1}),
    "email": forms.EmailInput(),
    "url": forms.URLInput(),
    "password": forms.PasswordInput(),
    "hidden": forms.HiddenInput(),
    "day": forms.DateInput(format="%d/%m/%Y"),
    "clock": forms.TimeInput(format="%H:%M"),
    "check": forms.CheckboxInput(),
    "file": forms.FileInput(),
    "long": forms.Textarea(attrs={"rows": 3, "disabled": True, "hidden": False}),
    "select": forms.Select(choices=CHOICES, attrs={"class": "wide"}),
    "selects": forms.SelectMultiple(choices=CHOICES),
    "radio": forms.RadioSelect(choices=CHOICES, attrs={"class": "row"}),
    "ticks": forms.CheckboxSelectMultiple(choices=CHOICES),
}
VALUES = ["", None, "a", '<script>"&', mark_safe("<b>"), 2, 1234567, ["a", "x"], True, date(2026, 11, 30), time(9, 30)]


def flat(markup: str) -> str:
    """Without the space that no reader sees: lines broken between tags."""
    return re.sub(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)", "", markup.strip()).replace("\n", "")


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("kind", WIDGETS)
def test_a_control_is_what_django_s_template_draws(kind, value):
    widget, attrs = WIDGETS[kind], {"id": "id_of", "required": True}
    with override("fr"):
        drawn = widget.render("of", value, attrs, PortalRenderer())
        template = widget.render("of", value, attrs, TemplatesSetting())
        assert flat(drawn) == flat(template)


def test_a_control_without_a_key_has_labels_that_point_nowhere():
    drawn = WIDGETS["radio"].render("of", "a", None, PortalRenderer())
    assert flat(drawn) == flat(WIDGETS["radio"].render("of", "a", None, TemplatesSetting()))
    assert "for=" not in drawn


def test_what_has_a_template_of_its_own_is_drawn_with_it():
    drawn = forms.ClearableFileInput().render("of", None, {}, PortalRenderer())
    assert flat(drawn) == flat(forms.ClearableFileInput().render("of", None, {}, TemplatesSetting()))


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("choices", [CHOICES, [row for row in CHOICES if not isinstance(row[1], list)]])
def test_a_list_drawn_at_once_is_what_django_s_template_draws(choices, value):
    widget, attrs = forms.Select(choices=choices, attrs={"class": "wide"}), {"id": "id_of", "required": True}
    with override("fr"):
        drawn = Menu.of(widget).render("of", value, attrs, PortalRenderer())
        assert flat(drawn) == flat(widget.render("of", value, attrs, TemplatesSetting()))


def test_other_controls_are_drawn_as_they_are():
    assert [kind for kind, widget in WIDGETS.items() if Menu.of(widget)] == ["select"]
