"""One change to several institutions: chosen on the list, previewed, applied."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from actors.directory import actions, permissions
from actors.directory.actions.batch import BatchResult, too_many
from actors.directory.models import Actor
from actors.directory.models.actor import ActorQuerySet
from actors.directory.rules.batch import MOST, BatchChange, Kind, preview, with_what_changes
from actors.directory.rules.choices import territory_choices, theme_choices
from actors.directory.views.actors import found_actors
from portal.core.forms import EMPTY, PortalForm, choice_field, keys_of
from portal.core.pages import page
from portal.reference.models import Territory, Theme

#: which field of the form holds the value of a change
VALUES = {"themes": "to_theme", "state": "to_state", "seat": "to_territory", "areas": "to_territory"}


class BatchForm(PortalForm):
    """Which change, and its value: the style sheet shows the one field that the change asks for."""

    change = forms.ChoiceField(label=gettext_lazy("What should change?"), choices=Kind, widget=forms.RadioSelect)
    to_theme = forms.ChoiceField(label=gettext_lazy("Theme"))
    to_state = forms.ChoiceField(label=gettext_lazy("State"), choices=EMPTY + Actor.State.choices)
    to_territory = forms.ChoiceField(label=gettext_lazy("Province or commune"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "to_theme").choices = EMPTY + theme_choices()
        choice_field(self, "to_territory").choices = EMPTY + territory_choices()

    def clean(self) -> dict[str, Any]:
        """What another change would ask for is not asked."""
        values = super().clean() or {}
        asked = VALUES[Kind(values["change"]).field] if "change" in values else ""
        for name in {*VALUES.values()} - {asked}:
            self.errors.pop(name, None)
            values.pop(name, None)
        return values

    @property
    def wanted(self) -> BatchChange:
        """The change that was asked for; the form is valid."""
        kind = Kind(self.cleaned_data["change"])
        value = self.cleaned_data[VALUES[kind.field]]
        if kind.field == "themes":
            value = Theme.objects.get(pk=value)
        elif kind != Kind.SET_STATE:
            value = Territory.objects.get(pk=value)
        return BatchChange(kind, value)

    @property
    def values(self) -> dict[str, Any]:
        return {"change": self.wanted}


@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest) -> HttpResponse:
    """Which sheets stands in the address (`pick`, or `all` with the list's filters), the change too; a GET previews.

    A POST names the sheets that were previewed: what matches the filters may be others by then.
    """
    permissions.check_batch(request.user)
    chosen = _previewed(request) if request.method == "POST" else _chosen(request)
    count = chosen.count()
    asked = request.POST if request.method == "POST" else request.GET
    form = BatchForm(asked if "change" in asked else None)
    context = {"form": form, "count": count, "back_url": _back(request), "kept": _kept(request)}
    if not count or count > MOST:
        return page(request, "directory/batch.html", context | {"too_many": too_many(count) if count else ""})
    context["sheets"] = sheets = list(with_what_changes(chosen))
    if request.method == "POST":
        return _applied(request, sheets, form, context)
    if form.is_valid():
        context["preview"] = seen = preview(sheets, form.wanted)
        context["rows"] = ",".join(str(step.actor.pk) for step in seen.changing)
    return page(request, "directory/batch.html", context)


def _applied(request: HttpRequest, sheets: list[Actor], form: BatchForm, context: dict[str, Any]) -> HttpResponse:
    """Back to the list; where a rule stood against some sheets, the page names them first."""
    results: list[BatchResult] = []
    answer = form.carry(
        request,
        actions.apply_batch,
        sheets,
        to=context["back_url"],
        told=lambda result: "" if result.refused else _done(result),
        then=results.append,
    )
    if answer is None or not (results and results[0].refused):
        return answer or page(request, "directory/batch.html", context)
    return page(request, "directory/batch.html", context | {"result": results[0], "done": _done(results[0])})


def _done(result: BatchResult) -> str:
    count = len(result.changed)
    return ngettext("%(count)s institution is changed.", "%(count)s institutions are changed.", count) % {
        "count": count
    }


def _chosen(request: HttpRequest) -> ActorQuerySet:
    if request.GET.get("all"):
        return cast("ActorQuerySet", found_actors(request).queryset)
    return _of(request, request.GET.getlist("pick"))


def _previewed(request: HttpRequest) -> ActorQuerySet:
    return _of(request, request.POST.get("rows", "").split(","))


def _of(request: HttpRequest, keys: list[str]) -> ActorQuerySet:
    numbers = {int(key) for key in keys_of(keys)}
    return Actor.objects.visible_to(request.user).filter(pk__in=numbers).order_by("name_ar", "name_fr", "pk")


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What the form that asks for a preview sends along: the selection and the list it was made on."""
    return [
        (name, value) for name, values in request.GET.lists() if name not in BatchForm.base_fields for value in values
    ]


def _back(request: HttpRequest) -> str:
    """The list as it was when the sheets were chosen."""
    query = QueryDict(mutable=True)
    for name, value in _kept(request):
        if name not in {"pick", "all"}:
            query.appendlist(name, value)
    return f"{reverse('directory:actors')}?{query.urlencode()}" if query else reverse("directory:actors")
