"""Files of a meeting: handed in, replaced by a newer version, taken away."""

from contextlib import suppress

from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
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
) -> Document:
    """Keep a file of the meeting, or a newer version of one, whose audience the version before it takes over.

    Of two people replacing the same one, one is Refused.
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
        document.version = replaces.version + 1
    document.take_file(upload)
    with written([document]), transaction.atomic():
        document.save()
        if replaces is not None:
            older = Document.objects.filter(pk=replaces.pk, replaced_by=None)
            if not older.update(replaced_by=document, audience=audience):
                raise Refused(_("Somebody else has just added a newer version. Reload the page to see it."))
    return document


def remove_document(document: Document, *, by: Acting) -> None:
    """Take the file away for good; the version before it, where there is one, takes its place."""
    check_edit_documents(by, document.meeting)
    with transaction.atomic():
        newer = document.replaced_by
        Document.objects.filter(pk=document.pk).update(replaced_by=None)
        Document.objects.filter(replaced_by=document).update(replaced_by=newer)
        stored, name = document.file.storage, str(document.file.name)
        document.delete()
        transaction.on_commit(lambda: _throw_away(stored, name))


def _throw_away(stored: Storage, name: str) -> None:
    with suppress(FileNotFoundError):
        stored.delete(name)
