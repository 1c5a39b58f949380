"""The style guide shows every component, in every language, and keeps to the rules of the content policy."""

import re

import pytest
from django.conf import settings
from django.test import Client

from portal.home.views.styleguide import LONG_NAME

COMPONENTS = settings.BASE_DIR / "templates" / "components"


def read(language: str, query: str = "") -> str:
    return Client().get(f"/{language}/styleguide/{query}").text


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("fr", "ltr"), ("en", "ltr")])
def test_the_style_guide_opens_in_every_language(language, direction):
    page = read(language)
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert LONG_NAME in page


@pytest.mark.django_db
def test_nothing_in_it_needs_an_inline_style_or_script():
    page = read("ar", "?errors=1")
    assert " style=" not in page
    assert " onclick=" not in page
    assert not re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "mark",
    [
        'class="card"',
        'class="chip"',
        'class="progress"',
        'class="timeline"',
        'class="figures"',
        'class="tasks"',
        'class="facts"',
        'class="tabs"',
        'class="empty"',
        'class="form"',
        'class="field',
        'class="error-summary"',
        'class="filters"',
        'class="pagination"',
        'aria-sort="descending"',
        'class="toast"',
        'class="strip"',
        'class="bars"',
        'class="programme"',
        'class="institution"',
        'class="long-work"',
        'class="bilingual"',
        'class="stepper"',
        'class="month card"',
        'class="notice"',
        'class="fold"',
        'class="scroll"',
    ],
)
def test_every_component_is_shown(mark):
    assert mark in read("ar", "?errors=1")


@pytest.mark.django_db
def test_an_error_stands_beside_its_field_and_above_the_form():
    page = read("en", "?errors=1")
    assert '<a href="#id_name">Name</a>' in page
    assert 'id="id_name_error"' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page


@pytest.mark.django_db
def test_beside_an_upload_stand_kinds_size_and_the_sentence_about_migrants():
    page = read("en")
    assert "<bdi>DOCX, HEIC, JPG" in page
    assert f"At most <bdi>{settings.MEDIA_MAX_MB}\u00a0MB</bdi>." in page
    assert "Do not attach any picture or document about migrants as persons." in page


def test_every_component_has_its_place_in_the_style_sheet():
    sheet = (settings.BASE_DIR / "static/css/app.css").read_text()
    root = settings.BASE_DIR / "static/css"
    parts = {f"{path.parent.name}/{path.name}" for path in root.glob("*/*.css")}
    assert set(re.findall(r'"((?:components|pages)/\w+\.css)"', sheet)) == parts


@pytest.mark.django_db
def test_the_demonstration_line_stands_on_every_page_of_a_demo_and_on_no_other(settings):
    settings.IS_DEMO = True
    assert '<aside class="demo-line"' in read("ar")
    settings.IS_DEMO = False
    assert "demo-line" not in read("ar")
