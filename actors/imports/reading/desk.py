"""The lists on their way in that go on once a person has decided."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from actors.imports.models import ActorImport
from actors.imports.permissions import can_import
from portal.core.dates import ago_text
from portal.core.waiting import Line, Mark, Matter, Source, Told, WaitingRows, lines

if TYPE_CHECKING:
    from portal.accounts.models import User

IMPORT = Matter("imports", _("Lists waiting to be brought in"), _("Continue"))


def _rows(user: "User") -> WaitingRows | None:
    if not can_import(user):
        return None
    undecided = ActorImport.objects.filter(state__in=ActorImport.UNDECIDED)
    return lines(undecided, IMPORT, key="pk", title="file_name", state="state", at="requested_at")


def _tell(line: Line) -> Told:
    url = reverse("imports:actor_import", args=[line.key])
    state = ActorImport.State(line.state)
    facts = [ago_text(line.at)] if line.at else []
    return Told(url, url, facts=facts, chips=[Mark(capfirst(state.label), state.tone, state.icon)])


SOURCES = (Source((IMPORT,), _rows, _tell),)
