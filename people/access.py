"""The doors of people: what a view asks for, it gets only for somebody who may have it."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from curriculum.models import UE, Formation
from people.imports import Scope
from people.models import Enrolment, EnrolmentQuerySet, Equivalence, Role, Student, User


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


def equivalences_for_viewer(user: User, student_id: int) -> tuple[Student, QuerySet[Equivalence]]:
    """Return a student and what they acquired elsewhere, withdrawn or not, to themselves and to who runs a formation.

    Their teachers get 403; who runs one formation sees those of that formation.
    """
    student = student_for_viewer(user, student_id)
    if not user.has_perm("people.view_identity", student):
        raise PermissionDenied
    found = student.equivalences.all()
    if student.user_id != user.pk:
        found = found.filter(niveau__competence__formation__in=user.formations_as(*Role.STAFF))
    return student, found.select_related("niveau__competence", "by").order_by("semester", "pk")


def ues_to_grant(user: User, student: Student) -> list[UE]:
    """Return the UEs that this person may say a student acquired elsewhere: none, unless they are of its secretariat.

    One for each semester of each niveau of the maquettes and parcours that the student follows, the latest maquette's.
    """
    plans = [each.plan for each in enrolments_for_viewer(user, student)]
    own = [plan for plan in plans if user.has_perm("people.grant_equivalence", plan.maquette.formation)]
    parcours = {plan.parcours_id for plan in own} - {None}
    ues = UE.objects.filter(plan__maquette__in={plan.maquette_id for plan in own}).exclude(
        Exists(
            Equivalence.objects.in_force().filter(
                student=student, niveau=OuterRef("niveau"), semester=OuterRef("plan__semester")
            )
        )
    )
    if parcours:
        ues = ues.filter(Q(plan__parcours=None) | Q(plan__parcours__in=parcours))
    latest = ues.select_related("plan__maquette__formation", "niveau__competence").order_by(
        "plan__maquette__academic_year", "plan__maquette__version", "pk"
    )
    found = {(ue.niveau_id, ue.plan.semester): ue for ue in latest}
    return sorted(found.values(), key=lambda ue: (ue.plan.semester, ue.position, ue.pk))


def student_for_registrar(user: User, student_id: int) -> Student:
    """Return a student to the secretariat of one of their formations; another role in it gets 403."""
    student = student_for_viewer(user, student_id)
    if not is_registrar(user, student):
        raise PermissionDenied
    return student


def is_registrar(user: User, student: Student) -> bool:
    """Whether somebody is of the secretariat of a formation of a student."""
    return any(user.has_perm("people.grant_equivalence", formation) for formation in student.formations())


def equivalence_for_registrar(user: User, student_id: int, equivalence_id: int) -> Equivalence:
    """Return an equivalence of a student to the secretariat of the formation that it is of."""
    student = student_for_registrar(user, student_id)
    found = student.equivalences.select_related("niveau__competence__formation").filter(pk=equivalence_id).first()
    if found is None or not user.has_perm("people.grant_equivalence", found.niveau.competence.formation):
        raise Http404
    return found
