"""The pages of grades: the modules, the marks of one, their entry by a form or by a sheet, their history."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from curriculum.templatetags.figures import counted
from grades import services
from grades.access import (
    changes_for_viewer,
    groups_for_grader,
    groups_for_importer,
    groups_for_viewer,
    maquette_to_plan,
    module_for_grader,
    module_for_importer,
    module_for_viewer,
    modules_for_viewer,
)
from grades.forms import EvaluationForm, MarksForm
from grades.gradebook import rules_in_force
from grades.grid.figures import told_figures
from grades.grid.freshness import moment
from grades.imports import read_sheet, sign, unsign, write_sheet
from grades.mcc.proposals import is_promised
from grades.models import Act
from grades.sheets import MarkSheet, listed, load, shelves
from people.access import AuthenticatedRequest
from people.context import working
from people.forms import ListForm
from people.tables import TYPES, TableRefused

ID = re.compile(r"[0-9]{1,18}")


@require_GET
def modules(request: AuthenticatedRequest) -> HttpResponse:
    """List the modules of the formation and year in use, and how far the entry of their marks has come."""
    found = shelves(list(modules_for_viewer(request.user, *working(request))), request.user.taught)
    names = {slugify(label): label for label in found}
    chosen = _chosen(request, "liste", names) or next(iter(names), "")
    context = {
        "tabs": _tabs(request, "liste", names, chosen) if len(names) > 1 else [],
        "lines": listed(found[names[chosen]]) if chosen else [],
        "to_plan": maquette_to_plan(request.user, *working(request)),
    }
    return render(request, "grades/modules.html", context)


@require_GET
def module(request: AuthenticatedRequest, module_id: int) -> HttpResponse:
    """Show the marks of a module."""
    shown = module_for_viewer(request.user, module_id)
    sheet = load(shown, groups=groups_for_viewer(request.user, shown), rules=rules_in_force(shown))
    sheet, tabs = _by_group(request, sheet)
    context = {
        "module": shown,
        "sheet": sheet,
        "tabs": tabs,
        "can_enter": request.user.has_perm("grades.enter_marks", shown),
        "can_import": request.user.has_perm("grades.import_marks", shown),
        "can_plan": not sheet.evaluations
        and request.user.has_perm("grades.plan_evaluations", shown)
        and is_promised(shown),
    }
    return render(request, "grades/module.html", context)


@require_http_methods(["GET", "POST"])
def enter_marks(request: AuthenticatedRequest, module_id: int) -> HttpResponse:
    """Enter the marks of a module, or of one of its evaluations: all that was typed is saved, or nothing."""
    module = module_for_grader(request.user, module_id)
    seen = moment(module)
    sheet = load(module, groups=groups_for_grader(request.user, module), rules=rules_in_force(module))
    sheet, groups = _by_group(request, sheet)
    evaluations = {str(each.pk): each.label for each in sheet.evaluations}
    chosen = _chosen(request, "evaluation", evaluations)
    tabs = _tabs(request, "evaluation", {"": "Toutes"} | evaluations, chosen) if len(evaluations) > 1 else []
    sheet = sheet.of_evaluation(int(chosen)) if chosen else sheet
    form, status = MarksForm(sheet, request.POST if request.method == "POST" else None), HTTPStatus.OK
    if request.method == "POST":
        status = _save(request, form)
        if status == HTTPStatus.OK:
            return redirect(request.get_full_path())
    context = {"module": module, "sheet": sheet, "form": form, "groups": groups, "tabs": tabs}
    context |= {"moment": seen, "figures": told_figures(sheet)}
    return render(request, "grades/enter_marks.html", context, status=status)


def _save(request: AuthenticatedRequest, form: MarksForm) -> HTTPStatus:
    """Save a sheet that was typed, or say in it why not."""
    if form.refused:
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        act = services.record_marks(module=form.sheet.module, entries=form.entries, by=request.user)
    except services.MarksRefused as refused:
        form.refuse(refused.refusals)
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except services.StaleMark as stale:
        form.confront(stale.current)
        return HTTPStatus.CONFLICT
    _thank(request, len(form.entries) if act else 0)
    return HTTPStatus.OK


@require_http_methods(["GET", "POST"])
def create_evaluation(request: AuthenticatedRequest, module_id: int) -> HttpResponse:
    """Add an evaluation to a module."""
    module = module_for_grader(request.user, module_id)
    data = request.POST if request.method == "POST" else None
    form = EvaluationForm(data, module=module, taught=groups_for_grader(request.user, module))
    if form.is_valid():
        try:
            made = services.create_evaluation(module=module, by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"Évaluation créée\xa0: {made.label}.")
            return redirect("grades:module", module.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "grades/create_evaluation.html", {"module": module, "form": form}, status=status)


@require_GET
def mark_sheet(request: AuthenticatedRequest, module_id: int) -> HttpResponse:
    """Give the mark sheet of a module as a workbook, to be filled and sent back."""
    module = module_for_importer(request.user, module_id)
    sheet = load(module, groups=groups_for_importer(request.user, module), rules=rules_in_force(module))
    name = f"notes-{slugify(module.key.replace('.', '-'))}.xlsx"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write_sheet(sheet), TYPES["xlsx"], headers=disposition)


@require_http_methods(["GET", "POST"])
def import_marks(request: AuthenticatedRequest, module_id: int) -> HttpResponse:
    """Take a mark sheet, and show what it would change."""
    module = module_for_importer(request.user, module_id)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_valid():
        table = form.cleaned_data["file"]
        sheet = load(module, groups=groups_for_importer(request.user, module), rules=rules_in_force(module))
        try:
            reading = read_sheet(sheet, table)
        except TableRefused as refused:
            form.add_error("file", str(refused))
        else:
            ticket = sign(reading.entries, module=module, by=request.user)
            context = {"module": module, "table": table, "reading": reading, "ticket": ticket}
            status = HTTPStatus.UNPROCESSABLE_ENTITY if reading.errors else HTTPStatus.OK
            return render(request, "grades/preview.html", context, status=status)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "grades/import_marks.html", {"module": module, "form": form}, status=status)


@require_POST
def confirm_marks(request: AuthenticatedRequest, module_id: int) -> HttpResponse:
    """Write what a preview showed, unless a mark has changed since."""
    module = module_for_importer(request.user, module_id)
    try:
        entries = unsign(request.POST.get("ticket", ""), module=module, by=request.user)
        act = services.record_marks(module=module, entries=entries, kind=Act.Kind.SHEET, by=request.user)
    except BadSignature:
        messages.error(
            request, "Cet aperçu a plus d’une heure, ou n’est plus le bon\xa0: envoyez de nouveau la feuille."
        )
        return redirect("grades:import-marks", module.pk)
    except (services.MarksRefused, services.StaleMark) as refused:
        messages.error(request, f"Rien n’a été enregistré\xa0: {refused} Envoyez de nouveau la feuille.")
        return redirect("grades:import-marks", module.pk)
    _thank(request, len(entries) if act else 0)
    return redirect("grades:module", module.pk)


@require_GET
def history(request: AuthenticatedRequest, module_id: int) -> HttpResponse:
    """Tell who changed which mark of a module, when, from what to what; of one evaluation or student if asked."""
    module = module_for_viewer(request.user, module_id)
    changes = changes_for_viewer(request.user, module)
    for name, path in {"evaluation": "mark__evaluation", "inscription": "mark__enrolment"}.items():
        if ID.fullmatch(value := request.GET.get(name, "")):
            changes = changes.filter(**{path: value})
    page = Paginator(changes, 100).get_page(request.GET.get("page"))
    return render(request, "grades/history.html", {"module": module, "page": page})


def _thank(request: AuthenticatedRequest, count: int) -> None:
    said = f"{counted(count, 'note enregistrée')}." if count else "Aucune note n’a changé."
    messages.success(request, said)


def _by_group(request: AuthenticatedRequest, sheet: MarkSheet) -> tuple[MarkSheet, list[dict[str, object]]]:
    """Keep the group that the address asks for, and return the tabs of all of them."""
    groups = {str(group.pk): group.name for group in sheet.groups}
    chosen = _chosen(request, "groupe", groups)
    tabs = _tabs(request, "groupe", {"": "Tous"} | groups, chosen) if len(groups) > 1 else []
    return sheet.of_group(int(chosen)) if chosen else sheet, tabs


def _chosen(request: AuthenticatedRequest, name: str, choices: Mapping[str, str]) -> str:
    """Return what the address asks for, if it is one of the choices."""
    value = request.GET.get(name, "")
    return value if value in choices else ""


def _tabs(
    request: AuthenticatedRequest, name: str, choices: Mapping[str, str], chosen: str
) -> list[dict[str, object]]:
    """Return a tab for each choice; the rest of the address is kept."""
    tabs = []
    for value, label in choices.items():
        query = request.GET.copy()
        query[name] = value
        tabs.append({"label": label, "url": f"?{query.urlencode()}", "current": value == chosen, "count": None})
    return tabs
