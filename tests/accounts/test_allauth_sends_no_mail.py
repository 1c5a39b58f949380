"""Every flow of django-allauth that is open here, walked to its end: none sends a mail by itself, inside a request."""

import pytest
from django.test import Client
from django.urls import resolve, reverse

from portal.accounts import urls
from portal.accounts.adapter import ClosedAdapter
from portal.accounts.views import entrance
from tests import factories
from tests.accounts.test_guessing import PASSWORD
from tests.accounts.test_mails_of_accounts import NEW, delivered, link_in

pytestmark = pytest.mark.django_db


class Walk:
    """A browser that remembers which pages of an account it was led through."""

    def __init__(self):
        self.client, self.names = Client(), set()

    def go(self, name, **typed):
        return self.to(reverse(name), **typed)

    def to(self, path, **typed):
        answer = self.client.post(path, typed, follow=True) if typed else self.client.get(path, follow=True)
        assert answer.status_code < 500
        for address in (path, *(step for step, _status in answer.redirect_chain)):
            self.names.add(resolve(address.partition("?")[0]).url_name)
        return answer

    def signs_in(self, email, password):
        return self.go("account_login", login=email, password=password)


def test_no_flow_sends_a_mail_by_itself(monkeypatch):
    asked = []
    monkeypatch.setattr(ClosedAdapter, "send_mail", lambda self, prefix, *_args: asked.append(prefix))
    monkeypatch.setattr(entrance, "LEAST", 0.0)
    person = factories.UserFactory(email="person@example.org", language="en", password=PASSWORD)
    closed = factories.UserFactory(email="closed@example.org", language="en", password=PASSWORD, is_active=False)
    walk = Walk()
    for email in (person.email, closed.email, "nobody@example.org"):
        walk.go("account_signup")
        walk.go("account_signup", email=email, password1=NEW, password2=NEW)
        walk.signs_in(email, "a-wrong-password")
        walk.go("account_reset_password", email=email)
    walk.go("account_inactive")
    walk.signs_in(closed.email, PASSWORD)
    [message] = delivered()
    form = walk.to(link_in(message))
    walk.to(form.request["PATH_INFO"], password1=NEW, password2=NEW)
    walk.go("account_reset_password_from_key_done")
    walk.go("account_logout", sure="yes")
    walk.signs_in(person.email, NEW)
    walk.go("account_reauthenticate", password=NEW)
    walk.go("account_change_password", oldpassword=NEW, password1=PASSWORD, password2=PASSWORD)
    walk.go("account_set_password")
    person.refresh_from_db()
    person.set_unusable_password()
    person.save()
    walk.client.force_login(person)
    walk.go("account_set_password", password1=NEW, password2=NEW)
    assert asked == []
    assert walk.names >= {pattern.name for pattern in urls.urlpatterns}


def test_a_flow_that_would_is_named():
    with pytest.raises(NotImplementedError, match="login_code is to go by the postman"):
        ClosedAdapter().send_mail("account/email/login_code", "person@example.org", {})
