"""Addresses of the lists brought in."""

from django.urls import path

from actors.imports.views import imports, results, steps

app_name = "imports"

urlpatterns = [
    path("actors/import/", imports.imports, name="imports"),
    path("actors/import/<int:pk>/", imports.actor_import, name="actor_import"),
    path("actors/import/<int:pk>/cancel/", imports.cancel_import, name="cancel_import"),
    path("actors/import/<int:pk>/columns/", steps.import_columns, name="import_columns"),
    path("actors/import/<int:pk>/left-out/", results.import_left_out, name="import_left_out"),
    path("actors/import/<int:pk>/result/", results.import_result, name="import_result"),
    path("actors/import/<int:pk>/retry/", imports.retry_import, name="retry_import"),
    path("actors/import/<int:pk>/rows/", steps.import_rows, name="import_rows"),
    path("actors/import/<int:pk>/rows/decide/", steps.decide_rows, name="decide_rows"),
    path("actors/import/<int:pk>/start/", imports.start_import, name="start_import"),
    path("actors/import/<int:pk>/undo/", imports.undo_import, name="undo_import"),
    path("actors/import/rows/<int:pk>/", steps.decide_row, name="decide_row"),
]
