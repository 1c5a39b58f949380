"""What somebody typed into a form that cannot be taken any more, so that it can be copied and sent again."""

from urllib.parse import urlsplit

from django.http import HttpRequest

#: shorter answers (choices, numbers, days) are quickly given again
WORTH_KEEPING = 12
SECRET = ("password", "token", "key")


def typed_in(request: HttpRequest) -> list[str]:
    """The longer texts of the form that was sent, never a secret; nothing of a form that another site sent.

    A foreign page could otherwise write its own words into ours.
    """
    if request.method != "POST" or not _is_our_own(request):
        return []
    fields = (field for field in request.POST.lists() if not any(word in field[0] for word in SECRET))
    return [value for _name, values in fields for value in values if len(value.strip()) >= WORTH_KEEPING]


def _is_our_own(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "")
    if site:
        return site == "same-origin"
    sender = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(sender).netloc == request.get_host()
