"""One institution of thousands, chosen by writing its name: suggestions come while it is written; where no script
runs the form finds it when it is sent, or asks which one is meant."""

from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor, Space
from actors.directory.reading.suggesting import MOST, called, suggested
from portal.core.forms import keys_of
from portal.core.typed import MEANT, NAMED


class Chosen(NamedTuple):
    """What stands in the box: the institution's key, and the text for which it was chosen; the text as it is now."""

    key: str
    text: str
    meant: str

    @property
    def is_key(self) -> bool:
        """The key counts as long as nothing else was written since."""
        return bool(self.key) and self.text.strip() == self.meant.strip()


class ActorBox(forms.Widget):
    """A line to write a name in."""

    template_name = "directory/actor_box.html"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs)
        self.asks: dict[str, Any] = {}
        self.candidates: list[Actor] = []
        self.has_more = False

    @property
    def says(self) -> tuple[Any, ...] | None:
        """What it is drawn of beside its value; None where it shows sheets that may change."""
        return None if self.candidates else tuple(self.asks.items())

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Chosen:
        return Chosen(data.get(name) or "", data.get(name + NAMED) or "", data.get(name + MEANT) or "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and name + NAMED not in data

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = value if isinstance(value, Chosen) else Chosen("", "", "")
        meant = chosen.text if self.candidates else chosen.meant
        return context | {
            "chosen": chosen._replace(meant=meant),
            "named": name + NAMED,
            "meant": name + MEANT,
            "address": f"{reverse('directory:suggest_actors')}?{urlencode(self.asks)}",
            "candidates": self.candidates,
            "only": len(self.candidates) == 1,
            "has_more": self.has_more,
        }


class ActorField(forms.ModelChoiceField):
    """An institution of `queryset`; `space` has its members suggested first."""

    widget = ActorBox
    default_error_messages = {
        "required": _("Write the name of the institution."),
        "invalid_choice": _("This institution cannot be chosen here."),
        "nothing": _("No institution that can be chosen here fits “%(text)s”. Try fewer words, or another spelling."),
        "several": _("Which institution do you mean? Choose it below, or write more of its name."),
    }

    def __init__(self, queryset: QuerySet[Actor] | None = None, **kwargs: Any) -> None:
        self.space: Space | None = None
        super().__init__(Actor.objects.none() if queryset is None else queryset, **kwargs)

    @classmethod
    def instead_of(cls, form: forms.BaseForm, name: str, queryset: QuerySet[Actor], **asks: Any) -> None:
        """The box in the place of a field that would list them all."""
        old = form.fields[name]
        field = cls(queryset, label=old.label, help_text=old.help_text, required=old.required)
        form.fields[name] = field
        field.offer(queryset, **asks)

    def offer(self, queryset: QuerySet[Actor], *, space: Space | None = None, among: str = "published") -> None:
        """What may be chosen, and what is suggested: `published` sheets, or all that are `kept`."""
        self.queryset, self.space = queryset, space
        box: Any = self.widget
        box.asks = {"among": among} | ({"space": space.slug} if space else {})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Chosen) and (value.text or value.meant or not value.key):
            return value
        key = value.key if isinstance(value, Chosen) else getattr(value, "pk", value)
        actor = self._row(key)
        return Chosen(str(actor.pk), actor.full_name, actor.full_name) if actor else Chosen("", "", "")

    def clean(self, value: Any) -> Any:
        if not isinstance(value, Chosen):
            return super().clean(value)
        if value.is_key or (value.key and not (value.text or value.meant)):
            if actor := self._row(value.key):
                return actor
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        text = " ".join(value.text.split())
        return self._meant(text) if text else super().clean(None)

    def _meant(self, text: str) -> Actor:
        found = suggested(self.queryset, text, self.space)  # type: ignore[arg-type]
        exact = called(found, text)
        if len(exact) == 1:
            return exact[0]
        box: Any = self.widget
        offered = exact or found
        box.candidates, box.has_more = offered[:MOST], len(offered) > MOST
        code = "several" if offered else "nothing"
        raise forms.ValidationError(self.error_messages[code], code=code, params={"text": text})

    def _row(self, key: Any) -> Actor | None:
        """The row with this key, where it may be chosen; a number no table can hold is none."""
        keys = keys_of([str(key or "")])
        return self.queryset.filter(pk__in=keys).first() if keys and self.queryset is not None else None


def actor_field(form: forms.BaseForm, name: str) -> ActorField:
    """The field of the form in which an institution is chosen."""
    return cast("ActorField", form.fields[name])
