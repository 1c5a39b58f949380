"""The columns of the directory as a sheet: what they are called, in the export and in what is brought in again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its key, its heading in each language, its HXL tag, and who gets it in an export."""

    key: str
    ar: str
    fr: str
    en: str
    hxl: str
    administered: bool = False

    def heading(self, language: str) -> str:
        return str(getattr(self, language[:2], self.ar))


#: in the order of the export; the export and the import share keys and headings, so that a file comes back unedited
COLUMNS = (
    Column("identifier", "المعرف", "Identifiant", "Identifier", "#org+id"),
    Column("name_ar", "الاسم بالعربية", "Nom en arabe", "Name in Arabic", "#org+name+i_ar"),
    Column("name_fr", "الاسم بالفرنسية", "Nom en français", "Name in French", "#org+name+i_fr"),
    Column("name_en", "الاسم بالإنجليزية", "Nom en anglais", "Name in English", "#org+name+i_en"),
    Column("acronym", "المختصر", "Sigle", "Acronym", "#org+acronym"),
    Column("aliases", "أسماء أخرى", "Autres noms", "Other names", "#org+name+alt"),
    Column("kind", "نوع الفاعل", "Type d’acteur", "Kind", "#org+type"),
    Column("province", "العمالة أو الإقليم", "Préfecture ou province", "Prefecture or province", "#adm2+name"),
    Column("commune", "الجماعة", "Commune", "Commune", "#adm3+name"),
    Column("territory", "الرمز الترابي", "Code territorial", "Territory code", "#loc+code"),
    Column("areas", "مجالات التدخل الترابية", "Territoires d’intervention", "Areas of action", "#loc+code+list"),
    Column("address", "العنوان", "Adresse", "Address", "#contact+address"),
    Column("phone", "الهاتف", "Téléphone", "Telephone", "#contact+phone"),
    Column("email", "البريد الإلكتروني", "Courriel", "E-mail", "#contact+email"),
    Column("website", "الموقع الإلكتروني", "Site web", "Website", "#contact+url"),
    Column("themes", "مجالات التدخل", "Thématiques", "Themes", "#sector+list"),
    Column("description_ar", "التعريف بالعربية", "Présentation en arabe", "Description in Arabic", "#description+i_ar"),
    Column(
        "description_fr", "التعريف بالفرنسية", "Présentation en français", "Description in French", "#description+i_fr"
    ),
    Column("updated", "تاريخ التحيين", "Date de mise à jour", "Date of update", "#date+updated"),
    Column("state", "وضعية البطاقة", "État de la fiche", "State of the sheet", "#status", administered=True),
    Column("notes", "ملاحظات", "Observations", "Notes", "#description+notes", administered=True),
)
BY_KEY = {column.key: column for column in COLUMNS}
