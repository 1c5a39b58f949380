"""Open recommendations as something the map of the region can be coloured by; for members."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from actors.directory.reading.coverage import Concerned, Measure, register_measure
from actors.directory.reading.coverage.measures import list_address
from recommendations.models import Recommendation, sees_inside
from recommendations.reading.standing import CHANGES

if TYPE_CHECKING:
    from portal.accounts.models import User

#: what the register's filter of states calls all that are open
OPEN = "open"


def register() -> None:
    """Hang in the measure."""
    register_measure(
        Measure(
            key="recommendations",
            label=_("Open recommendations"),
            title=_("Open recommendations by commune"),
            read=_open,
            phrase=lambda count: (
                ngettext("%(count)s open recommendation", "%(count)s open recommendations", count) % {"count": count}
            ),
            link=lambda code, theme: list_address(
                "recommendations:recommendations", territory=code, theme=theme, state=OPEN
            ),
            changes=lambda: CHANGES,
            is_for=sees_inside,
        )
    )


def _open(user: "User", theme: int | None) -> Concerned:
    seen = Recommendation.objects.visible_to(user).open().exclude(territory=None).order_by()
    if theme is not None:
        seen = seen.filter(themes=theme)
    return Concerned(over=seen.values_list("pk", "territory_id"))
