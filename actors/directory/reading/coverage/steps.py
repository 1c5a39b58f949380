"""Numbers put into five colours: nothing, and four equal shares of the numbers that occur."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

#: how many colours stand for something; 0 stands for nothing
COLOURS = 4


@dataclass(frozen=True)
class ColourStep:
    """One line of the legend: the number of its colour, and from which number to which it stands."""

    colour: int
    low: int
    high: int

    @property
    def text(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"


def steps_of(numbers: Iterable[int]) -> list[ColourStep]:
    """The legend, from nothing (where it occurs) to the most; few different numbers each have a colour of their own."""
    occurring = set(numbers)
    found = sorted(occurring - {0})
    parts = min(COLOURS, len(found))
    steps = [ColourStep(0, 0, 0)] if 0 in occurring else []
    for part in range(parts):
        share = found[ceil(len(found) * part / parts) : ceil(len(found) * (part + 1) / parts)]
        steps.append(ColourStep(ceil(COLOURS * (part + 1) / parts), share[0], share[-1]))
    return steps


def colour_of(number: int, steps: list[ColourStep]) -> int:
    """The colour of a number that the steps were made of."""
    return steps[bisect_left([step.high for step in steps], number)].colour
