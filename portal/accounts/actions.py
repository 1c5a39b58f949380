"""What people do to what is theirs alone: their details, and the views they keep of lists."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.models import SavedView
from portal.accounts.permissions import check_edit_account, check_remove_view, check_save_view
from portal.accounts.rules.saved_views import list_address, view_query
from portal.core.errors import Refused

if TYPE_CHECKING:
    from portal.accounts.models import User

#: as many views as a person keeps of one list
MOST_VIEWS = 30
LONGEST_QUERY = 1000


@transaction.atomic
def save_view(route: str, *, name: str, query: str, by: "User") -> SavedView:
    """Keep the list at `route` with this query under a name.

    Refused for a name taken, without a name, for a list that does not exist, and for more than a menu can hold.
    """
    check_save_view(by)
    if not list_address(route) or len(view_query(query)) > LONGEST_QUERY:
        raise Refused(_("This list cannot be kept as a view."))
    if by.saved_views.filter(route=route).count() >= MOST_VIEWS:
        raise Refused(
            ngettext(
                "You keep %(count)s view of this list already: remove one first.",
                "You keep %(count)s views of this list already: remove one first.",
                MOST_VIEWS,
            )
            % {"count": MOST_VIEWS}
        )
    view = SavedView(user=by, route=route, name=" ".join(name.split()), query=view_query(query))
    try:
        view.full_clean()
        view.save()
    except ValidationError as error:
        raise Refused(next(iter(error.message_dict.values()))[0], field="name") from error
    return view


@transaction.atomic
def remove_view(view: SavedView, *, by: "User") -> None:
    """Forget the view; the list it shows is untouched."""
    check_remove_view(by, view)
    view.delete()


@transaction.atomic
def edit_account(account: "User", *, name: str, language: str, by: "User") -> None:
    """What the portal calls a person, and the language it writes to them in."""
    check_edit_account(by, account)
    account.name, account.language = name, language
    account.save(update_fields=["name", "language"])
