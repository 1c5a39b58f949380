"""Addresses of meetings and everything that hangs on one."""

from django.urls import path

from meetings.views import agenda, answering, documents, lists, meetings, minutes, participation, reports

app_name = "meetings"

urlpatterns = [
    path("answer/<str:token>/", answering.answer_by_link, name="answer_by_link"),
    path("answer/<str:token>/calendar.ics", answering.calendar_by_link, name="calendar_by_link"),
    path("meetings/", lists.meetings, name="meetings"),
    path("meetings/add/", meetings.add_meeting, name="add_meeting"),
    path("meetings/invitations/<int:pk>/answer/", participation.answer_invitation, name="answer_invitation"),
    path("meetings/invitations/<int:pk>/remind/", participation.remind_invitation, name="remind_invitation"),
    path("meetings/invitations/<int:pk>/revoke/", participation.revoke_links, name="revoke_links"),
    path("meetings/invitations/<int:pk>/withdraw/", participation.withdraw_invitation, name="withdraw_invitation"),
    path("meetings/items/<int:pk>/edit/", agenda.edit_item, name="edit_item"),
    path("meetings/items/<int:pk>/move/", agenda.move_item, name="move_item"),
    path("meetings/items/<int:pk>/remove/", agenda.remove_item, name="remove_item"),
    path("meetings/<str:reference>/", meetings.meeting, name="meeting"),
    path("meetings/<str:reference>/edit/", meetings.edit_meeting, name="edit_meeting"),
    path("meetings/<str:reference>/announce/", meetings.announce_meeting, name="announce_meeting"),
    path("meetings/<str:reference>/hold/", meetings.hold_meeting, name="hold_meeting"),
    path("meetings/<str:reference>/close/", meetings.close_meeting, name="close_meeting"),
    path("meetings/<str:reference>/cancel/", meetings.cancel_meeting, name="cancel_meeting"),
    path("meetings/<str:reference>/postpone/", meetings.postpone_meeting, name="postpone_meeting"),
    path("meetings/<str:reference>/reannounce/", meetings.reannounce_meeting, name="reannounce_meeting"),
    path("meetings/<str:reference>/reminders/", meetings.meeting_reminders, name="meeting_reminders"),
    path("meetings/<str:reference>/items/add/", agenda.add_item, name="add_item"),
    path("meetings/<str:reference>/participation/", participation.participation, name="participation"),
    path("meetings/<str:reference>/invite/", participation.invite, name="invite"),
    path("meetings/<str:reference>/attendance/", participation.record_attendance, name="record_attendance"),
    path("meetings/<str:reference>/attendance/add/", participation.add_attendee, name="add_attendee"),
    path("meetings/<str:reference>/calendar.ics", meetings.calendar, name="calendar"),
    path("meetings/<str:reference>/minutes/", minutes.minutes, name="minutes"),
    path("meetings/<str:reference>/minutes/record/", minutes.record_minutes, name="record_minutes"),
    path("meetings/<str:reference>/minutes/circulate/", minutes.circulate_minutes, name="circulate_minutes"),
    path("meetings/<str:reference>/minutes/review/", minutes.review_minutes, name="review_minutes"),
    path("meetings/<str:reference>/minutes/adopt/", minutes.adopt_minutes, name="adopt_minutes"),
    path("meetings/<str:reference>/minutes/reopen/", minutes.reopen_minutes, name="reopen_minutes"),
    path("meetings/<str:reference>/documents/", documents.documents, name="documents"),
    path("meetings/<str:reference>/documents/add/", documents.add_document, name="add_document"),
    path("documents/<int:pk>/", documents.download_document, name="download_document"),
    path("documents/<int:pk>/remove/", documents.remove_document, name="remove_document"),
    path("meetings/<str:reference>/report/", reports.report, name="report"),
    path("meetings/<str:reference>/report/make/", reports.make_report, name="make_report"),
    path("reports/<int:pk>/", reports.download_report, name="download_report"),
    path("reports/<int:pk>/annex/", reports.download_annex, name="download_annex"),
    path("reports/<int:pk>/status/", reports.report_status, name="report_status"),
    path("reports/<int:pk>/retry/", reports.retry_report, name="retry_report"),
]
