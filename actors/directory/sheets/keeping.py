"""Keeping a sheet to oneself while one acts on it."""

from django.utils.translation import gettext as _

from actors.directory.models import Actor
from actors.directory.sheets.sharing import isolated
from portal.core import history
from portal.core.errors import Refused


def renew_sheet(actor: Actor) -> None:
    """Bring the sheet up to date and keep it until the transaction ends: of two people who act on it, one waits.

    Every act that writes something on a sheet begins with it. Refused once the sheet is part of another one: what is
    written on it then would belong to nobody.
    """
    history.renew(actor)
    refuse_merged(actor)


def refuse_merged(*sheets: Actor) -> None:
    """Refused for a sheet that is part of another one."""
    for sheet in sheets:
        if sheet.merged_into_id is not None:
            raise Refused(
                _("“%(name)s” was merged into “%(other)s” already.")
                % {"name": isolated(str(sheet)), "other": isolated(str(sheet.merged_into))}
            )
