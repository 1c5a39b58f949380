"""Who does what, where: the matrix, one of its cells, its findings, its PDF."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actors.directory import actions
from actors.directory.permissions import sees_inside
from actors.directory.reports.spreadsheet import SpreadsheetExport, wanted_format
from actors.roles.permissions import can_enter_roles, check_see_findings
from actors.roles.reading.cell import place_line, read_cell
from actors.roles.reading.columns import finding_columns, grid_columns
from actors.roles.reading.matrix import Matrix, read_matrix
from actors.roles.reading.question import MatrixForm, MatrixFrame, day_of
from actors.roles.reading.words import legend
from actors.roles.reports import paper, title_of
from portal.core.dates import today
from portal.core.exports import export
from portal.core.pages import came_from, page
from portal.core.saving import posted
from portal.core.work import call_worker
from portal.reference.models import Territory, Theme

FINDINGS_PER_PAGE = 50
PUBLIC, MEMBERS = "public", "members"


@login_not_required
@require_safe
def matrix(request: HttpRequest) -> HttpResponseBase:
    form, found = _asked(request, request.user)
    if found and (wanted := wanted_format(request.GET.get("export", ""))):
        return export(request, SpreadsheetExport(wanted, found.rows), grid_columns(found), "matrix")
    context = _frame(request, form, found) | {
        "legend": legend(),
        "can_enter": can_enter_roles(request.user),
        "can_print": request.user.is_authenticated,
    }
    return page(request, "roles/matrix.html", context, status=200)


@require_safe
def matrix_findings(request: HttpRequest) -> HttpResponseBase:
    """Gaps and overlaps as a list; to be told to nobody outside."""
    check_see_findings(request.user)
    form, found = _asked(request, request.user)
    if found and (wanted := wanted_format(request.GET.get("export", ""))):
        return export(request, SpreadsheetExport(wanted, found.findings), finding_columns(), "findings")
    rows = Paginator(found.findings if found else [], FINDINGS_PER_PAGE).get_page(request.GET.get("page"))
    listing = {"page": rows, "count": rows.paginator.count}
    context = _frame(request, form, found) | {"listing": listing, "can_enter": can_enter_roles(request.user)}
    return page(request, "roles/matrix_findings.html", context, status=200)


@login_not_required
@require_safe
def matrix_cell(request: HttpRequest, theme: str, territory: str) -> HttpResponse:
    """Everything about one theme in one territory, on a day; opened beside the grid, or as a page."""
    place = get_object_or_404(Territory, code=territory)
    subject = get_object_or_404(Theme.objects.filter(is_active=True), code=theme)
    day = day_of(request.GET, inside=sees_inside(request.user))
    cell = read_cell(subject, place, request.user, day)
    htmx = getattr(request, "htmx", None)
    back = (htmx and came_from(request)) or _grid_of(place)
    context = {
        "cell": cell,
        "place_line": place_line(place, None if day == today() else day),
        "in_panel": bool(htmx),
        "sees_inside": sees_inside(request.user),
        "can_enter": can_enter_roles(request.user),
        "back": back,
        "back_query": urlencode({"back": back}),
    }
    return page(request, "roles/matrix_cell.html", context, partial="panel")


@require_POST
def print_matrix(request: HttpRequest) -> HttpResponse:
    """Order the grid of the address as a PDF: what members see, or what everybody does."""
    public = request.POST.get("audience") == PUBLIC or not sees_inside(request.user)
    form, found = _asked(request, AnonymousUser() if public else request.user)
    if found is None:
        raise Http404
    back = {"url": f"{reverse('roles:matrix')}?{request.GET.urlencode()}", "label": _("Who does what")}
    return posted(
        request,
        actions.order_printout,
        "roles.matrix",
        to=lambda printout: printout,
        back=back["url"],
        then=call_worker,
        title=title_of(found),
        language=get_language() or "ar",
        data=paper(found, form) | {"back": back},
        for_members=found.finds,
    )


def _grid_of(place: Territory) -> str:
    """The grid in which the place has a column: the region’s, or its province’s."""
    province = {"province": place.code[: place.code.index(".", 3)]} if place.level == Territory.Level.COMMUNE else {}
    return f"{reverse('roles:matrix')}{f'?{urlencode(province)}' if province else ''}"


def _asked(request: HttpRequest, reader: Any) -> tuple[MatrixForm, Matrix | None]:
    frame = MatrixFrame.read()
    form = MatrixForm(request.GET, frame=frame, finds=sees_inside(reader))
    return form, read_matrix(frame, form.question, reader)


def _frame(request: HttpRequest, form: MatrixForm, found: Matrix | None) -> dict[str, Any]:
    """What the grid and the list of findings share."""
    back = {"back": request.get_full_path()}
    is_today = form.question.on == today()
    day = {} if is_today else {"on": form.question.on.isoformat()}
    return {
        "form": form,
        "matrix": found,
        "title": title_of(found) if found else _("Who does what"),
        "is_today": is_today,
        "back_query": urlencode(back),
        "cell_query": f"?{urlencode(day)}" if day else "",
    }
