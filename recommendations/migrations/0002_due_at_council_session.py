from django.db import migrations, models

COUNCILS = [
    ("commune", "communal council"),
    ("province", "prefectural or provincial council"),
    ("region", "regional council"),
]
#: only the sessions of communes were offered, and what hung on one was due on the last day of its month
FIRST_WEEK = 7


def name_the_council(apps, schema_editor):
    for name in ("Recommendation", "HistoricalRecommendation"):
        rows = apps.get_model("recommendations", name).objects.filter(due_at_session=True)
        for row in rows.only("due_on").iterator():
            due_on = row.due_on and row.due_on.replace(day=FIRST_WEEK)
            rows.filter(pk=row.pk).update(due_council="commune", due_on=due_on)


def forget_the_council(apps, schema_editor):
    for name in ("Recommendation", "HistoricalRecommendation"):
        apps.get_model("recommendations", name).objects.exclude(due_council="").update(due_at_session=True)


def council():
    return models.CharField(
        blank=True, choices=COUNCILS, default="", max_length=10, verbose_name="due at the session of"
    )


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0001_initial")]

    operations = [
        migrations.AddField("historicalrecommendation", "due_council", council()),
        migrations.AddField("recommendation", "due_council", council()),
        migrations.RunPython(name_the_council, forget_the_council, elidable=True),
        migrations.RemoveField("historicalrecommendation", "due_at_session"),
        migrations.RemoveField("recommendation", "due_at_session"),
    ]
