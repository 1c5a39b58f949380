"""The addresses of the postman’s pages, under /me/notifications/."""

from django.urls import path

from portal.notifications.views import bell, deliveries, mailbox

app_name = "notifications"

urlpatterns = [
    path("", bell.notifications, name="notifications"),
    path("read/", bell.read_notifications, name="read_notifications"),
    path("<int:pk>/", bell.open_notification, name="open_notification"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/resend/", deliveries.resend_notification, name="resend_notification"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<str:name>/", mailbox.read_mail, name="read_mail"),
]
