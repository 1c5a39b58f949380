"""What somebody reads on the pages and in what the portal makes for them, by the words planted in every text."""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain
from typing import Any
from unittest.mock import patch
from zipfile import ZipFile, is_zipfile

from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from actors.directory.models import Actor, HandOver, Printout, ProposedChange, Space
from actors.directory.work import produce
from actors.imports.models import ActorImport
from meetings.actions.feeds import renew_feed
from meetings.models import Meeting, Report
from meetings.reading.month import key_of
from meetings.rules.feeds import token_of
from recommendations.models import Recommendation
from recommendations.views import results
from tests.answers import content_of
from tests.security.mails import mails
from tests.security.papers import printing, text_of
from tests.security.world import Planted, Walked

WORD = re.compile(rb"zq[a-z]{3}qz")
#: what is read of a meeting, a recommendation, an institution, a space
READ = {
    Meeting: ("meetings:meeting", "meetings:participation", "meetings:minutes", "meetings:documents",
              "recommendations:meeting_recommendations", "recommendations:meeting_results"),
    Recommendation: ("recommendations:recommendation",),
    Actor: ("directory:actor", "directory:actor_activity", "roles:actor_roles", "directory:focal_points"),
    Space: ("directory:space",),
    HandOver: ("directory:hand_over_sheet",),
    ProposedChange: ("directory:proposed_change",),
}  # fmt: skip
LISTS = ("home:home", "meetings:meetings", "recommendations:recommendations", "directory:actors", "directory:spaces",
         "directory:coverage", "roles:matrix", "roles:matrix_findings", "directory:upkeep", "doubles:duplicates",
         "doubles:merges")  # fmt: skip
KEYS = {Meeting: "reference", Recommendation: "reference", Actor: "slug", Space: "slug"}
#: the views that hand out a file: lists, what is made of a thing, and what people handed in or everybody has
EXPORTS = {*LISTS[1:], "meetings:participation", "meetings:calendar", "imports:import_left_out"}
MADE = {
    "meetings:download_report",
    "meetings:download_annex",
    "directory:download_printout",
    "recommendations:results_picture",
}
NOT_MADE = {"meetings:download_document", "recommendations:download_evidence", "directory:actor_logo", "home:picture",
            "home:manifest", "meetings:calendar_by_link"}  # fmt: skip
#: one text in three languages is one thing that is told
Told = tuple[type, Any, str]


def told_in(content: bytes, planted: dict[str, Planted]) -> set[Told]:
    found = (planted[word] for word in {word.decode() for word in WORD.findall(content)} & planted.keys())
    return {(one.model, one.pk, re.sub(r"_(ar|fr|en)$", "", one.field)) for one in found}


def fetched(client: Client, addresses: Iterable[str]) -> Iterator[bytes]:
    """The content of each that is there for this client; of a workbook the sheets, of a PDF the text."""
    for address in addresses:
        answer = client.get(address)
        content = content_of(answer)
        if answer.status_code == 200:
            yield text_of(unpacked(content))


def unpacked(content: bytes) -> bytes:
    if not is_zipfile(BytesIO(content)):
        return content
    with ZipFile(BytesIO(content)) as book:
        return b"".join(book.read(name) for name in book.namelist())


def of_all(model: Any, *names: str) -> Iterator[str]:
    for key in model._default_manager.values_list(KEYS.get(model, "pk"), flat=True):
        yield from (reverse(name, args=[key]) for name in names)


def pages() -> Iterator[str]:
    for model, names in READ.items():
        yield from of_all(model, *names)
    yield from (reverse(name) + query for name in LISTS for query in ("", "?page=2"))
    yield from (reverse("meetings:month") + f"?month={key_of(row.begins_on)}" for row in Meeting.objects.all())
    yield from (f"{reverse('meetings:subscribe')}?space={row.slug}" for row in Space.objects.all())


def exports() -> Iterator[str]:
    """The lists as spreadsheets and texts, and the entries of the calendar."""
    lists = [
        *map(reverse, LISTS[1:]),
        *of_all(Meeting, "meetings:participation"),
        *of_all(ActorImport, "imports:import_left_out"),
    ]
    yield from (f"{address}?export={kind}" for address in lists for kind in ("csv", "xlsx"))
    yield f"{reverse('directory:actors')}?export=xlsx&layout=import"
    yield from of_all(Meeting, "meetings:calendar")
    yield from (reverse("public_feed"), *of_all(Space, "space_feed"))


def own_feed(user: Any) -> Iterator[str]:
    """The secret address of a person's calendar."""
    if user.is_authenticated:
        yield reverse("person_feed", args=[token_of(renew_feed(user, by=user))])


def drawn(client: Client) -> Iterator[bytes]:
    """What the pictures of results say, before it is drawn."""
    with patch.object(results, "drawn", lambda picture: repr(picture).encode()):
        yield from fetched(client, of_all(Meeting, "recommendations:results_picture"))


def ordered(client: Client) -> Iterator[str]:
    """The printouts that this client orders on the pages, made as a worker makes them."""
    before = set(Printout.objects.values_list("pk", flat=True))
    for address in (
        reverse("roles:print_matrix"),
        reverse("directory:print_coverage"),
        *of_all(HandOver, "directory:hand_over_sheet"),
    ):
        for sent in ({"language": "ar"}, {"language": "fr", "audience": "public"}):
            client.post(address, sent)
    for printout in Printout.objects.exclude(pk__in=before):
        with printing():
            assert produce(printout.pk), printout.error
        yield reverse("directory:download_printout", args=[printout.pk])


def read_by(client: Client, user: Any, world: Walked) -> tuple[set[Told], dict[str, set[Told]], dict[str, int]]:
    """What this client is told on the pages, and by kind in what is made for them; how many of each were read."""
    with override("ar"):
        found = {
            "pages": list(fetched(client, pages())),
            "exports": list(fetched(client, chain(exports(), own_feed(user)))),
            "reports": list(fetched(client, of_all(Report, "meetings:download_report", "meetings:download_annex"))),
            "printouts": list(fetched(client, ordered(client))),
            "pictures": list(drawn(client)),
            "mails": list(mails(user)),
        }
    told = {
        kind: set().union(*(told_in(content, world.words) for content in contents)) for kind, contents in found.items()
    }
    return told.pop("pages"), told, {kind: len(contents) for kind, contents in found.items()}


def hidden(told: Iterable[Told], user: Any, rows: dict[type, set[Any]]) -> list[Told]:
    """Of what was told, the rows that this person may not see by their own `visible_to`; `rows` keeps which they do."""
    found = []
    for model, pk, field in told:
        manager: Any = model._default_manager  # type: ignore[attr-defined]
        if hasattr(manager, "visible_to") and model not in rows:
            rows[model] = set(manager.visible_to(user).values_list("pk", flat=True))
        if model in rows and pk not in rows[model]:
            found.append((model, pk, field))
    return found
