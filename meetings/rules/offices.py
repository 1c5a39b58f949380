"""The office that keeps a meeting, which its mails are answered to and which is called about it."""

from django.contrib.auth.models import AnonymousUser

from actors.directory.models import Actor, Contact, SpaceMember
from actors.directory.models.membership import parts_by_actor
from meetings.rules.recipients import Steered
from portal.accounts.models import User
from portal.core.dates import today
from portal.notifications.rules.offices import Office


def office_of(meeting: Steered, reader: User | None) -> Office | None:
    """The secretariat of the space, else the organiser: the first of which the reader may know a mailbox.

    An office's mailbox comes before a person's own. Whoever works there is told nothing of their own office.
    """
    person = reader or AnonymousUser()
    keepers = _keepers(meeting)
    known: dict[int, list[Contact]] = {actor.pk: [] for actor in keepers}
    for contact in Contact.objects.visible_to(person).filter(actor__in=known).order_by("person", "pk"):  # type: ignore[arg-type]
        known[contact.actor_id].append(contact)
    reached = [office for actor in keepers if (office := _office(actor, known[actor.pk]))]
    chosen = next((pair for pair in reached if pair[1].email), reached[0] if reached else None)
    return None if chosen is None or chosen[0] in parts_by_actor(person) else chosen[1]


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
