"""The trigram index that serves the search on PostgreSQL; SQLite scans.

Made after migrating and not in the apps' migrations, which run on both databases and would each have to ask which.
"""

import logging
from typing import Any

from django.apps import AppConfig
from django.db import DatabaseError, connections, transaction

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
