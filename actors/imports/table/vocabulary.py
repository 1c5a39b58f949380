"""The words by which headings, kinds, totals and footnotes are known, in Arabic, French and English: data, no rules."""

#: other headings for the columns of `actors.directory.rules.columns`, beside those written there
HEADINGS = {
    "identifier": ("معرف", "المعرف الوحيد", "id", "code acteur", "identifiant unique", "actor id", "org id"),
    # in one language or the other, as what stands below says
    "name": ("الاسم", "اسم الفاعل", "اسم المؤسسة", "اسم الجمعية", "اسم الهيئة", "التسمية", "الفاعل", "المؤسسة",
        "الاسم الكامل", "nom", "nom de l'acteur", "nom de l'institution", "nom de l'association",
        "nom de la structure", "nom de l'organisme", "raison sociale", "dénomination", "acteur", "institution",
        "structure", "organisme", "name", "actor", "organisation", "organization", "name of the organisation"),
    "name_ar": ("الاسم العربي", "nom arabe", "arabic name"),
    "name_fr": ("nom français", "french name", "الاسم اللاتيني", "الاسم بالحروف اللاتينية"),
    "name_en": ("english name",),
    "acronym": ("الاسم المختصر", "اختصار", "الرمز المختصر", "abréviation", "acronyme", "abbreviation", "short name"),
    "aliases": ("تسميات أخرى", "alias", "autres appellations", "autres dénominations", "also known as"),
    "kind": ("صنف الفاعل", "فئة الفاعل", "طبيعة المؤسسة", "الصنف", "النوع", "type", "catégorie", "nature",
        "type d'organisme", "type of actor", "category"),
    "province": ("العمالة", "الإقليم", "province", "préfecture", "province ou préfecture", "prefecture", "adm2"),
    "commune": ("المدينة", "الجماعة الترابية", "الجماعة المحلية", "ville", "municipalité", "commune territoriale",
        "city", "town", "municipality", "adm3"),
    "territory": ("الرمز الجغرافي", "رمز الجماعة", "الإقليم أو الجماعة", "الموقع الجغرافي", "المكان", "code hcp",
        "code commune", "code géographique", "territoire", "localisation", "lieu", "p-code", "pcode", "location",
        "territory"),
    "areas": ("مناطق التدخل", "مجال التدخل الترابي", "المجال الترابي للتدخل", "zones d'intervention",
        "zone d'action", "intervention areas"),
    "address": ("المقر", "عنوان المقر", "العنوان البريدي", "adresse postale", "siège", "siège social",
        "postal address"),
    "phone": ("هاتف", "رقم الهاتف", "الهاتف الثابت", "الهاتف النقال", "tél", "tel", "téléphone fixe", "gsm",
        "n° de téléphone", "phone", "phone number", "mobile"),
    "email": ("بريد إلكتروني", "الإيميل", "e-mail", "email", "mail", "adresse électronique", "adresse mail", "mél"),
    "website": ("موقع الويب", "الموقع", "site internet", "site", "url", "web", "web site"),
    "themes": ("مجال التدخل", "ميادين التدخل", "مجالات العمل", "محاور التدخل", "domaines d'intervention",
        "domaine d'intervention", "domaines", "thèmes", "secteurs", "axes d'intervention", "theme", "sector",
        "sectors", "areas of work"),
    "description": ("التعريف", "تعريف", "نبذة", "وصف", "présentation", "description", "missions", "objet"),
    "updated": ("تاريخ آخر تحيين", "آخر تحيين", "تاريخ التحديث", "تاريخ آخر تحديث", "date de mise à jour",
        "dernière mise à jour", "mise à jour", "maj", "last update", "last updated", "updated", "updated on"),
    "state": ("الوضعية", "الحالة", "état", "statut de la fiche", "status"),
    "notes": ("ملاحظة", "remarques", "remarque", "commentaires", "notes", "remarks", "comments"),
}  # fmt: skip

#: what a heading speaks of, by any of these words (as searched text is written, without article)
TOPICS = {
    "name": "اسم اسماء تسميه nom name denomination intitule appellation designation",
    "ar": "عربيه عربي arabe arabic ar",
    "fr": "فرنسيه فرنسي francais francaise french fr لاتينيه",
    "en": "انجليزيه انجليزي anglais anglaise english en",
    "email": "بريد ايميل email mail mails courriel emails",
    "website": "موقع site website web url",
    "phone": "هاتف تلفون هواتف tel tele telephone telephones phone phones gsm mobile",
    "fax": "فاكس ناسوخ fax telecopie telecopieur",
    "identifier": "معرف identifiant identifier id",
    "acronym": "مختصر اختصار sigle acronyme acronym abreviation",
    "others": "اخري autre autres other others",
    "kind": "نوع صنف فئه طبيعه type categorie category kind nature",
    "province": "عماله اقليم province prefecture",
    "commune": "جماعه مدينه بلديه commune ville municipalite city town",
    "code": "رمز كود code pcode",
    "territorial": "ترابي ترابيه جغرافي territorial territoriale geographique hcp",
    "where": "مناطق منطقه ترابي ترابيه zone zones territoire territoires areas area",
    "action": "تدخل intervention interventions action",
    "address": "عنوان مقر adresse address siege",
    "themes": "مجال مجالات ميادين محاور domaine domaines thematique thematiques theme themes secteur "
        "secteurs sector sectors",
    "description": "تعريف نبذه وصف presentation description mission missions",
    "updated": "تاريخ تحيين تحديث date jour maj updated update",
    "state": "وضعيه حاله etat state status",
    "notes": "ملاحظات ملاحظه observation observations remarque remarques commentaire commentaires note notes "
        "remarks comments",
    "founded": "تاسيس احداث ميلاد creation fondation naissance created founded foundation",
    "person": "رييس رييسه مسوول مسووله كاتب كاتبه مدير مديره ممثل شخص شخصي عايلي نسب president presidente "
        "responsable directeur directrice contact personne prenom representant focal person manager "
        "signataire",
}  # fmt: skip

#: a heading that speaks of all these is this column, or none of ours; the first that fits counts
RULES = (
    ("", "fax"),
    ("", "person"),
    ("", "founded"),
    ("territory", "code territorial"),
    ("territory", "code commune"),
    ("areas", "where action"),
    ("email", "email"),
    ("website", "website"),
    ("phone", "phone"),
    ("aliases", "others name"),
    ("acronym", "acronym"),
    ("description_ar", "description ar"),
    ("description_fr", "description fr"),
    ("name_en", "name en"),
    ("name_fr", "name fr"),
    ("name_ar", "name ar"),
    ("identifier", "identifier"),
    ("kind", "kind"),
    ("themes", "themes action"),
    ("province", "province"),
    ("commune", "commune"),
    ("updated", "updated"),
    ("address", "address"),
    ("themes", "themes"),
    ("state", "state"),
    ("notes", "notes"),
    ("description", "description"),
    ("name", "name"),
)

#: what sheets call a kind, beside the labels of `Actor.Kind` in the three languages
KINDS = {
    "commune": ("جماعة", "جماعات", "جماعة ترابية", "جماعة حضرية", "جماعة قروية", "جماعة محلية", "بلدية", "commune",
        "communes", "commune territoriale", "commune urbaine", "commune rurale", "municipalité", "municipality"),
    "elected_council": ("مجلس", "مجلس منتخب", "مجلس جهوي", "مجلس الجهة", "مجلس إقليمي", "مجلس العمالة",
        "مجلس الإقليم", "conseil", "conseil élu", "conseil régional", "conseil provincial", "conseil préfectoral",
        "council", "elected council"),
    "authority": ("سلطة", "سلطة إدارية", "سلطة محلية", "سلطات محلية", "سلطة ترابية", "ولاية", "عمالة", "autorité",
        "autorité administrative", "autorité locale", "autorités locales", "wilaya", "authority"),
    "deconcentrated_service": ("مصلحة", "مصلحة لاممركزة", "مصلحة لا ممركزة", "مصالح لاممركزة", "مصلحة خارجية",
        "مصالح خارجية", "قطاع حكومي", "service", "service déconcentré", "services déconcentrés", "service extérieur",
        "service déconcentré de l'état", "deconcentrated service"),
    "public_body": ("مؤسسة عمومية", "مؤسسات عمومية", "وكالة", "وكالة عمومية", "établissement public",
        "organisme public", "agence", "public body", "agency", "public institution"),
    "association": ("جمعية", "جمعيات", "جمعية محلية", "منظمة غير حكومية", "مجتمع مدني", "association",
        "associations", "association locale", "ong", "osc", "société civile", "ngo", "civil society"),
    "university": ("جامعة", "جامعة أو مركز بحث", "مركز بحث", "كلية", "مدرسة عليا", "مؤسسة جامعية", "université",
        "faculté", "école supérieure", "centre de recherche", "université ou centre de recherche",
        "établissement universitaire", "university", "research centre"),
    "international": ("intl", "oi", "منظمة دولية", "منظمات دولية", "منظمة أممية", "وكالة أممية",
        "وكالة الأمم المتحدة", "تعاون دولي", "organisation internationale", "organisations internationales",
        "agence onusienne", "agence des nations unies", "coopération internationale", "international organisation",
        "international organization", "un agency"),
    "other": ("آخر", "أخرى", "غير ذلك", "autre", "autres", "other"),
}  # fmt: skip

#: how a name begins that says its kind by itself
FIRST_WORDS = {
    "جمعيه": "association",
    "جماعه": "commune",
    "جامعه": "university",
    "كليه": "university",
    "association": "association",
    "commune": "commune",
    "universite": "university",
    "faculte": "university",
}

TOTALS = ("المجموع", "مجموع", "الإجمالي", "المجموع العام", "total", "total général", "totaux", "grand total", "sum",
    "somme")  # fmt: skip
FOOTNOTES = ("المصدر", "مصدر", "ملاحظة", "ملحوظة", "تنبيه", "ملاحظات", "source", "sources", "note", "notes", "nota",
    "nb", "n.b.", "remarque", "remarques", "avertissement", "mise à jour", "آخر تحيين", "حرر ب")  # fmt: skip
