"""The pages of attendance: what a student missed, and noting it."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from attendance import services
from attendance.access import (
    absence_for_recorder,
    absences_for_viewer,
    enrolments_for_absence_recorder,
    student_for_absence_recorder,
    student_for_absence_viewer,
)
from attendance.counts import by_year
from attendance.forms import AbsenceForm, CorrectionForm
from people.access import AuthenticatedRequest


@require_GET
def student(request: AuthenticatedRequest, student_id: int) -> HttpResponse:
    """Show what a student missed, year after year, with totals."""
    shown = student_for_absence_viewer(request.user, student_id)
    context = {
        "student": shown,
        "years": by_year(absences_for_viewer(request.user, shown)),
        "can_record": request.user.has_perm("attendance.record_absence", shown),
    }
    return render(request, "attendance/student.html", context)


@require_http_methods(["GET", "POST"])
def record(request: AuthenticatedRequest, student_id: int) -> HttpResponse:
    """Note that a student missed a séance."""
    student = student_for_absence_recorder(request.user, student_id)
    enrolments = enrolments_for_absence_recorder(request.user, student)
    form = AbsenceForm(request.POST if request.method == "POST" else None, enrolments=enrolments)
    if form.is_valid():
        try:
            absence = services.record_absence(**form.absence, by=request.user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"Absence enregistrée\xa0: {absence.session}.")
            return redirect("attendance:student", student.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "attendance/record.html", {"student": student, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def correct(request: AuthenticatedRequest, absence_id: int) -> HttpResponse:
    """Change what is said of an absence."""
    absence = absence_for_recorder(request.user, absence_id)
    initial = {"state": absence.state, "late_minutes": absence.late_minutes}
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            services.correct_absence(absence=absence, by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "Absence corrigée.")
            return redirect("attendance:student", absence.enrolment.student_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "attendance/correct.html", {"absence": absence, "form": form}, status=status)


@require_POST
def cancel(request: AuthenticatedRequest, absence_id: int) -> HttpResponse:
    """Take back an absence noted by mistake."""
    absence = absence_for_recorder(request.user, absence_id)
    student_id = absence.enrolment.student_id
    services.cancel_absence(absence=absence, by=request.user)
    messages.success(request, "Absence supprimée.")
    return redirect("attendance:student", student_id)
