"""Addresses inside sentences of another direction; which one may be come back to."""

import pytest
from django.template import Context, Template

from portal.core.pages import own_path

LONG = "https://example.org/" + "a" * 220


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("<b>لا رابط</b>", "&lt;b&gt;لا رابط&lt;/b&gt;"),
        ("انظر https://example.org/a/.", 'انظر <bdi dir="ltr">https://example.org/a/</bdi>.'),
        ("«https://example.org/a?b=1&c=2»", '«<bdi dir="ltr">https://example.org/a?b=1&amp;c=2</bdi>»'),
        ('"https://example.org/"', '&quot;<bdi dir="ltr">https://example.org/</bdi>&quot;'),
        (LONG, f'<bdi dir="ltr">{LONG}</bdi>'),
        ("http:// ثم", '<bdi dir="ltr">http://</bdi> ثم'),
    ],
)
def test_an_address_in_a_text_keeps_to_itself_and_to_its_direction(text, shown):
    assert Template("{{ text|addressed }}").render(Context({"text": text})) == shown


def test_an_address_in_html_is_set_apart_in_its_text_only():
    html = Template("{{ html|safe|addressed }}").render(
        Context({"html": '<p>نص <a href="https://example.org/">https://example.org/</a></p>'})
    )
    assert html == ('<p>نص <a href="https://example.org/"><bdi dir="ltr">https://example.org/</bdi></a></p>')


def test_lines_stay_lines_around_an_address():
    shown = Template("{{ text|addressed|linebreaksbr }}").render(Context({"text": f"أولا\n{LONG}\nثانيا"}))
    assert shown == f'أولا<br><bdi dir="ltr">{LONG}</bdi><br>ثانيا'


def test_an_address_inside_an_isolated_name_of_a_mail_keeps_its_direction():
    template = Template("{% load notifications %}{{ text|isolated }}")
    shown = template.render(Context({"text": "انظر https://example.org/."}))
    assert shown == '<bdi>انظر <bdi dir="ltr">https://example.org/</bdi>.</bdi>'


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("/fr/actors/?q=a", True),
        ("", False),
        ("imports:import_rows", False),
        ("?show=waits", False),
        ("//example.org/", False),
        ("/\\example.org/", False),
        ("https://example.org/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_a_path_from_the_root_is_a_page_to_come_back_to(address, is_ours):
    assert own_path(address) == (address if is_ours else "")
