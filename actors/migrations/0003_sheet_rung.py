"""The rung of the yearly confirmation, for portals that have had their default rungs already."""

from django.db import migrations


def add_rung(apps, schema_editor):
    rules = apps.get_model("actors", "ReminderRule").objects.using(schema_editor.connection.alias)
    if rules.exists() and not rules.filter(kind="sheet_stale").exists():
        rules.create(kind="sheet_stale", offset_days=365, repeat_days=30)


class Migration(migrations.Migration):
    dependencies = [("actors", "0002_directory")]

    operations = [migrations.RunPython(add_rung, migrations.RunPython.noop)]
