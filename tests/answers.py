"""Reading answers as a browser does."""

from django.http import HttpResponse

from actors.directory.forms.choosing import Chosen
from portal.core.typed import MEANT, NAMED


def content_of(answer: HttpResponse) -> bytes:
    """The whole body. A download read to its end gives its file back; `close()` would end the database’s connection."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def typed(form) -> dict:
    """What a browser would send of the form as it is shown: of a choice only what is offered, nothing of files."""
    sent = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, Chosen):
            key, text, meant = value
            sent |= {bound.html_name: key, bound.html_name + NAMED: text, bound.html_name + MEANT: meant}
            continue
        offered = {str(key) for key, _label in _flat(getattr(bound.field, "choices", ()))}
        if isinstance(value, list | tuple) and offered:
            value = [str(key) for key in value if str(key) in offered]
        elif offered and str(value) not in offered:
            continue
        if value not in (None, "", False, []):
            sent[bound.html_name] = value
    return sent | ({} if getattr(form, "edits", None) is None else {"seen": form.stamp})


def stamp(client, url: str) -> dict[str, str]:
    """What the form at this address says its reader has before them."""
    return {"seen": client.get(url).context["form"].stamp}


def _flat(choices):
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(key), label
