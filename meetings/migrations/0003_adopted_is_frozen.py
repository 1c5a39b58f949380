from django.db import migrations, models


def fill(apps, schema_editor):
    """What a version adopted before says of its meeting: what the history of that day says, else what stands now."""
    HistoricalMeeting, HistoricalItem = (
        apps.get_model("meetings", f"Historical{name}") for name in ("Meeting", "AgendaItem")
    )
    for version in apps.get_model("meetings", "MinutesVersion").objects.select_related("minutes__meeting"):
        live = version.minutes.meeting
        past = HistoricalMeeting.objects.filter(id=live.pk, history_date__lte=version.adopted_at)
        meeting = past.order_by("-history_date", "-history_id").first() or live
        items = _items(live, HistoricalItem.objects.filter(meeting=live.pk, history_date__lte=version.adopted_at))
        texts = [f"{stem}_{language}" for stem in ("title", "place") for language in ("ar", "fr", "en")]
        version.facts = {name: getattr(meeting, name) for name in (*texts, "times_known", "link")} | {
            "starts_at": meeting.starts_at.isoformat(),
            "ends_at": meeting.ends_at.isoformat(),
            "items": [_item(item, live) for item in items],
        }
        numbers = {item.id: number for number, item in enumerate(items, start=1)}
        version.sections = [part | {"number": numbers.get(part["item"])} for part in version.sections]
        version.save(update_fields=["facts", "sections"])


def _items(meeting, records):
    """The items in order, as the last record of each says; as they are now where there is no record from before."""
    last = {record.id: record for record in records.order_by("history_date", "history_id")}
    items = [record for record in last.values() if record.history_type != "-"] if last else meeting.items.all()
    return sorted(items, key=lambda item: (item.position, item.id))


def _item(item, meeting):
    names = ("name_ar", "name_fr", "name_en")
    texts = [f"{stem}_{language}" for stem in ("title", "note") for language in ("ar", "fr", "en")]
    live = meeting.items.filter(pk=item.id).first()
    presenters = live.presenters.values(*names) if live else []
    return {
        "item": item.id,
        **{name: getattr(item, name) for name in (*texts, "minutes_planned")},
        "presenters": list(presenters),
    }


class Migration(migrations.Migration):

    dependencies = [
        ('meetings', '0002_a_meeting_moves'),
    ]

    operations = [
        migrations.AddField(
            model_name='minutesversion',
            name='facts',
            field=models.JSONField(default=dict, help_text='{title_…, place_…, starts_at, ends_at, times_known, link, items: [{item, title_…, note_…, minutes_planned, presenters: [{name_ar, name_fr, name_en}]}]}'),
        ),
        migrations.AlterField(
            model_name='minutesversion',
            name='sections',
            field=models.JSONField(help_text='[{section, item, number, title_ar, title_fr, title_en, html, text, revision}]'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
