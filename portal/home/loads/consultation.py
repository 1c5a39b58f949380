"""The consultation of Nador, 26 September 2025: what public sources state, and nothing more.

Sources: orientaleco.com (programme, axes, purposes) and le48info.ma (day, project, funder, order of the sessions).
The hours, those invited, the minutes, deadlines and who leads are not stated; they stay empty.
"""

import json
from datetime import date, time
from pathlib import Path
from typing import Any

from django.db import models, transaction

from actors.directory.models import Actor, Space
from meetings.models import AgendaItem, Meeting, Project
from portal.core import history
from portal.core.acting import THE_PORTAL
from portal.core.dates import start_of
from portal.core.search import reindex
from portal.reference.models import Axis, Territory
from recommendations.models import Recommendation

DATA = Path(__file__).resolve().parent.parent / "data" / "consultation.json"
#: the institutions it names, by their addresses
CONSULTED = ("asticude", "commune-beni-ensar")
REGION, PROVINCE, NADOR, BENI_ENSAR = "02", "02.381", "02.381.01.05", "02.381.01.03"


class Load:
    """Adds what is missing by its natural key, leaves what exists as it is, and remembers what it added."""

    def __init__(self) -> None:
        self.added: list[str] = []

    def add[M: models.Model](self, model: type[M], values: dict[str, Any], **key: Any) -> M:
        """The row with this key: the existing one untouched, else a new one with `values`, kept in the history."""
        row = model._default_manager.filter(**key).first()
        if row is None:
            row = model(**key, **values)
            if hasattr(model, "history"):
                history.save(row, by=THE_PORTAL)
            else:
                row.save()
            self.added.append(f"{model._meta.verbose_name_raw}: {row}")
        return row


@transaction.atomic
def load_consultation() -> list[str]:
    """Load the facts; returns one line for each row added (none on a second run)."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    load = Load()
    territories = {code: Territory.objects.filter(code=code).first() for code in (REGION, PROVINCE, NADOR, BENI_ENSAR)}

    organiser = _actor(load, data["organiser"], Actor.Kind.ASSOCIATION, territories[NADOR], territories[PROVINCE])
    presenter = _actor(load, data["presenter"], Actor.Kind.COMMUNE, territories[BENI_ENSAR], territories[BENI_ENSAR])
    project = load.add(Project, {**_without(data["project"], "slug"), "lead": organiser}, slug=data["project"]["slug"])
    for space in data["spaces"]:
        load.add(Space, {**_without(space, "code"), "territory": territories[PROVINCE]}, code=space["code"])

    facts = data["meeting"]
    day = date.fromisoformat(facts["day"])
    meeting = load.add(
        Meeting,
        {
            **_without(facts, "reference", "day"),
            "organiser": organiser,
            "project": project,
            "kind": Meeting.Kind.CONSULTATION,
            "starts_at": start_of(day, time(9)),
            "ends_at": start_of(day, time(18)),
            "times_known": False,
            "territory": territories[REGION],
            "audience": Meeting.Audience.PUBLIC,
            "state": Meeting.State.HELD,
            "created_at": start_of(day),
        },
        reference=facts["reference"],
    )
    for position, item in enumerate(data["items"], start=1):
        row = load.add(AgendaItem, _without(item, "presenter"), meeting=meeting, position=position)
        if item.get("presenter") and not row.presenters.exists():
            row.presenters.add(presenter)
    for number, item in enumerate(data["recommendations"], start=1):
        values = {
            **_without(item, "axis"),
            "meeting": meeting,
            "axis": Axis.objects.filter(code=item["axis"]).first(),
            "territory": territories[REGION],
            "level": Recommendation.Level.REGIONAL,
            "state": Recommendation.State.ADOPTED,
            "adopted_at": start_of(day, time(18)),
            "last_news_at": start_of(day, time(18)),
            "created_at": start_of(day),
        }
        load.add(Recommendation, values, reference=f"{meeting.reference}-R{number}")
    for model in (Actor, Space, Meeting, Recommendation):
        reindex(model._default_manager.all())
    return load.added


def _actor(load: Load, data: dict, kind: str, seat: Territory | None, area: Territory | None) -> Actor:
    values = {**_without(data, "slug"), "kind": kind, "seat": seat, "state": Actor.State.PUBLISHED}
    actor = load.add(Actor, values, slug=data["slug"])
    if area is not None and not actor.areas.exists():
        actor.areas.add(area)
    return actor


def _without(data: dict, *keys: str) -> dict:
    return {name: value for name, value in data.items() if name not in keys}
