"""The roles an institution is named for and has not answered."""

from typing import TYPE_CHECKING

from django.db.models import CharField, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from actors.directory.models.membership import parts_by_actor
from actors.roles.models import Responsibility
from actors.roles.permissions import ANSWERING
from portal.core.dates import today
from portal.core.names import written
from portal.core.waiting import Line, Matter, Source, Told, WaitingRows, lines

if TYPE_CHECKING:
    from portal.accounts.models import User

ROLE = Matter("roles", _("Roles your institution is named for"), pgettext_lazy("button", "Answer"))


def _rows(user: "User") -> WaitingRows | None:
    """Of the institutions whose manager or validator the person is: they answer, and nobody in their place."""
    own = [pk for pk, parts in parts_by_actor(user).items() if not ANSWERING.isdisjoint(parts)]
    if not own:
        return None
    waiting = Responsibility.objects.filter(actor__in=own, answer=Responsibility.Answer.WAITING).during(today())
    title = Concat(written("theme__name"), Value(" – "), written("territory__name"), output_field=CharField())
    return lines(
        waiting, ROLE, key="pk", title=title, who=written("actor__name"), state="part", note="actor__slug",
        at="created_at",
    )  # fmt: skip


def _tell(line: Line) -> Told:
    url = f"{reverse('roles:actor_roles', args=[line.note])}#role-{line.key}"
    return Told(url, url, facts=[capfirst(Responsibility.Part(line.state).label)], names=[line.who])


SOURCES = (Source((ROLE,), _rows, _tell),)
