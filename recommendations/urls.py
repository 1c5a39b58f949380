"""Addresses of recommendations."""

from django.urls import path

from recommendations.views import assigning, drafting, following, meeting, passages, recommendation, register, results

app_name = "recommendations"

urlpatterns = [
    path("recommendations/", register.recommendations, name="recommendations"),
    path("recommendations/add/", drafting.add_recommendation, name="add_recommendation"),
    path("recommendations/assignments/<int:pk>/answer/", assigning.answer_assignment, name="answer_assignment"),
    path("recommendations/assignments/<int:pk>/accept/", assigning.accept_assignment, name="accept_assignment"),
    path("recommendations/assignments/<int:pk>/withdraw/", assigning.withdraw_assignment, name="withdraw_assignment"),
    path("recommendations/entries/<int:pk>/clear/", following.clear_follow_up, name="clear_follow_up"),
    path("recommendations/evidence/<int:pk>/", following.download_evidence, name="download_evidence"),
    path("recommendations/<str:reference>/", recommendation.recommendation, name="recommendation"),
    path("recommendations/<str:reference>/edit/", drafting.edit_recommendation, name="edit_recommendation"),
    path("recommendations/<str:reference>/adopt/", drafting.adopt_recommendation, name="adopt_recommendation"),
    path("recommendations/<str:reference>/drop/", recommendation.drop_recommendation, name="drop_recommendation"),
    path("recommendations/<str:reference>/reopen/", recommendation.reopen_recommendation, name="reopen_recommendation"),
    path(
        "recommendations/<str:reference>/reminders/",
        recommendation.recommendation_reminders,
        name="recommendation_reminders",
    ),
    path("recommendations/<str:reference>/passage/", passages.link_passage, name="link_passage"),
    path("recommendations/<str:reference>/assign/", assigning.assign, name="assign"),
    path("recommendations/<str:reference>/report/", following.report_progress, name="report_progress"),
    path(
        "recommendations/<str:reference>/confirm/", recommendation.confirm_recommendation, name="confirm_recommendation"
    ),
    path(
        "recommendations/<str:reference>/contest/", recommendation.contest_recommendation, name="contest_recommendation"
    ),
    path("meetings/<str:reference>/results/", results.meeting_results, name="meeting_results"),
    path("meetings/<str:reference>/results.png", results.results_picture, name="results_picture"),
    path("meetings/<str:reference>/recommendations/", meeting.meeting_recommendations, name="meeting_recommendations"),
    path("meetings/<str:reference>/recommendations/add/", drafting.draft_recommendation, name="draft_recommendation"),
    path("meetings/<str:reference>/recommendations/cut/", passages.cut_recommendation, name="cut_recommendation"),
    path("meetings/<str:reference>/recommendations/adopt/", meeting.adopt_drafts, name="adopt_drafts"),
]
