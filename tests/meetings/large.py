"""A meeting as large as the budget speaks of: 20 items with minutes, 60 institutions, long names."""

from datetime import UTC, datetime

from actors.directory.models import Actor, SpaceMember
from meetings.models import Attendance, Meeting, Minutes
from portal.core.html import paragraphs
from tests import factories

LONG = (
    "المصلحة التجريبية المكلفة بتتبع تنفيذ البرامج الاجتماعية والاقتصادية والثقافية لفائدة الفئات المعنية بتراب الجهة"
)
LONG_FR = (
    "Service d’essai chargé du suivi des programmes sociaux, économiques et culturels au profit des publics concernés"
)
WORDS = "نص تجريبي يصف ما دار حول هذه النقطة من تقديم ونقاش واقتراحات، مع الإحالة على الوثائق المرفقة. "


def large_meeting(*, items: int = 20, institutions: int = 60, **fields) -> Meeting:
    """A held, public meeting with adopted minutes; of every kind of institution, in every way of taking part."""
    organiser = factories.ActorFactory(name_ar="جمعية تجريبية للثقافة والتنمية", acronym="ATCD")
    meeting = factories.MeetingFactory(
        organiser=organiser,
        title_ar="لقاء تجريبي للتشاور حول تعزيز آليات التنسيق في مجال الهجرة",
        title_fr="Rencontre d’essai de concertation sur les mécanismes de coordination en matière de migration",
        place_ar="الناظور",
        place_fr="Nador",
        starts_at=datetime(2025, 9, 26, 8, 30, tzinfo=UTC),
        ends_at=datetime(2025, 9, 26, 18, tzinfo=UTC),
        state=Meeting.State.HELD,
        audience=Meeting.Audience.PUBLIC,
        **fields,
    )
    minutes = factories.MinutesFactory(
        meeting=meeting, state=Minutes.State.ADOPTED, adopted_at=datetime(2025, 10, 10, 9, tzinfo=UTC)
    )
    sections = []
    for number in range(1, items + 1):
        item = factories.AgendaItemFactory(
            meeting=meeting, position=number, title_ar=f"النقطة {number}: {LONG if number % 5 == 0 else 'عرض تجريبي'}"
        )
        html = paragraphs("\n\n".join(f"{number}.{part} {WORDS * 3}" for part in range(1, 4)))
        section = factories.MinutesSectionFactory(minutes=minutes, item=item, html=html, text="x", revision=1)
        sections.append(
            {
                "section": section.pk,
                "item": item.pk,
                "title_ar": item.title_ar,
                "title_fr": item.title_fr,
                "html": html,
                "text": "",
                "revision": 1,
            }
        )
    minutes.versions.create(number=1, sections=sections, adopted_at=minutes.adopted_at)
    kinds, statuses = Actor.Kind.values, Attendance.Status.values
    for number in range(institutions):
        status = statuses[number % len(statuses)]
        name = f"{LONG} {number}" if number % 7 == 0 else f"مؤسسة تجريبية {number}"
        actor = factories.ActorFactory(
            kind=kinds[number % len(kinds)],
            name_ar=name,
            name_fr=f"{LONG_FR} {number}" if number % 7 == 0 else f"Institution d’essai {number}",
        )
        factories.InvitationFactory(meeting=meeting, actor=actor)
        Attendance.objects.create(
            meeting=meeting,
            actor=actor,
            status=status,
            represented_by=organiser if status == "represented" else None,
            representative="رئيس(ة) المصلحة" if status == "present" else "",
        )
    if meeting.space:
        factories.SpaceMemberFactory(space=meeting.space, actor=organiser, part=SpaceMember.Part.CHAIR)
    return meeting
