"""What waits for somebody, by role: the only place that knows of every app, and so the home page."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from curriculum.models import Formation, Module
from curriculum.templatetags.figures import counted
from grades.access import modules_for_viewer
from grades.sheets import Progress, progress_of
from jury.access import sessions_for_viewer
from jury.models import JurySession
from people.context import STUDENT, Frame
from people.models import Enrolment, Role, User

WORST = 10
"""How many modules are named; the page of marks has them all."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, or to look at: where, and how much of it there is."""

    label: str
    url: str
    detail: str = ""


def tasks_of(user: User, frame: Frame) -> dict[str, list[Task]]:
    """Return what waits for this person in the formation and year in use, by heading; a fixed number of queries."""
    formation, academic_year = frame.formation, frame.academic_year
    if formation is None or academic_year is None:
        return {}
    found: dict[str, list[Task]] = {}
    if STUDENT in frame.kinds:
        found["Mon dossier"] = list(_of_student(user))
        return found
    modules = list(modules_for_viewer(user, formation, academic_year).order_by("semester", "key", "pk"))
    progress = progress_of(modules)
    found["Mes modules"] = [_own(module, progress[module.pk]) for module in modules if module.pk in user.taught]
    if user.has_perm("people.import_people", formation):
        found["Listes à importer"] = list(_lists(formation, academic_year, modules))
    if frame.kinds & {Role.Kind.SECRETARIAT, Role.Kind.HEAD}:
        found["Notes manquantes"] = list(_missing(modules, progress))
    if user.has_perm("jury.view_recap", formation):
        sessions = sessions_for_viewer(user, formation, academic_year).exclude(state=JurySession.State.CLOSED)
        found["Jurys"] = [_jury(session) for session in sessions]
    return {heading: tasks for heading, tasks in found.items() if tasks}


def _own(module: Module, progress: Progress) -> Task:
    """A module of one's own service: it stays on the page when nothing is missing, since it is opened from here."""
    if not progress.evaluations:
        detail = "aucune évaluation"
    elif progress.missing:
        detail = counted(progress.missing, "note manquante")
    else:
        detail = "à jour"
    return Task(str(module), reverse("grades:module", args=[module.pk]), detail)


def _lists(formation: Formation, academic_year: str, modules: list[Module]) -> Iterator[Task]:
    if not formation.groups.filter(academic_year=academic_year).exists():
        yield Task("Importer les groupes", reverse("people:import-groupes"), "aucun groupe cette année")
    if not Enrolment.objects.filter(plan__maquette__formation=formation, plan__academic_year=academic_year).exists():
        yield Task("Importer les étudiants", reverse("people:import-etudiants"), "aucune inscription cette année")
    organised = [module.pk for module in modules if module.organised]
    taught = Module.objects.filter(pk__in=organised, services__isnull=False).values_list("pk", flat=True)
    alone = len(set(organised) - set(taught))
    if alone:
        detail = f"{counted(alone, 'module')} sans enseignant"
        yield Task("Importer les services", reverse("people:import-services"), detail)


def _missing(modules: list[Module], progress: dict[int, Progress]) -> Iterator[Task]:
    """The modules where most marks are missing, then the way to the others."""
    late = sorted(
        (module for module in modules if progress[module.pk].missing), key=lambda module: -progress[module.pk].missing
    )
    for module in late[:WORST]:
        detail = counted(progress[module.pk].missing, "note manquante")
        yield Task(str(module), reverse("grades:module", args=[module.pk]), detail)
    if len(late) > WORST:
        others = counted(len(late) - WORST, "autre module")
        yield Task("Voir tous les modules", reverse("grades:modules"), others)


def _jury(session: JurySession) -> Task:
    detail = f"{session.get_state_display()}, le {session.held_on:%d/%m/%Y}"
    return Task(str(session), reverse("jury:recap", args=[session.pk]), detail)


def _of_student(user: User) -> Iterator[Task]:
    student = user.student
    yield Task("Mes inscriptions", reverse("people:student", args=[student.pk]))
    yield Task("Mes absences", reverse("attendance:student", args=[student.pk]))
    closed = JurySession.objects.filter(state=JurySession.State.CLOSED, decisions__student=student)
    for session in closed.distinct().order_by("-held_on", "-pk"):
        yield Task(str(session), reverse("jury:dossier", args=[session.pk, student.pk]), "mes résultats")
