"""What a bench calls slower: what a busy machine does is not, what the portal does is; each is named."""

import json
from copy import deepcopy

import pytest

from bench.__main__ import BASELINE, QUICK_SCALE, slower

BEFORE = {
    "pages": {"directory": {"ratio": 4.0, "ratio_from": 3.5, "cpu_ratio": 6.0, "queries": 7}},
    "work": {"doubles": {"ratio": 3.0, "cpu_ratio": 5.0}, "start": {"ratio": 20.0}},
}


def now(kind: str, name: str, **figures: float) -> dict:
    found = deepcopy(BEFORE)
    found[kind][name] |= figures
    return found


@pytest.mark.parametrize(
    ("kind", "name", "figures"),
    [
        ("pages", "directory", {}),
        ("pages", "directory", {"ratio": 40.0, "ratio_from": 30.0}),
        ("pages", "directory", {"cpu_ratio": 14.0, "queries": 9}),
        ("work", "doubles", {"ratio": 30.0}),
        ("work", "start", {"ratio": 60.0}),
    ],
)
def test_a_quick_bench_is_not_frightened_by_a_busy_machine(kind, name, figures):
    assert slower(now(kind, name, **figures), BEFORE, quick=True) == []


@pytest.mark.parametrize(
    ("kind", "name", "figures", "said"),
    [
        ("pages", "directory", {"cpu_ratio": 16.0}, "directory: 16.0 floors, 6.0 before"),
        ("pages", "directory", {"queries": 32}, "directory: 32 queries, 7 before"),
        ("work", "doubles", {"cpu_ratio": 13.0}, "doubles: 13.0 floors, 5.0 before"),
    ],
)
def test_a_quick_bench_names_what_became_much_slower_or_asks_for_each_row(kind, name, figures, said):
    assert slower(now(kind, name, **figures), BEFORE, quick=True) == [said]


def test_a_whole_bench_looks_closely():
    found = now("pages", "directory", ratio=6.0, ratio_from=5.5, queries=8)
    assert slower(found, BEFORE, quick=False) == [
        "directory: 6.0 floors, 4.0 before",
        "directory: 8 queries, 7 before",
    ]
    assert slower(now("pages", "directory", ratio=6.0, ratio_from=5.0), BEFORE, quick=False) == []


def test_what_is_not_measured_this_time_is_not_compared():
    assert slower({"pages": {}, "work": {}}, BEFORE, quick=True) == []


def test_the_figures_that_a_quick_bench_is_compared_with_are_kept():
    known = json.loads(BASELINE.read_text())[str(QUICK_SCALE)]
    assert len(known["pages"]) > 25
    assert all(row["cpu_ratio"] > 0 and row["queries"] > 0 for row in known["pages"].values())
    assert {"report, 20 items", "directory as XLSX", "doubles", "reminders"} <= known["work"].keys()
