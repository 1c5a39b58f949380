"""What a report must say, given what it chooses."""

from django.utils.translation import gettext as _

from actors.directory.models import Actor
from recommendations.models import FollowUp, Recommendation

State, Progress = Recommendation.State, Recommendation.Progress
MOST_EVIDENCE = 10
#: states in which something is being done
GOING = (State.IN_PROGRESS, State.CONTINUOUS)


def missing_in_report(
    recommendation: Recommendation,
    *,
    leads: bool,
    new_state: str,
    progress: int | None,
    account: str,
    obstacle: str,
    obstacle_note: str,
    evidence: int,
) -> dict[str, str]:
    """What is missing or does not agree, by field.

    1. A supporting institution says what was done, or what stands in the way.
    2. “Done” needs an account and evidence, “blocked” an obstacle, another obstacle a word about it.
    3. What is going on has begun; a step or a state behind the present one needs a word why.
    """
    missing: dict[str, str] = {}
    account, note = account.strip(), obstacle_note.strip()
    if evidence > MOST_EVIDENCE:
        missing["files"] = _("At most %(count)d files and links go with one entry.") % {"count": MOST_EVIDENCE}
    if not leads:
        if not account and not obstacle:
            missing["account"] = _("Say what was done.")
        return missing
    if new_state not in Recommendation.REPORTED:
        missing["new_state"] = _("Choose where the implementation stands.")
    if new_state in GOING and progress == Progress.NOT_STARTED:
        missing["progress"] = _("What is going on has begun: choose the step it has reached.")
    if not account and new_state == State.DONE:
        missing["account"] = _("Say what was done: a recommendation is declared done with an account of it.")
    elif not account and goes_back(recommendation, new_state, progress):
        missing["account"] = _("Say why it goes back: it stood further before.")
    if new_state == State.DONE and not evidence:
        missing["files"] = _(
            "Attach a file or give a link that shows it: a recommendation is declared done with evidence."
        )
    if new_state == State.BLOCKED and not obstacle:
        missing["obstacle"] = _("Choose what stands in the way, so that others can help.")
    if obstacle == FollowUp.Obstacle.OTHER and not note:
        missing["obstacle_note"] = _("Say in a few words what the obstacle is.")
    return missing


def goes_back(recommendation: Recommendation, new_state: str, progress: int | None) -> bool:
    """True for a step or a state behind the present one; after a reservation everybody knows why."""
    if recommendation.state not in (*GOING, State.BLOCKED) or new_state == State.DONE:
        return False
    is_back = recommendation.state == State.CONTINUOUS and new_state == State.IN_PROGRESS
    return is_back or (progress is not None and progress < recommendation.progress)


def step_of(recommendation: Recommendation, new_state: str, progress: int | None) -> int | None:
    """The step that agrees with the state: all of it when done, at least the first when something is going on."""
    if new_state == State.DONE:
        return Progress.COMPLETE
    if progress is None and new_state in GOING and not recommendation.progress:
        return Progress.LAUNCHED
    return progress


def sent_back(recommendation: Recommendation, actor: Actor) -> FollowUp | None:
    """The institution's last entry, where its validator sent it back and nobody has written another one."""
    entries = recommendation.follow_ups.filter(on_behalf_of=actor, kind=FollowUp.Kind.PROGRESS)
    last = entries.prefetch_related("evidence").first()
    return last if last and last.clearance == FollowUp.Clearance.SENT_BACK else None


def last_obstacle(recommendation: Recommendation) -> FollowUp | None:
    """What was last reported to stand in the way of a recommendation that is blocked."""
    if recommendation.state != State.BLOCKED:
        return None
    reports = FollowUp.objects.standing().filter(recommendation=recommendation, new_state=State.BLOCKED)
    return reports.exclude(obstacle="").first()
