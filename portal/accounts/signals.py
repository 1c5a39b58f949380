"""What an account tells those above it."""

from django.dispatch import Signal

#: a mail about an account is to leave: `user`, `kind`, the `life` after which it leaves no more, and `email`
#: where it goes elsewhere than to the account's address
account_mail = Signal()
