"""The ledger of what was due, and the rows that carry mail."""

from portal.notifications.models.ledger import LedgerEntry, ReminderRun
from portal.notifications.models.notification import Notification

__all__ = ["LedgerEntry", "Notification", "ReminderRun"]
