from django.db import migrations, models
from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Length

NUMBERED = (F("meeting_starts_at").desc(), F("meeting_id").asc(), Length("reference").asc(), F("reference").asc())


def repeat_the_meeting(apps, schema_editor):
    meeting = apps.get_model("meetings", "Meeting").objects.filter(pk=OuterRef("meeting")).order_by()
    listed = Case(When(state="draft", then=Value("")), default=F("audience"), output_field=models.CharField())
    apps.get_model("recommendations", "Recommendation").objects.update(
        meeting_audience=Subquery(meeting.values(listed=listed)),
        meeting_space=Subquery(meeting.values("space")),
        meeting_organiser=Subquery(meeting.values("organiser")),
        meeting_starts_at=Subquery(meeting.values("starts_at")),
    )


class Migration(migrations.Migration):
    dependencies = [("meetings", "0005_taken_away"), ("recommendations", "0002_due_at_council_session")]

    operations = [
        migrations.AlterModelOptions(
            "recommendation",
            {"ordering": NUMBERED, "verbose_name": "recommendation", "verbose_name_plural": "recommendations"},
        ),
        migrations.AddField(
            "recommendation", "meeting_audience", models.CharField(default="", editable=False, max_length=12)
        ),
        migrations.AddField("recommendation", "meeting_organiser", models.BigIntegerField(editable=False, null=True)),
        migrations.AddField("recommendation", "meeting_space", models.BigIntegerField(editable=False, null=True)),
        migrations.AddField("recommendation", "meeting_starts_at", models.DateTimeField(editable=False, null=True)),
        migrations.RunPython(repeat_the_meeting, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex("recommendation", models.Index(*NUMBERED, "id", name="recommendation_newest")),
    ]
