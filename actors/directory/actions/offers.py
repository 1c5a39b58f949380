"""Who comes to work for an institution: a part is offered to an address, and its owner takes it up or does not."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actors.directory.actions.checked import save_checked
from actors.directory.models import AccountOffer, Actor, Membership
from actors.directory.permissions import check_answer_offer, check_edit_actor
from actors.directory.sheets.keeping import renew_sheet
from portal.accounts.models import User
from portal.core.acting import THE_PORTAL, Acting, person
from portal.core.dates import day_text, today
from portal.core.errors import Refused
from portal.notifications.actions import notify
from portal.notifications.rules.recipients import Recipient


@transaction.atomic
def offer_account(
    actor: Actor, *, email: str, part: str, by: Acting, job_title: str = "", language: str = "ar"
) -> AccountOffer:
    """Offer whoever has this address a part in the institution; a mail leads to the page where it is taken up.

    Nobody is enrolled by it, and nothing says whether the address has an account: `language` is what the mail is
    written in where it has none. Refused where the part is held already, as every reader of the sheet's people sees, or
    waits to be taken up.
    """
    check_edit_actor(by, actor)
    renew_sheet(actor)
    email = email.strip().lower()
    if actor.memberships.during(today()).filter(user__email=email, part=part).exists():
        raise Refused(_("This person already has this part."), field="email")
    if waiting := actor.offers.open().filter(email=email, part=part).first():
        sentence = _("This part is offered to this address already, until %(day)s: withdraw that offer first.")
        raise Refused(sentence % {"day": day_text(timezone.localdate(waiting.expires_at))}, field="email")
    offer = AccountOffer(
        actor=actor, email=email, part=part, job_title=job_title, language=language, made_by=person(by)
    )
    save_checked(offer, by=by)
    user = User.objects.filter(email=email).first()
    to = Recipient.of(user) if user else Recipient(email, language)
    # Who makes an offer to an address of their own takes it up by the mail too.
    notify(
        to,
        kind="directory.account_offered",
        about=offer,
        by=THE_PORTAL,
        expires_at=offer.expires_at,
        is_secret=True,
    )
    return offer


@transaction.atomic
def withdraw_offer(offer: AccountOffer, *, by: Acting) -> None:
    """The link in its mail leads nowhere any more. Refused once it is answered."""
    check_edit_actor(by, offer.actor)
    _settle(offer, AccountOffer.State.WITHDRAWN)


@transaction.atomic
def answer_offer(
    offer: AccountOffer, *, accepts: bool, by: Acting, name: str = "", language: str = "", password: str = ""
) -> AccountOffer:
    """Take the part up from today, or decline it, once.

    Where the address has no account yet, taking it up opens one, with this name, language and password. Refused once it
    is answered, withdrawn or too old, and where the account is closed.
    """
    check_answer_offer(by, offer)
    renew_sheet(offer.actor)
    _settle(offer, AccountOffer.State.ACCEPTED if accepts else AccountOffer.State.DECLINED)
    if not accepts:
        return offer
    user = User.objects.filter(email=offer.email).first()
    if user is None:
        user = User.objects.create_user(offer.email, password, name=name, language=language)
    elif not user.is_active:
        raise Refused(_("The account with this address is closed. Write to the administrators of the portal."))
    if not offer.actor.memberships.during(today()).filter(user=user, part=offer.part).exists():
        held = Membership(actor=offer.actor, user=user, part=offer.part, job_title=offer.job_title, starts_on=today())
        save_checked(held, by=by)
    return offer


def _settle(offer: AccountOffer, state: str) -> None:
    """Of two who answer at once, one is refused."""
    if not AccountOffer.objects.open().filter(pk=offer.pk).update(state=state, answered_at=timezone.now()):
        raise Refused(_("This offer has been answered or withdrawn already, or its time is over."))
    offer.refresh_from_db(fields=["state", "answered_at"])
