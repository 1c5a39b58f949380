"""What the pieces of the demonstration share."""

from dataclasses import dataclass
from datetime import date

from actors.directory.models import Actor, Space
from portal.accounts.models import User
from portal.home.loads.consultation import Load


@dataclass
class World:
    """What the pieces of the demonstration hand to one another."""

    load: Load
    day: date
    actors: dict[str, Actor]
    people: dict[str, User]
    space: Space
    civil_space: Space
