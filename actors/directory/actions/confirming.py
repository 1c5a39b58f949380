"""Keeping sheets true: the institution confirms from its mail, or says what is wrong; administrators ask for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.actions.checked import save_checked
from actors.directory.models import Actor
from actors.directory.permissions import check_answer_from_mail, check_see_upkeep
from actors.directory.rules.confirmation import Letter
from actors.directory.rules.recipients import administrators, recipients_by_actor
from actors.directory.sheets.keeping import renew_sheet
from portal.core.acting import Acting, person
from portal.core.dates import today
from portal.core.errors import Refused
from portal.notifications.actions import notify
from portal.notifications.models import LedgerEntry, Notification
from portal.notifications.rules.recipients import Recipient, without

#: the mail that asks, whether the clock sends it or a person
ASKING = "directory.sheet_stale"
#: nobody is asked again so soon
PAUSE = timedelta(days=7)
LONGEST = 1000
#: how often one institution’s recipients may tell the administrators in a day
MOST_REPORTS = 3


@transaction.atomic
def confirm_from_mail(letter: Letter, *, by: Acting) -> None:
    """The recipient of a mail says that the sheet is true today; the history names the account, or else the mailbox.

    Refused for a link that is no longer good.
    """
    check_answer_from_mail(by, letter.actor)
    actor, recipient = letter.actor, letter.recipient
    before = actor.confirmed_on
    renew_sheet(actor)
    if not letter.is_open or recipient is None or actor.confirmed_on != before:
        raise Refused(_("This link can no longer be used."))
    user = person(by)
    actor.confirmed_on, actor.confirmed_by = today(), user
    actor.confirmed_mailbox = "" if user else recipient.email
    save_checked(actor, by=by, reason=actor.confirmed_mailbox)


def report_from_mail(letter: Letter, *, text: str, by: Acting) -> None:
    """The recipient of a mail says what is wrong on the sheet; the administrators are told.

    Refused without words, for a link that is no longer good, and after the third time in a day.
    """
    check_answer_from_mail(by, letter.actor)
    text = text.strip()[:LONGEST]
    if not letter.is_open or letter.recipient is None:
        raise Refused(_("This link can no longer be used."))
    if not text:
        raise Refused(_("Say what is wrong."), field="text")
    if _told_lately(letter.actor) >= MOST_REPORTS:
        raise Refused(_("The administrators have been told several times today: they will look at it."), field="text")
    context = {"text": text, "sender": str(by)}
    notify(administrators(), kind="directory.sheet_reported", about=letter.actor, by=by, context=context)


def _told_lately(actor: Actor) -> int:
    told = Notification.objects.filter(
        kind="directory.sheet_reported",
        content_type=ContentType.objects.get_for_model(Actor),
        object_id=str(actor.pk),
        created_at__gt=timezone.now() - timedelta(days=1),
    )
    return max((row["number"] for row in told.order_by().values("user").annotate(number=Count("pk"))), default=0)


@dataclass
class ConfirmationRound:
    """What became of a request to confirm: the institutions written to, and those that were not, by reason."""

    sent: list[Actor] = field(default_factory=list)
    recent: list[Actor] = field(default_factory=list)
    unreachable: list[Actor] = field(default_factory=list)
    own: list[Actor] = field(default_factory=list)
    unpublished: list[Actor] = field(default_factory=list)


def ask_confirmation(actors: Iterable[Actor], *, by: Acting) -> ConfirmationRound:
    """Write to whoever answers for these institutions now, and ask them to confirm their sheets.

    Nobody is asked twice within 7 days, by the clock or by a person. The ledger keeps it, so that the clock does not
    send a rung that was due before.
    """
    check_see_upkeep(by)
    found = ConfirmationRound()
    rows = list(actors)
    asked = _asked_lately(rows)
    recipients = recipients_by_actor([actor.pk for actor in rows])
    for actor in rows:
        if actor.state != Actor.State.PUBLISHED:
            found.unpublished.append(actor)
        elif actor.pk in asked:
            found.recent.append(actor)
        elif not recipients[actor.pk]:
            found.unreachable.append(actor)
        elif not (others := without(by, recipients[actor.pk])):
            found.own.append(actor)
        elif _ask(actor, others, by):
            found.sent.append(actor)
        else:
            found.recent.append(actor)
    return found


def _asked_lately(actors: list[Actor]) -> set[int]:
    lately = Notification.objects.filter(
        kind=ASKING,
        content_type=ContentType.objects.get_for_model(Actor),
        object_id__in=[str(actor.pk) for actor in actors],
        created_at__gt=timezone.now() - PAUSE,
    )
    return {int(pk) for pk in lately.values_list("object_id", flat=True)}


def _ask(actor: Actor, recipients: list[Recipient], by: Acting) -> bool:
    """False where somebody else asks at the same moment: the ledger lets one through."""
    now = timezone.now()
    try:
        with transaction.atomic():
            for recipient in recipients:
                entry = LedgerEntry.objects.create(
                    subject=actor,
                    rung=ASKING,
                    occurrence=f"{actor.true_since.isoformat()}+asked {today(now).isoformat()}",
                    recipient_key=recipient.key,
                    outcome=LedgerEntry.Outcome.SENT,
                    due_at=now,
                    created_at=now,
                )
                [entry.notification] = notify(recipient, kind=ASKING, about=actor, by=by, now=now)
                entry.save(update_fields=["notification"])
    except IntegrityError:
        return False
    return True
