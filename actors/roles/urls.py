"""Addresses of who does what, where."""

from django.urls import path

from actors.roles.views import matrix, roles

app_name = "roles"

urlpatterns = [
    path("actors/matrix/", matrix.matrix, name="matrix"),
    path("actors/matrix/findings/", matrix.matrix_findings, name="matrix_findings"),
    path("actors/matrix/print/", matrix.print_matrix, name="print_matrix"),
    path("actors/matrix/<slug:theme>/<str:territory>/", matrix.matrix_cell, name="matrix_cell"),
    path("actors/roles/add/", roles.add_role, name="add_role"),
    path("actors/roles/<int:pk>/edit/", roles.edit_role, name="edit_role"),
    path("actors/roles/<int:pk>/end/", roles.end_role, name="end_role"),
    path("actors/roles/<int:pk>/confirm/", roles.confirm_role, name="confirm_role"),
    path("actors/roles/<int:pk>/contest/", roles.contest_role, name="contest_role"),
    path("actors/<slug:slug>/roles/", roles.actor_roles, name="actor_roles"),
]
