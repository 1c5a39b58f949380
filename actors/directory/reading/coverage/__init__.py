"""The communes on a map, coloured by how many institutions concern each (or what an upper app counts), and a table."""

from actors.directory.reading.coverage.concerned import Concerned
from actors.directory.reading.coverage.measures import Measure, register_measure

__all__ = ["Concerned", "Measure", "register_measure"]
