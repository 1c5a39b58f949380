"""Which language a request is answered in, what a form gets whose sender was signed out meanwhile, and that no browser
keeps what it showed the signed in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation import gettext as _

from portal.core.pages import page, place_of
from portal.core.typed import typed_in


def preferred_language(request: HttpRequest) -> str:
    """The language for an address that names none: the account's, else the cookie's, else Arabic; never the
    browser's guess."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return user.language
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return cookie if cookie in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class LanguageMiddleware(LocaleMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        language = translation.get_language_from_path(request.path_info) or preferred_language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """A visitor’s choice of language is remembered, so that `/` opens in it the next time; only a page is chosen,
        and what a cache on the way may keep carries no cookie."""
        response = super().process_response(request, response)
        chosen = translation.get_language_from_path(request.path_info)
        is_page = response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html")
        if chosen and is_page and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != chosen:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                max_age=365 * 24 * 3600,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


class NotKept:
    """No browser keeps what it showed somebody signed in: after signing out, Back shows nothing of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends the signed out to sign in and back to the page they stand on, except who has typed: their words would be
    lost on the way."""

    def handle_no_permission(  # type: ignore[override]  # the stubs promise a redirect; Django passes any answer on
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        typed = typed_in(request)
        if typed.says_something:
            reason = _("You were signed out in the meantime: nothing has been saved. Sign in, then send it again.")
            return page(
                request,
                "unsent.html",
                {"reason": reason, "typed": typed, "place": place_of(request)},
                partial="sentence",
                status=403,
            )
        if request.method == "POST":
            messages.warning(request, _("You were signed out: nothing has been done. Sign in, then press it again."))
        return redirect_to_login(
            place_of(request), self.get_login_url(view_func), self.get_redirect_field_name(view_func)
        )
