"""What of the directory waits for a person: their sheet to confirm, a post they take over, changes asked for."""

from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actors.directory.models import AccountOffer, Actor, HandOver, Membership, ProposedChange
from actors.directory.models.membership import managed_by
from actors.directory.models.offer import path_of
from actors.directory.permissions import is_administrator
from portal.core.dates import ago_text, day_text, today
from portal.core.names import written
from portal.core.waiting import Line, Mark, Matter, Source, Told, WaitingRows, lines
from portal.notifications.models import Notification

if TYPE_CHECKING:
    from portal.accounts.models import User

SHEET = Matter("sheets", gettext_lazy("Sheets to confirm"), gettext_lazy("Read and confirm"))
OFFER = Matter("offers", gettext_lazy("Offered to you"), gettext_lazy("Answer the offer"), "next")
HAND_OVER = Matter("hand-overs", gettext_lazy("Handed over to you"), gettext_lazy("See what is open"), "next")
PROPOSAL = Matter("proposals", gettext_lazy("Changes institutions ask for"), gettext_lazy("Read and decide"))


def _sheets(user: "User") -> WaitingRows | None:
    managed = managed_by(user)
    if not managed:
        return None
    stale = Actor.objects.stale().filter(pk__in=managed)
    return lines(stale, SHEET, key="slug", title=written("name"), day="confirmed_on", at="created_at")


def _tell_sheet(line: Line) -> Told:
    url = reverse("directory:actor", args=[line.key])
    told = _("Confirmed on %(day)s") % {"day": day_text(line.day)} if line.day else _("Never confirmed")
    return Told(url, url, chips=[Mark(told, "attention", "clock")])


def _offers(user: "User") -> WaitingRows:
    rows = AccountOffer.objects.open().filter(email=user.email)
    return lines(rows, OFFER, key="pk", title=written("actor__name"), state="part", at="expires_at")


def _tell_offer(line: Line) -> Told:
    url = path_of(int(line.key))
    until = [_("can be accepted until %(day)s") % {"day": day_text(line.at)}] if line.at else []
    return Told(url, url, facts=[Membership.Part(line.state).label, *until])


def _hand_overs(user: "User") -> WaitingRows:
    """What somebody else handed to this person, until they have opened it: nobody is asked to accept a post."""
    told = Notification.objects.of(user).filter(
        read_at=None,
        kind="directory.handed_over",
        content_type=ContentType.objects.get_for_model(HandOver),
        object_id=Cast(OuterRef("pk"), CharField()),
    )
    rows = HandOver.objects.filter(Exists(told), to_user=user, called_off_at=None)
    return lines(rows, HAND_OVER, key="pk", title=written("actor__name"), who="from_user__name", day="day")


def _tell_hand_over(line: Line) -> Told:
    url = reverse("directory:hand_over_sheet", args=[line.key])
    begins = line.day or today()
    told = _("From %(day)s") if begins > today() else _("Since %(day)s")
    return Told(url, url, facts=[told % {"day": day_text(begins)}], names=[line.who] if line.who else [])


def _proposals(user: "User") -> WaitingRows | None:
    if not is_administrator(user):
        return None
    waiting = ProposedChange.objects.waiting()
    return lines(
        waiting, PROPOSAL, key="pk", title=written("actor__name"), who="proposed_by__name", at="proposed_at"
    )  # fmt: skip


def _tell_proposal(line: Line) -> Told:
    url = reverse("directory:proposed_change", args=[line.key])
    facts = [ago_text(line.at)] if line.at else []
    return Told(url, url, facts=facts, names=[line.who] if line.who else [])


SOURCES = (
    Source((SHEET,), _sheets, _tell_sheet),
    Source((OFFER,), _offers, _tell_offer),
    Source((HAND_OVER,), _hand_overs, _tell_hand_over),
    Source((PROPOSAL,), _proposals, _tell_proposal),
)
