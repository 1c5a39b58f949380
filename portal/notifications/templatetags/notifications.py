"""What the words of mails need, in plain text and in HTML alike."""

from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from portal.core.text import FSI, PDI, with_addresses_apart, with_whole_references

register = template.Library()


@register.filter(needs_autoescape=True)
def isolated(value: Any, autoescape: bool = True) -> str:
    """A name inside a sentence: `<bdi>` in HTML, U+2068…U+2069 in plain text; nothing stays nothing."""
    text = "" if value is None else str(value)
    if not text:
        return ""
    if autoescape:
        apart = with_whole_references(with_addresses_apart(conditional_escape(value)))
        return mark_safe(f"<bdi>{apart}</bdi>")  # noqa: S308
    return f"{FSI}{text}{PDI}"
