"""What a migration leaves for the search: its texts written anew, and on PostgreSQL the trigram index; SQLite scans.

Made after migrating and not in the apps' migrations, which run on both databases and would each have to ask which.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import DatabaseError, connections, transaction

from portal.core.search import reindex

logger = logging.getLogger(__name__)


def make_trigram_indexes(sender: AppConfig, using: str = "default", **signal: Any) -> None:
    """Extension and indexes of an app's searched tables; a role that may not make them is told what to ask for."""
    connection = connections[using]
    tables = [model._meta.db_table for model in sender.get_models() if hasattr(model, "search_parts")]
    if connection.vendor != "postgresql" or not tables:
        return
    try:
        with transaction.atomic(using=using), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            for table in tables:
                name, of = (connection.ops.quote_name(part) for part in (f"{table}_search_trigrams", table))
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {of} USING gin (search_text gin_trgm_ops)")
    except DatabaseError:
        logger.warning("Search has no trigram index and scans: CREATE EXTENSION pg_trgm as a superuser, migrate again.")


def rewrite_search_texts(sender: AppConfig, plan: Sequence[Any] = (), **signal: Any) -> None:
    """The stored texts of an app, after anything migrated: how words are kept may have changed with it.

    Where the tables are not yet those of this version, the nightly rebuild does it.
    """
    searched = [model for model in sender.get_models() if hasattr(model, "search_parts")]
    try:
        with transaction.atomic():
            for model in searched if plan else ():
                reindex(model._default_manager.all())
    except DatabaseError:
        logger.warning("The search texts of %s stay as they are: run `manage.py reindex`.", sender.label)
