"""Which language a request is answered in: the address, else the account, else the cookie, else Arabic."""

from django.conf import settings
from django.http import HttpRequest
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
