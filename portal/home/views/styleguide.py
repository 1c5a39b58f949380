"""Every component with sample content, to be looked at in each language; not served where settings say so."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from meetings.reading.month import Day, MonthEntry
from portal.core.dates import today
from portal.core.forms import DateField, DateTimeField, PortalForm
from portal.core.pages import page
from portal.core.uploads import UploadField

LONG_NAME = (
    "الجمعية الإقليمية للتنمية والتعاون والتضامن والنهوض بالأوضاع الاجتماعية والثقافية "
    "لساكنة المناطق القروية والحدودية بجهة الشرق"
)
TONES = ("", "ok", "attention", "danger", "info", "brand", "accent")
ICONS = (
    "arrow-left", "arrow-right", "bell", "building-2", "calendar-days", "check", "chevron-left", "chevron-right",
    "circle-alert", "circle-check", "clock", "download", "file-text", "house", "landmark", "list-checks",
    "log-in", "log-out", "mail", "map-pin", "network", "paperclip", "pencil", "phone", "plus", "printer",
    "search", "send", "shield-check", "trash-2", "triangle-alert", "upload", "user-round", "users-round", "x",
)  # fmt: skip


class SampleForm(PortalForm):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("As it stands in the founding act."))
    mailbox = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    day = DateField(label=gettext_lazy("Due date"))
    starts_at = DateTimeField(label=gettext_lazy("Beginning"))
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("All")), ("open", gettext_lazy("Open"))], required=False
    )
    progress = forms.ChoiceField(
        label=gettext_lazy("Progress"),
        choices=[(0, gettext_lazy("Not begun")), (50, gettext_lazy("Half way")), (100, gettext_lazy("Done"))],
        widget=forms.RadioSelect,
    )
    account = forms.CharField(label=gettext_lazy("What was done"), widget=forms.Textarea)
    evidence = UploadField(label=gettext_lazy("Evidence"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("I have read this"))


class SampleFilter(forms.Form):
    """The filters of a list."""

    q = forms.CharField(required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("All")), ("open", gettext_lazy("Open"))], required=False
    )
    space = forms.ChoiceField(label=gettext_lazy("Space"), choices=[("", gettext_lazy("All"))], required=False)


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """`?errors=1` shows the form as it comes back when something is wrong."""
    now = timezone.now()
    context = {
        "tones": TONES,
        "icons": ICONS,
        "long_name": LONG_NAME,
        "form": SampleForm({}) if "errors" in request.GET else SampleForm(),
        "soon": today() + timedelta(days=3),
        "later": today() + timedelta(days=40),
        "late": today() - timedelta(days=3),
        "now": now,
        "counts": _counts(),
        "bars": _bars(),
        "tabs": _tabs(),
        "steps": [_("File"), _("Columns"), _("Checking"), _("Save")],
        "weeks": _weeks(now),
        "listing": _listing(request),
        "page": Paginator(range(1000), 25).get_page(request.GET.get("page", 7)),
        "messages_shown": _messages(),
        "works": [{"stage": "running", "is_unfinished": True, "percent": 40}, {"stage": "done"}, {"stage": "failed"}],
    }
    return page(request, "home/styleguide.html", context, status=200)


def _counts() -> list[tuple[str, int, str]]:
    return [
        (_("result confirmed"), 12, "ok"),
        (_("done"), 5, "brand"),
        (_("in progress"), 10, "attention"),
        (_("blocked"), 3, "danger"),
        (_("not begun"), 3, "none"),
    ]


def _bars() -> list[tuple[str, list[tuple[str, int, str]], int]]:
    rows = ((_("Communes"), 7, 1, 9), (_("Deconcentrated services"), 6, 2, 10), (_("Associations"), 12, 0, 14))
    return [
        (label, [(_("present"), here, "ok"), (_("excused"), excused, "attention")], total)
        for label, here, excused, total in rows
    ]


def _tabs() -> list[dict[str, Any]]:
    labels = (
        (_("Agenda"), None),
        (_("Invitations and attendance"), 35),
        (_("Minutes"), None),
        (_("Recommendations"), 4),
        (_("Documents"), 6),
    )
    return [
        {"label": label, "url": "?", "count": count, "current": place == 0}
        for place, (label, count) in enumerate(labels)
    ]


def _weeks(now: datetime) -> list[list[Day]]:
    first = today(now).replace(day=1)
    start = first - timedelta(days=first.weekday())
    days = [Day(day, day.month != first.month, day == today(now)) for day in (start + timedelta(n) for n in range(35))]
    entries = [
        MonthEntry("?", LONG_NAME[:40], "10:00", "", "", ""),
        MonthEntry("?", LONG_NAME, "11:30", "other", "", ""),
        MonthEntry("?", LONG_NAME[:60], "15:00", "off", str(_("postponed")), ""),
    ]
    days[26].entries, days[24].entries = entries * 2, entries[:1]
    return [days[place : place + 7] for place in range(0, 35, 7)]


def _listing(request: HttpRequest) -> SimpleNamespace:
    """What `portal.core.lists.listing` gives, without a table behind it."""
    chip = SimpleNamespace(label=_("State"), value=_("Open"), query="state=")
    form = SampleFilter({"state": "open"})
    return SimpleNamespace(
        request=request, query="", sort="-due", chips=[chip], filter=SimpleNamespace(form=form), count=33
    )


def _messages() -> list[Message]:
    return [
        Message(constants.SUCCESS, _("The meeting was announced.")),
        Message(constants.INFO, _("The report is being made.")),
        Message(constants.WARNING, _("Two institutions have no mailbox.")),
        Message(constants.ERROR, _("Somebody else saved these minutes first.")),
    ]
