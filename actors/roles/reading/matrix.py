"""The matrix for one reader: what they may see of the roles on a day, laid over the region or one province."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.functional import cached_property
from django.utils.translation import get_language

from actors.directory.models import Actor
from actors.directory.permissions import sees_inside
from actors.roles.models import Responsibility, ResponsibilityQuerySet
from actors.roles.reading.grid import Cell, MatrixColumn, MatrixRow, Role, grid
from actors.roles.reading.question import GAPS, OVERLAPS, MatrixFrame, Question
from actors.roles.reading.words import scope_of
from portal.core.dates import today
from portal.core.names import FALLBACKS
from portal.core.remembered import DrawnPieces, Remembered, last_changes
from portal.reference.models import Territory

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models import User

FIELDS = (
    "pk", "theme_id", "territory_id", "territory__kind", "part", "answer", "actor_id", "actor__kind", "actor__acronym",
)  # fmt: skip

#: a matrix holds all its roles, some megabytes of them
_matrices: "Remembered[Matrix]" = Remembered(most=12)


@dataclass
class Matrix:
    """What the page, the export and the PDF show. `finds`: with gaps and overlaps, for members."""

    question: Question
    finds: bool
    region: Territory
    province: Territory | None
    columns: list[MatrixColumn]
    every_row: list[MatrixRow]
    drawn: DrawnPieces = field(default_factory=DrawnPieces)

    @cached_property
    def gaps(self) -> list[Cell]:
        return [cell for row in self.every_row for cell in row.gaps]

    @cached_property
    def overlaps(self) -> list[Cell]:
        return [cell for row in self.every_row for cell in row.overlaps]

    @cached_property
    def rows(self) -> list[MatrixRow]:
        """All themes; where one sort of finding is asked for, those that have it; for visitors those with a role."""
        if not self.finds:
            return [row for row in self.every_row if not row.is_empty]
        if self.question.show == GAPS:
            return [row for row in self.every_row if row.gaps]
        if self.question.show == OVERLAPS:
            return [row for row in self.every_row if row.overlaps]
        return self.every_row

    @cached_property
    def findings(self) -> list[Cell]:
        """The cells to talk about, theme by theme: those of the sort asked for, or both."""
        wanted = {GAPS: ("gap",), OVERLAPS: ("overlap",)}.get(self.question.show, ("gap", "overlap"))
        return [cell for row in self.every_row for cell in row.all_cells if cell.finding in wanted]

    @property
    def whole(self) -> MatrixColumn:
        """The region, or the one province, as a whole: the first column."""
        return _place(self.province or self.region)

    @property
    def whole_scope(self) -> str:
        return scope_of(self.whole.kind)

    @property
    def is_empty(self) -> bool:
        """No role is shown anywhere."""
        return all(row.is_empty for row in self.every_row)


def seen_roles(user: "User | AnonymousUser", day: date) -> ResponsibilityQuerySet:
    """The roles of published sheets in force on `day` that this reader may see."""
    roles = Responsibility.objects.visible_to(user).on(day)  # type: ignore[arg-type]
    return roles.filter(actor__state=Actor.State.PUBLISHED)


def work_seen(user: "User | AnonymousUser") -> ResponsibilityQuerySet:
    """The roles that say who works where, on what: of those in force today, uncontested, whoever leads or supports."""
    at_work = [part for part in Responsibility.Part if part.works]
    return seen_roles(user, today()).standing(today()).filter(part__in=at_work)


def read_matrix(frame: MatrixFrame, question: Question, user: "User | AnonymousUser") -> Matrix | None:
    """The matrix this reader sees; None while no territory is loaded.

    Read once for all visitors, once for all who are of no institution, once for everybody else (`seen_roles` is the
    same for each of them), until a role or an institution changes.
    """
    if frame.region is None:
        return None
    finds = sees_inside(user)  # type: ignore[arg-type]
    asked = question, finds, user.is_authenticated, get_language(), today(), frame.names
    return _matrices.recall(asked, last_changes(Responsibility, Actor), lambda: _read(frame, question, user, finds))


def _read(frame: MatrixFrame, question: Question, user: "User | AnonymousUser", finds: bool) -> Matrix:
    region: Any = frame.region
    province = next((row for row in frame.provinces if row.code == question.province), None)
    columns = frame.communes[province.code] if province else frame.provinces
    places = [_place(row, frame.communes.get(row.code, [])) for row in columns]
    themes = [theme for theme in frame.themes if question.theme in (None, theme.pk)]
    rows = grid(
        read_roles(seen_roles(user, question.on)),
        themes,
        _place(province or region),
        places,
        finds=finds,
        part=question.part,
        kind=question.kind,
    )
    return Matrix(question, finds, region, province, places, rows)


def read_roles(roles: ResponsibilityQuerySet) -> list[Role]:
    """The rows of the query as the grid needs them, institutions named in the reader’s language."""
    names = [f"actor__name_{code}" for code in FALLBACKS[(get_language() or "ar")[:2]]]
    return [_role(row[: len(FIELDS)], row[len(FIELDS) :]) for row in roles.order_by().values_list(*FIELDS, *names)]


def _role(facts: tuple[Any, ...], names: tuple[str, ...]) -> Role:
    pk, theme, territory, reach, part, answer, actor, kind, acronym = facts
    name = next((name for name in names if name), "")
    return Role(pk, theme, territory, reach, part, answer, actor, name, acronym or name, kind)


def _place(territory: Territory, communes: Iterable[Territory] = ()) -> MatrixColumn:
    return MatrixColumn(territory.code, str(territory), territory.kind, frozenset(row.code for row in communes))
