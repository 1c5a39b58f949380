"""What a page remembers of itself depends on nothing but what it was drawn from."""

from datetime import date

import pytest
from django.template import engines
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.safestring import mark_safe

from portal.core.dates import day_text
from portal.core.routes import address_to
from portal.core.templatetags.components import chip, fixed


def draw(source: str, **context) -> str:
    return engines["django"].from_string(source).render(context)


def test_an_address_is_in_the_language_of_the_moment():
    for language in ("ar", "fr", "en", "ar"):
        with translation.override(language):
            assert address_to("home:search") == f"/{language}/search/" == draw('{% url "home:search" %}')


def test_an_address_is_that_of_its_argument_a_number_or_a_text():
    with translation.override("fr"):
        for key in (1, "1", 2):
            assert address_to("directory:printout", key) == reverse("directory:printout", args=[key])


def test_what_has_no_address_is_refused_each_time_or_empty_where_it_is_asked_for():
    for _time in range(2):
        with pytest.raises(NoReverseMatch):
            address_to("home:nowhere")
        with pytest.raises(NoReverseMatch):
            draw('{% url "home:nowhere" %}')
        assert draw('{% url "home:nowhere" as place %}[{{ place }}]') == "[]"


def test_an_address_is_escaped_where_it_is_written():
    written = draw("{% url 'directory:actor' slug %}", slug="a")
    assert written.endswith("/a/")
    assert draw("{% autoescape off %}{% url 'directory:actor' slug %}{% endautoescape %}", slug="a") == written


def test_a_fixed_piece_is_drawn_anew_for_each_language_and_each_parameter():
    drawn = {}
    for language in ("ar", "fr", "en"):
        with translation.override(language):
            for noun in ("", "actors", "meetings"):
                for is_signed_in in (False, True):
                    drawn[language, noun, is_signed_in] = fixed("tab_bar", noun=noun, is_signed_in=is_signed_in)
    assert len(set(drawn.values())) == len(drawn)
    with translation.override("fr"):
        assert fixed("tab_bar", noun="actors", is_signed_in=False) == drawn["fr", "actors", False]
        assert 'href="/fr/actors/" aria-current="page"' in drawn["fr", "actors", False]


def test_a_fixed_piece_sees_only_what_it_is_passed():
    assert "/styleguide/" not in draw('{% fixed "footer" %}', styleguide=True)
    assert "/styleguide/" in draw('{% fixed "footer" styleguide=True %}')


def test_a_fixed_piece_follows_a_changed_setting(settings):
    before = draw('{% fixed "files" %}')
    settings.STATIC_URL = "/elsewhere/"
    assert "/elsewhere/css/app.css" in draw('{% fixed "files" %}')
    assert "/elsewhere/" not in before


def test_a_chip_escapes_a_text_also_after_the_same_one_that_may_stand():
    assert "<b>a</b>" in chip(mark_safe("<b>a</b>"))
    assert "&lt;b&gt;a&lt;/b&gt;" in chip("<b>a</b>")


def test_a_day_is_written_in_the_language_of_the_moment():
    day = date(2026, 11, 30)
    for language, text in (("fr", "30 novembre 2026"), ("en", "30 November 2026"), ("fr", "30 novembre 2026")):
        with translation.override(language):
            assert day_text(day) == text
