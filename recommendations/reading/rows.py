"""What the register says of a recommendation, in plain values: the same are the same row, which is drawn once."""

from typing import NamedTuple

from recommendations.models import Shown
from recommendations.models.shown import Flag
from recommendations.models.states import State


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
