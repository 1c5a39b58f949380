"""Addresses of the directory and of the coordination spaces."""

from django.urls import path

from actors.views import contacts, directory, people, sheets, spaces

app_name = "actors"

urlpatterns = [
    path("actors/", directory.actors, name="actors"),
    path("actors/add/", sheets.add_actor, name="add_actor"),
    path("actors/contacts/<int:pk>/edit/", contacts.edit_contact, name="edit_contact"),
    path("actors/contacts/<int:pk>/remove/", contacts.remove_contact, name="remove_contact"),
    path("actors/focal-points/<int:pk>/end/", contacts.end_focal_point, name="end_focal_point"),
    path("actors/people/<int:pk>/end/", people.end_membership, name="end_membership"),
    path("actors/<slug:slug>/", sheets.actor, name="actor"),
    path("actors/<slug:slug>/logo/", sheets.actor_logo, name="actor_logo"),
    path("actors/<slug:slug>/edit/", sheets.edit_actor, name="edit_actor"),
    path("actors/<slug:slug>/confirm/", sheets.confirm_actor, name="confirm_actor"),
    path("actors/<slug:slug>/changes/", sheets.actor_changes, name="actor_changes"),
    path("actors/<slug:slug>/contacts/add/", contacts.add_contact, name="add_contact"),
    path("actors/<slug:slug>/focal-points/add/", contacts.add_focal_point, name="add_focal_point"),
    path("actors/<slug:slug>/people/add/", people.add_membership, name="add_membership"),
    path("spaces/", spaces.spaces, name="spaces"),
    path("spaces/add/", spaces.add_space, name="add_space"),
    path("spaces/members/<int:pk>/end/", spaces.end_member, name="end_member"),
    path("spaces/<slug:slug>/", spaces.space, name="space"),
    path("spaces/<slug:slug>/edit/", spaces.edit_space, name="edit_space"),
    path("spaces/<slug:slug>/members/add/", spaces.add_member, name="add_member"),
]
