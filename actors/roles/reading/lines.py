"""Roles line by line, with what this reader may do about each: for the page of an actor, and for a cell's."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.permissions import can_edit_actor, sees_inside
from actors.roles.models import Responsibility, ResponsibilityQuerySet
from actors.roles.permissions import can_answer_role, can_edit_role
from actors.roles.reading.words import Sign, scope_of, sign_of
from portal.core.dates import day_text, today

if TYPE_CHECKING:
    from portal.accounts.models import User

Answer = Responsibility.Answer


@dataclass(frozen=True)
class RoleLine:
    """One role, and what is decided about it for this reader."""

    role: Responsibility
    shows_answer: bool
    can_confirm: bool
    can_contest: bool
    can_edit: bool
    can_end: bool

    @property
    def sign(self) -> Sign:
        return sign_of(self.role.part)

    @property
    def scope(self) -> str:
        """How far the role reaches: «على صعيد الجهة»."""
        return scope_of(self.role.territory.kind)

    @property
    def term(self) -> str:
        """From when until when, in words; nothing for a role without dates."""
        starts, ends = self.role.starts_on, self.role.ends_on
        if starts and ends:
            return _("from %(first)s until %(last)s") % {"first": day_text(starts), "last": day_text(ends)}
        if starts:
            return _("since %(day)s") % {"day": day_text(starts)}
        return _("until %(day)s") % {"day": day_text(ends)} if ends else ""


@dataclass
class RolesOfActor:
    """The roles of one institution: those in force (what waits for its answer first), to come, and over."""

    actor: Actor
    can_add: bool
    current: list[RoleLine] = field(default_factory=list)
    coming: list[RoleLine] = field(default_factory=list)
    past: list[RoleLine] = field(default_factory=list)

    @property
    def to_answer(self) -> int:
        """How many wait for an answer this reader may give."""
        return sum(line.can_confirm and line.role.answer == Answer.WAITING for line in (*self.current, *self.coming))

    @property
    def is_empty(self) -> bool:
        return not (self.current or self.coming or self.past)


def roles_of(actor: Actor, user: "User", day: date | None = None) -> RolesOfActor:
    """The roles of the institution this reader may see, in one query; visitors see those of `day` (default: today)."""
    day = day or today()
    found = RolesOfActor(actor, can_add=can_edit_actor(user, actor))
    inside = sees_inside(user)
    for line in lines(Responsibility.objects.visible_to(user).filter(actor=actor), user, day):
        role = line.role
        role.actor = actor
        if role.is_over(day):
            if inside:
                found.past.append(line)
        elif role.starts_on is not None and role.starts_on > day:
            if inside:
                found.coming.append(line)
        else:
            found.current.append(line)
    found.current.sort(key=lambda line: not (line.can_confirm and line.role.answer == Answer.WAITING))
    found.past.sort(key=lambda line: line.role.ends_on or day, reverse=True)
    return found


def lines(roles: ResponsibilityQuerySet, user: "User", day: date) -> list[RoleLine]:
    """The rows in the order of themes, territories and parts, each with what this reader may do."""
    rows = (
        roles.select_related("actor", "theme", "territory")
        .defer("actor__search_text")
        .order_by("theme__position", "theme_id", "territory_id", "part", "pk")
    )
    inside = sees_inside(user)
    return [_line(role, user, day, inside=inside) for role in rows]


def _line(role: Responsibility, user: "User", day: date, *, inside: bool) -> RoleLine:
    over = role.is_over(day)
    answers = not over and can_answer_role(user, role)
    edits = can_edit_role(user, role)
    return RoleLine(
        role,
        shows_answer=inside,
        can_confirm=answers and role.answer != Answer.CONFIRMED,
        can_contest=answers and role.answer != Answer.CONTESTED,
        can_edit=edits and not over,
        can_end=edits and role.ends_on is None,
    )
