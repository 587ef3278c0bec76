"""The doors of « ce qu’il faut »: to the student, and to those who run the formation; their teachers get 403."""

from django.core.exceptions import PermissionDenied

from jury.dossiers import YearAhead
from jury.models import Decision
from people.access import student_for_viewer
from people.models import Enrolment, Role, Student, User


def year_for_viewer(user: User, student_id: int) -> tuple[Student, YearAhead | None]:
    """Return a student and the last year that they are in, if any, of a formation that this person may know of."""
    student = student_for_viewer(user, student_id)
    if not user.has_perm("people.view_identity", student):
        raise PermissionDenied
    followed = Enrolment.objects.filter(student=student).select_related("plan__maquette")
    if student.user_id != user.pk:
        followed = followed.filter(plan__maquette__formation__in=user.formations_as(*Role.STAFF))
    last = followed.order_by("-plan__academic_year", "-plan__semester", "-pk").first()
    if last is None:
        return student, None
    return student, YearAhead(student, last.plan.maquette.formation_id, last.plan.academic_year, last.plan.but_year)


def decided_for_viewer(year: YearAhead) -> Decision | None:
    """Return what a jury has already decided of a year that is behind the door."""
    years = Decision.objects.filter(kind=Decision.Kind.YEAR, student=year.student)
    of_year = years.filter(session__formation=year.formation_id, session__academic_year=year.academic_year)
    return of_year.select_related("session").order_by("-session__closed_at", "-pk").first()
