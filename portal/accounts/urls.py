"""The addresses of django-allauth that this portal opens: signing in and out, and the password.

An account's mail address belongs to whoever offers the account; allauth's page for changing it stays closed.
"""

from allauth.account import views
from django.urls import path, re_path

from portal.accounts.views import entrance

urlpatterns = [
    path("login/", entrance.sign_in, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", entrance.change_password, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", entrance.ask_for_password, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        entrance.choose_password,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
