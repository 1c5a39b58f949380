"""A printout knows for whom the page was on which it was ordered."""

import re

import django.db.models.deletion
from django.db import migrations, models

HAND_OVER = re.compile(r"/hand-overs/(\d+)/")


def say_for_whom(apps, schema_editor):
    Printout, HandOver = apps.get_model("directory", "Printout"), apps.get_model("directory", "HandOver")
    for row in Printout.objects.iterator():
        if row.kind == "directory.hand_over":
            found = HAND_OVER.search((row.data.get("back") or {}).get("url", ""))
            row.hand_over = HandOver.objects.filter(pk=found[1]).first() if found else None
        row.for_members = bool(row.data.get("finds") or (row.kind == "directory.coverage" and row.data.get("audience")))
        row.save(update_fields=["hand_over", "for_members"])


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_account_offers")]

    operations = [
        migrations.AddField(model_name="printout", name="for_members", field=models.BooleanField(default=False)),
        migrations.AddField(
            model_name="printout",
            name="hand_over",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="directory.handover",
            ),
        ),
        migrations.RunPython(say_for_whom, migrations.RunPython.noop, elidable=True),
    ]
