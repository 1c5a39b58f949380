"""A file that is taken away leaves who, when and why; no earlier version is read by more than the newer one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WIDEST_FIRST = ("public", "members", "participants", "secretariat")


def narrow_what_came_before(apps, schema_editor):
    Document = apps.get_model("meetings", "Document")
    for newest in Document.objects.filter(replaced_by=None, replaces__isnull=False).iterator():
        audience, row = newest.audience, newest
        while (row := Document.objects.filter(replaced_by=row).first()) is not None:
            if WIDEST_FIRST.index(row.audience) < WIDEST_FIRST.index(audience):
                Document.objects.filter(pk=row.pk).update(audience=audience)
            audience = max(row.audience, audience, key=WIDEST_FIRST.index)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("meetings", "0004_who_reads_a_report"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="removed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="taken away"),
        ),
        migrations.AddField(
            model_name="document",
            name="removed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="removal_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="reason"),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("removal_reason", ""), ("removed_at", None))
                | models.Q(("removed_at__isnull", False), models.Q(("removal_reason", ""), _negated=True)),
                name="document_taken_away_with_reason",
                violation_error_message="Say why the file is taken away.",
            ),
        ),
        migrations.RunPython(narrow_what_came_before, migrations.RunPython.noop, elidable=True),
    ]
