"""What is due at a council's session is due when it opens, and follows the day when that becomes known."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from actors.directory.models import FocalPoint
from portal.notifications.reminders import send_due
from portal.reference.models import Council, CouncilSession, SessionOpening, Territory
from portal.reference.sessions import Opening, Sessions, parse_session, session_key, session_name
from recommendations import actions
from recommendations.forms import AssignForm, RecommendationForm
from recommendations.models import Assignment, Recommendation
from tests import factories
from tests.region import load_region

PROVINCE, REGION = "02.381", "02"
LEAD, NORMAL = Assignment.Part.LEAD, Recommendation.Priority.NORMAL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def region(db):
    load_region(Territory, CouncilSession)


@pytest.fixture
def nador():
    return Territory.objects.communes().within(PROVINCE).first()


@pytest.fixture
def council(nador):
    return factories.ActorFactory(kind="commune", seat=nador)


@pytest.fixture
def recommendation(space, association):
    meeting = factories.MeetingFactory(space=space, organiser=association, state="closed")
    return factories.RecommendationFactory(meeting=meeting, due_on=date(2027, 2, 7), due_council="commune")


def opens(territory, council, day):
    session = CouncilSession.objects.get(council=council, month=day.month)
    return SessionOpening.objects.create(territory=territory, session=session, opens_on=day)


@pytest.mark.parametrize(
    ("council", "months"),
    [
        (Council.COMMUNE, ["2027-02", "2027-05", "2027-10", "2028-02"]),
        (Council.PROVINCE, ["2027-01", "2027-06", "2027-09", "2028-01"]),
        (Council.REGION, ["2027-03", "2027-07", "2027-10", "2028-03"]),
    ],
)
def test_each_kind_of_council_has_its_months(council, months):
    coming = Sessions().coming(council, date(2026, 11, 30), 4)
    assert [session_key(council, opening.last)[-7:] for opening in coming] == months
    assert all((opening.first.day, opening.last.day) == (1, 7) for opening in coming)


def test_a_session_is_offered_until_it_has_opened(nador):
    assert Sessions().coming("commune", date(2027, 2, 7), 1)[0].last == date(2027, 2, 7)
    assert Sessions().coming("commune", date(2027, 2, 8), 1)[0].last == date(2027, 5, 7)
    opens(nador, "commune", date(2027, 2, 4))
    assert Sessions().coming("commune", date(2027, 2, 5), 1, nador.code)[0].last == date(2027, 5, 7)


def test_a_session_no_longer_held_is_not_offered_and_keeps_what_hangs_on_it(recommendation):
    CouncilSession.objects.filter(council="commune", month=2).delete()
    assert Sessions().coming("commune", date(2026, 11, 30), 1)[0].last == date(2027, 5, 7)
    assert Sessions().opening("commune", date(2027, 2, 7)) == Opening("commune", date(2027, 2, 1), date(2027, 2, 7))


@pytest.mark.parametrize("key", ["", "commune", "commune:2027", "village:2027-02", "commune:2027-13", ":2027-02"])
def test_a_malformed_key_names_no_session(key):
    with pytest.raises(ValueError, match=r".*"):
        parse_session(key)


def test_the_day_of_a_session_lies_in_its_month_and_belongs_to_such_a_council(nador):
    february = CouncilSession.objects.get(council="commune", month=2)
    SessionOpening(territory=nador, session=february, opens_on=date(2027, 2, 4)).full_clean()
    with pytest.raises(ValidationError, match="in its month"):
        SessionOpening(territory=nador, session=february, opens_on=date(2027, 3, 1)).full_clean()
    with pytest.raises(ValidationError, match="no session of that kind"):
        SessionOpening(
            territory=Territory.objects.get(code=PROVINCE), session=february, opens_on=date(2027, 2, 4)
        ).full_clean()
    opens(nador, "commune", date(2027, 2, 4))
    with pytest.raises(ValidationError, match="already there"):
        SessionOpening(territory=nador, session=february, opens_on=date(2027, 2, 5)).full_clean()


def test_what_is_due_at_a_session_is_late_after_the_first_week_only(recommendation):
    assert Recommendation.objects.overdue(date(2027, 2, 7)).count() == 0
    assert Recommendation.objects.overdue(date(2027, 2, 8)).count() == 1


def test_it_hangs_on_the_council_that_leads(recommendation, council, nador, secretariat):
    opens(nador, "commune", date(2027, 2, 4))
    actions.assign(recommendation, actor=council, part=LEAD, by=secretariat)
    recommendation.refresh_from_db()
    assert recommendation.due_on == date(2027, 2, 4)
    assert "2027" in recommendation.due_text
    actions.withdraw_assignment(recommendation.assignments.get(), by=secretariat)
    recommendation.refresh_from_db()
    assert recommendation.due_on == date(2027, 2, 7)


def test_the_day_that_becomes_known_moves_what_hangs_on_it_and_its_going_moves_it_back(recommendation, council, nador):
    factories.AssignmentFactory(recommendation=recommendation, actor=council, part=LEAD)
    own_day = factories.RecommendationFactory(due_on=date(2027, 2, 7))
    opening = opens(nador, "commune", date(2027, 2, 3))
    recommendation.refresh_from_db()
    assert recommendation.due_on == date(2027, 2, 3)
    assert recommendation.history.first().history_by
    opening.delete()
    recommendation.refresh_from_db()
    own_day.refresh_from_db()
    assert (recommendation.due_on, own_day.due_on) == (date(2027, 2, 7), date(2027, 2, 7))


def test_another_councils_day_and_another_years_change_nothing(recommendation, council, nador):
    factories.AssignmentFactory(recommendation=recommendation, actor=council, part=LEAD)
    neighbour = Territory.objects.communes().exclude(code__startswith=PROVINCE).first()
    opens(neighbour, "commune", date(2027, 2, 3))
    opens(nador, "commune", date(2028, 2, 3))
    recommendation.refresh_from_db()
    assert recommendation.due_on == date(2027, 2, 7)
    assert recommendation.history.count() == 1


def test_without_a_leading_council_the_territory_says_whose_session_it_is(recommendation, nador, secretariat):
    opens(nador, "commune", date(2027, 2, 2))
    actions.edit_recommendation(recommendation, by=secretariat, axis=None, reason="")
    assert recommendation.due_on == date(2027, 2, 7)
    recommendation.territory = nador
    recommendation.save()
    CouncilSession.objects.get(council="commune", month=2).save()
    recommendation.refresh_from_db()
    assert recommendation.due_on == date(2027, 2, 2)


def test_the_months_an_administrator_corrects_move_what_hangs_on_them(recommendation):
    session = CouncilSession.objects.get(council="commune", month=2)
    session.opens_by = 10
    session.save()
    recommendation.refresh_from_db()
    assert recommendation.due_on == date(2027, 2, 10)


def test_the_point_is_to_be_inscribed_twenty_days_before_the_earliest_opening(recommendation, council):
    factories.AssignmentFactory(recommendation=recommendation, actor=council, part=LEAD)
    Assignment.objects.update(assigned_at=datetime(2026, 10, 2, tzinfo=UTC))
    Recommendation.objects.update(last_news_at=datetime(2027, 1, 5, tzinfo=UTC))
    contact = factories.ContactFactory(actor=council, email="holder@example.org")
    factories.FocalPointFactory(contact=contact, part=FocalPoint.Part.HOLDER)
    sent = [
        (line.rung, line.occurrence)
        for line in send_due(datetime(2027, 1, 12, 9, tzinfo=UTC))
        if line.outcome == "sent"
    ]
    assert ("recommendations.agenda-20", "2027-02-01") in sent


def test_the_form_offers_the_leading_councils_sessions_first_and_keeps_the_chosen_one(recommendation, nador):
    region = factories.ActorFactory(kind="elected_council", seat=Territory.objects.get(code=REGION))
    factories.AssignmentFactory(recommendation=recommendation, actor=region, part=LEAD)
    Recommendation.objects.filter(pk=recommendation.pk).update(due_council="region", due_on=date(2025, 3, 7))
    recommendation.refresh_from_db()
    choices = AssignForm(recommendation=recommendation)["due_session"].field.choices
    assert [group for group, _rows in choices[1:]] == [
        Council.REGION.heading, Council.COMMUNE.heading, Council.PROVINCE.heading
    ]  # fmt: skip
    assert choices[1][1][0][0] == "region:2025-03"


def test_saving_a_form_unchanged_keeps_a_day_that_is_known(recommendation, nador, council):
    factories.AssignmentFactory(recommendation=recommendation, actor=council, part=LEAD)
    opens(nador, "commune", date(2027, 2, 4))
    recommendation.refresh_from_db()
    form = RecommendationForm(
        {"due_session": "commune:2027-02", "text_fr": "Texte", "people": "all", "level": "local", "priority": NORMAL},
        meeting=recommendation.meeting,
        recommendation=recommendation,
    )
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["due_on"], form.cleaned_data["due_council"]) == (date(2027, 2, 4), "commune")


@pytest.mark.parametrize(
    ("council", "day", "code", "names"),
    [
        (
            "region", date(2026, 10, 7), "",
            (
                "دورة أكتوبر 2026 لمجلس جهة الشرق",
                "session d’octobre 2026 du conseil de la région de l’Oriental",
                "October 2026 session of the council of the Oriental region",
            ),
        ),
        (
            "commune", date(2027, 2, 7), "",
            (
                "دورة فبراير 2027 للمجالس الجماعية",
                "session de février 2027 des conseils communaux",
                "February 2027 session of the communal councils",
            ),
        ),
        (
            "province", date(2027, 1, 7), PROVINCE,
            (
                "دورة يناير 2027 لمجلس إقليم الناظور",
                "session de janvier 2027 du conseil provincial de Nador",
                "January 2027 session of the provincial council of Nador",
            ),
        ),
        (
            "province", date(2027, 6, 7), "02.411",
            (
                "دورة يونيو 2027 لمجلس عمالة وجدة-أنكاد",
                "session de juin 2027 du conseil préfectoral d’Oujda-Angad",
                "June 2027 session of the prefectural council of Oujda-Angad",
            ),
        ),
        (
            "commune", date(2026, 10, 7), "02.381.01.01",
            (
                "دورة أكتوبر 2026 لمجلس جماعة العروي",
                "session d’octobre 2026 du conseil communal d’Al Aaroui",
                "October 2026 session of the communal council of Al Aaroui",
            ),
        ),
    ],
)  # fmt: skip
def test_a_session_is_named_with_its_council(council, day, code, names):
    seat = Territory.objects.filter(code=code).first()
    for language, name in zip(("ar", "fr", "en"), names, strict=True):
        with translation.override(language):
            assert session_name(council, day, seat) == name


def test_no_two_sessions_of_a_month_have_one_name():
    for language in ("ar", "fr", "en"):
        with translation.override(language):
            names = {session_name(council, date(2026, 10, 7)) for council in Council}
            names |= {session_name(row.level, date(2026, 10, 7), row) for row in Territory.objects.all()}
            assert len(names) == 2 + Territory.objects.count() - len(_doubles())


def _doubles():
    """Communes of two provinces that are called the same."""
    names = Territory.objects.communes().values_list("name_fr", flat=True)
    return [name for name in set(names) if list(names).count(name) > 1]
