"""Two people act on one sheet at the same moment: one act is done, the other told why not."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import translation

from actors.directory import actions
from actors.directory.models import Actor, FocalPoint, Membership, SpaceMember
from actors.doubles.actions import merge_actors
from actors.doubles.models import Merge
from actors.roles import actions as roles
from actors.roles.models import Responsibility
from portal.accounts.models import User
from portal.core.dates import today
from portal.core.errors import Refused
from tests import factories

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory knows one writer"),
    pytest.mark.django_db(transaction=True),
]


def at_once(*acts) -> list[str]:
    """What each of the acts ended in, `done` or the sentence of its refusal; they begin together."""
    start, told = Barrier(len(acts)), []

    def run(act):
        start.wait()
        try:
            with translation.override("en"):
                act()
            told.append("done")
        except Refused as refusal:
            told.append(str(refusal))
        except Exception as error:
            told.append(repr(error))
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told, key=lambda word: word != "done")


def test_two_focal_points_named_at_once_are_not_two_holders(commune, administrator):
    contacts = [factories.ContactFactory(actor=commune) for _number in range(2)]
    told = at_once(*(
        lambda contact=contact: actions.add_focal_point(
            Actor.objects.get(pk=commune.pk), contact=contact, part=FocalPoint.Part.HOLDER, starts_on=None,
            by=administrator,
        )
        for contact in contacts
    ))  # fmt: skip
    assert told == ["done", "The present focal point began on that day or later: choose a later day."]
    assert commune.focal_points.count() == 1


def test_two_managers_who_end_each_other_leave_one(commune):
    rows = [factories.MembershipFactory(actor=commune, part=Membership.Part.MANAGER) for _number in range(2)]
    told = at_once(*(
        lambda row=row, by=by: actions.end_membership(
            Membership.objects.select_related("actor").get(pk=row.pk), ends_on=today(),
            by=User.objects.get(pk=by.user_id),
        )
        for row, by in (rows, rows[::-1])
    ))  # fmt: skip
    assert told == ["done", "The institution would have no manager left: name another one first."]
    assert commune.memberships.filter(ends_on=None).count() == 1


def test_the_same_role_entered_twice_at_once_is_one(commune, administrator):
    theme, place = factories.ThemeFactory(), factories.TerritoryFactory()
    enter = lambda: roles.add_role(  # noqa: E731
        Actor.objects.get(pk=commune.pk), theme=theme, territory=place, part="1_leads", by=administrator
    )
    told = at_once(enter, enter)
    assert told == ["done", "This institution already has a role here: change that one or end it."]
    assert Responsibility.objects.count() == 1


def test_the_same_sheet_added_twice_at_once_is_one_or_a_sentence(administrator):
    add = lambda: actions.add_actor(kind="association", name_ar="جمعية", acronym="ABC", by=administrator)  # noqa: E731
    told = at_once(add, add)
    assert told[0] == "done"
    assert told[1] in {
        "Somebody else has just changed this. Reload the page to see where it stands.",
        "An institution with this name and this seat is already in the directory.",
    }
    assert Actor.objects.count() == 1


def test_a_space_gets_one_chair(administrator):
    space = factories.SpaceFactory()
    actors = [factories.ActorFactory() for _number in range(2)]
    told = at_once(*(
        lambda actor=actor: actions.add_member(space, actor=actor, part=SpaceMember.Part.CHAIR, by=administrator)
        for actor in actors
    ))  # fmt: skip
    assert told == ["done", "This space already has a chair: end that term first."]
    assert space.members.count() == 1


def test_two_people_merge_the_same_pair_at_once(administrator):
    kept, gone = factories.ActorFactory(slug="kept"), factories.ActorFactory(slug="gone")
    factories.InvitationFactory(actor=gone)
    told = at_once(*(
        lambda winner=winner, loser=loser: merge_actors(winner, loser=loser, by=administrator)
        for winner, loser in ((kept, gone), (gone, kept))
    ))  # fmt: skip
    assert told[0] == "done"
    assert "already" in told[1]
    assert Merge.objects.count() == 1
