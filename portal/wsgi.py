"""The door for a WSGI server."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from portal.core.whole import WholeRequests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
#: at once in each process, each with a connection to the database: many of them leave one for the next visitor where
#: others wait for a database that is slow
AT_ONCE = 12
application = WholeRequests(get_wsgi_application(), AT_ONCE, settings.VAR)
