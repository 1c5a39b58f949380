"""The plain controls of forms, drawn as Django's templates draw them: a list of thirty places costs one text, not
thirty templates."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django import forms
from django.utils.formats import localize
from django.utils.safestring import SafeData

Widget = Mapping[str, Any]


def drawn(template_name: str, context: Mapping[str, Any]) -> str | None:
    """The control that Django would draw with this template; None for one that only the template can draw."""
    draw = DRAWN.get(template_name)
    return draw(context["widget"]) if draw else None


def _input(widget: Widget) -> str:
    value = widget["value"]
    said = "" if value is None else f' value="{_as_text(value)}"'
    kind = escape(widget["type"])
    return f'<input type="{kind}" name="{escape(widget["name"])}"{said}{_attributes(widget)}>'


def _textarea(widget: Widget) -> str:
    value = widget["value"]
    said = _as_text(localize(value)) if value else ""
    return f'<textarea name="{escape(widget["name"])}"{_attributes(widget)}>\n{said}</textarea>'


class Menu(forms.Select):
    """A list to choose one from, as `forms.Select` is, whose options are drawn without being described first."""

    @classmethod
    def of(cls, widget: forms.Widget) -> "Menu | None":
        """In the place of a plain list; None of any other control."""
        if type(widget) is not forms.Select:
            return None
        menu = cls(widget.attrs, widget.choices)
        menu.is_required = widget.is_required
        return menu

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:
        """The text of the options; of a list in groups what they are, as Django says it."""
        chosen, options = set(value), []
        for key, label in self.choices:
            if isinstance(label, list | tuple):
                return super().optgroups(name, value, attrs)
            key = "" if key is None else key
            is_chosen = bool(chosen) and str(key) in chosen
            options.append(_drawn_option(key, _label(label), " selected" if is_chosen else ""))
            chosen = set() if is_chosen else chosen
        return "".join(options)


def _select(widget: Widget) -> str:
    groups = widget["optgroups"]
    if not isinstance(groups, str):
        groups = _grouped(groups, _option, '\n<optgroup label="{}">', "\n</optgroup>")
    return f'<select name="{escape(widget["name"])}"{_attributes(widget)}>{groups}\n</select>'


def _option(widget: Widget) -> str:
    text, attrs = _label(widget["label"]), widget["attrs"]
    if attrs and attrs != {"selected": True}:
        return _drawn_option.__wrapped__(widget["value"], text, _attributes(widget))
    return _drawn_option(widget["value"], text, " selected" if attrs else "")


def _label(label: Any) -> str:
    return label if isinstance(label, str) else str(localize(label))


@lru_cache(maxsize=4096, typed=True)  # typed: a text that may stand as it is, is another than one to be escaped
def _drawn_option(value: Hashable, label: str, attributes: str) -> str:
    return f'\n<option value="{_as_text(value)}"{attributes}>{_as_text(label)}</option>'


def _several(widget: Widget) -> str:
    """Radio buttons or ticks, each in a box of its own."""
    attrs = widget["attrs"]
    named = "".join(f' {name}="{_as_text(attrs[name])}"' for name in ("id", "class") if attrs.get(name))
    groups = _grouped(widget["optgroups"], _ticked, "\n<div><label>{}</label>", "\n</div>")
    return f"<div{named}>{groups}\n</div>"


def _ticked(widget: Widget) -> str:
    """One of several, in its label."""
    if not widget.get("wrap_label"):
        return f"<div>\n{_input(widget)}</div>"
    key = widget["attrs"].get("id")
    points_to = f' for="{_as_text(key)}"' if key else ""
    label = _as_text(localize(widget["label"]))
    return f"<div>\n<label{points_to}>{_input(widget)}\n {label}</label></div>"


def _grouped(groups: Iterable[Any], draw: Callable[[Widget], str], begins: str, ends: str) -> str:
    parts: list[str] = []
    for name, options, _index in groups:
        parts += [begins.format(_as_text(localize(name)))] if name else []
        parts += map(draw, options)
        parts += [ends] if name else []
    return "".join(parts)


def _attributes(widget: Widget) -> str:
    """An attribute that is True stands alone, one that is False not at all."""
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{_as_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _as_text(value: object) -> str:
    """Escaped, unless it may stand as it is; also what a lazy text turns out to be."""
    text = value if isinstance(value, str) else str(value)
    return text if isinstance(text, SafeData) else escape(text)


LINES = (
    "checkbox", "date", "email", "file", "hidden", "number", "password", "search", "tel", "text", "time", "url",
)  # fmt: skip
#: by the name of Django's template
DRAWN: dict[str, Callable[[Widget], str]] = {
    f"django/forms/widgets/{name}.html": draw
    for draw, names in {
        _input: LINES,
        _several: ("checkbox_select", "radio"),
        _select: ("select",),
        _textarea: ("textarea",),
    }.items()
    for name in names
}
