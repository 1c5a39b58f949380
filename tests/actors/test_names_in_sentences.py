"""Names inside sentences keep to themselves, whatever script surrounds them; headings come in their order."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from actors.directory.models import HandOver
from actors.directory.reports.hand_over import sheet_title
from portal.core.dates import today
from tests import factories

FSI, PDI = "\u2068", "\u2069"


@pytest.fixture
def things(commune, space, manager, places):
    contact = factories.ContactFactory(actor=commune, role_ar="Bureau", role_fr="")
    theme = factories.ThemeFactory(name_ar="Santé", name_fr="Santé")
    return {
        "remove_contact": (contact, ["Bureau"]),
        "end_focal_point": (factories.FocalPointFactory(contact=contact), ["Bureau"]),
        "end_member": (space.members.get(actor=commune), [commune.name_ar, space.name_ar]),
        "end_membership": (commune.memberships.get(user=manager), [manager.name, commune.name_ar]),
        "end_role": (
            factories.ResponsibilityFactory(actor=commune, theme=theme, territory=places["02.381"]),
            ["Santé", places["02.381"].name_ar, commune.name_ar],
        ),
        "contest_role": (
            factories.ResponsibilityFactory(actor=commune, theme=theme, territory=places["02"]),
            ["Santé", places["02"].name_ar],
        ),
        "call_off_hand_over": (
            HandOver.objects.create(actor=commune, day=today().replace(year=today().year + 1), written=[{}]),
            [commune.name_ar],
        ),
    }


@pytest.mark.parametrize(
    "page",
    [
        "remove_contact", "end_focal_point", "end_member", "end_membership", "end_role", "contest_role",
        "call_off_hand_over",
    ],
)  # fmt: skip
def test_a_name_in_a_question_is_isolated(as_user, manager, administrator, things, page):
    thing, names = things[page]
    person = manager if page == "contest_role" else administrator
    with translation.override("ar"):
        url = reverse(f"{'roles' if page.endswith('_role') else 'directory'}:{page}", args=[thing.pk])
    seen = as_user(person).get(url).content.decode()
    question = re.search(r"<h1>(.*?)</h1>", seen, re.DOTALL)[1]
    assert re.findall(r"<bdi>(.*?)</bdi>", question) == sorted(names, key=question.index)


def test_names_in_a_message_and_in_the_title_of_a_printout_are_isolated(as_user, administrator, commune):
    commune.state = "draft"
    commune.save()
    answer = as_user(administrator).post("/ar/actors/upkeep/ask/", {"pick": commune.pk}, follow=True)
    assert f"{FSI}{commune.full_name}{PDI}" in answer.content.decode()
    assert f"{FSI}{commune.name}{PDI}" in sheet_title(HandOver(actor=commune, day=today()))


def test_what_changed_has_no_heading_before_the_one_above_it(as_user, manager, commune):
    factories.ContactFactory(actor=commune)
    page = as_user(manager).get("/fr/actors/commune-a/changes/").content.decode().partition("<main")[2]
    assert -1 < page.index("<h2") < page.index("<h3")


#: variables of sentences that stand for somebody's words, in whatever script
NAMES = {"actor", "author", "lead", "name", "person", "place", "project", "reason", "space", "theme", "title"}
#: in an attribute there is no element to isolate with, and what is only heard has no order to lose
UNSEEN = re.compile(r'(="[^"{]*|visually-hidden">)\{% blocktranslate.*?\{% endblocktranslate %\}', re.DOTALL)
SENTENCE = re.compile(r"\{% blocktranslate([^%]*)%\}(.*?)\{% endblocktranslate %\}", re.DOTALL)


def test_a_name_in_a_sentence_of_a_page_is_isolated():
    bare = []
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        for options, text in SENTENCE.findall(UNSEEN.sub("", path.read_text())):
            isolated = set(re.findall(r"(\w+)=\S+\|isolated", options))
            said = set(re.findall(r"\{\{ (\w+) \}\}", re.sub(r"<bdi>.*?</bdi>", "", text)))
            bare += [f"{path.name}: {text}" for _name in (said & NAMES) - isolated]
    assert bare == []
