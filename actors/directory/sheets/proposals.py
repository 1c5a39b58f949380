"""What a proposal asks for, beside what the sheet says now."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from actors.directory.models import Actor, ProposedChange
from actors.directory.rules.fields import RESERVED
from actors.directory.sheets.values import Texts, are_long, label_of, values_of


class ProposalStanding(StrEnum):
    """How a value asked for stands to the sheet of today."""

    OPEN = "open"  # the sheet says what it said when the change was proposed
    OVERTAKEN = "overtaken"  # somebody has written a third thing since
    DONE = "done"  # the sheet already says it


@dataclass(frozen=True)
class AskedField:
    """One field of a proposal."""

    field: str
    label: str
    was: str
    now: str
    asked: str
    standing: ProposalStanding

    @property
    def is_long(self) -> bool:
        return are_long(self.was, self.now, self.asked)


def standing_of(proposal: ProposedChange, actor: Actor) -> dict[str, ProposalStanding]:
    """Each field asked for, and how it stands."""
    now = values_of(actor)
    found = {}
    for name, (was, asked) in proposal.values.items():
        found[name] = (
            ProposalStanding.DONE
            if now[name] == asked
            else ProposalStanding.OPEN
            if now[name] == was
            else ProposalStanding.OVERTAKEN
        )
    return found


def asked_in(proposals: Iterable[ProposedChange]) -> dict[int, list[AskedField]]:
    """By number of the proposal: what it asks for, its actor already read; one query for the names of all seats."""
    proposals, texts = list(proposals), Texts()
    texts.learn_keys(_said(proposals))
    rows: dict[int, list[AskedField]] = {}
    for proposal in proposals:
        now, standing = values_of(proposal.actor), standing_of(proposal, proposal.actor)
        rows[proposal.pk] = [
            AskedField(
                name, label_of(name), texts.one(name, was), texts.one(name, now[name]), texts.one(name, asked),
                standing[name],
            )
            for name, (was, asked) in sorted(proposal.values.items(), key=lambda pair: RESERVED.index(pair[0]))
        ]  # fmt: skip
    return rows


def _said(proposals: list[ProposedChange]) -> list[dict[str, Any]]:
    said = [{"seat": value} for proposal in proposals for value in proposal.values.get("seat", ())]
    return said + [{"seat": proposal.actor.seat_id} for proposal in proposals if "seat" in proposal.values]
