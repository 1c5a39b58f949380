"""Invented names and sentences, as offices of the region write them; every name says that it is for trying out."""

from random import Random

from actors.directory.models import Actor

Kind = Actor.Kind
NAMES = (
    ("الأمل", "Al Amal"),
    ("النور", "Annour"),
    ("التضامن", "Attadamoun"),
    ("المستقبل", "Al Moustakbal"),
    ("الوفاق", "Al Wifak"),
    ("البركة", "Al Baraka"),
    ("الريف", "Arrif"),
    ("إسافن", "Isafen"),
    ("تويزا", "Tiwizi"),
    ("الأفق", "Al Oufok"),
    ("المواطنة", "Al Mouatana"),
    ("الكرامة", "Al Karama"),
    ("السلام", "Assalam"),
    ("الشروق", "Achourouk"),
    ("الإشعاع", "Al Ichaa"),
    ("المبادرة", "Al Moubadara"),
)
#: what such an institution is called, with {name}, {field} and {place}
FORMS: dict[str, tuple[str, str]] = {
    Kind.COMMUNE: ("جماعة تجريبية {place} {number}", "Commune d’essai {place} {number}"),
    Kind.ELECTED_COUNCIL: ("مجلس إقليمي تجريبي {number} – {place}", "Conseil provincial d’essai {number} – {place}"),
    Kind.AUTHORITY: ("سلطة تجريبية {number} بـ{place}", "Autorité d’essai {number}, {place}"),
    Kind.DECONCENTRATED_SERVICE: (
        "المندوبية التجريبية {number} المكلفة بـ{field} – {place}",
        "Délégation d’essai {number} chargée de {field}, {place}",
    ),
    Kind.PUBLIC_BODY: ("مؤسسة عمومية تجريبية {name} {number}", "Établissement public d’essai {name} {number}"),
    Kind.ASSOCIATION: (
        "جمعية {name} التجريبية لـ{field} {number} – {place}",
        "Association d’essai {name} pour {field} {number}, {place}",
    ),
    Kind.UNIVERSITY: ("مختبر تجريبي {number} للدراسات حول {field}", "Laboratoire d’essai {number} : {field}"),
    Kind.INTERNATIONAL: ("منظمة دولية تجريبية {name} {number}", "Organisation internationale d’essai {name} {number}"),
    Kind.OTHER: ("هيئة تجريبية {name} {number}", "Organisme d’essai {name} {number}"),
}
#: how many of a hundred institutions are of each kind
SHARES = {
    Kind.COMMUNE: 8,
    Kind.ELECTED_COUNCIL: 2,
    Kind.AUTHORITY: 4,
    Kind.DECONCENTRATED_SERVICE: 14,
    Kind.PUBLIC_BODY: 4,
    Kind.ASSOCIATION: 58,
    Kind.UNIVERSITY: 4,
    Kind.INTERNATIONAL: 3,
    Kind.OTHER: 3,
}
ACTS = (
    ("إحداث", "Créer"),
    ("تفعيل", "Activer"),
    ("دعم", "Appuyer"),
    ("تعزيز", "Renforcer"),
    ("إعداد", "Élaborer"),
    ("تعميم", "Généraliser"),
    ("تحيين", "Actualiser"),
    ("تنظيم", "Organiser"),
)
THINGS = (
    ("خلية استقبال وتوجيه", "une cellule d’accueil et d’orientation"),
    ("دليل الخدمات المتوفرة", "un guide des services disponibles"),
    ("دورات تكوينية لفائدة الأطر", "des formations au profit des cadres"),
    ("لقاءات دورية للتنسيق", "des réunions périodiques de coordination"),
    ("اتفاقية شراكة متعددة الأطراف", "une convention de partenariat"),
    ("قاعدة معطيات مشتركة حول المتدخلين", "une base commune sur les intervenants"),
    ("برنامج سنوي للتحسيس", "un programme annuel de sensibilisation"),
    ("فضاء للوساطة الاجتماعية", "un espace de médiation sociale"),
    ("آلية محلية للتتبع والتقييم", "un dispositif local de suivi et d’évaluation"),
    ("دروس للدعم اللغوي", "des cours de soutien linguistique"),
)
ENDS = (
    ("بتنسيق مع المصالح اللاممركزة", "en coordination avec les services déconcentrés"),
    ("في إطار برنامج عمل الجماعة", "dans le cadre du programme d’action communal"),
    ("بشراكة مع جمعيات المجتمع المدني", "en partenariat avec les associations"),
    ("قبل متم السنة", "avant la fin de l’année"),
    ("مع تخصيص الاعتمادات اللازمة", "en y affectant les crédits nécessaires"),
    ("وإدراجها ضمن جدول أعمال الدورة المقبلة", "et l’inscrire à l’ordre du jour de la prochaine session"),
)
ACCOUNTS = (
    "تم عقد اجتماع تحضيري مع الشركاء، وحُدِّد برنامج للأشغال.",
    "أُنجز الشطر الأول، ويجري إعداد الوثائق المتعلقة بالشطر الثاني.",
    "Une première réunion s’est tenue; le programme des travaux est arrêté.",
    "وُجِّهت المراسلات إلى المصالح المعنية، وننتظر جوابها.",
    "La convention est signée; le démarrage est prévu le mois prochain.",
    "نُظِّمت دورتان تكوينيتان، وسُلِّمت الوثائق إلى كتابة الفضاء.",
)
PASSAGES = (
    "افتُتح اللقاء بكلمة ذكّرت بسياقه وبالأهداف المنتظرة منه، ثم قُدِّم عرض حول الوضعية الراهنة.",
    "أكد المتدخلون ضرورة توحيد الجهود وتوضيح الأدوار بين مختلف المؤسسات، مع احترام اختصاصات كل واحدة منها.",
    "Les participants ont insisté sur la nécessité de clarifier les rôles et de renforcer la coordination.",
    "تساءل عدد من الحاضرين عن مآل التوصيات السابقة، فقُدِّمت توضيحات حول ما تم إنجازه منها.",
)
MEETINGS = (
    ("اجتماع عادي لتتبع تنفيذ التوصيات", "Réunion ordinaire de suivi des recommandations"),
    ("لقاء تشاوري حول {field}", "Rencontre de concertation : {field}"),
    ("ورشة عمل حول {field}", "Atelier de travail : {field}"),
    ("اجتماع استثنائي للتنسيق", "Réunion extraordinaire de coordination"),
)


def institution(kind: str, number: int, field: tuple[str, str], place: tuple[str, str]) -> tuple[str, str]:
    """Its Arabic and its French name."""
    called = NAMES[number % len(NAMES)]
    arabic, french = FORMS[kind]
    return (
        arabic.format(name=called[0], field=field[0], place=place[0], number=number),
        french.format(name=called[1], field=field[1], place=place[1], number=number),
    )


def recommendation(random: Random, field: tuple[str, str], place: tuple[str, str]) -> tuple[str, str]:
    """Its Arabic and its French text."""
    act, thing, end = random.choice(ACTS), random.choice(THINGS), random.choice(ENDS)
    return (
        f"{act[0]} {thing[0]} في مجال {field[0]} بتراب {place[0]}، {end[0]}.",
        f"{act[1]} {thing[1]} ({field[1]}, {place[1]}), {end[1]}.",
    )


def meeting(random: Random, field: tuple[str, str]) -> tuple[str, str]:
    """Its Arabic and its French title."""
    arabic, french = random.choice(MEETINGS)
    return arabic.format(field=field[0]), french.format(field=field[1])
