"""Files of a meeting: handed in, replaced by a newer version, taken away."""

from collections.abc import Iterable
from contextlib import suppress

from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import AgendaItem, Document, Meeting
from meetings.permissions import check_edit_documents
from portal.core.acting import Acting, person
from portal.core.errors import Refused
from portal.core.files import written


def add_document(
    meeting: Meeting,
    *,
    title: str,
    upload: UploadedFile,
    audience: str,
    by: Acting,
    item: AgendaItem | None = None,
    language: str = "",
    replaces: Document | None = None,
    opened: Iterable[Document] = (),
) -> Document:
    """Keep a file of the meeting, or a newer version of one.

    The versions before it are read by nobody who does not read the new one; by more than before only where they are
    among `opened`. Of two people replacing the same one, one is Refused.
    """
    check_edit_documents(by, meeting)
    if item is not None and item.meeting_id != meeting.pk:
        raise Refused(_("This item belongs to another meeting."), field="item")
    document = Document(
        meeting=meeting,
        space=meeting.space,
        item=item,
        title=title,
        audience=audience,
        language=language,
        added_by=person(by),
    )
    if replaces is not None:
        document.version = (replaces.replaced_by or replaces).version + 1
    document.take_file(upload)
    with written([document]), transaction.atomic():
        document.save()
        if replaces is not None:
            stands = Document.objects.kept().filter(pk=replaces.pk, replaced_by=replaces.replaced_by_id)
            if not replaces.is_current or not stands.update(replaced_by=document):
                raise Refused(_("Somebody else has just added a newer version. Reload the page to see it."))
            _read_by(document, {one.pk for one in opened})
    return document


def _read_by(document: Document, opened: set[int]) -> None:
    """The versions before it follow to fewer readers; to more only those that were opened."""
    follow = [
        one.pk
        for one in document.versions()
        if document.is_narrower_than(one.audience) or (one.pk in opened and one.is_narrower_than(document.audience))
    ]
    Document.objects.filter(pk__in=follow).update(audience=document.audience)


def remove_document(document: Document, *, reason: str, by: Acting) -> None:
    """Take the file away for good: who did it, when and why stays, and its number is not given again. The version
    before it, where there is one, takes its place. Refused for one that is gone already.
    """
    check_edit_documents(by, document.meeting)
    with transaction.atomic():
        stored, name = document.file.storage, str(document.file.name)
        taken = Document.objects.kept().filter(pk=document.pk)
        said = {"removed_at": timezone.now(), "removed_by": person(by), "removal_reason": reason}
        newer = Document.objects.filter(replaces=document).first()
        if not taken.update(replaced_by=None, file="", **said):
            raise Refused(_("This file has been taken away already."))
        if newer is not None:
            Document.objects.filter(replaced_by=document).update(replaced_by=newer)
        transaction.on_commit(lambda: _throw_away(stored, name))


def _throw_away(stored: Storage, name: str) -> None:
    with suppress(FileNotFoundError):
        stored.delete(name)
