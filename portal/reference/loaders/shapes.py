"""The outlines of a region's territories, from our own files in `data/`, and how each is drawn on the region's map."""

from collections import Counter

from portal.reference.loaders.drawing import draw
from portal.reference.loaders.rows import ADDED, CHANGED, REMOVED, UNCHANGED
from portal.reference.loaders.territories import region_file
from portal.reference.models import Territory, TerritoryShape


def load_shapes(region: str) -> Counter[str]:
    """A shape for each territory that has an outline; returns the tally. After the territories.

    Written in bulk: nobody corrects a shape by hand, so none is kept.
    """
    outlines = region_file(region, "outlines")
    wanted = {code: (outlines[code], path) for code, path in draw(outlines).items()}
    rows = TerritoryShape.objects.filter(territory__in=Territory.objects.within(region))
    known = {row.pk: (row.outline, row.path) for row in rows}
    tally = Counter(
        ADDED if code not in known else UNCHANGED if known[code] == shape else CHANGED for code, shape in wanted.items()
    )
    removed, _by_model = rows.exclude(pk__in=wanted).delete()
    TerritoryShape.objects.bulk_create(
        [TerritoryShape(territory_id=code, outline=outline, path=path) for code, (outline, path) in wanted.items()],
        update_conflicts=True,
        unique_fields=("territory",),
        update_fields=("outline", "path"),
    )
    return tally + Counter({REMOVED: removed})
