"""The pieces every page is made of: `{% component %}`, `{% icon %}`, `{% chip %}` and their kin; a builtin library."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.template import Context
from django.template.base import FilterExpression, Parser, Token
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from portal.core import dates
from portal.core.lists import MOST_COUNTED
from portal.core.quantities import MEGABYTE, size_text
from portal.core.waiting import Line, Matter, Told, waiting_line_of
from portal.core.widgets import Menu

register = template.Library()

#: drawn for left-to-right readers; turned round for the others
DIRECTED = frozenset({
    "arrow-left", "arrow-right", "chevron-left", "chevron-right", "chevrons-left", "chevrons-right",
    "corner-down-right", "forward", "list-checks", "log-in", "log-out", "redo", "reply", "send", "share",
    "trending-up", "undo",
})  # fmt: skip
#: days before a date from which it is worth a warm colour
SOON = 7
#: the narrowest part of a stacked bar that can still be seen, in hundredths
THINNEST = 1.2
GAP = 0.6


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, mirror: bool) -> SafeString:
    classes = f"icon icon-{name} mirror" if mirror else f"icon icon-{name}"
    drawing = lucide(name, size=size, aria_hidden="true", focusable="false", **{"class": classes})
    return mark_safe(" ".join(drawing.split()))  # noqa: S308 - our own package's drawing


@register.simple_tag
def icon(name: str, size: int = 20, mirror: bool | None = None, label: str = "") -> SafeString:
    """A lucide icon, inline; decorative unless it has a label; arrows point the reader's way."""
    drawing = _drawn(str(name), int(size), name in DIRECTED if mirror is None else bool(mirror))
    if not label:
        return drawing
    return format_html('{}<span class="visually-hidden">{}</span>', drawing, label)


@register.simple_tag
def chip(label: object, tone: str = "", icon: str = "", href: str = "") -> SafeString:
    """A state in a word, a colour and a sign."""
    return _chip(label if isinstance(label, SafeString) else str(label), str(tone), str(icon or ""), str(href or ""))


@lru_cache(maxsize=2048, typed=True)  # typed: a text that may stand as it is, is another than one to be escaped
def _chip(label: str, tone: str, icon: str, href: str) -> SafeString:
    drawing = _drawn(icon, 14, icon in DIRECTED) if icon else ""
    if href:
        return format_html('<a class="chip" data-tone="{}" href="{}">{}{}</a>', tone, href, drawing, label)
    return format_html('<span class="chip" data-tone="{}">{}{}</span>', tone, drawing, label)


@register.simple_tag
def choice_chip(row: Any, field: str = "", label: object = "") -> SafeString:
    """How a value of a `Choice` looks, or what a row chose: `{% choice_chip meeting "state" %}`, of `Meeting.State`."""
    member = getattr(row, field.capitalize())(getattr(row, field)) if field else row
    return chip(label or member.label, getattr(member, "tone", ""), member.icon)


@register.simple_tag
def countdown(day: date | None, icon: bool = True) -> SafeString | str:
    """How long is left, or how late it is."""
    if day is None:
        return ""
    left = (day - dates.today()).days
    tone = "danger" if left < 0 else "attention" if left <= SOON else ""
    return chip(dates.countdown_text(day), tone, "clock" if icon else "")


@register.simple_block_tag(takes_context=True)
def component(context: Context, content: str, name: str, **parameters: Any) -> str:
    """`templates/components/<name>.html` around the block; it sees only what it is passed."""
    found = context.template.engine.get_template(f"components/{name}.html")  # type: ignore[union-attr]
    block = mark_safe(content.strip())  # noqa: S308 - the block was escaped where it was written
    return found.render(Context({"content": block, **parameters}, autoescape=context.autoescape))


@register.simple_tag
def fixed(name: str, **parameters: Any) -> SafeString:
    """`templates/components/<name>.html`, which sees only what it is passed: drawn once for that in each language."""
    if settings.DEBUG:
        return _fixed.__wrapped__(name, get_language(), **parameters)
    return _fixed(name, get_language(), **parameters)


@lru_cache(maxsize=4096, typed=True)
def _fixed(name: str, language: str | None, /, **parameters: Any) -> SafeString:
    return mark_safe(render_to_string(f"components/{name}.html", parameters))  # noqa: S308 - a template of ours


@receiver(setting_changed)
def _forget_fixed(**signal: object) -> None:
    _fixed.cache_clear()
    _controls.clear()
    _fold.cache_clear()


class DrawnOnce(template.Node):
    """See `drawn_once`."""

    def __init__(self, nodelist: template.NodeList, drawn: FilterExpression, said: list[FilterExpression]) -> None:
        self.nodelist, self.drawn, self.said = nodelist, drawn, said

    def render(self, context: Context) -> SafeString:
        key = (get_language(), *(value.resolve(context) for value in self.said))
        piece = self.drawn.resolve(context).recall((self, key), lambda: self.nodelist.render(context))
        return mark_safe(piece)  # noqa: S308 - the block was escaped where it was written


@register.tag
def drawn_once(parser: Parser, token: Token) -> DrawnOnce:
    """`{% drawn_once drawn value … %}…{% enddrawn_once %}`: the block, drawn once for each set of the values; it says
    nothing that follows from anything else but them, the language and that whose `DrawnPieces` it is."""
    _name, drawn, *said = token.split_contents()
    nodelist = parser.parse(("enddrawn_once",))
    parser.delete_first_token()
    return DrawnOnce(nodelist, parser.compile_filter(drawn), [parser.compile_filter(value) for value in said])


@register.simple_tag
def waiting_line(line: Line, told: Told, kind: Matter) -> SafeString:
    """One thing that waits for a person, and what they can do about it."""
    return fixed("waiting_line", line=waiting_line_of(kind, line, told))


@register.simple_tag
def progress(value: int | None) -> SafeString:
    """A bar and its number; nothing where it is not known."""
    return SafeString() if value is None else fixed("progress", value=value)


@register.inclusion_tag("components/institution.html")
def institution(name: object, acronym: str = "", url: str = "", note: object = "") -> dict[str, Any]:
    """An institution's or a person's line; names may be in either direction."""
    return {"name": name, "acronym": acronym, "url": url, "note": note}


class BarPart(NamedTuple):
    """One part of a stacked bar, placed in a box one hundred wide."""

    label: object
    number: int
    tone: str
    start: str
    width: str


Counts = Iterable[tuple[object, int, str]]


def parts_of(counts: Counts, total: int = 0) -> list[BarPart]:
    """Where each part stands. Numbers are written for SVG, whatever the reader's language."""
    counts = list(counts)
    whole = total or sum(number for _, number, _ in counts) or 1
    seen = [number for _, number, _ in counts if number]
    room = 100 - GAP * max(len(seen) - 1, 0)
    start, parts = 0.0, []
    for label, number, tone in counts:
        width = max(number / whole * room, THINNEST) if number else 0
        width = max(min(width, 100 - start), 0)
        parts.append(BarPart(label, number, tone, f"{start:.2f}", f"{width:.2f}"))
        start += width + GAP if number else 0
    return parts


@register.inclusion_tag("components/strip.html")
def strip(counts: Counts, legend: bool = True) -> dict[str, Any]:
    """A stacked bar of states: (label, number, tone) each."""
    return {"parts": parts_of(counts), "legend": legend}


@register.inclusion_tag("components/bars.html")
def bars(rows: Iterable[tuple[object, Counts, int]]) -> dict[str, Any]:
    """One stacked bar a row: (label, counts, total) each."""
    drawn = []
    for label, counts, total in rows:
        counts = list(counts)
        reached = counts[0][1] if counts else 0
        drawn.append({"label": label, "parts": parts_of(counts, total), "reached": reached, "total": total})
    return {"rows": drawn}


@register.inclusion_tag("components/sort_head.html")
def sort_head(listing: Any, key: str, label: object) -> dict[str, Any]:
    """A table head that sorts by `key`, and turns the order round when it already does."""
    ascending, descending = listing.sort == key, listing.sort == f"-{key}"
    query = listing.request.GET.copy()
    query.pop("page", None)
    query["sort"] = f"-{key}" if ascending else key
    return {"label": label, "query": query.urlencode(), "ascending": ascending, "descending": descending}


@register.inclusion_tag("components/sort_link.html")
def sort_link(listing: Any, key: str, label: object) -> dict[str, Any]:
    """An order of the list as a link in a menu; phones have no table head to sort by."""
    query = listing.request.GET.copy()
    query.pop("page", None)
    query["sort"] = key
    return {"label": label, "query": query.urlencode(), "current": listing.sort == key}


@register.inclusion_tag("components/error_summary.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What is wrong with a form, with a link to each field."""
    return {"form": form}


@register.filter
def grouped(number: int) -> str:
    """The number with its thousands apart: “100,000”."""
    return number_format(number, force_grouping=True)


@register.filter
def counted(number: int) -> str:
    """How many there are, as `Listing.count` says it: “1,250”, or “more than 10,000” where nobody counted on."""
    text = grouped(min(number, MOST_COUNTED))
    return _("more than %(number)s") % {"number": text} if number > MOST_COUNTED else text


@register.filter
def numbers(page: Page) -> list[int | str]:
    """The page numbers worth a link, with gaps."""
    found = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else "…" for number in found]


LTR_TYPES = frozenset({"email", "url", "tel", "number", "password", "date", "time"})
OWN_WAY = (
    forms.FileInput,
    forms.Select,
    forms.CheckboxInput,
    forms.RadioSelect,
    forms.CheckboxSelectMultiple,
    forms.MultiWidget,
)


def _direction(widget: forms.Widget) -> dict[str, str]:
    """Mails and phones run left to right; what a person writes runs the way it is written."""
    if "dir" in widget.attrs or isinstance(widget, OWN_WAY):
        return {}
    kind = widget.attrs.get("type") or getattr(widget, "input_type", "")
    return {"dir": "ltr" if kind in LTR_TYPES or isinstance(widget, forms.DateInput | forms.TimeInput) else "auto"}


@register.simple_tag
def control(field: forms.BoundField) -> SafeString:
    """The field's widget, told which way its text runs."""
    attrs: dict[str, Any] = _direction(field.field.widget)
    says_label = isinstance(field.field.widget.attrs.get("placeholder"), Promise)
    if says_label and not isinstance(field.field.widget, forms.DateInput):
        attrs["placeholder"] = False  # allauth says the label again inside the field
    elif "auto" in (attrs.get("dir"), field.field.widget.attrs.get("dir")):
        # An empty `dir="auto"` field runs left to right; with a placeholder the style sheet can tell that it is empty.
        attrs["placeholder"] = field.field.widget.attrs.get("placeholder") or " "
    # A browser cuts what is pasted at `maxlength` without a word; the form says how long it is and may be.
    attrs["maxlength"] = False
    if limit := field.field.widget.attrs.get("data-max-mb"):
        attrs["data-too-large"] = _("This file is larger than %(limit)s. Reduce it or give a link.") % {
            "limit": size_text(int(limit) * MEGABYTE)
        }
    return field.as_widget(Menu.of(field.field.widget), attrs=attrs)


class Control(NamedTuple):
    """A filter of a list: the field it is, what it is called, and what stands there; whether anything is chosen."""

    key: str
    label: str
    drawing: SafeString
    is_on: bool


@register.simple_tag
def controls(listing: Any) -> SafeString:
    """The filters of a list, those that fold away apart: drawn once for what they offer and what is chosen."""
    main, more = (tuple(map(_control_of, fields)) for fields in (listing.main_fields, listing.more_fields))
    draw = _fold.__wrapped__ if settings.DEBUG else _fold
    return draw(get_language(), main=main, more=more, is_open=listing.more_is_open)


@lru_cache(maxsize=64)  # of fifty kilobytes
def _fold(language: str | None, /, **parameters: Any) -> SafeString:
    return mark_safe(render_to_string("components/filter_fold.html", parameters))  # noqa: S308 - a template of ours


def _control_of(field: forms.BoundField) -> Control:
    key = None if settings.DEBUG else _all_that_draws(field)
    drawing = control(field) if key is None else _controls.get(key)
    if drawing is None:
        drawing = control(field)
        if len(_controls) >= MOST_CONTROLS:
            _controls.clear()
        _controls[key] = drawing
    return Control(field.id_for_label or "", str(field.label), drawing, bool(field.data))


def _all_that_draws(field: forms.BoundField) -> Hashable:
    """All that `control` makes a drawing of; None where it would be too much to say."""
    widget = field.field.widget
    said: Hashable
    if isinstance(widget, forms.Select):
        choices = list(widget.choices)
        if any(isinstance(label, list | tuple | SafeString) for _value, label in choices):
            return None
        said = tuple((str(value), str(label)) for value, label in choices)
    else:
        said = getattr(widget, "says", None)
    value = field.value()
    if said is None or field.errors or isinstance(value, list):
        return None
    attrs = tuple((name, str(value)) for name, value in widget.attrs.items())
    asks = field.field.required, field.field.disabled, str(field.help_text)
    return type(widget), field.html_name, field.auto_id, value, said, attrs, asks, get_language()


_controls: dict[Hashable, SafeString] = {}
#: how many drawings of controls a process keeps, of some kilobytes
MOST_CONTROLS = 256


@register.filter
def kind_of(field: forms.BoundField) -> str:
    """What sort of control a field is, for the template that frames it."""
    widget = field.field.widget
    kinds: Sequence[tuple[type | tuple[type, ...], str]] = (
        ((forms.RadioSelect, forms.CheckboxSelectMultiple), "choices"),
        (forms.CheckboxInput, "check"),
        (forms.FileInput, "file"),
        (forms.Select, "select"),
        (forms.Textarea, "long"),
    )
    return next((kind for classes, kind in kinds if isinstance(widget, classes)), "line")


@register.simple_tag
def compulsory_when(field: forms.BoundField) -> SafeString | str:
    """What is written beside the label of a field that a choice makes compulsory; the script says when it was made."""
    form = field.form
    rules = getattr(form, "compulsory", {}).get(field.name, ())
    if not rules or field.field.required:
        return ""
    named = [label for rule in rules if rule.is_named for label in _labels(form[rule.field], rule.values)]
    of_two = any(rule.is_one_of_two for rule in rules)
    with_these = _("(one of the two required with: %(choices)s)") if of_two else _("(required with: %(choices)s)")
    choices = {"choices": pgettext("between the parts of a list", ", ").join(named)}
    said = with_these % choices if named else _("(optional)")
    then = _("(one of the two required)") if of_two else _("(required)")
    pairs = [f"{form.add_prefix(rule.field)}={value}" for rule in rules for value in rule.values or ("*",)]
    line = '<span class="optional" data-when="{}" data-then="{}">{}</span>'
    return format_html(line, " ".join(pairs), then, said)


@register.simple_tag
def forgotten(field: forms.BoundField) -> list[str]:
    """The names of the files that must be chosen again in this field."""
    return getattr(field.form, "forgotten_files", {}).get(field.name, [])


def _labels(field: forms.BoundField, values: tuple[Any, ...]) -> list[str]:
    """What the choices of the field are called; the field itself where whatever stands in it counts."""
    if not values:
        return [str(field.label)]
    chosen = {str(value) for value in values}
    choices: Any = field.field.choices  # type: ignore[attr-defined]
    return [str(label) for value, label in choices if str(value) in chosen]
