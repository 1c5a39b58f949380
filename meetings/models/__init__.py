"""When institutions meet, and what is left in writing."""

from meetings.models.agenda import AgendaItem
from meetings.models.document import Document
from meetings.models.feed import CalendarFeed
from meetings.models.meeting import Meeting, Project
from meetings.models.minutes import Minutes, MinutesReview, MinutesRevision, MinutesSection, MinutesVersion
from meetings.models.participation import Attendance, Invitation
from meetings.models.report import Report

__all__ = [
    "AgendaItem",
    "Attendance",
    "CalendarFeed",
    "Document",
    "Invitation",
    "Meeting",
    "Minutes",
    "MinutesReview",
    "MinutesRevision",
    "MinutesSection",
    "MinutesVersion",
    "Project",
    "Report",
]
