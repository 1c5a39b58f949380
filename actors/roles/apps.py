"""Who does what, where."""

from django.apps import AppConfig


class RolesConfig(AppConfig):
    name = "actors.roles"

    def ready(self) -> None:
        from actors.directory.reading.upkeep import register_check
        from actors.directory.rules.working import register_work
        from actors.roles import merging
        from actors.roles.models import Responsibility
        from actors.roles.reading.contested import CONTESTED
        from actors.roles.reading.matrix import work_seen
        from actors.roles.rules import ACTS, role_page
        from portal.notifications.rules.acts import register_acts, register_page

        merging.register()
        register_acts(ACTS)
        register_page(Responsibility, role_page)
        register_check(CONTESTED)
        register_work("roles", work_seen, Responsibility)
