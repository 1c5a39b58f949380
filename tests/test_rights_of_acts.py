"""Every act asks its own rights: called by somebody who may not, whatever page, command or queue it came from, it is
Forbidden and leaves no trace; the portal itself may."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override

from meetings.actions import agenda, documents, meetings, minutes, participation, reports
from meetings.models import Document, Meeting, MinutesRevision, Report
from portal.core.acting import THE_PORTAL, Bearer
from portal.core.errors import Forbidden, Refused
from portal.notifications.rules.recipients import Recipient
from recommendations import actions as recommendations
from recommendations.models import Assignment, FollowUp
from recommendations.rules.passages import passage_in
from tests import factories
from tests.test_one_road import acts
from tests.test_routes import rows

NOW = timezone.now()
WHO = ("visitor", "outsider", "member", "officer", "manager", "validator", "secretariat", "administrator")
STEERING = {"secretariat", "administrator"}
COMMUNE = {"officer", "manager", "validator"}


@pytest.fixture
def world(space, association, commune, service, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
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
    return {
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
    meetings.add_meeting: ("association", {"space": "space", "title_ar": "لقاء", **WHEN}, STEERING),
    meetings.edit_meeting: ("meeting", {"title_ar": "لقاء"}, STEERING),
    meetings.announce_meeting: ("meeting", {}, STEERING),
    meetings.hold_meeting: ("meeting", {}, STEERING),
    meetings.close_meeting: ("meeting", {}, STEERING),
    meetings.cancel_meeting: ("meeting", {"reason": "…"}, STEERING),
    meetings.postpone_meeting: ("meeting", {"reason": "…"}, STEERING),
    meetings.reannounce_meeting: ("meeting", WHEN, STEERING),
    agenda.add_item: ("meeting", {"title_ar": "نقطة"}, STEERING),
    agenda.edit_item: ("item", {"title_ar": "نقطة"}, STEERING),
    agenda.move_item: ("item", {"up": True}, STEERING),
    agenda.remove_item: ("item", {}, STEERING),
    participation.invite: ("meeting", {"actors": ["service"]}, STEERING),
    participation.send_invitations: ("meeting", {}, STEERING),
    participation.withdraw_invitation: ("invitation", {}, STEERING),
    participation.remind_invitation: ("invitation", {}, STEERING),
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
    documents.remove_document: ("document", {}, STEERING),
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
}  # fmt: skip


def known(values: dict, world: dict) -> dict:
    """The values with the things of the world that they name."""
    found = {name: [world[one] for one in value] if name == "actors" else value for name, value in values.items()}
    return {name: world.get(value, value) if isinstance(value, str) else value for name, value in found.items()}


def test_every_act_stands_in_the_table():
    assert {f"{act.__module__}.{act.__name__}" for act in TABLE} == {name for name, _function in acts()}


@pytest.fixture
def people(request):
    return {name: request.getfixturevalue(name) for name in WHO}


@pytest.mark.parametrize("act", TABLE, ids=lambda act: act.__name__)
def test_an_act_is_forbidden_to_all_who_may_not(act, world, people):
    thing, values, may = TABLE[act]
    values = known(values, world)
    link = Bearer(Recipient("x@example.org", "ar", user=people["administrator"]), world[thing], "something_else")
    before = rows()
    with override("en"):
        for who, by in people.items() | {("bearer", link)}:
            if who not in may:
                with pytest.raises(Forbidden) as caught:
                    act(world[thing], **values, by=by)
                assert str(caught.value).endswith("."), who
        assert rows() == before


@pytest.mark.parametrize("act", TABLE, ids=lambda act: act.__name__)
@pytest.mark.parametrize("who", ["someone who may", "the portal"])
def test_who_may_is_not_forbidden(act, who, world, people):
    """It is done, or refused for what was sent; never for who sent it."""
    thing, values, may = TABLE[act]
    values = known(values, world)
    with suppress(Refused):
        act(world[thing], **values, by=THE_PORTAL if who == "the portal" else people[min(may)])
