"""The doors of attendance: absences are shown by the formation that they happened in, and to the student."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from attendance.models import Absence, AbsenceQuerySet
from people.models import EnrolmentQuerySet, Role, Student, User


def student_for_absence_viewer(user: User, student_id: int) -> Student:
    """Return a student whose absences this person may see; to anybody else they do not exist."""
    return _student(user, student_id, "attendance.view_absences")


def student_for_absence_recorder(user: User, student_id: int) -> Student:
    """Return a student whose absences this person notes; whoever may only see them gets 403."""
    student = _student(user, student_id, "attendance.view_absences")
    if not user.has_perm("attendance.record_absence", student):
        raise PermissionDenied
    return student


def absences_for_viewer(user: User, student: Student) -> AbsenceQuerySet:
    """Return the absences of a student: all to themself, to others those of the formations that they run."""
    absences = Absence.objects.of(student).for_list()
    if student.user_id == user.pk:
        return absences
    return absences.filter(enrolment__plan__maquette__formation__in=user.formations_as(*Role.STAFF))


def enrolments_for_absence_recorder(user: User, student: Student) -> EnrolmentQuerySet:
    """Return the enrolments of a student whose absences this person notes, the latest first."""
    return student.enrolments.filter(plan__maquette__formation__in=user.formations_as(Role.Kind.SECRETARIAT)).order_by(
        "-plan__academic_year", "-plan__semester", "plan__position", "pk"
    )


def absence_for_recorder(user: User, absence_id: int) -> Absence:
    """Return an absence that this person may correct; 403 to whoever may only see it."""
    absence = Absence.objects.for_list().select_related("enrolment__student").filter(pk=absence_id).first()
    if absence is None:
        raise Http404
    kinds = user.roles_by_formation.get(absence.enrolment.plan.maquette.formation_id, frozenset())
    if Role.Kind.SECRETARIAT in kinds:
        return absence
    if kinds.intersection(Role.STAFF) or absence.enrolment.student.user_id == user.pk:
        raise PermissionDenied
    raise Http404


def _student(user: User, student_id: int, permission: str) -> Student:
    student = Student.objects.filter(pk=student_id).first()
    if student is None or not user.has_perm(permission, student):
        raise Http404
    return student
