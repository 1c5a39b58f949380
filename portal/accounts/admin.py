"""Accounts are opened and closed in /admin/: nobody signs up unasked, and nobody is deleted."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest

from portal.accounts.models import AccountEvent, User
from portal.core.admin import ForAdministrators, ReadOnlyAdmin


class NewAccountForm(AdminUserCreationForm):
    """Without a password the person asks for one on the sign-in page."""

    class Meta:
        model = User
        fields = ("email", "name", "language")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class AccountForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


@admin.register(User)
class UserAdmin(ForAdministrators, DjangoUserAdmin):
    """Which institution a person works for is said on the institution's sheet, by its managers."""

    form = AccountForm
    add_form = NewAccountForm
    ordering = ("email",)
    list_display = ("email", "name", "language", "is_administrator", "is_active", "last_login")
    list_filter = ("is_administrator", "is_active", "language")
    search_fields = ("email", "name")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "language", "is_administrator", "is_active")}),
        (None, {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "language", "usable_password", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AccountEvent)
class AccountEventAdmin(ReadOnlyAdmin):
    """Sign-ins and changes of every account, those refused too; kept for half a year."""

    list_display = ("at", "kind", "user", "device", "network", "detail", "by")
    list_filter = ("kind",)
    search_fields = ("user__email", "user__name", "network")
    list_select_related = ("user", "by")
