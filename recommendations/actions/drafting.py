"""From the first words in the room to the adopted recommendation."""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Meeting
from portal.core import history, search
from portal.core.acting import Acting
from portal.core.errors import Refused, refuse
from portal.reference.models import CouncilSession
from portal.reference.sessions import Sessions
from recommendations.models import Recommendation
from recommendations.permissions import (
    check_follow_session,
    check_steering,
    why_not_adopt,
    why_not_adopt_yet,
    why_not_draft,
    why_not_edit,
)
from recommendations.rules.drafts import drafts_of, stamp_of
from recommendations.rules.passages import Quotation
from recommendations.rules.sessions import hang_on_session

ATTEMPTS = 8
#: what may still change once a recommendation is adopted
AFTER_ADOPTION = frozenset({"text_ar", "text_fr", "text_en", "axis", "due_on", "due_council"})
TEXTS = ("text_ar", "text_fr", "text_en")


def draft_recommendation(
    meeting: Meeting, *, by: Acting, passage: Quotation | None = None, **fields: Any
) -> Recommendation:
    """Write a draft under the meeting's next number; saves, writes history and search. Raises Refused.

    Two people drafting at once get two numbers: the reference is unique, and whoever comes second takes the next.
    """
    check_steering(by, meeting)
    refuse(why_not_draft(meeting))
    links = {"themes": fields.pop("themes")} if "themes" in fields else {}
    _check_item(meeting, fields.get("item"))
    recommendation = Recommendation(meeting=meeting, space=meeting.space, **fields)
    hang_on_session(recommendation)
    if passage is not None:
        _quote(recommendation, passage)
    _need_text(recommendation)
    with transaction.atomic():
        _save_under_next_number(recommendation, by, links)
        _reindex(recommendation)
    return recommendation


def _save_under_next_number(recommendation: Recommendation, by: Acting, links: dict[str, Any]) -> None:
    meeting = recommendation.meeting
    for _attempt in range(ATTEMPTS):
        recommendation.reference = f"{meeting.reference}-R{_last_number(meeting) + 1}"
        try:
            with transaction.atomic():
                history.save(recommendation, by=by, links=links)
        except IntegrityError:
            if not Recommendation.objects.filter(reference=recommendation.reference).exists():
                raise
            recommendation.pk = None
        else:
            return
    raise Refused(_("Several people are drafting at the same moment. Save once more."))


def _last_number(meeting: Meeting) -> int:
    latest = Recommendation.objects.filter(meeting=meeting).order_by(Length("reference").desc(), "-reference")
    reference = latest.values_list("reference", flat=True).first()
    found = re.search(r"-R(\d+)$", reference or "")
    return int(found[1]) if found else 0


@transaction.atomic
def edit_recommendation(recommendation: Recommendation, *, by: Acting, reason: str = "", **changes: Any) -> None:
    """Change a draft, or what may still change after adoption; a correction of the text says why. Raises Refused.

    Side effects: history (with the reason), search.
    """
    check_steering(by, recommendation.meeting)
    history.renew(recommendation)
    refuse(why_not_edit(recommendation))
    links = {"themes": changes.pop("themes")} if "themes" in changes else {}
    changed = {name: value for name, value in changes.items() if getattr(recommendation, name) != value}
    if recommendation.was_adopted:
        if not changed.keys() <= AFTER_ADOPTION or links:
            raise Refused(_("Once adopted, only the text, the axis and the due date of a recommendation change."))
        if changed.keys() & set(TEXTS) and not reason.strip():
            raise Refused(_("Say why the adopted text is corrected: the reason stays in the history."), field="reason")
    _check_item(recommendation.meeting, changed.get("item"))
    for name, value in changed.items():
        setattr(recommendation, name, value)
    hang_on_session(recommendation)
    _need_text(recommendation)
    history.save(recommendation, by=by, reason=reason.strip(), links=links)
    _reindex(recommendation)


@transaction.atomic
def adopt_recommendation(recommendation: Recommendation, *, by: Acting) -> None:
    """Make the draft what the meeting agreed; saves, writes history. Raises Refused (the second of two at once too)."""
    check_steering(by, recommendation.meeting)
    refuse(why_not_adopt(recommendation))
    _adopt(recommendation, by)


@transaction.atomic
def adopt_drafts(meeting: Meeting, *, by: Acting, shown: str | None = None) -> list[Recommendation]:
    """Adopt every draft of the meeting, or none; the adopted ones are returned.

    Raises Refused, also where they are no longer what was `shown`, by their stamp.
    """
    check_steering(by, meeting)
    refuse(why_not_adopt_yet(meeting))
    drafts = list(drafts_of(meeting).select_for_update(of=("self",), no_key=True))
    if not drafts:
        raise Refused(_("There is no draft left to adopt: they have all been adopted or dropped."))
    if shown is not None and shown != stamp_of(drafts_of(meeting)):
        raise Refused(_("The drafts have changed since you looked. Read them again, then adopt them."))
    for draft in drafts:
        _adopt(draft, by)
    return drafts


def _adopt(recommendation: Recommendation, by: Acting) -> None:
    now = timezone.now()
    history.move(recommendation, Recommendation.State.ADOPTED, by=by, adopted_at=now, last_news_at=now)


@transaction.atomic
def follow_session(session: CouncilSession, *, by: Acting) -> None:
    """Move what is still to be done at this session to when it opens now; saves and writes history."""
    check_follow_session(by, session)
    sessions = Sessions()
    waiting = Recommendation.objects.filter(state__in=(Recommendation.State.DRAFT, *Recommendation.OPEN))
    waiting = waiting.filter(due_council=session.council, due_on__month=session.month).select_related("territory")
    # What somebody else writes meanwhile is waited for: the history tells the whole row.
    for recommendation in waiting.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        if hang_on_session(recommendation, sessions):
            history.save(recommendation, by=by, only=["due_on"])


@transaction.atomic
def link_passage(recommendation: Recommendation, *, passage: Quotation, by: Acting) -> None:
    """Tie the recommendation to the words of the minutes it comes from; saves and writes history. Raises Refused."""
    check_steering(by, recommendation.meeting)
    history.renew(recommendation)
    _quote(recommendation, passage)
    history.save(recommendation, by=by)


def _quote(recommendation: Recommendation, passage: Quotation) -> None:
    section = passage.revision.section
    if section.minutes.meeting_id != recommendation.meeting_id:
        raise Refused(_("These minutes belong to another meeting."), field="text")
    end = passage.offset + len(passage.text)
    if not passage.text or passage.revision.text[passage.offset : end] != passage.text:
        raise Refused(
            _("These words do not occur in this version of the minutes. Copy the passage as it is written there."),
            field="text",
        )
    recommendation.quote_revision = passage.revision
    recommendation.quote_text, recommendation.quote_offset = passage.text, passage.offset
    if section.item_id is not None:
        recommendation.item_id = section.item_id


def _need_text(recommendation: Recommendation) -> None:
    if not any(getattr(recommendation, name).strip() for name in TEXTS):
        field = f"text_{recommendation.meeting.language}"
        raise Refused(_("Write the recommendation in at least one language."), field=field)


def _check_item(meeting: Meeting, item: Any) -> None:
    if item is not None and item.meeting_id != meeting.pk:
        raise Refused(_("This item belongs to the programme of another meeting."), field="item")


def _reindex(recommendation: Recommendation) -> None:
    search.reindex(Recommendation.objects.filter(pk=recommendation.pk))
