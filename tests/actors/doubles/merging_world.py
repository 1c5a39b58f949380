"""Two sheets of one institution with one of everything on each, and what all tables hold, for the tests of merging."""

from datetime import UTC, date, datetime
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from simple_history.models import HistoricalChanges

from actors.directory.models import Actor, Contact, FocalPoint, HandOver, Membership, ProposedChange, SpaceMember
from actors.doubles.models import Double, Merge
from actors.imports.models import ActorImport, ImportRow
from actors.roles.models import Responsibility
from meetings.models import Attendance, Document, Meeting, MinutesReview, Project
from portal.core.rows import whole
from portal.core.search import reindex_all
from portal.notifications.models import LedgerEntry, Notification
from portal.reference.models import Territory
from recommendations.models import Evidence, FollowUp
from tests import factories

OURS = (
    "directory",
    "doubles",
    "roles",
    "imports",
    "meetings",
    "recommendations",
    "notifications",
    "accounts",
    "reference",
)
LONG_AGO = datetime(2024, 3, 1, 9, tzinfo=UTC)


def everything() -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row of every table of ours, but for histories and what a merge writes about itself."""
    tables = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OURS and not issubclass(model, HistoricalChanges)
    ]
    return {
        model._meta.label: {row.pk: whole(row) for row in model._base_manager.all()}
        for model in tables
        if model is not Merge
    }


def differences(before: dict, after: dict) -> list[str]:
    """What two readings of everything do not have in common, in words short enough to read."""
    found = []
    for label, rows in before.items():
        for pk in rows.keys() | after[label].keys():
            old, new = rows.get(pk), after[label].get(pk)
            if old is None or new is None:
                found.append(f"{label} {pk}: {'new' if old is None else 'gone'}")
            else:
                found += [
                    f"{label} {pk}.{name}: {old[name]!r} -> {new[name]!r}" for name in old if old[name] != new[name]
                ]
    return sorted(found)


class World:
    """`winner` and `loser`, and everything that names one, the other or both."""

    def __init__(self) -> None:
        self.themes = [factories.ThemeFactory(name_ar=f"مجال الدمج {n}") for n in range(3)]
        self.places = _places()
        self.winner = factories.ActorFactory(
            slug="asticude-nador", name_ar="جمعية ثسغناس للثقافة والتنمية", name_fr="", acronym="ASTICUDE",
            seat=self.places[0], aliases=["ثسغناس"], notes="الملف الأول", confirmed_on=None,
        )  # fmt: skip
        self.loser = factories.ActorFactory(
            slug="tisghnas", name_ar="جمعية تسغناس", name_fr="Association Thissaghnasse", acronym="THIS",
            seat=self.places[0], aliases=["تسغناس الناظور"], notes="الملف الثاني", confirmed_on=date(2026, 5, 4),
            website="https://thissaghnasse.example.org/",
        )  # fmt: skip
        self.third = factories.ActorFactory(slug="third", name_ar="جماعة ثالثة", kind=Actor.Kind.COMMUNE)
        self.winner.areas.set(self.places[:1])
        self.loser.areas.set(self.places)
        self.winner.themes.set(self.themes[:2])
        self.loser.themes.set(self.themes[1:])
        self.both = (self.winner, self.loser)
        self._people()
        self._directory()
        self._meetings()
        self._recommendations()
        self._post()
        reindex_all()

    def _people(self) -> None:
        self.common, self.own, self.theirs = (factories.UserFactory() for _ in range(3))
        for actor in self.both:
            factories.MembershipFactory(
                actor=actor, user=self.common, part=Membership.Part.MANAGER,
                starts_on=date(2026, 1, 1) if actor is self.winner else date(2024, 1, 1),
                job_title="" if actor is self.winner else "مديرة",
            )  # fmt: skip
        factories.MembershipFactory(actor=self.winner, user=self.own)
        factories.MembershipFactory(actor=self.loser, user=self.theirs)
        factories.MembershipFactory(actor=self.loser, user=self.own, part=Membership.Part.VALIDATOR)

    def _directory(self) -> None:
        winner, loser = self.both
        shared = {"email": "contact@asticude.example.org", "role_ar": "الكتابة", "role_fr": ""}
        self.contact = factories.ContactFactory(actor=winner, **shared)
        self.same_contact = factories.ContactFactory(
            actor=loser, **shared | {"email": "Contact@asticude.example.org"}, phone="+212536000269"
        )
        self.other_contact = factories.ContactFactory(actor=loser, email="autre@asticude.example.org")
        self.private_contact = factories.ContactFactory(
            actor=loser, email="contact@asticude.example.org", phone="+212661000269",
            audience=Contact.Audience.ADMINISTRATORS,
        )  # fmt: skip
        started = date(2025, 1, 1)
        factories.FocalPointFactory(contact=self.contact, starts_on=started)
        factories.FocalPointFactory(contact=self.same_contact, starts_on=started, part=FocalPoint.Part.HOLDER)
        factories.FocalPointFactory(contact=self.other_contact, starts_on=started, part=FocalPoint.Part.HOLDER)
        factories.FocalPointFactory(contact=self.private_contact, starts_on=date(2020, 1, 1), ends_on=date(2021, 1, 1))
        for actor, contact in ((winner, self.contact), (loser, self.same_contact)):
            HandOver.objects.create(
                actor=actor, from_contact=contact, to_contact=self.other_contact, day=date(2026, 2, 1)
            )
        child = factories.ActorFactory(slug="child", parent=loser)
        self.earlier = factories.ActorFactory(slug="earlier", state=Actor.State.ARCHIVED, merged_into=loser)
        Double.objects.create(first=winner, second=loser, score=90, reasons=["same_domain"])
        Double.objects.create(first=loser, second=child, score=55, reasons=["same_place"])
        self.space, self.other_space = (
            factories.SpaceFactory(code="MRG", host=loser),
            factories.SpaceFactory(code="OTH"),
        )
        factories.SpaceMemberFactory(space=self.space, actor=winner, starts_on=date(2025, 1, 1))
        factories.SpaceMemberFactory(
            space=self.space, actor=loser, part=SpaceMember.Part.CHAIR, starts_on=date(2024, 1, 1)
        )
        factories.SpaceMemberFactory(space=self.other_space, actor=loser)
        self._roles(winner, loser)
        self._imports_and_proposals(winner, loser)

    def _roles(self, winner: Actor, loser: Actor) -> None:
        place = self.places[0]
        Responsibility.objects.create(
            actor=winner, theme=self.themes[0], territory=place, part=Responsibility.Part.LEADS
        )
        Responsibility.objects.create(
            actor=loser, theme=self.themes[0], territory=place, part=Responsibility.Part.SUPPORTS,
            answer=Responsibility.Answer.CONFIRMED, answered_on=date(2026, 3, 3), basis=Responsibility.Basis.LETTER,
        )  # fmt: skip
        Responsibility.objects.create(actor=loser, theme=self.themes[1], territory=place)
        Responsibility.objects.create(
            actor=loser, theme=self.themes[0], territory=place, starts_on=date(2020, 1, 1), ends_on=date(2021, 1, 1)
        )

    def _imports_and_proposals(self, winner: Actor, loser: Actor) -> None:
        run = ActorImport.objects.create(file_name="liste.xlsx")
        ImportRow.objects.create(
            run=run, number=1, line=1, verdict=ImportRow.Verdict.CHANGES, actor=loser, candidates=[{"actor": loser.pk}]
        )
        self.brought_in = ImportRow.objects.create(
            run=run, number=2, line=2, verdict=ImportRow.Verdict.NEW, actor=loser, outcome=ImportRow.Outcome.ADDED
        )
        ImportRow.objects.create(
            run=run, number=3, line=3, verdict=ImportRow.Verdict.LOOKS_LIKE,
            candidates=[{"actor": loser.pk}, {"row": loser.pk}, {"actor": int(f"{loser.pk}0")}],
        )  # fmt: skip
        for actor in self.both:
            ProposedChange.objects.create(actor=actor, values={"name_fr": ["", "Autre"]}, proposed_by=self.own)
        ProposedChange.objects.create(
            actor=loser, values={"kind": ["other", "association"]}, state=ProposedChange.State.ACCEPTED
        )

    def _meetings(self) -> None:
        winner, loser = self.both
        self.project = Project.objects.create(slug="projet", lead=loser, name_ar="مشروع تجريبي")
        self.meeting = factories.MeetingFactory(
            organiser=loser, space=self.space, project=self.project, state=Meeting.State.HELD
        )
        self.second = factories.MeetingFactory(organiser=winner, state=Meeting.State.HELD)
        self.third_meeting = factories.MeetingFactory(organiser=self.third, state=Meeting.State.HELD)
        factories.InvitationFactory(meeting=self.meeting, actor=winner, sent_at=datetime(2026, 11, 3, 9, tzinfo=UTC))
        factories.InvitationFactory(
            meeting=self.meeting, actor=loser, answer="confirmed", represented_by=self.same_contact,
            representative="رئيسة الجمعية", answered_at=datetime(2026, 11, 5, 9, tzinfo=UTC), answered_by=self.theirs,
        )  # fmt: skip
        factories.InvitationFactory(meeting=self.second, actor=loser, answer="declined")
        item = factories.AgendaItemFactory(meeting=self.meeting)
        item.presenters.set(self.both)
        factories.AgendaItemFactory(meeting=self.second).presenters.set([loser, self.third])
        self._attendance(winner, loser)
        minutes = factories.MinutesFactory(meeting=self.meeting)
        for actor, answer, text in ((winner, "approves", ""), (loser, "remarks", "تصحيح الاسم")):
            MinutesReview.objects.create(minutes=minutes, version=1, actor=actor, answer=answer, text=text)
        MinutesReview.objects.create(minutes=minutes, version=1, circulation=2, actor=loser, answer="approves")
        Document.objects.create(meeting=self.meeting, item=item, title="عرض", file_name="a.pdf")

    def _attendance(self, winner: Actor, loser: Actor) -> None:
        Attendance.objects.create(meeting=self.meeting, actor=winner, status="absent")
        Attendance.objects.create(meeting=self.meeting, actor=loser, status="present", representative="الكاتبة")
        Attendance.objects.create(meeting=self.meeting, actor=self.third, status="represented", represented_by=loser)
        Attendance.objects.create(meeting=self.second, actor=loser, status="represented", represented_by=winner)
        Attendance.objects.create(meeting=self.third_meeting, actor=winner, status="represented", represented_by=loser)
        Attendance.objects.update(recorded_at=LONG_AGO)

    def _recommendations(self) -> None:
        winner, loser = self.both
        rows = [factories.RecommendationFactory(meeting=self.meeting) for _ in range(4)]
        factories.AssignmentFactory(recommendation=rows[0], actor=winner, part="support", answer="waiting")
        factories.AssignmentFactory(recommendation=rows[0], actor=loser, part="lead", answer="accepted")
        factories.AssignmentFactory(recommendation=rows[1], actor=loser, part="support")
        factories.AssignmentFactory(
            recommendation=rows[2], actor=winner, answer="returned", return_reason="خارج الاختصاص", suggestion=loser
        )
        factories.AssignmentFactory(
            recommendation=rows[3], actor=self.third, answer="returned", return_reason="خارج", suggestion=loser
        )
        factories.AssignmentFactory(
            recommendation=rows[3], actor=loser, answer="returned", return_reason="خارج", part="support"
        )
        self.led = rows[0]
        entry = FollowUp.objects.create(
            recommendation=rows[0], on_behalf_of=loser, new_state="in_progress", drafted_at=LONG_AGO
        )
        Evidence.objects.create(follow_up=entry, link="https://example.org/")

    def _post(self) -> None:
        kind = ContentType.objects.get_for_model(Actor)
        for number, actor in enumerate(self.both):
            told = Notification.objects.create(
                user=self.common, email=self.common.email, language="ar", kind="directory.sheet_stale", about=actor,
                path=f"/ar/actors/{actor.slug}/", next_attempt_at=LONG_AGO, created_at=LONG_AGO,
            )  # fmt: skip
            for occurrence in ("2026-05-04", f"2026-06-0{number + 1}"):
                LedgerEntry.objects.create(
                    content_type=kind, object_id=str(actor.pk), rung="sheet_stale", occurrence=occurrence,
                    recipient_key=f"user:{self.common.pk}", outcome="sent", due_at=LONG_AGO, created_at=LONG_AGO,
                    notification=told,
                )  # fmt: skip
        kind = ContentType.objects.get_for_model(Meeting)
        for contact, rung in ((self.contact, "first"), (self.same_contact, "first"), (self.same_contact, "second")):
            LedgerEntry.objects.create(
                content_type=kind, object_id=str(self.meeting.pk), rung=rung, occurrence="2026-12-04", outcome="sent",
                recipient_key=f"contact:{contact.pk}", due_at=LONG_AGO, created_at=LONG_AGO,
            )  # fmt: skip


def _places() -> list[Territory]:
    rows = (("02", "region"), ("02.381", "province"), ("02.381.01.03", "commune"))
    return [
        Territory.objects.get_or_create(
            code=code, defaults={"level": level, "kind": level, "name_ar": f"مكان {code}", "name_fr": code}
        )[0]
        for code, level in reversed(rows)
    ]
