"""A field of a sheet stands in its model and in the one table: form, history, comparison and lists know it then.

It is tried in a process of its own, with a copy of the apps in which these two files alone say one field more.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MODEL = (
    "actors/directory/models/actor.py",
    "    acronym = models.",
    '    motto = models.CharField("the motto", max_length=90, blank=True)\n',
)
TABLE = ("actors/directory/rules/fields.py", '    _sheet("aliases",',
         '    _sheet("motto", Reads.LINE, "names", 55, "الشعار", "Devise", "Motto", "#org+motto"),\n')  # fmt: skip

TRIED = """
import re
import django
from django.conf import settings
class Without(dict):
    def __contains__(self, name): return True
    def __getitem__(self, name): return None
settings.MIGRATION_MODULES = Without()
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment
from django.utils import translation
setup_test_environment()
connection.creation.create_test_db(verbosity=0)
translation.activate("en")
from actors.directory.actions.sheets import edit_actor
from actors.directory.models import Actor
from actors.doubles.actions import merge_actors
from actors.imports import actions, work
from portal.accounts.models import User

admin = User.objects.create(email="admin@example.org", name="Admin", is_administrator=True)
one = Actor.objects.create(slug="one", name_ar="جمعية الأولى", kind="association", state="published")
other = Actor.objects.create(slug="other", name_ar="جمعية الثانية", kind="association", state="published")
client = Client()
client.force_login(admin)
page = lambda address: client.get(address, follow=True).content.decode()

assert 'name="motto"' in page("/en/actors/one/edit/")
edit_actor(one, motto="All together", by=admin)
edit_actor(other, motto="Never alone", by=admin)
history = page("/en/actors/one/changes/")
assert "All together" in history, re.findall("[Mm]otto.{80}", history)
compared = page("/en/actors/duplicates/compare/?first=one&second=other")
assert 'name="motto"' in compared and "Never" in compared
exported = client.get("/en/actors/?export=csv").getvalue().decode()
assert re.search("Devise|Motto", exported) and "All together" in exported

def brought_in(*lines, decision=""):
    run = actions.upload_import(SimpleUploadedFile("list.csv", chr(10).join(lines).encode()), by=admin)
    columns = {int(place): key for place, key in run.columns.items()}
    actions.set_columns(run, sheet=run.facts["sheet"], header_row=run.header_row, columns=columns, by=admin)
    work.produce(run.pk)
    run.refresh_from_db()
    for row in run.rows.exclude(actor=None) if decision else ():
        actions.decide_row(row, decision=decision, by=admin)
    actions.start_import(run, new_state="published", contact_audience="members", by=admin)
    work.produce(run.pk)
    return run

brought_in("المعرف;الاسم بالعربية;الشعار", "one;جمعية الأولى;Side by side", decision="change")
one.refresh_from_db()
assert one.motto == "Side by side", one.motto
brought_in("الاسم بالعربية;نوع الفاعل;Devise", "جمعية الثالثة;جمعية;New")
assert Actor.objects.get(name_ar="جمعية الثالثة").motto == "New"
merge_actors(one, loser=other, keep={"motto": "loser"}, by=admin)
one.refresh_from_db()
assert one.motto == "Never alone"
print("known everywhere")
"""


def test_a_field_that_is_added_touches_its_model_and_the_table_alone(tmp_path):
    for name in ("portal", "meetings", "recommendations"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "actors", tmp_path / "actors", ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    for name, before, line in (MODEL, TABLE):
        path = tmp_path / name
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1
        path.write_text(text.replace(before, line + before), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    environment |= {"PORTAL_VAR": str(tmp_path / "var"), "PYTHONPATH": str(tmp_path)}
    tried = subprocess.run(
        [sys.executable, "-P", "-c", TRIED], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert tried.stdout.strip() == "known everywhere", tried.stderr
