"""Writing minutes item by item, and the refusal of a lost update."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from meetings.actions.minutes import record_minutes
from meetings.models import Meeting, Minutes, MinutesRevision, MinutesSection
from meetings.models.passages import locate, passages
from portal.core.errors import Refused
from portal.core.html import paragraphs, plain
from tests import factories


@pytest.fixture
def meeting(space, association):
    return factories.MeetingFactory(space=space, organiser=association, state=Meeting.State.HELD)


@pytest.fixture
def item(meeting):
    return factories.AgendaItemFactory(meeting=meeting, position=1, title_ar="كلمة افتتاحية")


def address(meeting, item=None):
    return reverse("meetings:record_minutes", args=[meeting.reference]) + (f"?item={item.pk}" if item else "")


def whole_text(meeting, place):
    return f"{reverse('meetings:minutes', args=[meeting.reference])}#s{place}"


def test_every_save_keeps_a_revision_and_the_text_is_cleaned(as_user, secretariat, meeting, item):
    client = as_user(secretariat)
    client.post(address(meeting, item), {"text": "فقرة أولى <script>x</script>\n\nفقرة ثانية", "revision": 0})
    client.post(address(meeting, item), {"text": "نص جديد", "revision": 1})
    section = MinutesSection.objects.get(item=item)
    assert (section.revision, section.html, section.text) == (2, '<p dir="auto">نص جديد</p>', "نص جديد")
    kept = list(section.revisions.order_by("number").values_list("number", "text", "saved_by"))
    assert kept == [(1, "فقرة أولى <script>x</script>\n\nفقرة ثانية", secretariat.pk), (2, "نص جديد", secretariat.pk)]
    assert "<script>" not in section.revisions.get(number=1).html


def test_markup_that_is_not_allowed_never_reaches_the_row(meeting, item, secretariat):
    section = record_minutes(
        meeting,
        item=item,
        html='<p onclick="x()">نص</p><script>x()</script><img src=x>',
        seen_revision=0,
        by=secretariat,
    )
    assert section.html == "<p>نص</p>"


def test_the_same_text_again_is_no_new_revision(meeting, item, secretariat):
    record_minutes(meeting, item=item, html="<p>نص</p>", seen_revision=0, by=secretariat)
    record_minutes(meeting, item=item, html="<p>نص</p>", seen_revision=1, by=secretariat)
    assert MinutesRevision.objects.count() == 1


def test_save_and_next_leads_to_the_next_item_and_the_last_to_the_text(as_user, secretariat, meeting, item):
    second = factories.AgendaItemFactory(meeting=meeting, position=2)
    client = as_user(secretariat)
    steps = [
        client.post(address(meeting), {"text": "أ", "revision": 0, "next": "1"}).url,
        client.post(address(meeting, item), {"text": "ب", "revision": 0, "next": "1"}).url,
        client.post(address(meeting, second), {"text": "ج", "revision": 0, "next": "1"}).url,
    ]
    assert steps == [
        address(meeting, item),
        address(meeting, second),
        whole_text(meeting, second.pk),
    ]


def test_who_saves_comes_back_to_the_item(as_user, secretariat, meeting, item):
    client = as_user(secretariat)
    assert client.post(address(meeting), {"text": "أ", "revision": 0}).url == whole_text(meeting, 0)
    assert client.post(address(meeting, item), {"text": "ب", "revision": 0}).url == whole_text(meeting, item.pk)
    page = client.get(reverse("meetings:minutes", args=[meeting.reference])).content.decode()
    assert all(f'id="s{key}"' in page for key in (0, item.pk))


def test_a_save_over_somebody_elses_revision_shows_both_texts_and_writes_nothing(
    as_user, secretariat, association, meeting, item
):
    colleague = factories.MembershipFactory(actor=association, user__name="زميلة تجريبية").user
    client = as_user(secretariat)
    record_minutes(meeting, item=item, html=paragraphs("نص الزميلة"), seen_revision=0, by=colleague)
    answer = client.post(address(meeting, item), {"text": "نصي أنا", "revision": 0})
    content = answer.content.decode()
    assert answer.status_code == 409
    assert "نص الزميلة" in content
    assert "نصي أنا</textarea>" in content
    assert "زميلة تجريبية" in content
    assert 'name="revision" value="1"' in content
    section = MinutesSection.objects.get(item=item)
    assert (section.text, section.revision, section.revisions.count()) == ("نص الزميلة", 1, 1)
    assert client.post(address(meeting, item), {"text": "النصان معاً", "revision": 1}).status_code == 302


@pytest.mark.parametrize(
    ("who", "said"), [("secretariat", "saved this item yourself"), ("other", "Somebody else saved")]
)
def test_it_is_said_whether_it_was_oneself_who_saved_in_another_window(
    as_user, secretariat, association, meeting, item, who, said
):
    people = {"secretariat": secretariat, "other": factories.MembershipFactory(actor=association).user}
    record_minutes(meeting, item=item, html="<p>أول</p>", seen_revision=0, by=people[who])
    with override("en"):
        answer = as_user(secretariat).post(address(meeting, item), {"text": "ثان", "revision": 0})
    assert (answer.status_code, said in answer.content.decode()) == (409, True)


def test_two_first_saves_of_one_item_keep_one_and_refuse_the_other(meeting, item, secretariat):
    record_minutes(meeting, item=item, html="<p>أول</p>", seen_revision=0, by=secretariat)
    with pytest.raises(Refused) as refusal:
        record_minutes(meeting, item=item, html="<p>ثان</p>", seen_revision=0, by=secretariat)
    assert refusal.value.details["theirs"].text == "أول"
    assert list(MinutesSection.objects.values_list("text", flat=True)) == ["أول"]


def test_circulated_minutes_are_not_written_over(meeting, item, secretariat):
    record_minutes(meeting, item=item, html="<p>نص</p>", seen_revision=0, by=secretariat)
    Minutes.objects.update(state="circulated", remarks_until="2026-12-30")
    with pytest.raises(Refused):
        record_minutes(meeting, item=item, html="<p>آخر</p>", seen_revision=1, by=secretariat)
    assert MinutesSection.objects.get().text == "نص"


@pytest.mark.parametrize("state", ["draft", "cancelled", "postponed"])
def test_no_minutes_are_written_of_a_meeting_that_does_not_take_place(meeting, secretariat, state):
    meeting.state = state
    with pytest.raises(Refused):
        record_minutes(meeting, html="<p>نص</p>", seen_revision=0, by=secretariat)
    assert not Minutes.objects.exists()


@pytest.mark.parametrize("who", ["officer", "member", "administrator"])
def test_only_the_secretariat_writes_and_administrators_read(request, as_user, meeting, who):
    client = as_user(request.getfixturevalue(who))
    assert client.get(address(meeting)).status_code == 403
    assert client.post(address(meeting), {"text": "نص", "revision": 0}).status_code == 403
    assert not MinutesSection.objects.exists()


def test_formatting_stays_where_the_words_were_not_touched(as_user, secretariat, meeting, item):
    rich = "<p>نص <strong>مهم</strong></p><ul><li>أ</li><li>ب</li></ul>"
    section = record_minutes(meeting, item=item, html=rich, seen_revision=0, by=secretariat)
    as_user(secretariat).post(address(meeting, item), {"text": section.text, "revision": 1})
    section.refresh_from_db()
    assert (section.html, section.revision) == (rich, 1)


def test_passages_carry_their_place_in_the_plain_text():
    html = "<p>a &amp; b<br>c</p><ul><li>x</li><li>y</li></ul><p></p><p>a &amp; b</p>"
    text = plain(html)
    found = passages(html)
    assert [passage.text for passage in found] == ["a & b\nc", "x\n\ny", "a & b"]
    assert [text[passage.offset : passage.offset + passage.length] for passage in found] == [p.text for p in found]


def test_a_quote_is_found_however_its_lines_are_broken():
    assert locate("b  c", "a b\nc d b c") == 2
    assert locate("b c", "a b\nc d b c", near=9) == 8
    assert locate("z", "a b") is None
    assert MinutesSection(text="قبل النص بعد").locate("النص") == 4
