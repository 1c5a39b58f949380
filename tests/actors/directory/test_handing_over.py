"""One person takes over from another: post, parts and desk pass on a day, and nothing above moves."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from actors.directory import actions
from actors.directory import work as printouts
from actors.directory.models import Contact, FocalPoint, HandOver, Membership, Printout
from actors.directory.models.membership import parts_in
from actors.directory.rules.recipients import recipients_by_actor, recipients_of
from meetings.models import Invitation, Meeting, Minutes
from portal.accounts.models import User
from portal.core.errors import Refused
from portal.notifications.models import Notification
from portal.notifications.reminders import send_due
from recommendations.models import Assignment, FollowUp
from tests import factories

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
TODAY = date(2026, 11, 20)
pytestmark = pytest.mark.django_db
REACH = {"role_ar": "مكتب شؤون الهجرة", "email": "new@example.org", "phone": "", "audience": "members"}


@pytest.fixture(autouse=True)
def _in_november_and_in_english():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def point(commune, manager):
    """The commune's manager is its holder, at the office's mailbox."""
    contact = factories.ContactFactory(actor=commune, email="office@example.org", user=manager)
    return factories.FocalPointFactory(contact=contact, starts_on=date(2025, 1, 1))


def known_here(commune, person):
    """They took a part up once, which is over."""
    over = {"starts_on": date(2020, 1, 1), "ends_on": date(2020, 12, 31)}
    factories.MembershipFactory(actor=commune, user=person, part="contributor", **over)
    return person


@pytest.fixture
def newcomer(commune):
    person = factories.UserFactory(email="newcomer@example.org", name="خلف تجريبي", language="fr")
    return known_here(commune, person)


def fresh(user):
    """The person as the next request reads them: parts are kept on the user object."""
    return User.objects.get(pk=user.pk)


def details(**changes):
    return REACH | {"person": "", "consent_on": None} | changes


def refusal(actor, **asked):
    with pytest.raises(Refused) as caught:
        actions.hand_over(actor, **asked)
    assert HandOver.objects.count() == 0
    return caught.value


# What passes.


def test_post_parts_and_desk_pass_on_one_day(commune, manager, point, newcomer, administrator):
    factories.MembershipFactory(actor=commune, user=manager, part="validator", job_title="رئيس المصلحة")
    row = actions.hand_over(
        commune, day=TODAY, point=point, account="Newcomer@example.org ", details=details(), by=administrator
    )
    point.refresh_from_db()
    new = commune.focal_points.on(TODAY).get()
    assert (point.ends_on, new.starts_on, new.part) == (date(2026, 11, 19), TODAY, FocalPoint.Part.HOLDER)
    assert (new.contact.email, new.contact.user) == ("new@example.org", newcomer)
    assert parts_in(fresh(manager), commune) == frozenset()
    assert parts_in(fresh(newcomer), commune) == {"manager", "validator"}
    assert commune.memberships.get(user=newcomer, part="validator").job_title == "رئيس المصلحة"
    assert {membership.ends_on for membership in commune.memberships.filter(user=manager)} == {date(2026, 11, 19)}
    assert (row.post, row.parts, row.from_user, row.to_user) == (
        FocalPoint.Part.HOLDER, ["manager", "validator"], manager, newcomer,
    )  # fmt: skip
    assert new.history.get().history_user == administrator
    assert point.history.latest().history_user == administrator


def test_reminders_go_to_the_new_person_from_the_day_on(commune, association, manager, point, newcomer):
    meeting = factories.MeetingFactory(organiser=association, reference="TST-2026-01")
    invitation = factories.InvitationFactory(meeting=meeting, actor=commune, answer=Invitation.Answer.CONFIRMED)
    day = date(2026, 12, 1)
    actions.hand_over(commune, day=day, point=point, account=newcomer.email, details=details(), by=manager)
    assert [who.user for who in recipients_of(commune)] == [manager]
    assert recipients_by_actor([commune.pk], day)[commune.pk][0].user == newcomer
    Notification.objects.all().delete()
    before, after = datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2026, 12, 3, 9, tzinfo=UTC)
    for instant, person in ((before, manager), (after, newcomer)):
        with time_machine.travel(instant, tick=False):
            send_due(instant)
            assert list(Notification.objects.values_list("user", "kind")) == [(person.pk, "meetings.coming")]
            Notification.objects.all().delete()
            assert (parts_in(fresh(person), commune), parts_in(fresh(manager), commune)) == (
                {"manager"}, {"manager"} if person == manager else frozenset(),
            )  # fmt: skip
    invitation.refresh_from_db()
    assert invitation.actor == commune


def test_an_office_stays_where_it_is_and_the_former_details_leave_the_sheet(commune, manager, point, newcomer):
    same = {name: getattr(point.contact, name) for name in ("role_ar", "role_fr", "email", "phone", "audience")}
    actions.hand_over(commune, day=TODAY, point=point, account=newcomer.email, details=same, by=manager)
    shown = Contact.objects.visible_to(fresh(newcomer)).filter(actor=commune)
    assert [(contact.email, contact.user) for contact in shown] == [("office@example.org", newcomer)]
    assert commune.focal_points.count() == 2


def test_an_office_without_a_person_stays_on_the_sheet(commune, administrator):
    office = factories.ContactFactory(actor=commune, email="office@example.org")
    point = factories.FocalPointFactory(contact=office)
    other = factories.ContactFactory(actor=commune, email="second@example.org")
    actions.hand_over(commune, day=TODAY, point=point, contact=other, by=administrator)
    assert set(Contact.objects.visible_to(administrator).filter(actor=commune)) == {office, other}
    assert [who.email for who in recipients_of(commune)] == ["second@example.org"]


def test_the_alternate_who_becomes_holder_leaves_the_post_of_alternate(commune, point, newcomer, administrator):
    contact = factories.ContactFactory(actor=commune, user=newcomer)
    alternate = factories.FocalPointFactory(contact=contact, part=FocalPoint.Part.ALTERNATE)
    actions.hand_over(commune, day=TODAY, point=point, contact=contact, by=administrator)
    alternate.refresh_from_db()
    assert alternate.ends_on == date(2026, 11, 19)
    assert [(one.part, one.contact) for one in commune.focal_points.on(TODAY)] == [(FocalPoint.Part.HOLDER, contact)]


def test_parts_pass_without_a_post(commune, manager, validator, newcomer):
    row = actions.hand_over(commune, day=TODAY, giver=validator, account=newcomer.email, by=manager)
    assert parts_in(fresh(newcomer), commune) == {"validator"}
    assert (row.post, row.parts, row.to_contact) == ("", ["validator"], None)


def test_a_part_the_taker_has_already_is_not_given_twice(commune, manager, officer, newcomer):
    factories.MembershipFactory(actor=commune, user=newcomer, part="contributor", starts_on=date(2027, 1, 1))
    actions.hand_over(commune, day=TODAY, giver=officer, account=newcomer.email, by=manager)
    own = commune.memberships.get(user=newcomer, ends_on=None)
    assert (own.starts_on, own.part) == (TODAY, "contributor")


def test_who_takes_over_is_told_in_their_language(commune, manager, point, newcomer):
    actions.hand_over(commune, day=TODAY, point=point, account=newcomer.email, details=details(), by=manager)
    told = Notification.objects.get(kind="directory.handed_over")
    assert (told.user, told.language) == (newcomer, "fr")
    assert told.path.startswith("/fr/actors/hand-overs/")


def test_a_hand_over_may_lie_a_little_back_or_ahead(commune, manager, point, newcomer):
    for day in (TODAY - timedelta(days=93), TODAY + timedelta(days=367)):
        refused = refusal(commune, day=day, point=point, account=newcomer.email, details=details(), by=manager)
        assert refused.field == "day"
    actions.hand_over(
        commune, day=TODAY - timedelta(days=30), point=point, account=newcomer.email, details=details(), by=manager
    )
    assert parts_in(fresh(newcomer), commune) == {"manager"}


# What is refused, with which sentence at which field.


def test_nobody_hands_over_to_oneself(commune, manager, point):
    for asked in ({"account": manager.email, "details": details()}, {"contact": point.contact}):
        assert "oneself" in str(refusal(commune, day=TODAY, point=point, by=manager, **asked))


def test_an_office_without_anybody_new_is_no_hand_over(commune, administrator):
    point = factories.FocalPointFactory(contact=factories.ContactFactory(actor=commune, email="office@example.org"))
    same = {name: getattr(point.contact, name) for name in ("role_ar", "email", "phone", "audience")}
    refused = refusal(commune, day=TODAY, point=point, details=same, by=administrator)
    assert refused.field == "account"
    named = same | {"person": "سعيد التجريبي", "consent_on": TODAY}
    actions.hand_over(commune, day=TODAY, point=point, details=named, by=administrator)


def test_a_person_is_named_only_with_their_consent(commune, manager, point, newcomer):
    unasked = details(person="سعيد التجريبي")
    refused = refusal(commune, day=TODAY, point=point, account=newcomer.email, details=unasked, by=manager)
    assert refused.field == "consent_on"
    assert commune.focal_points.get().ends_on is None


@pytest.mark.parametrize("email", ["nobody@example.org", "stranger@example.org", "gone@example.org"])
def test_who_never_took_a_part_up_here_is_not_enrolled_and_nothing_says_who_has_an_account(
    commune, manager, point, email
):
    factories.UserFactory(email="stranger@example.org")
    known_here(commune, factories.UserFactory(email="gone@example.org", is_active=False))
    refused = refusal(commune, day=TODAY, point=point, account=email, details=details(), by=manager)
    assert refused.field == "account"
    assert str(refused).startswith("Nobody with this address works or worked for the institution here.")


def test_details_of_somebody_else_are_not_taken_over(commune, manager, point, newcomer, officer):
    others = factories.ContactFactory(actor=commune, user=officer)
    assert refusal(
        commune, day=TODAY, point=point, account=newcomer.email, contact=others, by=manager
    ).field == "account"  # fmt: skip
    elsewhere = factories.ContactFactory()
    assert refusal(commune, day=TODAY, point=point, contact=elsewhere, by=manager).field == "contact"


def test_the_holder_cannot_be_the_alternate_as_well(commune, point, administrator):
    alternate = factories.FocalPointFactory(
        contact=factories.ContactFactory(actor=commune), part=FocalPoint.Part.ALTERNATE
    )
    refused = refusal(commune, day=TODAY, point=alternate, contact=point.contact, by=administrator)
    assert "alternate as well" in str(refused)


def test_a_day_before_the_present_term_began_is_refused(commune, manager, newcomer, point):
    point.starts_on = TODAY
    point.save()
    for day in (TODAY, TODAY - timedelta(days=5)):
        refused = refusal(commune, day=day, point=point, account=newcomer.email, details=details(), by=manager)
        assert (refused.field, "20 November 2026" in str(refused)) == ("day", True)


def test_a_part_that_begins_later_is_not_handed_over_before(commune, manager, newcomer, officer):
    later = factories.UserFactory()
    factories.MembershipFactory(actor=commune, user=later, starts_on=date(2027, 1, 1))
    assert refusal(commune, day=TODAY, giver=later, account=newcomer.email, by=manager).field == "day"
    assert refusal(commune, day=TODAY, giver=newcomer, account=officer.email, by=manager).field == "giver"


def test_the_last_manager_cannot_vanish(commune, manager, point, administrator):
    refused = refusal(commune, day=TODAY, point=point, details=details(), by=administrator)
    assert "no manager left" in str(refused)
    second = factories.UserFactory()
    factories.MembershipFactory(actor=commune, user=second, part=Membership.Part.MANAGER)
    actions.hand_over(commune, day=TODAY, point=point, details=details(), by=administrator)
    assert parts_in(fresh(manager), commune) == frozenset()


def test_the_second_of_two_who_hand_over_at_once_is_refused(commune, manager, point, newcomer, administrator):
    seen_by_both = FocalPoint.objects.get(pk=point.pk)
    third = factories.UserFactory()
    actions.hand_over(commune, day=TODAY, point=point, account=newcomer.email, details=details(), by=manager)
    with pytest.raises(Refused, match="already been handed over"):
        actions.hand_over(
            commune, day=TODAY, point=seen_by_both, account=third.email, details=details(), by=administrator
        )
    assert HandOver.objects.count() == 1
    assert parts_in(fresh(third), commune) == frozenset()


def test_a_post_somebody_has_from_that_day_is_not_given_again(commune, manager, point, newcomer, administrator):
    actions.hand_over(
        commune, day=date(2026, 12, 1), point=point, account=newcomer.email, details=details(), by=manager
    )
    other = factories.ContactFactory(actor=commune)
    with pytest.raises(Refused, match="Somebody else already has this post"):
        actions.hand_over(commune, day=date(2026, 11, 25), point=point, contact=other, by=administrator)


def test_former_details_can_still_be_removed_with_the_name_they_gave(commune, manager, newcomer, as_user):
    former = factories.ContactFactory(actor=commune, user=manager, person="سلف تجريبي", consent_on=date(2025, 1, 1))
    point = factories.FocalPointFactory(contact=former)
    row = actions.hand_over(commune, day=TODAY, point=point, account=newcomer.email, details=details(), by=manager)
    factories.MembershipFactory(actor=commune, user=manager, part=Membership.Part.MANAGER, starts_on=TODAY)
    url, page = (
        reverse("directory:remove_contact", args=[former.pk]),
        reverse("directory:focal_points", args=[commune.slug]),
    )
    client = as_user(manager)
    assert url in client.get(page).content.decode()
    client.post(url)
    row.refresh_from_db()
    assert (row.person_of("from"), row.office_of("from", "ar")) == ("", former.role_ar)
    assert not Contact.objects.filter(pk=former.pk).exists()


# What is open on that day.


def test_what_is_open_is_kept_in_both_languages_as_it_stood(commune, association, manager, point, newcomer):
    coming = factories.MeetingFactory(organiser=association, reference="TST-2026-01", title_fr="Rencontre à venir")
    factories.InvitationFactory(meeting=coming, actor=commune)
    confirmed = factories.MeetingFactory(organiser=association, reference="TST-2026-02")
    factories.InvitationFactory(meeting=confirmed, actor=commune, answer=Invitation.Answer.CONFIRMED)
    held = factories.MeetingFactory(organiser=association, reference="TST-2026-03", state=Meeting.State.HELD)
    factories.InvitationFactory(meeting=held, actor=commune, answer=Invitation.Answer.CONFIRMED)
    factories.MinutesFactory(
        meeting=held, state=Minutes.State.CIRCULATED, circulation=1, remarks_until=date(2026, 12, 1)
    )
    led = factories.RecommendationFactory(meeting=held, due_on=date(2026, 12, 31), reference="TST-2026-03-R1")
    factories.AssignmentFactory(recommendation=led, actor=commune)
    asked = factories.RecommendationFactory(meeting=held, reference="TST-2026-03-R2")
    factories.AssignmentFactory(
        recommendation=asked, actor=commune, part=Assignment.Part.SUPPORT, answer=Assignment.Answer.WAITING
    )
    FollowUp.objects.create(
        recommendation=led, on_behalf_of=commune, new_state="in_progress", drafted_at=NOW,
        clearance=FollowUp.Clearance.WAITING,
    )  # fmt: skip
    row = actions.hand_over(commune, day=TODAY, point=point, account=newcomer.email, details=details(), by=manager)
    assert sorted(row.open_items) == ["ar", "en", "fr"]
    assert [(item["what"], item["reference"]) for item in row.open_items["en"]] == [
        ("Invitations without answer", "TST-2026-01"),
        ("Coming meetings", "TST-2026-02"),
        ("Minutes submitted for remarks", "TST-2026-03"),
        ("Assignments without answer", "TST-2026-03-R2"),
        ("Recommendations it leads", "TST-2026-03-R1"),
        ("Progress reports waiting for internal validation", "TST-2026-03-R1"),
    ]
    states = [[item["state"] for item in row.open_items[language]] for language in ("ar", "fr")]
    assert [arabic for arabic, french in zip(*states, strict=True) if arabic == french] == []
    first, led_item = row.open_items["fr"][0], row.open_items["fr"][4]
    assert (first["title"], first["due"]) == ("Rencontre à venir", "4 décembre 2026")
    assert led_item["due"] == "31 décembre 2026"
    led.due_on = date(2027, 1, 31)
    led.save()
    row.refresh_from_db()
    assert row.open_items["fr"][4]["due"] == "31 décembre 2026"


def test_what_is_open_is_asked_in_a_few_queries(commune, association, django_assert_num_queries):
    from actors.directory.rules.open_items import open_items_of

    for number in range(6):
        meeting = factories.MeetingFactory(organiser=association)
        factories.InvitationFactory(meeting=meeting, actor=commune)
        factories.AssignmentFactory(actor=commune, recommendation__reference=f"TST-R{number}")
    with django_assert_num_queries(6):
        assert len(open_items_of(commune, TODAY)["ar"]) == 12


# The pages.


def form(point=None, **changes):
    typed = {"giver": f"post-{point.pk}" if point else "", "day": "20/11/2026", "account": "newcomer@example.org",
             "how": "new", "role_ar": "مكتب شؤون الهجرة", "email": "new@example.org",
             "audience": "members"}  # fmt: skip
    return typed | changes


def test_a_manager_sees_what_passes_then_hands_over(commune, manager, point, newcomer, as_user):
    client, url = as_user(manager), reverse("directory:hand_over", args=[commune.slug])
    assert "post-" in client.get(url).content.decode()
    asked = client.post(url, form(point)).content.decode()
    assert HandOver.objects.count() == 0
    assert "newcomer@example.org" in asked
    back = client.post(url, form(point, step="edit"))
    assert (back.status_code, 'value="new@example.org"' in back.content.decode()) == (200, True)
    answer = client.post(url, form(point, step="confirm"))
    row = HandOver.objects.get()
    assert answer.url == row.get_absolute_url()
    assert client.get(answer.url).status_code == 200


def test_a_refusal_stands_at_its_field(commune, manager, point, as_user):
    client, url = as_user(manager), reverse("directory:hand_over", args=[commune.slug])
    answer = client.post(url, form(point, account="nobody@example.org"))
    assert (answer.status_code, "id_account_error" in answer.content.decode()) == (422, True)
    answer = client.post(url, form(point, how="present"))
    assert (answer.status_code, "id_contact_error" in answer.content.decode()) == (422, True)
    answer = client.post(url, form(point, how="new", role_ar=""))
    assert (answer.status_code, "id_role_ar_error" in answer.content.decode()) == (422, True)
    answer = client.post(url, form(point, giver="post-999999"))
    assert answer.status_code == 422


def test_who_works_there_sees_who_answered_before(commune, manager, officer, member, point, newcomer, as_user):
    actions.hand_over(commune, day=TODAY, point=point, account=newcomer.email, details=details(), by=manager)
    url = reverse("directory:focal_points", args=[commune.slug])
    seen = as_user(officer).get(url).content.decode()
    assert point.contact.role_fr in seen or point.contact.role_ar in seen
    assert HandOver.objects.get().get_absolute_url() in seen
    assert reverse("directory:hand_over", args=[commune.slug]) not in seen
    assert as_user(member).get(url).status_code == 403


def test_the_page_of_focal_points_costs_the_same_for_many(commune, manager, as_user, django_assert_num_queries):
    client, url = as_user(manager), reverse("directory:focal_points", args=[commune.slug])
    client.get(url)
    for number in range(12):
        contact = factories.ContactFactory(actor=commune, user=factories.UserFactory())
        last = date(2025, 1, 1) + timedelta(days=number)
        factories.FocalPointFactory(contact=contact, ends_on=last)
    with django_assert_num_queries(7):
        client.get(url)


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_sheet_to_sign_is_ordered_in_either_language(
    commune, manager, point, newcomer, as_user, language, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    row = actions.hand_over(commune, day=TODAY, point=point, account=newcomer.email, details=details(), by=manager)
    for person, status in ((manager, 302), (newcomer, 302)):
        answer = as_user(person).post(row.get_absolute_url(), {"language": language})
        assert answer.status_code == status
    printout = Printout.objects.filter(requested_by=manager).get()
    assert (printout.kind, printout.language) == ("directory.hand_over", language)
    assert printouts.produce(printout.pk)


def test_the_sheet_names_offices_and_only_persons_who_agreed(commune, manager, point, newcomer, as_user):
    row = actions.hand_over(commune, day=TODAY, point=point, account=newcomer.email, details=details(), by=manager)
    as_user(manager).post(row.get_absolute_url(), {"language": "ar"})
    data = str(Printout.objects.get().data)
    assert "مكتب شؤون الهجرة" in data
    assert newcomer.name not in data
    assert manager.name not in data


def test_others_do_not_find_a_hand_over(commune, manager, point, newcomer, member, as_user):
    row = actions.hand_over(commune, day=TODAY, point=point, account=newcomer.email, details=details(), by=manager)
    assert as_user(member).get(row.get_absolute_url()).status_code == 404
