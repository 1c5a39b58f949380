"""Every process of the web server is a copy of one that has read what an answer needs."""

from tests.production.test_settings import PRODUCTION, ROOT, read

STARTED = """
import gc, runpy, sys
import django
django.setup()
runpy.run_path(sys.argv[1])["when_ready"](None)
from django.db import connection
from django.template import engines
assert gc.get_freeze_count() > 100_000
assert "recommendations.views.recommendation" in sys.modules
assert connection.connection is None
read = engines["django"].engine.template_loaders[0].get_template_cache
assert {"base.html", "directory/actors.html", "recommendations/recommendation.html"} <= set(read)
"""


def test_what_is_read_before_the_copies_are_made(tmp_path):
    answer = read(tmp_path, [str(ROOT / "gunicorn.conf.py")], STARTED, **PRODUCTION)
    assert answer.returncode == 0, answer.stderr
