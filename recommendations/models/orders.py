"""The orders of the register: each is written once, for the question that asks in it and for the index that answers.

What depends on the day is in none of them. What a visitor is shown may stand in another place than what it is.
"""

from datetime import date

from django.db.models import Case, F, Index, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Length

from meetings.models import Meeting
from recommendations.models import states

#: those of the newest meeting first, and of each meeting as they were numbered: R2 before R10
NUMBERED = (F("meeting_starts_at").desc(), F("meeting_id").asc(), Length("reference").asc(), F("reference").asc())
#: what visitors see: `visible_to` asks for it in these words, and an index that holds no more answers
IN_PUBLIC = ~Q(state__in=states.NOT_AGREED) & Q(meeting_audience=Meeting.Audience.PUBLIC)


def by_state(*, inside: bool) -> Case:
    """What waits before what is finished."""
    shown = {state: state if inside else state.in_public for state in states.State}
    groups = [[state for state in states.State if shown[state] == at] for at in states.BY_URGENCY]
    ranks = [When(state__in=group, then=Value(rank)) for rank, group in enumerate(groups) if group]
    return Case(*ranks, default=Value(len(groups)), output_field=IntegerField())


def by_progress(*, inside: bool) -> Case:
    """What is finished is complete."""
    finished = [state for state in states.State if (state if inside else state.in_public) in states.FINISHED]
    complete = When(state__in=finished, then=Value(100))
    return Case(complete, default=F("progress"), output_field=IntegerField())


def by_settled() -> Case:
    """What is still open before what is not."""
    return Case(When(state__in=states.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())


def by_due() -> Coalesce:
    """What has no due date comes last."""
    return Coalesce("due_on", Value(date.max))


INDEXES = (
    Index(*NUMBERED, "id", name="recommendation_newest"),
    Index(by_state(inside=True), *NUMBERED, "id", name="recommendation_by_state"),
    Index(by_state(inside=False), *NUMBERED, "id", condition=IN_PUBLIC, name="recommendation_by_look"),
    Index(by_progress(inside=True), *NUMBERED, "id", name="recommendation_by_progress"),
    Index(by_progress(inside=False), *NUMBERED, "id", condition=IN_PUBLIC, name="recommendation_by_step"),
    # Few fall due on one day, or have their last news in one moment: those are sorted when they are read.
    Index(by_settled(), by_due(), name="recommendation_by_due_date"),
    Index(by_due(), name="recommendation_by_due"),
    Index("last_news_at", condition=IN_PUBLIC, name="recommendation_by_news"),
)
