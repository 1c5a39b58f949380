"""The image installs the lock of what runs and nothing else: production imports itself without the tests’ packages."""

import re

from tests.production.test_settings import PRODUCTION, ROOT, read

IMPORTED = """
import pkgutil, sys
from importlib import import_module
from importlib.metadata import packages_distributions

locked = set(sys.argv[1:])
flat = lambda name: name.lower().replace("_", "-").replace(".", "-")
absent = {name for name, owners in packages_distributions().items() if not locked & {flat(owner) for owner in owners}}

class AsInTheImage:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent - {"portal", "actors", "meetings", "recommendations"}:
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.meta_path.insert(0, AsInTheImage())
import django
django.setup()
import portal.wsgi, portal.urls, gunicorn.workers.gthread
from portal.celery import app
app.loader.import_default_modules()
print(app.connection_for_write().transport)
for ours in ("portal", "actors", "meetings", "recommendations"):
    for module in pkgutil.walk_packages(import_module(ours).__path__, f"{ours}."):
        import_module(module.name)
"""


def test_production_imports_nothing_that_its_lock_has_not(tmp_path):
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    answer = read(
        tmp_path, [name.lower().replace("_", "-").replace(".", "-") for name in locked], IMPORTED, **PRODUCTION
    )
    assert answer.returncode == 0, answer.stderr
    assert "redis" in answer.stdout
