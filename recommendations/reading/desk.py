"""What of recommendations waits for a person, and where those of their spaces stand."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from actors.directory.models import Actor, Membership, Space
from actors.directory.models.membership import managed_by, parts_by_actor
from actors.directory.models.space import roles_by_space
from portal.core.asking import PERSON, Among, Reader, all_of, answers, filled, text_of
from portal.core.databases import PRIMARY
from portal.core.dates import ago_text, today
from portal.core.names import written
from portal.core.remembered import Remembered, last_changes
from portal.core.waiting import Line, Mark, Matter, Source, Told, WaitingRows, lines
from portal.reference.spellings import place
from recommendations.models import Assignment, FollowUp, Recommendation, Shown, strip_of
from recommendations.models.recommendation import DUE_SOON as SOON
from recommendations.models.recommendation import SILENCE, due_text
from recommendations.reading.standing import CHANGES, standing

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from portal.accounts.models import User

State = Recommendation.State
UPDATE = gettext_lazy("Update progress")

OVERDUE = Matter("overdue", gettext_lazy("Past their due date"), UPDATE, "late", is_primary=True)
DUE = Matter("due-soon", gettext_lazy("Due dates near"), UPDATE)
SILENT = Matter("silent", gettext_lazy("Without news for 60 days"), UPDATE)
ONGOING = Matter("ongoing", gettext_lazy("Under way"), UPDATE)
TO_CONFIRM = Matter("to-confirm", gettext_lazy("Waiting for your confirmation"), gettext_lazy("Check"), is_primary=True)
TO_ASSIGN = Matter("to-assign", gettext_lazy("Waiting for a lead"), gettext_lazy("Choose a lead"))
OTHERS = Matter("others", gettext_lazy("Waiting for other institutions"), gettext_lazy("View"))
ASSIGNED = Matter(
    "assigned", gettext_lazy("Waiting for your answer"), pgettext_lazy("button", "Answer"), "next", is_primary=True
)
TO_CLEAR = Matter(
    "to-clear", gettext_lazy("Waiting for your validation"), gettext_lazy("Read and decide"), "next", is_primary=True
)
SENT_BACK = Matter("sent-back", gettext_lazy("Sent back to you by your validator"), UPDATE, "next", is_primary=True)
LED = Matter("led", gettext_lazy("Progress of what we lead"), gettext_lazy("View"))
#: those in which an institution reports
REPORTING = (OVERDUE.key, DUE.key, SILENT.key, ONGOING.key)
#: what `adopted` finds, named one by one: an index leads to these
AGREED = tuple(state for state in State if state not in Recommendation.NOT_AGREED)
#: what a line says of a recommendation, as its table has them
SAID = ("due_on", "state", "progress", "last_news_at")


# Whoever has to act on a recommendation sees it (`visible_to`): the assigned, those who confirm, those who prepare.


def _to_report(user: "User") -> WaitingRows | None:
    """What own institutions have taken on; what they have not answered yet waits for their answer (`_assigned`)."""
    own, day = list(parts_by_actor(user)), today()
    if not own:
        return None
    accepted = Assignment.objects.filter(actor__in=own, answer=Assignment.Answer.ACCEPTED)
    kind = Case(
        When(due_on__lt=day, then=Value(OVERDUE.key)),
        When(due_on__lte=day + SOON, then=Value(DUE.key)),
        When(last_news_at__lt=timezone.now() - SILENCE, then=Value(SILENT.key)),
        default=Value(ONGOING.key),
        output_field=CharField(),
    )
    return _lines(Recommendation.objects.open().filter(Among("pk", accepted.order_by().values("recommendation"))), kind)


def _to_confirm(user: "User") -> WaitingRows:
    return _lines(Recommendation.objects.to_confirm_by(user), TO_CONFIRM)


def _to_assign(user: "User") -> WaitingRows:
    """Of the meetings a person prepares; an own institution that is asked to support answers or reports."""
    rows = Recommendation.objects.open().steered_by(user).filter(lead_key=None)
    if own := list(parts_by_actor(user)):
        asked = Assignment.objects.standing().filter(actor__in=own).order_by().values("recommendation")
        rows = rows.exclude(pk__in=asked)
    return _lines(rows, TO_ASSIGN)


def _with_others(user: "User") -> WaitingRows | None:
    """Declared done by own institutions: the word of others is awaited."""
    own = list(parts_by_actor(user))
    if not own:
        return None
    mine = Assignment.objects.standing().filter(actor__in=own).order_by().values("recommendation")
    return _lines(Recommendation.objects.done_for_others(user).filter(Among("pk", mine)), OTHERS)


def _led(user: "User") -> WaitingRows | None:
    own = list(parts_by_actor(user))
    return _lines(Recommendation.objects.adopted().led_by(own), LED) if own else None


def _lines(rows: "QuerySet[Recommendation]", kind: Any) -> WaitingRows:
    """The same columns for every kind: they are asked together."""
    lead = Subquery(Actor.objects.filter(pk=OuterRef("lead_key")).values(name=written("name"))[:1])
    return lines(
        rows, kind, key="reference", reference="reference", title=written("text"), state="state", number="progress",
        day="due_on", at="last_news_at", note=_council_of(""), who=lead,
    )  # fmt: skip


def _council_of(path: str) -> Combinable:
    """The kind of council at whose session it is due, and the code of its seat: `commune:02.381.01.01`; the rule of
    `Recommendation.council_seat`, as a column of what `path` leads from."""
    kind, territory = F(f"{path}due_council"), f"{path}territory"
    leads = Assignment.objects.standing().filter(
        part=Assignment.Part.LEAD,
        recommendation=OuterRef(f"{path}pk"),
        actor__kind__in=Actor.COUNCILS,
        actor__seat__level=OuterRef(f"{path}due_council"),
    )
    own = Case(When(**{f"{territory}__level": kind}, then=F(territory)), default=Value(""), output_field=CharField())
    return Concat(kind, Value(":"), Coalesce(Subquery(leads.values("actor__seat")[:1], output_field=CharField()), own))


def _due(line: Line) -> str:
    council, _colon, code = line.note.partition(":")
    return due_text(line.day, council, place(code))


def _tell(line: Line) -> Told:
    said = (line.day, line.state, line.number or 0, line.at)
    shown = Shown(Recommendation.from_db(PRIMARY, SAID, said), inside=True)
    due = _due(line)
    url = _to("recommendation", line.reference)
    act = {TO_ASSIGN.key: "assign"} | dict.fromkeys(REPORTING, "report_progress")
    return Told(
        url,
        _to(act.get(line.kind, "recommendation"), line.reference),
        facts=[_("Due: %(due)s") % {"due": due}] if due and line.kind != OVERDUE.key else [],
        names=[line.who] if line.who and line.kind == TO_CONFIRM.key else [],
        chips=[
            *(Mark(capfirst(flag.label), flag.tone, flag.icon) for flag in shown.flags),
            Mark(shown.state.label, shown.state.tone, shown.state.icon),
        ],
        progress=shown.progress,
    )


def _assigned(user: "User") -> WaitingRows | None:
    own = list(parts_by_actor(user))
    if not own:
        return None
    asked = Assignment.objects.filter(
        actor__in=own, answer=Assignment.Answer.WAITING, recommendation__state__in=Recommendation.OPEN
    )
    return lines(
        asked, ASSIGNED, key="pk", reference="recommendation__reference", title=written("recommendation__text"),
        who=written("actor__name") if len(own) > 1 else Value(""), state="part", day="recommendation__due_on",
        note=_council_of("recommendation__"), at="assigned_at",
    )  # fmt: skip


def _tell_assigned(line: Line) -> Told:
    shown = Shown(Recommendation(due_on=line.day, state=State.ADOPTED), inside=True)
    facts: list[StrOrPromise] = [capfirst(Assignment.Part(line.state).label)]
    if due := _due(line):
        facts.append(_("Due: %(due)s") % {"due": due})
    return Told(
        _to("recommendation", line.reference),
        _to("answer_assignment", line.key),
        facts=facts,
        names=[line.who] if line.who else [],
        chips=[Mark(capfirst(flag.label), flag.tone, flag.icon) for flag in shown.flags],
    )


def _entries(user: "User") -> WaitingRows | None:
    """Those a person has a word on before they leave the house, and their own that came back.

    1. Cleared by the validator, or the manager while there is no validator.
    2. Sent back, it waits for its author until somebody of the institution writes another, or nothing is to be
       reported any more.
    """
    own = list(parts_by_actor(user))
    if not own:
        return None
    validated = [pk for pk, parts in parts_by_actor(user).items() if Membership.Part.VALIDATOR in parts]
    validators = Membership.objects.serving(today(), Membership.Part.VALIDATOR).filter(actor=OuterRef("on_behalf_of"))
    falls_to_managers = Q(on_behalf_of__in=managed_by(user)) & ~Exists(validators)
    to_clear = Q(clearance=FollowUp.Clearance.WAITING) & (Q(on_behalf_of__in=validated) | falls_to_managers)
    of_same = {"recommendation": OuterRef("recommendation"), "on_behalf_of": OuterRef("on_behalf_of")}
    later = FollowUp.objects.filter(drafted_at__gt=OuterRef("drafted_at"), **of_same)
    stands = Assignment.objects.standing().filter(
        recommendation=OuterRef("recommendation"), actor=OuterRef("on_behalf_of")
    )
    came_back = Q(clearance=FollowUp.Clearance.SENT_BACK, drafted_by=user, on_behalf_of__in=own)
    came_back &= Q(recommendation__state__in=Recommendation.OPEN) & Exists(stands) & ~Exists(later)
    kind = Case(
        When(clearance=FollowUp.Clearance.WAITING, then=Value(TO_CLEAR.key)),
        default=Value(SENT_BACK.key),
        output_field=CharField(),
    )
    cleared = Q(clearance=FollowUp.Clearance.WAITING)
    return lines(
        FollowUp.objects.in_house().filter(to_clear | came_back, on_behalf_of__in=own), kind,
        key=Case(
            When(cleared, then=Cast("pk", CharField())), default=F("on_behalf_of__slug"), output_field=CharField()
        ),
        reference="recommendation__reference", title=written("recommendation__text"),
        who=Case(When(cleared, then=F("drafted_by__name")), default=Value(""), output_field=CharField()),
        note="clearance_note", at="drafted_at",
    )  # fmt: skip


def _entries_in_house(user: "User") -> "QuerySet[Any] | None":
    own = list(parts_by_actor(user))
    return FollowUp.objects.in_house().filter(on_behalf_of__in=own).order_by().values("pk") if own else None


def _tell_entry(line: Line) -> Told:
    comes_back = line.kind == SENT_BACK.key
    act = f"{_to('report_progress', line.reference)}?for={line.key}" if comes_back else _to("clear_follow_up", line.key)
    return Told(
        _to("recommendation", line.reference),
        act,
        facts=[capfirst(ago_text(line.at))] if line.at else [],
        names=[text for text in (line.who, line.note) if text],
    )


def _to(route: str, argument: str) -> str:
    return reverse(f"recommendations:{route}", args=[argument])


SOURCES = (
    Source((OVERDUE, DUE, SILENT, ONGOING), _to_report, _tell),
    Source((TO_CONFIRM,), _to_confirm, _tell, many=True),
    Source((TO_ASSIGN,), _to_assign, _tell, many=True),
    Source((OTHERS,), _with_others, _tell),
    Source((ASSIGNED,), _assigned, _tell_assigned),
    Source((TO_CLEAR, SENT_BACK), _entries, _tell_entry, among=_entries_in_house),
)
#: no line of the desk; behind its figure
FIGURES = (Source((LED,), _led, _tell),)


def _completion(reader: Reader) -> int | None:
    text = text_of(reader, _progress_of_led, _progress_of_led)
    if not text.sql:
        return None
    [[total, number]] = answers(filled(text, reader.keys), (IntegerField(), IntegerField()))
    return round(total / number) if number else None


def _progress_of_led(user: "User") -> "QuerySet[Any] | None":
    own = list(parts_by_actor(user))
    led = Recommendation.objects.adopted().led_by(own).order_by().values(all=Value(True))
    return led.annotate(sum=Sum("progress"), number=Count("pk")).values_list("sum", "number") if own else None


@dataclass
class Standing:
    """How the recommendations of one space stand, or (`space` is '') all: the parts of the strip, how many are late,
    and the register that lists the same."""

    space: str
    url: str
    parts: list[tuple[str, int, str]]
    overdue: int


@dataclass
class OwnFigures:
    """How the recommendations of each of a person's spaces stand, by name, an administrator's all together (those
    without any are left out), and how far what own institutions lead has come, in hundredths (None: they lead
    nothing)."""

    standing: list[Standing]
    completion: int | None


_figures: Remembered[OwnFigures] = Remembered()


def own_figures(reader: Reader) -> OwnFigures:
    """Counted once for each person, until something changes from which it follows."""
    if reader.stand_in.is_administrator:
        return OwnFigures(_of_all(reader), _completion(reader))
    person, day, stamp = reader.keys[PERSON][0], today(), last_changes(*CHANGES, Space)
    return _figures.recall(
        (person, get_language(), day), stamp, lambda: OwnFigures(_in_spaces(reader), _completion(reader))
    )


def _of_all(reader: Reader) -> list[Standing]:
    everything, register = standing(reader.stand_in), reverse("recommendations:recommendations")
    return [Standing("", register, everything.strip, everything.overdue)] if everything.total else []


def _in_spaces(reader: Reader) -> list[Standing]:
    register = reverse("recommendations:recommendations")
    questions = (_names_of_spaces, _standing_seen, _standing_otherwise)
    texts = [text_of(reader, write, write) for write in questions]
    parts = [filled(text, reader.keys) for text in texts if text.sql]
    names: dict[int, str] = {}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    behind: Counter[int] = Counter()
    fields = (BigIntegerField(), CharField(), CharField(), IntegerField(), IntegerField())
    for key, name, state, number, late in answers(all_of(parts), fields) if parts else ():
        if name:
            names[key] = name
        else:
            counts[key][state] += number
            behind[key] += late
    return [
        Standing(name, f"{register}?space={key}", strip_of(counts[key]), behind[key])
        for name, key in sorted((names[key], key) for key in counts)
    ]


def _names_of_spaces(user: "User") -> "QuerySet[Any] | None":
    own = list(roles_by_space(user))
    rows = Space.objects.filter(pk__in=own).order_by()
    return rows.values_list("pk", written("name"), _text(""), Value(0), Value(0)) if own else None


def _standing_seen(user: "User") -> "QuerySet[Any] | None":
    """Those whose meetings are of the person's spaces, out of preparation: these are seen (`visible_to`)."""
    rows, own = Recommendation.objects.all(), list(roles_by_space(user))
    rows = rows.filter(~Q(meeting_audience=""), space__in=own, meeting_space__in=own)
    return _counted(rows) if own else None


def _standing_otherwise(user: "User") -> "QuerySet[Any] | None":
    """The few others, as far as they are seen: of meetings of other spaces than the person's, or in preparation."""
    own = list(roles_by_space(user))
    if not own:
        return None
    others = Q(meeting_space=None) | ~Q(meeting_space__in=own) | Q(meeting_audience="")
    rows = Recommendation.objects.order_by().filter(others, space__in=own, state__in=AGREED)
    return _counted(Recommendation.objects.visible_to(user).filter(Among("pk", rows.values("pk"))))


def _counted(rows: "QuerySet[Recommendation]") -> "QuerySet[Any]":
    """Of each space and state how many there are, and how many of these are late."""
    agreed = rows.filter(state__in=AGREED).order_by()
    by_state = agreed.annotate(of=Cast("space", BigIntegerField()), called=_text("")).values("of", "called", "state")
    late = Count("state", filter=Q(state__in=Recommendation.OPEN, due_on__lt=today()))
    counted = by_state.annotate(number=Count("state"), late=late)
    return counted.values_list("of", "called", "state", "number", "late")


def _text(value: str) -> Cast:
    return Cast(Value(value), CharField())
