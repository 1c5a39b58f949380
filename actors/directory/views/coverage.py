"""Where institutions are at work: the communes on a map, the same as a table, a spreadsheet and a PDF."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actors.directory import actions
from actors.directory.permissions import sees_inside
from actors.directory.reading.coverage.question import CoverageForm
from actors.directory.reading.coverage.reading import Coverage, Land, read_coverage
from actors.directory.reports.coverage import paper
from actors.directory.reports.spreadsheet import SpreadsheetExport, wanted_format
from portal.core.exports import Columns, export
from portal.core.pages import page
from portal.core.saving import posted
from portal.core.work import call_worker


@login_not_required
@require_safe
def coverage(request: HttpRequest) -> HttpResponseBase:
    """How many institutions concern each commune, those over its province or the region included; members may also
    ask for what upper apps count."""
    form, found = _asked(request)
    if wanted := wanted_format(request.GET.get("export", "")):
        return export(request, SpreadsheetExport(wanted, found.pieces), _columns(form, found), "coverage")
    context = {
        "form": form,
        "coverage": found,
        "title": title_of(form),
        "can_print": request.user.is_authenticated and bool(found.pieces),
    }
    return page(request, "directory/coverage.html", context, status=200)


@require_POST
def print_coverage(request: HttpRequest) -> HttpResponse:
    """Order what the address shows as a PDF."""
    form, found = _asked(request)
    if not found.pieces:
        raise Http404
    inside = sees_inside(request.user)
    back = {"url": f"{reverse('directory:coverage')}?{request.GET.urlencode()}", "label": title_of(form)}
    return posted(
        request,
        actions.order_printout,
        "directory.coverage",
        to=lambda printout: printout,
        back=back["url"],
        then=call_worker,
        title=back["label"],
        language=get_language() or "ar",
        data=paper(found, form, inside=inside) | {"back": back},
        for_members=inside,
    )


def title_of(form: CoverageForm) -> str:
    """What the page, its printout and their files are called."""
    if form.theme_name:
        return _("%(title)s – %(theme)s") % {"title": form.measure.title, "theme": form.theme_name}
    return str(form.measure.title)


def _asked(request: HttpRequest) -> tuple[CoverageForm, Coverage]:
    land = Land.read()
    form = CoverageForm(request.GET, user=request.user, provinces=land.provinces)
    return form, read_coverage(land, form, request.user)


def _columns(form: CoverageForm, found: Coverage) -> Columns:
    province_of = {piece.territory.code: province.whole.name for province in found.shown for piece in province.communes}
    return [
        (_("HCP code"), lambda piece: piece.territory.code),
        (_("Prefecture or province"), lambda piece: province_of[piece.territory.code]),
        (_("Commune"), lambda piece: piece.name),
        (str(form.measure.label), lambda piece: piece.number),
    ]
