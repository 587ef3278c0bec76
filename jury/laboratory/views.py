"""The pages of the laboratory: who changes status under another règlement, as a list, a spreadsheet, one student."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from jury import wording
from jury.access import (
    dossier_for_experimenter,
    group_for_experimenter,
    member_for_experimenter,
    session_for_experimenter,
)
from jury.engine.regulation import Regulation, override
from jury.explanations import explanation_of, pairs
from jury.judged import Judged
from jury.laboratory.forms import BOXES, TRIED, TrialForm
from jury.laboratory.page import HEADERS, Page
from jury.laboratory.trial import Basis, Trial, basis_of, effects_of, trial_of
from jury.regulations.presets import PRESETS
from people.access import AuthenticatedRequest
from people.models import Student
from people.tables import TYPES, write_table


@require_GET
def laboratory(request: AuthenticatedRequest, session_id: int) -> HttpResponse:
    """Choose a règlement to try on a jury, and see who changes status."""
    return _page(request, basis_of(session_for_experimenter(request.user, session_id)))


@require_GET
def laboratory_xlsx(request: AuthenticatedRequest, session_id: int) -> HttpResponse:
    """Hand out the same list as a spreadsheet."""
    return _list(request, basis_of(session_for_experimenter(request.user, session_id)))


@require_GET
def laboratory_student(request: AuthenticatedRequest, session_id: int, student_id: int) -> HttpResponse:
    """Show one student under both règlements, with why."""
    session, student = dossier_for_experimenter(request.user, session_id, student_id)
    return _student(request, basis_of(session), student)


@require_GET
def group(request: AuthenticatedRequest, **which: Any) -> HttpResponse:
    """Choose a règlement to try on a year group under way; `which`: formation_id, academic_year, semester."""
    return _page(request, basis_of(group_for_experimenter(request.user, **which)))


@require_GET
def group_xlsx(request: AuthenticatedRequest, **which: Any) -> HttpResponse:
    """Hand out the same list as a spreadsheet."""
    return _list(request, basis_of(group_for_experimenter(request.user, **which)))


@require_GET
def group_student(request: AuthenticatedRequest, **which: Any) -> HttpResponse:
    """Show one student of a year group under both règlements, with why."""
    found, student = member_for_experimenter(request.user, **which)
    return _student(request, basis_of(found), student)


def _page(request: AuthenticatedRequest, basis: Basis) -> HttpResponse:
    form = _form(request, basis)
    asked = "modele" in request.GET or any(key in request.GET for key in TRIED)
    trial = _trial(form, basis) if asked else None
    context = {
        "session": basis.session,
        "basis": basis,
        "form": form,
        "suggestions": _suggestions(basis, counted="bilan" in request.GET),
        "counted": "bilan" in request.GET,
        "presets": PRESETS.values(),
        "trial": trial,
        "page": Page(trial, request.GET) if trial else None,
        "changed": wording.changed(basis.parameters, form.values) if trial else [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if asked and trial is None else HTTPStatus.OK
    return render(request, "jury/laboratory/laboratory.html", context, status=status)


def _list(request: AuthenticatedRequest, basis: Basis) -> HttpResponse:
    form = _form(request, basis)
    trial = _trial(form, basis)
    if trial is None:
        return redirect(f"./?{request.GET.urlencode()}")
    rows = Page(trial, request.GET).rows(wording.changed(basis.parameters, form.values))
    content = write_table("xlsx", HEADERS, rows, title="Essai d’un règlement")
    name = f"essai-S{basis.session.semester}-{basis.session.academic_year}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=TYPES["xlsx"], headers=headers)


def _student(request: AuthenticatedRequest, basis: Basis, student: Student) -> HttpResponse:
    form = _form(request, basis)
    trial = _trial(form, basis)
    pair = trial.find(student.pk) if trial else None
    if trial is None or pair is None:
        raise Http404
    changed = wording.changed(basis.parameters, form.values)
    moved = {each["key"] for each in changed}
    kept = {key: article for key, article in trial.articles.items() if key not in moved}
    context = {
        "session": basis.session,
        "pair": pair,
        "changed": changed,
        "back": f"../../?{request.GET.urlencode()}",
        "sides": [
            _side("En vigueur", trial, pair.before, student, trial.in_force, trial.articles),
            _side("Essai", trial, pair.after, student, trial.tried, kept),
        ],
    }
    return render(request, "jury/laboratory/student.html", context)


def _form(request: HttpRequest, basis: Basis) -> TrialForm:
    """Read what the address asks: a ready-made règlement, else parameters, else what is in force."""
    asked: dict[str, Any] = request.GET.dict()
    parameters = basis.parameters
    if "modele" in asked:
        if asked["modele"] not in PRESETS:
            raise Http404
        values = {key: clause.value for key, clause in PRESETS[asked["modele"]].clauses.items() if key in TRIED}
        parameters, asked = values, {key: asked[key] for key in BOXES if key in asked}
    return TrialForm(asked, parameters=parameters)


def _trial(form: TrialForm, basis: Basis) -> Trial | None:
    """Run the trial; None when what is asked is no règlement."""
    if not form.is_valid():
        return None
    rulings = not form.cleaned_data["sans_jury"]
    return trial_of(basis, override(Regulation(), form.values), rulings=rulings)


def _suggestions(basis: Basis, *, counted: bool) -> list[tuple[str, str, str, int | None]]:
    """Return every change of one choice: what it is about, what it becomes, its query; how many change, if asked."""
    choices = [
        (key, parameter, value, name)
        for key, parameter in TRIED.items()
        for value, (name, _) in parameter.choices.items()
        if value != basis.parameters[key]
    ]
    current = override(Regulation(), basis.parameters)
    tried = [override(current, {key: value}) for key, _, value, _ in choices]
    effects = effects_of(basis, tried) if counted else [None] * len(choices)
    return [
        (parameter.label, name, f"?{key}={value}", effect)
        for (key, parameter, value, name), effect in zip(choices, effects, strict=True)
    ]


def _side(
    title: str, trial: Trial, judged: Judged, student: Student, regulation: Regulation, articles: Mapping[str, str]
) -> dict[str, Any]:
    """Return what one règlement makes of a student, with why."""
    why = None if judged.refused else explanation_of(trial.session, judged, student, regulation, articles)
    decided = regulation is trial.in_force and trial.sealed
    return {
        "title": title,
        "judged": judged,
        "explained": why,
        "pairs": pairs(judged, why),
        "sitting": {"sealed": decided},
    }
