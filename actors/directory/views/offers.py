"""A part in an institution offered to a colleague, taken back, and taken up by its mail."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from actors.directory import actions
from actors.directory.forms.offers import AcceptOfferForm, OfferForm
from actors.directory.models import AccountOffer
from actors.directory.models.offer import offer_of
from actors.directory.permissions import check_edit_actor
from actors.directory.views.sheets import follows_merges, seen_actor
from portal.accounts.models import User
from portal.core.acting import Bearer
from portal.core.limits import within_limit
from portal.core.pages import page
from portal.core.saving import posted
from portal.notifications.rules.recipients import Recipient


@require_http_methods(["GET", "POST"])
@follows_merges
def offer_account(request: HttpRequest, slug: str) -> HttpResponse:
    actor = seen_actor(request, slug)
    check_edit_actor(request.user, actor)
    form = OfferForm(request.POST or None)
    if form.is_bound:
        within_limit(request, "offers")
    told = _("The offer is on its way: whoever has this address works for the institution here once they accept it.")
    return form.carry(request, actions.offer_account, actor, to=actor, told=told) or page(
        request, "directory/offer_account.html", {"form": form, "actor": actor}
    )


@require_POST
def withdraw_offer(request: HttpRequest, pk: int) -> HttpResponse:
    offer = get_object_or_404(AccountOffer.objects.visible_to(request.user).select_related("actor"), pk=pk)
    told = _("The offer is withdrawn: its link can no longer be used.")
    return posted(request, actions.withdraw_offer, offer, to=offer.actor, back=offer.actor, told=told)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def answer_offer(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners do it too. Who is signed in as somebody else answers nothing."""
    offer = offer_of(token)
    if offer is None:
        raise Http404
    account = User.objects.filter(email=offer.email).first()
    is_another = request.user.is_authenticated and request.user != account
    accepts = request.POST.get("answer") == "accept"
    form = AcceptOfferForm(request.POST if accepts else None, email=offer.email, has_account=account is not None)
    if offer.is_open and not is_another:
        to = Recipient.of(account) if account else Recipient(offer.email, offer.language)
        request.bearer = Bearer(to, offer, "answer_offer")  # type: ignore[attr-defined]
        here = reverse("directory:answer_offer", args=[token])
        if request.method == "POST" and not accepts:
            told = _("You declined the offer; your address will be forgotten.")
            return posted(request, actions.answer_offer, offer, accepts=False, to=here, back=here, told=told)
        told = _("You have accepted the offer: sign in with your e-mail and your password.")
        way = reverse("account_login")
        if answer := form.carry(request, actions.answer_offer, offer, accepts=True, to=way, told=told):
            return answer
    return _page(request, token, offer, form, is_another=is_another)


def _page(
    request: HttpRequest, token: str, offer: AccountOffer, form: AcceptOfferForm, *, is_another: bool
) -> HttpResponse:
    context = {"offer": offer, "token": token, "form": form, "is_another": is_another}
    response = page(request, "directory/answer_offer.html", context)
    if not offer.is_open and response.status_code == 200:
        response.status_code = 410
    response.headers["X-Robots-Tag"] = "noindex"
    return response
