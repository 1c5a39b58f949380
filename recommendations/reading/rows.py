"""What the register says of a recommendation, in plain values: the same are the same row, which is drawn once."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.db.models import CharField, IntegerField

from actors.directory.models import Actor
from portal.core.databases import PRIMARY
from portal.reference.models import Axis
from recommendations.models import Assignment, Recommendation, Shown
from recommendations.models.assignment import with_assignments
from recommendations.models.shown import Flag
from recommendations.models.states import State

#: of itself, as its table has them
OWN = (
    *("id", "reference", "meeting_id", "text_ar", "text_fr", "text_en", "axis_id", "due_on", "due_council", "state"),
    *("progress", "last_news_at", "meeting_starts_at"),
)
NAMES = ("name_ar", "name_fr", "name_en")
#: what is read of each: of itself, of its place among the others, of its axis, of who leads
COLUMNS = (
    *OWN, "reference_length", *(f"axis__{name}" for name in NAMES),
    "led__answer", "led__actor_id", *(f"led__actor__{name}" for name in NAMES),
)  # fmt: skip
KINDS: list[Any] = [
    *(Recommendation._meta.get_field(name) for name in OWN), IntegerField(), *[CharField()] * 4, IntegerField(),
    *[CharField()] * 3,
]  # fmt: skip


def line_of(*values: Any) -> Recommendation:
    """The recommendation of the values of COLUMNS, with its axis and with who leads; nothing else was read of it."""
    own, (length, *axis), (answer, lead, *names) = values[: len(OWN)], values[len(OWN) : -5], values[-5:]
    row: Any = Recommendation.from_db(PRIMARY, OWN, own)
    row.reference_length = length
    if row.axis_id is not None:
        row._state.fields_cache["axis"] = Axis.from_db(PRIMARY, ("id", *NAMES), (row.axis_id, *axis))
    leads = []
    if lead is not None:
        actor = Actor.from_db(PRIMARY, ("id", *NAMES), (lead, *names))
        leads = [SimpleNamespace(part=Assignment.Part.LEAD, answer=answer, actor=actor)]
    row._prefetched_objects_cache = {"assignments": leads}
    return row


def with_sessions(rows: Sequence[Recommendation]) -> list[Recommendation]:
    """The rows; those due at a session of a council, which is called by its seat, with all that is known of them."""
    due = [row.pk for row in rows if row.due_council]
    whole = {row.pk: row for row in with_assignments(Recommendation.objects.filter(pk__in=due))} if due else {}
    return [whole.get(row.pk, row) for row in rows]


class RegisterRow(NamedTuple):
    """A recommendation as its reader is shown it, in their language."""

    url: str
    text: str
    reference: str
    axis: str
    lead: str
    inside: bool
    #: when it is due; in public when the last news came
    when: str
    state: State
    flags: tuple[Flag, ...]
    progress: int


def row_of(shown: Shown) -> RegisterRow:
    recommendation = shown.recommendation
    return RegisterRow(
        url=recommendation.get_absolute_url(),
        text=str(recommendation.text),
        reference=recommendation.reference,
        axis=str(recommendation.axis or ""),
        lead=str(shown.lead.actor.name) if shown.lead else "",
        inside=shown.inside,
        when=shown.due_text if shown.inside else shown.updated_month,
        state=shown.state,
        flags=tuple(shown.flags),
        progress=shown.progress,
    )
