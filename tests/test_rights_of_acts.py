"""Every act asks its own rights: called by somebody who may not, whatever page, command or queue it came from, it is
Forbidden and leaves no trace; the portal itself may."""

from contextlib import suppress
from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone
from django.utils.translation import override

from actors.directory import actions as directory
from actors.directory.models import AccountOffer, HandOver, Printout, ProposedChange
from actors.directory.rules.batch import BatchChange, Kind
from actors.directory.rules.confirmation import Letter
from actors.doubles import actions as doubles
from actors.doubles.models import Double, Merge
from actors.imports import actions as imports
from actors.imports.models import ActorImport, ImportRow
from actors.roles import actions as roles
from meetings.actions import agenda, documents, feeds, meetings, minutes, participation, reports
from meetings.models import Document, Meeting, MinutesRevision, Report
from portal.accounts import actions as accounts
from portal.accounts.models import SavedView
from portal.core.acting import THE_PORTAL, Bearer
from portal.core.errors import Forbidden, Refused
from portal.notifications import actions as notifications
from portal.notifications.models import LinkStanding
from portal.notifications.rules.recipients import Recipient
from portal.reference.models import CouncilSession
from recommendations import actions as recommendations
from recommendations.actions.drafting import follow_session
from recommendations.models import Assignment, FollowUp
from recommendations.rules.passages import passage_in
from tests import factories
from tests.people import make_everything
from tests.test_one_road import acts
from tests.test_routes import rows

NOW = timezone.now()
WHO = ("visitor", "outsider", "member", "officer", "manager", "validator", "secretariat", "administrator")
THERE = ("space", "association", "commune", "service", "manager")
STEERING = {"secretariat", "administrator"}
COMMUNE = {"officer", "manager", "validator"}
KEEPING = {"manager", "administrator"}
ADMINISTRATORS = {"administrator"}
OFFICE = Recipient("office@example.org", "ar")


@pytest.fixture(scope="module")
def made(once_for_the_module, tmp_path_factory):
    """What acts are done to, and everybody with the recipient of a mail about the commune's sheet."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        named = make_everything() | {"visitor": AnonymousUser()}
        bearer = Bearer(OFFICE, named["commune"], "answer_from_mail")
        yield _things(**{name: named[name] for name in THERE}), {who: named[who] for who in WHO} | {"recipient": bearer}


@pytest.fixture
def copied(db, made):
    return deepcopy(made)


@pytest.fixture
def world(copied):
    return copied[0]


@pytest.fixture
def people(copied):
    return copied[1]


def _things(space, association, commune, service, manager) -> dict:
    meeting = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.HELD)
    found = factories.RecommendationFactory(meeting=meeting)
    asked = factories.AssignmentFactory(recommendation=found, actor=commune, answer=Assignment.Answer.WAITING)
    entry = FollowUp.objects.create(
        recommendation=found, on_behalf_of=commune, new_state="in_progress", account="…", drafted_at=timezone.now(),
        clearance=FollowUp.Clearance.WAITING,
    )  # fmt: skip
    item = factories.AgendaItemFactory(meeting=meeting)
    invitation = factories.InvitationFactory(meeting=meeting, actor=commune)
    section = factories.MinutesSectionFactory(minutes__meeting=meeting, text="نص", revision=1)
    revision = MinutesRevision.objects.create(section=section, number=1, text="نص")
    document = Document(meeting=meeting, title="وثيقة")
    document.take_file(SimpleUploadedFile("essai.txt", b"texte"))
    document.save()
    run = ActorImport.objects.create(state=ActorImport.State.READY, file_name="list.csv")
    told = notifications.notify(Recipient.of(manager), kind="meetings.minutes_adopted", about=meeting)
    contact = factories.ContactFactory(actor=commune)
    return {
        "myself": manager,
        "list": "directory:actors",
        "view": SavedView.objects.create(user=manager, route="directory:actors", name="لائحتي"),
        "notification": told[0],
        "run": run,
        "row": ImportRow.objects.create(run=run, number=1, line=2, verdict=ImportRow.Verdict.NEW),
        "columns": {0: "name_ar"},
        "contact": contact,
        "point": factories.FocalPointFactory(contact=contact),
        "membership": factories.MembershipFactory(actor=commune),
        "proposal": ProposedChange.objects.create(actor=commune, values={"kind": ["commune", "other"]}),
        "hand_over": HandOver.objects.create(actor=commune, day=NOW.date() + timedelta(days=9)),
        "offer": AccountOffer.objects.create(actor=commune, email="officer@example.org", part="validator"),
        "letter": Letter(commune, LinkStanding.OPEN, OFFICE),
        "sheets": [commune],
        "change": BatchChange(Kind.SET_STATE, "draft"),
        "printed": "directory.coverage",
        "printout": Printout.objects.create(
            kind="directory.coverage", language="ar", title="…", state="failed", requested_by=manager
        ),
        "sitting": space.members.get(actor=service),
        "role": factories.ResponsibilityFactory(actor=commune, answer="waiting"),
        "theme": factories.ThemeFactory(),
        "place": factories.TerritoryFactory(),
        "session": CouncilSession.objects.create(council="commune", month=2),
        "nothing": None,
        "double": Double.objects.create(first=association, second=service, score=50),
        "merge": Merge.objects.create(winner=commune, loser=service),
        "meeting": meeting,
        "item": item,
        "invitation": invitation,
        "minutes": section.minutes,
        "document": document,
        "report": Report.objects.create(
            meeting=meeting, language="ar", number=1, fingerprint="0" * 64, state=Report.State.FAILED
        ),
        "association": association,
        "space": space,
        "upload": SimpleUploadedFile("essai.txt", b"texte"),
        "recommendation": found,
        "assignment": asked,
        "entry": entry,
        "passage": passage_in(meeting, revision=revision, text="نص"),
        "commune": commune,
        "service": service,
    }


#: act: (the thing it is done to, what else it takes, who may)
WHEN = {"starts_at": NOW + timedelta(days=1), "ends_at": NOW + timedelta(days=1, hours=2)}
TABLE = {
    directory.add_actor: ("nothing", {"name_ar": "جماعة", "kind": "other"}, ADMINISTRATORS),
    directory.edit_actor: ("commune", {"acronym": "ج"}, KEEPING),
    directory.confirm_actor: ("commune", {}, KEEPING),
    directory.take_back: ("commune", {"revision": 0}, KEEPING),
    directory.propose_change: ("commune", {"values": {"kind": "other"}}, KEEPING),
    directory.withdraw_change: ("proposal", {}, KEEPING),
    directory.accept_change: ("proposal", {}, ADMINISTRATORS),
    directory.refuse_change: ("proposal", {"reason": "…"}, ADMINISTRATORS),
    directory.add_contact: ("commune", {"role_ar": "مكتب", "email": "a@example.org"}, KEEPING),
    directory.edit_contact: ("contact", {"role_fr": "Bureau"}, KEEPING),
    directory.remove_contact: ("contact", {}, KEEPING),
    directory.add_focal_point: ("commune", {"contact": "contact", "part": "alternate", "starts_on": None}, KEEPING),
    directory.end_focal_point: ("point", {"ends_on": NOW.date()}, KEEPING),
    directory.hand_over: (
        "commune",
        {"day": NOW.date(), "point": "point", "details": {"role_ar": "مكتب", "email": "b@example.org"}},
        KEEPING,
    ),
    directory.call_off_hand_over: ("hand_over", {}, KEEPING),
    directory.offer_account: ("commune", {"email": "outsider@example.org", "part": "contributor"}, KEEPING),
    directory.withdraw_offer: ("offer", {}, KEEPING),
    directory.answer_offer: ("offer", {"accepts": False}, {"officer"}),
    directory.end_membership: ("membership", {"ends_on": NOW.date()}, KEEPING),
    directory.add_space: ("nothing", {"name_ar": "فضاء", "code": "NEW", "kind": "thematic"}, ADMINISTRATORS),
    directory.edit_space: ("space", {"name_fr": "Espace"}, STEERING),
    directory.add_member: ("space", {"actor": "association", "part": "chair"}, ADMINISTRATORS),
    directory.end_member: ("sitting", {"ends_on": NOW.date()}, STEERING),
    directory.apply_batch: ("sheets", {"change": "change"}, ADMINISTRATORS),
    directory.ask_confirmation: ("sheets", {}, ADMINISTRATORS),
    directory.confirm_from_mail: ("letter", {}, {"recipient"}),
    directory.report_from_mail: ("letter", {"text": "…"}, {"recipient"}),
    directory.order_printout: ("printed", {"title": "…", "language": "ar", "data": {}}, {*WHO} - {"visitor"}),
    directory.retry_printout: ("printout", {}, KEEPING),
    roles.add_role: ("commune", {"theme": "theme", "territory": "place", "part": "1_leads"}, KEEPING),
    roles.edit_role: ("role", {"basis": "law"}, KEEPING),
    roles.end_role: ("role", {"ends_on": NOW.date()}, KEEPING),
    roles.confirm_role: ("role", {}, {"manager", "validator"}),
    roles.contest_role: ("role", {"reason": "…"}, {"manager", "validator"}),
    meetings.add_meeting: ("association", {"space": "space", "title_ar": "لقاء", **WHEN}, STEERING),
    meetings.prepare_next: (
        "association", {"after": "meeting", "space": "space", "title_ar": "لقاء", **WHEN}, STEERING,
    ),
    meetings.edit_meeting: ("meeting", {"title_ar": "لقاء"}, STEERING),
    meetings.announce_meeting: ("meeting", {}, STEERING),
    feeds.renew_feed: ("myself", {}, {"manager"}),
    feeds.stop_feed: ("myself", {}, {"manager"}),
    meetings.hold_meeting: ("meeting", {}, STEERING),
    meetings.close_meeting: ("meeting", {}, STEERING),
    meetings.cancel_meeting: ("meeting", {"reason": "…"}, STEERING),
    meetings.postpone_meeting: ("meeting", {"reason": "…"}, STEERING),
    meetings.reannounce_meeting: ("meeting", WHEN, STEERING),
    agenda.add_item: ("meeting", {"title_ar": "نقطة"}, STEERING),
    agenda.add_items: ("meeting", {"items": [{"title_ar": "نقطة"}]}, STEERING),
    agenda.edit_item: ("item", {"title_ar": "نقطة"}, STEERING),
    agenda.move_item: ("item", {"up": True}, STEERING),
    agenda.remove_item: ("item", {}, STEERING),
    participation.invite: ("meeting", {"actors": ["service"]}, STEERING),
    participation.send_invitations: ("meeting", {}, STEERING),
    participation.withdraw_invitation: ("invitation", {}, STEERING),
    participation.remind_invitation: ("invitation", {}, STEERING),
    participation.revoke_links: ("invitation", {}, STEERING),
    participation.answer_invitation: ("invitation", {"answer": "confirmed"}, COMMUNE),
    participation.record_attendance: ("meeting", {"rows": []}, STEERING),
    participation.add_attendee: ("meeting", {"actor": "service"}, STEERING),
    minutes.record_minutes: ("meeting", {"html": "<p>نص</p>", "seen_revision": 0}, {"secretariat"}),
    minutes.begin_minutes: ("meeting", {}, {"secretariat"}),
    minutes.circulate_minutes: ("minutes", {"until": NOW.date() + timedelta(days=9)}, {"secretariat"}),
    minutes.review_minutes: ("minutes", {"actor": "commune", "answer": "approves"}, COMMUNE),
    minutes.adopt_minutes: ("minutes", {}, {"secretariat"}),
    minutes.reopen_minutes: ("minutes", {"reason": "…"}, {"secretariat"}),
    documents.add_document: ("meeting", {"title": "وثيقة", "upload": "upload", "audience": "public"}, STEERING),
    documents.remove_document: ("document", {"reason": "…"}, STEERING),
    reports.make_report: (
        "meeting", {"language": "ar", "audience": "public", "data": {"sections": {}}}, STEERING,
    ),
    reports.retry_report: ("report", {}, STEERING),
    recommendations.draft_recommendation: ("meeting", {"text_ar": "نص"}, STEERING),
    recommendations.edit_recommendation: ("recommendation", {"text_ar": "نص", "reason": "…"}, STEERING),
    recommendations.adopt_recommendation: ("recommendation", {}, STEERING),
    recommendations.adopt_drafts: ("meeting", {}, STEERING),
    recommendations.link_passage: ("recommendation", {"passage": "passage"}, STEERING),
    recommendations.assign: ("recommendation", {"actor": "service", "part": "support"}, STEERING),
    recommendations.withdraw_assignment: ("assignment", {}, STEERING),
    recommendations.answer_assignment: ("assignment", {"answer": "accepted"}, COMMUNE),
    recommendations.report_progress: (
        "recommendation", {"actor": "commune", "new_state": "in_progress", "account": "…"}, COMMUNE,
    ),
    recommendations.clear_follow_up: ("entry", {}, {"validator"}),
    recommendations.send_back_follow_up: ("entry", {"note": "…"}, {"validator"}),
    recommendations.confirm_recommendation: ("recommendation", {}, STEERING),
    recommendations.contest_recommendation: ("recommendation", {"reason": "…"}, STEERING),
    recommendations.drop_recommendation: ("recommendation", {"reason": "…"}, STEERING),
    recommendations.reopen_recommendation: ("recommendation", {"reason": "…"}, STEERING),
    follow_session: ("session", {}, ADMINISTRATORS),
    accounts.save_view: ("list", {"name": "لائحتي", "query": "q=a"}, {*WHO} - {"visitor"}),
    accounts.remove_view: ("view", {}, {"manager"}),
    accounts.edit_account: ("myself", {"name": "اسم", "language": "fr"}, {"manager"}),
    notifications.resend: ("notification", {}, ADMINISTRATORS),
    notifications.read_notifications: ("myself", {}, {"manager"}),
    imports.upload_import: ("upload", {}, ADMINISTRATORS),
    imports.set_columns: ("run", {"sheet": 0, "header_row": 1, "columns": "columns"}, ADMINISTRATORS),
    imports.decide_row: ("row", {"decision": "leave"}, ADMINISTRATORS),
    imports.decide_rows: ("run", {"verdict": "new", "decision": "leave"}, ADMINISTRATORS),
    imports.start_import: ("run", {"new_state": "draft", "contact_audience": "members"}, ADMINISTRATORS),
    imports.undo_import: ("run", {}, ADMINISTRATORS),
    imports.cancel_import: ("run", {}, ADMINISTRATORS),
    imports.retry_import: ("run", {}, ADMINISTRATORS),
    doubles.merge_actors: ("commune", {"loser": "service"}, ADMINISTRATORS),
    doubles.undo_merge: ("merge", {}, ADMINISTRATORS),
    doubles.settle_double: ("double", {}, ADMINISTRATORS),
    doubles.reopen_double: ("double", {}, ADMINISTRATORS),
    doubles.order_search: ("nothing", {}, ADMINISTRATORS),
}  # fmt: skip


def known(values: dict, world: dict) -> dict:
    """The values with the things of the world that they name."""
    found = {name: [world[one] for one in value] if name == "actors" else value for name, value in values.items()}
    return {name: world.get(value, value) if isinstance(value, str) else value for name, value in found.items()}


def test_every_act_stands_in_the_table():
    assert {f"{act.__module__}.{act.__name__}" for act in TABLE} == {name for name, _function in acts()}


def done(act, thing, values, by):
    return act(*(() if thing is None else (thing,)), **values, by=by)


@pytest.mark.parametrize("act", TABLE, ids=lambda act: act.__name__)
def test_an_act_is_forbidden_to_all_who_may_not(act, world, people):
    thing, values, may = TABLE[act]
    values = known(values, world)
    link = Bearer(Recipient("x@example.org", "ar", user=people["administrator"]), world[thing], "something_else")
    before = rows()
    with override("en"):
        for who, by in (people | {"bearer": link}).items():
            if who not in may:
                with pytest.raises(Forbidden) as caught:
                    done(act, world[thing], values, by)
                assert str(caught.value).endswith("."), who
        assert rows() == before


@pytest.mark.parametrize("act", TABLE, ids=lambda act: act.__name__)
@pytest.mark.parametrize("who", ["someone who may", "the portal"])
def test_who_may_is_not_forbidden(act, who, world, people):
    """It is done, or refused for what was sent; never for who sent it."""
    thing, values, may = TABLE[act]
    values = known(values, world)
    with suppress(Refused):
        done(act, world[thing], values, THE_PORTAL if who == "the portal" else people[min(may)])
