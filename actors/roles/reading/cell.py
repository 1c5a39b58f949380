"""One cell of the matrix at length: who has which role there, above it and inside it, on what basis and since when."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from actors.directory.permissions import sees_inside
from actors.roles.models import ResponsibilityQuerySet
from actors.roles.reading.grid import MatrixColumn, grid
from actors.roles.reading.lines import RoleLine, lines
from actors.roles.reading.matrix import read_roles, seen_roles
from actors.roles.reading.words import finding_word, scope_of
from portal.core.dates import day_text
from portal.reference.models import Territory, Theme

if TYPE_CHECKING:
    from portal.accounts.models import User


@dataclass
class CellAtLength:
    """A theme, a territory, a day, and the roles: of just that territory, of wider ones, of those in it."""

    theme: Theme
    territory: Territory
    day: date
    finding: str
    word: str
    here: list[RoleLine] = field(default_factory=list)
    above: dict[str, list[RoleLine]] = field(default_factory=dict)
    inside: dict[str, list[RoleLine]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.here or self.above or self.inside)


def read_cell(theme: Theme, territory: Territory, user: "User", day: date) -> CellAtLength:
    """What this reader sees of the cell on `day`; `above` by how far the roles reach, `inside` by commune."""
    roles = seen_roles(user, day).filter(theme=theme).concerned_with(territory.code)
    finding = _finding(theme, territory, roles) if sees_inside(user) else ""
    cell = CellAtLength(theme, territory, day, finding, finding_word(finding))
    for line in lines(roles, user, day):
        place = line.role.territory
        if place.code == territory.code:
            cell.here.append(line)
        elif place.contains(territory):
            cell.above.setdefault(scope_of(place.kind), []).append(line)
        else:
            cell.inside.setdefault(place_line(place), []).append(line)
    return cell


def place_line(territory: Territory, day: date | None = None) -> str:
    """“Nador (province)”: a province and its chief town often share a name; with the day where it is not today."""
    name = f"{territory} ({territory.get_kind_display()})"
    return f"{name} · {day_text(day)}" if day else name


def _finding(theme: Theme, territory: Territory, roles: ResponsibilityQuerySet) -> str:
    """What the grid finds there: the cell of a column, or of the region as a whole."""
    communes = Territory.objects.within(territory.code).communes().values_list("code", flat=True)
    place = MatrixColumn(territory.code, str(territory), territory.kind, frozenset(communes))
    [row] = grid(read_roles(roles), [theme], place, [place], finds=True)
    return (row.whole if territory.level == Territory.Level.REGION else row.cells[0]).finding
