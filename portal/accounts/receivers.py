"""What happens to an account is kept, and its owner told, whichever road it came: a page, the admin, a command."""

from datetime import timedelta
from functools import partial
from typing import Any

from allauth.core import context
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import AccountEvent, User
from portal.accounts.signals import account_mail

Kind = AccountEvent.Kind
#: fields whose change its owner hears of
WATCHED = {"email", "is_administrator", "is_active", "password"}
#: what is said of a right that was taken, and of one that was given
RIGHTS = {
    "is_administrator": (_("no longer administrator"), _("administrator of the directory")),
    "is_active": (_("the account was closed"), _("the account was opened again")),
}
#: how long it is news
LIFE = timedelta(days=3)


@receiver(user_logged_out, dispatch_uid="accounts.signed_out")
def signed_out(sender: Any, request: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        AccountEvent.objects.note(Kind.SIGNED_OUT, user, request)


@receiver(pre_save, sender=User, dispatch_uid="accounts.before_change")
def before_change(instance: User, update_fields: Any, raw: bool, **kwargs: Any) -> None:
    """Keep what stood there until it is written. A password kept in a newer way is no new password."""
    instance._stood = None  # type: ignore[attr-defined]
    if instance.pk and not raw and (update_fields is None or WATCHED & set(update_fields)):
        instance._stood = User.objects.filter(pk=instance.pk).first()  # type: ignore[attr-defined]


@receiver(post_save, sender=User, dispatch_uid="accounts.after_change")
def after_change(instance: User, **kwargs: Any) -> None:
    before: User | None = instance._stood  # type: ignore[attr-defined]
    if before is None:
        return
    request = context.request
    if instance._password is not None and instance.password != before.password:  # type: ignore[attr-defined]
        AccountEvent.objects.note(Kind.PASSWORD_CHANGED, instance, request)
        account_mail.send(User, user=instance, kind="accounts.password_changed", life=LIFE)
    if instance.email != before.email:
        AccountEvent.objects.note(Kind.EMAIL_CHANGED, instance, request, detail=f"{before.email} → {instance.email}")
        for email in (before.email, instance.email):
            account_mail.send(User, user=instance, kind="accounts.email_changed", life=LIFE, email=email)
    for name, words in RIGHTS.items():
        if getattr(before, name) != getattr(instance, name):
            says = words[getattr(instance, name)]
            AccountEvent.objects.note(Kind.RIGHTS_CHANGED, instance, request, words=partial(str, says))
