"""A choice: values in one order, each with its word and whatever else is said of it wherever it is shown."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, When


class Choice(models.TextChoices):
    """A choice carries what it annotates, each member between its value and its word; one that lacks it is refused.

    class Status(Choice):
        tone: str
        icon: str

        PRESENT = "present", "ok", "check", _("present")
    """

    if not TYPE_CHECKING:  # the stubs know a choice by how `str` is made

        def __new__(cls, value: str, *facts: Any) -> Self:
            member = str.__new__(cls, value)
            member._value_ = value
            for name, fact in zip(cls.__annotations__, facts, strict=True):
                setattr(member, name, fact)
            return member

    @property
    def rank(self) -> int:
        """Where it stands in the order of the choice."""
        return list(type(self)).index(self)

    @classmethod
    def rank_of(cls, field: str) -> Case:
        """The rank of what a column holds: rows sort by it, never by the value, whose letters say nothing."""
        return Case(*(When(**{field: member}, then=member.rank) for member in cls), output_field=models.IntegerField())
