"""Form fields and renderer that every form shares: Moroccan dates, our own markup."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from django import forms
from django.db.models.fields import BLANK_CHOICE_LABEL
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from portal.core.moments import day_typed, hour_typed
from portal.core.saving import Carried
from portal.core.stamps import LONGEST_NUMBER
from portal.core.text import fold_digits, without_controls
from portal.core.widgets import drawn

#: how a day and a time are typed, in words: an example would look as if it were filled in already
DAY, TIME = _("dd/mm/yyyy"), _("hh:mm")
#: the choice that nothing is chosen
EMPTY: list[tuple[Any, Any]] = [("", BLANK_CHOICE_LABEL)]


class PortalRenderer(TemplatesSetting):
    """Forms look like the rest of the portal."""

    form_template_name = "components/form_fields.html"
    field_template_name = "components/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        plain = drawn(template_name, context)
        return super().render(template_name, context, request) if plain is None else plain


class DateField(forms.DateField):
    """A day typed as 08/02/2027, 2027-02-08 or «8 فبراير 2027», in any digits, in any language."""

    default_error_messages = {
        "invalid": _("Write the date as day/month/year, for example 08/02/2027."),
        "year": _("Write a year between %(first)s and %(last)s."),
    }
    YEARS = range(1900, 2200)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.DateInput(attrs={"inputmode": "numeric", "placeholder": DAY, "dir": "ltr"}, format="%d/%m/%Y"),
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(day_typed(value) if isinstance(value, str) else value)

    def validate(self, value: date | None) -> None:
        """A slip of the finger (0207, 9999) is no date: days counted from it would run off the calendar."""
        super().validate(value)
        if value is not None and value.year not in self.YEARS:
            params = {"first": self.YEARS[0], "last": self.YEARS[-1]}
            raise forms.ValidationError(self.error_messages["year"], code="year", params=params)


class TimeField(forms.TimeField):
    """A time of day, 24 hours, in any digits: «12:30», “12h30”, “12 h”."""

    default_error_messages = {"invalid": _("Write the time as hours and minutes, for example 09:30.")}

    def to_python(self, value: Any) -> Any:
        return super().to_python(hour_typed(value) if isinstance(value, str) else value)


class NumberField(forms.IntegerField):
    """A whole number in any digits; a plain text box, because a number box refuses «٤٥»."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {"inputmode": "numeric", "dir": "ltr"}

    def to_python(self, value: Any) -> Any:
        return super().to_python(fold_digits(value.strip()) if isinstance(value, str) else value)


class DateTimeWidget(forms.MultiWidget):
    """A day and a time of day side by side."""

    template_name = "components/date_time.html"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(
            {
                "day": forms.DateInput(
                    attrs={"inputmode": "numeric", "placeholder": DAY, "dir": "ltr"}, format="%d/%m/%Y"
                ),
                "time": forms.TimeInput(
                    attrs={"inputmode": "numeric", "placeholder": TIME, "dir": "ltr"}, format="%H:%M"
                ),
            },
            attrs,
        )

    def decompress(self, value: datetime | None) -> list:
        if not value:
            return [None, None]
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return [local.date(), local.time()]


class DateTimeField(forms.MultiValueField):
    """A day and a time in Morocco's clock; gives an aware instant."""

    widget = DateTimeWidget
    default_error_messages = {"incomplete": _("Give both the day and the time.")}

    def __init__(self, **kwargs: Any) -> None:
        fields = (DateField(), TimeField())
        super().__init__(fields=fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list) -> datetime | None:
        if not data_list:
            return None
        day, hour = data_list
        if day is None or hour is None:
            raise forms.ValidationError(self.error_messages["incomplete"], code="incomplete")
        return forms.utils.from_current_timezone(datetime.combine(day, hour))


def keys_of(values: Iterable[str]) -> list[str]:
    """Those that can be the key of a row."""
    return [value for value in values if value.isdecimal() and len(value) <= LONGEST_NUMBER]


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows of a table; a number no table can hold is a choice that does not exist, not a fault."""

    def clean(self, value: Any) -> Any:
        for key in value if isinstance(value, list | tuple) else ():
            if isinstance(key, str) and key.isdecimal() and len(key) > LONGEST_NUMBER:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": key}
                )
        return super().clean(value)


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The field of the form whose choices depend on who asks."""
    return cast("forms.ChoiceField", form.fields[name])


def row_field(form: forms.BaseForm, name: str) -> forms.ModelChoiceField:
    """The field of the form that offers rows of a table."""
    return cast("forms.ModelChoiceField", form.fields[name])


class When(NamedTuple):
    """A choice that makes another field compulsory: `values` of `field`, none for whatever stands in it."""

    field: str
    values: tuple[Any, ...] = ()
    #: whether the label names it from the beginning; else only once it is chosen
    is_named: bool = True
    #: whether another field may be filled instead
    is_one_of_two: bool = False


class Typed(Carried, forms.BaseForm):
    """A form whose texts come without control characters, whatever they were pasted from."""

    #: which choices make a field compulsory that is not otherwise; the act refuses what `missing` names
    compulsory: dict[str, tuple[When, ...]] = {}

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(_typed(data), *args, **kwargs)

    def missing(self) -> dict[str, str]:
        """What the act would refuse of what was typed, by field, so that it is said with everything else."""
        return {}

    def _post_clean(self) -> None:
        """Before the rules of a model, which then say nothing of the same field again."""
        for name, sentence in self.missing().items():
            if name not in self.errors:
                self.add_error(name, sentence)
        super()._post_clean()  # type: ignore[misc]

    @property
    def forgotten_files(self) -> dict[str, list[str]]:
        """By field the files that must be chosen again: a browser forgets them when the form comes back."""
        if not self.is_bound or not self.errors or not isinstance(self.files, MultiValueDict):
            return {}
        chosen = {name: self.files.getlist(self.add_prefix(name)) for name in self.fields}
        return {name: [str(upload.name) for upload in uploads] for name, uploads in chosen.items() if uploads}


def _typed(data: Any) -> Any:
    if not isinstance(data, QueryDict):
        return data
    typed = data.copy()
    for name, values in data.lists():
        typed.setlist(name, [without_controls(value) for value in values])
    return typed


class PortalForm(Typed, forms.Form):
    """A form that feeds an action."""

    required_css_class = "required"


class PortalModelForm(Typed, forms.ModelForm):
    """A form over a model's fields; it checks and hands `changes` to an action, which does the saving."""

    required_css_class = "required"

    class Meta:
        field_classes: dict[str, type[forms.Field]] = {"starts_on": DateField, "ends_on": DateField}

    @property
    def changes(self) -> dict[str, Any]:
        """The cleaned values of the model's own fields, for `actions.edit_…(thing, **form.changes, by=…)`."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}

    @property
    def values(self) -> dict[str, Any]:
        return self.changes

    def add_error(self, field: str | None, error: Any) -> None:
        """A refusal may name a field this form does not show: then it stands above the form."""
        super().add_error(field if field in self.fields else None, error)
