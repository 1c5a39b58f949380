"""The words of a notification: its templates, rendered in the reader’s language.

The kind `meetings.invited` names `meetings/notifications/invited.{subject.txt,body.txt,body.html}`. It leads to the act
that is asked for (`acts.py`), else to the thing’s own page, or where that is another to the address `invited.link.txt`
gives; a mailbox without an account to what everybody reads of it, or nowhere. Plain text is rendered without HTML
escapes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, override

from portal.core.acting import THE_PORTAL, Acting, person
from portal.core.names import contact_address, under_our_name
from portal.core.text import FSI, PDI, one_line
from portal.notifications.models import Notification
from portal.notifications.rules.acts import act_of, asks, link_of, page_of
from portal.notifications.rules.offices import Office, office_of
from portal.notifications.rules.recipients import Recipient, once, without

SUBJECT_LENGTH = 300
#: in place of a personal link, where a mail is kept
HIDDEN = "/…/"
#: what every mail is rendered with; a context that is given names nothing of it
OURS = {
    "about", "space", "recipient", "link", "subject", "language", "direction", "is_demo", "office", "as_named",
    "by_reply", "is_personal",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """A notification as it leaves: subject, plain text, HTML, what its row keeps of the text, and the mailbox its
    answer goes to, if any."""

    subject: str
    text: str
    html: str
    kept: str
    reply_to: tuple[str, ...] = ()


def freeze(value: Any, language: str) -> Any:
    """The value as JSON keeps it: days and instants marked, things and lazy texts written in `language`."""
    with override(language):
        return _frozen(value)


def _frozen(value: Any) -> Any:
    match value:
        case Promise() | Model():
            return str(value)
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return {"__instant__": value.isoformat()}
        case date():
            return {"__day__": value.isoformat()}
        case Mapping():
            return {str(key): _frozen(item) for key, item in value.items()}
        case list() | tuple():
            return [_frozen(item) for item in value]
    raise TypeError(f"A notification’s context cannot keep {type(value).__name__}.")


def thaw(value: Any) -> Any:
    """What `freeze` was given, days and instants as such."""
    match value:
        case {"__instant__": text}:
            return parse_datetime(text)
        case {"__day__": text}:
            return parse_date(text)
        case dict():
            return {key: thaw(item) for key, item in value.items()}
        case list():
            return [thaw(item) for item in value]
    return value


def drafted(
    recipient: Recipient, kind: str, about: Model, context: Mapping[str, Any], *, path: str = ""
) -> Notification:
    """What the recipient would be told, kept nowhere yet; `path`: of the act, where its page is only made later."""
    if ours := OURS & context.keys():
        raise ValueError(f"{kind}: the postman says {', '.join(sorted(ours))} himself.")
    language = recipient.reads(about)
    notification = Notification(
        user=recipient.user, email=recipient.email, language=language, kind=kind, about=about,
        context=freeze(context, language),
    )  # fmt: skip
    notification.subject, notification.path = subject_of(notification)
    notification.path = path or notification.path
    return notification


def prepared(
    to: Recipient | Iterable[Recipient],
    *,
    kind: str,
    about: Model,
    by: Acting = THE_PORTAL,
    context: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    expires_at: datetime | None = None,
    is_secret: bool = False,
) -> list[Notification]:
    """The rows that `notify` would write, for whoever writes those of many things at once."""
    now = now or timezone.now()
    recipients = once(without(by, [to] if isinstance(to, Recipient) else to))
    given = {"caused_by": person(by), "created_at": now, "expires_at": expires_at, "is_secret": is_secret}
    return [_row(drafted(recipient, kind, about, context or {}), **given) for recipient in recipients]


def _row(notification: Notification, created_at: datetime, **given: Any) -> Notification:
    for name, value in given.items():
        setattr(notification, name, value)
    notification.created_at, notification.next_attempt_at = created_at, min(created_at, timezone.now())
    return notification


def subject_of(notification: Notification) -> tuple[str, str]:
    """The subject on one line and the path of the thing, in the reader’s language."""
    with override(notification.language):
        context = _context(notification)
        subject = one_line(_text(notification.kind, "subject.txt", context))
        return _shortened(subject), _path(notification, context)


def render(notification: Notification) -> Message:
    """The whole message in the reader’s language; the subject stays as it was when the row was made."""
    with override(notification.language):
        context = _context(notification)
        office = context["office"] = office_of(notification.kind, notification.about, context["recipient"])
        made = _made_now(notification, context)
        if made:
            way = {"as_named": True, "by_reply": False, "is_personal": not notification.is_secret}
            context |= {"link": f"{settings.SITE_ADDRESS}{made}"} | way
        text = re.sub(r"\n{3,}", "\n\n", _text(notification.kind, "body.txt", context)).strip() + "\n"
        html = get_template(_name(notification.kind, "body.html")).render(context)
        kept = "" if notification.is_secret else text.replace(made, notification.path or HIDDEN) if made else text
        return Message(notification.subject, text, html.strip() + "\n", kept, _reply_to(office, notification))


def _made_now(notification: Notification, context: dict) -> str:
    """The path that stands for a password or for its recipient; '' where the mail leads where its row says."""
    kind, about = notification.kind, context["about"]
    if notification.is_secret:
        return about.path_in_mail(kind)
    return link_of(kind, about, context["recipient"], context, is_drafted=notification.pk is None)


def _reply_to(office: Office | None, notification: Notification) -> tuple[str, ...]:
    """The office's mailbox; the portal's, where a mailbox is told of a telephone alone."""
    if office is not None and office.email:
        return (formataddr((office.name, office.email)),)
    return (under_our_name(contact_address()),) if notification.user is None else ()


def _name(kind: str, ending: str) -> str:
    app, _, name = kind.partition(".")
    return f"{app}/notifications/{name}.{ending}"


def _text(kind: str, ending: str, context: dict) -> str:
    template: Any = get_template(_name(kind, ending))
    return template.template.render(Context(context, autoescape=False))


def _path(notification: Notification, context: dict) -> str:
    kind, about, recipient = notification.kind, notification.about, context["recipient"]
    if act := act_of(kind, about, recipient):
        return act
    return _thing(kind, context) if recipient.user is not None else page_of(kind, about)


def _thing(kind: str, context: dict) -> str:
    """The path of the thing for who may see it."""
    try:
        return _text(kind, "link.txt", context).strip()
    except TemplateDoesNotExist:
        return context["about"].get_absolute_url()


def _context(notification: Notification) -> dict:
    user, about = notification.user, notification.about
    context = {
        **thaw(notification.context),
        "about": about,
        "space": about.space_for(user) if about is not None and hasattr(about, "space_for") else None,
        "recipient": Recipient(notification.email, notification.language, user, user.name if user else ""),
        "link": f"{settings.SITE_ADDRESS}{notification.path}" if notification.path else "",
        "subject": notification.subject,
        "language": notification.language,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "is_demo": settings.IS_DEMO,
    }
    return context | _way(notification, context)


def _way(notification: Notification, context: dict) -> dict:
    """How its reader does what the mail asks: `as_named`, behind the button of that name; `by_reply`, by answering.

    A kind that asks asks nothing where its context says so (`asks`).
    """
    path, thing = notification.path, _thing(notification.kind, context)
    if context.get("asks") is False:
        return {"as_named": False, "by_reply": False}
    if not asks(notification.kind):
        return {"as_named": path == thing, "by_reply": False}
    acts = path not in {"", thing, context["about"].get_absolute_url()}
    return {"as_named": acts, "by_reply": not acts and notification.user is None}


def _shortened(subject: str) -> str:
    """As long as a subject may be; a name that is cut is still held apart from what stands around it."""
    if len(subject) <= SUBJECT_LENGTH:
        return subject
    cut = subject[: SUBJECT_LENGTH - 2]
    return f"{cut}…{PDI if cut.count(FSI) > cut.count(PDI) else ''}"
