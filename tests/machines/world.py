"""What is there besides the world of the faults: a meeting that everybody may read once it is announced."""

from datetime import timedelta

from django.utils import timezone

from actors.directory.models import Actor
from portal.accounts.models import User
from tests import factories
from tests.faults import world

MEETING, INVITED = "TST-2026-02", 40


def make() -> None:
    world.make()
    organiser, begins = Actor.objects.get(slug="association"), timezone.now() + timedelta(days=7)
    meeting = factories.MeetingFactory(
        reference=MEETING, organiser=organiser, audience="public", state="draft",
        starts_at=begins, ends_at=begins + timedelta(hours=3),
    )  # fmt: skip
    for number in range(INVITED):  # none of them signs in, so no password is worked out
        user = User.objects.create(email=f"invited{number}@example.org", name=f"موظف {number}")
        actor = factories.MembershipFactory(user=user, part="manager").actor
        factories.InvitationFactory(meeting=meeting, actor=actor, sent_at=None)
