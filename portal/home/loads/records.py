"""Participants and minutes of the demonstration's meetings."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from meetings.models import (
    Attendance,
    Invitation,
    Meeting,
    Minutes,
    MinutesReview,
    MinutesRevision,
    MinutesSection,
    MinutesVersion,
)
from meetings.rules.adopted import frozen
from portal.core import history
from portal.core.dates import start_of, today
from portal.core.html import paragraphs
from portal.home.loads.world import World

STATUSES = {
    "demo-commune-a": Attendance.Status.PRESENT,
    "demo-commune-b": Attendance.Status.PRESENT,
    "demo-commune-c": Attendance.Status.EXCUSED,
    "demo-service-a": Attendance.Status.LATE,
    "demo-service-b": Attendance.Status.PRESENT,
    "demo-association-a": Attendance.Status.PRESENT,
    "demo-association-b": Attendance.Status.REPRESENTED,
    "demo-faculty": Attendance.Status.ABSENT,
}
QUALITIES = {
    "demo-commune-a": "المكلف بالتتبع",
    "demo-commune-b": "رئاسة المجلس",
    "demo-service-b": "نقطة الاتصال الرسمية",
}
TEXTS = (
    "نص تجريبي: هنا يُدوَّن ما دار حول النقطة، فقرةً فقرة، بلغة المحضر، مع الإشارة إلى الوثائق المرفقة.",
    "نص تجريبي: تؤكد المؤسسات الحاضرة أهمية مواصلة التنسيق وضرورة تتبع ما اتُّفق عليه.",
)
PASSAGE = "نص تجريبي: هنا الفقرة التي استُخلصت منها التوصية."


def participants(world: World, meeting: Meeting) -> None:
    """Invitations sent and answered, and who came."""
    sent = meeting.starts_at - timedelta(days=14)
    for slug, status in STATUSES.items():
        came = status in Attendance.HERE
        answer = Invitation.Answer.CONFIRMED if came else Invitation.Answer.NONE
        if status == Attendance.Status.EXCUSED:
            answer = Invitation.Answer.DECLINED
        answered = None if answer == Invitation.Answer.NONE else sent + timedelta(days=3)
        world.load.add(
            Invitation,
            {"sent_at": sent, "answer": answer, "answered_at": answered},
            meeting=meeting,
            actor=world.actors[slug],
        )
        by = world.actors["demo-association-a"] if status == Attendance.Status.REPRESENTED else None
        values = {"status": status, "represented_by": by, "representative": QUALITIES.get(slug, "")}
        world.load.add(Attendance, values, meeting=meeting, actor=world.actors[slug])


def minutes(world: World, meeting: Meeting, *, adopted: datetime | None = None, until: date | None = None) -> Minutes:
    """Minutes item by item: adopted on a day, or circulated until one."""
    circulated = (adopted - timedelta(days=9)) if adopted else start_of(today()) - timedelta(days=3)
    values = {
        "state": Minutes.State.ADOPTED if adopted else Minutes.State.CIRCULATED,
        "circulated_at": circulated,
        "circulation": 1,
        "remarks_until": until or (circulated + timedelta(days=7)).date(),
        "adopted_at": adopted,
    }
    record = world.load.add(Minutes, values, meeting=meeting)
    sections = []
    for number, item in enumerate(meeting.items.all(), start=1):
        text = "\n\n".join((*TEXTS, PASSAGE) if item.kind == "decision" else TEXTS)
        section = world.load.add(
            MinutesSection, {"html": paragraphs(text), "text": text, "revision": 1}, minutes=record, item=item
        )
        MinutesRevision.objects.get_or_create(
            section=section,
            number=1,
            defaults={"html": section.html, "text": text, "saved_by": world.people["secretariat"]},
        )
        titles = {"title_ar": item.title_ar, "title_fr": item.title_fr, "title_en": item.title_en}
        place = {"item": item.pk, "number": number, "section": section.pk}
        sections.append({**place, **titles, "html": section.html, "text": text, "revision": 1})
    if adopted:
        MinutesVersion.objects.get_or_create(
            minutes=record,
            number=1,
            defaults={
                "sections": sections,
                "facts": frozen(meeting),
                "adopted_at": adopted,
                "adopted_by": world.people["secretariat"],
            },
        )
    else:
        review = {"answer": MinutesReview.Answer.APPROVES}
        world.load.add(MinutesReview, review, minutes=record, version=1, actor=world.actors["demo-commune-b"])
    return record


def fill_consultation(world: World) -> None:
    """Demonstration participants and minutes for the consultation, and its file closed."""
    meeting = Meeting.objects.get(reference="ASTICUDE-2025-01")
    participants(world, meeting)
    minutes(world, meeting, adopted=meeting.ends_at + timedelta(days=14))
    if meeting.state == Meeting.State.HELD:
        history.move(meeting, Meeting.State.CLOSED, by=world.people["secretariat"])
