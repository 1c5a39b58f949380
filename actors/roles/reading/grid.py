"""The matrix as arithmetic: roles laid over themes and territories; nothing here asks the database.

1. A role for a territory covers what lies in it: in a narrower column it stands as `above`.
2. A role in a narrower territory stands as `inside`.
3. A contested role is shown to members, and counts for nothing.
4. Gap: nobody leads in the column's territory or a wider one, nor, commune by commune, in all of it.
5. Overlap: several institutions lead in the column's territory, wider ones counted, and one of them names just it;
   two leads of the whole region are one overlap, in the region's own column, and not one more in each province.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from actors.roles.models import Responsibility
from actors.roles.reading.words import Sign, inside_text, scope_of, sign_of
from portal.reference.codes import wider_codes

LEADS = Responsibility.Part.LEADS
#: how many institutions a cell names; one more is not worth folding away
NAMED = 4


@dataclass(frozen=True, slots=True)
class Role:
    """One role as a cell needs it: keys of theme, territory and institution; the institution's names."""

    pk: int
    theme: int
    territory: str
    territory_kind: str
    part: str
    answer: str
    actor: int
    name: str
    short: str
    kind: str

    @property
    def sign(self) -> Sign:
        return sign_of(self.part)

    @property
    def stands(self) -> bool:
        return self.answer != Responsibility.Answer.CONTESTED

    @property
    def is_lead(self) -> bool:
        return self.part == LEADS and self.stands

    @property
    def mark(self) -> str:
        """What a member is told beside the name: `waiting`, `contested` or nothing."""
        return "" if self.answer == Responsibility.Answer.CONFIRMED else self.answer


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    """A column: the code, the name and the kind of its territory; the codes of the communes in it."""

    code: str
    name: str
    kind: str
    communes: frozenset[str] = frozenset()


@dataclass(slots=True)
class Cell:
    """One theme in one place: the roles shown, and what is to be found out about it."""

    theme: Any
    place: MatrixColumn
    here: list[Role] = field(default_factory=list)
    above: list[Role] = field(default_factory=list)
    inside: list[Role] = field(default_factory=list)
    leads: list[Role] = field(default_factory=list)
    is_gap: bool = False
    is_overlap: bool = False

    @property
    def finding(self) -> str:
        return "gap" if self.is_gap else "overlap" if self.is_overlap else ""

    @property
    def first(self) -> list[Role]:
        """Those a cell names."""
        return self.here if len(self.here) <= NAMED + 1 else self.here[:NAMED]

    @property
    def more(self) -> int:
        return len(self.here) - len(self.first)

    @property
    def covering(self) -> list[tuple[str, list[Role]]]:
        """The roles that cover the cell from above, by how far they reach: «على صعيد الجهة»."""
        return [(scope_of(kind), list(roles)) for kind, roles in groupby(self.above, lambda role: role.territory_kind)]

    @property
    def communes_inside(self) -> int:
        """In how many communes of the place somebody has a role."""
        return len({role.territory for role in self.inside if role.stands})

    @property
    def inside_text(self) -> str:
        return inside_text(self.communes_inside) if self.communes_inside else ""

    @property
    def is_empty(self) -> bool:
        return not (self.here or self.above or self.inside)


@dataclass(slots=True)
class MatrixRow:
    """One theme: the cell of the region (or province) as a whole, then one for each column."""

    theme: Any
    whole: Cell
    cells: list[Cell]

    @property
    def all_cells(self) -> list[Cell]:
        return [self.whole, *self.cells]

    @property
    def gaps(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_gap]

    @property
    def overlaps(self) -> list[Cell]:
        return [cell for cell in self.all_cells if cell.is_overlap]

    @property
    def is_empty(self) -> bool:
        return all(cell.is_empty for cell in self.all_cells)


def grid(
    roles: Iterable[Role],
    themes: Iterable[Any],
    whole: MatrixColumn,
    columns: Sequence[MatrixColumn],
    *,
    finds: bool,
    part: str = "",
    kind: str = "",
) -> list[MatrixRow]:
    """One row for each theme, in their order.

    `finds`: whether gaps and overlaps are looked for (members); they are found among all roles, while `part` and
    `kind` (of the institution) only narrow what the cells show.
    """
    found = _Index(roles)

    def shown(role: Role) -> bool:
        return (not part or role.part == part) and (not kind or role.kind == kind)

    def cell(theme: Any, place: MatrixColumn, *, is_whole: bool = False) -> Cell:
        return _cell(found, theme, place, shown=shown, covering=part or LEADS, finds=finds, may_be_gap=not is_whole)

    def row(theme: Any) -> MatrixRow:
        return MatrixRow(theme, cell(theme, whole, is_whole=True), [cell(theme, place) for place in columns])

    return [row(theme) for theme in themes]


class _Index:
    """The roles by theme and territory, and by theme and every territory that holds theirs."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self.at: Mapping[tuple[int, str], list[Role]] = defaultdict(list)
        self.under: Mapping[tuple[int, str], list[Role]] = defaultdict(list)
        for role in sorted(roles, key=lambda role: (role.part, not role.stands, role.short, role.pk)):
            self.at[role.theme, role.territory].append(role)
            for code in wider_codes(role.territory):
                self.under[role.theme, code].append(role)

    def here(self, theme: int, code: str) -> Sequence[Role]:
        return self.at.get((theme, code), ())

    def above(self, theme: int, code: str) -> list[Role]:
        return [role for other in wider_codes(code) for role in self.here(theme, other)]

    def inside(self, theme: int, code: str) -> Sequence[Role]:
        return self.under.get((theme, code), ())


def _cell(
    found: _Index,
    theme: Any,
    place: MatrixColumn,
    *,
    shown: Callable[[Role], bool],
    covering: str,
    finds: bool,
    may_be_gap: bool,
) -> Cell:
    here, above = found.here(theme.pk, place.code), found.above(theme.pk, place.code)
    inside = found.inside(theme.pk, place.code)
    cell = Cell(
        theme,
        place,
        here=[role for role in here if shown(role)],
        above=[role for role in above if role.part == covering and role.stands and shown(role)],
        inside=[role for role in inside if shown(role)],
    )
    if finds:
        cell.leads = [role for role in (*here, *above) if role.is_lead]
        several = len({role.actor for role in cell.leads}) > 1
        cell.is_overlap = several and any(role.is_lead for role in here)
        cell.is_gap = may_be_gap and not cell.leads and not _led_throughout(inside, place.communes)
    return cell


def _led_throughout(inside: Iterable[Role], communes: Collection[str]) -> bool:
    """Every single commune of the place has a lead of its own."""
    return bool(communes) and {role.territory for role in inside if role.is_lead} >= set(communes)
