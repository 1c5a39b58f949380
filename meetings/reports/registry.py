"""The sections of a report; an app above registers its own from its `ready()`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise

from meetings.models import Meeting
from portal.core.exports import ExportSheet

type Collect = Callable[[Meeting, str, str, date], dict[str, Any] | None]


@dataclass(frozen=True)
class Annex:
    """What goes with a report as a workbook: a sheet, and the rows of it, read while it is written."""

    sheet: ExportSheet
    rows: Iterable[Any]


type Annexed = Callable[[Meeting, str, str, dict[str, Any]], Annex | None]


@dataclass(frozen=True)
class ReportSection:
    """One part of a report.

    `collect(meeting, language, audience, day)` runs with `language` active and returns what the template needs as
    JSON, all words already in that language; nothing, where this meeting has nothing to say under the heading. It reads
    what every reader of a report for `audience` may open on the pages, and no more.
    A key `day` at the top of it is left out of the fingerprint. The template finds it as `section`;
    its title stands above it where it is `headed`.

    A section that cannot have everything on paper has it in `annex(meeting, language, audience, content)`, which the
    worker asks, with the content as it was frozen; nothing where the paper has it all.
    """

    key: str
    title: str | Promise
    order: int
    collect: Collect
    template: str
    optional: bool = True
    headed: bool = True
    annex: Annexed | None = None


_sections: dict[str, ReportSection] = {}


def register_section(section: ReportSection) -> None:
    """Make a section part of every report from now on."""
    _sections[section.key] = section


def sections() -> list[ReportSection]:
    """Every section, in the order of the page."""
    return sorted(_sections.values(), key=lambda section: (section.order, section.key))


def optional_sections() -> list[ReportSection]:
    """Those a person may leave out."""
    return [section for section in sections() if section.optional]
