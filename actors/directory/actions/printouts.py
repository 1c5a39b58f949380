"""Ordering a PDF of the directory: a row that waits for a worker."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from actors.directory.models import Printout
from portal.core.errors import Refused

if TYPE_CHECKING:
    from portal.accounts.models import User


def order_printout(kind: str, *, title: str, language: str, data: dict[str, Any], by: "User") -> Printout:
    """A PDF that waits for a worker, `roles.matrix` made from `templates/roles/printouts/matrix.html` and `matrix.css`.

    `data` is plain JSON in `language`, with what `by` may see: the template is given it as it is. Two keys are read by
    the frame as well: `letterhead` ({"name", "acronym", "beside", "logo"}; default: the portal’s own) and `back`
    ({"url", "label"}: where the page of the printout leads back to). The view then calls the worker.
    """
    return Printout.objects.create(kind=kind, title=title[:250], language=language[:2], data=data, requested_by=by)


def retry_printout(printout: Printout, *, by: "User") -> None:
    """Let one that could not be made wait for a worker again. Refused while it is being made, and when it is ready."""
    if not printout.retry(requested_by=by):
        raise Refused(_("This file is already being made, or is ready."))
