"""The map that the load draws: nothing comes apart, nothing is lost, and a region without outlines has none."""

import json
from collections import Counter
from itertools import pairwise

import pytest

from portal.reference.loaders import load_shapes, load_territories, shapes
from portal.reference.loaders.drawing import HEIGHT, draw
from portal.reference.loaders.territories import DATA
from portal.reference.maps import box_of, middle_of, rings_of
from portal.reference.models import Territory, TerritoryShape

OUTLINES = json.loads((DATA / "02" / "outlines.json").read_text(encoding="utf-8"))
PATHS = draw(OUTLINES)
COMMUNES = {code: path for code, path in PATHS.items() if code.count(".") == 3}


def _edges(*paths: str) -> Counter:
    return Counter(
        edge for path in paths for ring in rings_of(path) for edge in pairwise([*ring, ring[0]]) if edge[0] != edge[1]
    )


def _area(ring: list) -> float:
    return sum(one[0] * other[1] - other[0] * one[1] for one, other in pairwise([*ring, ring[0]])) / 2


def _areas(path: str) -> float:
    return abs(sum(map(_area, rings_of(path))))


def test_every_commune_province_and_the_region_is_drawn():
    assert len(COMMUNES) == 124
    assert set(PATHS) == set(OUTLINES)
    assert box_of(PATHS.values()) == box_of([PATHS["02"]])
    assert box_of([PATHS["02"]]).height in (HEIGHT - 1, HEIGHT)


def test_each_border_is_one_line_for_both_neighbours_and_the_rest_is_the_regions_edge():
    edges = _edges(*COMMUNES.values())
    alone = Counter({edge: 1 for edge in edges if (edge[1], edge[0]) not in edges})

    assert set(edges.values()) == {1}
    assert alone == _edges(PATHS["02"])


@pytest.mark.parametrize("province", [code for code in PATHS if code.count(".") == 1])
def test_a_provinces_border_is_what_its_communes_do_not_share(province):
    edges = _edges(*(path for code, path in COMMUNES.items() if code.startswith(f"{province}.")))

    assert Counter({edge: 1 for edge in edges if (edge[1], edge[0]) not in edges}) == _edges(PATHS[province])


def test_no_commune_vanishes_and_each_keeps_its_size_but_for_a_little():
    drawn = {code: _areas(path) for code, path in COMMUNES.items()}
    true = {
        code: abs(sum(_area([tuple(point) for point in ring[:-1]]) for ring in OUTLINES[code]["coordinates"]))
        for code in COMMUNES
    }
    scale = sum(drawn.values()) / sum(true.values())
    off = {code: drawn[code] / (true[code] * scale) for code in COMMUNES}

    assert sum(drawn.values()) == _areas(PATHS["02"])
    assert {code: round(ratio, 2) for code, ratio in off.items() if abs(ratio - 1) > 0.12} == {}


def test_a_label_stands_inside_what_it_names():
    for path in PATHS.values():
        middle = middle_of(path)
        inside = False
        for (ax, ay), (bx, by) in _edges(path):
            if (ay < middle.y + 0.25) != (by < middle.y + 0.25):
                inside ^= middle.x < ax + (middle.y + 0.25 - ay) * (bx - ax) / (by - ay)
        assert inside
        assert middle.room > 0


@pytest.fixture
def drawn(db):
    load_territories("02")
    assert load_shapes("02") == {"added": 133}


def test_the_load_keeps_each_outline_and_its_path_and_a_region_without_outlines_has_no_shape(drawn):
    load_territories("03")

    assert load_shapes("03") == {}
    assert dict(TerritoryShape.objects.values_list("pk", "path")) == PATHS
    assert dict(TerritoryShape.objects.values_list("pk", "outline")) == OUTLINES


def test_a_load_after_the_drawing_has_changed_draws_anew_what_was_corrected_too(drawn):
    Territory.objects.filter(code="02.381").update(name_fr="Nador !", is_edited=True)
    TerritoryShape.objects.filter(pk="02.381").update(path="m0 0 1 1z")

    assert load_shapes("02") == {"unchanged": 132, "changed": 1}
    assert TerritoryShape.objects.get(pk="02.381").path == PATHS["02.381"]


def test_what_has_no_outline_any_more_loses_its_shape(drawn, monkeypatch):
    left = {code: outline for code, outline in OUTLINES.items() if not code.startswith("02.113")}
    monkeypatch.setattr(shapes, "region_file", lambda region, name: left)

    tally = load_shapes("02")

    assert tally["removed"] == len(OUTLINES) - len(left)
    assert set(TerritoryShape.objects.values_list("pk", flat=True)) == set(left)
