"""The office that keeps a meeting, which its mails are answered to and which is called about it."""

from django.db.models import Q

from actors.directory.models import Actor, Contact, SpaceMember
from actors.directory.models.membership import parts_by_actor
from meetings.rules.recipients import Steered
from portal.accounts.models import User
from portal.core.dates import today
from portal.notifications.rules.offices import Office


def office_of(meeting: Steered, reader: User | None) -> Office | None:
    """The secretariat of the space, else the organiser: the first that has a mailbox.

    Whoever is written to is a member, or an institution of the directory: they are told of an office what members see,
    of a person what everybody does, the office first. Whoever works there is not told of it.
    """
    keepers = _keepers(meeting)
    known: dict[int, list[Contact]] = {actor.pk: [] for actor in keepers}
    told = Q(audience=Contact.Audience.PUBLIC) | Q(audience=Contact.Audience.MEMBERS, person="")
    for contact in Contact.objects.current().filter(told, actor__in=known).order_by("person", "pk"):
        known[contact.actor_id].append(contact)
    reached = [office for actor in keepers if (office := _office(actor, known[actor.pk]))]
    chosen = next((pair for pair in reached if pair[1].email), reached[0] if reached else None)
    own = parts_by_actor(reader) if reader is not None else {}
    return None if chosen is None or chosen[0] in own else chosen[1]


def _keepers(meeting: Steered) -> list[Actor]:
    if meeting.space is None:
        return [meeting.organiser]
    seats = SpaceMember.objects.on(today()).filter(space=meeting.space, part=SpaceMember.Part.SECRETARIAT)
    return [*(seat.actor for seat in seats.select_related("actor")), meeting.organiser]


def _office(actor: Actor, contacts: list[Contact]) -> tuple[int, Office] | None:
    """The mailbox and the telephone of one contact where one has both."""
    contacts = sorted(contacts, key=lambda contact: not (contact.email and contact.phone))
    email, phone = (
        next((value for contact in contacts if (value := getattr(contact, name))), "") for name in ("email", "phone")
    )
    return (actor.pk, Office(str(actor.name), email, phone)) if email or phone else None
