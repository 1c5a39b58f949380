"""The portal's addresses, and those of the floors."""

from django.urls import path

from bench import floors
from portal.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("bench/constant", floors.constant), path("bench/rows", floors.rows), *urlpatterns]
