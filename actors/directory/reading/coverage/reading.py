"""The coverage as it is shown: provinces and their communes with numbers, colours, links and places on the map."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from actors.directory.reading.coverage.measures import Measure
from actors.directory.reading.coverage.question import NUMBER, CoverageForm
from actors.directory.reading.coverage.steps import ColourStep, colour_of, steps_of
from portal.core.dates import today
from portal.core.remembered import Remembered, asker_of, last_changes
from portal.core.text import normalise
from portal.reference.maps import Box, Middle, box_of, middle_of
from portal.reference.models import Territory

if TYPE_CHECKING:
    from portal.accounts.models import User

_numbers: Remembered[dict[str, int]] = Remembered()
#: room around the map, in the units of its paths
MARGIN = 24
#: how many lines of letters would stand over each other on the map
LETTERS = 38


@dataclass(frozen=True)
class Piece:
    """One territory with its number."""

    territory: Territory
    name: str
    #: how the map draws it; '' for a territory without a shape
    path: str
    number: int
    colour: int
    link: str
    phrase: str

    @property
    def title(self) -> str:
        """What a pointer or a screen reader is told on the map."""
        return _("%(place)s – %(count)s") % {"place": self.name, "count": self.phrase}

    @cached_property
    def middle(self) -> Middle:
        return middle_of(self.path)


@dataclass(frozen=True)
class Province:
    """A province, and its communes in the order that was asked for."""

    whole: Piece
    communes: list[Piece]

    @property
    def in_order(self) -> list[Piece]:
        """The communes in the order of their codes, as they lie on the map."""
        return sorted(self.communes, key=lambda piece: piece.territory.code)


@dataclass(frozen=True)
class Coverage:
    """The whole region, or one province of it (`shown`); the colours tell apart the communes that are shown."""

    region: Piece | None
    provinces: list[Province]
    shown_codes: frozenset[str]
    steps: list[ColourStep]

    @cached_property
    def shown(self) -> list[Province]:
        return [row for row in self.provinces if row.whole.territory.code in self.shown_codes]

    @property
    def is_whole(self) -> bool:
        return len(self.shown) == len(self.provinces)

    @property
    def has_map(self) -> bool:
        return any(piece.path for piece in self.pieces)

    @property
    def pieces(self) -> list[Piece]:
        """The communes that are shown, province after province."""
        return [piece for province in self.shown for piece in province.communes]

    @cached_property
    def box(self) -> Box:
        return box_of(province.whole.path for province in self.shown if province.whole.path).with_margin(MARGIN)

    @property
    def letter(self) -> int:
        """The size of letters on the map, so that they look the same however much of the region is shown."""
        return round(max(self.box.width, self.box.height) / LETTERS)

    @property
    def line(self) -> int:
        """The width of a province's border, likewise."""
        return max(round(self.letter / 9), 1)

    @property
    def halo(self) -> int:
        """The width of the white around letters."""
        return max(round(self.letter / 4), 1)

    @property
    def hair(self) -> int:
        """The width of a commune's border."""
        return max(round(self.letter / 20), 1)

    @property
    def labels(self) -> list[tuple[str, Middle, int]]:
        """What stands on the map, where, and on which colour: the provinces' names; of one province the numbers, where
        there is room."""
        if self.is_whole:
            return [(row.whole.name, row.whole.middle, 0) for row in self.shown if row.whole.path]
        drawn = [piece for piece in self.pieces if piece.path and piece.middle.room > self.letter / 2]
        return [(str(piece.number), piece.middle, piece.colour) for piece in drawn]

    @property
    def most(self) -> int:
        """The largest number of a province, for bars; at least one."""
        return max((province.whole.number for province in self.provinces), default=0) or 1


@dataclass(frozen=True)
class Land:
    """The region's territories and the paths of those that have a shape, in one query."""

    region: Territory | None
    provinces: list[Territory]
    communes: list[Territory]
    paths: dict[str, str]

    @classmethod
    def read(cls) -> "Land":
        rows = list(Territory.objects.annotate(path=F("shape__path")).order_by("code"))
        return cls(
            region=next((row for row in rows if row.level == Territory.Level.REGION), None),
            provinces=[row for row in rows if row.level == Territory.Level.PROVINCE],
            communes=[row for row in rows if row.level == Territory.Level.COMMUNE],
            paths={row.code: row.path or "" for row in rows},
        )


def read_coverage(land: Land, form: CoverageForm, user: "User") -> Coverage:
    """What the form asks, with what this reader may see; a handful of queries whatever the volume."""
    measure, theme, asked = form.measure, form.theme_key, form.province_code
    every = _numbers_of(measure, theme, land, user)
    shown = [row for row in land.provinces if asked in ("", row.code)]
    communes = {province.code: [row for row in land.communes if province.contains(row)] for province in shown}
    numbers = {row.code: every[row.code] for rows in communes.values() for row in rows}
    steps = steps_of(numbers.values())

    def piece(row: Territory) -> Piece:
        number = every[row.code]
        colour = colour_of(number, steps) if row.code in numbers else 0
        return Piece(
            row, str(row), land.paths[row.code], number, colour, measure.link(row.code, theme), measure.phrase(number)
        )

    return Coverage(
        region=piece(land.region) if land.region else None,
        provinces=[
            Province(piece(row), _sorted(map(piece, communes.get(row.code, [])), form.sort)) for row in land.provinces
        ],
        shown_codes=frozenset(communes),
        steps=steps,
    )


def _numbers_of(measure: Measure, theme: int | None, land: Land, user: "User") -> dict[str, int]:
    """Of each territory its number; counted once for all visitors and for each person, until something changes."""

    def counted() -> dict[str, int]:
        concerned = measure.read(user, theme)
        return {code: concerned.number(code) for code in land.paths}

    asked = measure.key, theme, asker_of(user), today(), tuple(land.paths)
    return _numbers.recall(asked, last_changes(*measure.changes()), counted)


def _sorted(pieces: Iterable[Piece], sort: str) -> list[Piece]:
    by_name: Callable[[Piece], str] = lambda piece: normalise(piece.name)  # noqa: E731
    rows = sorted(pieces, key=by_name)
    return sorted(rows, key=lambda piece: -piece.number) if sort == NUMBER else rows
