"""The sections of a report that meetings themselves know."""

from datetime import date, datetime, timedelta
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from actors.directory.models import Actor, SpaceMember
from meetings.models import Attendance, Document, Invitation, Meeting, Minutes, Report
from meetings.models.passages import passages
from meetings.reading.participation import Count, count, representative_of
from meetings.reports.registry import ReportSection, register_section
from meetings.rules.adopted import adopted_version, programme_items
from meetings.rules.readers import space_told
from portal.core.dates import clock_text, day_text, duration_text, from_to
from portal.core.html import on_paper
from portal.core.pictures import as_data_uri
from portal.core.quantities import size_text
from portal.core.text import direction_of

PUBLIC = Report.Audience.PUBLIC


def letterhead(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any]:
    """Whose report it is: the space with its host, or the organiser with its project; their own logo or none."""
    space = space_told(meeting, audience)
    owner = space or meeting.organiser
    logo = space.letterhead if space else meeting.organiser.logo
    beside = str(meeting.organiser) if space else ""
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
    organiser = (
        f"{meeting.organiser} ({meeting.organiser.acronym})" if meeting.organiser.acronym else str(meeting.organiser)
    )
    rows = [
        (_("Date"), capfirst(from_to(meeting.starts_at, meeting.ends_at, timed=meeting.times_known))),
        (_("Place"), meeting.place or (_("online") if meeting.link else "")),
        (_("Organiser"), organiser),
        (_("Coordination space"), str(space_told(meeting, audience) or "")),
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
    if not rows:
        return None
    return {
        "rows": rows,
        "timed": any(row["time"] or row["length"] for row in rows),
        "presented": any(row["by"] for row in rows),
    }


def attendance(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any] | None:
    """Who was there, by kind of institution; a public report names the present only, and no person."""
    rows = list(meeting.attendances.select_related("actor", "represented_by"))
    if not rows:
        return None
    here = [row for row in rows if row.is_here]
    shown = here if audience == PUBLIC else rows
    if not shown:
        return None
    invitations = {row.actor_id: row for row in meeting.invitations.sent().select_related("represented_by")}
    numbers = count(meeting, invitations, rows)
    inside = audience != PUBLIC
    groups = [
        {
            "kind": str(kind.heading),
            "rows": [
                _presence(row, invitations.get(row.actor_id), inside, numbers)
                for row in shown
                if row.actor.kind == kind
            ],
        }
        for kind in Actor.Kind
        if any(row.actor.kind == kind for row in shown)
    ]
    sums = _sums(numbers) if inside else [{"label": _("Present or represented"), "count": numbers.here}]
    return {"groups": groups, "sums": sums, "besides": numbers.besides if inside else [], "named": inside}


def _presence(row: Attendance, invitation: Invitation | None, inside: bool, numbers: Count) -> dict[str, str]:
    status = Attendance.Status(row.status)
    return {
        "name": str(row.actor),
        "acronym": row.actor.acronym,
        "who": representative_of(invitation, row) if inside else "",
        "status": str((status if inside else status.in_public).label),
        "by": str(row.represented_by) if row.represented_by else "",
        "note": _came_besides(row, numbers) if inside else "",
    }


def _came_besides(row: Attendance, numbers: Count) -> str:
    if row.actor == numbers.organiser:
        return _("Organiser")
    return _("without an invitation") if row.actor in numbers.uninvited else ""


def _sums(numbers: Count) -> list[dict[str, Any]]:
    """The invited, and the four numbers they are the sum of."""
    if numbers.by_invitation:
        sums = [(_("Institutions invited"), numbers.invited), (_("Of them present or represented"), numbers.present)]
    else:
        sums = [(_("Present or represented"), numbers.present)]
    sums += [(_("Excused"), numbers.excused), (_("Absent"), numbers.absent)]
    if numbers.unnoted:
        sums.append((_("Presence not noted"), numbers.unnoted))
    return [{"label": label, "count": number} for label, number in sums]


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
            "blocks": _blocks(part["html"], quotes.get(part.get("section") or 0, []), meeting.language),
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


def _blocks(html: str, quotes: list[tuple[str, str]], language: str) -> list[dict[str, Any]]:
    otherwise = "rtl" if language == "ar" else "ltr"
    return [
        {
            "html": on_paper(passage.html, otherwise),
            "direction": direction_of(passage.text, otherwise),
            "references": [reference for quote, reference in quotes if quote and _touches(quote, passage.text)],
        }
        for passage in passages(html)
    ]


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
            "size": size_text(document.file_size),
        }
        for document in documents.select_related("item").order_by(F("item__position").asc(nulls_last=True), "pk")
    ]
    return {"rows": rows} if rows else None


def signatures(meeting: Meeting, language: str, audience: str, day: date) -> dict[str, Any]:
    """Who signs: the space's chair and secretariat, or the organiser."""
    space = space_told(meeting, audience)
    if space is None:
        return {"lines": [{"office": _("For the organiser"), "name": str(meeting.organiser)}]}
    held = {
        member.part: str(member.actor)
        for member in space.members.on(day)
        .filter(part__in=SpaceMember.STEERING)
        .select_related("actor")
        .order_by("-pk")
    }
    return {
        "lines": [{"office": capfirst(str(part.label)), "name": held.get(part, "")} for part in SpaceMember.STEERING]
    }


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
