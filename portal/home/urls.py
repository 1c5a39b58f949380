"""Pages that look across all apps."""

from django.conf import settings
from django.urls import path

from portal.home.views import home, lost_files, me, outside, pages, saved_views, search, styleguide

app_name = "home"

urlpatterns = [
    path("", home.home, name="home"),
    path("waiting/<slug:kind>/", home.waiting, name="waiting"),
    path("search/", search.search, name="search"),
    path("me/", me.me, name="me"),
    path("me/events/", me.account_events, name="account_events"),
    path("me/views/save/", saved_views.save_view, name="save_view"),
    path("me/views/<int:pk>/remove/", saved_views.remove_view, name="remove_view"),
    path("files/missing/", lost_files.lost_files, name="lost_files"),
    path("about/", pages.about, name="about"),
    path("privacy/", pages.privacy, name="privacy"),
    path("picture.png", outside.picture, name="picture"),
    path("site.webmanifest", outside.manifest, name="manifest"),
]

if settings.STYLEGUIDE:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
