"""Reasons of an import as sentences in the reader's language, and verdicts in the words of the test lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.rules.fields import BY_COLUMN, BY_KEY, LISTS, Reads
from actors.imports.models import ImportRow
from actors.imports.table.reasons import Level, Reason, heaviest
from portal.core.names import FALLBACKS
from portal.core.text import FSI, PDI
from portal.reference.models import Territory, Theme

Verdict = ImportRow.Verdict
#: between the values of a list that is one text
BETWEEN = " · "
#: what a sentence may name; numbers need no isolation
NAMED = ("value", "kept", "before", "province", "codes")
#: where a sentence names an institution: by the name it has in the reader's language (`names`)
NAMES_ONE = {"identifier_other_name": "before"}

SENTENCES: dict[str, Promise] = {
    "archived": gettext_lazy("This institution is in the archive of the directory."),
    "area_unknown": gettext_lazy("“%(value)s” is no territory of the region; it was left out."),
    "blank_row": gettext_lazy("The row is empty."),
    "cell_repaired": gettext_lazy("“%(value)s” was written with the wrong letters; it is read as “%(kept)s”."),
    "cell_too_long": gettext_lazy(
        "The text has %(length)s signs, at most %(most)s are kept; the field was left empty: “%(value)s”."
    ),
    "cell_unreadable": gettext_lazy("Letters of “%(value)s” were lost in the file; the field was left empty."),
    "date_impossible": gettext_lazy("“%(value)s” is no day of the calendar; the field was left empty."),
    "date_in_future": gettext_lazy("“%(value)s” lies in the future; the field was left empty."),
    "date_month_first": gettext_lazy("“%(value)s” has the month first; the field was left empty."),
    "date_no_day": gettext_lazy("“%(value)s” has no day; the field was left empty."),
    "date_not_understood": gettext_lazy("“%(value)s” is not understood as a date; the field was left empty."),
    "date_older": gettext_lazy("The sheet was confirmed later, on %(before)s; the date %(value)s was not taken."),
    "differs": gettext_lazy("%(column)s: “%(value)s” here, “%(before)s” there."),
    "email_none": gettext_lazy("“%(value)s” was read as: no e-mail."),
    "email_not_understood": gettext_lazy("“%(value)s” is no e-mail address; it was left out."),
    "email_repaired": gettext_lazy("“%(value)s” was read as %(kept)s."),
    "email_several": gettext_lazy(
        "Several addresses: the first is the main one, the others are kept beside it (%(kept)s)."
    ),
    "extra_cells": gettext_lazy("There is text beyond the headings; it was left out: “%(value)s”."),
    "footnote_row": gettext_lazy("This is a note below the list."),
    "formula_as_text": gettext_lazy("What looks like a formula is kept as text."),
    "header_row": gettext_lazy("This is the row of the headings."),
    "identifier_known": gettext_lazy("It has the identifier of a sheet of the directory: %(value)s."),
    "identifier_other_name": gettext_lazy(
        "The identifier “%(value)s” belongs to “%(before)s”, a quite different name."
    ),
    "said_otherwise": gettext_lazy("Row %(row)s means the same institution and says otherwise."),
    "kind_from_name": gettext_lazy("The kind was left empty; by its name it is: %(kept)s."),
    "kind_missing": gettext_lazy("The kind was left empty: choose one."),
    "kind_unknown": gettext_lazy("“%(value)s” is no kind of institution of the directory: choose one."),
    "long_text": gettext_lazy("The text is very long (%(length)s signs); it was kept whole."),
    "name_cleaned": gettext_lazy("“%(value)s” was read as “%(kept)s”."),
    "name_formula": gettext_lazy("The name began like a formula; it is read as “%(kept)s”."),
    "name_known": gettext_lazy("It has the name, place and kind of a sheet of the directory: %(value)s."),
    "name_missing": gettext_lazy("%(column)s: the name is missing."),
    "name_moved": gettext_lazy("“%(value)s” stood in the column of the other language; it was moved."),
    "name_other_script": gettext_lazy("“%(value)s” is written in the letters of the other language."),
    "name_too_long": gettext_lazy("The name has %(length)s signs; a name has at most %(most)s."),
    "name_unreadable": gettext_lazy("Letters of the only name were lost in the file: “%(value)s”."),
    "names_missing": gettext_lazy("There is no name, neither in Arabic nor in French."),
    "names_swapped": gettext_lazy("The Arabic and the French name stood in each other’s column; they were put right."),
    "phone_fax": gettext_lazy("“%(value)s” is a fax number; it was kept as one."),
    "phone_none": gettext_lazy("“%(value)s” was read as: no telephone."),
    "phone_not_understood": gettext_lazy("“%(value)s” is no telephone number; it was left out."),
    "phone_several": gettext_lazy(
        "Several numbers: the first is the main one, the others are kept beside it (%(kept)s)."
    ),
    "phone_shortened": gettext_lazy(
        "A spreadsheet has shortened the number “%(value)s”: its digits are lost; it was left out."
    ),
    "province_unknown": gettext_lazy(
        "“%(value)s” is no prefecture or province of the region; the commune was believed."
    ),
    "repeated_header": gettext_lazy("The headings are repeated here."),
    "said_none": gettext_lazy("“%(value)s” was read as: nothing."),
    "same_acronym": gettext_lazy("The same acronym and the same place: %(value)s."),
    "same_email": gettext_lazy("The same e-mail: %(value)s."),
    "same_name": gettext_lazy("One of several with this name, in this place: %(value)s."),
    "same_name_near": gettext_lazy("The same name, in a place that is not quite the same: %(value)s."),
    "same_name_other_kind": gettext_lazy("The same name and the same place, but another kind: %(value)s."),
    "same_phone": gettext_lazy("The same telephone: %(value)s."),
    "same_record": gettext_lazy("It is the institution of row %(row)s."),
    "second_header": gettext_lazy("These are the headings in another language."),
    "similar_name": gettext_lazy("Nearly the same name in the same place: %(value)s."),
    "state_unknown": gettext_lazy("“%(value)s” is no state of a sheet; it was left out."),
    "tag_row": gettext_lazy("This is the row of the HXL tags."),
    "territory_ambiguous": gettext_lazy("“%(value)s” can mean several places: %(codes)s."),
    "territory_by_code": gettext_lazy("“%(value)s” is not understood; the code was believed: %(kept)s."),
    "territory_code_unknown": gettext_lazy(
        "The code “%(value)s” is not understood; the names were believed: %(kept)s."
    ),
    "territory_conflict": gettext_lazy(
        "“%(value)s” does not lie where the row says otherwise (%(province)s): %(codes)s."
    ),
    "territory_elsewhere": gettext_lazy("“%(value)s” lies in another region."),
    "territory_from_name": gettext_lazy("No place is given; by its name it is: %(kept)s."),
    "territory_missing": gettext_lazy("No place is given."),
    "territory_to_confirm": gettext_lazy("“%(value)s” probably means %(codes)s: confirm it."),
    "territory_unknown": gettext_lazy("“%(value)s” is no place of the region."),
    "theme_unknown": gettext_lazy("“%(value)s” is no theme of the portal; it was left out, the others were kept."),
    "title_row": gettext_lazy("This stands above the headings."),
    "total_row": gettext_lazy("This is a total."),
    "website_completed": gettext_lazy("“%(value)s” was read as %(kept)s."),
    "website_not_understood": gettext_lazy("“%(value)s” is no address of a website; the field was left empty."),
}


class Namer:
    """The names of territories, themes, kinds and columns in the reader's language; each table is read once."""

    def __init__(self) -> None:
        self._territories: dict[str, str] | None = None
        self._themes: dict[str, str] | None = None

    def territory(self, code: str) -> str:
        """The name and the code, since two levels often share a name; the code alone where there is none."""
        if self._territories is None:
            self._territories = {row.code: str(row) for row in Territory.objects.all()}
        name = self._territories.get(code)
        return f"{name} ({code})" if name else code

    def theme(self, code: str) -> str:
        if self._themes is None:
            self._themes = {theme.code: str(theme) for theme in Theme.objects.all()}
        return self._themes.get(code, code)

    def value(self, key: str, value: Any) -> str:
        """One value of a field as a person reads it."""
        if isinstance(value, list | tuple):
            return BETWEEN.join(self.value(key, one) for one in value)
        text = str(value)
        field = BY_KEY.get(key)
        if not text or field is None:
            return text
        match field.reads:
            case Reads.PLACE | Reads.PLACES:
                return self.territory(text)
            case Reads.THEMES:
                return self.theme(text)
            case Reads.CHOICE:
                return _label(Actor._meta.get_field(field.name).flatchoices, text)  # type: ignore[union-attr]
        return field.text(text)


def sentence(one: Reason, namer: Namer | None = None) -> str:
    """The reason as a sentence in the reader's language."""
    namer = namer or Namer()
    key = one.get("column", "")
    about: dict[str, Any] = {"length": "", "most": "", "row": ""} | one
    if names := one.get("names"):
        about[NAMES_ONE.get(one["code"], "value")] = name_in(names, get_language() or "ar")
    for name in NAMED:
        about[name] = _said(namer, about, name)
    return str(SENTENCES[one["code"]]) % {**about, "column": heading(key)}


def name_in(names: Mapping[str, str], language: str) -> str:
    """The name in the language, else the nearest that there is."""
    return next((names[code] for code in FALLBACKS.get(language[:2], FALLBACKS["ar"]) if names.get(code)), "")


def heading(key: str) -> str:
    """What a column is called in the reader's language; '' for none."""
    column = BY_COLUMN.get(key) or (BY_KEY[key].columns[-1] if key in BY_KEY else None)
    return column.heading(get_language() or "ar") if column else ""


def word(verdict: str, reasons: Sequence[Reason], *, needs_choice: bool) -> str:
    """The verdict in one word: skip, header, import, import_with_warning, review, merge or reject."""
    match verdict:
        case Verdict.HEADER:
            return "header"
        case Verdict.SKIPPED:
            return "skip"
        case Verdict.REJECTED:
            return "reject"
        case _ if needs_choice:
            return "review"
        case Verdict.NEW:
            return "import_with_warning" if heaviest(reasons) >= Level.WARNING else "import"
        case Verdict.CHANGES | Verdict.UNCHANGED | Verdict.SAME_AS_ROW | Verdict.LOOKS_LIKE | Verdict.UNCLEAR:
            pass
    return "merge"


def _said(namer: Namer, one: Reason, name: str) -> str:
    """What a sentence says for one name in it: a code by what it stands for, everything isolated."""
    code, key, said = one["code"], one.get("column", ""), one.get("codes" if name == "codes" else name, "")
    if name == "codes" or (code.startswith("territory_") and name == "kept"):
        key = "territory"
    elif not (code == "differs" or name == "kept"):
        key = ""
    values = said.split(BETWEEN) if code == "differs" and key in LISTS and isinstance(said, str) else said
    listed = values if isinstance(values, list | tuple) else [values]
    texts = [namer.value(key, value) for value in listed if value not in {"", None}]
    return _(", ").join(f"{FSI}{text}{PDI}" for text in texts)


def _label(choices: Sequence[tuple[Any, Any]], value: str) -> str:
    return next((str(label) for key, label in choices if key == value), value)
