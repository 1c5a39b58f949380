"""The drafts of a meeting, as somebody had them before their eyes."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from meetings.models import Meeting
from portal.core.stamps import with_stamp
from recommendations.models import Recommendation


def drafts_of(meeting: Meeting) -> QuerySet[Any]:
    """In their order, each with its stamp."""
    return with_stamp(meeting.recommendations.filter(state=Recommendation.State.DRAFT)).in_order()


def stamp_of(drafts: Iterable[Any]) -> str:
    """Which drafts there are and what they say: their keys, each with its stamp."""
    return " ".join(f"{draft.pk}-{draft.stamp}" for draft in drafts)
