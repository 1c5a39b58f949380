"""The devices on which a person signed in before: a guesser elsewhere keeps nobody out who comes with one.

A cookie for each person, signed with what their password is kept as: whoever chooses another password makes every
device a stranger, and whoever copies a cookie has a small limit and still no password.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from portal.accounts.models import User

#: how long a device is known after the last sign-in
LIFE = timedelta(days=180)


def known_device(request: HttpRequest, user: User) -> str:
    """What this device is known by to the limits; '' where this person never signed in on it."""
    try:
        return signing.loads(request.COOKIES.get(_cookie(user), ""), salt=_salt(user), max_age=LIFE)
    except signing.BadSignature:
        return ""


def know_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this person's next sign-in on this device be known."""
    response.set_cookie(
        _cookie(user),
        signing.dumps(known_device(request, user) or secrets.token_urlsafe(8), salt=_salt(user)),
        max_age=LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _cookie(user: User) -> str:
    return f"device-{user.pk}"


def _salt(user: User) -> str:
    return f"portal.accounts.device:{user.pk}:{user.get_session_auth_hash()}"
