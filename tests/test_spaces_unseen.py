"""The name of a space does not show through what hangs on it to those who do not see the space itself."""

import re

import pytest
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import override

from actors.directory.actions import edit_space
from actors.directory.models import Membership, Space
from meetings.models import Invitation, Meeting
from portal.core.acting import THE_PORTAL
from portal.core.search import reindex_all
from portal.notifications.actions import notify
from portal.notifications.rules.messages import render
from portal.notifications.rules.recipients import Recipient
from tests import factories
from tests.answers import content_of
from tests.test_conventions import every_template

NAME, NAME_FR = "فضاء لا يعرفه الجميع", "Espace discret"
WHO = ("visitor", "outsider", "invited", "member", "secretariat", "administrator")
#: who walks the pages
READERS = ("visitor", "invited")


@pytest.fixture
def people(request, visitor, space):
    named = {name: request.getfixturevalue(name) for name in ("outsider", "member", "secretariat", "administrator")}
    invited = factories.MembershipFactory(actor__slug="invited", part=Membership.Part.MANAGER).user
    return {"visitor": visitor, "invited": invited} | named


@pytest.fixture
def world(space, association, commune, people):
    """A public meeting of the space, past, with a recommendation, and one to come."""
    space.name_ar, space.name_fr, space.name_en = NAME, NAME_FR, ""
    space.save()
    own = Membership.objects.get(user=people["invited"]).actor
    meetings = [
        factories.MeetingFactory(space=space, organiser=association, audience=Meeting.Audience.PUBLIC, state=state)
        for state in (Meeting.State.HELD, Meeting.State.ANNOUNCED)
    ]
    recommendation = factories.RecommendationFactory(meeting=meetings[0])
    assignment = factories.AssignmentFactory(recommendation=recommendation, actor=own, answer="waiting")
    for meeting in meetings:
        factories.InvitationFactory(meeting=meeting, actor=own)
    return meetings, recommendation, assignment


def addresses(world):
    """Whatever a meeting, a recommendation or a search over them is shown or handed out by."""
    (held, coming), recommendation, assignment = world
    tabs = ("meeting", "participation", "minutes", "documents", "report", "calendar", "meeting_reminders")
    yield from (reverse(f"meetings:{tab}", args=[meeting.reference]) for meeting in (held, coming) for tab in tabs)
    yield from (
        reverse(f"recommendations:{page}", args=[held.reference])
        for page in ("meeting_recommendations", "meeting_results")
    )
    yield from (
        reverse(f"recommendations:{page}", args=[recommendation.reference])
        for page in ("recommendation", "report_progress", "recommendation_reminders", "assign")
    )
    yield reverse("recommendations:answer_assignment", args=[assignment.pk])
    for route in ("meetings:meetings", "recommendations:recommendations", "directory:actors", "directory:spaces"):
        yield from (reverse(route) + query for query in ("", "?export=csv", f"?q={NAME}"))
    yield from (reverse("home:home"), reverse("home:search") + f"?q={NAME_FR}", reverse("sitemap"))
    yield from (reverse("directory:actor", args=[slug]) for slug in ("association", "invited"))
    yield reverse("directory:actor_activity", args=["association"])


def says(answer, words):
    """The words stand there, beside the box in which they were searched."""
    text = re.sub(r"<input[^>]*>|<title>.*?</title>|q=[^&\"]*", "", content_of(answer).decode("utf-8", "replace"))
    return any(word in text for word in words)


@pytest.mark.parametrize("audience", Space.Audience)
def test_whoever_does_not_see_a_space_does_not_read_its_name(as_user, people, world, space, audience):
    Space.objects.filter(pk=space.pk).update(audience=audience)
    reindex_all()
    told = {who: set() for who in READERS}
    for language, readers in (("ar", READERS), ("fr", ("visitor",))):
        with override(language):
            for who in readers:
                client = as_user(people[who])
                told[who] |= {
                    page for page in addresses(world) if says(client.get(page), (NAME, NAME_FR, "/spaces/space/"))
                }
    sees = {who for who in WHO if Space.objects.visible_to(people[who]).filter(pk=space.pk).exists()}
    assert {who: pages for who, pages in told.items() if pages and who not in sees} == {}
    assert {who for who in READERS if len(told[who]) >= 4} == sees & {*READERS}
    assert {who for who in WHO if Space.objects.get(pk=space.pk).is_seen_by(people[who])} == sees


@pytest.mark.parametrize("audience", Space.Audience)
def test_a_meeting_is_found_by_the_name_of_its_space_where_all_its_readers_see_the_space(world, space, audience):
    edit_space(space, audience=audience, by=THE_PORTAL)
    held, _coming = world[0]
    held.refresh_from_db()
    assert ("يعرفه" in held.search_text) is (audience == Space.Audience.PUBLIC)


@pytest.mark.parametrize("audience", Space.Audience)
def test_a_mail_names_the_space_to_whoever_sees_it(people, world, space, audience):
    Space.objects.filter(pk=space.pk).update(audience=audience)
    (held, _coming), recommendation, _assignment = world
    told = set()
    for who in ("outsider", "invited", "member", "secretariat", "administrator", "mailbox"):
        to = Recipient("office@example.org", "ar") if who == "mailbox" else Recipient.of(people[who])
        for kind, about in (("meetings.invited", held), ("recommendations.assigned", recommendation)):
            about = type(about).objects.get(pk=about.pk)
            context = {"actor": "…"} if kind == "recommendations.assigned" else {}
            (row,) = notify(to, kind=kind, about=about, context=context)
            message = render(row)
            if any(NAME in text for text in (message.subject, message.text, message.html)):
                told.add(who)
    everybody = {"outsider", "invited", "member", "secretariat", "administrator"}
    sees = {who for who in everybody if Space.objects.visible_to(people[who]).filter(pk=space.pk).exists()}
    assert told == (sees | {"mailbox"} if audience == Space.Audience.PUBLIC else sees)
    assert Invitation.objects.exists()


REACHING = re.compile(r"\b(?:about|meeting|recommendation|document)\.space\b")


def test_templates_are_told_which_space_to_name():
    """`space_for` says whether its reader sees it; a template that reaches for the row itself does not ask."""
    with override("ar"):
        sources = {name: get_template(name).template.source for name in every_template()}
    assert [name for name, source in sources.items() if REACHING.search(source)] == []
    assert REACHING.search("{% if meeting.space %}")
