"""Who does what, where: the matrix of themes and territories, its cells, its findings, and the roles of one actor."""

from actors.roles.reading.lines import roles_of

__all__ = ["roles_of"]
