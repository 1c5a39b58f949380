"""The cells of a row that are as the portal's own export prints them: whatever stands in them, nobody has edited it.

A cell is read with doubts, as what a stranger may have meant by it. What the export printed for the very sheet that the
row names needs none: it says what the sheet says, and nothing is told about it.
"""

from collections.abc import Iterable, Mapping
from itertools import batched

from actors.directory.models import Actor
from actors.directory.reading.export import Printed
from actors.directory.rules.fields import BY_KEY, LISTED
from actors.imports.rules.known import Known
from actors.imports.table.cells import Fields

#: cells that are read together: they are all as printed, or each is read
TOGETHER = [{column.key for column in field.columns} for field in LISTED if len(field.columns) > 1]
#: as many sheets as are held at a time
PORTION = 500


class Unedited:
    """What the export prints for the sheets that the rows of a file name, in the order in which they are named."""

    def __init__(self, pks: Iterable[int]) -> None:
        self._portions = {pk: portion for portion in batched(dict.fromkeys(pks), PORTION) for pk in portion}
        self._sheets: dict[int, Actor | None] = {}
        self._printed: Printed | None = None

    def keys(self, known: Known, cells: Mapping[str, str]) -> frozenset[str]:
        """The keys of the cells that are as printed for this sheet."""
        sheet = self._sheet(known.pk or 0)
        if sheet is None:
            return frozenset()
        self._printed = self._printed or Printed()
        same = {key for key, cell in cells.items() if self._printed.says(sheet, key, cell)}
        for keys in TOGETHER:
            if not same.issuperset(keys & set(cells)):
                same.difference_update(keys)
        return frozenset(same)

    def _sheet(self, pk: int) -> Actor | None:
        if pk in self._portions and pk not in self._sheets:
            portion = self._portions[pk]
            self._sheets = dict.fromkeys(portion) | {sheet.pk: sheet for sheet in Printed.sheets(portion)}
        return self._sheets.get(pk)


def keep(fields: Fields, known: Known, keys: Iterable[str]) -> None:
    """What the sheet says in the cells that are as printed, unless another cell says it otherwise."""
    for key in keys:
        for name in filter(None, (BY_KEY[key].key, BY_KEY[key].others)):
            fields[name] = fields[name] or known.fields[name]
