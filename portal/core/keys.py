"""The one-time key of a form: signed for whom it was written, good for one act, fourteen days.

Nothing is stored until the form acts. One signed base serves all forms of a page, each with a number of its own.
"""

import secrets
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language_from_path
from django.utils.translation import gettext as _

from portal.core.acting import Bearer, acting
from portal.core.errors import Refused
from portal.core.models import LIFE, OneTimeKey

SALT = "portal.core.keys"
#: the hidden inputs of a form that are not what its sender says
KEY, AGAIN, CSRF = "key", "again", "csrfmiddlewaretoken"
LONGEST = 120


def bearer_of(by: Any) -> str:
    """What the keys know somebody by: `user:12`, or the recipient of a link; '' for a visitor, who gets none."""
    if isinstance(by, Bearer):
        return by.recipient.key
    return f"user:{by.pk}" if getattr(by, "pk", None) else ""


def new_base(bearer: str) -> str:
    return signing.TimestampSigner(salt=f"{SALT}:{bearer}").sign(secrets.token_urlsafe(8))


def new_key(request: HttpRequest) -> str:
    """The next key of the page that is being written; '' for a visitor."""
    if not hasattr(request, "_keys"):
        bearer = bearer_of(acting(request))
        request._keys = (new_base(bearer) if bearer else "", 0)  # type: ignore[attr-defined]
    base, number = request._keys  # type: ignore[attr-defined]
    request._keys = (base, number + 1)  # type: ignore[attr-defined]
    return f"{base}.{number}" if base else ""


def key_in(request: HttpRequest) -> str:
    """The key of the form that was sent; Refused, with a sentence, where it has none that counts."""
    key = request.POST.get(KEY, "")
    if not key:
        raise Refused(_("This form came without its key, so nothing has been saved yet. Send it once more."))
    try:
        signer = signing.TimestampSigner(salt=f"{SALT}:{bearer_of(acting(request))}")
        signer.unsign(key.rpartition(".")[0], max_age=LIFE)
    except signing.SignatureExpired:
        raise Refused(
            _("This form was opened more than two weeks ago. See whether it still holds, then send it once more.")
        ) from None
    except signing.BadSignature:
        key = ""
    if not key or len(key) > LONGEST:
        raise Refused(_("This form was opened by somebody else, so nothing has been saved yet. Send it once more."))
    return key


def digest_of(request: HttpRequest) -> str:
    """Stands for what the form says and where it was sent, files included; in which language does not matter."""
    path = request.get_full_path()
    if language := get_language_from_path(path):
        path = path.removeprefix(f"/{language}")
    mark = sha256(path.encode())
    for part in _parts(request):
        mark.update(repr(part).encode())
    return salted_hmac(SALT, mark.hexdigest(), algorithm="sha256").hexdigest()


def _parts(request: HttpRequest) -> Iterator[object]:
    yield from sorted((name, values) for name, values in request.POST.lists() if name not in {KEY, AGAIN, CSRF})
    for name, uploads in sorted(request.FILES.lists()):
        for upload in uploads:
            yield name, upload.name, _content_of(upload)


def _content_of(upload: UploadedFile) -> str:
    mark = sha256()
    for chunk in upload.chunks():
        mark.update(chunk)
    upload.seek(0)
    return mark.hexdigest()


def acted_before(request: HttpRequest) -> OneTimeKey | None:
    """The first time this very form was sent, whatever it did; None where it did nothing yet."""
    try:
        key = key_in(request)
    except Refused:
        return None
    same = OneTimeKey.objects.filter(bearer=bearer_of(acting(request)), key=key, digest=digest_of(request))
    return same.order_by("made_at").first()
