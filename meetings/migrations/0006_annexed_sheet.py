"""A report that cannot list every earlier recommendation keeps the whole beside it, in a workbook."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0005_taken_away")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="annex",
            field=models.FileField(blank=True, max_length=200, upload_to="", verbose_name="annexed sheet"),
        ),
    ]
