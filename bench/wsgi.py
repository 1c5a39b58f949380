"""The portal as it is served, and beside its pages the floors, and a count of the questions to the database."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = "bench.urls"
settings.MIDDLEWARE = ["bench.floors.Counting", *settings.MIDDLEWARE]
application = get_wsgi_application()
