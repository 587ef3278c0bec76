"""The pages of curriculum: the maquettes, the tables of one, a table as a matrix, a module wherever it stands."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from curriculum import journal, store
from curriculum.access import CHANGE, maquette_for_viewer, maquettes_for_viewer, module_for_viewer, plan_for_viewer
from curriculum.competences.store import followed, taught_by, worked_on
from curriculum.editing.forms import ViewForm
from curriculum.matrix import HOUR_LABELS, Note, matrix
from curriculum.models import Maquette, Module, Plan
from curriculum.wizard.access import importable
from curriculum.workbook import codec, writer
from curriculum.workbook.draft import HOURS, Finding

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def maquettes(request: HttpRequest) -> HttpResponse:
    """List the maquettes of the formations where the reader has a role."""
    listed = [(maquette, levels(findings_of(maquette))) for maquette in maquettes_for_viewer(request.user)]
    context = {"maquettes": listed, "can_import": bool(importable(request.user))}
    return render(request, "curriculum/maquettes.html", context)


@require_GET
def maquette(request: HttpRequest, maquette_id: int) -> HttpResponse:
    """Show what a maquette is: where it comes from, its tables, what is wrong with it."""
    shown = maquette_for_viewer(request.user, maquette_id)
    tables = zip(shown.plans.all(), store.load(shown).semesters, strict=True)
    context = {
        "maquette": shown,
        "tables": [
            (reverse("curriculum:plan", args=[plan.pk]), table, levels(table.findings)) for plan, table in tables
        ],
        "notes": [Note(number, Finding(**found)) for number, found in enumerate(shown.findings, 1)],
        "can_change": request.user.has_perm(CHANGE, shown),
        "history": journal.entries_about(shown),
        "referentiel": followed(shown),
    }
    return render(request, "curriculum/maquette.html", context)


@require_GET
def maquette_json(request: HttpRequest, maquette_id: int) -> HttpResponse:
    """Give a maquette as the JSON that `import_maquette` reads back."""
    shown = maquette_for_viewer(request.user, maquette_id)
    return _download(codec.dumps(store.load(shown)).encode(), f"{_file_name(shown)}.json", "application/json")


@require_GET
def maquette_xlsx(request: HttpRequest, maquette_id: int) -> HttpResponse:
    """Give a maquette as the template workbook that `import_maquette` reads back."""
    shown = maquette_for_viewer(request.user, maquette_id)
    return _download(writer.write(store.load(shown)), f"{_file_name(shown)}.xlsx", XLSX)


@require_GET
def blank_template(request: HttpRequest) -> HttpResponse:
    """Give the template workbook with nothing in it, to those who have a list of maquettes."""
    maquettes_for_viewer(request.user)
    return _download(writer.blank(), "maquette_modele_vierge.xlsx", XLSX)


def _file_name(maquette: Maquette) -> str:
    return f"{maquette.formation.code}_{maquette.academic_year}_v{maquette.version}"


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Show a table as a matrix modules × UEs, with its sums and its findings."""
    owner, shown = plan_for_viewer(request.user, plan_id)
    semester = store.load_plan(shown)
    form = ViewForm(request.GET, parcours=sorted({each.parcours for each in semester.modules if each.parcours}))
    context = {
        "maquette": owner,
        "plan": shown,
        "form": form,
        "matrix": matrix(semester, store.module_ids(shown), form.view),
        "may_change": request.user.has_perm(CHANGE, owner),
        "semesters": semester_tabs(shown, owner),
        "variants": variant_tabs(shown, owner),
        "taught": taught_by(shown),
    }
    return render(request, "curriculum/plan.html", context)


@require_GET
def module(request: HttpRequest, module_id: int) -> HttpResponse:
    """Show a module in every table that it serves: its coefficients, hours, evaluations, and what is said of it."""
    shown = module_for_viewer(request.user, module_id)
    places = list(shown.plan_modules.all())
    coefficients = [{each.ue.code: each.value for each in place.coefficients.all()} for place in places]
    ues = sorted({code for row in coefficients for code in row})
    hours = [name for name in HOURS if any(place.hours.get(name) is not None for place in places)]
    context = {
        "module": shown,
        "ues": ues,
        "hours": [HOUR_LABELS[name] for name in hours],
        "lines": [
            (place, [row.get(ue) for ue in ues], [place.hours[name] for name in hours])
            for place, row in zip(places, coefficients, strict=True)
        ],
        "evaluated": [place for place in places if place.patterns.all()],
        "notes": [(place.plan, note) for place in places for note in notes_about(shown, place.plan)],
        "learnings": worked_on(shown),
        "may_change": request.user.has_perm(CHANGE, shown.maquette),
    }
    return render(request, "curriculum/module.html", context)


def notes_about(module: Module, plan: Plan) -> list[Note]:
    """Return what is said of a module in a table, with the numbers that the table's page gives."""
    notes = [Note(number, Finding(**found)) for number, found in enumerate(plan.findings, 1)]
    return [note for note in notes if note.finding.module == module.key]


def findings_of(maquette: Maquette) -> Iterable[Finding]:
    """Every finding of a maquette whose tables are at hand."""
    stored = [*maquette.findings, *(found for plan in maquette.plans.all() for found in plan.findings)]
    return [Finding(**found) for found in stored]


def levels(findings: Iterable[Finding]) -> dict[str, int]:
    """Count findings by severity."""
    severities = [finding.severity for finding in findings]
    return {level: severities.count(level) for level in ("error", "warning", "info")}


def semester_tabs(shown: Plan, owner: Maquette) -> list[dict[str, object]]:
    """Return a tab a semester; each leads to the table most like the one that is shown."""
    plans = list(owner.plans.all())
    tabs: list[dict[str, object]] = []
    for semester in sorted({plan.semester for plan in plans}):
        same = [plan for plan in plans if plan.semester == semester]
        closest = max(same, key=lambda plan: (plan.parcours_id == shown.parcours_id, plan.modality == shown.modality))
        tabs.append(
            {
                "label": f"S{semester}",
                "url": reverse("curriculum:plan", args=[closest.pk]),
                "current": semester == shown.semester,
                "count": None,
            }
        )
    return tabs


def variant_tabs(shown: Plan, owner: Maquette) -> list[dict[str, object]]:
    """Return a tab a table of the semester shown, when there are several."""
    plans = [plan for plan in owner.plans.all() if plan.semester == shown.semester]
    if len(plans) == 1:
        return []
    return [
        {
            "label": str(plan).removeprefix(f"S{plan.semester} "),
            "url": reverse("curriculum:plan", args=[plan.pk]),
            "current": plan == shown,
            "count": None,
        }
        for plan in plans
    ]
