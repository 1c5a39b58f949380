"""Every act asks its own rights: called by somebody who may not, whatever page, command or queue it came from, it is
Forbidden and leaves no trace; the portal itself may."""

from contextlib import suppress

import pytest
from django.utils import timezone
from django.utils.translation import override

from meetings.models import Meeting, MinutesRevision
from portal.core.acting import THE_PORTAL, Bearer
from portal.core.errors import Forbidden, Refused
from portal.notifications.recipients import Recipient
from recommendations import actions as recommendations
from recommendations.models import Assignment, FollowUp
from recommendations.passages import passage_in
from tests import factories
from tests.test_one_road import acts
from tests.test_routes import rows

WHO = ("visitor", "outsider", "member", "officer", "manager", "validator", "secretariat", "administrator")
STEERING = {"secretariat", "administrator"}
COMMUNE = {"officer", "manager", "validator"}


@pytest.fixture
def world(space, association, commune, service):
    meeting = factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.HELD)
    found = factories.RecommendationFactory(meeting=meeting)
    asked = factories.AssignmentFactory(recommendation=found, actor=commune, answer=Assignment.Answer.WAITING)
    entry = FollowUp.objects.create(
        recommendation=found, on_behalf_of=commune, new_state="in_progress", account="…", drafted_at=timezone.now(),
        clearance=FollowUp.Clearance.WAITING,
    )  # fmt: skip
    section = factories.MinutesSectionFactory(minutes__meeting=meeting, text="نص", revision=1)
    revision = MinutesRevision.objects.create(section=section, number=1, text="نص")
    return {
        "meeting": meeting,
        "recommendation": found,
        "assignment": asked,
        "entry": entry,
        "passage": passage_in(meeting, revision=revision, text="نص"),
        "commune": commune,
        "service": service,
    }


#: act: (the thing it is done to, what else it takes, who may)
TABLE = {
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


def test_every_act_stands_in_the_table():
    assert {f"{act.__module__}.{act.__name__}" for act in TABLE} == {name for name, _function in acts()}


@pytest.fixture
def people(request):
    return {name: request.getfixturevalue(name) for name in WHO}


@pytest.mark.parametrize("act", TABLE, ids=lambda act: act.__name__)
def test_an_act_is_forbidden_to_all_who_may_not(act, world, people):
    thing, values, may = TABLE[act]
    values = {name: world.get(value, value) if isinstance(value, str) else value for name, value in values.items()}
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
    values = {name: world.get(value, value) if isinstance(value, str) else value for name, value in values.items()}
    with suppress(Refused):
        act(world[thing], **values, by=THE_PORTAL if who == "the portal" else people[min(may)])
