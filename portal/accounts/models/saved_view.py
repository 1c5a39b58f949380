"""A list as a person likes to see it."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.accounts.models.user import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """One’s own."""
        return self.filter(user=user) if isinstance(user, models.Model) else self.none()


class SavedView(models.Model):
    """Search, filters and order of one list, kept under a name by one person."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="saved_views")
    #: the route of the list: `directory:actors`
    route = models.CharField(max_length=60, editable=False)
    name = models.CharField(_("name"), max_length=60)
    #: what stands after the question mark, without page
    query = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "route", "name"],
                name="saved_view_once",
                violation_error_message=_("You already have a view with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
