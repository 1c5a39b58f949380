"""Where a recommendation can stand, what follows what, and how each state looks."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db import models
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("state of a recommendation", "draft")
    ADOPTED = "adopted", pgettext_lazy("state of a recommendation", "adopted – not started")
    IN_PROGRESS = "in_progress", pgettext_lazy("state of a recommendation", "in progress")
    CONTINUOUS = "continuous", pgettext_lazy("state of a recommendation", "continuous")
    BLOCKED = "blocked", pgettext_lazy("state of a recommendation", "blocked")
    DONE = "done", pgettext_lazy("state of a recommendation", "done – waiting for confirmation")
    CONFIRMED = "confirmed", pgettext_lazy("state of a recommendation", "confirmed")
    CONTESTED = "contested", pgettext_lazy("state of a recommendation", "contested")
    DROPPED = "dropped", pgettext_lazy("state of a recommendation", "dropped")


OPEN = (State.ADOPTED, State.IN_PROGRESS, State.CONTINUOUS, State.BLOCKED, State.CONTESTED)
#: what a visitor is shown instead of a state that could embarrass an institution
IN_PUBLIC = {State.BLOCKED: State.IN_PROGRESS, State.CONTESTED: State.DONE}
TRANSITIONS = {
    State.DRAFT: (State.ADOPTED, State.DROPPED),
    State.ADOPTED: (State.IN_PROGRESS, State.CONTINUOUS, State.BLOCKED, State.DONE, State.DROPPED),
    State.IN_PROGRESS: (State.CONTINUOUS, State.BLOCKED, State.DONE, State.DROPPED),
    State.CONTINUOUS: (State.IN_PROGRESS, State.BLOCKED, State.DONE, State.DROPPED),
    State.BLOCKED: (State.IN_PROGRESS, State.CONTINUOUS, State.DONE, State.DROPPED),
    State.DONE: (State.CONFIRMED, State.CONTESTED),
    State.CONTESTED: (State.IN_PROGRESS, State.CONTINUOUS, State.BLOCKED, State.DONE, State.DROPPED),
    State.CONFIRMED: (State.IN_PROGRESS,),
    State.DROPPED: (State.ADOPTED, State.DRAFT),
}


class Look(NamedTuple):
    """How a state is shown: its tone and icon, always beside its word."""

    tone: str
    icon: str
    label: str


#: state: tone and icon
LOOKS = {
    State.DRAFT: ("", "pencil"),
    State.ADOPTED: ("", "check"),
    State.IN_PROGRESS: ("attention", "hourglass"),
    State.CONTINUOUS: ("brand", "repeat"),
    State.BLOCKED: ("danger", "octagon-alert"),
    State.DONE: ("info", "shield"),
    State.CONFIRMED: ("ok", "shield-check"),
    State.CONTESTED: ("accent", "message-square-warning"),
    State.DROPPED: ("", "circle-slash"),
}
#: the strip of states, the finished first: state and colour
STRIP = (
    (State.CONFIRMED, "ok"),
    (State.DONE, "info"),
    (State.CONTINUOUS, "brand"),
    (State.IN_PROGRESS, "attention"),
    (State.CONTESTED, "accent"),
    (State.BLOCKED, "danger"),
    (State.ADOPTED, "none"),
)


def look_of(state: str) -> Look:
    """The look of a state, its word in the active language."""
    return Look(*LOOKS[State(state)], str(State(state).label))


def strip_of(counts: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """The parts of the strip for numbers by state: label, number, colour; states without any are left out."""
    return [(str(state.label), counts[state], tone) for state, tone in STRIP if counts.get(state)]
