"""A report knows the space it names; one that tells what earlier meetings kept among their participants is for the
members of the space alone."""

import django.db.models.deletion
from django.db import migrations, models


def say_who_reads(apps, schema_editor):
    Report = apps.get_model("meetings", "Report")
    kept = set(
        apps.get_model("meetings", "Meeting").objects.filter(audience="participants").values_list("reference", flat=True)
    )
    for report in Report.objects.exclude(meeting__space=None).select_related("meeting").iterator():
        report.space_id = report.meeting.space_id
        told = report.data.get("sections", {}).get("earlier_recommendations") or {}
        if any(row["reference"].rpartition("-")[0] in kept for row in told.get("rows", ())):
            report.audience = "space"
        report.save(update_fields=["space", "audience"])


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_agenda_reminder"),
        ("meetings", "0003_adopted_is_frozen"),
    ]

    operations = [
        migrations.AddField(
            model_name="report",
            name="space",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.space",
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="audience",
            field=models.CharField(
                choices=[
                    ("public", "public report"),
                    ("participants", "report for participants"),
                    ("space", "report for the members of the space"),
                ],
                default="participants",
                max_length=12,
                verbose_name="for",
            ),
        ),
        migrations.RunPython(say_who_reads, migrations.RunPython.noop, elidable=True),
    ]
