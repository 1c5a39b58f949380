"""Where a recommendation can stand, what follows what, and how each state looks."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.choices import Choice


class AssignmentPart(models.TextChoices):
    """What an institution is asked to do for a recommendation."""

    LEAD = "lead", _("lead")
    SUPPORT = "support", _("support")


class AssignmentAnswer(Choice):
    """What it said to that."""

    tone: str
    icon: str

    WAITING = "waiting", "attention", "clock", _("waiting for an answer")
    ACCEPTED = "accepted", "ok", "check", _("accepted")
    RETURNED = "returned", "accent", "undo-2", _("returned: outside its competence")


#: the answers with which an assignment stands
STANDING = (AssignmentAnswer.WAITING, AssignmentAnswer.ACCEPTED)


class State(Choice):
    tone: str
    icon: str

    DRAFT = "draft", "", "pencil", pgettext_lazy("state of a recommendation", "draft")
    ADOPTED = "adopted", "", "check", pgettext_lazy("state of a recommendation", "adopted – not started")
    IN_PROGRESS = "in_progress", "attention", "hourglass", pgettext_lazy("state of a recommendation", "in progress")
    CONTINUOUS = "continuous", "brand", "repeat", pgettext_lazy("state of a recommendation", "continuous")
    BLOCKED = "blocked", "danger", "octagon-alert", pgettext_lazy("state of a recommendation", "blocked")
    DONE = "done", "info", "shield", pgettext_lazy("state of a recommendation", "done – waiting for confirmation")
    CONFIRMED = "confirmed", "ok", "shield-check", pgettext_lazy("state of a recommendation", "confirmed")
    CONTESTED = "contested", "accent", "message-square-warning", pgettext_lazy("state of a recommendation", "contested")
    DROPPED = "dropped", "", "circle-slash", pgettext_lazy("state of a recommendation", "dropped")

    @property
    def in_public(self) -> "State":
        """What a visitor is shown instead of a state that could embarrass an institution."""
        return {State.BLOCKED: State.IN_PROGRESS, State.CONTESTED: State.DONE}.get(self, self)


OPEN = (State.ADOPTED, State.IN_PROGRESS, State.CONTINUOUS, State.BLOCKED, State.CONTESTED)
#: what an institution that leads may report
REPORTED = (State.IN_PROGRESS, State.CONTINUOUS, State.BLOCKED, State.DONE)
FINISHED = (State.DONE, State.CONFIRMED)
#: no meeting stands behind it, or no longer
NOT_AGREED = (State.DRAFT, State.DROPPED)
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
#: what a visitor is told of each state that is shown in public
PUBLIC_TEXTS = {
    State.ADOPTED: _("The recommendation is adopted; its implementation has not begun."),
    State.IN_PROGRESS: _("The institutions concerned are working on it."),
    State.CONTINUOUS: _("The institutions concerned are working on it."),
    State.DONE: _("The recommendation is done; the confirmation of the space is awaited."),
    State.CONFIRMED: _("The recommendation is done, and its space has confirmed it."),
}
#: how far each of them has come for a visitor: adopted, begun, done, confirmed
PUBLIC_STEPS = {State.ADOPTED: 0, State.IN_PROGRESS: 1, State.CONTINUOUS: 1, State.DONE: 2, State.CONFIRMED: 3}
#: the strip of states, the finished first
STRIP = (
    State.CONFIRMED,
    State.DONE,
    State.CONTINUOUS,
    State.IN_PROGRESS,
    State.CONTESTED,
    State.BLOCKED,
    State.ADOPTED,
)
#: what waits stands before what is finished
BY_URGENCY = (
    State.BLOCKED,
    State.CONTESTED,
    State.ADOPTED,
    State.IN_PROGRESS,
    State.CONTINUOUS,
    *FINISHED,
    *NOT_AGREED,
)


def strip_of(counts: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """The parts of the strip for numbers by state: label, number, colour; states without any are left out."""
    return [(str(state.label), counts[state], state.tone or "none") for state in STRIP if counts.get(state)]
