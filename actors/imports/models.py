"""Lists of institutions brought in from a file."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.choices import Choice
from portal.core.dates import day_and_time
from portal.core.files import StoredFile
from portal.core.work import Work, WorkQuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from portal.accounts.models import User

#: how long a whole import can be undone
UNDO = timedelta(days=30)


class ActorImportQuerySet(WorkQuerySet["ActorImport"]):
    def visible_to(self, user: "User") -> Self:
        return self if getattr(user, "is_administrator", False) else self.none()


class ActorImport(StoredFile, Work):
    """One file on its way into the directory: read, matched to columns, previewed, run, and undone where wanted."""

    class State(Choice):
        #: the number of its step on the way, counted from 1; one that failed stands where it failed
        step: int
        #: the page on which a person acts; where there is none, there is something to watch
        page: str
        tone: str
        icon: str

        COLUMNS = "columns", 2, "import_columns", "attention", "hand", _("columns to be confirmed")
        CHECKING = "checking", 3, "", "info", "loader-circle", _("rows being checked")
        READY = "ready", 3, "import_rows", "attention", "hand", _("ready to be run")
        RUNNING = "running", 4, "", "info", "loader-circle", _("being brought in")
        DONE = "done", 5, "import_result", "ok", "check", _("brought in")
        UNDOING = "undoing", 5, "", "info", "loader-circle", _("being undone")
        UNDONE = "undone", 5, "import_result", "", "undo-2", _("undone")
        FAILED = "failed", 1, "", "danger", "circle-alert", _("could not be finished")
        CANCELLED = "cancelled", 1, "", "", "undo-2", pgettext_lazy("import", "abandoned")

    TRANSITIONS: ClassVar = {
        State.COLUMNS: (State.CHECKING, State.CANCELLED),
        State.CHECKING: (State.READY, State.COLUMNS, State.FAILED, State.CANCELLED),
        State.READY: (State.RUNNING, State.CHECKING, State.CANCELLED),
        State.RUNNING: (State.DONE, State.FAILED),
        State.DONE: (State.UNDOING,),
        State.UNDOING: (State.UNDONE, State.FAILED),
        State.FAILED: (State.CHECKING, State.RUNNING, State.UNDOING, State.CANCELLED),
    }
    MADE_BY = "actors.imports.work.produce"
    UNFINISHED = frozenset({State.CHECKING, State.RUNNING, State.UNDOING})
    #: it goes on once a person has decided
    UNDECIDED = (State.COLUMNS, State.READY, State.FAILED)

    class NewState(models.TextChoices):
        PUBLISHED = "published", _("published at once")
        DRAFT = "draft", _("kept as drafts")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.COLUMNS)
    #: what was found out about the file: encoding, delimiter, sheets, chosen sheet, number of rows
    facts = models.JSONField(default=dict)
    #: the row of headings, counted from 1; the columns as read: {"0": "name_ar", …}, '' for one that is left out
    header_row = models.PositiveIntegerField(_("row of the headings"), default=1)
    columns = models.JSONField(_("columns"), default=dict)
    new_state = models.CharField(_("new institutions are"), max_length=10, choices=NewState, default=NewState.PUBLISHED)
    contact_audience = models.CharField(_("their contact details are seen by"), max_length=15, default="members")
    #: how many rows of each verdict, how many of each outcome
    counts = models.JSONField(default=dict)
    #: who asked for it to be brought in and undone, and when: the history names them
    run_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    run_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ActorImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-requested_at", "-pk")

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("imports:actor_import", args=[self.pk])

    @property
    def undone_until(self) -> datetime | None:
        """The moment until which the whole of it can be undone."""
        return self.run_at + UNDO if self.run_at else None

    @property
    def can_be_undone(self) -> bool:
        """Brought in, or broken off in the middle of it, and not more than thirty days ago."""
        broken = self.state == self.State.FAILED and self.failed_in == self.State.RUNNING
        return (
            (self.state == self.State.DONE or broken)
            and self.run_at is not None
            and timezone.now() <= self.run_at + UNDO
        )


class ImportRow(models.Model):
    """One record of the file: what was read, what it seems to be, what is decided, what was done."""

    class Verdict(Choice):
        tone: str
        icon: str
        #: above the rows of that verdict
        heading: "_StrPromise"

        NEW = "new", "brand", "circle-plus", pgettext_lazy("rows of an import", "New"), _("new institution")
        CHANGES = "changes", "info", "pencil", pgettext_lazy("rows of an import", "Known"), _("changes an institution")
        UNCHANGED = (
            "unchanged",
            "",
            "equal",
            pgettext_lazy("rows of an import", "Without a change"),
            _("already in the directory, as it stands"),
        )
        SAME_AS_ROW = (
            "same_as_row",
            "",
            "copy",
            pgettext_lazy("rows of an import", "Repeated"),
            _("same as an earlier row"),
        )
        LOOKS_LIKE = (
            "looks_like",
            "attention",
            "scan-search",
            pgettext_lazy("rows of an import", "Look alike"),
            _("looks like an institution or an earlier row"),
        )
        UNCLEAR = (
            "unclear",
            "attention",
            "circle-question-mark",
            pgettext_lazy("rows of an import", "Not understood"),
            _("a cell is not understood"),
        )
        REJECTED = (
            "rejected",
            "danger",
            "ban",
            pgettext_lazy("rows of an import", "Impossible"),
            _("cannot be a record"),
        )
        HEADER = "header", "", "table-properties", pgettext_lazy("rows of an import", "Headings"), _("headings")
        SKIPPED = (
            "skipped",
            "",
            "minus",
            pgettext_lazy("rows of an import", "No record"),
            _("no record: title, total, note or empty"),
        )

    #: they are counted apart
    NO_RECORDS = (Verdict.HEADER, Verdict.SKIPPED)

    class Decision(Choice):
        ADD = "add", _("add as a new institution")
        CHANGE = "change", _("apply the changes")
        FILL = "fill", _("fill empty fields only")
        LEAVE = "leave", _("leave out")

    class Outcome(Choice):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("nothing to change")
        LEFT_OUT = "left_out", _("left out")
        FAILED = "failed", _("could not be brought in")

    #: a row has an institution that others may be written into
    BECAME = (Outcome.ADDED, Outcome.CHANGED, Outcome.UNCHANGED)

    run = models.ForeignKey(ActorImport, models.CASCADE, related_name="rows")
    #: the number of the record in the file, from 1, and the line it begins on
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    #: the values understood, by field
    fields: Any = models.JSONField(default=dict)
    verdict = models.CharField(max_length=12, choices=Verdict)
    #: codes with what they are about: [{"code": "phone_not_understood", "column": "phone", "value": "…", …}]
    reasons = models.JSONField(default=list)
    #: True when a person must choose before the row is brought in
    needs_choice = models.BooleanField(default=False)
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.LEAVE)
    #: somebody has decided, about this row alone or about all rows of its verdict together
    decided_by_hand = models.BooleanField(default=False)
    decided_together = models.BooleanField(default=False)
    #: what a person chose where a cell was not understood, by field; it goes before `fields`
    choices: Any = models.JSONField(default=dict)
    #: the institution it is or seems to be, the earlier row it repeats, other candidates [{"actor": 3}, {"row": 12}]
    actor = models.ForeignKey("directory.Actor", models.SET_NULL, null=True, blank=True, related_name="import_rows")
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="repeated_by")
    candidates = models.JSONField(default=list)
    #: what its target said when the row was checked or decided, in the fields that differ (`rules.wanted`)
    seen: Any = models.JSONField(null=True, default=None)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    #: what it wrote (`portal.core.journal`)
    done: Any = models.JSONField(default=list)
    #: why it could not be brought in or undone, a sentence
    note = models.CharField(max_length=500, blank=True)
    #: the undoing has been here; what it had to leave, and why: [{"code": "built_on", …}]
    undone = models.BooleanField(default=False)
    kept: Any = models.JSONField(default=list)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="import_row_once")]

    def __str__(self) -> str:
        return f"{self.run} – {self.line}"


class ImportLayout(models.Model):
    """Which column means what, remembered for files with the same headings."""

    #: the normalised headings, hashed
    fingerprint = models.CharField(max_length=64, unique=True)
    columns = models.JSONField(default=dict)
    saved_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("layout of imported files")
        verbose_name_plural = _("layouts of imported files")

    def __str__(self) -> str:
        return day_and_time(self.saved_at)
