"""A database this version cannot bring up to date is set aside, whole; nothing of it is deleted."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def set_aside_older_database(now: datetime) -> Path | None:
    """Where it is now; None when the database is this version's, or can become it. Call it with nobody else in var/."""
    if can_be_brought_up_to_date():
        return None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that the one file says everything
    connection.close()
    database = Path(connection.settings_dict["NAME"])
    folder = settings.VAR / f"older-{now:%Y-%m-%d-%H%M%S}"
    folder.mkdir()
    for path in _files_of(database):
        path.rename(folder / path.name)
    return folder


def _files_of(database: Path) -> Iterator[Path]:
    """What goes together: the messages that still wait name rows of this database, and tasks of its version."""
    together = [Path(f"{database}{ending}") for ending in ("-wal", "-shm", "")]
    together.append(Path(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])))
    yield from (path for path in together if path.exists())


def can_be_brought_up_to_date() -> bool:
    """Every migration it has had is known here, none is missing before another, and the tables are what they made."""
    loader = MigrationLoader(connection)
    had = loader.applied_migrations.keys()
    if had - loader.disk_migrations.keys() - {old for node in loader.disk_migrations.values() for old in node.replaces}:
        return False
    try:
        loader.check_consistent_history(connection)
    except InconsistentMigrationHistory:
        return False
    return _tables_match(loader.project_state([node for node in loader.graph.nodes if node in had]))


def _tables_match(state: ProjectState) -> bool:
    """False where a migration was written anew under the name it had."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for model in state.apps.get_models(include_auto_created=True):
            if not model._meta.managed or model._meta.proxy:
                continue
            name, fields = model._meta.db_table, model._meta.local_concrete_fields
            columns = connection.introspection.get_table_description(cursor, name) if name in tables else []
            if {column.name for column in columns} != {field.column for field in fields}:
                return False
    return True
