"""Roles entered, edited, ended and answered; the pages and the mails around them."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from actors.directory.models import FocalPoint, Membership
from actors.roles.actions import add_role, confirm_role, contest_role, edit_role, end_role
from actors.roles.models import Responsibility
from actors.roles.reading import roles_of
from portal.core.dates import today
from portal.core.errors import Refused
from portal.notifications.models import Notification
from portal.notifications.rules.messages import render
from tests import factories
from tests.answers import stamp, typed

Answer, Part = Responsibility.Answer, Responsibility.Part
WAITING, CONFIRMED, CONTESTED = Answer.WAITING, Answer.CONFIRMED, Answer.CONTESTED


@pytest.fixture
def theme(db):
    return factories.ThemeFactory(code="health", name_ar="الصحة", name_fr="Santé", name_en="Wellbeing")


@pytest.fixture
def named(commune, theme, places, administrator):
    """A role an administrator entered for the commune; it waits."""
    role = add_role(commune, theme=theme, territory=places["02.381"], part=Part.LEADS, by=administrator)
    Notification.objects.all().delete()
    return role


def told():
    return sorted(Notification.objects.values_list("kind", "email"))


# Entering.


def test_what_a_manager_enters_for_its_own_institution_is_confirmed_at_once(commune, theme, places, manager):
    role = add_role(commune, theme=theme, territory=places["02"], part=Part.SUPPORTS, by=manager)
    assert (role.answer, role.answered_on, role.answered_by, role.entered_by) == (CONFIRMED, today(), manager, manager)
    assert role.history.get().history_user == manager
    assert told() == []


def test_what_an_administrator_enters_waits_and_the_institution_is_told_once(
    commune, theme, places, administrator, manager, officer, validator
):
    contact = factories.ContactFactory(actor=commune, user=manager, email=manager.email)
    factories.FocalPointFactory(contact=contact)
    mailbox = factories.ContactFactory(actor=commune, email="office@example.org")
    factories.FocalPointFactory(contact=mailbox, part=FocalPoint.Part.ALTERNATE)
    role = add_role(commune, theme=theme, territory=places["02"], part=Part.LEADS, by=administrator)
    assert (role.answer, role.answered_on, role.answered_by) == (WAITING, None, None)
    assert told() == [("roles.role_named", "manager@example.org"), ("roles.role_named", "office@example.org")]


def test_an_institution_has_one_role_in_a_cell_at_a_time(named, commune, theme, places, administrator, service):
    again = {"theme": theme, "territory": places["02.381"], "part": Part.SUPPORTS, "by": administrator}
    with pytest.raises(Refused) as refusal:
        add_role(commune, **again)
    assert refusal.value.field == "territory"
    add_role(service, **again)
    end_role(named, ends_on=today(), by=administrator)
    with pytest.raises(Refused):
        add_role(commune, **again, starts_on=today())
    add_role(commune, **again, starts_on=today() + timedelta(days=1))


def test_a_term_that_ends_before_it_begins_is_refused(commune, theme, places, manager):
    with pytest.raises(Refused):
        add_role(
            commune, theme=theme, territory=places["02"], part=Part.LEADS, by=manager,
            starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 1),
        )  # fmt: skip


def test_a_reason_stands_with_a_contested_role_and_with_no_other(named):
    for answer, reservation in ((CONTESTED, ""), (CONFIRMED, "سبب")):
        named.answer, named.reservation = answer, reservation
        with pytest.raises(ValidationError):
            named.full_clean()


# Editing.


@pytest.mark.parametrize("change", ["part", "theme", "territory"])
def test_another_role_is_asked_about_again_when_somebody_else_makes_it(named, administrator, manager, places, change):
    confirm_role(named, by=manager)
    values = {"part": Part.INFORMED, "theme": factories.ThemeFactory(), "territory": places["02"]}
    edit_role(named, **{change: values[change]}, by=administrator)
    named.refresh_from_db()
    assert (named.answer, named.answered_on, named.answered_by) == (WAITING, None, None)
    assert told() == [("roles.role_named", "manager@example.org")]


def test_the_basis_of_a_confirmed_role_is_written_without_asking_again(named, administrator, manager):
    confirm_role(named, by=manager)
    edit_role(named, basis="letter", basis_reference="12/2026", part=named.part, by=administrator)
    named.refresh_from_db()
    assert (named.answer, named.basis_reference) == (CONFIRMED, "12/2026")
    assert told() == []


def test_a_contested_role_that_is_mended_waits_again(named, administrator, manager):
    contest_role(named, reason="ليس من أدوارنا", by=manager)
    Notification.objects.all().delete()
    edit_role(named, basis="law", by=administrator)
    named.refresh_from_db()
    assert (named.answer, named.reservation) == (WAITING, "")
    assert told() == [("roles.role_named", "manager@example.org")]
    assert named.history.filter(reservation="ليس من أدوارنا").exists()


def test_the_institution_confirms_by_editing(named, manager):
    edit_role(named, part=Part.SUPPORTS, by=manager)
    named.refresh_from_db()
    assert (named.answer, named.answered_by, named.part) == (CONFIRMED, manager, Part.SUPPORTS)
    assert told() == []


def test_a_role_is_ended_once_and_stays_in_the_history(named, administrator):
    end_role(named, ends_on=today(), by=administrator)
    assert named.history.latest().history_user == administrator
    with pytest.raises(Refused):
        end_role(named, ends_on=today() + timedelta(days=3), by=administrator)


# Answering.


def test_the_institution_confirms_contests_and_answers_again(named, administrator, manager, validator, visitor):
    contest_role(named, reason="  دور مؤسسة أخرى ", by=validator)
    named.refresh_from_db()
    assert (named.answer, named.answered_by, named.reservation) == (CONTESTED, validator, "دور مؤسسة أخرى")
    assert told() == [("roles.role_contested", "administrator@example.org")]
    assert not Responsibility.objects.standing(today()).exists()
    confirm_role(named, by=manager)
    named.refresh_from_db()
    assert (named.answer, named.answered_by, named.reservation) == (CONFIRMED, manager, "")
    assert Responsibility.objects.standing(today()).visible_to(visitor).exists()
    with pytest.raises(Refused):
        confirm_role(named, by=manager)


def test_a_reason_is_asked_for_and_a_role_that_is_over_is_left_alone(named, administrator, manager):
    with pytest.raises(Refused) as refusal:
        contest_role(named, reason="   ", by=manager)
    assert refusal.value.field == "reason"
    named.ends_on = today() - timedelta(days=1)
    named.save()
    for answer in (confirm_role, lambda role, by: contest_role(role, reason="سبب", by=by)):
        with pytest.raises(Refused):
            answer(named, by=manager)


# Who sees what.


def test_a_visitor_is_shown_confirmed_roles_of_today_and_members_the_rest(
    commune, member, visitor, manager, administrator
):
    rows = {
        "now": {},
        "waiting": {"answer": WAITING},
        "contested": {"answer": CONTESTED, "reservation": "سبب"},
        "coming": {"starts_on": today() + timedelta(days=9)},
        "past": {"ends_on": today() - timedelta(days=9)},
    }
    made = {name: factories.ResponsibilityFactory(actor=commune, **values) for name, values in rows.items()}

    def shown(user):
        found = roles_of(commune, user)
        groups = (found.current, found.coming, found.past)
        return [{name for line in group for name, role in made.items() if role == line.role} for group in groups]

    assert shown(visitor) == [{"now"}, set(), set()]
    for person in (member, manager, administrator):
        assert shown(person) == [{"now", "waiting", "contested"}, {"coming"}, {"past"}]
    assert not any(line.shows_answer for line in roles_of(commune, visitor).current)
    assert roles_of(commune, manager).to_answer == 1
    assert roles_of(commune, administrator).to_answer == 0
    assert roles_of(commune, manager).current[0].role == made["waiting"]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("person", "queries"), [("visitor", 2), ("member", 6), ("manager", 6)])
def test_the_page_of_an_institutions_roles_asks_the_same_however_many(
    request, as_user, commune, space, rows, person, queries, django_assert_num_queries
):
    client = as_user(request.getfixturevalue(person))
    for _n in range(rows):
        factories.ResponsibilityFactory(actor=commune)
    with django_assert_num_queries(queries):
        assert client.get("/fr/actors/commune-a/roles/").status_code == 200


# The forms.


def _values(**changes):
    return {"part": "1_leads", "basis": "", "basis_reference": "", "starts_on": "", "ends_on": ""} | changes


def test_a_cell_of_the_grid_opens_the_form_filled_in_and_gets_the_person_back(
    as_user, administrator, commune, theme, places
):
    grid = "/fr/actors/matrix/?province=02.381"
    client = as_user(administrator)
    form = client.get("/fr/actors/roles/add/", {"theme": theme.pk, "territory": "02.381", "back": grid})
    assert form.context["form"]["theme"].value() == str(theme.pk)
    assert form.context["form"]["territory"].value() == "02.381"
    data = _values(actor=commune.pk, theme=theme.pk, territory="02.381", starts_on="01/02/2026")
    answer = client.post("/fr/actors/roles/add/?back=/fr/actors/matrix/%3Fprovince%3D02.381", data)
    assert (answer.status_code, answer["Location"]) == (302, grid)
    role = commune.responsibilities.get()
    assert (role.starts_on, role.answer) == (date(2026, 2, 1), WAITING)


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(as_user, administrator, commune, theme, places, back):
    data = _values(actor=commune.pk, theme=theme.pk, territory="02")
    answer = as_user(administrator).post(f"/fr/actors/roles/add/?{urlencode({'back': back})}", data)
    assert answer["Location"].startswith("/fr/actors/commune-a/roles/#role-")


def test_the_administrator_is_told_when_nobody_can_be_told(as_user, administrator, service, theme, places):
    client = as_user(administrator)
    data = _values(actor=service.pk, theme=theme.pk, territory="02")
    page = client.post("/fr/actors/roles/add/", data, follow=True).content.decode()
    assert "personne n’a pu en être informé" in page
    assert told() == []


def test_a_manager_enters_roles_for_its_own_institution_alone(as_user, manager, commune, service, theme, places):
    client = as_user(manager)
    form = client.get("/fr/actors/roles/add/").context["form"]
    assert [key for key, _name in form.fields["actor"].choices] == [commune.pk]
    answer = client.post("/fr/actors/roles/add/", _values(actor=service.pk, theme=theme.pk, territory="02"))
    assert answer.status_code == 422
    assert not Responsibility.objects.exists()
    answer = client.post("/fr/actors/roles/add/", _values(actor=commune.pk, theme=theme.pk, territory="02"))
    assert answer.status_code == 302
    assert commune.responsibilities.get().answer == CONFIRMED


def test_a_refusal_comes_back_with_what_was_typed(as_user, administrator, named, commune, theme, places):
    data = _values(
        actor=commune.pk, theme=theme.pk, territory="02.381", basis_reference="مقرر 12", ends_on="31/12/2027"
    )
    answer = as_user(administrator).post("/fr/actors/roles/add/", data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Cette institution a déjà un rôle ici" in page
    assert "مقرر 12" in page


@pytest.mark.parametrize("data", [{"theme": "x", "territory": "99"}, {"actor": "9" * 30, "part": "boss"}])
def test_what_cannot_be_chosen_is_refused_in_words(as_user, administrator, theme, places, data):
    answer = as_user(administrator).post("/fr/actors/roles/add/", _values(**data))
    assert answer.status_code == 422


def test_the_institution_answers_on_its_own_page(as_user, named, manager):
    client = as_user(manager)
    page = client.get(reverse("roles:actor_roles", args=["commune-a"])).content.decode()
    assert reverse("roles:confirm_role", args=[named.pk]) in page
    contest = reverse("roles:contest_role", args=[named.pk])
    assert client.post(contest, {"reason": ""}).status_code == 422
    assert client.send(contest, {"reason": "سبب"})["Location"] == named.get_absolute_url()
    client.post(reverse("roles:confirm_role", args=[named.pk]))
    named.refresh_from_db()
    assert named.answer == CONFIRMED


def test_a_reservation_does_not_undo_what_a_colleague_answered_meanwhile(as_user, named, commune, manager):
    colleague = factories.MembershipFactory(actor=commune, part="manager").user
    client, contest = as_user(manager), reverse("roles:contest_role", args=[named.pk])
    old = {"reason": "سبب"} | stamp(client, contest)
    contest_role(named, reason="سبب آخر", by=colleague)
    refused = client.post(contest, old)
    named.refresh_from_db()
    assert (refused.status_code, named.reservation) == (422, "سبب آخر")
    assert "سبب آخر" in refused.context["form"].errors["reason"][0]
    assert client.post(contest, old | {"seen": refused.context["form"].stamp}).status_code == 302


@pytest.mark.parametrize("who", ["administrator", "officer", "member", "outsider"])
def test_nobody_else_answers_in_its_place(request, as_user, named, who):
    client = as_user(request.getfixturevalue(who))
    for route in ("roles:confirm_role", "roles:contest_role"):
        assert client.post(reverse(route, args=[named.pk]), {"reason": "سبب"}).status_code == 403
    named.refresh_from_db()
    assert named.answer == WAITING


def test_a_space_secretariat_has_no_say_in_the_roles_of_members(as_user, named, secretariat):
    client = as_user(secretariat)
    for route in ("roles:edit_role", "roles:end_role"):
        assert client.get(reverse(route, args=[named.pk])).status_code == 403


def test_editing_and_ending_by_form(as_user, named, administrator, theme):
    client = as_user(administrator)
    edit = reverse("roles:edit_role", args=[named.pk])
    assert "actor" not in client.get(edit).context["form"].fields
    client.post(edit, _values(theme=theme.pk, territory="02.381", part="4_informed") | stamp(client, edit))
    client.post(reverse("roles:end_role", args=[named.pk]), {"ends_on": "31/12/2027"})
    named.refresh_from_db()
    assert (named.part, named.ends_on) == (Part.INFORMED, date(2027, 12, 31))


def test_a_theme_out_of_use_stays_with_its_role(as_user, named, administrator, theme):
    theme.is_active = False
    theme.save()
    form = as_user(administrator).get(reverse("roles:edit_role", args=[named.pk])).context["form"]
    assert theme.pk in dict(form.fields["theme"].choices)


# The mails.


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_mails_are_whole_in_every_language(commune, theme, places, manager, administrator, language):
    for person in (manager, administrator):
        person.language = language
        person.save()
    with override("en"):
        role = add_role(
            commune, theme=theme, territory=places["02.381"], part=Part.LEADS, by=administrator,
            basis="convention", basis_reference="12/2026",
        )  # fmt: skip
        contest_role(role, reason="سبب التحفظ", by=manager)
    words = {
        "ar": ("الصحة", "مكلف بالمجال", "الناظور", "اتفاقية"),
        "fr": ("Santé", "chef de file", "Nador", "convention"),
        "en": ("Wellbeing", "leads", "Nador", "convention"),
    }
    rows = {row.kind: row for row in Notification.objects.all()}
    assert set(rows) == {"roles.role_named", "roles.role_contested"}
    for row in rows.values():
        message = render(row)
        for text in (message.text, message.html):
            assert all(word in text for word in (*words[language], "12/2026")), text
            assert not any(mark in text for mark in ("{{", "{%", "%(", "None"))
    assert rows["roles.role_named"].path == f"/{language}/actors/roles/{role.pk}/confirm/"
    assert rows["roles.role_contested"].path == f"/{language}/actors/commune-a/roles/#role-{role.pk}"
    assert "سبب التحفظ" in render(rows["roles.role_contested"]).text
    assert "سبب التحفظ" not in render(rows["roles.role_named"]).text


def test_a_manager_of_another_institution_is_no_manager_here(commune, outsider, named):
    assert Membership.objects.filter(user=outsider, part=Membership.Part.MANAGER).exists()
    assert not roles_of(commune, outsider).can_add
    assert not any(line.can_edit or line.can_confirm for line in roles_of(commune, outsider).current)


# What the institution said yes to.


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({"ends_on": None}, True),
        ({"ends_on": date(2027, 12, 31)}, True),
        ({"starts_on": None}, True),
        ({"starts_on": date(2025, 1, 1)}, True),
        ({"basis": "law"}, True),
        ({"basis_reference": "99/2026"}, True),
        ({"ends_on": date(2027, 6, 1), "starts_on": date(2026, 6, 1)}, False),
        ({}, False),
    ],
)
def test_a_longer_term_or_another_basis_is_asked_about_again(commune, administrator, manager, visitor, changes, asks):
    role = factories.ResponsibilityFactory(
        actor=commune, basis="letter", basis_reference="12/2026", starts_on=date(2026, 1, 1), ends_on=date(2027, 6, 30)
    )
    with time_machine.travel("2026-11-20 10:00 +0000", tick=False):
        edit_role(role, **changes, by=administrator)
        seen = Responsibility.objects.visible_to(visitor).exists()
    role.refresh_from_db()
    assert (role.answer, seen, told()) == (
        (WAITING, False, [("roles.role_named", "manager@example.org")]) if asks else (CONFIRMED, True, [])
    )


def test_a_role_that_is_over_is_not_revived(named, administrator, manager):
    confirm_role(named, by=manager)
    end_role(named, ends_on=today() - timedelta(days=1), by=administrator)
    for person in (administrator, manager):
        with pytest.raises(Refused, match=r".+"):
            edit_role(named, ends_on=None, basis="law", by=person)
    named.refresh_from_db()
    assert named.ends_on == today() - timedelta(days=1)


def test_an_older_form_does_not_overwrite_what_the_institution_answered_since(named, administrator, manager, as_user):
    client, url = as_user(administrator), reverse("roles:edit_role", args=[named.pk])
    form = client.get(url).context["form"]
    older = typed(form)
    contest_role(named, reason="ليس من أدوارنا", by=manager)
    answer = client.post(url, older | {"basis": "law"})
    assert (answer.status_code, "ليس من أدوارنا" in answer.content.decode()) == (422, True)
    named.refresh_from_db()
    assert (named.answer, named.basis) == (CONTESTED, "")


@pytest.mark.parametrize("back", ["foo", "?x=1", "directory:actors", "//example.org/", "https://example.org/", "/\\x"])
def test_a_place_to_come_back_to_that_is_no_path_of_ours_is_not_followed(named, manager, as_user, back):
    url = f"{reverse('roles:confirm_role', args=[named.pk])}?{urlencode({'back': back})}"
    assert as_user(manager).post(url).url.startswith(reverse("roles:actor_roles", args=[named.actor.slug]))
