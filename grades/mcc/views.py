"""Creating the evaluations that the MCC promise: of one module, of one table, of a whole maquette."""

from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from curriculum.models import Maquette, Module
from curriculum.templatetags.figures import counted
from grades.access import maquette_for_planner, module_for_planner, modules_for_planner
from grades.mcc.proposals import Proposal, proposals_of
from grades.services import create_evaluations
from people.access import AuthenticatedRequest


@require_http_methods(["GET", "POST"])
def plan_module(request: AuthenticatedRequest, module_id: int) -> HttpResponse:
    """Show what the MCC give a module, and create it."""
    module = module_for_planner(request.user, module_id)
    refusals = _create(request, [module])
    if refusals is None:
        return redirect("grades:module", module.pk)
    return _preview(request, module.maquette, proposals_of([module]), module=module, tabs=[], refusals=refusals)


@require_http_methods(["GET", "POST"])
def plan_maquette(request: AuthenticatedRequest, maquette_id: int) -> HttpResponse:
    """Show what the MCC give every module of a maquette, or of the table that the address asks for, and create it."""
    maquette = maquette_for_planner(request.user, maquette_id)
    asked = request.GET.get("tableau", "")
    plan = next((each for each in maquette.plans.all() if str(each.pk) == asked), None)
    modules = modules_for_planner(maquette, plan)
    refusals = _create(request, modules)
    if refusals is None:
        return redirect("grades:modules")
    tabs = [{"label": "Toute la maquette", "url": "?", "current": plan is None, "count": None}]
    tabs += [
        {"label": str(each), "url": f"?tableau={each.pk}", "current": each == plan, "count": None}
        for each in maquette.plans.all()
    ]
    return _preview(request, maquette, proposals_of(modules), module=None, tabs=tabs, refusals=refusals)


def _create(request: AuthenticatedRequest, modules: Iterable[Module]) -> list[str] | None:
    """Create if asked to, and say what was done; else return why not, if it was refused."""
    if request.method != "POST":
        return []
    try:
        proposals = create_evaluations(modules=modules, by=request.user)
    except ValidationError as refused:
        return refused.messages
    made = sum(len(proposal.shares) for proposal in proposals)
    said = f"{counted(made, 'évaluation créée')} d’après la MCC." if made else "La MCC n’ajoute aucune évaluation."
    messages.success(request, said)
    return None


def _preview(
    request: AuthenticatedRequest, maquette: Maquette, proposals: Iterable[Proposal], **context: object
) -> HttpResponse:
    created = [proposal for proposal in proposals if proposal.shares]
    left = defaultdict[str, list[Module]](list)
    for proposal in proposals:
        if proposal.reason:
            left[proposal.reason].append(proposal.module)
    context |= {
        "maquette": maquette,
        "in_service": maquette.state == Maquette.State.IN_SERVICE,
        "created": created,
        "count": sum(len(proposal.shares) for proposal in created),
        "left": list(left.items()),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if context["refusals"] else HTTPStatus.OK
    return render(request, "grades/mcc/preview.html", context, status=status)
