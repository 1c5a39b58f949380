"""The addresses that are no app's of ours: signing in and the password, the admin, and what only programs ask."""

from typing import Any

from tests.test_routes import NAMESPACES, Route, every_route

SIGN_IN = frozenset({"sign in"})
SHOWN, LED = frozenset({200}), frozenset({302})
#: what a visitor is answered there, and what whoever is signed in
DOORS = {
    "root": (LED, LED),
    "health_ready": (SHOWN | {503}, SHOWN | {503}),
    "robots": (SHOWN, SHOWN),
    "sitemap": (SHOWN, SHOWN),
    "apple_touch_icon": (SHOWN, SHOWN),
    "public_feed": (SHOWN, SHOWN),
    "space_feed": (SHOWN | {404}, SHOWN | {404}),
    "person_feed": (frozenset({404}), frozenset({404})),
    "account_login": (SHOWN, LED),
    "account_logout": (LED, SHOWN),
    "account_inactive": (SHOWN, SHOWN),
    "account_signup": (SHOWN, LED),
    "account_reauthenticate": (SIGN_IN, SHOWN),
    "account_change_password": (SIGN_IN, SHOWN),
    "account_set_password": (SIGN_IN, LED),
    "account_reset_password": (SHOWN, SHOWN),
    "account_reset_password_done": (SHOWN, SHOWN),
    "account_reset_password_from_key": (SHOWN, SHOWN),
    "account_reset_password_from_key_done": (SHOWN, SHOWN),
}
#: the admin's own: shown or refused to administrators, with what is there; everybody else is sent to sign in
ADMIN = (SIGN_IN | LED | {404}, SIGN_IN | LED | {403, 404})
ADMINISTRATORS = frozenset({200, 302, 403, 404, 405})


def doors() -> list[Route]:
    return [route for route in every_route() if route.name.partition(":")[0] not in NAMESPACES]


def may_be_answered(route: Route, user: Any) -> frozenset[Any]:
    if route.name.startswith("admin:"):
        return ADMINISTRATORS if user.is_administrator else ADMIN[user.is_authenticated]
    return DOORS[route.name][user.is_authenticated]
