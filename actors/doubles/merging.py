"""How the rows of the directory itself are settled when two sheets become one."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actors.directory.models import (
    AccountOffer,
    Actor,
    Contact,
    FocalPoint,
    HandOver,
    Membership,
    ProposedChange,
    SpaceMember,
)
from actors.directory.rules.fields import REACHED
from actors.doubles.models import Double, Merge
from actors.doubles.registry import MOVED, Pairs, Rule, Values, always, names_in_text, settle
from actors.doubles.rules.terms import is_running, longer_term, meeting, overlap
from portal.core.dates import today
from portal.core.journal import Plan
from portal.core.text import normalise
from portal.notifications.models import LedgerEntry, SignedLink

WAYS = tuple(field.name for field in REACHED)


def register() -> None:
    """Called from `DoublesConfig.ready()`."""
    settle(
        Contact,
        "actor",
        Rule(
            first=True,
            twins=_same_contacts,
            join=_fill_contact,
            named=("role", "email"),
            says=_("Contact details that both sheets give are kept once, completed from each other."),
        ),
    )
    settle(
        FocalPoint,
        "actor",
        Rule(
            twins=_same_posts,
            join=longer_term,
            mend=_second_in_post,
            named=("get_part_display", "contact"),
            says=_(
                "Where both have a holder, the one of the sheet that stays remains; the other becomes alternate, "
                "or ends where there is an alternate too."
            ),
        ),
    )
    settle(
        Membership,
        "actor",
        Rule(
            join=_longer_membership,
            named=("user", "get_part_display"),
            says=_("Who has the same part in both keeps it once, from the earlier day on."),
        ),
    )
    settle(
        SpaceMember,
        "actor",
        Rule(
            at_once=("space",),
            join=_stronger_seat,
            mend=_one_part_at_a_time,
            named=("space", "get_part_display"),
            says=_("Where both have a part in a space, one part stays: the stronger one."),
        ),
    )
    settle(
        ProposedChange,
        "actor",
        Rule(
            twins=_none,
            mend=_withdraw,
            named=("fields",),
            says=_("What was proposed for the sheet that goes, and waits for an answer, is withdrawn."),
        ),
    )
    settle(AccountOffer, "actor", Rule(named=("email", "get_part_display")))
    settle(HandOver, "actor", Rule(named=("from_contact", "to_contact", "day")))
    # Pairs and merges tell what was compared and merged then.
    for model, field in ((Double, "first"), (Double, "second"), (Merge, "winner"), (Merge, "loser")):
        settle(model, field, Rule(stays=always, stay_all=True))
    # The check says only that a merged sheet is archived, whichever it was merged into.
    settle(Actor, "merged_into", MOVED)
    # Both were reminded: each line of the ledger goes on saying so where it is.
    settle(LedgerEntry, "subject", Rule(aside=False, named=("notification", "due_at")))
    # A link goes on opening what it was written for; what was asked of a sheet that is no more, no link confirms.
    asks_a_sheet = lambda link: link.content_type.model_class() is Actor  # noqa: E731
    settle(SignedLink, "subject", Rule(stays=asks_a_sheet, aside=False, named=("email",)))
    # Who was reminded at a mailbox is not reminded again when its details are joined with others.
    names_in_text(LedgerEntry, "recipient_key", Contact, "contact:")
    settle(LedgerEntry, "recipient_key", Rule(aside=False))


# Contact details.


def _same_contacts(winner: Any, loser: Any, plan: Plan) -> Pairs:
    """The loser's contact details that say nothing else than the winner's: (theirs, the winner's)."""
    rows = list(Contact.objects.filter(actor__in=[winner, loser]).order_by("pk"))
    return [(theirs.pk, ours.pk) for theirs, ours in meeting(rows, winner, _is_same_contact)]


def _is_same_contact(ours: Contact, theirs: Contact) -> bool:
    """The same mailbox or telephone and no contradiction; and whoever sees one of the two, and on whichever day, sees
    the same afterwards: nothing is shown to more people or for longer, and nothing is withdrawn from anybody."""
    if longer_term(ours, theirs):
        return False
    shared = False
    for name in WAYS:
        mine, other = getattr(ours, name).strip().lower(), getattr(theirs, name).strip().lower()
        if mine and other and mine != other:
            return False
        shared = shared or (bool(mine) and mine == other)
    persons = {normalise(contact.person) for contact in (ours, theirs) if contact.person}
    accounts = {contact.user_id for contact in (ours, theirs) if contact.user_id}
    if not shared or len(persons) > 1 or len(accounts) > 1:
        return False
    same_days = (ours.starts_on, ours.ends_on) == (theirs.starts_on, theirs.ends_on)
    if _circle(theirs) < _circle(ours) and (not same_days or _says_more(ours, theirs)):
        return False
    return not _lacking(ours, theirs) or (same_days and _circle(theirs) <= _circle(ours))


def _circle(contact: Contact) -> int:
    """How few see the details."""
    return Contact.Audience(contact.audience).rank


def _says_more(one: Contact, other: Contact) -> bool:
    """Whether the details say something the others do not: another office is something, too."""
    offices = ((getattr(contact, name) for contact in (one, other)) for name in ("role_ar", "role_fr"))
    return bool(_lacking(other, one)) or any(mine and normalise(mine) != normalise(theirs) for mine, theirs in offices)


def _lacking(ours: Contact, theirs: Contact) -> Values:
    """What the first details lack and the others say; a person comes with the day of their consent."""
    values = {name: getattr(theirs, name) for name in (*WAYS, "role_fr", "user_id")}
    taken = {name: value for name, value in values.items() if value and not getattr(ours, name)}
    if theirs.person and not ours.person:
        taken |= {"person": theirs.person, "consent_on": theirs.consent_on}
    return taken


def _fill_contact(ours: Contact, theirs: Contact) -> Values:
    """What the winner's details lack; where more people see the loser's, they go on seeing them."""
    wider = {"audience": theirs.audience} if _circle(theirs) < _circle(ours) else {}
    return _lacking(ours, theirs) | wider


# Focal points and people.


def _same_posts(winner: Any, loser: Any, plan: Plan) -> Pairs:
    """The same details serving as the same focal point at the same time; the details were joined before."""
    rows = [row for actor in (winner, loser) for row in plan.rows(FocalPoint, actor_id=actor)]

    def alike(one: FocalPoint, other: FocalPoint) -> bool:
        return (one.contact_id, one.part) == (other.contact_id, other.part) and overlap(one, other)

    return [(theirs.pk, ours.pk) for theirs, ours in meeting(rows, winner, alike)]


def _second_in_post(point: FocalPoint, plan: Plan) -> Values:
    """Two holders at once: the one that came with the loser's sheet is alternate, or ends where there is one already.

    A term that is over stays as it was. One that would begin later ends on its first day: nothing is lost, and the
    institution may name who it likes.
    """
    if not is_running(point):
        return {}
    others = [other for other in plan.rows(FocalPoint, actor_id=point.actor_id) if other.pk != point.pk]
    parts = {other.part for other in others if is_running(other) and overlap(other, point)}
    if point.part not in parts:
        return {}
    if point.part == FocalPoint.Part.HOLDER and FocalPoint.Part.ALTERNATE not in parts:
        return {"part": FocalPoint.Part.ALTERNATE.value}
    yesterday = today() - timedelta(days=1)
    return {"ends_on": yesterday if point.starts_on is None else max(yesterday, point.starts_on)}


def _longer_membership(ours: Membership, theirs: Membership) -> Values:
    title = {"job_title": theirs.job_title} if theirs.job_title and not ours.job_title else {}
    return longer_term(ours, theirs) | title


# Spaces, proposals.


def _none(winner: Any, loser: Any, plan: Plan) -> Pairs:
    """No two rows meet."""
    return []


def _stronger_seat(ours: SpaceMember, theirs: SpaceMember) -> Values:
    """The stronger part for its own term; of two that are the same, the longer term."""
    rank = SpaceMember.Part.values.index
    if rank(theirs.part) < rank(ours.part):
        return {"part": theirs.part, "starts_on": theirs.starts_on, "ends_on": theirs.ends_on}
    return longer_term(ours, theirs) if ours.part == theirs.part else {}


def _one_part_at_a_time(member: SpaceMember, plan: Plan) -> Values:
    """A term that became longer stops where another part of the institution in the space begins, or was just over."""
    if not is_running(member):
        return {}
    same = plan.rows(SpaceMember, actor_id=member.actor_id, space_id=member.space_id)
    others = [other for other in same if other.pk != member.pk and is_running(other) and overlap(other, member)]
    begun = member.starts_on or date.min
    before = [other.ends_on for other in others if other.ends_on and (other.starts_on or date.min) <= begun]
    after = [other.starts_on for other in others if other.starts_on and other.starts_on > begun]
    values: Values = {}
    if before:
        values["starts_on"] = max(before) + timedelta(days=1)
    if after:
        values["ends_on"] = min(after) - timedelta(days=1)
    return values


def _withdraw(change: ProposedChange, plan: Plan) -> Values:
    """What was asked for a sheet that goes cannot be granted to the one that stays."""
    if change.state != ProposedChange.State.WAITING:
        return {}
    return {"state": ProposedChange.State.WITHDRAWN.value, "answered_at": timezone.now()}
