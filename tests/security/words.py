"""What somebody reads on the pages and in the files the portal makes for them, by the words planted in every text."""

import json
import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile, is_zipfile

from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from actors.directory.models import Actor, Space
from meetings.models import Meeting, Report
from recommendations.models import Recommendation
from tests.answers import content_of
from tests.security.world import Planted, Walked

WORD = re.compile(rb"zq[a-z]{3}qz")
#: what is read of a meeting, a recommendation, an institution, a space
READ = {
    Meeting: ("meetings:meeting", "meetings:participation", "meetings:minutes", "meetings:documents",
              "recommendations:meeting_recommendations", "recommendations:meeting_results"),
    Recommendation: ("recommendations:recommendation",),
    Actor: ("directory:actor", "directory:actor_activity", "roles:actor_roles", "directory:focal_points"),
    Space: ("directory:space",),
}  # fmt: skip
LISTS = ("home:home", "meetings:meetings", "recommendations:recommendations", "directory:actors", "directory:spaces",
         "directory:coverage", "roles:matrix", "roles:matrix_findings", "directory:upkeep", "doubles:duplicates",
         "doubles:merges")  # fmt: skip
KEYS = {Meeting: "reference", Recommendation: "reference", Actor: "slug", Space: "slug"}
#: one text in three languages is one thing that is told
Told = tuple[type, Any, str]


def told_in(content: bytes, planted: dict[str, Planted]) -> set[Told]:
    found = (planted[word] for word in {word.decode() for word in WORD.findall(content)} & planted.keys())
    return {(one.model, one.pk, re.sub(r"_(ar|fr|en)$", "", one.field)) for one in found}


def fetched(client: Client, addresses: Iterable[str]) -> Iterator[bytes]:
    """The content of each that is there for this client; of a workbook the sheets."""
    for address in addresses:
        answer = client.get(address)
        content = content_of(answer)
        if answer.status_code == 200:
            yield unpacked(content)


def unpacked(content: bytes) -> bytes:
    if not is_zipfile(BytesIO(content)):
        return content
    with ZipFile(BytesIO(content)) as book:
        return b"".join(book.read(name) for name in book.namelist())


def pages() -> Iterator[str]:
    for model, names in READ.items():
        for key in model._default_manager.values_list(KEYS[model], flat=True):
            yield from (reverse(name, args=[key]) for name in names)
    yield from (reverse(name) + query for name in LISTS for query in ("", "?page=2"))


def files() -> Iterator[str]:
    """The lists as spreadsheets and texts, and the entries of the calendar."""
    yield from (f"{reverse(name)}?export={kind}" for name in LISTS[1:] for kind in ("csv", "xlsx"))
    yield f"{reverse('directory:actors')}?export=xlsx&layout=import"
    yield from (reverse("meetings:calendar", args=[key]) for key in Meeting.objects.values_list("reference", flat=True))


def reports(client: Client) -> Iterator[bytes]:
    """The frozen words of each report that is handed out to this client."""
    for report in Report.objects.all():
        answer = client.get(reverse("meetings:download_report", args=[report.pk]))
        if content_of(answer) and answer.status_code == 200:
            yield json.dumps(report.data, ensure_ascii=False).encode()


def read_by(client: Client, world: Walked) -> tuple[set[Told], set[Told], int]:
    """What this client is told on the pages, and in the files made for them; how many answers were read."""
    with override("ar"):
        shown = list(fetched(client, pages()))
        made = [*fetched(client, files()), *reports(client)]
    of = [set().union(*(told_in(content, world.words) for content in contents)) for contents in (shown, made)]
    return of[0], of[1], len(shown) + len(made)


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
