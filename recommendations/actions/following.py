"""What institutions report on a recommendation, and how it leaves the house."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.models import Actor
from meetings.rules.recipients import steering_recipients
from portal.core import history
from portal.core.acting import Acting, person
from portal.core.errors import Refused, refuse, refuse_all
from portal.core.files import written
from portal.notifications.actions import notify
from recommendations.models import Evidence, FollowUp, Recommendation
from recommendations.permissions import (
    check_clear,
    check_report,
    is_cleared_at_once,
    why_not_clear,
    why_not_report,
)
from recommendations.rules.recipients import author_of, clearing_recipients, confirming_recipients
from recommendations.rules.reporting import missing_in_report, sent_back, step_of

State = Recommendation.State


def report_progress(
    recommendation: Recommendation,
    *,
    actor: Actor,
    by: Acting,
    new_state: str = "",
    progress: int | None = None,
    account: str = "",
    obstacle: str = "",
    obstacle_note: str = "",
    files: Sequence[UploadedFile] = (),
    links: Sequence[str] = (),
    kept: Collection[Evidence] = (),
) -> FollowUp:
    """Add an entry to the timeline for one assigned institution, with its evidence. Raises Refused.

    1. Only the lead's entry carries a state and a step; a supporting institution's adds to the timeline.
    2. What it chooses says what else it needs (`missing_in_report`); nothing stands in the way of what is done.
    3. `kept` is evidence of an entry that was sent back: it stands with the new entry too.
    4. Where the institution validates inside, the entry waits for its validator, who is told; otherwise it takes effect
       at once, and the secretariat is told.
    """
    check_report(by, recommendation, actor)
    refuse(why_not_report(recommendation, actor))
    leads = _leads(recommendation, actor)
    if leads and new_state == Recommendation.State.DONE:
        obstacle = obstacle_note = ""
    _check_kept(kept, recommendation, actor)
    refuse_all(
        missing_in_report(
            recommendation,
            leads=leads,
            new_state=new_state,
            progress=progress,
            account=account,
            obstacle=obstacle,
            obstacle_note=obstacle_note,
            evidence=len(files) + len(links) + len(kept),
        )
    )
    at_once = is_cleared_at_once(by, actor)
    now = timezone.now()
    follow_up = FollowUp(
        recommendation=recommendation,
        on_behalf_of=actor,
        new_state=new_state if leads else "",
        progress=step_of(recommendation, new_state, progress) if leads else None,
        account=account.strip(),
        obstacle=obstacle,
        obstacle_note=obstacle_note.strip(),
        clearance=FollowUp.Clearance.CLEARED if at_once else FollowUp.Clearance.WAITING,
        drafted_by=person(by),
        drafted_at=now,
        cleared_by=person(by) if at_once else None,
        cleared_at=now if at_once else None,
    )
    evidence = [*(_of_file(upload) for upload in files), *(Evidence(link=link) for link in links), *map(_again, kept)]
    with written(evidence), transaction.atomic():
        history.save(follow_up, by=by)
        for one in evidence:
            one.follow_up = follow_up
            one.save()
        if at_once:
            _take_effect(follow_up, by)
        else:
            context = {"actor": actor}
            kind = "recommendations.awaiting_clearance"
            notify(clearing_recipients(actor), kind=kind, about=recommendation, by=by, context=context)
    return follow_up


def _leads(recommendation: Recommendation, actor: Actor) -> bool:
    return recommendation.lead is not None and recommendation.lead.actor_id == actor.pk


def _check_kept(kept: Collection[Evidence], recommendation: Recommendation, actor: Actor) -> None:
    entry = sent_back(recommendation, actor) if kept else None
    if kept and (entry is None or not {one.pk for one in kept} <= {one.pk for one in entry.evidence.all()}):
        raise Refused(_("This evidence belongs to another entry."), field="kept")


def _again(piece: Evidence) -> Evidence:
    """The same file or link for another entry; no file of evidence is ever deleted."""
    names = ("file", "file_name", "file_size", "file_hash", "title", "link")
    return Evidence(**{name: getattr(piece, name) for name in names})


def _of_file(upload: UploadedFile) -> Evidence:
    evidence = Evidence()
    evidence.take_file(upload)
    return evidence


@transaction.atomic
def clear_follow_up(follow_up: FollowUp, *, by: Acting) -> None:
    """Let an entry leave the house: it takes effect now, and the secretariat is told. Raises Refused."""
    check_clear(by, follow_up)
    refuse(why_not_clear(follow_up))
    history.move(
        follow_up,
        FollowUp.Clearance.CLEARED,
        by=by,
        field="clearance",
        cleared_by=person(by),
        cleared_at=timezone.now(),
    )
    _take_effect(follow_up, by)


@transaction.atomic
def send_back_follow_up(follow_up: FollowUp, *, note: str, by: Acting) -> None:
    """Send an entry back to its author with a note; it stays in the house, and the author is told. Raises Refused."""
    check_clear(by, follow_up)
    refuse(why_not_clear(follow_up))
    if not note.strip():
        raise Refused(_("Say what is missing, so that the author can mend it."), field="note")
    history.move(
        follow_up,
        FollowUp.Clearance.SENT_BACK,
        by=by,
        field="clearance",
        reason=note.strip(),
        clearance_note=note.strip(),
    )
    context = {"actor": follow_up.on_behalf_of, "note": note.strip()}
    kind, about = "recommendations.sent_back", follow_up.recommendation
    notify(author_of(follow_up), kind=kind, about=about, by=by, context=context)


def _take_effect(follow_up: FollowUp, by: Acting) -> None:
    """The lead's entry moves the recommendation, where it leads still; any entry is news."""
    recommendation, actor = follow_up.recommendation, cast("Actor", follow_up.on_behalf_of)
    history.renew(recommendation)
    refuse(why_not_report(recommendation, actor))
    if follow_up.new_state and not _leads(recommendation, actor):
        raise Refused(
            _(
                "Your institution no longer leads this recommendation: it does not say any more where it stands. "
                "The entry can be sent back to its author, who reports what your institution did."
            )
        )
    now = timezone.now()
    changes: dict[str, Any] = {"last_news_at": now}
    if follow_up.progress is not None:
        changes["progress"] = follow_up.progress
    if follow_up.new_state == State.DONE:
        changes["done_at"] = now
    if follow_up.new_state and follow_up.new_state != recommendation.state:
        history.move(recommendation, follow_up.new_state, by=by, **changes)
    else:
        for name, value in changes.items():
            setattr(recommendation, name, value)
        history.save(recommendation, by=by)
    if follow_up.new_state == State.DONE:
        context = {"actor": follow_up.on_behalf_of}
        notify(
            confirming_recipients(recommendation),
            kind="recommendations.declared_done",
            about=recommendation,
            by=by,
            context=context,
        )
        return
    label = State(follow_up.new_state).label if follow_up.new_state else ""
    notify(
        steering_recipients(recommendation.meeting),
        kind="recommendations.reported",
        about=recommendation,
        by=by,
        context={"actor": follow_up.on_behalf_of, "state": label, "account": follow_up.account},
    )
