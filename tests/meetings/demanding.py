"""A meeting with what is hard on paper: long titles, pasted text in both directions, guests who came uninvited."""

from datetime import UTC, datetime, timedelta
from typing import Any

from actors.directory.models import Actor, SpaceMember
from meetings.models import Attendance, Invitation, Meeting, Minutes
from portal.core.html import clean, plain
from tests import factories

TITLE = (
    "الاجتماع الجهوي الثالث لفضاء التنسيق التجريبي حول تعزيز آليات التعاون بين الجماعات الترابية والمصالح اللاممركزة"
    " ومنظمات المجتمع المدني والجامعة في مجال استقبال المهاجرين وتوجيههم وإدماجهم في البرامج المحلية للتنمية المندمجة"
    " بجهة الشرق"
)
TITLE_FR = (
    "Troisième réunion régionale de l’espace de coordination d’essai sur le renforcement des mécanismes de coopération"
    " entre les collectivités territoriales, les services déconcentrés, la société civile et l’université en matière"
    " d’accueil"
)
TIFINAGH = "ⵜⴰⵎⵙⵙⵓⵎⴰⵏⵜ ⵏ ⵓⵔⵎⵓⴷ"
LINK = "https://exemple.test/documents/2026/" + "programme-regional-de-coordination-" * 4 + "version-finale.pdf"
PASTED = (
    (
        "<h3>أولاً: عرض البرنامج</h3>"
        '<p dir="auto">قدم <strong>ممثل الجماعة</strong> البرنامج (PAC 2026-2028) وميزانيته البالغة 1.250.000 درهم،'
        " واستعرض 3 محاور بنسبة إنجاز 45% إلى غاية 30/09/2026.</p>"
        "<ul><li>إحداث خلية للاستقبال</li><li>تكوين 25 موظفاً وموظفة</li><li>Convention avec l’OIM (2027)</li></ul>"
        "<ol><li>تحديد نقط الاتصال</li><li>إعداد بطاقة الأدوار</li></ol>"
        "<blockquote>«التنسيق مسؤولية مشتركة بين جميع المتدخلين.»</blockquote>"
        f'<p dir="auto">الوثيقة: {LINK}</p>'
    ),
    (
        "<h3>Intervention de l’université</h3>"
        '<p dir="auto">Le représentant a présenté l’enquête (n = 412) en trois points :</p>'
        "<ol><li>méthode et échantillon</li><li>résultats provisoires</li><li>suites proposées</li></ol>"
        "<ul><li>accès aux soins</li><li>scolarisation</li></ul>"
        "<blockquote>« Sans données partagées, pas de coordination. »</blockquote>"
    ),
    (
        f'<p dir="auto">أكدت المؤسسات الحاضرة على مواصلة العمل. {"كلمةطويلةجداً" * 14}</p>'
        '<p dir="auto">نص تجريبي يصف ما دار حول هذه النقطة من تقديم ونقاش واقتراحات، مع الإحالة على الوثائق.</p>'
    ),
)
INSTITUTIONS = (
    ("commune", "جماعة تجريبية أ", "Commune d’essai A"),
    ("commune", "جماعة تجريبية ب", "Commune d’essai B"),
    ("commune", "جماعة تجريبية ج", ""),
    ("elected_council", "مجلس إقليمي تجريبي", "Conseil provincial d’essai"),
    ("elected_council", "مجلس جهوي تجريبي", "Conseil régional d’essai"),
    ("authority", "عمالة الإقليم التجريبي", "Province d’essai"),
    (
        "deconcentrated_service",
        "المديرية الإقليمية التجريبية للصحة والحماية الاجتماعية",
        "Délégation d’essai de la santé",
    ),
    ("deconcentrated_service", "مصلحة تجريبية ب", "Service d’essai B"),
    ("deconcentrated_service", "مصلحة تجريبية ج", "Service d’essai C"),
    ("public_body", "مؤسسة عمومية تجريبية", "Établissement public d’essai"),
    ("association", f"جمعية تجريبية {TIFINAGH}", f"Association d’essai {TIFINAGH}"),
    ("association", "جمعية تجريبية ب", "Association d’essai B"),
    ("association", "الشبكة التجريبية للجمعيات العاملة في مجال الهجرة", "Réseau d’essai"),
    ("university", "كلية تجريبية متعددة التخصصات", "Faculté d’essai pluridisciplinaire"),
    ("international", "منظمة دولية تجريبية", "Organisation internationale d’essai"),
    ("other", "مؤسسة تجريبية أخرى", "Autre institution d’essai"),
)
UNINVITED = "جمعية تجريبية حضرت"
DESIGNATED = "السيدة تجريبية، رئيسة قسم"
AXES = ("محور تجريبي أول", "محور تجريبي ثان")


def demanding_meeting(*, items: int = 12, **fields: Any) -> Meeting:
    """Held in a space, public, with adopted minutes: 16 institutions invited, all came but one excused; the organiser
    and an association came besides, 17 in all. Each that confirmed named who represents it with its answer only.
    """
    organiser = factories.ActorFactory(name_ar="جمعية تجريبية للكتابة", name_fr="Association d’essai du secrétariat")
    space = factories.SpaceFactory()
    starts_at = datetime(2026, 9, 25, 8, 30, tzinfo=UTC)
    meeting = factories.MeetingFactory(
        **{
            "space": space,
            "organiser": organiser,
            "title_ar": TITLE,
            "title_fr": TITLE_FR,
            "place_ar": "الناظور",
            "place_fr": "Nador",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=4),
            "state": Meeting.State.HELD,
            "audience": Meeting.Audience.PUBLIC,
        }
        | fields
    )
    _participants(meeting)
    _minutes(meeting, items)
    return meeting


def _participants(meeting: Meeting) -> None:
    actors = [
        factories.ActorFactory(kind=kind, name_ar=name_ar, name_fr=name_fr) for kind, name_ar, name_fr in INSTITUTIONS
    ]
    for part, actor in ((SpaceMember.Part.CHAIR, actors[3]), (SpaceMember.Part.SECRETARIAT, meeting.organiser)):
        factories.SpaceMemberFactory(space=meeting.space, actor=actor, part=part)
    for number, actor in enumerate(actors):
        came = number != 8
        factories.InvitationFactory(
            meeting=meeting,
            actor=actor,
            answer=Invitation.Answer.CONFIRMED if came else Invitation.Answer.DECLINED,
            representative=DESIGNATED if came else "",
        )
        status = Attendance.Status.PRESENT if came else Attendance.Status.EXCUSED
        Attendance.objects.create(meeting=meeting, actor=actor, status=status)
    uninvited = factories.ActorFactory(kind=Actor.Kind.ASSOCIATION, name_ar=UNINVITED, name_fr="Association venue")
    for actor in (meeting.organiser, uninvited):
        Attendance.objects.create(meeting=meeting, actor=actor, status=Attendance.Status.PRESENT)


def _minutes(meeting: Meeting, items: int) -> None:
    adopted = meeting.starts_at + timedelta(days=14)
    minutes = factories.MinutesFactory(meeting=meeting, state=Minutes.State.ADOPTED, adopted_at=adopted)
    sections = []
    for number in range(items):
        html = clean(PASTED[number % len(PASTED)])
        item = factories.AgendaItemFactory(
            meeting=meeting,
            position=number + 1,
            title_ar=TITLE[:230] if number == 5 else f"النقطة التجريبية {number + 1}",
            title_fr=TITLE_FR[:230] if number == 5 else "" if number == 7 else f"Point d’essai {number + 1}",
        )
        section = factories.MinutesSectionFactory(minutes=minutes, item=item, html=html, text=plain(html), revision=1)
        titles = {"title_ar": item.title_ar, "title_fr": item.title_fr}
        sections.append({"section": section.pk, "item": item.pk, "html": html, "text": section.text, **titles})
    minutes.versions.create(number=1, sections=sections, adopted_at=adopted)


def with_recommendations(meeting: Meeting) -> Meeting:
    """Two under each of two axes, the second with one, and two without an axis; one quotes the minutes."""
    section = meeting.minutes.sections.first()
    revision = section.revisions.create(number=1, html=section.html, text=section.text)
    axes = [factories.AxisFactory(name_ar=name, name_fr=f"Axe d’essai {n}") for n, name in enumerate(AXES, start=1)]
    for number, axis in enumerate((axes[0], axes[0], axes[1], None, None), start=1):
        recommendation = factories.RecommendationFactory(
            meeting=meeting,
            axis=axis,
            reference=f"{meeting.reference}-R{number}",
            text_ar=f"توصية تجريبية رقم {number}: دعوة المصالح اللاممركزة إلى تعيين نقطة اتصال رسمية وأخرى نائبة عنها",
            text_fr=""
            if number == 2
            else f"Recommandation d’essai n° {number} : désigner un point focal et un suppléant",
            quote_revision=revision if number == 1 else None,
            quote_text="التنسيق مسؤولية مشتركة" if number == 1 else "",
        )
        factories.AssignmentFactory(
            recommendation=recommendation, actor=meeting.attendances.order_by("pk")[number].actor
        )
    return meeting
