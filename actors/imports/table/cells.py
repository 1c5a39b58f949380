"""One record understood, cell by cell: what each says, what was repaired, what is doubtful; nothing is guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import override

from actors.directory.models import Actor
from actors.directory.rules.fields import BY_KEY, LISTED, LISTS, REACHED, Reads, keys_of
from actors.imports.table.days import NoDay, read_day
from actors.imports.table.headings import is_slip
from actors.imports.table.letters import (
    ARABIC,
    BETWEEN_NAMES,
    BETWEEN_THEMES,
    LATIN,
    LOST,
    mended,
    one_line,
    pieces,
    says_nothing,
    several_lines,
)
from actors.imports.table.places import read_areas, read_place, region_named
from actors.imports.table.reach import read_mails, read_phones, read_website, without_fax
from actors.imports.table.reasons import Reason, reason
from actors.imports.table.vocabulary import FIRST_WORDS, KINDS
from portal.core.cells import FORMULA, is_formula, unquoted
from portal.core.phones import BETWEEN
from portal.core.text import bare_words, normalise
from portal.reference.spellings import Words
from portal.reference.themes import theme_named

NAMES = keys_of(Reads.NAME)
#: texts on one line, and as many letters of each as the directory keeps; an identifier may be the address of a sheet
SHORT = (*keys_of(Reads.ACRONYM, Reads.LINE), "identifier")
LONGEST = {
    key: Actor._meta.get_field("slug" if key == "identifier" else BY_KEY[key].name).max_length or 0  # type: ignore[union-attr]
    for key in (*NAMES, *SHORT)
}
#: how a number or a mailbox is read
READERS = {Reads.PHONE: read_phones, Reads.MAIL: read_mails}
#: a text longer than this is kept whole and named
LONG_TEXT = 5_000
LANGUAGES = ("ar", "fr", "en")

Fields = dict[str, Any]


@dataclass
class Understood:
    """What a record says, and what is to be said about it.

    `fields` holds every key, empty where the record says nothing. `supposed` and `gaps` matter only for an institution
    that is not known yet: what is then supposed (its kind, its region), and the reasons which that and the empty cells
    give.
    """

    fields: Fields
    reasons: list[Reason] = field(default_factory=list)
    supposed: Fields = field(default_factory=dict)
    gaps: list[Reason] = field(default_factory=list)


def no_fields() -> Fields:
    """A record that says nothing: texts are '', lists []."""
    nothing: Fields = {one.key: [] if one.key in LISTS else "" for one in LISTED}
    return nothing | {one.others: [] for one in REACHED}


def understand(cells: Mapping[str, str], *, today: date, themes: Mapping[Words, str] | None = None) -> Understood:
    """What the cells say, by the key of their column; a key that is missing has no column in the file.

    `themes` are names of themes that are not in use any more and that the institution has: they may be listed again.
    """
    record = Understood(no_fields())
    clean = {key: _mended(record, key, unquoted(text)) for key, text in cells.items()}
    _names(record, cells, clean)
    _kind(record, clean)
    _place(record, clean)
    _reach(record, clean)
    _short_texts(record, clean)
    _long_texts(record, clean)
    _lists(record, clean, themes or {})
    _day(record, clean.get("updated", ""), today)
    return record


def _mended(record: Understood, key: str, text: str) -> str:
    """The cell as it was before its letters were read with the wrong table, where that can be undone."""
    again, how = mended(text)
    if how == "repaired":
        record.reasons.append(reason("cell_repaired", key, text, kept=again.strip()))
    return again


# Names.


def _names(record: Understood, cells: Mapping[str, str], clean: Mapping[str, str]) -> None:
    names: dict[str, str] = {}
    lost: dict[str, str] = {}
    for key in NAMES:
        name, is_lost = _name(record, key, clean.get(key, ""))
        (lost if is_lost else names)[key] = name
    if lost and not any(names.values()):
        # the only name there is: it is shown as it is written, and a person decides
        key, name = next(iter(lost.items()))
        names[key] = name
        record.reasons.append(reason("name_unreadable", key, name))
        lost = {}
    record.reasons += [reason("cell_unreadable", key, name) for key, name in lost.items()]
    names = {key: names.get(key, "") for key in NAMES}
    told = set(lost) | _to_their_columns(record, names)
    told |= {one["column"] for one in record.reasons if one["code"] == "name_too_long"}
    record.fields.update(names)
    if not any(names.values()):
        if not any(one["code"] == "name_too_long" for one in record.reasons):
            record.gaps.append(reason("names_missing", "name_ar"))
        return
    for key in ("name_ar", "name_fr"):
        if key in cells and not names[key] and key not in told:
            record.gaps.append(reason("name_missing", key, cells[key].strip()))


def _name(record: Understood, key: str, text: str) -> tuple[str, bool]:
    """The name on one line, and whether letters of it are lost."""
    name = one_line(text)
    if is_formula(name) and not says_nothing(name):
        name = FORMULA.sub("", name, count=1).strip()
        record.reasons.append(reason("name_formula", key, text.strip(), kept=name))
    if not name or says_nothing(name):
        return "", False
    if LOST.search(name) or mended(name)[1] == "broken" or not any(sign.isalpha() for sign in name):
        return name[: LONGEST[key]], True
    if len(name) > LONGEST[key]:
        record.reasons.append(reason("name_too_long", key, name, length=len(name), most=LONGEST[key]))
        return "", False
    if name != " ".join(text.split()) and not any(one["column"] == key for one in record.reasons):
        record.reasons.append(reason("name_cleaned", key, text.strip(), kept=name))
    return name, False


def _to_their_columns(record: Understood, names: dict[str, str]) -> set[str]:
    """Names that stand in each other's column, or alone in the wrong one, are put where their letters belong.

    Returns the columns that are empty for that reason.
    """
    arabic, french = names["name_ar"], names["name_fr"]
    is_latin = bool(arabic) and not ARABIC.search(arabic)
    is_arabic = bool(french) and not LATIN.search(french)
    if is_latin and is_arabic:
        names.update(name_ar=french, name_fr=arabic)
        record.reasons.append(reason("names_swapped", "name_ar", arabic, other=french))
    elif is_latin and not french:
        names.update(name_ar="", name_fr=arabic)
        record.reasons.append(reason("name_moved", "name_ar", arabic, to="name_fr"))
        return {"name_ar"}
    elif is_arabic and not arabic:
        names.update(name_ar=french, name_fr="")
        record.reasons.append(reason("name_moved", "name_fr", french, to="name_ar"))
        return {"name_fr"}
    elif is_latin or is_arabic:
        key = "name_ar" if is_latin else "name_fr"
        record.reasons.append(reason("name_other_script", key, names[key]))
    return set()


# Kind and place.


def kind_named(text: str) -> str:
    """The value of `Actor.Kind` that the text names, in any language; '' where it names none."""
    return _kinds().get(normalise(text), "")


def _kind(record: Understood, clean: Mapping[str, str]) -> None:
    text = one_line(clean.get("kind", ""))
    names = (record.fields["name_ar"], record.fields["name_fr"])
    first_words = [words[0] for name in names if (words := normalise(name).split())]
    likely = next((kind for word in first_words if (kind := FIRST_WORDS.get(word))), "")
    if text and not says_nothing(text):
        record.fields["kind"] = kind_named(text)
        if not record.fields["kind"]:
            likely = likely or next((kind for name, kind in _kinds().items() if is_slip(normalise(text), name)), "")
            record.reasons.append(reason("kind_unknown", "kind", text, suggested=likely))
    elif likely:
        record.supposed["kind"] = likely
        record.gaps.append(reason("kind_from_name", "kind", text, kept=likely))
    else:
        record.gaps.append(reason("kind_missing", "kind", text))


def _place(record: Understood, clean: Mapping[str, str]) -> None:
    code, reasons = read_place(
        province=one_line(clean.get("province", "")),
        commune=one_line(clean.get("commune", "")),
        territory=one_line(clean.get("territory", "")),
    )
    record.fields["territory"] = code
    record.reasons += reasons
    if code or reasons:
        return
    if region := region_named(record.fields["name_ar"], record.fields["name_fr"]):
        record.supposed["territory"] = region
        record.gaps.append(reason("territory_from_name", "territory", kept=region))
    else:
        record.gaps.append(reason("territory_missing", "territory"))


@cache
def _kinds() -> dict[str, str]:
    """Every name of a kind, as searched text is written: the labels of the three languages and what sheets write."""
    return {normalise(name): kind for kind, names in KINDS.items() for name in names} | _named(Actor.Kind)


# The other cells.


def _reach(record: Understood, clean: Mapping[str, str]) -> None:
    phone, faxes = without_fax(clean.get("phone", ""))
    record.reasons += [reason("phone_fax", "phone", fax) for fax in faxes]
    if faxes:
        clean = {**clean, "phone": phone, "fax": " / ".join([*pieces(clean.get("fax", ""), BETWEEN), *faxes])}
    for way in REACHED:
        found, reasons = READERS[way.reads](clean.get(way.key, ""), way.key)
        record.fields[way.key], record.fields[way.others] = next(iter(found), ""), found[1:]
        record.reasons += reasons
    record.fields["website"], reasons = read_website(clean.get("website", ""))
    record.reasons += reasons


def _short_texts(record: Understood, clean: Mapping[str, str]) -> None:
    for key in SHORT:
        text = one_line(clean.get(key, ""))
        if says_nothing(text):
            record.reasons.append(reason("said_none", key, text))
        elif len(text) > LONGEST[key]:
            record.reasons.append(reason("cell_too_long", key, text, length=len(text), most=LONGEST[key]))
        else:
            record.fields[key] = text
    text = one_line(clean.get("state", ""))
    if text and not says_nothing(text):
        record.fields["state"] = _named(Actor.State).get(normalise(text), "")
        if not record.fields["state"]:
            record.reasons.append(reason("state_unknown", "state", text))


def _long_texts(record: Understood, clean: Mapping[str, str]) -> None:
    for key in keys_of(Reads.TEXT):
        text = several_lines(clean.get(key, ""))
        if says_nothing(text):
            record.reasons.append(reason("said_none", key, text))
            continue
        record.fields[key] = text
        if len(text) > LONG_TEXT:
            record.reasons.append(reason("long_text", key, text, length=len(text)))
        if is_formula(text):
            record.reasons.append(reason("formula_as_text", key, text))


def _lists(record: Understood, clean: Mapping[str, str], former: Mapping[Words, str]) -> None:
    def code_of(text: str) -> str:
        theme = theme_named(text)
        return theme.code if theme else former.get(bare_words(text), "")

    names = pieces(clean.get("aliases", ""), BETWEEN_NAMES)
    record.fields["aliases"] = names
    record.fields["themes"] = themes = []
    for text in pieces(clean.get("themes", ""), BETWEEN_NAMES, BETWEEN_THEMES, is_one=lambda text: bool(code_of(text))):
        if not (code := code_of(text)):
            record.reasons.append(reason("theme_unknown", "themes", text))
        elif code not in themes:
            themes.append(code)
    record.fields["areas"], reasons = read_areas(clean.get("areas", ""))
    record.reasons += reasons


def _day(record: Understood, text: str, today: date) -> None:
    if says_nothing(text):
        record.reasons.append(reason("said_none", "updated", text.strip()))
        return
    try:
        day = read_day(text, today=today)
    except NoDay as error:
        record.reasons.append(reason(error.code, "updated", text.strip()))
    else:
        record.fields["updated"] = day.isoformat() if day else ""


@cache
def _named(choices: type[TextChoices]) -> dict[str, str]:
    named = {}
    for language in LANGUAGES:
        with override(language):
            named.update({normalise(str(label)): str(value) for value, label in choices.choices})
    return named | {normalise(value): value for value in choices.values}
