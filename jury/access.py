"""The doors of the jury: a session of another formation does not exist, a colleague who may not enter gets 403."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from curriculum.models import Formation, Maquette, Plan
from jury.dossiers import YearGroup
from jury.models import Decision, Drift, JurySession, Regulation, RegulationParameter, judgeable
from people.access import formation_with, student_for_viewer
from people.models import Enrolment, Role, Student, User


def sessions_for_viewer(user: User, formation: Formation | None, academic_year: str | None) -> QuerySet[JurySession]:
    """Return the juries of the formation and year in use, the latest first, to those who see the whole table."""
    formation_with(user, formation, "jury.view_recap")
    sessions = JurySession.objects.filter(formation=formation, academic_year=academic_year)
    plans = Prefetch("plans", Plan.objects.select_related("parcours").order_by("semester", "position", "pk"))
    return sessions.prefetch_related(plans).order_by("-semester", "-held_on", "-pk")


def plans_for_preparer(
    user: User, formation: Formation | None, academic_year: str | None
) -> tuple[Formation, list[Plan]]:
    """Return the formation in use and the Plans of the year that a jury can judge, to who may prepare its juries.

    Those of a version in service, and of any other as long as students follow them.
    """
    owner = formation_with(user, formation, "jury.prepare_session")
    listed = Plan.objects.filter(
        Exists(Enrolment.objects.filter(plan=OuterRef("pk"))) | Q(maquette__state=Maquette.State.IN_SERVICE),
        maquette__formation=owner,
        academic_year=academic_year,
    )
    ready = judgeable(listed).select_related("parcours", "maquette")
    return owner, list(ready.order_by("semester", "position", "pk"))


def session_for_viewer(user: User, session_id: int) -> JurySession:
    """Return a jury to somebody who may see its whole table."""
    return _session(user, session_id, "jury.view_recap")


def session_for_preparer(user: User, session_id: int) -> JurySession:
    """Return a jury to somebody who may prepare, open and close it."""
    return _session(user, session_id, "jury.prepare_session")


def session_for_decider(user: User, session_id: int) -> JurySession:
    """Return a jury to its president."""
    return _session(user, session_id, "jury.decide")


def session_for_experimenter(user: User, session_id: int) -> JurySession:
    """Return a jury to somebody who may run it under another règlement: nothing of that is stored."""
    return _session(user, session_id, "jury.experiment")


def semesters_for_experimenter(user: User, formation: Formation | None, academic_year: str | None) -> list[int]:
    """Return the semesters followed in the formation and year in use, to who may try a règlement; to others none."""
    if formation is None or not user.has_perm("jury.experiment", formation):
        return []
    followed = Plan.objects.filter(Exists(Enrolment.objects.filter(plan=OuterRef("pk"))))
    of_year = followed.filter(maquette__formation=formation, academic_year=academic_year)
    return sorted(set(of_year.order_by().values_list("semester", flat=True)))


def group_for_experimenter(user: User, formation_id: int, academic_year: str, semester: int) -> YearGroup:
    """Return the year group of a semester to who may try a règlement on it; 404 when nobody follows it."""
    formation = user.formations().filter(pk=formation_id).first()
    if formation is None:
        raise Http404
    if not user.has_perm("jury.experiment", formation):
        if formation.pk in user.roles_by_formation:
            raise PermissionDenied
        raise Http404
    if semester not in semesters_for_experimenter(user, formation, academic_year):
        raise Http404
    return YearGroup(formation, academic_year, semester)


def member_for_experimenter(
    user: User, formation_id: int, academic_year: str, semester: int, student_id: int
) -> tuple[YearGroup, Student]:
    """Return a year group and one of its students, in the same way."""
    group = group_for_experimenter(user, formation_id, academic_year, semester)
    student = group.candidates().filter(pk=student_id).first()
    if student is None:
        raise Http404
    return group, student


def session_for_printer(user: User, session_id: int) -> JurySession:
    """Return a jury to somebody who may print its PV: not a student, who prints their own relevé only."""
    session = _session(user, session_id, "jury.print")
    if not user.has_perm("jury.view_recap", session):
        raise Http404
    return session


def dossier_for_viewer(user: User, session_id: int, student_id: int) -> tuple[JurySession, Student]:
    """Return a jury and one of its students, to its staff and to that student."""
    return _dossier(user, session_id, student_id, "jury.view_dossier")


def dossier_for_printer(user: User, session_id: int, student_id: int) -> tuple[JurySession, Student]:
    """Return a jury and the student whose relevé is to be printed, to its staff and to that student."""
    return _dossier(user, session_id, student_id, "jury.print")


def dossier_for_experimenter(user: User, session_id: int, student_id: int) -> tuple[JurySession, Student]:
    """Return a jury and one of its students to somebody who may run it under another règlement."""
    return _dossier(user, session_id, student_id, "jury.experiment")


def dossier_for_decider(user: User, session_id: int, student_id: int) -> tuple[JurySession, Student]:
    """Return a jury and one of its students to its president."""
    return _dossier(user, session_id, student_id, "jury.decide")


def dossier_for_preparer(user: User, session_id: int, student_id: int) -> tuple[JurySession, Student]:
    """Return a jury and one of its students to somebody who may prepare it."""
    return _dossier(user, session_id, student_id, "jury.prepare_session")


def juries_for_viewer(user: User, student_id: int) -> tuple[Student, QuerySet[JurySession]]:
    """Return a student and the juries that they come before, the latest first, each with what it `decided` of them.

    Also with its record, and with what `drifted` since: what is no longer what today's rows would give.

    To the student, all; to those who run a formation of theirs, its own; their teachers get 403.
    """
    student = student_for_viewer(user, student_id)
    if not user.has_perm("people.view_identity", student):
        raise PermissionDenied
    judged = Exists(Decision.objects.filter(student=student, session=OuterRef("pk")))
    awaited = Q(plans__in=student.enrolments.values("plan")) & ~Q(state=JurySession.State.CLOSED)
    awaited &= Q(follows=None) | Q(recalled=student)
    sessions = JurySession.objects.filter(Q(judged) | awaited).distinct()
    if student.user_id != user.pk:
        sessions = sessions.filter(formation__in=user.formations_as(*Role.STAFF))
    listed = sessions.select_related("formation", "record").prefetch_related(
        Prefetch("decisions", Decision.objects.filter(student=student).order_by("pk"), to_attr="decided"),
        Prefetch("drifts", Drift.objects.filter(student=student).order_by("pk"), to_attr="drifted"),
    )
    return student, listed.order_by("-held_on", "-semester", "-pk")


def decisions_for_viewer(session: JurySession, student: Student) -> QuerySet[Decision]:
    """Return what earlier juries of the formation decided of a student who is behind the door, the latest first."""
    decisions = Decision.objects.filter(student=student, session__formation=session.formation_id)
    earlier = decisions.exclude(session=session).select_related("session")
    return earlier.order_by("-session__closed_at", "-session_id", "pk")


def regulations_for_viewer(user: User, formation: Formation | None) -> QuerySet[Regulation]:
    """Return the règlements of the formation in use, the latest first, to those who run it."""
    owner = formation_with(user, formation, "jury.view_regulation")
    return _regulations().filter(formation=owner).order_by("-academic_year")


def regulations_for_changer(
    user: User, formation: Formation | None, academic_year: str | None
) -> tuple[Formation, str, list[Regulation]]:
    """Return the formation and year in use, and its règlements, to who may write them; 404 before any maquette."""
    owner = formation_with(user, formation, "jury.change_regulation")
    if academic_year is None:
        raise Http404
    return owner, academic_year, list(regulations_for_viewer(user, owner))


def regulation_for_viewer(user: User, regulation_id: int) -> Regulation:
    """Return a règlement to those who run its formation."""
    return _regulation(user, regulation_id, "jury.view_regulation")


def regulation_for_changer(user: User, regulation_id: int) -> Regulation:
    """Return a règlement to those who may change it, frozen or not."""
    return _regulation(user, regulation_id, "jury.change_regulation")


def regulation_of_year(session: JurySession) -> Regulation | None:
    """Return the règlement that a jury behind the door applies, when its year has one."""
    return Regulation.objects.filter(formation=session.formation_id, academic_year=session.academic_year).first()


def _regulations() -> QuerySet[Regulation]:
    """Règlements, with the jury that froze each and who set what."""
    clauses = Prefetch("clauses", RegulationParameter.objects.select_related("set_by"))
    return Regulation.objects.select_related("formation", "frozen_by").prefetch_related(clauses)


def _regulation(user: User, regulation_id: int, permission: str) -> Regulation:
    """403 to those who work in the formation, 404 to everybody else."""
    regulation = _regulations().filter(pk=regulation_id).first()
    if regulation is None:
        raise Http404
    if not user.has_perm(permission, regulation):
        if regulation.formation_id in user.roles_by_formation:
            raise PermissionDenied
        raise Http404
    return regulation


def _session(user: User, session_id: int, permission: str) -> JurySession:
    """403 to those who work in the formation, who know of its juries; 404 to everybody else."""
    session = JurySession.objects.select_related("formation").filter(pk=session_id).first()
    if session is None:
        raise Http404
    if not user.has_perm(permission, session):
        if session.formation_id in user.roles_by_formation:
            raise PermissionDenied
        raise Http404
    return session


def _dossier(user: User, session_id: int, student_id: int, permission: str) -> tuple[JurySession, Student]:
    session = _session(user, session_id, permission)
    student = session.candidates().filter(pk=student_id).first()
    if student is None or (student.user_id != user.pk and not user.has_perm("jury.view_recap", session)):
        raise Http404
    return session, student
