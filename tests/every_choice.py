"""A world in which every value of every choice stands somewhere: one meeting, and what hangs on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count, cycle, product
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Choices

from actors.directory.models import (
    AccountOffer,
    Actor,
    Contact,
    FocalPoint,
    HandOver,
    Membership,
    Printout,
    ProposedChange,
    Space,
    SpaceMember,
)
from actors.doubles.models import Double, DoubleSearch
from actors.imports.models import ActorImport, ImportRow
from actors.roles.models import Responsibility
from meetings.models import AgendaItem, Attendance, Document, Invitation, Meeting, Minutes, MinutesReview, Report
from portal.accounts.models import AccountEvent, User
from portal.core.models import FileFault
from portal.core.work import Work
from portal.notifications.models import LedgerEntry, Notification
from portal.reference.models import Council, Territory
from recommendations.models import Assignment, FollowUp, Recommendation
from tests import factories

HELD_AT, NOW = datetime(2026, 11, 13, 10, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)
#: how far a worker is, with whatever waits for one
STEPS = cycle(Work.Step)


@dataclass
class World:
    """The meeting with everything, those of every state, the institutions by how they took part, and who reads."""

    readers: dict[str, Any]
    meeting: Meeting
    meetings: list[Meeting]
    recommendations: list[Recommendation]
    institutions: dict[str, list[Actor]]
    imports: list[ActorImport]
    proposals: list[ProposedChange]

    @property
    def invited(self) -> list[Actor]:
        return [actor for actors in self.institutions.values() for actor in actors]


def turns(*choices: type[Choices]) -> list[Iterator]:
    """Each choice again and again."""
    return [cycle(choice) for choice in choices]


def build() -> World:
    space = factories.SpaceFactory(code="TST")
    steering = factories.SpaceMemberFactory(space=space, part=SpaceMember.Part.SECRETARIAT)
    sitting = factories.SpaceMemberFactory(space=space)
    organiser, service = steering.actor, sitting.actor
    secretariat = factories.MembershipFactory(actor=organiser, part=Membership.Part.MANAGER).user
    member = factories.MembershipFactory(actor=service).user
    administrator = factories.UserFactory(is_administrator=True)
    for part in (SpaceMember.Part.CHAIR, SpaceMember.Part.OBSERVER):
        factories.SpaceMemberFactory(space=space, part=part)
    for kind in Space.Kind:
        factories.SpaceFactory(kind=kind)
    for audience in Space.Audience:
        factories.SpaceFactory(audience=audience)
    meeting = factories.MeetingFactory(
        space=space, organiser=organiser, state=Meeting.State.HELD, audience=Meeting.Audience.PUBLIC, starts_at=HELD_AT
    )
    institutions = _institutions(meeting, organiser)
    invited = [actor for actors in institutions.values() for actor in actors]
    factories.InvitationFactory(meeting=meeting, actor=service, answer=Invitation.Answer.CONFIRMED)
    _minutes(meeting, invited)
    _papers(meeting)
    meetings = list(_other_meetings(space, organiser, service))
    recommendations = list(_recommendations(meeting, invited))
    _entries(recommendations[Recommendation.State.IN_PROGRESS.rank], service, organiser)
    _sheets(service, member, administrator)
    _mails(meeting, administrator)
    readers = {"member": member, "secretariat": secretariat, "administrator": administrator}
    return World(
        {"visitor": AnonymousUser(), **readers},
        meeting,
        meetings,
        recommendations,
        institutions,
        list(_imports()),
        list(_proposals(member)),
    )


def _institutions(meeting: Meeting, organiser: Actor) -> dict[str, list[Actor]]:
    """Of every kind one in every way of taking part, whatever it had answered."""
    found: dict[str, list[Actor]] = {status: [] for status in Attendance.Status}
    answers, earlier = turns(Invitation.Answer, Invitation.Answer)
    next(earlier)
    for number, (kind, status) in enumerate(product(Actor.Kind, Attendance.Status), start=1):
        names = {"name_ar": f"مؤسسة تجريبية {number:02}", "name_fr": f"Institution d’essai {number:02}"}
        actor = factories.ActorFactory(kind=kind, **names)
        found[status].append(actor)
        before = {"earlier_answer": next(earlier), "earlier_date": HELD_AT}
        factories.InvitationFactory(meeting=meeting, actor=actor, answer=next(answers), **before)
        by = organiser if status == Attendance.Status.REPRESENTED else None
        Attendance.objects.create(meeting=meeting, actor=actor, status=status, represented_by=by)
    return found


def _minutes(meeting: Meeting, invited: list[Actor]) -> None:
    """A programme with an item of every kind, and circulated minutes about which every word was said."""
    minutes = factories.MinutesFactory(
        meeting=meeting, state=Minutes.State.CIRCULATED, remarks_until=date(2026, 12, 4), circulation=1
    )
    for position, kind in enumerate(AgendaItem.Kind, start=1):
        item = factories.AgendaItemFactory(meeting=meeting, position=position, kind=kind)
        factories.MinutesSectionFactory(minutes=minutes, item=item, html="<p>نص</p>", text="نص", revision=1)
    for actor, answer in zip(invited, MinutesReview.Answer, strict=False):
        minutes.reviews.create(actor=actor, version=1, answer=answer, text="ملاحظة" if answer == "remarks" else "")


def _papers(meeting: Meeting) -> None:
    for audience in Document.Audience:
        document = Document(meeting=meeting, title=f"وثيقة {audience.label}", audience=audience)
        document.take_file(SimpleUploadedFile("essai.txt", b"texte"))
        document.save()
    numbers = count(1)
    for state, audience in product(Report.State, Report.Audience):
        number = next(numbers)
        Report.objects.create(
            meeting=meeting, language="ar", state=state, audience=audience, number=number, fingerprint=f"{number:064}",
            step=next(STEPS),
        )  # fmt: skip
    for document, fault in zip(meeting.documents.all(), FileFault.Fault, strict=False):
        FileFault.objects.create(name=document.file.name, fault=fault, model="meetings.document", row=document.pk)


def _other_meetings(space: Space, organiser: Actor, service: Actor) -> Iterator[Meeting]:
    """In public one in each state, of each kind; for each audience one with each state of the minutes."""
    kinds, minutes = turns(Meeting.Kind, Minutes.State)
    public = product(Meeting.State, [Meeting.Audience.PUBLIC])
    for state, audience in (*public, *product([Meeting.State.HELD], Meeting.Audience)):
        meeting = factories.MeetingFactory(
            space=space, organiser=organiser, state=state, kind=next(kinds), audience=audience,
            state_reason="سبب" if state in (Meeting.State.CANCELLED, Meeting.State.POSTPONED) else "",
            **({"starts_at": HELD_AT} if state in Meeting.TOOK_PLACE else {}),
        )  # fmt: skip
        for actor, answer in zip((service, *Actor.objects.exclude(pk=service.pk)), Invitation.Answer, strict=False):
            factories.InvitationFactory(meeting=meeting, actor=actor, answer=answer)
        if state in Meeting.TOOK_PLACE:
            factories.MinutesFactory(meeting=meeting, state=next(minutes), remarks_until=date(2026, 12, 4))
        yield meeting


def _recommendations(meeting: Meeting, invited: list[Actor]) -> Iterator[Recommendation]:
    choices = (Recommendation.Priority, Recommendation.Level, Recommendation.People, Recommendation.Progress)
    priorities, levels, people, steps = turns(*choices)
    councils = cycle(("", *Council))
    for number, state in enumerate(Recommendation.State, start=1):
        recommendation = factories.RecommendationFactory(
            meeting=meeting, reference=f"{meeting.reference}-R{number}", state=state, due_on=date(2026, 11, 1 + number),
            priority=next(priorities), level=next(levels), people=next(people), progress=next(steps),
            due_council=next(councils),
            drop_reason="سبب" if state == Recommendation.State.DROPPED else "",
            done_at=NOW if state in Recommendation.FINISHED else None,
        )  # fmt: skip
        for actor, (part, answer) in zip(invited, product(Assignment.Part, Assignment.Answer), strict=False):
            if part != Assignment.Part.LEAD or answer == list(Assignment.Answer)[number % len(Assignment.Answer)]:
                reason = "سبب" if answer == Assignment.Answer.RETURNED else ""
                factories.AssignmentFactory(
                    recommendation=recommendation, actor=actor, part=part, answer=answer, return_reason=reason
                )
        yield recommendation


def _entries(recommendation: Recommendation, actor: Actor, organiser: Actor) -> None:
    """An entry of every kind; reports with every state and step; every obstacle, cleared or not."""
    factories.AssignmentFactory(recommendation=recommendation, actor=actor, part=Assignment.Part.SUPPORT)
    told = {"on_behalf_of": actor, "account": "جرى الاتفاق", "drafted_at": NOW, "cleared_at": NOW}
    for kind in FollowUp.Kind:
        recommendation.follow_ups.create(kind=kind, **told | {"on_behalf_of": organiser})
    for state, step in zip(Recommendation.State, cycle(Recommendation.Progress), strict=False):
        recommendation.follow_ups.create(new_state=state, progress=step, **told)
    for obstacle, clearance in product(FollowUp.Obstacle, FollowUp.Clearance):
        recommendation.follow_ups.create(obstacle=obstacle, clearance=clearance, **told)


def _sheets(actor: Actor, member: User, administrator: User) -> None:
    """Sheets in every state; on one of them every part, role, post and circle."""
    for state in Actor.State:
        factories.ActorFactory(state=state)
    for part in Membership.Part:
        factories.MembershipFactory(actor=actor, part=part)
    for state, part in zip(AccountOffer.State, cycle(Membership.Part), strict=False):
        AccountOffer.objects.create(
            actor=actor, email="office@example.org", part=part, state=state,
            answered_at=None if state == AccountOffer.State.OPEN else NOW,
        )  # fmt: skip
    for kind in AccountEvent.Kind:
        AccountEvent.objects.create(user=administrator, kind=kind, by=member, device="Firefox · Windows")
    for audience in Contact.Audience:
        factories.ContactFactory(actor=actor, audience=audience)
    for part in FocalPoint.Part:
        point = factories.FocalPointFactory(contact=factories.ContactFactory(actor=actor), part=part)
        HandOver.objects.create(actor=actor, post=part, day=NOW.date(), to_contact=point.contact)
    (bases,), places = turns(Responsibility.Basis), cycle(_territories())
    for part, answer in product(Responsibility.Part, Responsibility.Answer):
        why = "سبب" if answer == Responsibility.Answer.CONTESTED else ""
        factories.ResponsibilityFactory(
            actor=actor, territory=next(places), part=part, answer=answer, basis=next(bases), reservation=why
        )
    for state in Printout.State:
        Printout.objects.create(
            kind="matrix", language="ar", title="جدول", state=state, requested_by=member, step=next(STEPS)
        )
    Double.objects.create(
        first=actor, second=factories.ActorFactory(), score=90, reasons=[reason.value for reason in Double.Reason]
    )
    for state in DoubleSearch.State:
        DoubleSearch.objects.create(state=state, requested_by=administrator, step=next(STEPS))


def _territories() -> list[Territory]:
    """One of each kind, each where it lies."""
    region, province, commune = Territory.Level
    codes = {region: iter(["02"]), province: iter(["02.1", "02.2", "02.3"]), commune: iter(["02.1.1", "02.1.2"])}
    levels = (region, province, province, province, commune, commune)
    return [
        factories.TerritoryFactory(code=next(codes[level]), level=level, kind=kind, name_ar=f"تراب {number}")
        for number, (kind, level) in enumerate(zip(Territory.Kind, levels, strict=True))
    ]


def _imports() -> Iterator[ActorImport]:
    sheet = {"name": "", "rows": 1, "hidden": False, "head": [[1, 1, ["اسم"]]]}
    facts = {"encoding": "UTF-8", "delimiter": ";", "sheets": [sheet], "sheet": 0, "remembered": False}
    for state, new_state in zip(ActorImport.State, cycle(ActorImport.NewState), strict=False):
        failed_in = ActorImport.State.RUNNING if state == ActorImport.State.FAILED else ""
        run = ActorImport.objects.create(
            state=state, new_state=new_state, failed_in=failed_in, file_name="list.csv", facts=facts, run_at=NOW,
            step=next(STEPS),
        )  # fmt: skip
        numbers, decisions, outcomes = count(1), *turns(ImportRow.Decision, ImportRow.Outcome)
        for verdict in ImportRow.Verdict:
            fields: dict[str, Any] = {"name_ar": "جمعية أخرى", "name_fr": "", "kind": "association", "territory": ""}
            number = next(numbers)
            ImportRow.objects.create(
                run=run, number=number, line=number, cells=["جمعية أخرى"], fields=fields, verdict=verdict,
                decision=next(decisions), outcome=next(outcomes),
            )  # fmt: skip
        yield run


def _proposals(member: User) -> Iterator[ProposedChange]:
    for state in ProposedChange.State:
        kinds = {"kind": [Actor.Kind.ASSOCIATION.value, Actor.Kind.AUTHORITY.value]}
        yield ProposedChange.objects.create(
            actor=Membership.objects.get(user=member).actor, values=kinds, state=state, proposed_by=member, reason="سبب"
        )


def _mails(meeting: Meeting, administrator: User) -> None:
    for state in Notification.State:
        notification = Notification.objects.create(
            user=administrator, language="ar", kind="meetings.invited", about=meeting, subject="دعوة", state=state,
            path=meeting.get_absolute_url(), next_attempt_at=NOW, created_at=NOW,
        )  # fmt: skip
    for outcome in LedgerEntry.Outcome:
        LedgerEntry.objects.create(
            subject=meeting, rung="meetings.coming-7", occurrence=outcome, recipient_key="mail:office@example.org",
            outcome=outcome, due_at=NOW, created_at=NOW, notification=notification,
        )  # fmt: skip
