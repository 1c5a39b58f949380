"""The directory as an import compares with it: every sheet with its contact details, read in a handful of queries."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from actors.directory.models import Actor, Contact
from actors.directory.rules.fields import REACHED, Field, Reads, keys_of
from actors.imports.table.cells import Fields, no_fields

#: what a record says in the words of the sheet's own column
TEXTS = keys_of(Reads.NAME, Reads.ACRONYM, Reads.LINE, Reads.TEXT, Reads.WEB, Reads.CHOICE)
LANGUAGES = ("ar", "fr", "en")


@dataclass
class Known:
    """An institution of the directory (`pk`, `slug`) or an earlier record of the file (`number`), with its values; a
    record that is an institution of the directory has both.

    `identifiers` are all by which a file may mean it: its address in the portal, its number in another list, and those
    of the sheets that were merged into it; `slugs` are the addresses among them. `is_placed` is False for a record
    whose place is not understood.
    """

    fields: Fields
    pk: int | None = None
    slug: str = ""
    number: int | None = None
    identifiers: set[str] = field(default_factory=set)
    slugs: set[str] = field(default_factory=set)
    is_placed: bool = True

    @property
    def name(self) -> str:
        return str(self.fields["name_ar"] or self.fields["name_fr"] or self.fields["name_en"])

    @property
    def names(self) -> dict[str, str]:
        """Its name by language, where it has one."""
        return {code: name for code in LANGUAGES if (name := self.fields[f"name_{code}"])}

    @property
    def is_archived(self) -> bool:
        return bool(self.fields["state"] == Actor.State.ARCHIVED)

    @property
    def place(self) -> str:
        """The code of its territory, '' where it has none, '?' where it is not known."""
        return self.fields["territory"] if self.is_placed else "?"

    @property
    def candidate(self) -> dict[str, Any]:
        """How a row of an import remembers that it looks like this one."""
        return {"actor": self.pk} if self.pk is not None else {"row": self.number}


def known_actors(pks: Collection[int] | None = None) -> list[Known]:
    """The sheets of the directory that stand for themselves (all, or those of `pks`), archived ones too, by number."""
    rows = Actor.objects.order_by("pk") if pks is None else Actor.objects.filter(pk__in=pks).order_by("pk")
    known: dict[int, Known] = {}
    merged: list[tuple[int, str, str]] = []
    for row in rows.values("pk", "slug", "external_id", "seat_id", "aliases", "confirmed_on", "merged_into_id", *TEXTS):
        if row["merged_into_id"] is not None:
            merged.append((row["merged_into_id"], row["slug"], row["external_id"]))
        else:
            known[row["pk"]] = _known(row)
    for target, slug, external_id in merged:
        if target in known:
            known[target].identifiers |= _identifiers(slug, external_id)
            known[target].slugs |= _identifiers(slug)
    _add_links(known, pks)
    _add_contacts(known, pks)
    return list(known.values())


def _known(row: dict[str, Any]) -> Known:
    fields = no_fields() | {name: row[name] for name in TEXTS}
    fields["territory"] = row["seat_id"] or ""
    fields["aliases"] = list(row["aliases"])
    fields["updated"] = row["confirmed_on"].isoformat() if row["confirmed_on"] else ""
    fields["identifier"] = row["external_id"] or row["slug"]
    slug, external_id = row["slug"], row["external_id"]
    return Known(fields, row["pk"], slug, identifiers=_identifiers(slug, external_id), slugs=_identifiers(slug))


def _identifiers(*written: str) -> set[str]:
    return {text.casefold() for text in written if text}


def _add_links(known: dict[int, Known], pks: Collection[int] | None) -> None:
    themes = Actor.themes.through.objects.order_by("theme__position", "pk").values_list("actor_id", "theme__code")
    areas = Actor.areas.through.objects.order_by("territory_id").values_list("actor_id", "territory_id")
    for key, links in (("themes", themes), ("areas", areas)):
        for actor_id, code in links if pks is None else links.filter(actor_id__in=pks):
            if actor_id in known:
                known[actor_id].fields[key].append(code)


def _add_contacts(known: dict[int, Known], pks: Collection[int] | None) -> None:
    """The first number and the first mailbox that hold today, and the others beside them, each once."""
    rows = Contact.objects.current().order_by("pk").values_list("actor_id", *(one.name for one in REACHED))
    for actor_id, *values in rows if pks is None else rows.filter(actor_id__in=pks):
        fields = known[actor_id].fields if actor_id in known else {}
        for one, value in zip(REACHED, map(str.lower, values), strict=True) if fields else ():
            if value and not fields[one.key]:
                fields[one.key] = value
            elif value and value not in reached(fields, one):
                fields[one.others].append(value)


def reached(fields: Fields, field: Field) -> list[str]:
    """Every number or mailbox of this kind that the record names, the first one first."""
    return [value for value in (fields[field.key], *fields[field.others]) if value]
