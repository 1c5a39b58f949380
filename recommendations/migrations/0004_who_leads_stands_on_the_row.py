from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

OPEN = ("adopted", "in_progress", "continuous", "blocked", "contested")


def repeat_the_lead(apps, schema_editor):
    leads = apps.get_model("recommendations", "Assignment").objects.filter(
        recommendation=OuterRef("pk"), part="lead", answer__in=["waiting", "accepted"]
    )
    lead = Subquery(leads.order_by().values("actor")[:1])
    apps.get_model("recommendations", "Recommendation").objects.update(lead_key=lead)


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0003_what_the_meeting_says")]

    operations = [
        migrations.AddField("recommendation", "lead_key", models.BigIntegerField(editable=False, null=True)),
        migrations.RunPython(repeat_the_lead, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            "assignment", models.Index(fields=["actor", "answer", "recommendation"], name="assignment_own")
        ),
        migrations.AddIndex(
            "followup",
            models.Index(
                fields=["on_behalf_of"], condition=Q(clearance__in=("waiting", "sent_back")), name="follow_up_in_house"
            ),
        ),
        migrations.AddIndex("recommendation", models.Index(fields=["lead_key", "state"], name="recommendation_led")),
        migrations.AddIndex(
            "recommendation",
            models.Index(
                fields=["space", "state", "due_on", "meeting_space", "meeting_audience", "id"],
                name="recommendation_standing",
            ),
        ),
        migrations.AddIndex(
            "recommendation",
            models.Index(
                fields=["due_on", "last_news_at", "id", "meeting_space", "meeting_organiser"],
                condition=Q(state__in=OPEN, lead_key=None),
                name="recommendation_unled",
            ),
        ),
        migrations.AddIndex(
            "recommendation",
            models.Index(
                fields=["due_on", "last_news_at", "id", "meeting_space", "meeting_organiser", "space", "lead_key"],
                condition=Q(state="done"),
                name="recommendation_declared",
            ),
        ),
    ]
