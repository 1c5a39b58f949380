"""The calendars that clients follow: whose meetings each holds, and how it is followed."""

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from actors.directory.models import Space
from actors.directory.models.membership import parts_by_actor
from meetings.models import CalendarFeed, Invitation, Meeting
from meetings.models.meeting import kept, taken_part_in
from meetings.reading.calendar import calendar_of, feed_rows
from meetings.rules.feeds import token_of

if TYPE_CHECKING:
    from portal.accounts.models import User

VISITOR: "User" = AnonymousUser()  # type: ignore[assignment]


class Followed(NamedTuple):
    """A feed as its page offers it: its address, and the ways by which clients take it."""

    address: str
    #: opens the calendar of the telephone or computer
    client: str
    google: str
    outlook: str


def own_meetings(user: "User") -> Q:
    """Those a person prepares or takes part in."""
    return taken_part_in(user) | kept(user)


def feed_of_person(user: "User") -> bytes:
    """Their own meetings, of those they may see now, with the links to join."""
    rows = feed_rows(Meeting.objects.visible_to(user).filter(own_meetings(user)))
    keys = [row.pk for row in rows]
    return calendar_of(rows, user, name=_("My meetings – Tansiq"), linked=keys, declined=_declined(user, keys))


def _declined(user: "User", keys: list[int]) -> set[int]:
    """Those that all of the person’s institutions that were invited have declined."""
    asked = Invitation.objects.sent().filter(meeting__in=keys, actor__in=list(parts_by_actor(user)))
    answers: dict[int, set[str]] = {}
    for meeting, answer in asked.values_list("meeting", "answer"):
        answers.setdefault(meeting, set()).add(answer)
    return {meeting for meeting, given in answers.items() if given == {Invitation.Answer.DECLINED}}


def feed_of_everybody(space: Space | None = None) -> bytes:
    """The meetings a visitor sees: of one space, or all."""
    rows = Meeting.objects.visible_to(VISITOR)
    if space is None:
        return calendar_of(feed_rows(rows), VISITOR, name=_("Public meetings – Tansiq"))
    name = _("%(space)s – Tansiq") % {"space": space}
    return calendar_of(feed_rows(rows.filter(space=space)), VISITOR, name=name)


def followable_spaces() -> "list[Space]":
    """Those everybody sees, with a meeting everybody sees."""
    used = Meeting.objects.visible_to(VISITOR).exclude(space=None).order_by().values("space")
    return list(Space.objects.visible_to(VISITOR).filter(pk__in=used))


def followed_by_person(user: "User") -> Followed | None:
    """Their own secret address; None while they have none."""
    feed = CalendarFeed.objects.visible_to(user).first()
    return _followed("person_feed", _("My meetings – Tansiq"), token_of(feed)) if feed else None


def followed_by_everybody(space: Space | None = None) -> Followed:
    """In the language of the page that offers it."""
    if space is None:
        return _followed("public_feed", _("Public meetings – Tansiq"), language=get_language() or "ar")
    return _followed("space_feed", str(space), space.slug, language=get_language() or "ar")


def _followed(route: str, name: str, *keys: str, language: str = "") -> Followed:
    query = f"?language={language}" if language and language != settings.LANGUAGE_CODE else ""
    address = f"{settings.SITE_ADDRESS}{reverse(route, args=keys)}{query}"
    client = f"webcal://{address.partition('://')[2]}"
    google = f"https://calendar.google.com/calendar/r?cid={quote(client, safe='')}"
    asked = f"url={quote(address, safe='')}&name={quote(name, safe='')}"
    return Followed(address, client, google, f"https://outlook.office.com/calendar/0/addfromweb?{asked}")
