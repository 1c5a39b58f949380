"""One person takes over from another: post of focal point, parts in the institution, and with them the desk.

`foresee_hand_over` plans every row; the page shows what would pass, `hand_over` writes the plan and keeps it, and
`call_off_hand_over` takes it back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from actors.directory.actions.checked import refuse_ended, save_checked
from actors.directory.actions.contacts import check_contact
from actors.directory.models import Actor, Contact, FocalPoint, HandOver, Membership
from actors.directory.permissions import check_hand_over
from actors.directory.rules.fields import REACHED
from actors.directory.rules.open_items import open_items_of
from actors.directory.rules.recipients import recipient_of
from actors.directory.sheets.keeping import renew_sheet
from portal.accounts.models import User
from portal.core.acting import Acting, person
from portal.core.dates import day_text, today
from portal.core.errors import Refused
from portal.core.journal import Plan, write
from portal.notifications.actions import notify

#: how far back and how far ahead a hand-over may be dated
BACK = timedelta(days=92)
AHEAD = timedelta(days=366)
DAY = timedelta(days=1)
#: what must stand as it was written for a hand-over to be called off; what was typed may have been corrected
TERM = ("starts_on", "ends_on")


@dataclass(kw_only=True)
class Passing:
    """What passes from whom to whom on `day`, once the rules allow it."""

    actor: Actor
    day: date
    point: FocalPoint | None
    giver: User | None
    taker: User | None
    #: the contact details of who takes over, new ones without a key; none where no post passes
    contact: Contact | None = None
    memberships: list[Membership] = field(default_factory=list)
    #: the other post the new focal point leaves
    left: FocalPoint | None = None
    #: the rows it writes
    plan: Plan = field(default_factory=Plan)

    @property
    def from_contact(self) -> Contact | None:
        return self.point.contact if self.point else None

    @property
    def contact_ends(self) -> bool:
        """The former details leave the sheet: they name a person or an account, or the new ones repeat them.

        An office’s own mailbox stays.
        """
        former, contact = self.from_contact, self.contact
        if former is None or contact is None:
            return False
        said = [getattr(contact, name) for name in REACH if getattr(contact, name) == getattr(former, name)]
        return bool(former.person or former.user_id or (contact.pk is None and any(said)))


REACH = tuple(field.name for field in REACHED)


def foresee_hand_over(
    actor: Actor,
    *,
    day: date,
    point: FocalPoint | None = None,
    giver: User | None = None,
    account: str = "",
    contact: Contact | None = None,
    details: Mapping[str, Any] | None = None,
) -> Passing:
    """What a hand-over would do, without doing it: former terms end the day before, new contact details begin
    on the day and are shown to nobody before. Raises Refused where `hand_over` would.

    `point` is the post that passes; `giver` the person whose parts pass, by default the account behind the post.
    `account` is the address of the account that takes over; `contact` or `details` (fields of Contact) say how the new
    focal point is reached.
    """
    _check_day(day)
    if point is not None:
        point = _held(actor, point, day)
        giver = point.contact.user
        if contact is None and not details:
            raise Refused(_("Say how the new focal point is reached."), field="contact")
    taker = _taker(actor, account, contact)
    if point is not None and contact is None:
        starts_on = day if day > today() else None
        contact = Contact(actor=actor, **(details or {}), user=taker, starts_on=starts_on)
    passing = Passing(
        actor=actor,
        day=day,
        point=point,
        giver=giver,
        taker=taker,
        contact=contact if point else None,
        memberships=_passing_parts(actor, giver, day),
    )
    _check_parties(passing)
    _check_manager_remains(passing)
    passing.left = _left_post(passing)
    _pass_post(passing)
    _pass_parts(passing)
    return passing


@transaction.atomic
def hand_over(actor: Actor, *, by: Acting, **asked: Any) -> HandOver:
    """Pass post, parts and desk on a day, as `foresee_hand_over` says of the same words: nothing above names a person.

    Keeps what is open for the institution with the hand-over, and which rows it wrote, so that it can be called off
    before its day; writes to who takes over. Of two people handing over at once the second is refused.
    """
    check_hand_over(by, actor)
    renew_sheet(actor)
    passing = foresee_hand_over(actor, **asked)
    written = write(passing.plan, by=by, save=save_checked)
    former, contact, parts = passing.from_contact, passing.contact, passing.memberships
    row = HandOver.objects.create(
        actor=actor,
        day=passing.day,
        post=passing.point.part if passing.point else "",
        parts=sorted({membership.part for membership in parts}),
        from_contact=former,
        to_contact=contact,
        from_user=passing.giver,
        to_user=passing.taker,
        parties={"from": _party(former, parts), "to": _party(contact, parts)},
        open_items=open_items_of(actor, passing.day),
        made_by=person(by),
        written=written,
    )
    if to := recipient_of(contact, account=passing.taker):
        notify(to, kind="directory.handed_over", about=row, by=by)
    return row


def _check_day(day: date) -> None:
    first, last = today() - BACK, today() + AHEAD
    if not first <= day <= last:
        sentence = _("Choose a day between %(first)s and %(last)s.")
        raise Refused(sentence % {"first": day_text(first), "last": day_text(last)}, field="day")


def _held(actor: Actor, point: FocalPoint, day: date) -> FocalPoint:
    """The post as it stands now, held until the day before `day` at least, and given to nobody after."""
    found = actor.focal_points.filter(pk=point.pk).select_related("contact__user").first()
    if found is None or (found.ends_on is not None and found.ends_on < day):
        raise Refused(_("This post has already been handed over, or its term has ended."), field="giver")
    if found.starts_on is not None and found.starts_on >= day:
        sentence = _("The present term began on %(day)s: choose a later day.") % {"day": day_text(found.starts_on)}
        raise Refused(sentence, field="day")
    if actor.focal_points.during(day).filter(part=found.part).exclude(pk=found.pk).exists():
        raise Refused(_("Somebody else already has this post on that day or after it: end that first."), field="day")
    return found


def _taker(actor: Actor, account: str, contact: Contact | None) -> User | None:
    if contact is not None and contact.actor_id != actor.pk:
        raise Refused(_("Choose contact details of this institution."), field="contact")
    if not (account := account.strip().lower()):
        return contact.user if contact is not None and contact.user is not None and contact.user.is_active else None
    user = User.objects.filter(email=account, is_active=True, memberships__actor=actor).first()
    if user is None:
        sentence = _(
            "Nobody with this address works or worked for the institution here. Offer them a part first: once they "
            "have accepted, functions can be handed over to them."
        )
        raise Refused(sentence, field="account")
    if contact is not None and contact.user_id not in {None, user.pk}:
        raise Refused(_("These contact details belong to another account: choose others."), field="account")
    return user


def _passing_parts(actor: Actor, giver: User | None, day: date) -> list[Membership]:
    """The parts the giver has from `day` on; Refused for one that begins only then."""
    if giver is None:
        return []
    rows = actor.memberships.during(day).filter(user=giver).order_by("pk")
    parts = list(rows.select_related("user"))
    for row in parts:
        if row.starts_on is not None and row.starts_on >= day:
            sentence = _("Their part “%(part)s” begins on %(day)s: choose a later day.")
            raise Refused(sentence % {"part": row.get_part_display(), "day": day_text(row.starts_on)}, field="day")
    return parts


def _check_parties(passing: Passing) -> None:
    former, contact = passing.from_contact, passing.contact
    if passing.point is None and not passing.memberships:
        raise Refused(_("This person has no part in the institution on that day."), field="giver")
    if passing.point is None and passing.taker is None:
        raise Refused(_("Give the address of the account of who takes over."), field="account")
    if passing.taker is not None and passing.taker == passing.giver:
        raise Refused(_("One cannot hand over to oneself: choose somebody else."), field="account")
    if former is None or contact is None:
        return
    if contact.pk == former.pk:
        raise Refused(_("One cannot hand over to oneself: choose somebody else."), field="contact")
    same_reach = all(getattr(contact, name) == getattr(former, name) for name in REACH)
    unnamed = passing.taker is None and contact.person in {"", former.person}
    if contact.pk is None and same_reach and unnamed:
        raise Refused(
            _("Say who takes over this office: their account, or their name with their consent."), field="account"
        )


def _check_manager_remains(passing: Passing) -> None:
    """Parts that nobody takes end; the last manager’s cannot."""
    manager = Membership.Part.MANAGER
    if passing.taker is not None or all(row.part != manager for row in passing.memberships):
        return
    others = passing.actor.memberships.staying_managers(passing.day).exclude(user=passing.giver)
    if not others.exists():
        raise Refused(
            _("The institution would have no manager left: give the address of the account of who takes over."),
            field="account",
        )


def _left_post(passing: Passing) -> FocalPoint | None:
    """The alternate who becomes holder leaves the post of alternate; a holder cannot become alternate as well."""
    if passing.point is None:
        return None
    same = Q(contact=passing.contact.pk) if passing.contact and passing.contact.pk else Q(pk=None)
    if passing.taker is not None:
        same |= Q(contact__user=passing.taker)
    other = passing.actor.focal_points.during(passing.day).filter(same).exclude(pk=passing.point.pk).first()
    if other is None:
        return None
    if passing.point.part == FocalPoint.Part.ALTERNATE:
        raise Refused(_("The holder cannot be the alternate as well: choose somebody else."), field="contact")
    if other.starts_on is not None and other.starts_on >= passing.day:
        sentence = _("They become alternate on %(day)s only: choose a later day.")
        raise Refused(sentence % {"day": day_text(other.starts_on)}, field="day")
    return other


def _pass_post(passing: Passing) -> None:
    plan, contact = passing.plan, passing.contact
    if passing.point is None or contact is None:
        return
    if contact.pk is None:
        check_contact(contact)
        plan.make(contact, telling=TERM)
    elif passing.taker is not None and contact.user_id is None:
        with plan.changing(contact) as row:
            row.user = passing.taker
            check_contact(row)
    for point in filter(None, (passing.point, passing.left)):
        _end(point, passing)
    point = FocalPoint(actor=passing.actor, contact=contact, part=passing.point.part, starts_on=passing.day)
    plan.make(point, telling=TERM)
    if passing.contact_ends:
        with plan.changing(passing.point.contact) as row:
            row.ends_on = passing.day - DAY


def _pass_parts(passing: Passing) -> None:
    for row in passing.memberships:
        _end(row, passing)
        if passing.taker is not None:
            _give(row, passing.taker, passing)


def _end(term: FocalPoint | Membership, passing: Passing) -> None:
    refuse_ended(term, passing.day - DAY)
    with passing.plan.changing(term) as row:
        row.ends_on = passing.day - DAY


def _give(former: Membership, taker: User, passing: Passing) -> None:
    """The part of `former` for the taker from the day on until it would have ended, without a day between.

    Terms of theirs in that time stay: each is brought forward to where the one before it ends, the last one goes on as
    long as the part that passes.
    """
    day, until, plan = passing.day, former.ends_on, passing.plan
    found = former.actor.memberships.during(day, until).filter(user=taker, part=former.part)
    own = sorted(map(plan.own, found), key=lambda term: (term.starts_on or date.min, term.pk))
    if not own:
        part = Membership(actor=former.actor, user=taker, part=former.part, starts_on=day, ends_on=until)
        part.job_title = former.job_title
        plan.make(part, telling=TERM)
        return
    reached = day - DAY
    last = max(own, key=lambda term: term.ends_on or date.max)
    for term in own:
        with plan.changing(term) as row:
            if row.starts_on is not None and row.starts_on - DAY > reached:
                row.starts_on = reached + DAY
            reached = max(reached, row.ends_on or date.max)
            row.job_title = row.job_title or former.job_title
    if reached < (until or date.max):
        with plan.changing(last) as row:
            row.ends_on = until


def _party(contact: Contact | None, memberships: list[Membership]) -> dict[str, str]:
    """How a party is named: the office in its languages, the person only where they agreed to be named."""
    if contact is not None:
        return {"person": contact.person, "ar": contact.role_ar, "fr": contact.role_fr}
    title = next((row.job_title for row in memberships if row.job_title), "")
    return {"person": "", "ar": title, "fr": ""}
