"""The doors of people: what a view asks for, it gets only for somebody who may have it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from curriculum.models import Formation
from people.imports import Scope
from people.models import Enrolment, EnrolmentQuerySet, Student, User


class AuthenticatedRequest(HttpRequest):
    """What our views receive: LoginRequiredMiddleware and HtmxMiddleware have run."""

    user: User
    htmx: HtmxDetails


def student_for_viewer(user: User, student_id: int) -> Student:
    """Return a student whose file this person may open; to anybody else they do not exist."""
    student = Student.objects.visible_to(user).filter(pk=student_id).first()
    if student is None:
        raise Http404
    return student


def enrolments_for_viewer(user: User, student: Student) -> EnrolmentQuerySet:
    """Return what a student follows or followed, as far as this person may know; the latest first."""
    visible = student.enrolments.visible_to(user)
    return (
        visible.select_related("plan__maquette__formation", "plan__parcours")
        .order_by("-plan__academic_year", "-plan__semester", "plan__position", "pk")
        .prefetch_related("groups")
    )


def enrolments_for_lister(user: User, formation: Formation, academic_year: str | None) -> EnrolmentQuerySet:
    """Return the enrolments of a formation and a year that this person may see, with their groups, by name."""
    visible = Enrolment.objects.visible_to(user).with_student().prefetch_related("groups")
    return visible.filter(plan__maquette__formation=formation, plan__academic_year=academic_year)


def formation_for_lister(user: User, formation: Formation | None) -> Formation:
    """Return the formation in use to somebody who works in it; a student of it gets 403, nobody's formation 404."""
    return formation_with(user, formation, "people.list_students")


def formation_for_importer(user: User, formation: Formation | None) -> Formation:
    """Return the formation in use to its secretariat; another role in it gets 403, nobody's formation 404."""
    return formation_with(user, formation, "people.import_people")


def list_for_importer(user: User, kind: str, formation: Formation | None, academic_year: str | None) -> Scope:
    """Return a list of the formation and year in use to its secretariat; 404 when the formation has no year yet."""
    owner = formation_for_importer(user, formation)
    if academic_year is None:
        raise Http404
    return Scope(kind, owner, academic_year)


def formation_with(user: User, formation: Formation | None, permission: str) -> Formation:
    """Return the formation in use to who holds this permission on it; 404 when none is in use, else 403."""
    if formation is None:
        raise Http404
    if not user.has_perm(permission, formation):
        raise PermissionDenied
    return formation
