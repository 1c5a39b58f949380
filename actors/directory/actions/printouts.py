"""Ordering a PDF of the directory: a row that waits for a worker."""

from typing import Any

from django.utils.translation import gettext as _

from actors.directory.models import HandOver, Printout
from actors.directory.permissions import check_order_printout, check_retry_printout
from portal.core.acting import Acting, person
from portal.core.errors import Refused
from portal.core.limits import within_limit_of


def order_printout(
    kind: str,
    *,
    title: str,
    language: str,
    data: dict[str, Any],
    by: Acting,
    for_members: bool = False,
    hand_over: HandOver | None = None,
) -> Printout:
    """A PDF that waits for a worker, `roles.matrix` made from `templates/roles/printouts/matrix.html` and `matrix.css`.

    `data` is plain JSON in `language`, with what `by` may see: the template is given it as it is. Two keys are read by
    the frame as well: `letterhead` ({"name", "acronym", "beside", "logo"}; default: the portal’s own) and `back`
    ({"url", "label"}: where the page of the printout leads back to). Whoever reads the page it was ordered on may fetch
    it: people of an institution alone where it is `for_members`, and of a `hand_over` who sees that. The view then
    calls the worker.
    """
    check_order_printout(by)
    within_limit_of(by, "orders")
    return Printout.objects.create(
        kind=kind,
        title=title[:250],
        language=language[:2],
        data=data,
        requested_by=person(by),
        for_members=for_members,
        hand_over=hand_over,
    )


def retry_printout(printout: Printout, *, by: Acting) -> None:
    """Let one that could not be made wait for a worker again. Refused while it is being made, and when it is ready."""
    check_retry_printout(by, printout)
    within_limit_of(by, "orders")
    if not printout.retry(requested_by=person(by)):
        raise Refused(_("This file is already being made, or is ready."))
