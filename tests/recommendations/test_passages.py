"""A quote is revision, text and offset; the words must really stand there."""

import pytest

from meetings.models import MinutesRevision
from portal.core.errors import Forbidden, Refused
from recommendations import actions
from recommendations.rules.passages import passage_in
from tests import factories

TEXT = "افتتحت الجلسة.\n\nاتفق الحاضرون على إحداث لائحة\nمشتركة لنقاط الاتصال. ثم اتفق الحاضرون على موعد."


@pytest.fixture
def revision(meeting):
    minutes = factories.MinutesFactory(meeting=meeting)
    section = factories.MinutesSectionFactory(
        minutes=minutes, item=factories.AgendaItemFactory(meeting=meeting), text=TEXT, revision=1
    )
    return MinutesRevision.objects.create(section=section, number=1, text=TEXT)


def test_a_recommendation_cut_from_the_minutes_keeps_its_passage(meeting, revision, secretariat):
    passage = passage_in(meeting, revision=revision, text="إحداث لائحة مشتركة لنقاط الاتصال")
    draft = actions.draft_recommendation(meeting, text_ar="إحداث لائحة", passage=passage, by=secretariat)

    draft.refresh_from_db()
    start = draft.quote_offset
    assert draft.quote_revision == revision
    assert draft.quote_text == TEXT[start : start + len(draft.quote_text)] == "إحداث لائحة\nمشتركة لنقاط الاتصال"
    assert draft.item == revision.section.item


def test_words_that_occur_twice_are_those_nearest_to_the_offset(meeting, revision):
    last = TEXT.rindex("اتفق الحاضرون")

    assert passage_in(meeting, revision=revision, text="اتفق الحاضرون", offset=last - 2).offset == last
    assert passage_in(meeting, revision=revision, text="اتفق الحاضرون").offset == TEXT.index("اتفق الحاضرون")


def test_a_recommendation_is_linked_to_its_passage_afterwards(meeting, revision, recommendation, secretariat):
    actions.link_passage(
        recommendation, passage=passage_in(meeting, revision=revision, text="اتفق الحاضرون على موعد"), by=secretariat
    )

    recommendation.refresh_from_db()
    assert (recommendation.quote_text, recommendation.quote_revision) == ("اتفق الحاضرون على موعد", revision)
    assert recommendation.history.first().history_user == secretariat


def test_words_that_do_not_stand_in_the_minutes_are_refused(meeting, revision):
    with pytest.raises(Refused, match="do not occur") as refused:
        passage_in(meeting, revision=revision, text="لم يقل أحد هذا")
    assert refused.value.field == "text"
    with pytest.raises(Refused, match="Choose the passage"):
        passage_in(meeting, revision=revision, text="  ")


def test_minutes_of_another_meeting_are_refused(meeting, revision, space):
    other = factories.MeetingFactory(space=space)
    with pytest.raises(Refused, match="another meeting"):
        passage_in(other, revision=revision, text="اتفق الحاضرون")


def test_a_passage_moved_by_hand_is_refused(revision, recommendation, secretariat):
    passage = passage_in(recommendation.meeting, revision=revision, text="اتفق الحاضرون")
    forged = type(passage)(revision, passage.text, passage.offset + 1)

    with pytest.raises(Refused, match="do not occur"):
        actions.link_passage(recommendation, passage=forged, by=secretariat)
    recommendation.refresh_from_db()
    assert recommendation.quote_text == ""


def test_a_member_links_nothing(revision, recommendation, member):
    passage = passage_in(recommendation.meeting, revision=revision, text="اتفق الحاضرون")
    with pytest.raises(Forbidden):
        actions.link_passage(recommendation, passage=passage, by=member)
