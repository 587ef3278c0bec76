"""The pages of the suite of a jury: who comes back before it, the marks that are corrected until it opens."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from grades.services import MarksRefused, StaleMark
from jury.access import dossier_for_preparer, session_for_preparer
from jury.forms import MemberFormSet, seats_of, usual_members
from jury.models import JurySession
from jury.sequels import services
from jury.sequels.access import marks_to_correct
from jury.sequels.forms import CorrectionForm, SequelForm, waiting
from people.access import AuthenticatedRequest


@require_http_methods(["GET", "POST"])
def sequel(request: AuthenticatedRequest, session_id: int) -> HttpResponse:
    """Call some students of a closed jury back."""
    first = session_for_preparer(request.user, session_id)
    form = SequelForm(request.POST or None, session=first, expected=waiting(first), instance=JurySession())
    members = MemberFormSet(request.POST or None, initial=usual_members(first.formation))
    if form.is_valid() and members.is_valid():
        said = {name: form.cleaned_data[name] for name in form.fields}
        try:
            made = services.prepare_sequel(session=first, members=seats_of(members), **said, by=request.user)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, f"{made} préparé\xa0: corrigez les notes avant de l’ouvrir.")
            return redirect("jury:recap", made.pk)
    context = {"session": first, "form": form, "members": members}
    return render(request, "jury/sequels/sequel.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
def correct_mark(request: AuthenticatedRequest, session_id: int, student_id: int) -> HttpResponse:
    """Correct a mark of a student who comes back."""
    session, student = dossier_for_preparer(request.user, session_id, student_id)
    evaluations, marks = marks_to_correct(session, student)
    form = CorrectionForm(request.POST or None, evaluations=evaluations, marks=marks)
    if form.is_valid():
        try:
            services.correct_mark(session=session, student=student, **form.correction, by=request.user)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        except (MarksRefused, StaleMark) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Note corrigée\xa0: les propositions de la suite en tiennent compte.")
            return redirect("jury:dossier", session.pk, student.pk)
    context = {"session": session, "student": student, "form": form}
    return render(request, "jury/sequels/correct_mark.html", context, status=_status(form))


def _status(form: SequelForm | CorrectionForm) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
