"""Whose part in an institution begins or ends reads it among what happened to their account."""

from typing import Any

from allauth.core import context
from django.db.models.signals import post_init, post_save
from django.dispatch import receiver
from django.utils.translation import gettext

from actors.directory.models import Membership
from portal.accounts.models import AccountEvent


@receiver(post_init, sender=Membership, dispatch_uid="directory.part_stood")
def part_stood(instance: Membership, **kwargs: Any) -> None:
    instance._stood_until = instance.__dict__.get("ends_on")  # type: ignore[attr-defined]


@receiver(post_save, sender=Membership, dispatch_uid="directory.part_told")
def part_told(instance: Membership, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if raw or not (created or instance.ends_on != instance._stood_until):  # type: ignore[attr-defined]
        return

    def words() -> str:
        what = f"{instance.get_part_display()} – {instance.actor}"
        return what if created else gettext("the part ends: %(part)s") % {"part": what}

    AccountEvent.objects.note(AccountEvent.Kind.RIGHTS_CHANGED, instance.user, context.request, words=words)
