"""Files and the rows that name them, compared every night: what no row names is thrown away, what is gone is told.

1. A file counts as nobody's once it is a day old: an act under way writes its file before its row.
2. What the history says of a row counts too: a former logo can be set again.
3. Where more files are nobody's than are somebody's, this is another portal's disk, or an older one's database: nothing
   is thrown away.
4. A PDF that is gone is made again of the data it was made of; what people handed in is told to the administrators.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from portal.core.models import FileFault, note_fault
from portal.core.work import AFRESH, FileWork

log = logging.getLogger(__name__)

AGE = timedelta(days=1)


def sweep(now: datetime | None = None) -> tuple[list[str], int]:
    """Throw away what is nobody's and note what is gone; says which files went, and how many are gone."""
    strays = find_strays(now or timezone.now())
    if len(strays) > len(_named()):
        log.error("%d files are named by no row, more than are: nothing was thrown away", len(strays))
        strays = []
    for name in strays:
        log.warning("Thrown away, since no row names it: %s", name)
        default_storage.delete(name)
    return strays, note_gone()


def find_strays(now: datetime) -> list[str]:
    """The names of the files older than a day that no row names, and none did."""
    named = _named(with_history=True)
    root = Path(default_storage.path(""))
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return sorted(name for name, path in found.items() if name not in named and _is_old(path, now))


def _is_old(path: Path, now: datetime) -> bool:
    try:
        return path.stat().st_mtime < (now - AGE).timestamp()
    except FileNotFoundError:
        return False


def note_gone() -> int:
    """Note which files that rows name are gone from the disk, and forget what was noted of others; says how many are
    gone that people handed in."""
    gone = 0
    for model, field in _fields():
        for row in model._base_manager.exclude(**{field: ""}).only("pk", field):
            file = getattr(row, field)
            if default_storage.exists(file.name):
                continue
            if issubclass(model, FileWork):
                _make_again(row)
            else:
                note_fault(file, FileFault.Fault.GONE)
                gone += 1
    _forget()
    return gone


def _make_again(row: Any) -> None:
    log.warning("%s %s is made again, its file is gone", row._meta.label, row.pk)
    ready = type(row)._base_manager.filter(pk=row.pk, state=FileWork.State.READY)
    ready.update(**AFRESH, state=FileWork.State.WAITING, file="", file_size=0)


def _forget() -> None:
    """What was noted of files that no row names any more, or that are there again."""
    named = _named()
    for fault in FileFault.objects.all():
        is_back = fault.fault == FileFault.Fault.GONE and default_storage.exists(fault.name)
        if is_back or fault.name not in named:
            fault.delete()


def _named(*, with_history: bool = False) -> set[str]:
    names: set[str] = set()
    for model, field in _fields():
        rows = [model._base_manager]
        if with_history and hasattr(model, "history"):
            rows.append(model.history.model._base_manager)
        for manager in rows:
            names.update(manager.exclude(**{field: ""}).values_list(field, flat=True))
    return names


def _fields() -> Iterator[tuple[Any, str]]:
    """Every column of ours that names a file."""
    for model in apps.get_models():
        yield from ((model, field.name) for field in model._meta.local_fields if isinstance(field, models.FileField))
