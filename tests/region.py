"""The reference data of the tests: the loaders run once in each process, later tests are given the rows they wrote."""

from collections.abc import Callable
from datetime import date

from django.db import connection, models

from portal.reference import loaders, resolver, spellings, themes
from portal.reference.models import Axis, CouncilSession, Holiday, Place, Territory, TerritoryShape, Theme

REGION = "02"
LOADERS: dict[type[models.Model], Callable[[], object]] = {
    Territory: lambda: loaders.load_territories(REGION),
    TerritoryShape: lambda: loaders.load_shapes(REGION),
    Place: lambda: loaders.load_places(REGION),
    Theme: loaders.load_themes,
    Axis: loaders.load_axes,
    CouncilSession: loaders.load_sessions,
    Holiday: lambda: loaders.load_holidays(date(2026, 11, 23)),
}
#: as the database holds them, without the keys that it gives
_written: dict[type[models.Model], list[tuple]] = {}


def load_region(*kinds: type[models.Model]) -> None:
    """Fill these tables (all unless some are named) as their loaders do, the territories before what is theirs."""
    for model in kinds or LOADERS:
        assert not model._default_manager.exists(), f"{model.__name__} is filled already"
        table = model._meta.db_table
        columns = [field.column for field in model._meta.fields if not isinstance(field, models.AutoField)]
        with connection.cursor() as cursor:
            if model in _written:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", _written[model])
            else:
                LOADERS[model]()
                cursor.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {model._meta.pk.column}")
                _written[model] = cursor.fetchall()
    for module in (spellings, resolver, themes):
        module.memory.forget()
