"""The ledger of what was due, the rows that carry mail, and the links that mails carry."""

from portal.notifications.models.ledger import LedgerEntry, ReminderRun
from portal.notifications.models.link import LinkStanding, SignedLink
from portal.notifications.models.notification import Notification

__all__ = ["LedgerEntry", "LinkStanding", "Notification", "ReminderRun", "SignedLink"]
