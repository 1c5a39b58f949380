"""The one table of the fields of a sheet and of its contact details.

Form, history, comparison of doubles, export, import and preview take what they need from it: a field that is added
stands in its model and here.
"""

from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor, Contact
from portal.core.phones import phone_text

#: what a field holds, and so how it is read in a list, compared and shown
Reads = Enum("Reads", "NAME ACRONYM LINE TEXT LINES WEB CHOICE FLAG PICTURE DAY PLACE PLACES THEMES SHEET ACCOUNT "
                      "IDENTIFIER PHONE MAIL")  # fmt: skip
#: who sets it: the institution, alone or with an administrator’s consent; administrators; no form
Hand = Enum("Hand", "INSTITUTION PROPOSED ADMINISTRATORS PORTAL")
#: who sees it where they see the sheet; what only its own people see, an export gives to administrators
Circle = Enum("Circle", "ALL SIGNED_IN OWN ADMINISTRATORS")
#: what a merge does with two values: a person chooses one, or both; it fills what is empty; it leaves them
Merged = Enum("Merged", "CHOSEN BOTH FILLED APART")


@dataclass(frozen=True)
class Column:
    """One column of the lists that are exported and brought in: its key, its place, its headings, its HXL tag."""

    key: str
    place: int
    ar: str
    fr: str
    en: str
    hxl: str

    def heading(self, language: str) -> str:
        return str(getattr(self, language[:2], self.ar))


#: the sections of the form of a sheet
SECTIONS = {
    "identity": _("Who the institution is"),
    "names": _("How else it is called"),
    "work": _("What it does, and where"),
    "reach": _("Where it is found"),
    "inside": _("How it works with the portal"),
    "administered": _("For the administrators"),
}
#: who sets what stands in a section, where it is not the institution alone; what stands in none, no form sets
SETTLED = {"identity": Hand.PROPOSED, "administered": Hand.ADMINISTRATORS, "": Hand.PORTAL}


@dataclass(frozen=True)
class Field:
    """One field, by the name its model gives it, with the section of the form it stands in and its columns in lists.

    Of a number or mailbox: where a record keeps `others` of its kind, its `icon`, what `opens` it in a link, and
    whether it `tells` that two institutions may be one.
    """

    model: type[Actor | Contact]
    name: str
    reads: Reads
    section: str
    columns: tuple[Column, ...]
    seen_by: Circle = Circle.ALL
    merged: Merged = Merged.CHOSEN
    others: str = ""
    icon: str = ""
    opens: str = ""
    tells: bool = False

    @property
    def key(self) -> str:
        """What lists call it."""
        return self.columns[-1].key if self.columns else self.name

    @property
    def label(self) -> str:
        return capfirst(str(self.model._meta.get_field(self.name).verbose_name))  # type: ignore[union-attr]

    @property
    def set_by(self) -> Hand:
        return SETTLED.get(self.section, Hand.INSTITUTION)

    def text(self, value: Any) -> str:
        """A value as people read it."""
        return phone_text(value) if self.reads is Reads.PHONE else str(value)


def _field(
    model: Any, name: str, reads: Reads, section: str = "", *column: Any, key: str = "", wider: Any = (), **more: Any
) -> Field:
    return Field(model, name, reads, section, (*wider, Column(key or name, *column)) if column else (), **more)


_sheet, _details = partial(_field, Actor), partial(_field, Contact)
#: in the order of the forms: name, what it holds, section; place in lists, headings, tag; the rest
TABLE = (
    _sheet("kind", Reads.CHOICE, "identity", 70, "نوع الفاعل", "Type d’acteur", "Kind", "#org+type"),
    _sheet("name_ar", Reads.NAME, "identity", 20, "الاسم بالعربية", "Nom en arabe", "Name in Arabic", "#org+name+i_ar"),
    _sheet("name_fr", Reads.NAME, "identity", 30, "الاسم بالفرنسية", "Nom en français", "Name in French",
           "#org+name+i_fr"),
    _sheet("name_en", Reads.NAME, "identity", 40, "الاسم بالإنجليزية", "Nom en anglais", "Name in English",
           "#org+name+i_en"),
    _sheet("seat", Reads.PLACE, "identity", 82, "الرمز الترابي", "Code territorial", "Territory code", "#loc+code",
           key="territory", wider=(
               Column("province", 80, "العمالة أو الإقليم", "Préfecture ou province", "Prefecture or province",
                      "#adm2+name"),
               Column("commune", 81, "الجماعة", "Commune", "Commune", "#adm3+name"))),
    _sheet("acronym", Reads.ACRONYM, "names", 50, "المختصر", "Sigle", "Acronym", "#org+acronym"),
    _sheet("aliases", Reads.LINES, "names", 60, "أسماء أخرى", "Autres noms", "Other names", "#org+name+alt",
           merged=Merged.APART),
    _sheet("themes", Reads.THEMES, "work", 140, "مجالات التدخل", "Thématiques", "Themes", "#sector+list",
           merged=Merged.BOTH),
    _sheet("areas", Reads.PLACES, "work", 90, "مجالات التدخل الترابية", "Territoires d’intervention",
           "Areas of action", "#loc+code+list", merged=Merged.BOTH),
    _sheet("description_ar", Reads.TEXT, "work", 150, "التعريف بالعربية", "Présentation en arabe",
           "Description in Arabic", "#description+i_ar"),
    _sheet("description_fr", Reads.TEXT, "work", 160, "التعريف بالفرنسية", "Présentation en français",
           "Description in French", "#description+i_fr"),
    _sheet("description_en", Reads.TEXT, "work"),
    _sheet("address", Reads.LINE, "reach", 100, "العنوان", "Adresse", "Address", "#contact+address"),
    _sheet("website", Reads.WEB, "reach", 130, "الموقع الإلكتروني", "Site web", "Website", "#contact+url"),
    _sheet("logo", Reads.PICTURE, "reach"),
    _sheet("internal_validation", Reads.FLAG, "inside"),
    _sheet("state", Reads.CHOICE, "administered", 180, "وضعية البطاقة", "État de la fiche", "State of the sheet",
           "#status", seen_by=Circle.OWN),
    _sheet("parent", Reads.SHEET, "administered"),
    _sheet("notes", Reads.TEXT, "administered", 190, "ملاحظات", "Observations", "Notes", "#description+notes",
           seen_by=Circle.ADMINISTRATORS, merged=Merged.BOTH),
    # nobody is shown in public how old somebody’s sheet is
    _sheet("confirmed_on", Reads.DAY, "", 170, "تاريخ التحيين", "Date de mise à jour", "Date of update",
           "#date+updated", key="updated", seen_by=Circle.SIGNED_IN),
    _sheet("merged_into", Reads.SHEET, merged=Merged.APART),
    _sheet("external_id", Reads.IDENTIFIER, "", 10, "المعرف", "Identifiant", "Identifier", "#org+id",
           key="identifier", merged=Merged.FILLED),
    _details("role_ar", Reads.NAME, "office"),
    _details("role_fr", Reads.NAME, "office"),
    _details("email", Reads.MAIL, "office", 120, "البريد الإلكتروني", "Courriel", "E-mail", "#contact+email",
             others="other_emails", icon="mail", opens="mailto:", tells=True),
    _details("phone", Reads.PHONE, "office", 110, "الهاتف", "Téléphone", "Telephone", "#contact+phone",
             others="other_phones", icon="phone", opens="tel:", tells=True),
    _details("fax", Reads.PHONE, "office", 115, "الفاكس", "Télécopie", "Fax", "#contact+fax",
             others="other_faxes", icon="printer"),
    _details("audience", Reads.CHOICE, "office"),
    _details("person", Reads.LINE, "person"),
    _details("consent_on", Reads.DAY, "person"),
    _details("user", Reads.ACCOUNT, "person"),
    _details("starts_on", Reads.DAY),
    _details("ends_on", Reads.DAY),
)  # fmt: skip

SHEET = tuple(field for field in TABLE if field.model is Actor)
DETAILS = tuple(field for field in TABLE if field.model is Contact)
#: in the order of lists: an export comes back unedited by the same keys and headings
LISTED = tuple(sorted((field for field in TABLE if field.columns), key=lambda field: field.columns[0].place))
COLUMNS = tuple(column for field in LISTED for column in field.columns)
#: how an institution is reached
REACHED = tuple(field for field in LISTED if field.model is Contact)
BY_NAME = {field.name: field for field in SHEET}
BY_COLUMN = {column.key: column for column in COLUMNS}
#: by whatever key a record of a list holds it under
BY_KEY = {key: field for field in LISTED for key in (field.others, *(column.key for column in field.columns)) if key}


def keys_of(*reads: Reads) -> tuple[str, ...]:
    """What lists call their fields that hold such things."""
    return tuple(field.key for field in LISTED if field.reads in reads)


def names_of(*reads: Reads) -> tuple[str, ...]:
    """What the fields of a sheet that hold such things are called."""
    return tuple(field.name for field in SHEET if field.reads in reads)


def set_by(hand: Hand) -> tuple[str, ...]:
    """The fields of a sheet that these people settle."""
    return tuple(field.name for field in SHEET if field.set_by is hand)


def ways_of(contact: Contact) -> list[tuple[Field, str, str]]:
    """How these details reach somebody, in the order of lists: each number or mailbox with its field, and in words."""
    return [(field, value, field.text(value)) for field in REACHED if (value := getattr(contact, field.name))]


LINKS = names_of(Reads.PLACES, Reads.THEMES)
#: what a record of a list holds as lists
LISTS = keys_of(Reads.LINES, Reads.PLACES, Reads.THEMES)
#: what an institution proposes and an administrator settles
RESERVED = tuple(field.name for field in LISTED if field.set_by is Hand.PROPOSED)
#: what an institution is called; the texts that no row of a list of sheets shows
CALLED = names_of(Reads.NAME, Reads.ACRONYM)
UNSHOWN = names_of(Reads.LINE, Reads.TEXT, Reads.LINES, Reads.WEB)
