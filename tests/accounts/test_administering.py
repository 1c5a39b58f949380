"""/admin/ as the directory's administrators find it, who are no superusers of Django."""

import pytest
from django.contrib import admin
from django.urls import reverse

from actors.directory.models import ReminderRule
from portal.accounts.models import User
from portal.core.admin import ReadOnlyAdmin
from tests import factories

pytestmark = pytest.mark.django_db
OURS = (
    "directory",
    "doubles",
    "roles",
    "imports",
    "accounts",
    "meetings",
    "recommendations",
    "notifications",
    "reference",
)
#: what is settled by its action in the portal, and only read here
READ = {
    "actor", "contact", "focalpoint", "membership", "space", "spacemember", "meeting", "agendaitem", "invitation",
    "attendance", "minutes", "document", "report", "recommendation", "assignment", "followup", "notification",
    "ledgerentry", "reminderrun", "responsibility", "accountevent", "accountoffer",
}  # fmt: skip
KEPT = {
    "user", "reminderrule", "project", "territory", "theme", "axis", "holiday", "place", "councilsession",
    "sessionopening",
}  # fmt: skip


def ours():
    return {
        model._meta.model_name: site for model, site in admin.site._registry.items() if model._meta.app_label in OURS
    }


def test_the_admin_holds_settings_to_change_and_records_to_read():
    read = {name for name, site in ours().items() if isinstance(site, ReadOnlyAdmin)}
    assert read == READ
    assert set(ours()) - read == KEPT


def test_an_administrator_opens_every_list_and_a_manager_none(as_user, administrator, manager):
    assert administrator.is_superuser is False
    for name, site in ours().items():
        address = reverse(f"admin:{site.opts.app_label}_{name}_changelist")
        assert (name, as_user(administrator).get(address).status_code) == (name, 200)
        assert (name, as_user(manager).get(address).status_code) == (name, 302)


def test_an_administrator_moves_a_rung(as_user, administrator):
    rule = ReminderRule.objects.get(kind="due", offset_days=-30)
    values = {"kind": "due", "offset_days": "-21", "repeat_days": "0", "space": "", "is_active": "on"}
    answer = as_user(administrator).post(reverse("admin:directory_reminderrule_change", args=[rule.pk]), values)
    rule.refresh_from_db()
    assert (answer.status_code, rule.offset_days) == (302, -21)


def test_an_administrator_opens_an_account_and_closes_it(as_user, administrator):
    client = as_user(administrator)
    values = {"email": "New.Person@Example.org", "name": "موظفة تجريبية", "language": "fr", "usable_password": "false"}
    assert client.post(reverse("admin:accounts_user_add"), values).status_code == 302

    person = User.objects.get(email="new.person@example.org")
    assert (person.language, person.has_usable_password(), person.is_administrator) == ("fr", False, False)
    change = {"email": person.email, "name": person.name, "language": "fr", "_save": "1"}
    assert client.post(reverse("admin:accounts_user_change", args=[person.pk]), change).status_code == 302
    person.refresh_from_db()
    assert person.is_active is False
    assert client.post(reverse("admin:accounts_user_delete", args=[person.pk]), {"post": "yes"}).status_code == 403


def test_a_record_is_read_and_not_written(as_user, administrator):
    meeting = factories.MeetingFactory()
    client = as_user(administrator)
    address = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reference": "X"}).status_code == 403
