"""Correcting a draft maquette in place: a cell at a time by js/cells.js, or a module at a time by a plain form."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from curriculum import edit, store
from curriculum.access import person, plan_for_editor
from curriculum.edit import Correction, Refused
from curriculum.editing.forms import SHOWN, CellForm, CorrectionForm
from curriculum.editing.services import Overtaken, correct_maquette
from curriculum.models import Plan
from curriculum.store import MaquetteRefused
from curriculum.templatetags.figures import counted
from curriculum.workbook.draft import Module, Semester
from curriculum.workbook.french import typeset

LASTING = (*SHOWN, "parcours")
"""What of a query is about how the table is shown, and goes on from page to page."""


@require_POST
def save_cell(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Save one cell, then show the table again; refuse it in one sentence, 409 where somebody was quicker."""
    maquette, plan = plan_for_editor(request.user, plan_id)
    form = CellForm(request.GET.dict() | request.POST.dict())
    if not form.is_valid():
        return refusal(request, _page(request, plan), "Cette case n’existe pas.", HTTPStatus.UNPROCESSABLE_ENTITY)
    correction, seen = form.correction(plan.position - 1), form.cleaned_data["seen"]
    try:
        after = correct_maquette(maquette=maquette, corrections=[correction], seen=[seen], by=person(request))
    except Overtaken as overtaken:
        return refusal(request, _page(request, plan), str(overtaken), HTTPStatus.CONFLICT)
    except (Refused, MaquetteRefused) as refused:
        return refusal(request, _page(request, plan), str(refused), HTTPStatus.UNPROCESSABLE_ENTITY)
    tell(request, reverse("curriculum:cell", args=[plan.pk]), correction, seen, edit.inverse(after, correction))
    return redirect(_page(request, plan))


def refusal(request: HttpRequest, page: str, sentence: str, status: HTTPStatus) -> HttpResponse:
    """Say no to the script in one sentence, to a person on the page."""
    sentence = typeset(sentence[:1].upper() + sentence[1:])
    if "HX-Request" in request.headers:
        return HttpResponse(sentence, "text/plain; charset=utf-8", status)
    messages.error(request, sentence)
    return redirect(page)


def named(correction: Correction) -> str:
    """Name a cell: « R3.01, UE3.1 »."""
    return ", ".join(filter(None, (correction.module, LABELS.get(correction.what), correction.of.upper())))


LABELS = {
    "title": "intitulé",
    "evaluations": "évaluations",
    "hours": "heures",
    "ects": "ECTS",
    "total": "total annoncé",
}


def tell(request: HttpRequest, address: str, correction: Correction, seen: str, held: Correction) -> None:
    """Say at the foot what a cell became; the same address undoes it."""
    text = held.value or ""
    undo = {"module": correction.module or "", "field": correction.field, "value": seen, "seen": text}
    sentence = typeset(f"{named(correction)} : {seen or 'rien'} devient {text or 'rien'}.")
    messages.success(request, sentence, extra_tags=f"{address}?{urlencode({**lasting(request), **undo})}")


def _page(request: HttpRequest, plan: Plan) -> str:
    query = urlencode(lasting(request))
    return reverse("curriculum:plan", args=[plan.pk]) + (f"?{query}" if query else "")


def lasting(request: HttpRequest) -> dict[str, str]:
    """Return what of the query goes on from page to page."""
    return {name: request.GET[name] for name in LASTING if name in request.GET}


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Correct a module of a table (`?module=R1.01`), or its totals and ECTS, with a plain form."""
    maquette, plan = plan_for_editor(request.user, plan_id)
    semester = store.load_plan(plan)
    module = _module(semester, request.GET.get("module"))
    form = CorrectionForm(request.POST if request.method == "POST" else None, semester=semester, module=module)
    if form.is_valid():
        corrections = form.corrections(plan.position - 1)
        try:
            correct_maquette(
                maquette=maquette,
                corrections=[correction for correction, _ in corrections],
                seen=[seen for _, seen in corrections],
                by=person(request),
            )
        except Overtaken as overtaken:
            messages.error(request, str(overtaken))
            return redirect(request.get_full_path())
        except (Refused, MaquetteRefused) as refused:
            form.add_error(None, str(refused))
        else:
            told = counted(len(corrections), "case corrigée") if corrections else "rien n’a changé"
            messages.success(request, typeset(f"{module.key if module else plan} : {told}."))
            return redirect("curriculum:plan", plan.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"maquette": maquette, "plan": plan, "module": module, "form": form}
    return render(request, "curriculum/correct.html", context, status=status)


def _module(semester: Semester, place: str | None) -> Module | None:
    """Return the module that a query names; without one, the page is about the table itself."""
    if place is None:
        return None
    for module in semester.modules:
        if module.place == place:
            return module
    raise Http404
