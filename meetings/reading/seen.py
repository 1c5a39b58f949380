"""What one reader sees of one meeting, each thing read from the database once."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    Exists,
    Field,
    IntegerField,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor
from actors.directory.models.membership import parts_by_actor
from actors.directory.reading.standing_in import reader_of
from meetings.models import AgendaItem, Attendance, Document, Invitation, Meeting, Minutes, MinutesReview, Report
from meetings.models.meeting import taken_part_in
from meetings.models.participation import taking_part_of
from meetings.permissions import can_read_adopted_minutes, steers
from meetings.reading.rows import LANGUAGES, RecommendationRow, recommendation_rows
from portal.core.asking import answers, filled, text_of
from portal.core.stamps import with_stamp

if TYPE_CHECKING:
    from portal.accounts.models import User


def meetings_seen_by(user: "User") -> QuerySet[Meeting]:
    """The meetings this person may see, with what their pages show at once, and whether they take part in them."""
    adopted = Minutes.objects.filter(meeting=OuterRef("pk"), versions__isnull=False)
    reports = Report.objects.told_to(user).filter(meeting=OuterRef("pk"), state=Report.State.READY)
    return (
        Meeting.objects.visible_to(user)
        .select_related("organiser", "space", "project", "territory", "minutes")
        .annotate(adopted_minutes=Exists(adopted), ready_report=Exists(reports), taken_part_in=taken_part_in(user))
    )


#: in the place of the reference that is asked for
REFERENCE = "stand-in"
TOLD: dict[str, Field] = {
    "pk": BigIntegerField(),
    **dict.fromkeys(("adopted_minutes", "ready_report", "taken_part_in"), BooleanField()),
    **dict.fromkeys(("documents_count", "recommendations_count"), IntegerField()),
}
#: what pages say of an institution in a list
NAMED = ("kind", "slug", "acronym", *(f"name_{language}" for language in LANGUAGES))


INVITED = (
    *("meeting", "answer", "representative", "mandate", "note", "by_phone", "by_mailbox", "asked_point"),
    *("sent_at", "answered_at"),
    *("earlier_answer", "earlier_date", "represented_by__role_ar", "represented_by__role_fr"),
    *(f"actor__{name}" for name in NAMED),
)
NOTED = (
    *("meeting", "status", "representative"),
    *(f"{thing}__{name}" for thing in ("actor", "represented_by") for name in NAMED),
)


def meeting_seen_by(user: "User", reference: str) -> Meeting | None:
    """The same of one meeting, with how many of its documents and agreed recommendations they see."""
    reader = reader_of(user)
    question = filled(text_of(reader, _told, _told), {**reader.keys, REFERENCE: [reference]})
    for told in answers(question, [*TOLD.values()]):
        rows = Meeting.objects.select_related("organiser", "space", "project", "territory", "minutes")
        meeting = rows.filter(pk=told[0]).first()
        for name, value in zip(TOLD, told, strict=True) if meeting else ():
            setattr(meeting, name, value)
        return meeting
    return None


def _told(user: "User") -> QuerySet[Any]:
    documents: Any = Document.objects.of_seen(OuterRef("pk"), user).current()  # type: ignore[arg-type]
    recommendations: Any = Meeting._meta.get_field("recommendations").related_model._default_manager  # type: ignore[union-attr]
    agreed = recommendations.visible_to(user).filter(meeting=OuterRef("pk")).exclude(state="dropped")
    rows = meetings_seen_by(user).filter(reference=REFERENCE).order_by()
    rows = rows.annotate(documents_count=_number_of(documents), recommendations_count=_number_of(agreed))
    return rows.values_list(*TOLD)


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    """Of one meeting, in a subquery."""
    return Coalesce(Subquery(rows.order_by().values("meeting").annotate(number=Count("pk")).values("number")), Value(0))


def in_order(actors: Iterable[Actor]) -> list[Actor]:
    """By kind of institution, communes first, then by name."""
    return sorted(actors, key=lambda actor: (Actor.Kind(actor.kind).rank, actor.name_ar, actor.pk))


class Seen:
    """A meeting through one reader's eyes."""

    def __init__(self, user: "User", meeting: Meeting) -> None:
        self.user, self.meeting = user, meeting

    @cached_property
    def steers(self) -> bool:
        return steers(self.user, self.meeting)

    @cached_property
    def own(self) -> frozenset[int]:
        """The institutions this person works for."""
        return frozenset(parts_by_actor(self.user)) if self.user.is_authenticated else frozenset()

    @cached_property
    def _all_invitations(self) -> list[Invitation]:
        if not self.user.is_authenticated:
            return []
        rows = Invitation.objects.filter(meeting=self.meeting).select_related("actor", "represented_by")
        rows = rows.only(*INVITED)
        return list(with_stamp(rows) if self.own and self.meeting.awaits_answers else rows)

    @cached_property
    def inside(self) -> bool:
        """Prepares the meeting or takes part in it: sees who was invited, answered, was absent."""
        return self.steers or bool(self.meeting.taken_part_in)  # type: ignore[attr-defined]

    @cached_property
    def invitations(self) -> list[Invitation]:
        """Those that were sent; for who prepares the meeting, those that wait to be sent as well."""
        if not self.inside:
            return []
        return [invitation for invitation in self._all_invitations if self.steers or invitation.is_sent]

    @cached_property
    def own_invitations(self) -> list[Invitation]:
        return [invitation for invitation in self.invitations if invitation.actor_id in self.own and invitation.is_sent]

    @cached_property
    def attendances(self) -> list[Attendance]:
        """Everybody for those inside; the present only for the rest, nobody as late, and only after the meeting."""
        if not self.inside and not self.meeting.took_place:
            return []
        rows = Attendance.objects.filter(meeting=self.meeting).select_related("actor", "represented_by").only(*NOTED)
        if self.inside:
            return list(rows)
        present = list(rows.here())
        for row in present:
            row.status = Attendance.Status(row.status).in_public
        return present

    @cached_property
    def institutions(self) -> list[Actor]:
        """Invited or noted in the attendance, each once, as the directory orders them."""
        rows: list[Invitation | Attendance] = [*self.invitations, *self.attendances]
        return in_order({row.actor_id: row.actor for row in rows}.values())

    @property
    def unnoted(self) -> int:
        """Of how many invited institutions nobody has noted yet whether they came."""
        noted = {row.actor_id for row in self.attendances}
        return sum(row.is_sent and row.actor_id not in noted for row in self.invitations)

    @property
    def asked_about_minutes(self) -> list[Actor]:
        """The institutions whose word on the minutes is asked."""
        return in_order(taking_part_of(self.invitations, self.attendances, self.reviews).values())

    @property
    def is_asked_about_minutes(self) -> bool:
        """An own institution is asked: invited, there without an invitation, or heard on an earlier text."""
        return bool(self.own) and any(actor.pk in self.own for actor in self.asked_about_minutes)

    @cached_property
    def reviews(self) -> list[MinutesReview]:
        """The words said about the minutes in every circulation: all for who prepares the meeting, else the own."""
        rows = with_stamp(MinutesReview.objects.filter(minutes__meeting=self.meeting)).select_related("actor")
        return list(rows if self.steers else rows.filter(actor__in=self.own))

    @cached_property
    def attendance_bars(self) -> list[Any]:
        """For `{% bars %}`: by kind of institution, how many came (and were excused) of how many."""
        here = Counter(row.actor.kind for row in self.attendances if row.is_here)
        excused = Counter(row.actor.kind for row in self.attendances if row.status == Attendance.Status.EXCUSED)
        asked = Counter(actor.kind for actor in self.institutions)
        most = max(here.values(), default=1)
        bars = []
        for kind in Actor.Kind:
            if not asked[kind]:
                continue
            parts = [(_("present or represented"), here[kind], "ok")]
            if self.inside:
                parts.append((_("excused"), excused[kind], "attention"))
            bars.append((kind.heading, parts, asked[kind] if self.inside else most))
        return bars

    @cached_property
    def items(self) -> list[AgendaItem]:
        presenters = Prefetch("presenters", Actor.objects.only(*NAMED))
        return list(AgendaItem.objects.filter(meeting=self.meeting).prefetch_related(presenters))

    @cached_property
    def documents(self) -> list[Document]:
        if getattr(self.meeting, "documents_count", None) == 0:
            return []
        return list(Document.objects.of_seen(self.meeting, self.user).current())

    @property
    def documents_count(self) -> int:
        known = getattr(self.meeting, "documents_count", None)
        return len(self.documents) if known is None else known

    @cached_property
    def recommendations(self) -> list[Any]:
        """Through the reverse relation, with their `look`: what this reader is shown of each one's state."""
        found = self.meeting.recommendations.visible_to(self.user).as_shown_to(self.user)
        return list(found.select_related("axis").in_order())

    @cached_property
    def recommendation_rows(self) -> list[RecommendationRow]:
        """The same, as a list says them."""
        return recommendation_rows(self.user, self.meeting)

    @property
    def recommendations_count(self) -> int:
        """How many are not dropped."""
        known = getattr(self.meeting, "recommendations_count", None)
        return sum(row.state != "dropped" for row in self.recommendations) if known is None else known

    @property
    def has_adopted_minutes(self) -> bool:
        return self.meeting.adopted_minutes and can_read_adopted_minutes(self.user, self.meeting)  # type: ignore[attr-defined]

    @cached_property
    def adopted_in_session(self) -> bool:
        """The institutions adopted the minutes themselves before the window for remarks closed; for those inside."""
        minutes = getattr(self.meeting, "minutes", None)
        if minutes is None or not minutes.was_adopted_early or not self.inside:
            return False
        adopted = minutes.history.filter(state=Minutes.State.ADOPTED).order_by("-history_date", "-history_id")
        return adopted.values_list("history_change_reason", flat=True).first() == Minutes.IN_SESSION

    @property
    def has_report(self) -> bool:
        return self.meeting.ready_report  # type: ignore[attr-defined]
