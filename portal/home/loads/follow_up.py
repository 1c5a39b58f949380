"""Recommendations of the demonstration, in every state, with who leads them and what was reported."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from meetings.models import Meeting, MinutesRevision
from portal.core import history
from portal.core.acting import THE_PORTAL
from portal.core.dates import start_of
from portal.home.loads.records import PASSAGE
from portal.home.loads.world import World
from portal.reference.models import Axis, Council, Territory, Theme
from portal.reference.sessions import Sessions
from recommendations.models import Assignment, Evidence, FollowUp, Recommendation

State = Recommendation.State
LEAD, SUPPORT = Assignment.Part.LEAD, Assignment.Part.SUPPORT
WAITING, ACCEPTED, RETURNED = Assignment.Answer.WAITING, Assignment.Answer.ACCEPTED, Assignment.Answer.RETURNED

type Row = tuple[tuple[str, str, str], str, str, int, int | None, tuple[str, str] | None, tuple[str, ...]]
#: texts in three languages, axis, state, progress, days until due (None: none), lead and its answer, supports
FIRST_MEETING: list[Row] = [
    (
        (
            "إعداد بطاقة تحدد أدوار كل متدخل في استقبال المهاجرين وتوجيههم",
            "Établir une fiche des rôles de chaque intervenant dans l’accueil et l’orientation des migrants",
            "Draw up a sheet of each institution’s part in receiving and guiding migrants",
        ),
        "clarify_roles", State.IN_PROGRESS, 50, -3, ("demo-commune-a", ACCEPTED), ("demo-service-b",),
    ),
    (
        (
            "دعوة المصالح اللاممركزة إلى تعيين نقطة اتصال رسمية وأخرى نائبة عنها",
            "Inviter les services déconcentrés à désigner un point focal titulaire et un suppléant",
            "Invite the deconcentrated services to name a focal point and an alternate",
        ),
        "strengthen_coordination", State.ADOPTED, 0, 11, ("asticude", ACCEPTED), (),
    ),
    (
        (
            "إحداث لائحة مشتركة لنقاط الاتصال",
            "Tenir une liste commune des points focaux",
            "Keep a common list of focal points",
        ),
        "unite_efforts", State.DONE, 100, -24, ("demo-commune-a", ACCEPTED), (),
    ),
    (
        (
            "إدراج التعايش والتنوع الثقافي في برنامج التنشيط الثقافي للجماعة",
            "Inscrire la coexistence et la diversité culturelle dans l’animation culturelle de la commune",
            "Bring coexistence and cultural diversity into the commune’s cultural programme",
        ),
        "cross_cutting", State.BLOCKED, 25, -9, ("demo-commune-a", ACCEPTED), (),
    ),
    (
        (
            "عقد اجتماع لفضاء التنسيق كل ثلاثة أشهر",
            "Réunir l’espace de coordination tous les trois mois",
            "Hold a meeting of the space every three months",
        ),
        "strengthen_coordination", State.CONTINUOUS, 75, None, ("asticude", ACCEPTED), (),
    ),
    (
        (
            "إدراج محور الهجرة في تحيين برنامج عمل الجماعة",
            "Inscrire un axe migration dans l’actualisation du programme d’action de la commune",
            "Bring migration into the update of the commune’s programme of action",
        ),
        "mainstreaming", State.CONFIRMED, 100, -60, ("demo-commune-b", ACCEPTED), (),
    ),
    (
        (
            "نشر دليل موحد للخدمات المتاحة",
            "Publier un guide commun des services disponibles",
            "Publish a common guide to the services there are",
        ),
        "unite_efforts", State.CONTESTED, 75, 22, ("demo-service-a", ACCEPTED), ("demo-association-a",),
    ),
    (
        (
            "تنظيم زيارة ميدانية مشتركة",
            "Organiser une visite de terrain commune",
            "Organise a joint field visit",
        ),
        "unite_efforts", State.DROPPED, 0, None, None, (),
    ),
]  # fmt: skip
SECOND_MEETING: list[Row] = [
    (
        (
            "توحيد استمارة التوجيه بين الجماعات والجمعيات",
            "Adopter un formulaire d’orientation commun aux communes et aux associations",
            "Agree one orientation form for communes and associations",
        ),
        "unite_efforts", State.IN_PROGRESS, 75, 11, ("demo-commune-a", ACCEPTED), ("demo-association-a",),
    ),
    (
        (
            "تخصيص نقطة في دورة المجلس لعرض حصيلة التنسيق",
            "Inscrire à une session du conseil un point sur le bilan de la coordination",
            "Give the results of coordination an item in a council session",
        ),
        "mainstreaming", State.ADOPTED, 0, None, ("demo-commune-a", WAITING), (),
    ),
    (
        (
            "إعداد خريطة للفاعلين حسب مجالات التدخل",
            "Dresser la cartographie des acteurs par thématique",
            "Map the actors by theme",
        ),
        "clarify_roles", State.ADOPTED, 0, 40, ("demo-service-b", RETURNED), (),
    ),
    (
        (
            "تنظيم دورة تكوينية مشتركة لفائدة نقاط الاتصال",
            "Organiser une formation commune pour les points focaux",
            "Train the focal points together",
        ),
        "strengthen_coordination", State.DRAFT, 0, None, None, (),
    ),
]  # fmt: skip


def fill(world: World, first: Meeting, second: Meeting) -> None:
    """Leads and deadlines for the consultation's recommendations, and two meetings' worth of demonstration ones."""
    _lead_consultation(world)
    for meeting, rows in ((first, FIRST_MEETING), (second, SECOND_MEETING)):
        for number, row in enumerate(rows, start=1):
            _recommendation(world, meeting, number, *row)


def _lead_consultation(world: World) -> None:
    leads = {
        "R1": ("demo-commune-b", 60),
        "R2": ("demo-association-a", 90),
        "R3": ("demo-service-a", 75),
        "R4": ("demo-faculty", 120),
    }
    for recommendation in Recommendation.objects.filter(meeting__reference="ASTICUDE-2025-01"):
        slug, days = leads[recommendation.short_reference]
        if recommendation.assignments.exists():
            continue
        world.load.add(
            Assignment, {"part": LEAD, "answer": ACCEPTED}, recommendation=recommendation, actor=world.actors[slug]
        )
        recommendation.due_on = world.day + timedelta(days=days)
        history.save(recommendation, by=THE_PORTAL)
        if recommendation.short_reference == "R1":
            _report(world, recommendation, State.IN_PROGRESS, 25, slug, world.day - timedelta(days=30))


def _recommendation(
    world: World,
    meeting: Meeting,
    number: int,
    texts: tuple[str, str, str],
    axis: str,
    state: str,
    progress: int,
    due: int | None,
    lead: tuple[str, str] | None,
    supports: tuple[str, ...],
) -> None:
    adopted = None if state == State.DRAFT else meeting.ends_at
    quote = MinutesRevision.objects.filter(section__minutes__meeting=meeting, text__contains=PASSAGE).first()
    session = due is None and lead is not None and lead[1] == WAITING
    values: dict[str, Any] = {
        "text_ar": texts[0],
        "text_fr": texts[1],
        "text_en": texts[2],
        "meeting": meeting,
        "space": meeting.space,
        "item": meeting.items.filter(kind="decision").first(),
        "axis": Axis.objects.filter(code=axis).first(),
        "territory": Territory.objects.filter(code="02.381").first(),
        "due_on": _due(world.day, due, session),
        "due_council": Council.COMMUNE if session else "",
        "state": State.DRAFT if state == State.DRAFT else State.ADOPTED,
        "adopted_at": adopted,
        "last_news_at": adopted,
        "created_at": meeting.starts_at,
    }
    if quote and number == 1:
        values |= {"quote_revision": quote, "quote_text": PASSAGE, "quote_offset": quote.text.index(PASSAGE)}
    row = world.load.add(Recommendation, values, reference=f"{meeting.reference}-R{number}")
    row.themes.set(Theme.objects.filter(code="governance_communication"))
    if lead is not None:
        reason = "نموذج: موضوع خارج الاختصاص" if lead[1] == RETURNED else ""
        answer = {"part": LEAD, "answer": lead[1], "return_reason": reason}
        world.load.add(Assignment, answer, recommendation=row, actor=world.actors[lead[0]])
    for slug in supports:
        world.load.add(Assignment, {"part": SUPPORT, "answer": ACCEPTED}, recommendation=row, actor=world.actors[slug])
    _bring_to(world, row, state, progress, lead[0] if lead else "")


def _due(day: date, days: int | None, session: bool) -> date | None:
    if session:
        return Sessions().coming(Council.COMMUNE, day, 1)[0].last
    return None if days is None else day + timedelta(days=days)


def _bring_to(world: World, row: Recommendation, state: str, progress: int, lead: str) -> None:
    """The entries that lead to the state, as the institutions would have written them."""
    if state == State.DROPPED:
        _entry(world, row, FollowUp.Kind.DROP, state, 100, account="نموذج: ضُمّت إلى توصية أخرى")
        history.move(row, state, by=world.people["secretariat"], drop_reason="نموذج: ضُمّت إلى توصية أخرى")
    elif state in {State.DONE, State.CONFIRMED, State.CONTESTED}:
        _report(world, row, State.IN_PROGRESS, 50, lead, world.day - timedelta(days=60))
        _report(world, row, State.DONE, 100, lead, world.day - timedelta(days=4))
        if state == State.CONFIRMED:
            _entry(world, row, FollowUp.Kind.CONFIRMATION, state, 2)
            history.move(row, state, by=world.people["secretariat"])
        elif state == State.CONTESTED:
            _entry(world, row, FollowUp.Kind.CONTEST, state, 2, account="نموذج: الدليل المرفق يهم سنة سابقة")
            history.move(row, state, by=world.people["secretariat"], progress=progress)
    elif state not in {State.DRAFT, State.ADOPTED}:
        days = 75 if state == State.CONTINUOUS else 12
        _report(world, row, state, progress, lead, world.day - timedelta(days=days))


def _report(world: World, row: Recommendation, state: str, progress: int, slug: str, day: date) -> None:
    at = start_of(day, time(11))
    obstacle = FollowUp.Obstacle.SESSION if state == State.BLOCKED else FollowUp.Obstacle.NONE
    entry = FollowUp(
        recommendation=row,
        on_behalf_of=world.actors[slug],
        new_state=state,
        progress=progress,
        account="نموذج: عُقدت جلسة عمل وأُعدت الوثيقة المطلوبة.",
        obstacle=obstacle,
        drafted_at=at,
        cleared_at=at,
        drafted_by=world.people["officer"] if slug == "demo-commune-a" else None,
    )
    history.save(entry, by=THE_PORTAL)
    if state == State.DONE:
        Evidence.objects.create(follow_up=entry, title="وثيقة تجريبية مثبتة للإنجاز", link="https://example.org/demo")
    changes: dict[str, Any] = {"progress": progress, "last_news_at": at}
    if state == State.DONE:
        changes["done_at"] = at
    history.move(row, state, by=THE_PORTAL, **changes)


def _entry(world: World, row: Recommendation, kind: str, state: str, days: int, account: str = "") -> None:
    at = start_of(world.day - timedelta(days=days), time(12))
    entry = FollowUp(
        recommendation=row,
        kind=kind,
        on_behalf_of=world.actors["asticude"],
        new_state=state,
        account=account,
        drafted_at=at,
        cleared_at=at,
        drafted_by=world.people["secretariat"],
    )
    history.save(entry, by=THE_PORTAL)
