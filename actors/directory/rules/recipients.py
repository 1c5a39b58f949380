"""Whom to write to: institutions are asked at sending time who answers for them that day."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from itertools import batched, groupby

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q

from actors.directory.models import Actor, Contact, FocalPoint, Membership, Space, SpaceMember
from portal.accounts.models import User
from portal.core.dates import today
from portal.notifications.rules.recipients import Recipient, once

ANSWERING = (Membership.Part.MANAGER, Membership.Part.CONTRIBUTOR)
#: how many institutions are asked about in one query
CHUNK = 1000

ByActor = dict[int, list[Recipient]]


def recipients_of(actor: Actor, day: date | None = None, part: str | None = None) -> list[Recipient]:
    """Whoever answers for the institution on `day` (default: today), nobody twice.

    1. The focal points in office, the holder first; 2. else its managers and contributors with an account;
    3. else its first contact with a mailbox. `part` asks for one only: a FocalPoint.Part or a Membership.Part.
    """
    day = day or today()
    if part in FocalPoint.Part.values:
        return _focal_points([actor.pk], day, part).get(actor.pk, [])
    if part is not None:
        return _people([actor.pk], day, (part,)).get(actor.pk, [])
    return recipients_by_actor([actor.pk], day)[actor.pk]


def recipients_by_actor(actors: Collection[int], day: date | None = None) -> ByActor:
    """The same for many institutions (by their keys), in at most three queries a thousand."""
    day = day or today()
    found: ByActor = {pk: [] for pk in actors}
    steps: tuple[Callable[[Sequence[int], date], ByActor], ...] = (_focal_points, _people, _mailboxes)
    for chunk in batched(list(found), CHUNK):
        for step in steps:
            if missing := [pk for pk in chunk if not found[pk]]:
                found.update(step(missing, day))
    return found


def holders_by_actor(actors: Collection[int], day: date) -> ByActor:
    """The focal points in title of many institutions (by their keys), in one query a thousand."""
    found: ByActor = {pk: [] for pk in actors}
    for chunk in batched(list(found), CHUNK):
        found.update(_focal_points(chunk, day, FocalPoint.Part.HOLDER))
    return found


def reached_condition(day: date | None = None, actor: str = "pk") -> Q:
    """The condition “somebody is written to” of institutions, or of rows that lead to one by `actor`:
    `recipients_by_actor` finds anybody."""
    day, of = day or today(), {"actor": OuterRef(actor)}
    points = FocalPoint.objects.on(day).filter(~Q(contact__email="") | Q(contact__user__is_active=True))
    people, mailboxes = Membership.objects.serving(day, *ANSWERING), Contact.objects.current(day).exclude(email="")
    return Q(Exists(points.filter(**of))) | Q(Exists(people.filter(**of))) | Q(Exists(mailboxes.filter(**of)))


def recipients_of_space(
    space: Space, parts: tuple[str, ...] = SpaceMember.STEERING, day: date | None = None
) -> list[Recipient]:
    """Whoever answers for the institutions that have one of `parts` in the space on `day`."""
    return recipients_by_space([space.pk], parts, day)[space.pk]


def recipients_by_space(
    spaces: Collection[int], parts: tuple[str, ...] = SpaceMember.STEERING, day: date | None = None
) -> dict[int, list[Recipient]]:
    """The same for many spaces (by their keys)."""
    day = day or today()
    members = SpaceMember.objects.on(day).filter(space__in=spaces, part__in=parts)
    rows = list(members.order_by(SpaceMember.Part.rank_of("part"), "pk").values_list("space_id", "actor_id"))
    by_actor = recipients_by_actor(list(dict.fromkeys(actor for _space, actor in rows)), day)
    found: dict[int, list[Recipient]] = {pk: [] for pk in spaces}
    for pk, actor in rows:
        found[pk] += by_actor[actor]
    return {pk: once(recipients) for pk, recipients in found.items()}


def managers_by_actor(actors: Collection[int], day: date | None = None) -> ByActor:
    """The managers of many institutions (by their keys), or whoever answers for those that have none."""
    day, keys = day or today(), list(actors)
    found: ByActor = {}
    for chunk in batched(keys, CHUNK):
        found.update(_people(chunk, day, (Membership.Part.MANAGER,)))
    return recipients_by_actor([pk for pk in keys if not found.get(pk)], day) | {
        pk: own for pk, own in found.items() if own
    }


def administrators() -> list[Recipient]:
    """Everybody who keeps the directory."""
    return [Recipient.of(user) for user in User.objects.filter(is_administrator=True, is_active=True).order_by("pk")]


def _focal_points(actors: Sequence[int], day: date, part: str | None = None) -> ByActor:
    points = FocalPoint.objects.on(day).filter(actor__in=actors).select_related("contact__user")
    if part:
        points = points.filter(part=part)
    rows = points.order_by("actor_id", "part", "pk")
    return {
        pk: once([recipient for point in held if (recipient := recipient_of(point.contact))])
        for pk, held in groupby(rows, key=lambda point: point.actor_id)
    }


def _people(actors: Sequence[int], day: date, parts: Sequence[str] = ANSWERING) -> ByActor:
    rows = Membership.objects.serving(day, *parts).filter(actor__in=actors)
    in_order = sorted(rows.select_related("user"), key=lambda row: (row.actor_id, parts.index(row.part), row.pk))
    return {
        pk: once([Recipient.of(row.user) for row in held])
        for pk, held in groupby(in_order, key=lambda row: row.actor_id)
    }


def _mailboxes(actors: Sequence[int], day: date) -> ByActor:
    # A role mailbox outlives the person in the post, so it comes before a person's own.
    rows = Contact.objects.current(day).filter(actor__in=actors).exclude(email="").select_related("user")
    first: dict[int, Contact] = {}
    for contact in rows.order_by("actor_id", F("person").asc(), "pk"):
        first.setdefault(contact.actor_id, contact)
    return {pk: [recipient] for pk, contact in first.items() if (recipient := recipient_of(contact))}


def recipient_of(contact: Contact | None, account: User | None = None) -> Recipient | None:
    """The account, else the one behind the contact, else its mailbox, in Arabic; None where there is nothing."""
    account = account or (contact.user if contact is not None else None)
    if account is not None and account.is_active:
        return Recipient.of(account)
    if contact is not None and contact.email:
        name = contact.person or contact.role_ar
        return Recipient(email=contact.email, language=settings.LANGUAGE_CODE, name=name, contact_id=contact.pk)
    return None
