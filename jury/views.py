"""The pages of the jury: preparing it, the tableau récapitulatif, one dossier, deciding, closing."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form, ModelForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from curriculum.templatetags.figures import counted
from jury import services, wording
from jury.access import (
    decisions_for_viewer,
    dossier_for_decider,
    dossier_for_viewer,
    juries_for_viewer,
    plans_for_preparer,
    regulation_of_year,
    semesters_for_experimenter,
    session_for_decider,
    session_for_preparer,
    session_for_viewer,
    sessions_for_viewer,
)
from jury.drift import drifts_of, watch_of
from jury.engine.regulation import Regulation, override
from jury.explanations import explanation_of, pairs
from jury.forms import MemberFormSet, PreparationForm, RulingForm, SittingForm, members_of, seats_of, usual_members
from jury.judged import Judged
from jury.models import JurySession
from jury.recap import Choice, neighbours, own_anomalies, recap_of
from jury.sitting import Sitting, sitting_of
from people.access import AuthenticatedRequest
from people.context import working
from people.models import Student


@require_GET
def sessions(request: AuthenticatedRequest) -> HttpResponse:
    """List the juries of the formation and year in use."""
    formation, academic_year = working(request)
    context = {
        "sessions": sessions_for_viewer(request.user, formation, academic_year),
        "can_prepare": request.user.has_perm("jury.prepare_session", formation),
        "can_decide": request.user.has_perm("jury.decide", formation),
        "can_turn": request.user.has_perm("jury.turn_year", formation),
        "semesters": semesters_for_experimenter(request.user, formation, academic_year),
        "formation": formation,
        "academic_year": academic_year,
    }
    return render(request, "jury/sessions.html", context)


@require_http_methods(["GET", "POST"])
def session_new(request: AuthenticatedRequest) -> HttpResponse:
    """Prepare a jury: its semester, then its Plans, when it sits and who sits in it."""
    formation, plans = plans_for_preparer(request.user, *working(request))
    semesters = sorted({plan.semester for plan in plans})
    if not semesters:
        return render(request, "jury/session_new.html", {"semesters": [], "form": None})
    asked = request.GET.get("semestre", "")
    semester = int(asked) if asked in map(str, semesters) else semesters[0]
    session = JurySession(formation=formation, academic_year=plans[0].academic_year, semester=semester)
    before = [plan for plan in plans if plan.semester in session.semesters]
    form = PreparationForm(request.POST or None, instance=session, plans=before)
    members = MemberFormSet(request.POST or None, initial=usual_members(formation))
    if form.is_valid() and members.is_valid():
        try:
            prepared = services.prepare_session(
                formation=formation,
                academic_year=session.academic_year,
                semester=semester,
                **form.cleaned_data,
                members=seats_of(members),
                by=request.user,
            )
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, f"{prepared} préparé.")
            return redirect("jury:recap", prepared.pk)
    context = {"form": form, "members": members, "session": session, "semesters": semesters}
    return render(request, "jury/session_new.html", context, status=_status(form, members))


@require_http_methods(["GET", "POST"])
def session_edit(request: AuthenticatedRequest, session_id: int) -> HttpResponse:
    """Change when and where a jury sits, and who sits in it or came."""
    session = session_for_preparer(request.user, session_id)
    form = SittingForm(request.POST or None, instance=session)
    members = MemberFormSet(request.POST or None, initial=members_of(session))
    if form.is_valid() and members.is_valid():
        try:
            services.amend_session(session=session, **form.cleaned_data, members=seats_of(members), by=request.user)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, "Préparation enregistrée.")
            return redirect("jury:recap", session.pk)
    context = {"form": form, "members": members, "session": session}
    return render(request, "jury/session_edit.html", context, status=_status(form, members))


@require_http_methods(["GET", "POST"])
def session_open(request: AuthenticatedRequest, session_id: int) -> HttpResponse:
    """Say what opening locks, then open."""
    session = session_for_decider(request.user, session_id)
    refusals: list[str] = []
    if request.method == "POST":
        try:
            services.open_session(session=session, by=request.user)
        except ValidationError as refused:
            refusals = refused.messages
        else:
            messages.success(request, "Séance ouverte\xa0: les notes sont verrouillées.")
            return redirect("jury:recap", session.pk)
    context = {"session": session, "sitting": sitting_of(session), "refusals": refusals}
    return render(request, "jury/session_open.html", context, status=_refused(refusals))


@require_http_methods(["GET", "POST"])
def session_close(request: AuthenticatedRequest, session_id: int) -> HttpResponse:
    """Say what is still in the way, or what closing seals, then close."""
    session = session_for_decider(request.user, session_id)
    refusals: list[str] = []
    if request.method == "POST":
        try:
            record = services.close_session(session=session, by=request.user)
        except ValidationError as refused:
            refusals = refused.messages
        else:
            messages.success(request, f"Jury clos\xa0: registre n° {record.number} scellé.")
            return redirect("jury:recap", session.pk)
    sitting = sitting_of(session)
    context = {
        "session": session,
        "sitting": sitting,
        "obstacles": refusals or services.obstacles(sitting),
        "decisions": wording.tally(sitting),
        "moved": wording.moved(sitting),
    }
    return render(request, "jury/session_close.html", context, status=_refused(refusals))


@require_GET
def recap(request: AuthenticatedRequest, session_id: int) -> HttpResponse:
    """Show the tableau récapitulatif."""
    session = session_for_viewer(request.user, session_id)
    sitting = sitting_of(session)
    context = {
        "session": session,
        "sitting": sitting,
        "recap": recap_of(sitting, Choice.read(request.GET)),
        "regulation": wording.told(sitting.document["regulation"]),
        "regulation_row": regulation_of_year(session),
        "moved": wording.moved(sitting),
        "watch": watch_of(session) if sitting.sealed else None,
        "blocked": any(notice.level == "error" for notice in sitting.notices),
        "can_prepare": request.user.has_perm("jury.prepare_session", session),
        "can_decide": request.user.has_perm("jury.decide", session),
        "can_experiment": request.user.has_perm("jury.experiment", session),
    }
    return render(request, "jury/recap.html", context)


@require_POST
def check(request: AuthenticatedRequest, session_id: int) -> HttpResponse:
    """Compare a closed jury with today's marks."""
    session = session_for_preparer(request.user, session_id)
    try:
        found = services.check_session(session=session, by=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        students = len({each.student_id for each in found})
        told = f"{counted(students, 'dossier')} en écart" if students else "aucun écart"
        messages.success(request, f"Jury comparé aux notes d’aujourd’hui\xa0: {told}.")
    return redirect("jury:recap", session.pk)


@require_GET
def student(request: AuthenticatedRequest, student_id: int) -> HttpResponse:
    """List the juries of one student: what each decided, its dossier, its relevé."""
    shown, sessions = juries_for_viewer(request.user, student_id)
    context = {"student": shown, "sessions": sessions, "staff": shown.user_id != request.user.pk}
    return render(request, "jury/student.html", context)


@require_GET
def dossier(request: AuthenticatedRequest, session_id: int, student_id: int) -> HttpResponse:
    """Show one student before one jury."""
    session, student = dossier_for_viewer(request.user, session_id, student_id)
    return _dossier(request, session, student)


@require_POST
def rule(request: AuthenticatedRequest, session_id: int, student_id: int) -> HttpResponse:
    """Decide over the proposal."""
    session, student = dossier_for_decider(request.user, session_id, student_id)
    form = RulingForm(request.POST, judged=_judged(sitting_of(session), student))
    if form.is_valid():
        try:
            services.rule(session=session, student=student, **form.ruling, by=request.user)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, "Décision enregistrée.")
            return redirect(f"{reverse('jury:dossier', args=[session_id, student_id])}?{request.GET.urlencode()}")
    return _dossier(request, session, student, form)


@require_POST
def withdraw(request: AuthenticatedRequest, session_id: int, student_id: int) -> HttpResponse:
    """Take a decision back."""
    session, student = dossier_for_decider(request.user, session_id, student_id)
    try:
        services.withdraw_ruling(
            session=session, student=student, target=request.POST.get("target", ""), by=request.user
        )
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, "Décision retirée\xa0: la proposition vaut de nouveau.")
    return redirect(f"{reverse('jury:dossier', args=[session_id, student_id])}?{request.GET.urlencode()}")


def _dossier(
    request: AuthenticatedRequest, session: JurySession, student: Student, form: RulingForm | None = None
) -> HttpResponse:
    """Render a dossier; the student sees averages only, then what the closed jury decided (L-19)."""
    sitting = sitting_of(session)
    judged = _judged(sitting, student)
    staff = request.user.has_perm("jury.view_recap", session)
    choice = Choice.read(request.GET)
    can_rule = session.state == JurySession.State.OPEN and request.user.has_perm("jury.decide", session)
    explained = staff or sitting.sealed
    regulation = override(Regulation(), sitting.document["regulation"]["parameters"])
    articles = sitting.document["regulation"]["articles"]
    why = explanation_of(session, judged, student, regulation, articles) if explained else None
    context: dict[str, Any] = {
        "session": session,
        "sitting": sitting,
        "student": student,
        "judged": judged,
        "staff": staff,
        "shows_codes": explained,
        "explained": why,
        "pairs": pairs(judged, why),
        "history": decisions_for_viewer(session, student),
        "drifts": drifts_of(session, student) if staff else [],
        "anomalies": own_anomalies(sitting)(judged),
        "flags": [wording.flag(flag) for flag in judged.verdict["flags"]],
        "form": form or (RulingForm(judged=judged) if can_rule else None),
        "choice": choice,
        "neighbours": neighbours(sitting, choice, judged) if staff else None,
    }
    return render(request, "jury/dossier.html", context, status=_status(form) if form else HTTPStatus.OK)


def _judged(sitting: Sitting, student: Student) -> Judged:
    judged = sitting.find(student.pk)
    if judged is None:
        raise Http404
    return judged


def _status(form: Form | ModelForm[JurySession], *others: Any) -> HTTPStatus:
    """422 when what was typed is refused."""
    refused = any(each.is_bound and not each.is_valid() for each in (form, *others))
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK


def _refused(refusals: list[str]) -> HTTPStatus:
    """409 when the jury is not in a state to do what was asked."""
    return HTTPStatus.CONFLICT if refusals else HTTPStatus.OK
