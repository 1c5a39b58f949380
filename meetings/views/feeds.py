"""Meetings in a reader's own calendar: one of them as a file, and the feeds that clients follow."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_POST, require_safe

from actors.directory.models import Space
from meetings.actions import feeds as actions
from meetings.models import CalendarFeed, Meeting
from meetings.permissions import can_see_inside
from meetings.reading.calendar import calendar_of, with_programme
from meetings.reading.feeds import (
    VISITOR,
    feed_of_everybody,
    feed_of_person,
    followable_spaces,
    followed_by_everybody,
    followed_by_person,
)
from meetings.rules.feeds import feed_of
from portal.core.pages import page
from portal.core.saving import posted

#: in seconds; what may cease to be for everybody is asked for again after a while
A_WHILE = 300


@login_not_required
@require_safe
def calendar(request: HttpRequest, reference: str) -> HttpResponse:
    """The meeting for the reader's own calendar; the link to join only for those who take part."""
    seen = with_programme(Meeting.objects.visible_to(request.user))
    meeting = get_object_or_404(seen, reference=reference)
    linked = [meeting.pk] if meeting.link and can_see_inside(request.user, meeting) else []
    content = calendar_of([meeting], request.user, linked=linked)
    name = f'attachment; filename="{meeting.reference}.ics"'
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": name})


@login_not_required
@cache_control(private=True, no_cache=True)
@require_safe
@conditional_page
def person_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What its owner may see now, in the language they read; whoever has the address reads it without signing in."""
    feed = feed_of(token)
    if feed is None:
        raise Http404
    with override(feed.user.language):
        return _feed(feed_of_person(feed.user), secret=True)


@login_not_required
@cache_control(public=True, max_age=A_WHILE)
@require_safe
@conditional_page
def public_feed(request: HttpRequest) -> HttpResponse:
    """What a visitor sees, whoever asks; in Arabic, or in the `language` of the address."""
    with override(_language(request)):
        return _feed(feed_of_everybody())


@login_not_required
@cache_control(public=True, max_age=A_WHILE)
@require_safe
@conditional_page
def space_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of one space that everybody sees."""
    with override(_language(request)):
        return _feed(feed_of_everybody(get_object_or_404(Space.objects.visible_to(VISITOR), slug=slug)))


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _feed(content: bytes, *, secret: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    if secret:
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@login_not_required
@require_safe
def subscribe(request: HttpRequest) -> HttpResponse:
    """The addresses of the calendars that can be followed: one's own, everybody's, or that of `?space=`."""
    spaces = followable_spaces()
    space = next((one for one in spaces if one.slug == request.GET.get("space")), None)
    context: dict[str, Any] = {"spaces": spaces, "space": space, "followed": followed_by_everybody(space)}
    if request.user.is_authenticated:
        context["own_feed"] = followed_by_person(request.user)
    return page(request, "meetings/subscribe.html", context)


@require_POST
def renew_feed(request: HttpRequest) -> HttpResponse:
    """The first address, or another in place of the one there is."""

    def told(feed: CalendarFeed) -> str:
        if feed.number == 1:
            return _("The address of your calendar is ready.")
        return _("The address of your calendar is new: those before it open nothing.")

    return posted(request, actions.renew_feed, request.user, to=_page_of_feed(), back=_page_of_feed(), told=told)


@require_POST
def stop_feed(request: HttpRequest) -> HttpResponse:
    told = _("Your calendar is no longer shared: its address opens nothing.")
    return posted(request, actions.stop_feed, request.user, to=_page_of_feed(), back=_page_of_feed(), told=told)


def _page_of_feed() -> str:
    return f"{reverse('meetings:subscribe')}#own-feed"
