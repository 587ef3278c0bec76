"""The pages of the règlement: one for each year, what it decides, changing it, taking a ready-made one."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from curriculum.models import Formation
from jury.access import (
    regulation_for_changer,
    regulation_for_viewer,
    regulations_for_changer,
    regulations_for_viewer,
)
from jury.models import Regulation
from jury.regulations import services
from jury.regulations.doubts import doubts_of
from jury.regulations.forms import RegulationForm
from jury.regulations.national import NATIONAL
from jury.regulations.parameters import SILENT
from jury.regulations.presets import PRESETS, Preset
from jury.regulations.telling import changes, history, lines_of
from people.access import AuthenticatedRequest
from people.context import working

COPY = "copie"
"""What the address calls last year's règlement, beside the codes of the ready-made ones."""


@require_GET
def regulations(request: AuthenticatedRequest) -> HttpResponse:
    """List the règlements of the formation in use, and begin that of the year in use."""
    formation, academic_year = working(request)
    found = list(regulations_for_viewer(request.user, formation))
    context = {
        "regulations": [(each, [line for line in lines_of(each) if line.departs]) for each in found],
        "missing": academic_year and academic_year not in {each.academic_year for each in found},
        "previous": _before(found, academic_year),
        "presets": PRESETS.values(),
        "can_change": request.user.has_perm("jury.change_regulation", formation),
    }
    return render(request, "jury/regulations.html", context)


@require_GET
def regulation(request: AuthenticatedRequest, regulation_id: int) -> HttpResponse:
    """Show a règlement in plain French, beside the national rules, with what it leaves open."""
    shown = regulation_for_viewer(request.user, regulation_id)
    context = {
        "regulation": shown,
        "lines": lines_of(shown),
        "doubts": doubts_of(shown),
        "national": NATIONAL,
        "history": list(history(shown.formation, shown.academic_year)),
        "presets": PRESETS.values(),
        "can_change": shown.frozen_by is None and request.user.has_perm("jury.change_regulation", shown),
    }
    return render(request, "jury/regulation.html", context)


@require_http_methods(["GET", "POST"])
def regulation_edit(request: AuthenticatedRequest, regulation_id: int) -> HttpResponse:
    """Change a règlement: each value, each article."""
    shown = regulation_for_changer(request.user, regulation_id)
    form = RegulationForm(request.POST or None, clauses=services.clauses_of(shown), reference=shown.reference)
    if form.is_valid():
        try:
            services.set_regulation(
                formation=shown.formation,
                academic_year=shown.academic_year,
                clauses=form.clauses,
                reference=form.cleaned_data["reference"],
                by=request.user,
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "Règlement enregistré.")
            return redirect("jury:regulation", shown.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "jury/regulation_edit.html", {"regulation": shown, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def regulation_new(request: AuthenticatedRequest) -> HttpResponse:
    """Begin the règlement of the year in use from last year's or a ready-made one: what it changes, then confirm."""
    formation, academic_year, found = regulations_for_changer(request.user, *working(request))
    current = next((each for each in found if each.academic_year == academic_year), None)
    return _begin(request, formation, academic_year, current, _before(found, academic_year))


@require_http_methods(["GET", "POST"])
def regulation_preset(request: AuthenticatedRequest, regulation_id: int) -> HttpResponse:
    """Take a ready-made règlement in the place of this one: what it changes, then confirm."""
    shown = regulation_for_changer(request.user, regulation_id)
    return _begin(request, shown.formation, shown.academic_year, shown, None)


def _begin(
    request: AuthenticatedRequest,
    formation: Formation,
    academic_year: str,
    current: Regulation | None,
    previous: Regulation | None,
) -> HttpResponse:
    """Show what a source would change in the règlement of a year; write it when it is confirmed."""
    asked = request.GET.get("modele", "national")
    source = previous if asked == COPY else PRESETS.get(asked)
    if source is None:
        raise Http404
    refusals: list[str] = []
    if request.method == "POST":
        try:
            written = services.take(source=source, formation=formation, academic_year=academic_year, by=request.user)
        except ValidationError as refused:
            refusals = refused.messages
        else:
            messages.success(request, f"Règlement {academic_year} enregistré.")
            return redirect("jury:regulation", written.pk)
    before = SILENT | (services.clauses_of(current) if current else {})
    after = source.clauses if isinstance(source, Preset) else SILENT | services.clauses_of(source)
    context = {
        "academic_year": academic_year,
        "regulation": current,
        "source": source,
        "changes": changes(before, after),
        "refusals": refusals,
    }
    status = HTTPStatus.CONFLICT if refusals else HTTPStatus.OK
    return render(request, "jury/regulation_begin.html", context, status=status)


def _before(found: list[Regulation], academic_year: str | None) -> Regulation | None:
    """Return the latest règlement of an earlier year."""
    earlier = [each for each in found if academic_year and each.academic_year < academic_year]
    return max(earlier, key=lambda each: each.academic_year, default=None)
