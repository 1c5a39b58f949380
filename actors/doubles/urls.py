"""Addresses of the doubles and of the merges."""

from django.urls import path

from actors.doubles.views import doubles, merges

app_name = "doubles"

urlpatterns = [
    path("actors/duplicates/", doubles.duplicates, name="duplicates"),
    path("actors/duplicates/compare/", doubles.compare_actors, name="compare_actors"),
    path("actors/duplicates/find/", doubles.find_doubles, name="find_doubles"),
    path("actors/duplicates/search/", doubles.doubles_search, name="doubles_search"),
    path("actors/duplicates/merge/", merges.merge_actors, name="merge_actors"),
    path("actors/duplicates/merges/", merges.merges, name="merges"),
    path("actors/duplicates/merges/<int:pk>/", merges.merge, name="merge"),
    path("actors/duplicates/merges/<int:pk>/undo/", merges.undo_merge, name="undo_merge"),
    path("actors/duplicates/<int:pk>/", doubles.duplicate, name="duplicate"),
    path("actors/duplicates/<int:pk>/settle/", doubles.settle_double, name="settle_double"),
    path("actors/duplicates/<int:pk>/reopen/", doubles.reopen_double, name="reopen_double"),
]
