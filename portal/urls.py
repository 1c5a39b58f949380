"""Every address of the portal; the language is the first part of the path."""

from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from meetings.views import feeds
from portal.home.views import outside
from portal.home.views.health import health_ready
from portal.home.views.home import root

# One sign-in for everybody: the admin's own knows no limit and tells nothing.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", root, name="root"),
    path("health/ready", health_ready, name="health_ready"),
    path("robots.txt", outside.robots, name="robots"),
    path("sitemap.xml", outside.sitemap, name="sitemap"),
    path("apple-touch-icon.png", outside.apple_touch_icon, name="apple_touch_icon"),
    path("calendar/public.ics", feeds.public_feed, name="public_feed"),
    path("calendar/spaces/<slug:slug>.ics", feeds.space_feed, name="space_feed"),
    path("calendar/<str:token>.ics", feeds.person_feed, name="person_feed"),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("", include("portal.home.urls")),
        path("me/notifications/", include("portal.notifications.urls")),
        path("", include("recommendations.urls")),
        path("", include("meetings.urls")),
        path("", include("actors.imports.urls")),
        path("", include("actors.roles.urls")),
        path("", include("actors.doubles.urls")),
        path("", include("actors.directory.urls")),
        path("accounts/", include("portal.accounts.urls")),
    ),
]

handler400 = "portal.home.views.errors.bad_request"
handler403 = "portal.home.views.errors.forbidden"
handler404 = "portal.home.views.errors.not_found"
handler500 = "portal.home.views.errors.server_error"
