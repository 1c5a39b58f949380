"""The table of who may do what (DESIGN §6), asked of the pages themselves, cell by cell."""

import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation

from actors.directory.models import Actor, Contact, HandOver, Printout, ProposedChange, Space
from actors.directory.rules.confirmation import token_for
from actors.doubles.models import Double, Merge
from actors.imports.models import ActorImport
from meetings.models import Document, Invitation, Meeting, Minutes, MinutesVersion, Report
from meetings.rules.answering import ACT
from portal.notifications.rules.links import link_for
from portal.notifications.rules.recipients import Recipient
from recommendations.models import Assignment, Evidence, FollowUp, Recommendation
from tests import factories, people
from tests.answers import content_of

#: signed out; another institution's; a member of the space; contributor, manager and validator of the commune that
#: was invited and leads; the space's secretariat; the administrator of the directory
WHO = ("visitor", "outsider", "member", "officer", "manager", "validator", "secretariat", "administrator")
SEEN, SIGN_IN, NOT_ALLOWED, NOT_THERE = 200, 302, 403, 404
EVERYBODY = dict.fromkeys(WHO, SEEN)


def of(*people: str, stranger: int = NOT_THERE, inside: int = NOT_ALLOWED, visitor: int = SIGN_IN) -> dict[str, int]:
    """What each kind of person is answered when only `people` may."""
    answers = {"visitor": visitor, "outsider": stranger} | dict.fromkeys(WHO[2:], inside)
    return answers | dict.fromkeys(people, SEEN)


STEERING = ("secretariat", "administrator")
KEEPERS = ("manager", "administrator")
INSIDE = WHO[2:]
#: the pages of a public meeting that only some may act on: strangers see the meeting, so they are told why not
ACTS = of(*STEERING, stranger=NOT_ALLOWED)
WRITING = of("secretariat", stranger=NOT_ALLOWED)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def made(once_for_the_module, tmp_path_factory):
    """The world and its people, and the cookies of those who are signed in."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")), translation.override("en"):
        rows = people.make_everything()
        rows |= things(rows["space"], rows["association"], rows["commune"], rows["service"])
        yield rows, {who: people.client_of(rows[who]).cookies for who in WHO[1:]}


@pytest.fixture
def world(db, made):
    return deepcopy(made[0])


@pytest.fixture
def client_of(db, made):
    """The client of one of WHO, signed in before the first test."""

    def client(who: str) -> Client:
        client = Client()
        client.cookies.update(deepcopy(made[1].get(who, {})))
        return client

    return client


def _file(thing, content=b"texte"):
    thing.take_file(SimpleUploadedFile("essai.txt", content))
    thing.save()
    return thing


def things(space, association, commune, service) -> dict:
    """A public meeting that was held and one for participants only, each with one of everything."""
    Contact.objects.create(actor=commune, role_ar="مكتب", email="public@example.org", audience="public")
    Contact.objects.create(actor=commune, role_ar="مكتب", email="members@example.org", audience="members")
    hidden = Contact.objects.create(
        actor=commune, role_ar="مكتب", email="inside@example.org", audience="administrators"
    )
    rows = {"contact": hidden, "draft_actor": factories.ActorFactory(slug="draft", state=Actor.State.DRAFT)}
    rows["proposal"] = ProposedChange.objects.create(actor=commune, values={"kind": ["commune", "other"]})
    commune.acronym = "CA"
    commune.save()
    rows["revision"] = commune.history.latest().history_id
    theme = factories.ThemeFactory(code="health")
    rows["role"] = factories.ResponsibilityFactory(actor=commune, theme=theme, answer="waiting", answered_on=None)
    rows["closed_space"] = factories.SpaceFactory(slug="closed", code="CLS", audience=Space.Audience.SPACE)
    for name, audience in (("public", "public"), ("inner", "participants")):
        meeting = factories.MeetingFactory(
            space=space, organiser=association, audience=audience, state=Meeting.State.HELD,
            reference=f"TST-2026-{name.upper()}",
        )  # fmt: skip
        factories.InvitationFactory(meeting=meeting, actor=commune)
        minutes = factories.MinutesFactory(meeting=meeting, state=Minutes.State.ADOPTED, adopted_at=timezone.now())
        frozen = {"section": 1, "item": None, "html": "<p>نص</p>", "text": "نص", "revision": 1}
        MinutesVersion.objects.create(minutes=minutes, number=1, sections=[frozen], adopted_at=timezone.now())
        recommendation = factories.RecommendationFactory(meeting=meeting, reference=f"{meeting.reference}-R1")
        rows[name] = meeting
        rows[f"{name}_recommendation"] = recommendation
        rows[f"{name}_assignment"] = factories.AssignmentFactory(
            recommendation=recommendation, actor=commune, answer=Assignment.Answer.WAITING
        )
    for audience in Document.Audience.values:
        rows[f"{audience}_document"] = _file(Document(meeting=rows["public"], title="وثيقة", audience=audience))
    for audience in Report.Audience.values:
        report = Report(
            meeting=rows["public"], language="ar", audience=audience, number=len(audience), fingerprint=audience,
            state=Report.State.READY,
        )  # fmt: skip
        report.file.save("essai.pdf", SimpleUploadedFile("essai.pdf", b"%PDF-1.7"))
        rows[f"{audience}_report"] = report
    for name, clearance in (("cleared", FollowUp.Clearance.CLEARED), ("waiting", FollowUp.Clearance.WAITING)):
        entry = FollowUp.objects.create(
            recommendation=rows["public_recommendation"], on_behalf_of=commune, new_state="in_progress",
            clearance=clearance, drafted_at=timezone.now(),
        )  # fmt: skip
        rows[f"{name}_entry"], rows[f"{name}_evidence"] = entry, _file(Evidence(follow_up=entry))
    rows["draft"] = factories.MeetingFactory(
        space=space, organiser=association, audience="public", state="draft", reference="TST-2026-DRAFT"
    )
    begins = datetime.now(UTC) + timedelta(days=20)
    rows["coming"] = factories.MeetingFactory(
        space=space, organiser=association, audience="public", starts_at=begins, reference="TST-2026-COMING"
    )
    rows["invitation"] = factories.InvitationFactory(meeting=rows["coming"], actor=commune)
    office = Recipient("public@example.org", "ar")
    rows["link"] = link_for(office, ACT, rows["invitation"], expires_at=begins + timedelta(days=1)).token
    rows["hand_over"] = HandOver.objects.create(actor=commune, day=timezone.localdate())
    rows["planned_hand_over"] = HandOver.objects.create(
        actor=commune, day=timezone.localdate() + timedelta(days=30), written=[{"model": "directory.contact", "key": 0}]
    )
    rows["double"] = Double.objects.create(
        first=min(commune, service, key=lambda actor: actor.pk),
        second=max(commune, service, key=lambda actor: actor.pk),
        score=60,
    )
    rows["import"] = ActorImport.objects.create(state=ActorImport.State.READY, file_name="list.csv")
    rows["merge"] = Merge.objects.create(winner=commune, loser=service)
    rows["printout"] = Printout.objects.create(kind="hand_over", language="ar", title="محضر")
    mailbox = factories.ContactFactory(actor__slug="mailbox")
    rows["letter"] = token_for(mailbox.actor, Recipient(email=mailbox.email, language="ar"))
    return rows


def at(route: str, *names: str):
    """The address of `route` for a thing of the world, by the argument it takes."""

    def address(world: dict) -> str:
        things = [world.get(name, name) for name in names]
        keys = [getattr(thing, "reference", None) or getattr(thing, "slug", None) or getattr(thing, "pk", thing)
                for thing in things]  # fmt: skip
        return reverse(route, args=keys)

    return address


TABLE = {
    # published actor and its contacts
    "a sheet": (at("directory:actor", "commune-a"), EVERYBODY),
    "a sheet in preparation": (
        at("directory:actor", "draft_actor"),
        of("administrator", inside=NOT_THERE, visitor=NOT_THERE),
    ),
    "editing a sheet": (at("directory:edit_actor", "commune-a"), of(*KEEPERS, stranger=NOT_ALLOWED)),
    "what an institution did": (at("directory:actor_activity", "commune-a"), EVERYBODY),
    "what changed on a sheet": (at("directory:actor_changes", "commune-a"), of(*KEEPERS, stranger=NOT_ALLOWED)),
    "taking a change back": (at("directory:take_back", "commune-a", "revision"), of(*KEEPERS, stranger=NOT_ALLOWED)),
    "a proposed change": (
        at("directory:proposed_change", "proposal"),
        of("officer", "manager", "validator", "administrator", inside=NOT_THERE),
    ),
    "the proposed changes": (at("directory:proposed_changes"), of("administrator", stranger=NOT_ALLOWED)),
    "giving a colleague a part": (at("directory:offer_account", "commune-a"), of(*KEEPERS, stranger=NOT_ALLOWED)),
    "editing inner contact details": (
        at("directory:edit_contact", "contact"),
        of(*KEEPERS) | {"member": NOT_THERE, "secretariat": NOT_THERE},
    ),
    "who answered for an institution": (
        at("directory:focal_points", "commune-a"),
        of("officer", "manager", "validator", "administrator", stranger=NOT_ALLOWED),
    ),
    "handing over": (at("directory:hand_over", "commune-a"), of(*KEEPERS, stranger=NOT_ALLOWED)),
    "a hand-over": (
        at("directory:hand_over_sheet", "hand_over"),
        of("officer", "manager", "validator", "administrator", inside=NOT_THERE),
    ),
    "calling a planned hand-over off": (
        at("directory:call_off_hand_over", "planned_hand_over"),
        of(*KEEPERS) | {"member": NOT_THERE, "secretariat": NOT_THERE},
    ),
    "a printout": (at("directory:printout", "printout"), of("administrator", inside=NOT_THERE)),
    "confirming a sheet from a mail": (at("directory:confirm_from_mail", "letter"), EVERYBODY),
    "the imports": (at("imports:imports"), of("administrator", stranger=NOT_ALLOWED)),
    "the preview of an import": (at("imports:import_rows", "import"), of("administrator", inside=NOT_THERE)),
    "undoing an import": (at("imports:undo_import", "import"), of("administrator", inside=NOT_THERE)),
    "the possible doubles": (at("doubles:duplicates"), of("administrator", stranger=NOT_ALLOWED)),
    "how far the search for doubles is": (
        at("doubles:doubles_search"),
        of("administrator", stranger=NOT_ALLOWED) | {"administrator": 302},
    ),
    "two sheets side by side": (at("doubles:duplicate", "double"), of("administrator", inside=NOT_THERE)),
    "any two sheets side by side": (at("doubles:compare_actors"), of("administrator", stranger=NOT_ALLOWED)),
    "what a merge will do": (
        lambda world: f"{reverse('doubles:merge_actors')}?winner={world['commune'].slug}&loser={world['service'].slug}",
        of("administrator", stranger=NOT_ALLOWED),
    ),
    "the merges made": (at("doubles:merges"), of("administrator", stranger=NOT_ALLOWED)),
    "a merge": (at("doubles:merge", "merge"), of("administrator", inside=NOT_THERE)),
    "undoing a merge": (at("doubles:undo_merge", "merge"), of("administrator", inside=NOT_THERE)),
    "the upkeep of the directory": (at("directory:upkeep"), of("administrator", stranger=NOT_ALLOWED)),
    "the map of the region": (at("directory:coverage"), EVERYBODY),
    "who does what": (at("roles:matrix"), EVERYBODY),
    "a cell of who does what": (at("roles:matrix_cell", "health", "02"), EVERYBODY),
    "what needs coordination": (at("roles:matrix_findings"), of(*WHO[1:])),
    "the roles of an institution": (at("roles:actor_roles", "commune-a"), EVERYBODY),
    "entering a role": (
        at("roles:add_role"),
        of(*KEEPERS, "secretariat", "outsider"),  # managers too, of their own institutions
    ),
    "changing a role": (at("roles:edit_role", "role"), of(*KEEPERS, stranger=NOT_ALLOWED)),
    "ending a role": (at("roles:end_role", "role"), of(*KEEPERS, stranger=NOT_ALLOWED)),
    "contesting a role": (at("roles:contest_role", "role"), of("manager", "validator", stranger=NOT_ALLOWED)),
    "adding an actor": (at("directory:add_actor"), of("administrator", stranger=NOT_ALLOWED)),
    "changing several": (at("directory:batch"), of("administrator", stranger=NOT_ALLOWED)),
    # spaces
    "a public space": (at("directory:space", "space"), EVERYBODY),
    "a space of its members": (
        at("directory:space", "closed_space"),
        of("administrator", inside=NOT_THERE, visitor=NOT_THERE),
    ),
    "editing a space": (at("directory:edit_space", "space"), of(*STEERING, stranger=NOT_ALLOWED)),
    "adding a space": (at("directory:add_space"), of("administrator", stranger=NOT_ALLOWED)),
    # meetings
    "a public meeting": (at("meetings:meeting", "public"), EVERYBODY),
    "a meeting of its participants": (at("meetings:meeting", "inner"), of(*INSIDE, visitor=NOT_THERE)),
    "a meeting in preparation": (at("meetings:meeting", "draft"), of(*STEERING, inside=NOT_THERE, visitor=NOT_THERE)),
    "the calendar entry": (at("meetings:calendar", "inner"), of(*INSIDE, visitor=NOT_THERE)),
    "the calendar of meetings": (at("meetings:month"), EVERYBODY),
    "following the meetings": (at("meetings:subscribe"), EVERYBODY),
    "changing a meeting": (at("meetings:edit_meeting", "public"), ACTS),
    "inviting": (at("meetings:invite", "coming"), ACTS),
    "taking attendance": (at("meetings:record_attendance", "public"), ACTS),
    "cancelling": (at("meetings:cancel_meeting", "coming"), ACTS),
    "answering an invitation": (
        at("meetings:answer_invitation", "invitation"),
        of("officer", "manager", "validator", *STEERING),
    ),
    "answering by a personal link": (at("meetings:answer_by_link", "link"), EVERYBODY),
    "the calendar entry by a personal link": (at("meetings:calendar_by_link", "link"), EVERYBODY),
    "the reminders of a meeting": (at("meetings:meeting_reminders", "public"), of(*INSIDE, stranger=NOT_ALLOWED)),
    "adding a document": (at("meetings:add_document", "public"), ACTS),
    # minutes
    "adopted minutes of a public meeting": (at("meetings:minutes", "public"), EVERYBODY),
    "adopted minutes of participants": (at("meetings:minutes", "inner"), of(*INSIDE, visitor=NOT_THERE)),
    "writing minutes that were adopted": (at("meetings:record_minutes", "public"), WRITING | {"secretariat": 302}),
    "adopting minutes": (at("meetings:adopt_minutes", "public"), WRITING),
    "correcting minutes": (at("meetings:reopen_minutes", "public"), WRITING),
    "circulating minutes": (at("meetings:circulate_minutes", "public"), WRITING),
    # documents and reports
    "a public document": (at("meetings:download_document", "public_document"), EVERYBODY),
    "a members’ document": (
        at("meetings:download_document", "members_document"),
        of(*INSIDE, "outsider", visitor=NOT_THERE),
    ),
    "a participants’ document": (
        at("meetings:download_document", "participants_document"),
        of(*INSIDE, visitor=NOT_THERE),
    ),
    "the secretariat’s document": (
        at("meetings:download_document", "secretariat_document"),
        of(*STEERING, inside=NOT_THERE, visitor=NOT_THERE),
    ),
    "a public report": (at("meetings:download_report", "public_report"), EVERYBODY),
    "a participants’ report": (at("meetings:download_report", "participants_report"), of(*INSIDE, visitor=NOT_THERE)),
    # recommendations
    "a public recommendation": (at("recommendations:recommendation", "public_recommendation"), EVERYBODY),
    "a recommendation of participants": (
        at("recommendations:recommendation", "inner_recommendation"),
        of(*INSIDE, visitor=NOT_THERE),
    ),
    "drafting": (at("recommendations:draft_recommendation", "public"), ACTS),
    "editing": (at("recommendations:edit_recommendation", "public_recommendation"), ACTS),
    "assigning": (at("recommendations:assign", "public_recommendation"), ACTS),
    "returning": (
        at("recommendations:answer_assignment", "public_assignment"),
        of("officer", "manager", "validator", stranger=NOT_ALLOWED),
    ),
    "reporting": (
        at("recommendations:report_progress", "public_recommendation"),
        of("officer", "manager", "validator", stranger=NOT_ALLOWED),
    ),
    "clearing": (
        at("recommendations:clear_follow_up", "waiting_entry"),
        of("validator", inside=NOT_THERE) | {"officer": NOT_ALLOWED, "manager": NOT_ALLOWED},
    ),
    "evidence that left the house": (
        at("recommendations:download_evidence", "cleared_evidence"),
        of(*INSIDE, "outsider"),
    ),
    "evidence inside the house": (
        at("recommendations:download_evidence", "waiting_evidence"),
        of("officer", "manager", "validator", inside=NOT_THERE),
    ),
    "the reminders of a recommendation": (
        at("recommendations:recommendation_reminders", "public_recommendation"),
        of("officer", "manager", "validator", *STEERING, stranger=NOT_ALLOWED),
    ),
    # accounts and the post
    "my page": (at("home:me"), of(*WHO[1:])),
    "my notifications": (at("notifications:notifications"), of(*WHO[1:])),
    "the deliveries": (at("notifications:deliveries"), of("administrator", stranger=NOT_ALLOWED)),
}


@pytest.mark.parametrize("what", TABLE)
def test_each_person_is_answered_as_the_table_says(client_of, world, what):
    address, expected = TABLE[what]
    told = {}
    for who in WHO:
        answer = client_of(who).get(address(world))
        assert led_nowhere(content_of(answer)) == set()
        assert who == "visitor" or answer.headers["Cache-Control"] == "private, no-store", who
        told[who] = answer.status_code
    assert told == expected


def led_nowhere(content: bytes) -> set[bytes]:
    """The places on the page itself that its links and forms lead to, and that are not there."""
    named = set(re.findall(rb'(?:href|action|data-copy)="#([^"]+)"', content))
    return named - set(re.findall(rb'\bid="([^"]+)"', content))


def test_the_search_for_links_that_lead_nowhere_finds_them():
    assert led_nowhere(b'<a href="#here">1</a><form action="#there"><p id="here">') == {b"there"}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("visitor", {"public"}),
        ("outsider", {"public", "members"}),
        ("member", {"public", "members"}),
        ("secretariat", {"public", "members"}),
        ("officer", {"public", "members", "inside"}),
        ("manager", {"public", "members", "inside"}),
        ("administrator", {"public", "members", "inside"}),
    ],
)
def test_contact_details_are_shown_and_exported_to_whom_they_are_for(client_of, world, who, expected):
    client = client_of(who)
    sheet = client.get(reverse("directory:actor", args=["commune-a"])).content.decode()
    assert {name for name in ("public", "members", "inside") if f"{name}@example.org" in sheet} == expected

    Contact.objects.exclude(audience="administrators").delete()
    exported = client.get(reverse("directory:actors"), {"export": "csv"}).getvalue().decode("utf-8-sig")
    assert ("inside@example.org" in exported) is ("inside" in expected)


@pytest.mark.parametrize(
    ("who", "may"),
    [("visitor", False), ("outsider", False), ("member", True), ("officer", True), ("administrator", True)],
)
def test_lists_searches_and_exports_hold_only_what_the_reader_may_open(client_of, world, who, may):
    from portal.core.search import reindex_all

    reindex_all()
    client = client_of(who)
    meeting, recommendation = world["inner"].reference, world["inner_recommendation"].reference
    for route, reference in (("meetings:meetings", meeting), ("recommendations:recommendations", recommendation)):
        assert (reference in client.get(reverse(route)).content.decode()) is may
        assert (reference in client.get(reverse(route), {"export": "csv"}).getvalue().decode("utf-8-sig")) is may
    found = client.get(reverse("home:search"), {"q": "TST 2026 INNER"}).content.decode()
    assert (f"/meetings/{meeting}/" in found, f"/recommendations/{recommendation}/" in found) == (may, may)
    offered = client.get(reverse("recommendations:recommendations")).content.decode()
    assert (str(world["inner"]) in offered) is may


def test_who_confirms_is_never_the_institution_that_reported(client_of, world):
    """DESIGN §4: the secretariat or chair, and another member where their own institution reported."""
    recommendation = world["public_recommendation"]
    Recommendation.objects.filter(pk=recommendation.pk).update(state="done", done_at=timezone.now())
    address = reverse("recommendations:confirm_recommendation", args=[recommendation.reference])

    def told():
        people = ("secretariat", "officer", "manager", "member")
        return [client_of(who).get(address).status_code for who in people]

    assert told() == [200, 403, 403, 403]
    assignment = world["public_assignment"]
    assignment.actor = Actor.objects.get(slug="association")
    assignment.save()
    assert told() == [403, 200, 200, 200]


def test_an_invitation_that_was_not_sent_is_known_to_those_who_prepare_alone(client_of, world):
    Invitation.objects.filter(pk=world["invitation"].pk).update(sent_at=None)
    address = reverse("meetings:participation", args=[world["coming"].reference])
    names = ["Commune d’essai A" in client_of(who).get(address).content.decode() for who in ("officer", "secretariat")]
    assert names == [False, True]
