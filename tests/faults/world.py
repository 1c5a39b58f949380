"""What the load finds: a space with a secretariat and a commune that leads a recommendation; and what came of it."""

from collections import Counter
from pathlib import Path

from django.db import close_old_connections
from django.utils import timezone

from actors.directory.models import Printout
from portal.notifications.models import Notification
from recommendations.models import FollowUp
from tests import factories, people

MEETING = "TST-2026-01"
RECOMMENDATION = f"{MEETING}-R1"


def make() -> None:
    association, commune, service = people.make_association(), people.make_commune(), people.make_service()
    space = people.make_space(association, commune, service)
    for who, actor in (("secretariat", association), ("officer", commune), ("member", service)):
        people.make_person(who, actor)
    meeting = factories.MeetingFactory(reference=MEETING, space=space, organiser=association, state="held")
    lead = factories.RecommendationFactory(meeting=meeting, reference=RECOMMENDATION)
    factories.AssignmentFactory(recommendation=lead, actor=commune)


def lost_and_doubled(sent: list[str], orders: int, book: Path) -> list[str]:
    """What is wrong, one line each: an update, an order or a mail that is not there once."""
    close_old_connections()
    wrong = []
    kept = Counter(FollowUp.objects.values_list("account", flat=True))
    wrong += [f"an update is there {kept[text]} times: {text}" for text in sent if kept[text] != 1]
    wrong += [f"{count} updates that nobody was told of" for count in [len(kept) - len(sent)] if count > 0]
    made = list(Printout.objects.values_list("state", flat=True))
    if made != ["ready"] * orders:
        wrong.append(f"{orders} orders answered as taken, {len(made)} rows, {made.count('ready')} files")
    took = Counter(book.read_text(encoding="utf-8").split()) if book.exists() else Counter()
    for pk, state in Notification.objects.values_list("pk", "state"):
        times = took[f"<notification.{pk}@127.0.0.1>"]
        if (state == "sent" and times != 1) or (state == "unknown" and times > 1) or state in {"waiting", "failed"}:
            wrong.append(f"the mail {pk} is {state}, and was taken {times} times")
    return wrong


def unfinished() -> int:
    """How much still waits for a worker."""
    close_old_connections()
    mails = Notification.objects.filter(state__in=("waiting", "failed"))
    return mails.count() + Printout.objects.filter(state="waiting").count()


def hurry() -> None:
    """What failed is due now: no pause of hours is waited for."""
    close_old_connections()
    Notification.objects.filter(state="failed").update(next_attempt_at=timezone.now())
