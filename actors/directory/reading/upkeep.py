"""What is to be mended in the directory: each check is a condition on sheets, counted, listed and exported alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from actors.directory.models import Actor, Contact, FocalPoint, ProposedChange
from actors.directory.models.actor import FRESH, SHOWN, ActorQuerySet, unconfirmed_condition, unverified_condition
from actors.directory.rules.fields import REACHED
from portal.core.dates import as_day, today
from portal.core.models import FileFault
from portal.notifications.models import Notification

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from actors.directory.models.terms import TermQuerySet


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be wrong with a sheet: the figure's label, the word beside a sheet, and which sheets."""

    key: str
    label: "StrOrPromise"
    word: "StrOrPromise"
    icon: str
    condition: Callable[[], Q]
    tone: str = "attention"


def figures() -> dict[str, int]:
    """How many sheets each check finds; one query."""
    return Actor.objects.kept().aggregate(**{check.key: Count("pk", filter=check.condition()) for check in CHECKS})


def register_check(check: Check) -> None:
    """Let the upkeep look for one thing more; registering a key again replaces it."""
    CHECKS[:] = [one for one in CHECKS if one.key != check.key] + [check]


def register_waiting(key: str, rows: "Callable[[], QuerySet[Any]]") -> None:
    """Let the upkeep count the rows, under `key`, that wait beside the sheets."""
    _waiting[key] = rows


def waiting() -> dict[str, int]:
    """What waits beside the sheets: `proposals` of institutions, `files` that are missing, and what was registered; one
    query."""
    first, *others = (_counted(rows(), key) for key, rows in _waiting.items())
    return dict.fromkeys(_waiting, 0) | dict(first.union(*others, all=True).order_by())


def with_findings(sheets: ActorQuerySet) -> ActorQuerySet:
    """With one truth for each check, read by `findings_of`."""
    found = {
        f"found_{check.key}": ExpressionWrapper(check.condition(), output_field=BooleanField()) for check in CHECKS
    }
    return sheets.annotate(**found)


def findings_of(actor: Actor) -> list[Check]:
    """What is to be mended on a sheet from `with_findings`; hidden from visitors says more than stale."""
    found = [check for check in CHECKS if getattr(actor, f"found_{check.key}")]
    hidden = any(check.key == "hidden" for check in found)
    return [check for check in found if not (hidden and check.key == "stale")]


def asked_on(actors: list[Actor]) -> dict[int, date]:
    """By institution, the day it was last asked to confirm its sheet, by the clock or by a person."""
    rows = Notification.objects.filter(
        kind="directory.sheet_stale",
        content_type=ContentType.objects.get_for_model(Actor),
        object_id__in=[str(actor.pk) for actor in actors],
    )
    return {int(pk): as_day(at) for pk, at in rows.order_by("created_at").values_list("object_id", "created_at")}


def _counted(rows: "QuerySet[Any]", what: str) -> "QuerySet[Any, tuple[str, int]]":
    named = rows.order_by().annotate(what=Value(what)).values("what")
    return named.annotate(number=Count("pk")).values_list("what", "number")


def _unconfirmed_for(age: timedelta) -> Q:
    return Q(state=Actor.State.PUBLISHED) & unconfirmed_condition(today() - age)


def _unverified() -> Q:
    return Q(state=Actor.State.PUBLISHED) & unverified_condition()


def _of(rows: "QuerySet[Any] | TermQuerySet[Any]") -> Exists:
    return Exists(rows.order_by().filter(actor=OuterRef("pk")))


def _without_contact() -> Q:
    nothing = Q(**{field.name: "" for field in REACHED})
    return Q(~_of(Contact.objects.current().exclude(nothing)))


def _without_focal_point() -> Q:
    return Q(~_of(FocalPoint.objects.on(today())))


_waiting: "dict[str, Callable[[], QuerySet[Any]]]" = {
    "proposals": ProposedChange.objects.waiting,
    "files": FileFault.objects.all,
}
#: in the order of the page: what is old, what is missing, then what upper apps registered
CHECKS = [
    Check("stale", _("Not confirmed for 12 months"), _("to be confirmed again"), "clock",
          lambda: _unconfirmed_for(FRESH)),
    Check("hidden", _("Not confirmed for 18 months"), _("hidden from visitors"), "eye-off",
          lambda: _unconfirmed_for(SHOWN), "accent"),
    Check("unverified", _("Never confirmed by the institution"), _("not confirmed by the institution"),
          "badge-question-mark", _unverified),
    Check("contact", _("Without contact details"), _("no contact details"), "phone-off", _without_contact, "danger"),
    Check("focal_point", _("Without focal point"), _("no focal point"), "user-x", _without_focal_point),
    Check("name_ar", _("Without Arabic name"), _("no Arabic name"), "languages", lambda: Q(name_ar="")),
    Check("name_fr", _("Without French name"), _("no French name"), "languages", lambda: Q(name_fr="")),
    Check("seat", _("Without seat"), _("no seat"), "map-pin-off", lambda: Q(seat=None)),
]  # fmt: skip
