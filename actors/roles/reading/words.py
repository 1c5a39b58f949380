"""The matrix in words: letters of the parts, how far a role reaches, what a finding is called."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from actors.roles.models import Responsibility
from portal.reference.models import Territory


@dataclass(frozen=True)
class Sign:
    """One line of the legend: the part’s key in style sheets, its letter in a cell, its name."""

    key: str
    letter: str
    label: str


def sign_of(part: str) -> Sign:
    """What stands for a part in a cell."""
    known = Responsibility.Part(part)
    return Sign(known.partition("_")[2], str(known.letter), str(known.label))


def legend() -> list[Sign]:
    """Every part, the strongest first."""
    return [sign_of(part) for part in Responsibility.Part]


def scope_of(kind: str) -> str:
    """«على صعيد الجهة»: what a role for a territory of this kind covers."""
    return str(Territory.Kind(kind).scope)


def inside_text(count: int) -> str:
    """«في 3 جماعات»: in how many communes of a province somebody has a role."""
    return ngettext("in %(count)d commune", "in %(count)d communes", count) % {"count": count}


def finding_word(finding: str) -> str:
    """What a `gap` or an `overlap` is called."""
    return {"gap": _("domain to coordinate"), "overlap": _("common intervention")}.get(finding, "")


def colon() -> str:
    """What stands between a label and what it labels, in the reader’s language."""
    return pgettext("between a label and its number", ": ")


def comma() -> str:
    """What stands between the parts of a list, in the reader’s language."""
    return pgettext("between the parts of a list", ", ")
