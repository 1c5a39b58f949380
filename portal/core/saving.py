"""One road for whatever changes something: `form.carry(request, act, …)` for forms, `posted(request, act, …)` for
buttons. They alone take the one-time key, open the transaction, compare the stamp, run the act, keep where it led,
and turn what is Refused into an answer."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.core.acting import Acting, acting
from portal.core.errors import Refused
from portal.core.files import written
from portal.core.keys import AGAIN, acted_before, bearer_of, digest_of, key_in
from portal.core.limits import within_limit
from portal.core.models import OneTimeKey
from portal.core.stamps import own_changes

type Act = Callable[..., Any]
#: an address, a thing with one, or a function of what the act answered
type Way = str | Model | Callable[[Any], str | Model]
#: a sentence, or a function of what the act answered
type Sentence = str | Callable[[Any], str]


#: something was done, in the transaction that does it: `act` (`recommendations.assign`), `thing`, `by`
acted = Signal()


def posted(
    request: HttpRequest,
    act: Act,
    thing: Any,
    *,
    to: Way,
    told: Sentence = "",
    back: str | Model | None = None,
    then: Callable[[Any], object] | None = None,
    **values: Any,
) -> HttpResponse:
    """A button: the act is done and told, or its refusal is; `back` is where the refused stand, else the thing."""
    try:
        return _led_back(request, act) or _run(request, act, thing, lambda: values, to=to, told=told, then=then)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(resolve_url(back or thing))


class Carried:
    """What a form can do with what was typed in it."""

    #: the row this form edits, read `with_stamp`; None where it makes something or asks a question
    edits: Any = None
    #: sentences to be read before it is saved all the same, by key
    warnings: dict[str, str] = {}
    #: fields of which every save says again what they say, whether they were touched or not
    anew: tuple[str, ...] = ()
    #: who acts, once the form is carried
    by: Acting = None
    _stamp = ""

    @property
    def values(self) -> dict[str, Any]:
        """What the act takes, by name."""
        return self.cleaned_data  # type: ignore[attr-defined]

    @property
    def stamp(self) -> str:
        """What the editor saw of the row, or has been told since."""
        form: Any = self
        return self._stamp or (form.data.get("seen", "") if form.is_bound else getattr(self.edits, "stamp", None) or "")

    def own(self, thing: Any) -> dict[str, Any]:
        """Those of the values that are this person's own; asked under the lock of the act's transaction."""
        if self.edits is None:
            return self.values
        return own_changes(thing, self.values, self.stamp, by=self.by, anew=self.anew)

    def carry(
        self,
        request: HttpRequest,
        act: Act,
        thing: Any,
        *,
        to: Way,
        told: Sentence = "",
        makes: bool = False,
        then: Callable[[Any], object] | None = None,
        **more: Any,
    ) -> HttpResponse | None:
        """Carry what was typed to its act; the answer that leads to what came of it, or None where nothing did.

        Nothing did where the form was not sent, or cannot be taken: then each error stands at its field, and what was
        typed is kept. `makes` is for acts that make something: the same words again soon after are asked about.
        `thing` is None where the form says to what the act is done. `then` is told what the act answered, once it is
        kept; `more` goes to the act beside the form's values.
        """
        form: Any = self
        if not form.is_bound:
            return None
        if request.FILES:
            within_limit(request, "uploads")
        valid = form.is_valid()
        try:
            if answer := _led_back(request, act):
                return answer
            if valid:
                self.by = acting(request)
                values = lambda: self.own(thing) | more  # noqa: E731
                return _run(request, act, thing, values, to=to, told=told, then=then, makes=makes)
        except Refused as refusal:
            self.refuse(refusal)
        return None

    def refuse(self, refusal: Refused) -> None:
        """Put what was refused at its field, or above the form where it has no such field."""
        form: Any = self
        self._stamp = str(refusal.details.get("stamp", ""))
        self.warnings = cast("dict[str, str]", refusal.details.get("warnings", {}))
        for name, sentence in (refusal.fields or {refusal.field: str(refusal)}).items():
            form.add_error(name if name in form.fields else None, sentence)


def _run(
    request: HttpRequest,
    act: Act,
    thing: Any,
    values: Callable[[], dict[str, Any]],
    *,
    to: Way,
    told: Sentence,
    then: Callable[[Any], object] | None,
    makes: bool = False,
) -> HttpResponse:
    by, result = acting(request), None
    with written(), transaction.atomic():
        key, is_first = OneTimeKey.objects.get_or_create(
            bearer=bearer_of(by), act=_name(act), key=key_in(request), defaults={"digest": digest_of(request)}
        )
        if is_first:
            if makes and not request.POST.get(AGAIN):
                _ask_about_the_same(request, key)
            result = act(*(() if thing is None else (thing,)), **values(), by=by)
            acted.send(None, act=_name(act), thing=thing, by=by)
            key.landing = resolve_url(to(result) if callable(to) else to)
            key.made = str(result) if makes else ""
            key.save(update_fields=["landing", "made"])
    if not is_first:
        return _led_to(request, key)
    if then is not None:
        then(result)
    if sentence := told(result) if callable(told) else told:
        messages.success(request, sentence)
    return redirect(key.landing)


def _name(act: Act) -> str:
    """`recommendations.assign`: the app and the act."""
    return f"{act.__module__.partition('.actions')[0]}.{act.__name__}"


def _led_back(request: HttpRequest, act: Act) -> HttpResponse | None:
    """The answer to a form that has acted already; Refused where its key does not count."""
    keys = OneTimeKey.objects.filter(bearer=bearer_of(acting(request)), act=_name(act), key=key_in(request))
    first = keys.first()
    return _led_to(request, first) if first is not None else None


def _led_to(request: HttpRequest, first: OneTimeKey) -> HttpResponse:
    """Where the first sending led; Refused where this one says something else, which would be lost."""
    if first.digest != digest_of(request):
        sentence = _("This form was sent before, with other words.")
        offer = _("What stands here now is not saved yet: send it once more to save it.")
        link = format_html('<a href="{}">{}</a>', first.landing, _("See what came of it"))
        raise Refused(format_html("{} {}. {}", sentence, link, offer))
    messages.info(request, _("This was sent twice; it was done once."))
    return redirect(first.landing)


def _ask_about_the_same(request: HttpRequest, key: OneTimeKey) -> None:
    earlier = OneTimeKey.objects.exclude(pk=key.pk).just_made(key.bearer, key.act, key.digest)
    if earlier is None:
        return
    request.asks_again = True  # type: ignore[attr-defined]
    raise Refused(
        format_html(
            '{} <bdi>{}</bdi>. <a href="{}">{}</a>. {}',
            _("You have just made this with the same words:"),
            earlier.made,
            earlier.landing,
            _("Open it"),
            _("Send the form once more to make another."),
        )
    )


class SentTwice:
    """A form sent twice whose thing is gone, or closed to its sender, since the first time: it leads to what came of
    the first, as any other does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or response.status_code not in {403, 404}:
            return response
        first = acted_before(request)
        return response if first is None else _led_to(request, first)
