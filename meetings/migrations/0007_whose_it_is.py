"""Each worker makes a sign of its own when it takes a row; what was stopped for its length says so."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('meetings', '0006_annexed_sheet'),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='claim',
            field=models.CharField(blank=True, default='', editable=False, max_length=32),
        ),
        migrations.AlterField(
            model_name='report',
            name='step',
            field=models.CharField(blank=True, choices=[('rendering', 'the pages are being laid out'), ('saving', 'the file is being put away'), ('too_long', 'stopped, since it took too long')], max_length=20, verbose_name='step'),
        ),
    ]
