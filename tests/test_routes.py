"""Every address of ours: named as its view, guarded, and answering strangers without a crash or a change."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern
from django.utils import timezone
from django.utils.translation import override

from actors.directory.models import (
    AccountOffer,
    Actor,
    Contact,
    HandOver,
    Membership,
    ProposedChange,
    Space,
    SpaceMember,
)
from actors.imports.models import ActorImport, ImportRow
from meetings.models import AgendaItem, Attendance, Document, Meeting, MinutesReview, MinutesRevision, Project, Report
from portal.notifications.models import Notification
from portal.reference.models import Theme
from recommendations.models import Assignment, Evidence, FollowUp, Recommendation
from tests import factories
from tests.answers import content_of

NAMESPACES = ("home", "notifications", "directory", "doubles", "roles", "imports", "meetings", "recommendations")
#: Every sample has this primary key, address and reference, so that any route with an argument finds something.
PK, SLUG, REFERENCE = 7001, "sample", "TST-2026-77"
SAMPLE = {"pk": PK, "slug": SLUG, "reference": REFERENCE}
#: what others' addresses hold
SAMPLE |= {"app_label": "directory", "id": PK, "content_type_id": 1, "object_id": PK, "uidb36": "5ej", "key": "abc-def"}
#: What a template may be called besides the name of its view.
SHARED = ("components/",)
#: whoever has the link of a mail acts by it
WITHOUT_ACCOUNT = {
    "directory:answer_offer",
    "directory:confirm_from_mail",
    "directory:report_from_mail",
    "meetings:answer_by_link",
}


@dataclass(frozen=True)
class Route:
    """One named address."""

    name: str
    view: object
    arguments: tuple[str, ...]

    @property
    def address(self) -> str:
        with override("ar"):
            return reverse(self.name, kwargs={argument: SAMPLE.get(argument, SLUG) for argument in self.arguments})

    @property
    def function(self) -> object:
        return inspect.unwrap(self.view)


def routes() -> list[Route]:
    """Those of our apps."""
    return [route for route in every_route() if route.name.partition(":")[0] in NAMESPACES]


def every_route() -> list[Route]:
    """Also signing in, the admin, and what only programs ask."""
    with override("ar"):
        return list(_routes(get_resolver().url_patterns, "", ()))


def _routes(patterns: list, namespace: str, above: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        named = pattern.pattern.regex.groupindex if isinstance(pattern.pattern, RegexPattern) else ()
        arguments = (*above, *pattern.pattern.converters, *named)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, pattern.namespace or namespace, arguments)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield Route(f"{namespace}:{pattern.name}".lstrip(":"), pattern.callback, arguments)


@pytest.fixture
def hidden_world(db):
    """One of everything, seen by nobody but the institution it belongs to."""
    actor = factories.ActorFactory(pk=PK, slug=SLUG, state=Actor.State.DRAFT)
    person = factories.MembershipFactory(pk=PK, actor=actor, part=Membership.Part.MANAGER).user
    ProposedChange.objects.create(pk=PK, actor=actor, values={"kind": ["association", "other"]}, proposed_by=person)
    theme, place = factories.ThemeFactory(code=SLUG), factories.TerritoryFactory()
    factories.ResponsibilityFactory(pk=PK, actor=actor, theme=theme, territory=place)
    contact = factories.ContactFactory(pk=PK, actor=actor, audience=Contact.Audience.ADMINISTRATORS)
    factories.FocalPointFactory(pk=PK, actor=actor, contact=contact)
    AccountOffer.objects.create(pk=PK, actor=actor, email="nobody@example.org", part="contributor")
    HandOver.objects.create(pk=PK, actor=actor, day=timezone.localdate(), to_contact=contact)
    space = factories.SpaceFactory(pk=PK, slug=SLUG, code="TST", audience=Space.Audience.SPACE)
    factories.SpaceMemberFactory(pk=PK, space=space, actor=actor, part=SpaceMember.Part.SECRETARIAT)
    Project.objects.create(pk=PK, slug=SLUG, lead=actor, name_ar="مشروع تجريبي")
    meeting = factories.MeetingFactory(
        pk=PK,
        reference=REFERENCE,
        organiser=actor,
        space=space,
        audience=Meeting.Audience.PARTICIPANTS,
        state=Meeting.State.HELD,
    )
    item = factories.AgendaItemFactory(pk=PK, meeting=meeting)
    factories.InvitationFactory(pk=PK, meeting=meeting, actor=actor)
    Attendance.objects.create(pk=PK, meeting=meeting, actor=actor, status=Attendance.Status.PRESENT)
    minutes = factories.MinutesFactory(pk=PK, meeting=meeting)
    section = factories.MinutesSectionFactory(
        pk=PK, minutes=minutes, item=item, text="نص", html="<p>نص</p>", revision=1
    )
    MinutesRevision.objects.create(pk=PK, section=section, number=1, text="نص", html="<p>نص</p>")
    MinutesReview.objects.create(pk=PK, minutes=minutes, actor=actor, version=1, answer=MinutesReview.Answer.APPROVES)
    document = Document(pk=PK, meeting=meeting, title="وثيقة", audience=Document.Audience.SECRETARIAT)
    document.take_file(SimpleUploadedFile("essai.txt", b"texte"))
    document.save()
    Report.objects.create(pk=PK, meeting=meeting, language="ar", number=1, fingerprint="0" * 64)
    recommendation = factories.RecommendationFactory(
        pk=PK,
        meeting=meeting,
        space=space,
        reference=REFERENCE,
        due_on=date(2026, 11, 1),
        state=Recommendation.State.ADOPTED,
    )
    factories.AssignmentFactory(pk=PK, recommendation=recommendation, actor=actor, answer=Assignment.Answer.WAITING)
    follow_up = FollowUp.objects.create(
        pk=PK,
        recommendation=recommendation,
        on_behalf_of=actor,
        new_state=Recommendation.State.IN_PROGRESS,
        clearance=FollowUp.Clearance.WAITING,
        drafted_at=timezone.now(),
    )
    Evidence.objects.create(pk=PK, follow_up=follow_up, link="https://example.org/")
    sheet = {"name": "", "rows": 1, "hidden": False, "head": [[1, 1, ["اسم"]]]}
    facts = {"encoding": "UTF-8", "delimiter": ";", "sheets": [sheet], "sheet": 0, "remembered": False}
    run = ActorImport.objects.create(pk=PK, state=ActorImport.State.READY, file_name="list.csv", facts=facts)
    ImportRow.objects.create(pk=PK, run=run, number=1, line=1, cells=["اسم"], verdict=ImportRow.Verdict.HEADER)
    Notification.objects.create(
        pk=PK,
        user=person,
        language="ar",
        kind="meetings.invited",
        about=meeting,
        path=meeting.get_absolute_url(),
        next_attempt_at=timezone.now(),
        created_at=timezone.now(),
    )
    return person


def rows() -> dict[str, int]:
    ours = (
        "directory",
        "doubles",
        "roles",
        "imports",
        "meetings",
        "recommendations",
        "notifications",
        "accounts",
        "reference",
    )
    return {
        model.__name__: model._default_manager.count() for model in apps.get_models() if model._meta.app_label in ours
    }


def test_a_route_is_called_like_its_view():
    found = routes()
    assert len(found) > 20
    assert [route.name for route in found if route.name.partition(":")[2] != route.function.__name__] == []


def test_a_view_shows_the_template_of_its_name_or_a_neighbours():
    """Whoever greps one word finds route, view and template; a second way to the same page shows that page's."""
    views = {route.name.partition(":")[2] for route in routes()}
    wrong = []
    for route in routes():
        shown = re.findall(r'"([\w/]+)\.html', inspect.getsource(route.function))
        pages = {name.rpartition("/")[2] for name in shown if not name.startswith(SHARED)}
        if pages and not pages & views:
            wrong.append(f"{route.name}: {', '.join(shown)}")
    assert wrong == []


def test_a_view_of_one_thing_asks_who_may_see_it():
    """Of the domain's things only `visible_to` says it, or a signed link (`letter_of`, `offer_of`) for whom it was
    written; the postman's rows are one person's, or for administrators; what waits is asked of whoever waits for it."""
    words_of = {
        "notifications": ("visible_to(", ".of(request.user)", "check_"),
        "home": ("visible_to(", "list_of(request.user"),
    }
    loose = []
    for route in routes():
        words = words_of.get(route.name.partition(":")[0], ("visible_to(", "letter_of(", "offer_of("))
        if route.arguments and not any(_reaches(route.function, word, set()) for word in words):
            loose.append(route.name)
    assert loose == []


def _reaches(function: object, word: str, seen: set) -> bool:
    """True when the function, or one of ours that it calls, says the word."""
    if function in seen or not inspect.isfunction(function):
        return False
    seen.add(function)
    source = inspect.getsource(function)
    if word in source:
        return True
    known = inspect.getclosurevars(function).globals.values()
    inside = [inspect.unwrap(value) for value in known if inspect.isfunction(value)]
    ours = [
        value
        for value in inside
        if value.__module__.split(".")[0] in {"portal", "actors", "meetings", "recommendations"}
    ]
    return any(_reaches(value, word, seen) for value in ours)


def told(client: Client, address: str, method: str = "get") -> object:
    """What is answered there: a status, where it is a crash the fault, and `sign in` to who is sent to do so."""
    client.raise_request_exception = False
    answer = getattr(client, method)(address)
    content_of(answer)
    if answer.status_code >= 500:
        return repr(answer.exc_info[1]) if getattr(answer, "exc_info", None) else answer.status_code
    to = answer.headers.get("Location", "")
    if "/accounts/login/" in to:
        return "sign in"
    # A page led to tells what there is to tell.
    return told(client, to) if method == "get" and to.startswith("/") else answer.status_code


@pytest.fixture(scope="module")
def walks():
    return {}


@pytest.fixture
def walk(request, as_user, hidden_world, walks):
    """What each address tells a person, and the rows there were before and after those of one thing; asked once."""

    def of(who: str, method: str) -> tuple[dict[Route, object], dict, dict]:
        if (who, method) not in walks:
            client, before = as_user(request.getfixturevalue(who)), rows()
            things = {route: told(client, route.address, method) for route in routes() if route.arguments}
            after = rows()
            others = {route: told(client, route.address, method) for route in routes() if not route.arguments}
            walks[who, method] = things | others, before, after
        return walks[who, method]

    return of


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["visitor", "outsider"])
def test_what_is_hidden_stays_hidden_from_a_stranger_and_unchanged(walk, who, method):
    answers, before, after = walk(who, method)
    things = {route.name: answer for route, answer in answers.items() if route.arguments}
    assert {name: answer for name, answer in things.items() if answer not in {"sign in", 403, 404, 405}} == {}
    assert after == before


def crashes(answers: dict[Route, object]) -> dict[str, object]:
    return {
        route.name: answer for route, answer in answers.items() if answer != "sign in" and answer not in range(200, 500)
    }


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["visitor", "outsider", "administrator"])
def test_no_address_crashes(walk, who, method):
    answers, _before, _after = walk(who, method)
    assert crashes(answers) == {}


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_people_concerned_open_every_page_in_every_language(as_user, hidden_world, language):
    client = as_user(hidden_world)
    assert crashes({route: told(client, f"/{language}{route.address[3:]}") for route in routes()}) == {}


def test_the_errors_of_a_form_stand_where_they_can_be_read_again():
    """An address that only takes what is sent answers no page: reloaded, or in another language, there is none."""
    only_posted = [route for route in routes() if "@require_POST" in inspect.getsource(route.function)]
    assert len(only_posted) > 15
    assert [route.name for route in only_posted if ".carry(" in inspect.getsource(route.function)] == []


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_an_address_that_only_takes_forms_says_so_with_a_way_back(as_user, hidden_world, language):
    client, bare = as_user(hidden_world), []
    only_posted = [route for route in routes() if "@require_POST" in inspect.getsource(route.function)]
    for route in only_posted:
        answer = client.get(f"/{language}{route.address[3:]}", headers={"Referer": f"http://testserver/{language}/me/"})
        ours = f'<html lang="{language}"' in answer.text and f'href="/{language}/me/">' in answer.text
        if not (answer.status_code in {403, 404} or (answer.status_code == 405 and ours)):
            bare.append(route.name)
    assert bare == []


def test_who_was_signed_out_keeps_what_they_wrote_and_chose_in_every_form(hidden_world):
    client, lost = Client(), []
    sent = {"state": "in_progress", "note": "كلمة", "file": SimpleUploadedFile("صورة.jpg", b"x")}
    for route in routes():
        answer = client.post(route.address, sent, headers={"Sec-Fetch-Site": "same-origin"})
        if answer.status_code in {404, 405} or route.name in WITHOUT_ACCOUNT:
            continue
        kept = all(f'name="{name}" value="{sent[name]}"' in answer.text for name in ("state", "note"))
        if not (answer.status_code == 403 and kept and "صورة.jpg" in answer.text and "لم يُحفظ" in answer.text):
            lost.append((route.name, answer.status_code))
    assert lost == []


def test_a_language_that_does_not_exist_is_a_page_that_does_not_exist(client):
    assert client.get("/xx/meetings/").status_code == 404


@pytest.mark.parametrize("who", ["hidden_world", "administrator"])
def test_a_page_about_one_thing_names_it_in_its_title(request, as_user, hidden_world, who):
    """Whoever keeps several open tells them apart, and two institutions’ same form have two titles."""
    client = as_user(request.getfixturevalue(who))
    things = [row for model in (Actor, Space, Meeting, Theme) for row in model._default_manager.all()]
    names = {REFERENCE, "list.csv", *(str(thing) for thing in things)}
    actor, contact = str(Actor.objects.get(pk=PK)), str(Contact.objects.get(pk=PK).role)
    #: what hangs on one thing is named as well, by a word of its address
    parts = dict.fromkeys(("invitations", "assignments", "entries", "members"), actor)
    parts |= {
        "items": str(AgendaItem.objects.get(pk=PK)),
        "documents": "وثيقة",
        "roles": str(Theme.objects.get(code=SLUG)),
    }
    parts |= {"contacts": contact, "focal-points": contact, "people": hidden_world.name}
    unnamed, seen = [], 0
    for route in routes():
        if not route.arguments:
            continue
        answer = client.get(route.address)
        page = content_of(answer)
        if title := answer.status_code == 200 and re.search(
            r"<title>(.*?) · [^·]*</title>", page.decode(errors="replace"), re.DOTALL
        ):
            seen += 1
            told = unescape(title[1])
            wanted = [parts[word] for word in route.address.split("/") if word in parts and "pk" in route.arguments]
            if not any(name in told for name in names) or not all(name in told for name in wanted):
                unnamed.append((route.name, told))
    assert unnamed == []
    assert seen > 25
