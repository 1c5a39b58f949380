"""A meeting, and the project it may belong to."""

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actors.directory.models.membership import managed_by, parts_by_actor
from actors.directory.models.space import Space, roles_by_space, steered_by
from meetings.models.participation import meetings_of
from portal.core.choices import Choice
from portal.core.dates import as_day, today, zone_text
from portal.core.history import history
from portal.core.names import InReadersLanguage
from portal.core.routes import address_to

if TYPE_CHECKING:
    from portal.accounts.models import User


class Project(models.Model):
    """A funded project within which meetings are called."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=250)
    name_fr = models.CharField(_("name in French"), max_length=250, blank=True)
    name_en = models.CharField(_("name in English"), max_length=250, blank=True)
    title_ar = models.CharField(_("full title in Arabic"), max_length=400, blank=True)
    title_fr = models.CharField(_("full title in French"), max_length=400, blank=True)
    title_en = models.CharField(_("full title in English"), max_length=400, blank=True)
    lead = models.ForeignKey("directory.Actor", models.PROTECT, related_name="projects", verbose_name=_("carried by"))
    funder_ar = models.CharField(_("funder in Arabic"), max_length=200, blank=True)
    funder_fr = models.CharField(_("funder in French"), max_length=200, blank=True)
    funder_en = models.CharField(_("funder in English"), max_length=200, blank=True)

    name = InReadersLanguage()
    title = InReadersLanguage("title")
    funder = InReadersLanguage("funder")

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ("name_ar",)

    def __str__(self) -> str:
        return str(self.name)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def upcoming(self, now: datetime | None = None) -> Self:
        """Announced and not over, the next first."""
        return self.filter(state=Meeting.State.ANNOUNCED, ends_at__gte=now or timezone.now()).order_by("starts_at")

    def in_turn(self, now: datetime | None = None) -> Self:
        """With the `turn` of each: a `Meeting.Turn`, by its number."""
        now = now or timezone.now()
        off = Q(state=Meeting.State.POSTPONED) | Q(state=Meeting.State.CANCELLED, ends_at__gte=now)
        whens = (When(off, then=Meeting.Turn.OFF), When(ends_at__gte=now, then=Meeting.Turn.COMING))
        turn = Case(*whens, default=Meeting.Turn.PAST, output_field=models.IntegerField())
        return self.annotate(turn=turn)

    def held_in_public(self) -> Self:
        """Took place, and everybody may read what came of it."""
        return self.filter(audience=Meeting.Audience.PUBLIC, state__in=Meeting.TOOK_PLACE)

    def steered_by(self, user: "User") -> Self:
        """Those this person prepares: chair or secretariat of the space, or managers of the organiser without one."""
        if user.is_administrator:
            return self
        return self.kept_by(user)

    def kept_by(self, user: "User") -> Self:
        """Those whose secretariat this person is; an administrator is of no more of them than anybody."""
        return self.filter(kept(user)) if user.is_authenticated else self.none()

    def taken_part_in_by(self, user: "User") -> Self:
        """Meetings of this person’s spaces, and those their institutions organise or take part in."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(taken_part_in(user))

    def visible_to(self, user: "User") -> Self:
        """Drafts for those who prepare them; the rest by audience, and always for those who take part."""
        if user.is_administrator:
            return self
        seen = Q(audience=Meeting.Audience.PUBLIC)
        if not user.is_authenticated:
            return self.filter(seen).exclude(state=Meeting.State.DRAFT)
        if parts_by_actor(user):
            seen |= Q(audience=Meeting.Audience.MEMBERS)
        return self.filter((~Q(state=Meeting.State.DRAFT) & (seen | taken_part_in(user))) | kept(user))


def kept(user: "User", path: str = "") -> Q:
    """The condition “this person is the secretariat” of meetings, or of rows that lead to one by `path`."""
    in_space = Q(**{f"{path}space__in": steered_by(user)})
    return in_space | Q(**{f"{path}space": None, f"{path}organiser__in": managed_by(user)})


def taken_part_in(user: "User") -> Q:
    """The circle of those who belong to a meeting: its space, its organiser, and the institutions taking part in it."""
    actors = list(parts_by_actor(user))
    return Q(space__in=list(roles_by_space(user))) | Q(organiser__in=actors) | Q(pk__in=meetings_of(actors))


class Meeting(models.Model):
    """Institutions in one room (or on one line), called by one of them, in a space or in none."""

    class Kind(models.TextChoices):
        CONSULTATION = "consultation", _("consultation meeting")
        ORDINARY = "ordinary", _("ordinary meeting")
        EXTRAORDINARY = "extraordinary", _("extraordinary meeting")
        WORKSHOP = "workshop", _("workshop")

    class State(Choice):
        tone: str
        icon: str

        DRAFT = "draft", "", "pencil", _("in preparation")
        ANNOUNCED = "announced", "info", "calendar-check", _("announced")
        HELD = "held", "brand", "check", _("held")
        CLOSED = "closed", "ok", "check", _("file closed")
        CANCELLED = "cancelled", "danger", "x", _("cancelled")
        POSTPONED = "postponed", "attention", "calendar-clock", _("postponed")

    class Turn(models.IntegerChoices):
        """Under which heading of a list it stands; one that waits for a new date is neither to come nor past."""

        PAST = 0, pgettext_lazy("meetings", "Past")
        OFF = 1, pgettext_lazy("meetings", "Cancelled or postponed")
        COMING = 2, pgettext_lazy("meetings", "Coming")

    #: still to come, with a date or without
    AHEAD = (State.DRAFT, State.ANNOUNCED, State.POSTPONED)
    #: called, and not yet over and done with
    RUNNING = (State.ANNOUNCED, State.HELD)
    #: cancelled, or postponed without a new date
    OFF = (State.CANCELLED, State.POSTPONED)
    TOOK_PLACE = (State.HELD, State.CLOSED)
    #: nothing of it changes any more
    ENDED = (State.CLOSED, State.CANCELLED)

    class Audience(models.TextChoices):
        PUBLIC = "public", _("everybody")
        MEMBERS = "members", _("members of the portal")
        PARTICIPANTS = "participants", _("participants only")

    TRANSITIONS = {
        State.DRAFT: (State.ANNOUNCED, State.HELD, State.CANCELLED),
        State.ANNOUNCED: (State.HELD, State.POSTPONED, State.CANCELLED),
        State.POSTPONED: (State.ANNOUNCED, State.CANCELLED),
        State.HELD: (State.CLOSED,),
        State.CLOSED: (),
        State.CANCELLED: (),
    }

    reference = models.CharField(_("reference"), max_length=30, unique=True)
    organiser = models.ForeignKey(
        "directory.Actor", models.PROTECT, related_name="organised_meetings", verbose_name=_("organiser")
    )
    space = models.ForeignKey(
        "directory.Space",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("coordination space"),
    )
    project = models.ForeignKey(
        "meetings.Project", models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("project")
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, default=Kind.ORDINARY)
    title_ar = models.CharField(_("title in Arabic"), max_length=300)
    title_fr = models.CharField(_("title in French"), max_length=300, blank=True)
    title_en = models.CharField(_("title in English"), max_length=300, blank=True)
    purpose_ar = models.TextField(_("purpose in Arabic"), blank=True)
    purpose_fr = models.TextField(_("purpose in French"), blank=True)
    purpose_en = models.TextField(_("purpose in English"), blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    times_known = models.BooleanField(_("hours are known"), default=True)
    place_ar = models.CharField(_("place in Arabic"), max_length=200, blank=True)
    place_fr = models.CharField(_("place in French"), max_length=200, blank=True)
    place_en = models.CharField(_("place in English"), max_length=200, blank=True)
    link = models.URLField(_("link to join"), blank=True)
    territory = models.ForeignKey(
        "reference.Territory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("territory"),
    )
    language = models.CharField(
        _("language of record"), max_length=2, choices=[("ar", "العربية"), ("fr", "Français")], default="ar"
    )
    audience = models.CharField(_("seen by"), max_length=12, choices=Audience, default=Audience.MEMBERS)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    state_reason = models.CharField(_("reason"), max_length=300, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    #: how often its day or hour was changed once announced, and when last: each time reminders begin anew
    times_moved = models.PositiveSmallIntegerField(default=0, editable=False)
    moved_at = models.DateTimeField(null=True, blank=True, editable=False)
    search_text = models.TextField(editable=False, blank=True, default="")
    search_names = tuple(
        f"{stem}_{language}" for stem in ("title", "purpose", "place") for language in ("ar", "fr", "en")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MeetingQuerySet.as_manager()
    history = history()
    title = InReadersLanguage("title")
    purpose = InReadersLanguage("purpose")
    place = InReadersLanguage("place")

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ("-starts_at", "-pk")
        indexes = [models.Index(fields=["state", "starts_at"]), models.Index(fields=["-starts_at", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_start",
                violation_error_message=_("The meeting must end after it begins."),
            )
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return address_to("meetings:meeting", self.reference)

    def space_for(self, user: "User | None") -> "Space | None":
        """Its space, where this reader sees it: what is named, filtered and exported beside the meeting."""
        return self.space if self.space is not None and self.space.is_seen_by(user) else None

    @property
    def listed_audience(self) -> str:
        """By whom what came of it is seen in lists: its audience, and '' while only those see it who prepare it."""
        return "" if self.state == self.State.DRAFT else self.audience

    @property
    def moves(self) -> tuple[State, ...]:
        """The states that may come next."""
        return self.TRANSITIONS[self.State(self.state)]

    @property
    def took_place(self) -> bool:
        return self.state in self.TOOK_PLACE

    @property
    def was_public(self) -> bool:
        """Took place, and everybody may read what came of it."""
        return self.took_place and self.audience == self.Audience.PUBLIC

    @property
    def is_over(self) -> bool:
        return self.ends_at < timezone.now()

    def has_begun(self, now: datetime | None = None) -> bool:
        """From its hour on; from its day on, where its hours are not known."""
        if self.times_known:
            return self.starts_at <= (now or timezone.now())
        return self.begins_on <= today(now)

    @property
    def planned_minutes(self) -> int:
        """The length of the meeting in minutes, as announced."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def begins_on(self) -> date:
        """The day of the meeting in Morocco."""
        return as_day(self.starts_at)

    def begins_with(self, other: "Meeting") -> bool:
        """Both begin on the same day, and at the same hour where both say one."""
        if self.times_known and other.times_known:
            return self.starts_at == other.starts_at
        return self.begins_on == other.begins_on

    def meets_with(self, other: "Meeting") -> bool:
        """Both take place at one time; on one day, where the hours of either are not known."""
        if self.times_known and other.times_known:
            return self.starts_at < other.ends_at and other.starts_at < self.ends_at
        return self.begins_on <= as_day(other.ends_at) and other.begins_on <= as_day(self.ends_at)

    @property
    def takes_several_days(self) -> bool:
        return as_day(self.ends_at) != self.begins_on

    @property
    def zone(self) -> str:
        """Whose clock its hours are by, where somebody may join from elsewhere; else ''."""
        return zone_text(self.starts_at) if self.link and self.times_known else ""

    @property
    def awaits_answers(self) -> bool:
        """Announced and not begun: the invited may still answer."""
        return self.state == self.State.ANNOUNCED and self.starts_later

    @property
    def starts_later(self) -> bool:
        """The invited may answer it, or may once it is announced."""
        return timezone.now() < self.starts_at

    @property
    def is_off(self) -> bool:
        """Cancelled, or postponed without a new date."""
        return self.state in self.OFF

    def search_parts(self) -> list[str]:
        """What every reader of the meeting’s page sees of it; its space only where they all do."""
        parts = [self.reference]
        for stem in ("title", "purpose", "place"):
            parts += [getattr(self, f"{stem}_{language}") for language in ("ar", "fr", "en")]
        space = self.space if self.space is not None and self.space.audience in SPACES_SEEN[self.audience] else None
        for thing in (self.organiser, space, self.project, self.territory):
            if thing is not None:
                parts += [thing.name_ar, thing.name_fr, thing.name_en]
        parts.append(self.organiser.acronym)
        if self.project is not None:
            parts += [self.project.title_ar, self.project.title_fr, self.project.title_en]
        return [part for part in parts if part]


#: the audiences of a space that everybody sees who sees a meeting of that audience
SPACES_SEEN: dict[str, tuple[str, ...]] = {
    Meeting.Audience.PUBLIC: (Space.Audience.PUBLIC,),
    Meeting.Audience.MEMBERS: (Space.Audience.PUBLIC, Space.Audience.MEMBERS),
    Meeting.Audience.PARTICIPANTS: (Space.Audience.PUBLIC, Space.Audience.MEMBERS),
}
