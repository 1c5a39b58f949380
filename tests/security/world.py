"""A world with something for every circle of readers, and a word of its own in every text of it."""

from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from itertools import count, product
from string import ascii_lowercase
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from actors.directory.models import Membership, Printout, Space, SpaceMember
from meetings.models import Attendance, Document, Meeting, Minutes, MinutesVersion, Report
from meetings.reports.collect import annex_of, collect
from meetings.rules.readers import space_told
from meetings.work import render
from portal.core.exports import write_text
from portal.core.search import reindex_all
from recommendations.models import Recommendation
from tests import factories, people
from tests.security.papers import printing
from tests.test_rights import things

WHO = ("visitor", "outsider", "invited", "member", "officer", "manager", "validator", "secretariat", "administrator")
#: the apps whose texts people write
WRITTEN = ("directory", "doubles", "imports", "roles", "meetings", "recommendations")
#: what is no text of somebody's: names that make addresses, marks, what is read by programs
NO_TEXTS = {
    "slug", "code", "reference", "email", "url", "link", "file_name", "file_hash", "fingerprint", "search_text",
    "phone", "website", "kind", "language", "title_mark", "encoding", "failed_in", "error", "acronym", "model_label",
}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """Where a word stands that stands nowhere else."""

    model: type[models.Model]
    pk: Any
    field: str


@dataclass
class Walked:
    """The world, its people by WHO, and its words."""

    rows: dict[str, Any]
    people: dict[str, Any]
    words: dict[str, Planted]
    forms: list[Any] = field(default_factory=list)


def build() -> Walked:
    rows = people.make_everything()
    rows |= things(rows["space"], rows["association"], rows["commune"], rows["service"])
    sheet = {"name": "", "rows": 1, "hidden": False, "head": [[1, 1, ["اسم"]]]}
    rows["import"].facts = {"encoding": "UTF-8", "delimiter": ";", "sheets": [sheet], "sheet": 0, "remembered": False}
    rows["import"].save()
    rows["invited"] = factories.MembershipFactory(actor__slug="invited", part=Membership.Part.MANAGER).user
    guest = Membership.objects.get(user=rows["invited"]).actor
    for audience in Space.Audience:
        space = factories.SpaceFactory(slug=f"{audience}-space", code=audience[:3].upper(), audience=audience)
        factories.SpaceMemberFactory(space=space, actor=rows["association"], part=SpaceMember.Part.SECRETARIAT)
        factories.SpaceMemberFactory(space=space, actor=rows["service"])
        for number, seen in enumerate(reversed(Meeting.Audience)):
            _meeting(space, rows, guest, seen, timezone.now() - timedelta(days=90 - number))
    for state in (Meeting.State.CANCELLED, Meeting.State.POSTPONED):
        off = factories.MeetingFactory(
            space=rows["space"], organiser=rows["association"], audience=Meeting.Audience.PUBLIC, state=state,
            state_reason="سبب",
        )  # fmt: skip
        factories.InvitationFactory(meeting=off, actor=guest)
    words = plant()
    reindex_all()
    _reports()
    return Walked(rows, {"visitor": AnonymousUser()} | {who: rows[who] for who in WHO[1:]}, words)


def _meeting(space: Space, rows: dict[str, Any], guest: Any, audience: str, at: Any) -> None:
    """A meeting that was held, with one of everything that a report says of one."""
    meeting = factories.MeetingFactory(
        space=space, organiser=rows["association"], audience=audience, state=Meeting.State.HELD, starts_at=at,
        reference=f"{space.code}-2026-{audience[:3].upper()}",
    )  # fmt: skip
    item = factories.AgendaItemFactory(meeting=meeting)
    absent = [] if audience == Meeting.Audience.PARTICIPANTS else [(guest, Attendance.Status.ABSENT)]
    for actor, status in ((rows["service"], Attendance.Status.PRESENT), *absent):
        factories.InvitationFactory(meeting=meeting, actor=actor)
        Attendance.objects.create(meeting=meeting, actor=actor, status=status, representative="ممثل")
    minutes = factories.MinutesFactory(meeting=meeting, state=Minutes.State.ADOPTED, adopted_at=at)
    factories.MinutesSectionFactory(minutes=minutes, item=item, text="نص", html="<p>نص</p>", revision=1)
    frozen = {"section": 1, "item": item.pk, "html": "<p>نص</p>", "text": "نص", "revision": 1}
    MinutesVersion.objects.create(minutes=minutes, number=1, sections=[frozen], adopted_at=at)
    for state in (Recommendation.State.BLOCKED, Recommendation.State.CONTESTED):
        found = factories.RecommendationFactory(meeting=meeting, state=state, last_news_at=timezone.now())
        factories.AssignmentFactory(recommendation=found, actor=rows["service"])
        found.follow_ups.create(
            on_behalf_of=rows["service"], new_state=state, account="حصيلة", drafted_at=at, clearance="cleared",
            cleared_at=timezone.now(),
        )  # fmt: skip
    for seen in Document.Audience:
        document = Document(meeting=meeting, item=item, title="وثيقة", audience=seen)
        document.take_file(SimpleUploadedFile("essai.txt", b"texte"))
        document.save()


def plant() -> dict[str, Planted]:
    """Put a word of its own into every text of every row; the texts by their words."""
    words = (f"zq{''.join(letters)}qz" for letters in product(ascii_lowercase, repeat=3))
    planted: dict[str, Planted] = {}
    for model in apps.get_models():
        if model._meta.app_label not in WRITTEN or model.__name__.startswith("Historical"):
            continue
        texts = [field for field in model._meta.concrete_fields if is_text(field)]
        for row in model._base_manager.all() if texts else ():
            said = {field.attname: getattr(row, field.attname) for field in texts}
            here = {name: next(words) for name in said}
            if not _written(row, said, here):  # some texts say that something happened, which did not
                here = {name: word for name, word in here.items() if said[name]}
                assert _written(row, said, here)
            planted |= {word: Planted(model, row.pk, name) for name, word in here.items()}
    for version in MinutesVersion.objects.all():
        word = next(words)
        planted[word] = Planted(MinutesVersion, version.pk, "sections")
        version.sections = [part | {"html": f"<p>{word}</p>", "text": word} for part in version.sections]
        version.save()
    return planted


def _written(row: models.Model, said: dict[str, str], words: dict[str, str]) -> bool:
    longest = {field.attname: field.max_length or 10_000 for field in row._meta.concrete_fields}
    texts = {name: f"{said[name]} {word}".strip()[-longest[name] :] for name, word in words.items()}
    try:
        with transaction.atomic():
            return bool(type(row)._base_manager.filter(pk=row.pk).update(**texts)) if texts else True
    except IntegrityError:
        return False


def is_text(field: models.Field) -> bool:
    kinds = (models.CharField, models.TextField)
    plain = isinstance(field, kinds) and not isinstance(field, models.URLField | models.EmailField | models.FileField)
    long = not field.max_length or field.max_length >= 40
    return plain and long and not field.choices and not field.primary_key and field.name not in NO_TEXTS


def sheet_of(report: Report) -> bytes:
    """What would be annexed to it were its pages too few, as a text, in which words are found."""
    larger, file = copy(report), BytesIO(b"-")
    larger.data = {"sections": {"earlier_recommendations": {"others": ["many"]}}}
    if annex := annex_of(larger):
        write_text(file, annex.sheet, annex.rows)
    return file.getvalue()


def _reports() -> None:
    """Of every meeting a report in Arabic for each of its readers, with what it would say, and a printout."""
    numbers = count(50)
    for meeting, audience in product(Meeting.objects.exclude(space=None), Report.Audience):
        report = Report(
            meeting=meeting, language="ar", audience=audience, number=next(numbers), state=Report.State.READY,
            space=space_told(meeting, audience), fingerprint=f"{meeting.pk}-{audience}",
            data=collect(meeting, language="ar", audience=audience),
        )  # fmt: skip
        with printing():
            report.annex.save("essai.xlsx", SimpleUploadedFile("essai.xlsx", sheet_of(report)), save=False)
            report.file.save("essai.pdf", SimpleUploadedFile("essai.pdf", render(report)))
    for printout in Printout.objects.all():
        printout.state = Printout.State.READY
        printout.file.save("essai.pdf", SimpleUploadedFile("essai.pdf", b"%PDF-1.7"))
