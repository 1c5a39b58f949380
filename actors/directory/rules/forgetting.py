"""A person is forgotten wherever they were written down: upper apps say where else, from `AppConfig.ready()`."""

from collections.abc import Callable

from actors.directory.models import Contact

_forgetting: list[Callable[[Contact], None]] = []


def register_forgetting(forget: Callable[[Contact], None]) -> None:
    """Let `forget` be called when the person of contact details is no longer to be named."""
    if forget not in _forgetting:
        _forgetting.append(forget)


def forget_person(contact: Contact) -> None:
    """Take the person out of whatever anybody kept of these contact details."""
    for forget in _forgetting:
        forget(contact)
