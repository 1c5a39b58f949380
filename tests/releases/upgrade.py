"""Brings the database up to date, reads it as each of its people, and says in JSON what came of it.

Django is set up before (`Elsewhere.run`).
"""

import json

from django.core.management import call_command
from django.db import connection
from django.test import Client

from meetings.models import Meeting
from portal.accounts.models import User
from portal.home.management.older_database import can_be_brought_up_to_date
from recommendations.models import Recommendation

PAGES = ["/ar/", "/fr/actors/", "/ar/actors/matrix/", "/ar/meetings/", "/fr/recommendations/", "/ar/me/"]


def keys() -> dict[str, set[str]]:
    """The primary keys of the rows of each table."""
    kept = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if column := connection.introspection.get_primary_key_column(cursor, table):
                cursor.execute(f'SELECT "{column}" FROM "{table}"')
                kept[table] = {str(key) for (key,) in cursor.fetchall()}
    return kept


def read() -> list[tuple[str, str, int]]:
    """Who asked for which page, and with which status it came."""
    said = []
    for user in User.objects.all():
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        seen = [*Meeting.objects.visible_to(user), *Recommendation.objects.visible_to(user)]
        pages = [*PAGES, *(item.get_absolute_url() for item in seen)]
        said += [(user.email, page, client.get(page).status_code) for page in pages]
    return said


can = can_be_brought_up_to_date()
before = keys()
call_command("migrate", verbosity=0)
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
after = keys()
call_command("load_reference", verbosity=0)
lost = {table: gone for table, had in before.items() if (gone := sorted(had - after.get(table, set())))}
print(json.dumps({"can": can, "lost": lost, "pages": read()}))  # noqa: T201
