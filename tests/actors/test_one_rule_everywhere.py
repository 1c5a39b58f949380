"""A rule of the directory is one rule, whoever asks it: lists, mails, acts and other apps."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from actors.directory.actions.confirming import ask_confirmation
from actors.directory.models import Actor, Membership
from actors.directory.models.membership import managed_by
from actors.directory.permissions import can_edit_actor
from actors.directory.reading.upkeep import figures
from actors.directory.reminders import rungs
from actors.directory.rules.confirmation import LinkStanding, letter_of, token_for
from actors.directory.rules.recipients import recipients_of
from actors.directory.rules.twins import taken, twins
from actors.directory.sheets.keeping import renew_sheet
from actors.doubles.rules.candidates import find_candidates
from actors.doubles.rules.plan import plan_merge
from actors.imports.reading.preview import other_institutions
from portal.core.dates import today
from portal.core.errors import Refused
from portal.core.search import reindex
from portal.notifications.rules.recipients import Recipient
from recommendations.models import FollowUp
from recommendations.permissions import can_clear
from recommendations.rules.recipients import clearing_recipients
from tests import factories
from tests.desk import on_desk

OLD = timezone.now() - timedelta(days=800)
OFFICE = Recipient("office@example.org", "ar")


@pytest.fixture
def merged(commune):
    """A sheet nobody has confirmed for long, merged into the commune's; both have one name and a mailbox."""
    sheet = factories.ActorFactory(slug="gone", name_ar=commune.name_ar, seat=None, kind=commune.kind)
    factories.ContactFactory(actor=sheet, email=OFFICE.email)
    Actor.objects.filter(pk=sheet.pk).update(
        created_at=OLD, confirmed_on=None, state=Actor.State.ARCHIVED, merged_into=commune
    )
    reindex(Actor.objects.all())
    return Actor.objects.get(pk=sheet.pk)


def test_a_merged_sheet_is_nobodys_any_more(merged, commune, administrator):
    before = figures()
    assert (merged in Actor.objects.standing(), merged in Actor.objects.kept()) == (False, False)
    assert list(rungs(timezone.now(), merged)) == []
    assert letter_of(token_for(merged, OFFICE)).standing == LinkStanding.VOID
    assert ask_confirmation([merged], by=administrator).unpublished == [merged]
    assert other_institutions(merged.name_ar) == ([commune.pk], "")
    assert find_candidates().sheets == Actor.objects.count() - 1
    assert merged not in twins(name_ar=merged.name_ar, name_fr="", seat=None)
    Actor.objects.filter(pk=merged.pk).update(name_ar="اسم آخر")
    assert (("name_ar", "اسم آخر", None) in taken(), figures()) == (False, before)


def test_nothing_is_published_once_it_is_merged(merged):
    """So that whoever asks whether a sheet is published need not ask whether it was merged."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Actor.objects.filter(pk=merged.pk).update(state=Actor.State.PUBLISHED)


def test_every_act_refuses_a_merged_sheet_with_one_sentence(merged, association):
    told = set()
    merging = (partial(plan_merge, *sheets, {}) for sheets in ((association, merged), (merged, association)))
    for act in (partial(renew_sheet, merged), *merging):
        with pytest.raises(Refused) as refused, transaction.atomic():
            act()
        told.add(str(refused.value))
    assert len(told) == 1


@pytest.mark.parametrize(
    ("term", "serves"),
    [
        ({}, True),
        ({"ends_on": -1}, False),
        ({"starts_on": 1}, False),
        ({"part": "validator"}, False),
    ],
    ids=["in office", "over", "to come", "another part"],
)
def test_who_manages_an_institution(commune, term, serves):
    # days from the one on which the test runs, which may be another than that on which it was read
    term = {name: today() + timedelta(days=value) if name != "part" else value for name, value in term.items()}
    row = factories.MembershipFactory(actor=commune, **({"part": "manager"} | term))
    colleague = factories.MembershipFactory(actor=commune, part="contributor")
    assert (managed_by(row.user) == [commune.pk]) is serves
    assert can_edit_actor(row.user, commune) is serves
    assert (colleague in Membership.objects.visible_to(row.user)) is serves
    assert (row in Membership.objects.serving(today(), "manager")) is serves
    assert ([one.user for one in recipients_of(commune, part="manager")] == [row.user]) is serves


def test_a_closed_account_serves_nobody(commune):
    row = factories.MembershipFactory(actor=commune, part="manager", user__is_active=False)
    assert row not in Membership.objects.serving(today(), "manager")
    assert recipients_of(commune, part="manager") == []


@pytest.mark.parametrize("serves", [True, False], ids=["a validator", "no validator"])
def test_who_clears_an_entry(serves, commune, association, officer, manager, validator, member):
    """The validator; the manager where there is none: on the desk, in the mail and when it is done."""
    entry = FollowUp.objects.create(
        recommendation=factories.RecommendationFactory(meeting__organiser=association), on_behalf_of=commune,
        new_state="in_progress", account="…", drafted_at=timezone.now(), clearance=FollowUp.Clearance.WAITING,
    )  # fmt: skip
    if not serves:
        validator.is_active = False
        validator.save()
    clears = [validator] if serves else [manager]
    people = [person for person in (officer, manager, validator, member) if person.is_active]
    assert [person for person in people if can_clear(person, entry)] == clears
    assert [person for person in people if on_desk(person, "to-clear") == [str(entry.pk)]] == clears
    assert [recipient.user for recipient in clearing_recipients(commune)] == clears
