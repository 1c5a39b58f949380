"""The sections of a report that meetings themselves know."""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from actors.directory.models import Actor, SpaceMember
from meetings.models import Attendance, Document, Meeting, Minutes, Report
from meetings.models.passages import Passage, passages
from meetings.reports.registry import ReportSection, register_section
from meetings.rules.adopted import adopted_version, programme_items
from portal.core.dates import clock_text, day_and_time, day_text, duration_text, long_day
from portal.core.pictures import as_data_uri
from portal.core.templatetags.portal import file_size
from portal.core.text import with_addresses_apart

PUBLIC = Report.Audience.PUBLIC


def letterhead(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any]:
    """Whose report it is: the space with its host, or the organiser with its project; their own logo or none."""
    owner = meeting.space or meeting.organiser
    logo = meeting.space.letterhead if meeting.space else meeting.organiser.logo
    beside = str(meeting.organiser) if meeting.space else ""
    return {
        "name": str(owner),
        "acronym": getattr(owner, "acronym", ""),
        "beside": beside,
        "project": str(meeting.project) if meeting.project else "",
        "logo": as_data_uri(logo),
        "kind": meeting.get_kind_display(),
        "title": meeting.title,
        "reference": meeting.reference,
    }


def facts(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any]:
    """When, where, by whom, in what project, and where the minutes stand."""
    when = day_and_time(meeting.starts_at) if meeting.times_known else long_day(meeting.starts_at)
    when = " – ".join(part for part in (when, meeting.zone) if part)
    organiser = (
        f"{meeting.organiser} ({meeting.organiser.acronym})" if meeting.organiser.acronym else str(meeting.organiser)
    )
    rows = [
        (_("Date"), capfirst(when)),
        (_("Place"), meeting.place or (_("online") if meeting.link else "")),
        (_("Organiser"), organiser),
        (_("Coordination space"), str(meeting.space) if meeting.space else ""),
        (_("Project"), _("“%(name)s”") % {"name": meeting.project} if meeting.project else ""),
        (_("Reference"), meeting.reference),
        (_("Minutes"), _minutes_fact(meeting, audience)),
    ]
    return {"rows": [{"label": label, "value": str(value)} for label, value in rows if value]}


def _minutes_fact(meeting: Meeting, audience: str) -> str:
    adopted = adopted_version(meeting, audience)
    if adopted is None:
        return "" if audience == PUBLIC or not hasattr(meeting, "minutes") else meeting.minutes.state_text
    if adopted.number > 1:
        words = _("corrected version no. %(number)d, adopted on %(day)s")
        return words % {"number": adopted.number, "day": day_text(adopted.adopted_at)}
    return _("adopted on %(day)s") % {"day": day_text(adopted.adopted_at)}


def programme(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any] | None:
    """The items with the times that follow from their lengths."""
    rows: list[dict[str, Any]] = []
    begins: datetime | None = meeting.starts_at
    for line in programme_items(meeting, adopted_version(meeting, audience)):
        item, at = line.item, begins if meeting.times_known else None
        rows.append(
            {
                "time": clock_text(at) if at else "",
                "length": duration_text(item.minutes_planned) if item.minutes_planned else "",
                "title": str(item.title),
                "by": line.presenters or ([str(item.note)] if item.note else []),
            }
        )
        begins = at + timedelta(minutes=item.minutes_planned) if at and item.minutes_planned else None
    return {"rows": rows, "timed": any(row["time"] or row["length"] for row in rows)} if rows else None


def attendance(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any] | None:
    """Who was there, by kind of institution; a public report names the present only, and no person."""
    rows = list(meeting.attendances.select_related("actor", "represented_by"))
    if not rows:
        return None
    here = [row for row in rows if row.is_here]
    shown = here if audience == PUBLIC else rows
    if not shown:
        return None
    groups = [
        {"kind": str(kind.heading), "rows": [_presence(row, audience) for row in shown if row.actor.kind == kind]}
        for kind in Actor.Kind
        if any(row.actor.kind == kind for row in shown)
    ]
    return {"groups": groups, "sums": _sums(meeting, rows, here, audience), "named": audience != PUBLIC}


def _presence(row: Attendance, audience: str) -> dict[str, str]:
    status = Attendance.Status(row.status)
    return {
        "name": str(row.actor),
        "acronym": row.actor.acronym,
        "who": "" if audience == PUBLIC else row.representative,
        "status": str((status.in_public if audience == PUBLIC else status).label),
        "by": str(row.represented_by) if row.represented_by else "",
    }


def _sums(meeting: Meeting, rows: list[Attendance], here: list[Attendance], audience: str) -> list[dict[str, Any]]:
    present = {"label": _("Present or represented"), "count": len(here)}
    if audience == PUBLIC:
        return [present]
    invited = set(meeting.invitations.sent().values_list("actor_id", flat=True))
    return [
        {"label": _("Institutions invited"), "count": len(invited)},
        present,
        {"label": _("Excused"), "count": _count(rows, Attendance.Status.EXCUSED)},
        {"label": _("Absent"), "count": _count(rows, Attendance.Status.ABSENT)},
    ]


def _count(rows: Iterable[Attendance], status: str) -> int:
    return sum(row.status == status for row in rows)


def minutes(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any] | None:
    """The adopted minutes; for participants, circulated ones too. A draft is nobody's to print."""
    version = adopted_version(meeting, audience)
    if version is not None:
        sections, state = version.sections, ""
    elif audience != PUBLIC and hasattr(meeting, "minutes") and meeting.minutes.state == Minutes.State.CIRCULATED:
        rows = meeting.minutes.sections.written().select_related("item")
        sections = [{"item": row.item_id, "section": row.pk, "html": row.html, "now": row.item} for row in rows]
        state = meeting.minutes.state_text
    else:
        return None
    quotes = _quotes(meeting, audience)
    numbers = {pk: number for number, pk in enumerate(meeting.items.values_list("pk", flat=True), start=1)}
    parts = [
        {
            "number": part["number"] if "number" in part else numbers.get(part["item"]),
            "title": _part_title(part, language),
            "blocks": _blocks(part["html"], quotes.get(part.get("section") or 0, [])),
        }
        for part in sections
    ]
    return {"parts": parts, "state": state, "language": meeting.language}


def _part_title(part: dict[str, Any], language: str) -> str:
    if (item := part.get("now")) is not None:
        return str(item.title)
    return next((text for code in (language, "ar", "fr", "en") if (text := part.get(f"title_{code}"))), "")


def _quotes(meeting: Meeting, audience: str) -> dict[int, list[tuple[str, str]]]:
    """By section, the passages that recommendations quote, with their short references."""
    every = meeting.recommendations
    rows = every.visible_to(cast("Any", AnonymousUser())) if audience == PUBLIC else every.adopted()
    found: dict[int, list[tuple[str, str]]] = {}
    for row in rows.select_related("quote_revision"):
        if row.quote_revision is not None:
            found.setdefault(row.quote_revision.section_id, []).append((row.quote_text, row.short_reference))
    return found


def _blocks(html: str, quotes: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {
            "html": _directed(passage),
            "references": [reference for quote, reference in quotes if quote and _touches(quote, passage.text)],
        }
        for passage in passages(html)
    ]


def _directed(passage: Passage) -> str:
    """With the direction written out, since WeasyPrint knows no `dir="auto"`."""
    return with_addresses_apart(passage.html.replace('dir="auto"', f'dir="{direction_of(passage.text)}"'))


def _touches(quote: str, text: str) -> bool:
    """The passage holds the quote, or is a part of it (a quote may run over several paragraphs)."""
    quoted, words = " ".join(quote.split()), " ".join(text.split())
    return quoted in words or words in quoted


def annexes(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any] | None:
    """The documents handed in that the report's readers may open."""
    current = meeting.documents.current()
    documents = (
        current.filter(audience=Document.Audience.PUBLIC)
        if audience == PUBLIC
        else current.exclude(audience=Document.Audience.SECRETARIAT)
    )
    rows = [
        {
            "title": document.title,
            "item": str(document.item.title) if document.item else "",
            "kind": document.file_kind,
            "size": file_size(document.file_size),
        }
        for document in documents.select_related("item").order_by("item__position", "pk")
    ]
    return {"rows": rows} if rows else None


def signatures(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any]:
    """Who signs: the space's chair and secretariat, or the organiser."""
    if meeting.space is None:
        return {"lines": [{"office": _("For the organiser"), "name": str(meeting.organiser)}]}
    held = {
        member.part: str(member.actor)
        for member in meeting.space.members.on(day)
        .filter(part__in=SpaceMember.STEERING)
        .select_related("actor")
        .order_by("-pk")
    }
    return {
        "lines": [{"office": capfirst(str(part.label)), "name": held.get(part, "")} for part in SpaceMember.STEERING]
    }


def direction_of(text: str) -> str:
    """The direction of a text, by its first letter that has one."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return "ltr" if next((kind for kind in kinds if kind in {"L", "R", "AL"}), "R") == "L" else "rtl"


def register() -> None:
    """Make the sections of the meeting itself known; called once by the app."""
    folder = "meetings/reports"
    for key, title, order, collect, optional, headed in (
        ("letterhead", gettext_lazy("Letterhead"), 10, letterhead, False, False),
        ("facts", gettext_lazy("When and where"), 20, facts, False, False),
        ("programme", pgettext_lazy("of a meeting", "Programme"), 30, programme, True, True),
        ("attendance", gettext_lazy("Attendance"), 40, attendance, True, True),
        ("minutes", gettext_lazy("Minutes"), 50, minutes, True, True),
        ("annexes", gettext_lazy("Annexes"), 80, annexes, True, True),
        ("signatures", gettext_lazy("Signatures"), 90, signatures, True, False),
    ):
        register_section(ReportSection(key, title, order, collect, f"{folder}/{key}.html", optional, headed))
