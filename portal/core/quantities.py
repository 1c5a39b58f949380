"""Sizes of files and parts of a hundred, as people write them; always in the active language."""

from math import ceil

from django.utils.formats import number_format
from django.utils.translation import gettext as _

KILOBYTE = 1024
MEGABYTE = 1024**2
GIGABYTE = 1024**3


def size_text(size: int) -> str:
    """The size in bytes, never rounded down: «1,2 ميغابايت», « 20 Mo »."""
    if size < MEGABYTE:
        return _tenths(size / KILOBYTE, _("kB"))
    return _tenths(size / MEGABYTE, _("MB")) if size < GIGABYTE else _tenths(size / GIGABYTE, _("GB"))


def _tenths(number: float, unit: str) -> str:
    rounded = ceil(number * 10) / 10
    return f"{number_format(rounded, 0 if rounded.is_integer() else 1)}\u00a0{unit}"


def percent_text(number: int) -> str:
    """A part in hundredths: « 25 % », «25%»; the sign keeps its side of the number in Arabic."""
    return _("%(number)d%%") % {"number": number}
