"""Whatever a choice can be, its page, paper, mail or file says it in words, under a heading, and leaves nobody out."""

import html
import io
import re
from copy import deepcopy
from itertools import product

import pytest
from django.apps import apps
from django.test import override_settings
from django.urls import reverse
from django.utils.translation import override
from icalendar import Calendar
from openpyxl import load_workbook
from time_machine import travel

from actors.directory.models import AccountOffer, Actor, HandOver, Printout, Space
from actors.roles.models import Responsibility
from meetings.models import Attendance, Invitation, Meeting, MinutesReview, Report
from meetings.reports.collect import collect
from meetings.work import render as draw
from portal.core import pdf
from portal.notifications.actions import notify
from portal.notifications.rules.messages import render
from portal.notifications.rules.recipients import Recipient
from recommendations.models import Assignment, FollowUp, Recommendation
from tests.answers import content_of
from tests.every_choice import NOW, World, build
from tests.test_choices import choices
from tests.test_conventions import PACKAGES

READERS = ("visitor", "member", "secretariat")
#: what says something else than a value of a choice
FIELDS_APART = {
    "User.language", "Theme.kind", "Place.kind", "Territory.level", "MovedRow.act", "ReminderRule.kind",
    "CouncilSession.council",
}  # fmt: skip
#: a value of a choice as the code writes it; no language of people does
CODES = {str(value) for choice in choices() for value in choice.values if "_" in str(value)}
#: in Arabic nothing is said in these words
WORDS = {str(value) for choice in choices() for value in choice.values if str(value).isalpha()}
EMPTY = re.compile(r"<(h[1-6]|th|legend|dt)\b[^>]*>(?:\s|<[^>]*>)*</\1>")


@pytest.fixture(scope="module")
def made(once_for_the_module, tmp_path_factory):
    media = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=media), travel(NOW, tick=False), override("ar"):
        yield build()


@pytest.fixture
def world(db, made) -> World:
    return deepcopy(made)


def pages(world: World) -> list[str]:
    """Every address that shows a choice to some reader, in Arabic."""
    tabs = ("meeting", "participation", "minutes", "documents", "report", "meeting_reminders", "record_attendance")
    found = [("home:home",), ("home:search",), ("home:me",), ("notifications:notifications",), ("directory:spaces",)]
    found += [("notifications:deliveries",), ("imports:imports",), ("directory:proposed_changes",), ("roles:matrix",)]
    found += [("directory:upkeep",), ("doubles:duplicates",), ("doubles:doubles_search",), ("directory:coverage",)]
    found += [("home:lost_files",), ("home:account_events",)]
    found += [(f"meetings:{tab}", world.meeting.reference) for tab in (*tabs, "invite", "edit_meeting", "add_item")]
    found += [("recommendations:meeting_recommendations", world.meeting.reference)]
    for meeting in world.meetings:
        found += [(f"meetings:{tab}", meeting.reference) for tab in ("meeting", "participation", "minutes", "calendar")]
    for recommendation in world.recommendations:
        found += [
            (f"recommendations:{name}", recommendation.reference) for name in ("recommendation", "report_progress")
        ]
    found += [("meetings:report_status", report.pk) for report in world.meeting.reports.all()]
    found += [
        ("directory:actor", actor.slug)
        for actor in Actor.objects.exclude(kind="association")[:: len(Attendance.Status)]
    ]
    found += [("directory:space", space.slug) for space in Space.objects.all()]
    owner = Responsibility.objects.first().actor
    found += [(f"directory:{name}", owner.slug) for name in ("actor", "focal_points", "edit_actor")]
    found += [("roles:actor_roles", owner.slug)]
    found += [("roles:matrix_cell", role.theme.code, role.territory_id) for role in Responsibility.objects.all()]
    found += [("directory:printout", printout.pk) for printout in Printout.objects.all()]
    found += [("directory:hand_over_sheet", row.pk) for row in HandOver.objects.all()]
    found += [("directory:proposed_change", proposal.pk) for proposal in world.proposals]
    for run in world.imports:
        found += [(f"imports:{name}", run.pk) for name in ("actor_import", "import_rows", "import_result")]
    asked = {
        "meetings:meetings": ["sort=state"],
        "directory:actors": ["sort=kind"],
        "recommendations:recommendations": ["view=state", "view=institution", "view=due", "state=draft", "sort=state"],
    }
    with override("ar"):
        lists = [f"{reverse(name)}?{question}" for name, questions in asked.items() for question in questions]
        offers = [offer.path_in_mail() for offer in AccountOffer.objects.all()]
        return [*(reverse(name, args=arguments) for name, *arguments in found), *lists, *offers]


def text(page: str) -> str:
    """What people read of it."""
    body = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", body))


def flaws(page: str) -> list[str]:
    """Headings without a word, values as the code writes them, English words on an Arabic page."""
    words = re.sub(r"\S+(@|://)\S+", " ", text(page))
    found = [match.group(0) for match in EMPTY.finditer(re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL))]
    found += [word for word in re.findall(r"\w+", words) if word in CODES | WORDS]
    return found + re.findall(r"\b[A-Z]\w+\.[A-Z_]{2,}\b", words)


def names(actors: list[Actor]) -> set[str]:
    return {actor.name_ar for actor in actors}


def test_the_world_holds_every_value_of_every_choice(world):
    wanting = {}
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in PACKAGES or model.__name__.startswith("Historical"):
            continue
        for field in model._meta.fields:
            key = f"{model.__name__}.{field.name}"
            if field.choices and field.name != "language" and key not in FIELDS_APART:
                held = model._default_manager.order_by().values_list(field.name, flat=True)
                if left := {value for value, _label in field.flatchoices} - set(held):
                    wanting[key] = left
    assert wanting == {}


@pytest.mark.parametrize("reader", [*READERS, "administrator"])
def test_every_page_says_it_in_words(world, as_user, reader):
    client = as_user(world.readers[reader])
    shown, told = set(), {}
    for address in pages(world):
        answer = client.get(address)
        if answer.status_code == 200:
            shown.add(address)
        if answer.status_code not in {200, 302, 403, 404, 410} or (found := flaws(answer.content.decode())):
            told[address] = answer.status_code if answer.status_code >= 500 else found
    assert told == {}
    tabs = ("", "participation/", "documents/", "report/", "recommendations/")
    assert shown >= {f"/ar/meetings/{world.meeting.reference}/{tab}" for tab in tabs}


def text_of(answer) -> str:
    return text(answer.content.decode())


def in_order(text: str, words: list[str]) -> bool:
    """Each word stands after the one before it."""
    return re.search(".*".join(map(re.escape, words)), text, re.DOTALL) is not None


def test_every_institution_stands_under_the_heading_of_its_kind(world, as_user):
    address = f"/ar/meetings/{world.meeting.reference}/"
    here = [actor for status in Attendance.HERE for actor in world.institutions[status]]
    with override("ar"):
        headings = [str(kind.heading) for kind in Actor.Kind]
        inside_only = [str(one.label) for one in (*Invitation.Answer, *Attendance.Status)]
        in_public = {str(status.in_public.label) for status in Attendance.HERE}
    for reader in READERS:
        client, inside = as_user(world.readers[reader]), reader != "visitor"
        table, start = text_of(client.get(f"{address}participation/")), text_of(client.get(address))
        assert {name for name in names(world.invited) if name in table} == names(world.invited if inside else here)
        assert in_order(table, headings)
        assert in_order(start, headings)
        assert {word for word in inside_only if word in table} == (set(inside_only) if inside else in_public)


def test_every_state_of_a_recommendation_is_said_or_kept_from_the_public(world, as_user):
    agreed = {state for state in Recommendation.State if state not in Recommendation.NOT_AGREED}
    for reader in READERS:
        page = text_of(as_user(world.readers[reader]).get(f"/ar/meetings/{world.meeting.reference}/recommendations/"))
        shown = {row.state for row in world.recommendations if row.text_ar in page}
        with override("ar"):
            said = {state for state in Recommendation.State if str(state.label) in page}
        if reader == "visitor":
            assert (shown, said) == (agreed, {state.in_public for state in agreed})
        else:
            assert shown >= agreed
            assert said >= agreed


def test_every_answer_part_obstacle_and_entry_is_said_to_those_concerned(world, as_user):
    """What was returned leaves the page; that an entry is cleared goes without saying."""
    client = as_user(world.readers["member"])
    pages = " ".join(text_of(client.get(f"/ar/recommendations/{row.reference}/")) for row in world.recommendations)
    said = [*Assignment.Answer, *Assignment.Part, *FollowUp.Obstacle, *FollowUp.Clearance, *Recommendation.Progress]
    with override("ar"):
        assert [str(kind.heading) for kind in FollowUp.Kind if str(kind.heading) not in pages] == []
        silent = {one for one in said if str(one.label) not in pages}
    assert silent == {Assignment.Answer.RETURNED, FollowUp.Obstacle.NONE, FollowUp.Clearance.CLEARED}


@pytest.fixture
def printed(monkeypatch) -> list[str]:
    """The pages as they went to the printer."""
    found: list[str] = []
    drawn = pdf.render_to_string
    monkeypatch.setattr(pdf, "render_to_string", lambda *given: found.append(drawn(*given)) or found[-1])
    return found


def test_a_report_lists_every_kind_in_order_and_in_public_the_present_only(world, printed):
    for language, audience in product(["ar", "fr"], Report.Audience):
        data = collect(world.meeting, language=language, audience=audience)
        report = Report(meeting=world.meeting, language=language, audience=audience, number=9, data=data)
        assert draw(report).startswith(b"%PDF")
        page, public = text(printed[-1]), audience == Report.Audience.PUBLIC
        with override(language):
            assert in_order(page, [str(kind.heading) for kind in Actor.Kind])
            here = {str(actor.name) for status in Attendance.HERE for actor in world.institutions[status]}
            every = {str(actor.name) for actor in world.invited}
            assert {name for name in every if name in page} == (here if public else every)
            statuses = {str(status.label) for status in Attendance.Status}
            shown = {str(status.in_public.label) for status in Attendance.HERE} if public else statuses
            rows = [row for group in data["sections"]["attendance"]["groups"] for row in group["rows"]]
            assert {row["status"] for row in rows} == {status for status in statuses if status in page} == shown
            agreed = [state for state in Recommendation.State if state not in Recommendation.NOT_AGREED]
            assert in_order(page, [str((state.in_public if public else state).label) for state in agreed])
            assert all(str(item.title) in page for item in world.meeting.items.all())
        assert language == "fr" or flaws(printed[-1]) == []


MAILS = [
    ("meetings.answered", "answer", Invitation.Answer),
    ("meetings.minutes_reviewed", "answer", MinutesReview.Answer),
    ("recommendations.assigned", "part", Assignment.Part),
    ("recommendations.assignment_answered", "answer", Assignment.Answer),
    ("recommendations.reported", "state", Recommendation.State),
    ("roles.role_named", "part", Responsibility.Part),
    ("directory.sheet_stale", "kind", Actor.Kind),
]


def test_every_mail_says_every_value_in_words(world):
    abouts = {"meetings": world.meeting, "recommendations": world.recommendations[1]}
    for (kind, name, choice), language in product(MAILS, ["ar", "fr"]):
        for member in choice:
            about = abouts.get(kind.partition(".")[0], world.invited[0])
            if choice is Actor.Kind:
                about = next(actor for actor in world.invited if actor.kind == member)
            getattr(about, "meeting", about).language = language  # a mailbox reads the meeting's
            context = {"actor": world.invited[0], "theme": "مجال", "territory": "تراب", name: member.label}
            [row] = notify(Recipient("office@example.org", language), kind=kind, about=about, context=context)
            message = render(row)
            with override(language):
                assert str(member.label) in message.text
                assert str(member.label) in text(message.html)
            assert language == "fr" or flaws(message.html) == []


def sheet_of(answer) -> str:
    book = load_workbook(io.BytesIO(content_of(answer)))
    return "\n".join(str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row if cell)


def test_every_file_says_every_value_in_words(world, as_user):
    files = {
        "actors/": (Actor.Kind, "kind", Actor.objects),
        "spaces/": (Space.Kind, "kind", Space.objects),
        "meetings/": (Meeting.State, "state", Meeting.objects),
        "recommendations/": (Recommendation.State, "shown_state", Recommendation.objects.adopted()),
    }
    for reader, address, form in product(READERS, files, ["xlsx", "csv"]):
        choice, field, rows = files[address]
        user = world.readers[reader]
        seen = rows.visible_to(user)
        held = (seen.as_shown_to(user) if field == "shown_state" else seen).order_by().values_list(field, flat=True)
        answer = as_user(user).get(f"/ar/{address}?export={form}")
        said = sheet_of(answer) if form == "xlsx" else content_of(answer).decode("utf-8-sig")
        with override("ar"):
            assert {str(choice(value).label) for value in held} <= {
                label for label in map(str, choice.labels) if label in said
            }
        assert len(set(held)) >= len(choice) // 2
        assert set(re.findall(r"\w+", said)) & CODES == set()


def test_a_calendar_says_of_every_state_whether_the_meeting_takes_place(world, as_user):
    said = {}
    for meeting in world.meetings:
        answer = as_user(world.readers["secretariat"]).get(f"/ar/meetings/{meeting.reference}/calendar.ics")
        [event] = Calendar.from_ical(answer.content).walk("VEVENT")
        said[meeting.state] = str(event["STATUS"])
    assert set(said) == set(Meeting.State)
    assert {state for state, status in said.items() if status == "CONFIRMED"} == {*Meeting.RUNNING, *Meeting.TOOK_PLACE}
