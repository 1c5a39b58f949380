"""The pages that are measured, and who opens them."""

from dataclasses import dataclass, replace

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Count
from django.urls import reverse
from django.utils import translation

from actors.directory.models import Actor, Space
from meetings.models import Meeting
from portal.accounts.models import User
from recommendations.models import Recommendation

#: who opens pages: the beginning of their address, '' for a visitor
VISITOR, OFFICER, SECRETARIAT, ADMINISTRATOR = "", "officer-50", "secretariat", "administrator"
#: of these it is also measured what the next visitor costs, and what it costs to say that nothing has changed
UNCHANGED = frozenset({"visitor's page", "directory", "register, visitor"})


@dataclass(frozen=True)
class Page:
    """One page, as one reader opens it."""

    name: str
    reader: str
    path: str
    #: whether it was drawn for another visitor already, or asked by this reader, and nothing is written since
    kept: bool = False
    #: whether it is asked for by a browser that has it already, unchanged
    again: bool = False


def pages() -> list[Page]:
    """Every page of the table; those of rows that the volume is too small for are left out."""
    with translation.override("ar"):
        found = [Page(name, reader, path) for name, reader, path in _paths() if path]
    unchanged = [page for page in found if page.name in UNCHANGED]
    desks = [page for page in found if page.name.startswith("desk")]
    kept = [replace(page, name=f"{page.name}, kept", kept=True) for page in [*unchanged, *desks]]
    return [*found, *kept, *(replace(page, name=f"{page.name}, 304", again=True) for page in unchanged)]


def _paths() -> list[tuple[str, str, str]]:
    actors, meetings = reverse("directory:actors"), reverse("meetings:meetings")
    register, search = reverse("recommendations:recommendations"), reverse("home:search")
    listed = Recommendation.objects.adopted().count()
    deep = Recommendation.objects.adopted().in_order()[min(25_000, listed - 1)]
    large = Meeting.objects.annotate(items_there=Count("items")).order_by("-items_there")[0]
    sheet = Actor.objects.published().get(pk=large.organiser_id)
    space = large.space
    return [
        ("visitor's page", VISITOR, reverse("home:home")),
        ("desk, officer", OFFICER, reverse("home:home")),
        ("desk, secretariat", SECRETARIAT, reverse("home:home")),
        ("desk, administrator", ADMINISTRATOR, reverse("home:home")),
        ("directory", VISITOR, actors),
        ("directory, last page", VISITOR, f"{actors}?page=last"),
        ("directory, search", VISITOR, f"{actors}?q=جمعية الأمل"),
        ("directory, officer", OFFICER, actors),
        ("sheet", OFFICER, reverse("directory:actor", args=[sheet.slug])),
        ("matrix", OFFICER, reverse("roles:matrix")),
        ("map", OFFICER, reverse("directory:coverage")),
        ("spaces", OFFICER, reverse("directory:spaces")),
        ("space", SECRETARIAT, reverse("directory:space", args=[space.slug]) if space else ""),
        ("meetings", OFFICER, meetings),
        ("meetings, 30th page", OFFICER, f"{meetings}?page=30"),
        ("calendar month", OFFICER, reverse("meetings:month")),
        ("feed of a space", VISITOR, _feed()),
        ("meeting with 20 items", SECRETARIAT, reverse("meetings:meeting", args=[large.reference])),
        ("calendar of a meeting", SECRETARIAT, reverse("meetings:calendar", args=[large.reference])),
        ("participation of 60", SECRETARIAT, reverse("meetings:participation", args=[large.reference])),
        ("register, visitor", VISITOR, register),
        ("register, officer", OFFICER, register),
        ("register, page 1,000", OFFICER, f"{register}?page=at-{deep.meeting_starts_at:%Y}"),
        ("register, search", OFFICER, f"{register}?q=خلية استقبال الناظور"),
        ("register by state", OFFICER, f"{register}?view=state"),
        ("register by institution", OFFICER, f"{register}?view=institution"),
        ("register by due date", OFFICER, f"{register}?view=due"),
        ("search, visitor", VISITOR, f"{search}?q=الناظور"),
        ("search, officer", OFFICER, f"{search}?q=الناظور"),
        ("recommendation", OFFICER, _recommendation()),
    ]


def _feed() -> str:
    """Of the space that everybody sees with the most meetings."""
    spaces = Space.objects.filter(audience=Space.Audience.PUBLIC).annotate(meetings_there=Count("meetings"))
    row = spaces.order_by("-meetings_there", "pk").first()
    return reverse("space_feed", args=[row.slug]) if row else ""


def _recommendation() -> str:
    row = Recommendation.objects.open().filter(assignments__actor__memberships__user__email=f"{OFFICER}@volume.test")
    return reverse("recommendations:recommendation", args=[row.order_by("pk")[0].reference])


def sign_in(reader: str) -> str:
    """The cookie of a session of this reader; '' for a visitor."""
    if not reader:
        return ""
    user = User.objects.get(email=f"{reader}@volume.test")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}"
