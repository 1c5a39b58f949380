"""Loaded before Django's settings: the tests' own form and a folder that goes away with the run."""

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path

os.environ["PORTAL_ENV"] = "test"
if "PORTAL_TEST_VAR" not in os.environ:
    folder = tempfile.mkdtemp(prefix="tansiq-tests-")
    os.environ["PORTAL_TEST_VAR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["PORTAL_VAR"] = str(Path(os.environ["PORTAL_TEST_VAR"]) / os.environ.get("PYTEST_XDIST_WORKER", "main"))
for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PORTAL_DEMO"):
    os.environ.pop(name, None)
# The cache outlives a test, and with it what was counted there; the tests of limits set their own.
for name in ("LIMIT_EXPORTS", "LIMIT_LINKS", "LIMIT_SEARCHES"):
    os.environ[name] = str(10**9)
# A run keeps nearly all it makes: to look for circles at the usual pace finds little and costs a twentieth of it.
gc.set_threshold(100_000, 50, 50)
