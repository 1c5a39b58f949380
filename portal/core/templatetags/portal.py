"""Dates, lengths and sizes in templates; a builtin library, nothing to load."""

from collections.abc import Iterable
from datetime import date, datetime
from html import unescape
from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as read_url
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape, format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from portal.core import dates, quantities
from portal.core.keys import AGAIN, CSRF, KEY, new_key
from portal.core.phones import phone_text
from portal.core.routes import address_to
from portal.core.templatetags.components import fixed
from portal.core.text import direction_of, one_line, running_head, with_addresses_apart, with_whole_references

register = template.Library()
#: what ends a sentence or a heading, in every language
ENDS = tuple(".:!?…؟")
#: what `{% form_key %}` leaves in a piece that is drawn once, for `{% fixed_rows %}` to fill
KEY_HERE = mark_safe("<!--key-->")


class Address(URLNode):
    """`{% url %}` as Django reads it, out of what is remembered of our addresses."""

    def render(self, context: template.Context) -> str:
        if self.kwargs:
            return super().render(context)
        args = [arg.resolve(context) for arg in self.args]
        address = ""
        try:
            address = address_to(self.view_name.resolve(context), *args)
        except NoReverseMatch:
            if self.asvar is None:
                raise
        if self.asvar:
            context[self.asvar] = address
            return ""
        return conditional_escape(address) if context.autoescape else address


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """`{% url "app:page" … as name %}`: the address of a page."""
    read = read_url(parser, token)
    return Address(read.view_name, read.args, read.kwargs, read.asvar)


def _or_empty(function):
    def filtered(value):
        return "" if value in (None, "") else function(value)

    filtered.__doc__ = function.__doc__
    return filtered


register.filter("long_day", _or_empty(dates.long_day))
register.filter("day", _or_empty(dates.day_text))
register.filter("weekday", _or_empty(dates.weekday_text))
register.filter("month", _or_empty(dates.month_text))
register.filter("clock", _or_empty(dates.clock_text))
register.filter("day_and_time", _or_empty(dates.day_and_time))
register.filter("is_another_hour", lambda now, before: bool(before) and dates.is_another_hour(before, now))
register.filter("countdown", _or_empty(dates.countdown_text))
register.filter("in_days", _or_empty(dates.in_days_text))
register.filter("ago", _or_empty(dates.ago_text))
register.filter("duration", _or_empty(dates.duration_text))
register.filter("file_size", _or_empty(quantities.size_text))
register.filter("percent", _or_empty(quantities.percent_text))
register.filter("phone", _or_empty(phone_text))
register.filter("direction", direction_of)
register.filter("running_head", running_head)


@register.filter
def dialled(number: str) -> SafeString:
    """A telephone number as people write it, and the link that dials it."""
    return format_html('<a class="ltr nowrap" dir="ltr" href="tel:{}">{}</a>', number, phone_text(number))


@register.filter
def addressed(text: str) -> SafeString:
    """What somebody wrote, plain or as HTML; each address in it is read from left to right."""
    return mark_safe(with_addresses_apart(conditional_escape(text)))  # noqa: S308


@register.filter
def whole(text: Any) -> SafeString:
    """A title or a subject; each reference in it stays on one line."""
    return mark_safe(with_whole_references(conditional_escape(text)))  # noqa: S308


@register.simple_block_tag
def plain(content: str) -> str:
    """What the block says as HTML, as one line of text: `{% plain as line %}…{% endplain %}`."""
    return one_line(unescape(strip_tags(content)))


@register.filter
def iso(value: date | datetime | None) -> str:
    """The machine-readable form, for `<time datetime>`."""
    return value.isoformat() if value else ""


@register.filter
def separator(label: object) -> str:
    """What stands between a label and what is said of it: a colon, unless the label ends by itself."""
    return " " if str(label)[-1:] in ENDS else pgettext("between a label and its number", ": ")


@register.simple_tag(takes_context=True)
def form_key(context: template.Context, form: Any = None) -> SafeString:
    """What every form of ours that is posted begins with: Django's token, its one-time key, the stamp of what it edits.

    A visitor gets no key: their pages stay the same for all of them.
    """
    request = getattr(context, "request", None)
    if request is None:
        return KEY_HERE
    hidden = {CSRF: context.get("csrf_token") or get_token(request)}
    if key := new_key(request):
        hidden[KEY] = key
    if getattr(form, "edits", None) is not None:
        hidden["seen"] = form.stamp
    if getattr(request, "asks_again", False):
        hidden[AGAIN] = "1"
    once = {KEY: mark_safe(" data-once")}
    line = '<input type="hidden" name="{}" value="{}" autocomplete="off"{}>'
    return format_html_join("", line, ((name, value, once.get(name, "")) for name, value in hidden.items()))


@register.simple_tag(takes_context=True)
def fixed_rows(context: template.Context, name: str, rows: Iterable[Any]) -> SafeString:
    """`{% fixed %}` of each as `row`, one below the other; each form in them gets a key of its own."""
    first, *rest = "\n".join(fixed(name, row=row) for row in rows).split(KEY_HERE)
    return mark_safe(first + "".join(form_key(context) + part for part in rest))  # noqa: S308 - a template of ours
