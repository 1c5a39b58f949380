"""Quiet factories: the smallest valid thing, with a name that says what it is."""

from datetime import UTC, date, datetime, timedelta

import factory
from factory.django import DjangoModelFactory, Password

from actors.directory.models import Actor, Contact, FocalPoint, Membership, Space, SpaceMember
from actors.roles.models import Responsibility
from meetings.models import AgendaItem, Invitation, Meeting, Minutes, MinutesSection
from portal.accounts.models import User
from portal.reference.models import Axis, Territory, Theme
from recommendations.models import Assignment, Recommendation

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"موظف تجريبي {n}")
    language = "ar"
    password = Password(PASSWORD)


class ThemeFactory(DjangoModelFactory):
    class Meta:
        model = Theme

    code = factory.Sequence(lambda n: f"theme-{n}")
    kind = Theme.Kind.SECTORAL
    name_ar = factory.Sequence(lambda n: f"مجال {n}")
    name_fr = factory.Sequence(lambda n: f"Thématique {n}")


class AxisFactory(DjangoModelFactory):
    class Meta:
        model = Axis

    code = factory.Sequence(lambda n: f"axis-{n}")
    name_ar = factory.Sequence(lambda n: f"محور {n}")
    name_fr = factory.Sequence(lambda n: f"Axe {n}")


class ActorFactory(DjangoModelFactory):
    class Meta:
        model = Actor
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"actor-{n}")
    kind = Actor.Kind.ASSOCIATION
    name_ar = factory.Sequence(lambda n: f"جمعية تجريبية {n}")
    name_fr = factory.Sequence(lambda n: f"Association d’essai {n}")
    state = Actor.State.PUBLISHED


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    actor = factory.SubFactory(ActorFactory)
    user = factory.SubFactory(UserFactory)
    part = Membership.Part.CONTRIBUTOR


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    actor = factory.SubFactory(ActorFactory)
    role_ar = "مكتب الشؤون الاجتماعية"
    role_fr = "Bureau des affaires sociales"
    email = factory.Sequence(lambda n: f"office{n}@example.org")
    audience = Contact.Audience.MEMBERS


class FocalPointFactory(DjangoModelFactory):
    class Meta:
        model = FocalPoint

    contact = factory.SubFactory(ContactFactory)
    actor = factory.SelfAttribute("contact.actor")
    part = FocalPoint.Part.HOLDER


class SpaceFactory(DjangoModelFactory):
    class Meta:
        model = Space

    code = factory.Sequence(lambda n: f"SP{n}")
    slug = factory.Sequence(lambda n: f"space-{n}")
    kind = Space.Kind.INTERCOMMUNAL
    name_ar = factory.Sequence(lambda n: f"فضاء التنسيق التجريبي {n}")
    name_fr = factory.Sequence(lambda n: f"Espace de coordination d’essai {n}")


class SpaceMemberFactory(DjangoModelFactory):
    class Meta:
        model = SpaceMember

    space = factory.SubFactory(SpaceFactory)
    actor = factory.SubFactory(ActorFactory)
    part = SpaceMember.Part.MEMBER


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting

    reference = factory.Sequence(lambda n: f"TST-2026-{n:02d}")
    organiser = factory.SubFactory(ActorFactory)
    title_ar = factory.Sequence(lambda n: f"لقاء تجريبي {n}")
    title_fr = factory.Sequence(lambda n: f"Rencontre d’essai {n}")
    starts_at = datetime(2026, 12, 4, 10, tzinfo=UTC)
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + timedelta(hours=3))
    state = Meeting.State.ANNOUNCED
    audience = Meeting.Audience.MEMBERS
    created_at = datetime(2026, 9, 1, 9, tzinfo=UTC)


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    position = factory.Sequence(lambda n: n + 1)
    minutes_planned = 30
    title_ar = factory.Sequence(lambda n: f"نقطة {n}")
    title_fr = factory.Sequence(lambda n: f"Point {n}")


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    meeting = factory.SubFactory(MeetingFactory)
    actor = factory.SubFactory(ActorFactory)
    sent_at = datetime(2026, 11, 1, 9, tzinfo=UTC)


class MinutesFactory(DjangoModelFactory):
    class Meta:
        model = Minutes

    meeting = factory.SubFactory(MeetingFactory, state=Meeting.State.HELD)


class MinutesSectionFactory(DjangoModelFactory):
    class Meta:
        model = MinutesSection

    minutes = factory.SubFactory(MinutesFactory)


class RecommendationFactory(DjangoModelFactory):
    class Meta:
        model = Recommendation

    meeting = factory.SubFactory(MeetingFactory, state=Meeting.State.HELD)
    space = factory.SelfAttribute("meeting.space")
    reference = factory.LazyAttributeSequence(lambda o, n: f"{o.meeting.reference}-R{n + 1}")
    text_ar = factory.Sequence(lambda n: f"توصية تجريبية {n}")
    text_fr = factory.Sequence(lambda n: f"Recommandation d’essai {n}")
    state = Recommendation.State.ADOPTED
    adopted_at = datetime(2026, 10, 1, 9, tzinfo=UTC)
    last_news_at = factory.SelfAttribute("adopted_at")
    created_at = datetime(2026, 9, 20, 9, tzinfo=UTC)


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = Assignment

    recommendation = factory.SubFactory(RecommendationFactory)
    actor = factory.SubFactory(ActorFactory)
    part = Assignment.Part.LEAD
    answer = Assignment.Answer.ACCEPTED


class TerritoryFactory(DjangoModelFactory):
    class Meta:
        model = Territory
        django_get_or_create = ("code",)

    code = "02"
    level = Territory.Level.REGION
    kind = Territory.Kind.REGION
    name_ar = "جهة الشرق"
    name_fr = "L’Oriental"


class ResponsibilityFactory(DjangoModelFactory):
    class Meta:
        model = Responsibility

    actor = factory.SubFactory(ActorFactory)
    theme = factory.SubFactory(ThemeFactory)
    territory = factory.SubFactory(TerritoryFactory)
    part = Responsibility.Part.LEADS
    answer = Responsibility.Answer.CONFIRMED
    answered_on = date(2026, 10, 1)


def resave(rows, **changes):
    """Give each row of the queryset these values and save it, so that what follows it follows."""
    for row in rows:
        for name, value in changes.items():
            setattr(row, name, value)
        row.save()
