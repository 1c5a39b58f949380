"""What fills the reference tables; each loader says what it did to every row, and none touches a corrected one."""

from portal.reference.loaders.holidays import load_holidays
from portal.reference.loaders.places import load_places
from portal.reference.loaders.shapes import load_shapes
from portal.reference.loaders.territories import UnknownRegion, load_territories
from portal.reference.loaders.vocabularies import load_axes, load_sessions, load_themes

__all__ = [
    "UnknownRegion",
    "load_axes",
    "load_holidays",
    "load_places",
    "load_sessions",
    "load_shapes",
    "load_territories",
    "load_themes",
]
