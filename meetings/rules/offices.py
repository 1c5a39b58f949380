"""The office that keeps a meeting, which its mails are answered to and which is called about it."""

from actors.directory.models import Actor, Contact, SpaceMember
from actors.directory.models.membership import parts_by_actor
from meetings.rules.recipients import Steered
from portal.core.dates import today
from portal.notifications.rules.offices import Office
from portal.notifications.rules.recipients import Recipient


def office_of(meeting: Steered, reader: Recipient) -> Office | None:
    """The secretariat of the space, else the organiser: the first that has a mailbox.

    Members are told of an office what members see, everybody else what everybody does; of a person nobody is told
    more than that, and the office comes first. Whoever works there, or reads its mail, is not told of it.
    """
    keepers = _keepers(meeting)
    own = parts_by_actor(reader.user) if reader.user is not None else {}
    is_member = bool(own) or (reader.user is not None and reader.user.is_administrator)
    known: dict[int, list[Contact]] = {actor.pk: [] for actor in keepers}
    theirs = set(own)
    for contact in Contact.objects.current().filter(actor__in=known).order_by("person", "pk"):
        if contact.email and contact.email.lower() == reader.email.lower():
            theirs.add(contact.actor_id)
        if contact.audience == Contact.Audience.PUBLIC or (
            is_member and contact.audience == Contact.Audience.MEMBERS and not contact.person
        ):
            known[contact.actor_id].append(contact)
    reached = [office for actor in keepers if (office := _office(actor, known[actor.pk]))]
    chosen = next((pair for pair in reached if pair[1].email), reached[0] if reached else None)
    return None if chosen is None or chosen[0] in theirs else chosen[1]


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
