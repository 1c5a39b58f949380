"""A recommendation: what a meeting agreed, and where it stands."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actors.directory.models import SpaceMember
from actors.directory.models.membership import managed_by, parts_by_actor
from actors.directory.models.space import roles_by_space, steered_by
from meetings.models import Meeting
from meetings.models.participation import meetings_of
from portal.core.copies import CharCopy, DateTimeCopy, KeyCopy
from portal.core.dates import day_text, today
from portal.core.history import history
from portal.core.names import InReadersLanguage
from portal.core.routes import address_to
from portal.reference.models import Council, Territory
from portal.reference.models.territory import concerning
from portal.reference.sessions import session_name
from recommendations.models import orders, states
from recommendations.models.orders import IN_PUBLIC, NUMBERED

if TYPE_CHECKING:
    from actors.directory.models import Actor, Space
    from portal.accounts.models import User

DUE_SOON = timedelta(days=30)
SILENCE = timedelta(days=60)


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def open(self) -> Self:
        """Adopted and still to be done."""
        return self.filter(state__in=Recommendation.OPEN)

    def adopted(self) -> Self:
        """Everything a meeting stood behind: neither a draft nor dropped."""
        return self.exclude(state__in=Recommendation.NOT_AGREED)

    def overdue(self, on: date | None = None) -> Self:
        """Open, with a due date gone by."""
        return self.open().filter(due_on__lt=on or today())

    def due_soon(self, on: date | None = None) -> Self:
        day = on or today()
        return self.open().filter(due_on__gte=day, due_on__lte=day + DUE_SOON)

    def silent(self, now: datetime | None = None) -> Self:
        """Open, and no institution has said anything for sixty days."""
        return self.open().filter(last_news_at__lt=(now or timezone.now()) - SILENCE)

    def concerned_with(self, code: str) -> Self:
        """For the territory `code`, somewhere in it, or a wider one that holds it."""
        return self.filter(concerning(code))

    def led_by(self, actors: "list[int] | models.QuerySet") -> Self:
        """Where one of these institutions leads and has not returned the assignment."""
        return self.filter(lead_key__in=actors)

    def steered_by(self, user: "User") -> Self:
        return self if user.is_administrator else self.filter(_prepared(user))

    def to_confirm_by(self, user: "User") -> Self:
        """Declared done, and this person may say whether it is: the rule of `permissions.check_confirm`, as a query."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(_to_confirm(user), state=Recommendation.State.DONE)

    def done_for_others(self, user: "User") -> Self:
        """Declared done, and for others than this person to say whether it is."""
        return self.filter(state=Recommendation.State.DONE).exclude(_to_confirm(user))

    def visible_to(self, user: "User") -> Self:
        """What was once adopted as the meeting's audience, and for the assigned; the rest for who prepares it.

        Answered by the row alone and lists of keys: what the meeting says of who sees it is repeated on the row.
        """
        if user.is_administrator:
            return self
        if not sees_inside(user):
            return self.filter(IN_PUBLIC)
        own, audience = list(parts_by_actor(user)), Meeting.Audience
        seen = Q(meeting_audience__in=(audience.PUBLIC, audience.MEMBERS))
        seen |= Q(meeting_audience=audience.PARTICIPANTS) & _in_circle(user)
        agreed = ~Q(state=Recommendation.State.DRAFT) & ~Q(state=Recommendation.State.DROPPED, adopted_at=None)
        return self.filter((agreed & (seen | _assigned(own))) | _prepared(user))

    def as_shown_to(self, user: "User") -> Self:
        """With `shown_state`: the state, or what a visitor is shown instead; lists filter, sort and count by it."""
        if sees_inside(user):
            return self.annotate(shown_state=models.F("state"))
        cases = [models.When(state=state, then=models.Value(state.in_public)) for state in Recommendation.State]
        shown = models.Case(*cases, default=models.F("state"), output_field=models.CharField())
        return self.annotate(shown_state=shown)

    def strip(self, user: "User") -> list[tuple[str, int, str]]:
        """How many of the adopted ones stand in which state as this person is shown it, for the strip; one query."""
        rows = self.adopted().as_shown_to(user).order_by().values("shown_state").annotate(number=models.Count("pk"))
        return states.strip_of({row["shown_state"]: row["number"] for row in rows})

    def seen_strip(self, user: "User") -> list[tuple[str, int, str]]:
        """The same of those among them that this person sees. Most of a space are seen by the audience or the space of
        their meeting, which an index says; only for the others the whole rule is asked."""
        if user.is_administrator or not sees_inside(user):
            return self.visible_to(user).strip(user)
        audience, told = Meeting.Audience, Q(meeting_space__in=steered_by(user))
        by_audience = Q(meeting_audience__in=(audience.PUBLIC, audience.MEMBERS))
        others = Q(meeting_audience__in=("", audience.PARTICIPANTS)) & (Q(meeting_space=None) | ~told)
        parts = [self.adopted().filter(by_audience | told), self.adopted().filter(others).visible_to(user)]
        counted = [rows.order_by().values_list("state").annotate(number=models.Count("pk")) for rows in parts]
        found: dict[str, int] = {}
        for state, number in counted[0].union(counted[1], all=True).order_by():
            found[state] = found.get(state, 0) + number
        return states.strip_of(found)

    def in_order(self) -> Self:
        """As they were numbered: R2 before R10."""
        return self.order_by(*NUMBERED)


def sees_inside(user: "User") -> bool:
    """True for people of an institution and administrators: they see who is late, blocked, contested or silent."""
    return user.is_administrator or bool(parts_by_actor(user))


def _prepared(user: "User") -> Q:
    return Q(meeting_space__in=steered_by(user)) | Q(meeting_space=None, meeting_organiser__in=managed_by(user))


def _in_circle(user: "User") -> Q:
    """Of the circle of its meeting, which `taken_part_in` says of meetings."""
    own = list(parts_by_actor(user))
    circle = Q(meeting_space__in=list(roles_by_space(user))) | Q(meeting_organiser__in=own)
    return circle | Q(meeting__in=meetings_of(own))


def _to_confirm(user: "User") -> Q:
    """Of what is declared done: others than the person's institutions lead it, and the person prepares the meeting, or
    has a voice where the one that leads is the secretariat itself: in its space, or at the table of its meeting."""
    not_own = Q(lead_key=None) | ~Q(lead_key__in=list(parts_by_actor(user)))
    if user.is_administrator:
        return not_own
    voices = [space for space, role in roles_by_space(user).items() if role in SpaceMember.VOICES]
    steering = SpaceMember.objects.on(today()).filter(part__in=SpaceMember.STEERING, space__in=voices)
    steering = steering.filter(space=models.OuterRef("space"), actor=models.OuterRef("lead_key"))
    in_space = Q(space__in=voices) & Q(models.Exists(steering))
    in_meeting = Q(space=None, meeting_organiser=F("lead_key")) & _in_circle(user)
    return not_own & (_prepared(user) | in_space | in_meeting)


def _assigned(actors: "list[int] | models.QuerySet", parts: Iterable[str] = states.AssignmentPart) -> Q:
    rows = Recommendation.objects.order_by().filter(assignments__actor__in=actors, **_standing(parts))
    return Q(pk__in=rows.values("pk"))


def _standing(parts: Iterable[str]) -> dict[str, list[str]]:
    """The condition “an assignment of one of these parts stands”."""
    return {"assignments__part__in": list(parts), "assignments__answer__in": list(states.STANDING)}


class Recommendation(models.Model):
    """One sentence institutions agreed on, with who does it, by when, and what became of it."""

    State = states.State
    OPEN = states.OPEN
    REPORTED = states.REPORTED
    FINISHED = states.FINISHED
    NOT_AGREED = states.NOT_AGREED
    TRANSITIONS = states.TRANSITIONS

    class Level(models.TextChoices):
        LOCAL = "local", _("local")
        PROVINCIAL = "provincial", _("provincial")
        REGIONAL = "regional", _("regional")
        NATIONAL = "national", _("national")

    class Priority(models.TextChoices):
        HIGH = "1_high", _("high")
        NORMAL = "2_normal", _("normal")
        LOW = "3_low", _("low")

    class People(models.TextChoices):
        MRE = "mre", _("Moroccans of the world")
        RETURNED = "returned", _("returned migrants")
        FOREIGNERS = "foreigners", _("foreign residents, refugees and asylum seekers")
        ALL = "all", pgettext_lazy("people concerned", "all")

    class Progress(models.IntegerChoices):
        NOT_STARTED = 0, _("not started")
        LAUNCHED = 25, _("launched")
        HALFWAY = 50, _("halfway")
        NEARLY = 75, _("nearly there")
        COMPLETE = 100, _("complete")

    reference = models.CharField(_("reference"), max_length=40, unique=True)
    meeting = models.ForeignKey(
        "meetings.Meeting", models.PROTECT, related_name="recommendations", verbose_name=_("meeting")
    )
    space = models.ForeignKey(
        "directory.Space",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recommendations",
        verbose_name=_("coordination space"),
    )
    item = models.ForeignKey(
        "meetings.AgendaItem",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="recommendations",
        verbose_name=_("agenda item"),
    )
    quote_revision = models.ForeignKey(
        "meetings.MinutesRevision", models.PROTECT, null=True, blank=True, related_name="recommendations"
    )
    quote_text = models.TextField(_("quoted passage"), blank=True)
    quote_offset = models.PositiveIntegerField(null=True, blank=True)
    text_ar = models.TextField(_("text in Arabic"), blank=True)
    text_fr = models.TextField(_("text in French"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)
    axis = models.ForeignKey(
        "reference.Axis", models.PROTECT, null=True, blank=True, related_name="recommendations", verbose_name=_("axis")
    )
    themes = models.ManyToManyField(
        "reference.Theme", blank=True, related_name="recommendations", verbose_name=_("themes")
    )
    territory = models.ForeignKey(
        "reference.Territory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recommendations",
        verbose_name=_("territory"),
    )
    people = models.CharField(_("people concerned"), max_length=12, choices=People, default=People.ALL)
    level = models.CharField(_("level"), max_length=12, choices=Level, default=Level.LOCAL)
    priority = models.CharField(_("priority"), max_length=10, choices=Priority, default=Priority.NORMAL)
    due_on = models.DateField(_("due date"), null=True, blank=True)
    #: the kind of council at whose session of that month it is due; empty where it is due on a day of its own
    due_council = models.CharField(_("due at the session of"), max_length=10, choices=Council, blank=True, default="")
    sign_of_success = models.CharField(_("sign of success"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    progress = models.PositiveSmallIntegerField(_("progress"), choices=Progress, default=Progress.NOT_STARTED)
    adopted_at = models.DateTimeField(pgettext_lazy("day of a recommendation", "adopted"), null=True, blank=True)
    last_news_at = models.DateTimeField(_("last news"), null=True, blank=True)
    done_at = models.DateTimeField(_("declared done"), null=True, blank=True)
    drop_reason = models.CharField(_("reason"), max_length=300, blank=True)
    search_text = models.TextField(editable=False, blank=True, default="")
    search_names = ("text_ar", "text_fr", "text_en", "sign_of_success")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # What its meeting says of who sees it, and when it began: lists are narrowed and ordered by it (core.copies).
    meeting_audience = CharCopy(of="listed_audience", max_length=12, default="")
    meeting_space = KeyCopy(of="space_id", null=True)
    meeting_organiser = KeyCopy(of="organiser_id", null=True)
    meeting_starts_at = DateTimeCopy(of="starts_at", null=True, is_filled=True)
    #: the institution whose lead stands, as its assignments say (recommendations.receivers)
    lead_key = KeyCopy(null=True)

    objects = RecommendationQuerySet.as_manager()
    history = history(
        links=["themes"],
        without=["meeting_audience", "meeting_space", "meeting_organiser", "meeting_starts_at", "lead_key"],
    )
    text = InReadersLanguage("text")

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = NUMBERED
        indexes = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["state", "last_news_at"]),
            *orders.INDEXES,
            models.Index(fields=["lead_key", "state"], name="recommendation_led"),
            # The desk: where those of a space stand; what waits for a lead or a word, in its order.
            models.Index(
                fields=["space", "state", "due_on", "meeting_space", "meeting_audience", "id"],
                name="recommendation_standing",
            ),
            models.Index(
                fields=["due_on", "last_news_at", "id", "meeting_space", "meeting_organiser"],
                condition=Q(state__in=states.OPEN, lead_key=None),
                name="recommendation_unled",
            ),
            models.Index(
                fields=["due_on", "last_news_at", "id", "meeting_space", "meeting_organiser", "space", "lead_key"],
                condition=Q(state="done"),
                name="recommendation_declared",
            ),
            # Of many that an institution is assigned to, their place on the desk is read from here alone.
            models.Index(
                fields=[
                    "id",
                    "state",
                    "due_on",
                    "last_news_at",
                    "lead_key",
                    "meeting_space",
                    "meeting_organiser",
                    "space",
                ],
                condition=Q(state__in=(*states.OPEN, "done")),
                name="recommendation_places",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text_ar="", text_fr="", text_en=""),
                name="recommendation_has_text",
                violation_error_message=_("Write the recommendation in at least one language."),
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(drop_reason=""),
                name="recommendation_dropped_with_reason",
                violation_error_message=_("Say why the recommendation is dropped."),
            ),
            models.CheckConstraint(
                condition=Q(quote_offset=None) | Q(quote_revision__isnull=False),
                name="recommendation_quote_has_revision",
            ),
        ]

    #: written by `as_shown_to`
    shown_state: str

    def __str__(self) -> str:
        return str(self.text)

    def get_absolute_url(self) -> str:
        return address_to("recommendations:recommendation", self.reference)

    def space_for(self, user: "User | None") -> "Space | None":
        """Its space, where this reader sees it."""
        return self.space if self.space is not None and self.space.is_seen_by(user) else None

    @property
    def short_reference(self) -> str:
        """`R3` of `NDR-2025-01-R3`."""
        return self.reference.rsplit("-", 1)[-1]

    @property
    def organiser(self) -> "Actor":
        return self.meeting.organiser

    @property
    def language(self) -> str:
        """The language of record of its meeting."""
        return self.meeting.language

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < today()

    @property
    def is_due_soon(self) -> bool:
        return self.is_open and self.due_on is not None and today() <= self.due_on <= today() + DUE_SOON

    @property
    def is_silent(self) -> bool:
        return self.is_open and self.last_news_at is not None and self.last_news_at < timezone.now() - SILENCE

    @property
    def was_adopted(self) -> bool:
        return self.adopted_at is not None

    @property
    def due_text(self) -> str:
        """The due date in words, or the council’s session at which it is due; '' where none was agreed."""
        seat = self.council_seat(self.due_council, self.lead_actor) if self.due_council else None
        return due_text(self.due_on, self.due_council, seat)

    def council_seat(self, council: str, lead: "Actor | None") -> Territory | None:
        """Of which territory the council of that kind is: the one that leads, or else that of its own territory."""
        seats = (lead.council_seat if lead else None, self.territory)
        return next((seat for seat in seats if seat is not None and seat.level == council), None)

    @property
    def look(self) -> states.State:
        """What `as_shown_to` lets its reader see of the state, with its word, tone and icon."""
        return self.State(self.shown_state)

    @property
    def lead(self) -> Any:
        """The leading assignment that was not returned, from the prefetched assignments."""
        return next(
            (
                row
                for row in self.assignments.all()
                if row.part == states.AssignmentPart.LEAD and row.answer in states.STANDING
            ),
            None,
        )

    @property
    def lead_actor(self) -> "Actor | None":
        return self.lead.actor if self.lead else None

    @property
    def supports(self) -> list[Any]:
        """The supporting assignments that were not returned, from the prefetched assignments."""
        return [
            row
            for row in self.assignments.all()
            if row.part == states.AssignmentPart.SUPPORT and row.answer in states.STANDING
        ]

    def search_parts(self) -> list[str]:
        """Only what everybody who sees it may read: no institution’s name, no quote of minutes, no reason."""
        parts = [self.reference, self.text_ar, self.text_fr, self.text_en, self.sign_of_success]
        for thing in (self.axis, self.territory, *self.themes.all()):
            if thing is not None:
                parts += [thing.name_ar, thing.name_fr, thing.name_en]
        return [part for part in parts if part]


def due_text(day: date | None, council: str, seat: Territory | None) -> str:
    """A due date in words, or the session of a kind of council (of the one of `seat`); '' where there is none."""
    if day is None:
        return ""
    return session_name(council, day, seat) if council else day_text(day)
