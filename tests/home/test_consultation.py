"""Loading the consultation: what the sources say, once, and a demonstration around it."""

import pytest
from django.core.management import CommandError, call_command

from actors.directory.models import Actor, Space
from meetings.models import Invitation, Meeting
from portal.accounts.models import User
from portal.home.loads.demonstration import ACCOUNTS, PASSWORD
from portal.notifications.models import Notification
from recommendations.models import Assignment, Recommendation
from tests.region import load_region

pytestmark = pytest.mark.django_db


@pytest.fixture
def reference():
    load_region()


def test_the_facts_alone_name_no_invited_no_lead_and_no_deadline(reference):
    call_command("load_consultation", verbosity=0)

    meeting = Meeting.objects.get()
    assert str(meeting.title_ar) == "لقاء جهوي للتشاور حول تعزيز آليات التنسيق في مجال الهجرة بجهة الشرق"
    assert meeting.organiser.acronym == "ASTICUDE"
    assert meeting.space is None
    assert not meeting.times_known
    assert meeting.items.count() == 5
    assert list(Space.objects.order_by("code").values_list("code", flat=True)) == ["NDC", "NDR"]
    assert set(Actor.objects.values_list("slug", flat=True)) == {"asticude", "commune-beni-ensar"}
    assert [row.axis.code for row in Recommendation.objects.order_by("reference")] == [
        "clarify_roles",
        "strengthen_coordination",
        "unite_efforts",
        "cross_cutting",
    ]
    assert not Invitation.objects.exists()
    assert not Assignment.objects.exists()
    assert not Recommendation.objects.exclude(due_on=None).exists()
    assert not hasattr(meeting, "minutes")


def test_the_demonstration_shows_every_state_and_adds_nothing_twice(reference, capsys):
    call_command("load_consultation", demonstration=True)
    rows = {model: model.objects.count() for model in (Actor, Meeting, Recommendation, Assignment, User)}
    states = set(Recommendation.objects.values_list("state", flat=True))
    assert states == set(Recommendation.State.values)
    assert not Recommendation.objects.filter(meeting__reference="ASTICUDE-2025-01", due_on=None).exists()
    assert Recommendation.objects.overdue().exists()
    assert Recommendation.objects.due_soon().exists()
    assert Recommendation.objects.silent().exists()
    assert Assignment.objects.filter(answer=Assignment.Answer.RETURNED).exists()

    capsys.readouterr()
    call_command("load_consultation", demonstration=True)
    assert capsys.readouterr().out == "Consultation: nothing to add.\n"
    assert {model: model.objects.count() for model in rows} == rows
    assert not Notification.objects.exists()


def test_demonstration_words_stand_only_with_demonstration_institutions(reference):
    call_command("load_consultation", demonstration=True, verbosity=0)
    real = Actor.objects.filter(slug__in=("asticude", "commune-beni-ensar"))

    assert all("تجريبية" in actor.name_ar for actor in Actor.objects.exclude(pk__in=real))
    assert not Assignment.objects.filter(actor__in=real, recommendation__meeting__reference="ASTICUDE-2025-01").exists()
    assert all(
        entry.account.startswith("نموذج") or not entry.account
        for recommendation in Recommendation.objects.all()
        for entry in recommendation.follow_ups.all()
    )


def test_the_five_accounts_have_the_printed_password(reference):
    call_command("load_consultation", demonstration=True, verbosity=0)
    assert [user.email for user in User.objects.order_by("pk")] == [email for email, _ in ACCOUNTS]
    assert all(user.check_password(PASSWORD) for user in User.objects.all())
    assert [user.email for user in User.objects.filter(is_administrator=True)] == ["admin@demo.test"]


def test_a_demonstration_is_refused_where_none_is_wanted(reference, settings):
    settings.IS_DEMO = False
    with pytest.raises(CommandError, match="known passwords"):
        call_command("load_consultation", demonstration=True)
    assert not User.objects.exists()


def test_without_reference_data_the_command_says_what_to_do_first(db):
    with pytest.raises(CommandError, match="load_reference"):
        call_command("load_consultation")
