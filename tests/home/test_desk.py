"""The desk: whatever waits for each person, the most urgent first, in a number of queries that does not grow."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.utils.translation import override

from actors.directory.models import HandOver, Membership
from actors.directory.reading.standing_in import reader_of
from meetings.models import Invitation, Meeting, Minutes, MinutesReview
from meetings.reading.invitations import unreached
from meetings.reading.seen import Seen
from portal.core.dates import clock_text, long_day, today
from portal.core.keys import KEY
from portal.home.desk import BY_URGENCY, LISTS, SOURCES, sections_of
from portal.notifications.models import Notification
from recommendations.models import Assignment, Recommendation
from tests import factories
from tests.answers import typed
from tests.desk import KINDS, Desk, on_desk

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LONG = "الجمعية الإقليمية للتنمية والتعاون والتضامن والنهوض بالأوضاع الاجتماعية " * 3
#: who is given which kinds to see
WHO = {
    "officer": ("overdue", "minutes", "invitations", "assigned", "sent-back", "due-soon", "silent", "offers",
                "hand-overs", "ongoing", "others"),
    "manager": ("to-clear", "roles", "sheets"),
    "secretariat": ("undelivered", "lost-mails", "late-meetings", "remarks", "to-confirm", "meetings", "to-assign"),
    "administrator": ("proposals", "imports", "doubles"),
}  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def everybody(commune, association):
    """Manages the commune and the secretariat's institution, and administers the portal."""
    person = factories.UserFactory(is_administrator=True)
    for actor in (commune, association):
        factories.MembershipFactory(user=person, actor=actor, part=Membership.Part.MANAGER)
    return person


@pytest.fixture
def desk(everybody, commune, space, association):
    return Desk(everybody, commune, space, association)


@pytest.fixture
def people(officer, manager, secretariat, administrator):
    return {"officer": officer, "manager": manager, "secretariat": secretariat, "administrator": administrator}


def late_for(commune, space, number):
    meeting = factories.MeetingFactory(space=space, state=Meeting.State.HELD)
    for _index in range(number):
        recommendation = factories.RecommendationFactory(
            meeting=meeting, due_on=today() - timedelta(days=3), state=Recommendation.State.IN_PROGRESS
        )
        factories.AssignmentFactory(recommendation=recommendation, actor=commune)
    return recommendation


def links_in(html, inside="main"):
    """The addresses of the portal a page leads to."""
    part = html[html.index(f"<{inside}") : html.index(f"</{inside}>")]
    return [unescape(url) for url in re.findall(r'href="(/[^"#]*)', part)]


def test_of_every_kind_one_line_stands_on_the_desk_by_urgency(desk, everybody, as_user):
    """Every kind there is, in the order of what is late, what closes, what is waited for, what can wait."""
    desk.add()

    sections = sections_of(reader_of(everybody))
    page = as_user(everybody).get("/ar/").content.decode()

    assert set(KINDS) == {kind.key for source in SOURCES for kind in source.kinds}
    assert [waiting.kind.key for waiting in sections] == list(KINDS) == [kind.key for kind in BY_URGENCY]
    places = [page.index(f'id="{kind}"') for kind in KINDS]
    assert places == sorted(places)
    for waiting in sections:
        for line, told in waiting.lines:
            assert unescape(page).count(f'href="{told.act_url}"') >= 1, (waiting.kind.key, line.title)


def test_of_many_seven_are_shown_and_the_others_are_a_link_away(desk, everybody, as_user):
    desk.add(number=9)
    client = as_user(everybody)

    page = client.get("/ar/").content.decode()

    totals = {waiting.kind.key: waiting.total for waiting in sections_of(reader_of(everybody))}
    assert min(totals.values()) == 9
    for kind, total in totals.items():
        section = page[page.index(f'id="{kind}"') :].split("</section>")[0]
        assert section.count('<li class="task">') == 7
        assert f'href="/ar/waiting/{kind}/"' in section
        whole = [client.get(f"/ar/waiting/{kind}/?page={number}").content.decode() for number in (1, 2)]
        assert f"العدد: {total}" in whole[0]
        shown = whole if total > 25 else whole[:1]
        assert sum(one.count('<li class="task">') for one in shown) == total, kind


def test_sixty_of_one_kind(desk, everybody, as_user):
    desk.add("overdue", number=60)
    client = as_user(everybody)

    page = client.get("/ar/").content.decode()
    whole = [client.get(f"/ar/waiting/overdue/?page={number}").content.decode() for number in (1, 2, 3)]

    assert page.count('<li class="task">') == 7
    assert "و53 عنصراً آخر" in page
    assert [one.count('<li class="task">') for one in whole] == [25, 25, 10]


def test_the_first_of_a_kind_are_those_that_are_due_first(desk, everybody, commune):
    for days in range(20, 0, -1):
        row = desk.recommendation("due-soon", commune, due_on=today() + timedelta(days=days))
        row.reference = f"IN-{days}"
        row.save()
    assert on_desk(everybody, "due-soon") == [f"IN-{days}" for days in range(1, 8)]


@pytest.mark.parametrize(("who", "queries"), [("officer", 12), ("manager", 12), ("secretariat", 12)])
@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_costs_the_same_for_one_of_every_kind_and_for_three(
    who, queries, number, people, commune, space, association, as_user, django_assert_num_queries
):
    own = association if who == "secretariat" else commune
    world = Desk(people[who], own, space, association)
    for _round in range(number):
        world.add(*WHO["officer"], *WHO[who])
    client = as_user(people[who])
    client.get("/ar/")

    with django_assert_num_queries(queries):
        page = client.get("/ar/").content.decode()
    assert [kind for kind in (*WHO["officer"], *WHO[who]) if f'id="{kind}"' not in page] == []


@pytest.mark.parametrize("institution", [True, False], ids=["of an institution", "of none"])
def test_the_desk_of_an_administrator(
    institution, people, commune, space, association, everybody, as_user, django_assert_num_queries
):
    person = everybody if institution else people["administrator"]
    world = Desk(person, commune, space, association)
    for _round in range(2):
        world.add(*(KINDS if institution else WHO["administrator"]))
    client = as_user(person)
    client.get("/ar/")

    with django_assert_num_queries(15 if institution else 11):
        client.get("/ar/")


def test_a_list_of_what_waits_costs_the_same_for_all(desk, everybody, as_user, django_assert_num_queries):
    desk.add("overdue", number=40)
    client = as_user(everybody)
    client.get("/ar/waiting/overdue/")

    with django_assert_num_queries(6):
        client.get("/ar/waiting/overdue/")


@pytest.mark.parametrize("who", WHO)
def test_nothing_waits_on_an_empty_desk(who, people, as_user):
    page = as_user(people[who]).get("/ar/").content.decode()

    assert sections_of(reader_of(people[who])) == []
    assert "لا شيء في انتظاركم" in page


def test_nobody_sees_what_waits_for_others(desk, outsider, member, as_user):
    desk.add()

    assert sections_of(reader_of(outsider)) == []
    page = as_user(outsider).get("/ar/waiting/overdue/").content.decode()
    assert "overdue" not in page.replace("waiting/overdue", "")
    assert [waiting.kind.key for waiting in sections_of(reader_of(member))] == []
    assert as_user(outsider).get("/ar/waiting/nothing/").status_code == 404


def test_a_figure_is_a_link_to_the_list_that_shows_as_many(desk, everybody, commune, as_user):
    desk.add("overdue", number=9)
    desk.add("due-soon", number=3)
    desk.add("invitations")
    supported = desk.recommendation("overdue", None, due_on=today() - timedelta(days=1))
    factories.AssignmentFactory(recommendation=supported, actor=commune, part=Assignment.Part.SUPPORT)
    client = as_user(everybody)

    page = client.get("/ar/").content.decode()

    figures = page[page.index('class="figures"') :].split("</ul>")[0]
    found = dict(re.findall(r'<a href="([^"]+)"><b><bdi>(\d+)</bdi>', figures))
    assert found == {"/ar/waiting/overdue/": "10", "/ar/waiting/due-soon/": "3", "/ar/waiting/invitations/": "1"}
    for url, number in found.items():
        assert client.get(url).content.decode().count('<li class="task">') == int(number)
    [led] = re.findall(r'<a href="([^"]+)"><b><bdi>\u206650%\u2069</bdi>', figures) or [None]
    assert led == "/ar/waiting/led/"
    assert client.get(led).content.decode().count('<li class="task">') == 12


PERSONS = ("secretariat", "officer", "manager", "validator", "member", "outsider", "administrator", "everybody")


@pytest.mark.parametrize("who", PERSONS)
def test_every_number_of_the_desk_is_that_of_the_list_it_leads_to(who, desk, space, association, request, as_user):
    """Also where there are meetings of another space, of none, and recommendations nobody has adopted."""
    desk.add()
    other = factories.SpaceMemberFactory(space__name_ar="فضاء آخر", actor=association, part="secretariat").space
    for where in (space, other, None):
        meeting = factories.MeetingFactory(space=where, organiser=association, state=Meeting.State.HELD)
        for state in Recommendation.State:
            factories.RecommendationFactory(
                meeting=meeting, state=state, due_on=today() - timedelta(days=3), drop_reason="سبب"
            )
    client = as_user(request.getfixturevalue(who))
    answer = client.get("/ar/")
    page = answer.content.decode()

    seen = 0
    for url, number in re.findall(r'<a href="([^"]+)"><b><bdi>(\d+)</bdi>', page):
        assert client.get(url).context["page"].paginator.count == int(number), url
        seen += 1
    for waiting in answer.context["sections"]:
        url = f"/ar/waiting/{waiting.kind.key}/"
        assert client.get(url).context["page"].paginator.count == waiting.total, url
    for one in answer.context["standing"]:
        assert f'href="{one.url}"' in page
        listed = client.get(one.url).context["listing"]
        assert listed.count == sum(number for _label, number, _tone in one.parts), one
        [late, told] = re.findall(rf'href="({re.escape(one.url)}[?&][^"]*due=overdue)">[^<\d]*(\d+)', page)[0]
        assert client.get(unescape(late)).context["listing"].count == one.overdue == int(told)
        seen += 1
    expected = {"administrator": 1, "outsider": 3, "secretariat": 5}
    assert seen == expected.get(who, 4)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_whatever_the_desk_leads_to_opens_and_its_forms_carry_a_key(desk, everybody, as_user, language):
    desk.add()
    client = as_user(everybody)
    page = client.get(f"/{language}/").content.decode()

    links = set(links_in(page))
    assert len(links) > 40
    for url in links:
        answer = client.get(url, follow=True)
        assert answer.status_code == 200, url
        for form in re.findall(r'<form[^>]*method="post".*?</form>', answer.content.decode(), re.DOTALL):
            assert f'name="{KEY}"' in form or "/accounts/logout/" in form, url


@pytest.mark.parametrize("name", ["Confirm attendance", "Name a representative", "Decline"])
def test_each_answer_to_the_next_invitation_can_be_sent_as_its_button_opens_it(name, officer, commune, space, as_user):
    meeting = factories.MeetingFactory(space=space, starts_at=NOW + timedelta(days=4))
    factories.InvitationFactory(meeting=meeting, actor=commune)
    client = as_user(officer)
    page = client.get("/en/").content.decode()
    [url] = [unescape(url) for url in re.findall(rf'href="([^"]+)">{name}</a>', page)]

    form = client.get(url).context["form"]
    answer = client.post(url, typed(form) | {"representative": "السيدة الكاتبة العامة" if "Name" in name else ""})

    assert answer.status_code == 302
    invitation = Invitation.objects.get()
    assert invitation.answer == ("declined" if name == "Decline" else "confirmed")
    assert bool(invitation.representative) is ("Name" in name)


def test_very_long_names_stand_in_their_lines(everybody, commune, space, association, as_user):
    Desk(everybody, commune, space, association, name=LONG).add()

    answer = as_user(everybody).get("/ar/")

    assert answer.status_code == 200
    assert LONG in answer.content.decode()


def test_an_officer_sees_what_is_late_and_how_to_answer(as_user, officer, commune, space):
    recommendation = late_for(commune, space, 1)

    page = as_user(officer).get("/ar/").content.decode()

    assert "مهام جماعة تجريبية أ" in page
    assert "متأخرة بـ3 أيام" in page
    assert f"/ar/recommendations/{recommendation.reference}/report/" in page


def test_an_assignment_to_answer_stands_only_once(as_user, officer, commune, space):
    recommendation = factories.RecommendationFactory(meeting__space=space, due_on=today() - timedelta(days=3))
    factories.AssignmentFactory(recommendation=recommendation, actor=commune, answer=Assignment.Answer.WAITING)

    page = as_user(officer).get("/ar/").content.decode()

    assert page.count(f"{recommendation.text_ar}</bdi></a>") == 1
    assert "في انتظار جوابكم" in page


def test_a_secretariat_sees_what_is_missing_for_its_meetings(as_user, secretariat, space, commune):
    factories.MeetingFactory(space=space, state=Meeting.State.DRAFT, title_ar="اجتماع قيد الإعداد")
    coming = factories.MeetingFactory(space=space, starts_at=NOW + timedelta(days=4))
    factories.InvitationFactory(meeting=coming, actor=commune)
    held = factories.MeetingFactory(space=space, state=Meeting.State.HELD, starts_at=NOW - timedelta(days=9))
    held.attendances.create(actor=commune, status="present")
    circulated = factories.MinutesFactory(
        meeting=factories.MeetingFactory(space=space, state=Meeting.State.HELD, starts_at=NOW - timedelta(days=30)),
        state=Minutes.State.CIRCULATED,
        remarks_until=today() - timedelta(days=1),
    )
    factories.MinutesSectionFactory(minutes=circulated, text="نص", revision=1)

    page = as_user(secretariat).get("/ar/").content.decode()

    for words in ("لم يُعلن عنه بعد", "دعوة واحدة دون جواب", "لم يُحرَّر المحضر بعد", "انتهى أجل إبداء الملاحظات"):
        assert words in page
    assert f"/ar/meetings/{held.reference}/minutes/" in page


def test_circulated_minutes_and_the_remarks_on_them_are_on_the_desk_of_who_wrote_them(desk, everybody, as_user):
    minutes = desk.minutes("meetings")
    client = as_user(everybody)
    assert (on_desk(everybody, "remarks"), on_desk(everybody, "meetings")) == ([], [minutes.meeting.reference])

    for number in range(2):
        MinutesReview.objects.create(
            minutes=minutes, version=1, circulation=1, actor=factories.ActorFactory(), answer="remarks", text="…"
        )
        MinutesReview.objects.create(
            minutes=minutes,
            version=1,
            circulation=0,
            actor=factories.ActorFactory(),
            answer="remarks",
            text=f"{number}",
        )
    assert (on_desk(everybody, "remarks"), on_desk(everybody, "meetings")) == ([minutes.meeting.reference], [])
    assert "ملاحظات مؤسستين" in client.get("/ar/").content.decode()
    assert "Observations de 2 institutions" in client.get("/fr/").content.decode()


def test_minutes_wait_until_the_institution_has_said_its_word(desk, everybody, commune):
    desk.add("minutes")
    minutes = Minutes.objects.get()
    assert on_desk(everybody, "minutes") == [minutes.meeting.reference]

    MinutesReview.objects.create(minutes=minutes, version=1, circulation=1, actor=commune, answer="approves")
    assert on_desk(everybody, "minutes") == []


@pytest.mark.parametrize(
    ("states", "waits"),
    [
        (["given_up"], True), (["unknown"], True), (["given_up", "unknown"], True), (["failed"], False),
        (["given_up", "sent"], False), (["given_up", "failed"], False), (["unknown", "waiting"], False),
        (["waiting"], False), ([], False),
    ],
)  # fmt: skip
def test_an_invitation_that_reached_nobody_is_told_to_the_secretariat(states, waits, desk, everybody, member, commune):
    invitation = factories.InvitationFactory(
        meeting=desk.meeting("undelivered", Meeting.State.ANNOUNCED, days=20), actor=commune
    )
    for state in states:
        Notification.objects.filter(pk=desk.told(invitation, state).pk).update(email=f"{state}@example.org")
    assert (on_desk(everybody, "undelivered") == [str(invitation.pk)]) is waits
    assert bool(unreached(Seen(everybody, invitation.meeting))) is waits
    assert on_desk(member, "undelivered") == []

    invitation.answer = Invitation.Answer.CONFIRMED
    invitation.save()
    assert on_desk(everybody, "undelivered") == []


def test_a_post_that_was_handed_over_waits_until_it_is_opened(desk, everybody, as_user):
    desk.add("hand-overs")
    row = HandOver.objects.get()
    assert on_desk(everybody, "hand-overs") == [str(row.pk)]

    as_user(everybody).get(f"/fr/actors/hand-overs/{row.pk}/")
    assert on_desk(everybody, "hand-overs") == []


def test_the_next_invitation_can_be_answered_from_the_desk(as_user, officer, commune, space):
    meeting = factories.MeetingFactory(space=space, starts_at=NOW + timedelta(days=4))
    invitation = factories.InvitationFactory(meeting=meeting, actor=commune)

    page = as_user(officer).get("/ar/").content.decode()

    assert f"/ar/meetings/invitations/{invitation.pk}/answer/?answer=declined" in page
    assert "بعد 4 أيام" in page


def test_who_works_for_no_institution_is_told_so(as_user, administrator):
    page = as_user(factories.UserFactory()).get("/ar/").content.decode()
    told = as_user(administrator).get("/ar/").content.decode()

    assert "حسابكم غير مرتبط بعد بأي مؤسسة" in page
    assert "لا شيء في الدليل ينتظر قراركم" in told


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_of_which_nothing_waits_says_so(kind, officer, as_user):
    page = unescape(as_user(officer).get(f"/fr/waiting/{kind}/").content.decode())

    with override("fr"):
        assert f"<h1><bdi>{LISTS[kind][0].heading}</bdi></h1>" in page
    assert "Rien de ce type pour le moment." in page


def test_search_finds_across_everything_a_reader_may_see(as_user, officer, visitor, space, commune):
    factories.MeetingFactory(space=space, title_ar="اجتماع حول الاستقبال")
    from portal.core.search import reindex

    for model in (Meeting, type(commune), type(space)):
        reindex(model.objects.all())

    inside = as_user(officer).get("/ar/search/", {"q": "اجتماع الاستقبال"}).content.decode()
    outside = as_user(visitor).get("/ar/search/", {"q": "اجتماع الاستقبال"}).content.decode()

    assert "اجتماع حول الاستقبال" in inside
    assert "اجتماع حول الاستقبال" not in outside
    assert "لا توجد نتائج" in outside


def test_a_person_chooses_the_language_of_their_mails(as_user, officer):
    answer = as_user(officer).send("/ar/me/", {"name": officer.name, "language": "fr"})

    officer.refresh_from_db()
    assert officer.language == "fr"
    assert answer.headers["Location"] == "/fr/me/"


def test_the_bare_address_opens_in_the_accounts_language_else_the_last_one_read_else_arabic(as_user, officer, client):
    assert client.get("/").headers["Location"] == "/ar/"
    client.get("/fr/about/")
    assert client.get("/").headers["Location"] == "/fr/"
    officer.language = "en"
    officer.save()
    assert as_user(officer).get("/").headers["Location"] == "/en/"


def test_a_visitor_reads_at_what_hour_a_public_meeting_begins(as_user, visitor, space):
    coming = {"space": space, "audience": "public", "starts_at": NOW + timedelta(days=4)}
    factories.MeetingFactory(link="https://meet.example.org/x", **coming)
    factories.MeetingFactory(times_known=False, **coming)
    page = as_user(visitor).get("/en/").content.decode()
    begins = coming["starts_at"]
    assert page.count(f"{long_day(begins)} at {clock_text(begins)} – Morocco time (GMT") == 1
    assert page.count(long_day(begins)) == 2
