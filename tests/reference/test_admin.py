"""Reference data in the admin: administrators correct it, and what they correct stays."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from portal.reference.models import Holiday, Place, Territory, Theme
from portal.reference.resolver import resolve
from portal.reference.themes import theme_named
from tests.region import load_region

pytestmark = pytest.mark.django_db
LISTS = ["territory", "place", "theme", "axis", "holiday", "councilsession", "sessionopening"]


@pytest.fixture
def loaded():
    load_region()


@pytest.mark.parametrize("model", LISTS)
def test_an_administrator_opens_every_list_in_as_many_queries_whatever_its_length(
    loaded, as_user, administrator, model, django_assert_max_num_queries
):
    client = as_user(administrator)

    with django_assert_max_num_queries(9):
        assert client.get(reverse(f"admin:reference_{model}_changelist")).status_code == 200


@pytest.mark.parametrize("model", LISTS)
def test_a_manager_of_an_institution_does_not_get_in(as_user, manager, model):
    answer = as_user(manager).get(reverse(f"admin:reference_{model}_changelist"))

    assert answer.status_code == 302


def test_what_an_administrator_corrects_survives_the_next_load(loaded, as_user, administrator):
    theme = Theme.objects.get(code="health")
    values = {name: getattr(theme, name) for name in ("code", "kind", "name_ar", "name_en", "position")}
    values |= {
        "name_fr": "Santé publique",
        "aliases": '["Soins"]',
        "gcm_objectives": "[15]",
        "sdg_targets": '["3.8"]',
        "is_active": "on",
    }

    answer = as_user(administrator).post(reverse("admin:reference_theme_change", args=[theme.pk]), values)
    call_command("load_reference", verbosity=0)

    assert answer.status_code == 302
    theme.refresh_from_db()
    assert (theme.name_fr, theme.is_edited) == ("Santé publique", True)
    assert theme_named("soins") == theme


def test_an_administrator_enters_a_locality_and_takes_away_only_what_was_entered_by_hand(
    loaded, as_user, administrator
):
    client = as_user(administrator)
    values = {"kind": "locality", "name": "حي جديد", "territory": "02.381.01.05"}

    assert client.post(reverse("admin:reference_place_add"), values).status_code == 302
    own, loaded_one = Place.objects.get(name="حي جديد"), Place.objects.get(name="فرخانة")

    assert resolve("حي جديد").answer == "REVIEW:02.381.01.05"
    assert (
        client.post(reverse("admin:reference_place_delete", args=[loaded_one.pk]), {"post": "yes"}).status_code == 403
    )
    assert client.post(reverse("admin:reference_place_delete", args=[own.pk]), {"post": "yes"}).status_code == 302


def test_a_locality_needs_the_commune_it_means(loaded, as_user, administrator):
    answer = as_user(administrator).post(reverse("admin:reference_place_add"), {"kind": "locality", "name": "حي جديد"})

    assert answer.status_code == 200
    assert not Place.objects.filter(name="حي جديد").exists()


def test_saving_without_a_change_is_no_correction(loaded, as_user, administrator):
    holiday = Holiday.objects.first()
    names = ("name_ar", "name_fr", "name_en")
    values = {name: getattr(holiday, name) for name in names} | {"day": holiday.day.isoformat(), "is_day_off": "on"}

    as_user(administrator).post(reverse("admin:reference_holiday_change", args=[holiday.pk]), values)

    holiday.refresh_from_db()
    assert not holiday.is_edited


def test_a_loaded_holiday_cannot_be_deleted_and_one_entered_by_hand_can(loaded, as_user, administrator):
    client = as_user(administrator)
    own = Holiday.objects.create(day="2026-11-27", name_ar="عطلة استثنائية", name_fr="Congé")
    loaded_one = Holiday.objects.exclude(source_key="").first()
    delete_own, delete_loaded = (reverse("admin:reference_holiday_delete", args=[row.pk]) for row in (own, loaded_one))

    assert client.post(delete_loaded, {"post": "yes"}).status_code == 403
    assert client.post(delete_own, {"post": "yes"}).status_code == 302
    assert not Holiday.objects.filter(pk=own.pk).exists()


def test_a_territory_is_found_by_another_spelling_and_its_code_stays(loaded, as_user, administrator):
    client = as_user(administrator)

    found = client.get(reverse("admin:reference_territory_changelist"), {"q": "بني نصار"})

    assert [row.code for row in found.context["cl"].result_list] == ["02.381.01.03"]
    assert client.get(reverse("admin:reference_territory_add")).status_code == 403
    assert Territory.objects.count() == 133
