"""Who does what, where."""

from django.apps import AppConfig


class RolesConfig(AppConfig):
    name = "actors.roles"

    def ready(self) -> None:
        from actors.directory.reading.upkeep import register_check
        from actors.directory.rules.working import register_work
        from actors.roles import merging
        from actors.roles.reading.contested import CONTESTED
        from actors.roles.reading.matrix import work_seen
        from actors.roles.rules import ACTS
        from portal.notifications.rules.acts import register_acts

        merging.register()
        register_acts(ACTS)
        register_check(CONTESTED)
        register_work("roles", work_seen)
