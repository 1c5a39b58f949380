"""What somebody had before them of minutes: where they stood, and what institutions had said about them."""

import re
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from meetings.models import Minutes, MinutesReview
from portal.core import history
from portal.core.errors import Refused
from portal.core.stamps import LONGEST_NUMBER, unknown_stamp

POSITION = re.compile(r"\d+[a-z]+\d+")


def stamp_of(minutes: Minutes, word: int | None) -> str:
    """`1circulated2-57`: version, state and circulation, which never come back together, and the number of a word."""
    return f"{minutes.version}{minutes.state}{minutes.circulation}-{word or 0}"


def newest_word(minutes: Minutes) -> int:
    """The number of the newest word on the minutes as they were last circulated; 0 where nobody has spoken."""
    newest = _words(minutes).order_by("-history_id").values_list("history_id", flat=True)
    return newest.first() or 0


def word_seen(minutes: Minutes, stamp: str) -> int:
    """The number of the word that was seen at `stamp`. Keeps the minutes until the transaction ends.

    Refused where the minutes were circulated, adopted or taken back since, and for a stamp nobody gave: who sends it
    again has read where they stand, and heard no word yet.
    """
    history.renew(minutes)
    afresh = stamp_of(minutes, None)
    position, _dash, word = stamp.partition("-")
    if not POSITION.fullmatch(position) or not word.isdecimal() or len(word) > LONGEST_NUMBER:
        raise Refused(unknown_stamp(), stamp=afresh)
    if f"{position}-0" != afresh:
        raise Refused(
            _(
                "These minutes have moved on since you opened this page: %(state)s. "
                "Read them first, then send this again."
            )
            % {"state": minutes.state_text},
            stamp=afresh,
        )
    if int(word) > newest_word(minutes):
        raise Refused(unknown_stamp(), stamp=afresh)
    return int(word)


def refuse_unheard(minutes: Minutes, stamp: str) -> None:
    """Refused where an institution has spoken since `stamp`, with its name: its word is read before it is settled."""
    seen = word_seen(minutes, stamp)
    new = _words(minutes).filter(history_id__gt=seen).exclude(history_type="-")
    spoken = minutes.reviews.current().filter(pk__in=new.values("id")).select_related("actor")
    if names := [str(review.actor) for review in spoken]:
        raise Refused(
            _(
                "Since you opened this page these institutions have given their word on the minutes: %(names)s. "
                "Read it first; send this once more to go on."
            )
            % {"names": pgettext("between the parts of a list", ", ").join(names)},
            stamp=stamp_of(minutes, newest_word(minutes)),
        )


def record_of(minutes: Minutes, number: int) -> Any:
    """The word with this number in the history of the minutes; None for 0 and for one that is no longer kept."""
    return _words(minutes).filter(history_id=number).exclude(history_type="-").first()


def _words(minutes: Minutes) -> QuerySet[Any]:
    return MinutesReview.history.filter(minutes=minutes, circulation=minutes.circulation)


def missing_in_review(answer: str, text: str) -> dict[str, str]:
    if answer == MinutesReview.Answer.REMARKS and not text.strip():
        return {"text": _("Write your remarks.")}
    return {}
