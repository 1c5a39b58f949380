"""Which language a request is answered in: the address, else the account, else the cookie, else Arabic."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


def preferred_language(request: HttpRequest) -> str:
    """The language for an address that names none; never the browser's guess."""
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
        """A visitor’s choice of language is remembered, so that `/` opens in it the next time."""
        response = super().process_response(request, response)
        chosen = translation.get_language_from_path(request.path_info)
        if chosen and response.status_code == 200 and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != chosen:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                max_age=365 * 24 * 3600,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response
