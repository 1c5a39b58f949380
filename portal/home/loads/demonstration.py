"""A demonstration around the consultation: invented institutions, accounts, meetings and follow-up.

Whatever the sources leave open is filled here with institutions that say in their name that they are for
demonstration; nothing is put into the mouth of a real one, except the two parts the demonstration needs: ASTICUDE
keeps the secretariat of the inter-communal space, and its consultation gets demonstration participants.
Days hang on the day of loading, so that something is always late, near and waiting.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from actors.directory.models import Actor, Contact, FocalPoint, Membership, Space, SpaceMember
from meetings.models import AgendaItem, Invitation, Meeting
from portal.accounts.models import User
from portal.core.dates import start_of, today
from portal.core.search import reindex
from portal.home.loads import follow_up, records, roles
from portal.home.loads.consultation import PROVINCE, Load
from portal.home.loads.world import World
from portal.reference.models import Territory, Theme
from recommendations.models import Recommendation

PASSWORD = "nador-tansiq-2026"  # noqa: S105 - a demonstration's password, printed for whoever runs it
ACCOUNTS = [
    ("admin@demo.test", "administrator of the directory"),
    ("secretariat@demo.test", "ASTICUDE: organiser of the consultation, secretariat of the inter-communal space"),
    ("officer@demo.test", "contributor of جماعة تجريبية أ, a commune of the space"),
    ("member@demo.test", "مصلحة تجريبية ب, another member of the space"),
    ("outsider@demo.test", "an institution with no space"),
]
COMMUNE, SERVICE = Actor.Kind.COMMUNE, Actor.Kind.DECONCENTRATED_SERVICE
ASSOCIATION, UNIVERSITY = Actor.Kind.ASSOCIATION, Actor.Kind.UNIVERSITY
#: slug: kind, Arabic, French and English names
INSTITUTIONS = {
    "demo-commune-a": (COMMUNE, "جماعة تجريبية أ", "Commune d’essai A", "Demonstration commune A"),
    "demo-commune-b": (COMMUNE, "جماعة تجريبية ب", "Commune d’essai B", "Demonstration commune B"),
    "demo-commune-c": (COMMUNE, "جماعة تجريبية ج", "Commune d’essai C", "Demonstration commune C"),
    "demo-service-a": (SERVICE, "مصلحة تجريبية أ", "Service d’essai A", "Demonstration service A"),
    "demo-service-b": (SERVICE, "مصلحة تجريبية ب", "Service d’essai B", "Demonstration service B"),
    "demo-association-a": (ASSOCIATION, "جمعية تجريبية أ", "Association d’essai A", "Demonstration association A"),
    "demo-association-b": (ASSOCIATION, "جمعية تجريبية ب", "Association d’essai B", "Demonstration association B"),
    "demo-faculty": (UNIVERSITY, "كلية تجريبية", "Faculté d’essai", "Demonstration faculty"),
    "demo-outside": (
        ASSOCIATION,
        "جمعية تجريبية خارج الفضاءات",
        "Association d’essai hors espace",
        "Demonstration association with no space",
    ),
}
THEMES = {
    "demo-commune-a": ("education_culture", "governance_communication"),
    "demo-service-a": ("health",),
    "demo-service-b": ("social_humanitarian",),
}


@transaction.atomic
def load_demonstration() -> list[str]:
    """Load the demonstration over the consultation; returns one line for each row added (none on a second run)."""
    load = Load()
    actors = {slug: _institution(load, slug, *names) for slug, names in INSTITUTIONS.items()}
    actors["asticude"] = Actor.objects.get(slug="asticude")
    space, civil_space = Space.objects.get(code="NDR"), Space.objects.get(code="NDC")
    world = World(load, today(), actors, _people(load, actors), space, civil_space)
    _rosters(world)
    if load.added:
        records.fill_consultation(world)
        first, second = _first_meeting(world), _second_meeting(world)
        _coming_meetings(world)
        follow_up.fill(world, first, second)
        roles.fill(world)
    for model in (Actor, Space, Meeting, Recommendation):
        reindex(model._default_manager.all())
    return load.added


def _institution(load: Load, slug: str, kind: str, name_ar: str, name_fr: str, name_en: str) -> Actor:
    values = {
        "kind": kind,
        "name_ar": name_ar,
        "name_fr": name_fr,
        "name_en": name_en,
        "state": Actor.State.PUBLISHED,
        "confirmed_on": today(),
        "confirmed_mailbox": f"{slug}@demo.test",
    }
    actor = load.add(Actor, values, slug=slug)
    if not actor.areas.exists():
        actor.areas.set(Territory.objects.filter(code=PROVINCE))
        actor.themes.set(Theme.objects.filter(code__in=THEMES.get(slug, ())))
    contact = load.add(
        Contact,
        {"role_fr": "Bureau d’ordre", "email": f"{slug}@demo.test", "audience": Contact.Audience.PUBLIC},
        actor=actor,
        role_ar="مكتب الضبط",
    )
    load.add(FocalPoint, {}, actor=actor, contact=contact, part=FocalPoint.Part.ALTERNATE)
    return actor


def _people(load: Load, actors: dict[str, Actor]) -> dict[str, User]:
    managers = {"secretariat": "asticude", "outsider": "demo-outside"}
    contributors = {"officer": "demo-commune-a", "member": "demo-service-b"}
    names = {
        "admin": "مشرف على البوابة",
        "secretariat": "كتابة الفضاء",
        "officer": "مكلف بالتتبع",
        "member": "عضو بالفضاء",
        "outsider": "مؤسسة خارج الفضاءات",
    }
    people = {}
    for key, name in names.items():
        user = User.objects.filter(email=f"{key}@demo.test").first()
        if user is None:
            user = User.objects.create_user(f"{key}@demo.test", PASSWORD, name=name, is_administrator=key == "admin")
            load.added.append(f"user: {user.email}")
        people[key] = user
    for part, holders in ((Membership.Part.MANAGER, managers), (Membership.Part.CONTRIBUTOR, contributors)):
        for key, slug in holders.items():
            load.add(Membership, {}, actor=actors[slug], user=people[key], part=part)
            contact = load.add(
                Contact,
                {
                    "role_fr": "Chargé du suivi",
                    "email": people[key].email,
                    "user": people[key],
                    "audience": Contact.Audience.MEMBERS,
                },
                actor=actors[slug],
                role_ar="المكلف بالتتبع",
            )
            load.add(FocalPoint, {}, actor=actors[slug], contact=contact, part=FocalPoint.Part.HOLDER)
    return people


def _rosters(world: World) -> None:
    parts = {
        world.space: {
            "asticude": SpaceMember.Part.SECRETARIAT,
            "demo-commune-b": SpaceMember.Part.CHAIR,
            "demo-commune-a": SpaceMember.Part.MEMBER,
            "demo-commune-c": SpaceMember.Part.MEMBER,
            "demo-service-a": SpaceMember.Part.MEMBER,
            "demo-service-b": SpaceMember.Part.MEMBER,
            "demo-association-a": SpaceMember.Part.MEMBER,
            "demo-faculty": SpaceMember.Part.OBSERVER,
        },
        world.civil_space: {
            "demo-association-a": SpaceMember.Part.SECRETARIAT,
            "demo-association-b": SpaceMember.Part.MEMBER,
            "asticude": SpaceMember.Part.MEMBER,
        },
    }
    for space, members in parts.items():
        for slug, part in members.items():
            world.load.add(SpaceMember, {"part": part}, space=space, actor=world.actors[slug])


def working(day: date, hour: int = 10) -> datetime:
    """The instant of that hour on that day, moved off a weekend to the Monday."""
    return start_of(day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0), time(hour))


def space_meeting(world: World, days: int, titles: tuple[str, str, str], **values: Any) -> Meeting:
    """A meeting of the inter-communal space so many days from today (negative: before), with its usual items."""
    space = values.pop("space", world.space)
    begins = working(world.day + timedelta(days=days))
    year = begins.year
    number = Meeting.objects.filter(reference__startswith=f"{space.code}-{year}-").count() + 1
    values = {
        "title_ar": titles[0],
        "title_fr": titles[1],
        "title_en": titles[2],
        "organiser": world.actors["asticude"],
        "space": space,
        "kind": Meeting.Kind.ORDINARY,
        "starts_at": begins,
        "ends_at": begins + timedelta(hours=3),
        "place_ar": "مقر جماعة تجريبية ب",
        "place_fr": "Siège de la commune d’essai B",
        "place_en": "Seat of demonstration commune B",
        "territory": Territory.objects.filter(code=PROVINCE).first(),
        "audience": Meeting.Audience.PUBLIC,
        "created_at": begins - timedelta(days=30),
    } | values
    meeting = world.load.add(Meeting, values, reference=f"{space.code}-{year}-{number:02d}")
    items = (
        (15, AgendaItem.Kind.OPENING, "كلمة الرئاسة", "Mot de la présidence", "Words of the chair"),
        (
            60,
            AgendaItem.Kind.PRESENTATION,
            "وضعية تنفيذ التوصيات السابقة",
            "État d’avancement des recommandations",
            "Where earlier recommendations stand",
        ),
        (60, AgendaItem.Kind.DISCUSSION, "نقاش عام", "Débat", "Discussion"),
        (
            45,
            AgendaItem.Kind.DECISION,
            "اعتماد التوصيات",
            "Adoption des recommandations",
            "Adoption of recommendations",
        ),
    )
    for position, (minutes, kind, *title) in enumerate(items, start=1):
        named = dict(zip(("title_ar", "title_fr", "title_en"), title, strict=True))
        world.load.add(
            AgendaItem, {**named, "minutes_planned": minutes, "kind": kind}, meeting=meeting, position=position
        )
    return meeting


FIRST = (
    "الاجتماع الأول لفضاء التنسيق البين جماعاتي بالناظور",
    "Première réunion de l’espace de coordination intercommunal de Nador",
    "First meeting of the inter-communal coordination space in Nador",
)
SECOND = (
    "الاجتماع الثاني لفضاء التنسيق البين جماعاتي بالناظور",
    "Deuxième réunion de l’espace de coordination intercommunal de Nador",
    "Second meeting of the inter-communal coordination space in Nador",
)
THIRD = (
    "الاجتماع الثالث لفضاء التنسيق البين جماعاتي بالناظور",
    "Troisième réunion de l’espace de coordination intercommunal de Nador",
    "Third meeting of the inter-communal coordination space in Nador",
)
WORKSHOP = (
    "ورشة حول استمارة موحدة للتوجيه",
    "Atelier sur un formulaire d’orientation commun",
    "Workshop on a common orientation form",
)
CIVIL = (
    "اجتماع الفضاء المحلي لمنظمات المجتمع المدني",
    "Réunion de l’espace local des organisations de la société civile",
    "Meeting of the local space of civil society organisations",
)


def _first_meeting(world: World) -> Meeting:
    meeting = space_meeting(world, -250, FIRST, state=Meeting.State.CLOSED)
    records.participants(world, meeting)
    records.minutes(world, meeting, adopted=meeting.ends_at + timedelta(days=12))
    return meeting


def _second_meeting(world: World) -> Meeting:
    meeting = space_meeting(world, -20, SECOND, state=Meeting.State.HELD)
    records.participants(world, meeting)
    records.minutes(world, meeting, until=world.day + timedelta(days=8))
    return meeting


def _coming_meetings(world: World) -> None:
    coming = space_meeting(world, 10, THIRD, state=Meeting.State.ANNOUNCED, created_at=start_of(world.day, time(8)))
    answers = {"demo-commune-b": Invitation.Answer.CONFIRMED, "demo-commune-c": Invitation.Answer.DECLINED}
    for slug in (
        "demo-commune-a",
        "demo-commune-b",
        "demo-commune-c",
        "demo-service-a",
        "demo-service-b",
        "demo-faculty",
    ):
        answer = answers.get(slug, Invitation.Answer.NONE)
        values = {
            "sent_at": start_of(world.day, time(9)),
            "answer": answer,
            "answered_at": start_of(world.day, time(9)) if slug in answers else None,
        }
        world.load.add(Invitation, values, meeting=coming, actor=world.actors[slug])
    space_meeting(
        world, 45, WORKSHOP, state=Meeting.State.DRAFT, kind=Meeting.Kind.WORKSHOP, audience=Meeting.Audience.MEMBERS
    )
    space_meeting(
        world,
        -5,
        CIVIL,
        state=Meeting.State.POSTPONED,
        space=world.civil_space,
        organiser=world.actors["demo-association-a"],
        state_reason="نموذج: تأجيل إلى موعد لاحق",
        audience=Meeting.Audience.MEMBERS,
    )
