"""Nothing of the tables: words are kept otherwise, and whatever migrates writes the stored search texts anew."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = []
