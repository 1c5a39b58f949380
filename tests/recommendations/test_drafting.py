"""Drafts: their numbers, their words, their adoption."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import translation

from meetings.models import Meeting
from portal.core.errors import Forbidden, Refused
from recommendations import actions
from recommendations.actions import drafting
from recommendations.forms import RecommendationForm
from recommendations.models import Recommendation
from tests import factories

State = Recommendation.State


def test_drafts_are_numbered_within_their_meeting(meeting, secretariat):
    references = [actions.draft_recommendation(meeting, text_ar="توصية", by=secretariat).reference for _ in range(11)]

    assert references[0] == "TST-2026-01-R1"
    assert references[9:] == ["TST-2026-01-R10", "TST-2026-01-R11"]
    assert [row.short_reference for row in meeting.recommendations.in_order()][-2:] == ["R10", "R11"]


def test_two_people_drafting_at_once_get_two_numbers(meeting, secretariat, monkeypatch):
    actions.draft_recommendation(meeting, text_ar="الأولى", by=secretariat)
    real, answers = drafting._last_number, iter([0])
    monkeypatch.setattr(drafting, "_last_number", lambda found: next(answers, real(found)))

    second = actions.draft_recommendation(meeting, text_ar="الثانية", by=secretariat)

    assert second.reference == "TST-2026-01-R2"
    assert Recommendation.objects.count() == 2


def test_a_draft_remembers_who_wrote_it_and_is_found(meeting, secretariat):
    axis = factories.AxisFactory(name_ar="توضيح الأدوار")
    draft = actions.draft_recommendation(meeting, text_ar="بطاقة الأدوار", axis=axis, by=secretariat)

    assert draft.history.get().history_user == secretariat
    draft.refresh_from_db()
    assert (draft.space, draft.state, " بطاقه" in draft.search_text) == (meeting.space, State.DRAFT, True)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (Meeting.State.DRAFT, "Announce the meeting first"),
        (Meeting.State.CANCELLED, "was cancelled"),
        (Meeting.State.POSTPONED, "is postponed"),
        (Meeting.State.CLOSED, "is closed"),
    ],
)
def test_a_meeting_that_does_not_take_place_recommends_nothing(meeting, secretariat, state, sentence):
    meeting.state = state

    with pytest.raises(Refused, match=sentence):
        actions.draft_recommendation(meeting, text_ar="توصية", by=secretariat)
    assert not Recommendation.objects.exists()


@pytest.mark.parametrize("person", ["officer", "member", "manager", "outsider"])
def test_only_who_prepares_the_meeting_drafts(meeting, person, request):
    with pytest.raises(Forbidden, match="Only the secretariat or chair"):
        actions.draft_recommendation(meeting, text_ar="توصية", by=request.getfixturevalue(person))


def test_a_draft_without_a_word_is_refused_at_its_field(meeting, secretariat):
    with pytest.raises(Refused) as refused:
        actions.draft_recommendation(meeting, text_ar="  ", by=secretariat)
    assert refused.value.field == "text_ar"


def test_an_item_of_another_meeting_is_refused(meeting, secretariat):
    with pytest.raises(Refused, match="another meeting"):
        actions.draft_recommendation(meeting, text_ar="توصية", item=factories.AgendaItemFactory(), by=secretariat)


def test_adopting_makes_a_draft_what_the_meeting_agreed(draft, secretariat):
    actions.adopt_recommendation(draft, by=secretariat)

    draft.refresh_from_db()
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert (draft.state, draft.adopted_at, draft.last_news_at) == (State.ADOPTED, now, now)
    assert draft.history.first().history_user == secretariat


def test_of_two_people_adopting_at_once_one_is_told_so(draft, secretariat, administrator):
    mine, theirs = Recommendation.objects.get(pk=draft.pk), Recommendation.objects.get(pk=draft.pk)
    actions.adopt_recommendation(mine, by=secretariat)

    with pytest.raises(Refused, match="Somebody else has just changed this"):
        actions.adopt_recommendation(theirs, by=administrator)
    assert draft.history.filter(state=State.ADOPTED).count() == 1


def test_what_is_adopted_is_not_adopted_again(recommendation, secretariat):
    with pytest.raises(Refused, match="already been adopted"):
        actions.adopt_recommendation(recommendation, by=secretariat)


def test_nothing_is_adopted_before_the_meeting_begins(draft, secretariat):
    draft.meeting.state, draft.meeting.starts_at = Meeting.State.ANNOUNCED, datetime(2026, 11, 23, 10, 1, tzinfo=UTC)
    with pytest.raises(Refused, match="once the meeting has begun"):
        actions.adopt_recommendation(draft, by=secretariat)

    draft.meeting.starts_at = datetime(2026, 11, 23, 9, 59, tzinfo=UTC)
    actions.adopt_recommendation(draft, by=secretariat)
    assert draft.state == State.ADOPTED


def test_where_no_hour_is_known_recommendations_are_adopted_from_the_day_on(draft, secretariat):
    draft.meeting.state, draft.meeting.times_known = Meeting.State.ANNOUNCED, False
    draft.meeting.starts_at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    with pytest.raises(Refused, match="once the meeting has begun"):
        actions.adopt_recommendation(draft, by=secretariat)

    draft.meeting.starts_at = datetime(2026, 11, 23, 17, tzinfo=UTC)
    actions.adopt_recommendation(draft, by=secretariat)
    assert draft.state == State.ADOPTED


def test_a_commune_adopts_nothing(draft, officer):
    with pytest.raises(Forbidden):
        actions.adopt_recommendation(draft, by=officer)


def test_all_drafts_are_adopted_at_once_in_their_order(draft, meeting, secretariat):
    second = actions.draft_recommendation(meeting, text_ar="ثانية", by=secretariat)

    assert [row.pk for row in actions.adopt_drafts(meeting, by=secretariat)] == [draft.pk, second.pk]
    assert set(meeting.recommendations.values_list("state", flat=True)) == {State.ADOPTED}
    with pytest.raises(Refused, match="no draft left"):
        actions.adopt_drafts(meeting, by=secretariat)


def test_all_of_a_draft_can_be_edited(draft, secretariat):
    theme = factories.ThemeFactory()
    actions.edit_recommendation(draft, by=secretariat, text_fr="Liste commune", level="regional", themes=[theme])

    draft.refresh_from_db()
    assert (draft.text_fr, draft.level, list(draft.themes.all())) == ("Liste commune", "regional", [theme])
    assert " liste" in draft.search_text


def test_after_adoption_the_due_date_and_the_axis_still_change(recommendation, secretariat):
    actions.edit_recommendation(
        recommendation, by=secretariat, due_on=date(2027, 2, 28), due_council="commune", axis=None
    )

    recommendation.refresh_from_db()
    assert (recommendation.due_on, recommendation.due_council) == (date(2027, 2, 7), "commune")


def test_after_adoption_nothing_else_changes(recommendation, secretariat):
    with pytest.raises(Refused, match="Once adopted"):
        actions.edit_recommendation(recommendation, by=secretariat, level="national")
    recommendation.refresh_from_db()
    assert recommendation.level == "local"


def test_a_corrected_text_needs_a_reason_and_keeps_what_stood_before(recommendation, secretariat):
    with pytest.raises(Refused) as refused:
        actions.edit_recommendation(recommendation, by=secretariat, text_ar="نص مصحح")
    assert refused.value.field == "reason"

    actions.edit_recommendation(recommendation, by=secretariat, text_ar="نص مصحح", reason="خطأ مطبعي")
    after = recommendation.history.first()
    assert (after.text_ar, after.history_change_reason, after.history_user) == ("نص مصحح", "خطأ مطبعي", secretariat)
    assert Recommendation.objects.get(pk=recommendation.pk).text_ar == "نص مصحح"


def test_a_confirmed_recommendation_is_not_edited(recommendation, secretariat):
    recommendation.state = State.CONFIRMED
    recommendation.save()
    with pytest.raises(Refused, match="reopen it before changing"):
        actions.edit_recommendation(recommendation, by=secretariat, axis=None)


@pytest.mark.parametrize(
    ("record", "reader", "first"),
    [("ar", "ar", "ar"), ("ar", "fr", "ar fr"), ("fr", "fr", "fr"), ("fr", "en", "fr en")],
)
def test_the_text_is_asked_first_in_the_language_of_record_and_the_readers(meeting, record, reader, first):
    meeting.language = record
    with translation.override(reader):
        names = list(RecommendationForm(meeting=meeting).fields)
    texts = [f"text_{code}" for code in first.split()]
    assert names[: len(texts)] == texts
    assert not names[len(texts)].startswith("text_")


def test_all_drafts_are_read_once_more_before_they_are_adopted(draft, meeting, secretariat, officer, as_user):
    second = actions.draft_recommendation(meeting, text_ar="توصية ثانية", by=secretariat)
    address = reverse("recommendations:adopt_drafts", args=[meeting.reference])
    assert as_user(officer).get(address).status_code == 403
    client = as_user(secretariat)
    shown = client.get(address)
    assert [row.pk for row in shown.context["drafts"]] == [draft.pk, second.pk]
    assert "توصية ثانية" in shown.text
    assert set(meeting.recommendations.values_list("state", flat=True)) == {State.DRAFT}
    assert client.post(address, {"shown": shown.context["shown"]}).status_code == 302
    assert set(meeting.recommendations.values_list("state", flat=True)) == {State.ADOPTED}
    assert client.get(address).status_code == 302
    left = client.post(address, {"shown": ""}, follow=True)
    assert "There is no draft left to adopt" in left.text


@pytest.mark.parametrize("change", ["drafted", "edited", "dropped", "forged"])
def test_drafts_that_have_changed_since_they_were_read_are_read_again(draft, meeting, secretariat, as_user, change):
    second = actions.draft_recommendation(meeting, text_ar="توصية ثانية", by=secretariat)
    client, address = as_user(secretariat), reverse("recommendations:adopt_drafts", args=[meeting.reference])
    read = client.get(address).context["shown"]
    match change:
        case "drafted":
            actions.draft_recommendation(meeting, text_ar="توصية أخيرة", by=secretariat)
        case "edited":
            actions.edit_recommendation(second, text_ar="توصية أخيرة", by=secretariat)
        case "dropped":
            actions.drop_recommendation(second, reason="مكررة", by=secretariat)
        case "forged":
            read = ""
    refused = client.post(address, {"shown": read})
    assert (refused.status_code, "The drafts have changed since you looked" in refused.text) == (422, True)
    assert ("توصية أخيرة" in refused.text) is (change in {"drafted", "edited"})
    # Nothing is typed there, so that nothing is said to be kept.
    assert ("could not be done yet" in refused.text, "Nothing you typed" in refused.text) == (True, False)
    assert draft.short_reference in refused.text
    assert ("توصية ثانية" in refused.text) is (change in {"drafted", "forged"})
    assert not meeting.recommendations.filter(state=State.ADOPTED).exists()
    assert client.post(address, {"shown": refused.context["shown"]}).status_code == 302
    assert not meeting.recommendations.filter(state=State.DRAFT).exists()
