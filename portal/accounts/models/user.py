"""A person who can sign in, by e-mail."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A person with this address, in lower case; without a password nobody can sign in as them."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_administrator=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who works with the portal for one or more institutions; the institutions live in `actors`."""

    class Language(models.TextChoices):
        ARABIC = "ar", "العربية"
        FRENCH = "fr", "Français"
        ENGLISH = "en", "English"

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ARABIC)
    is_administrator = models.BooleanField(_("administrator of the directory"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(condition=models.Q(email=models.functions.Lower("email")), name="user_email_lower")
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Django's admin opens for administrators."""
        return self.is_administrator

    @property
    def initial(self) -> str:
        """The first letter of the name, for the round mark in the top bar."""
        return (self.name or self.email)[:1]

    def path_in_mail(self, kind: str) -> str:
        """Where a mail of the account leads, made as it leaves: of one that offers a new password the link to choose
        it."""
        from allauth.account.forms import default_token_generator
        from allauth.account.utils import user_pk_to_url_str

        if kind != "accounts.password_reset":
            return reverse("home:account_events")
        link = {"uidb36": user_pk_to_url_str(self), "key": default_token_generator.make_token(self)}
        return reverse("account_reset_password_from_key", kwargs=link)

    def get_short_name(self) -> str:
        return self.name
