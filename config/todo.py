"""What waits for somebody, by role: the only place that knows of every app, and so the home page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse

from attendance.models import Absence
from curriculum.models import Formation, Module
from curriculum.templatetags.figures import counted, day
from grades.access import modules_for_viewer
from grades.sheets import Progress, progress_of
from jury.access import juries_for_viewer, sessions_for_viewer
from jury.drift import drifting
from jury.models import JurySession
from people.access import enrolments_for_viewer
from people.context import STUDENT, Frame
from people.models import Enrolment, Role, User

WORST = 10
"""How many modules are named; the page of marks has them all."""
LAST = 3
"""How many closed juries are named, whatever their year: one July."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, or to look at: where, and how much of it there is."""

    label: str
    url: str
    detail: str = ""


def tasks_of(user: User, frame: Frame) -> dict[str, list[Task]]:
    """Return what waits for this person in the formation and year in use, by heading; a fixed number of queries.

    What is asked of them comes first, then what they come back to: closed juries, their own modules.
    """
    formation, academic_year = frame.formation, frame.academic_year
    if formation is None or academic_year is None:
        return {}
    found: dict[str, list[Task]] = {}
    if STUDENT in frame.kinds:
        found["Mon dossier"] = list(_of_student(user, academic_year))
        return found
    modules = list(modules_for_viewer(user, formation, academic_year).order_by("semester", "key", "pk"))
    progress = progress_of(modules)
    own = [module for module in modules if module.pk in user.taught]
    found["Notes à saisir"] = [_late(module, progress) for module in own if progress[module.pk].missing]
    if user.has_perm("people.import_people", formation):
        found["Listes à importer"] = list(_lists(formation, academic_year, modules))
    if frame.kinds & {Role.Kind.SECRETARIAT, Role.Kind.HEAD}:
        found["Notes manquantes"] = list(_missing(modules, progress))
    if user.has_perm("jury.view_recap", formation):
        sessions = sessions_for_viewer(user, formation, academic_year).exclude(state=JurySession.State.CLOSED)
        found["Jurys"] = [_jury(session) for session in sessions]
        found["Jurys clos à revoir"] = [_drifting(each) for each in drifting(formation)]
        closed = JurySession.objects.filter(formation=formation, state=JurySession.State.CLOSED)
        found["Derniers jurys clos"] = [_jury(each) for each in closed.order_by("-held_on", "-semester", "-pk")[:LAST]]
    found["Mon service"] = list(_own(own, progress))
    return {heading: tasks for heading, tasks in found.items() if tasks}


def _module(module: Module, detail: str) -> Task:
    return Task(str(module), reverse("grades:module", args=[module.pk]), detail)


def _late(module: Module, progress: Mapping[int, Progress]) -> Task:
    return _module(module, counted(progress[module.pk].missing, "note manquante"))


def _own(modules: Iterable[Module], progress: Mapping[int, Progress]) -> Iterator[Task]:
    """One's own modules where nothing is missing: they are opened from here; then the way to the others."""
    bare = 0
    for module in modules:
        if not progress[module.pk].evaluations:
            bare += 1
        elif not progress[module.pk].missing:
            yield _module(module, "à jour")
    if bare:
        yield Task("Voir tout mon service", reverse("grades:modules"), f"{counted(bare, 'module')} sans évaluation")


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


def _missing(modules: list[Module], progress: Mapping[int, Progress]) -> Iterator[Task]:
    """The modules where most marks are missing, then the way to the others."""
    late = sorted(
        (module for module in modules if progress[module.pk].missing), key=lambda module: -progress[module.pk].missing
    )
    for module in late[:WORST]:
        yield _late(module, progress)
    if len(late) > WORST:
        others = counted(len(late) - WORST, "autre module")
        yield Task("Voir tous les modules", reverse("grades:modules"), others)


def _jury(session: JurySession) -> Task:
    state = "" if session.state == JurySession.State.CLOSED else f"{session.get_state_display()}, "
    detail = f"{state}le {day(session.held_on)}"
    return Task(str(session), reverse("jury:recap", args=[session.pk]), detail)


def _drifting(session: JurySession) -> Task:
    """A closed jury whose decisions no longer follow from the rows, or that has to be compared with them again."""
    drifted, touched = (getattr(session, name) for name in ("drifted", "touched"))
    told = f"{counted(drifted, 'dossier')} en écart avec les notes d’aujourd’hui" if drifted else ""
    again = "notes ou maquette modifiées depuis\xa0: à vérifier" if touched else ""
    return Task(str(session), reverse("jury:recap", args=[session.pk]), ", ".join(filter(None, [told, again])))


def _of_student(user: User, academic_year: str) -> Iterator[Task]:
    student = user.student
    plans = [each.plan for each in enrolments_for_viewer(user, student) if each.plan.academic_year == academic_year]
    missed = Absence.objects.filter(enrolment__student=student, enrolment__plan__in=plans, late_minutes=None).count()
    followed = " · ".join(str(plan) for plan in reversed(plans))
    yield Task("Mes inscriptions", reverse("people:student", args=[student.pk]), followed)
    yield Task("Mes absences", reverse("attendance:student", args=[student.pk]), f"{missed} cette année")
    _, sessions = juries_for_viewer(user, student.pk)
    for session in sessions:
        detail = "mes résultats" if session.state == JurySession.State.CLOSED else "moyennes provisoires"
        yield Task(str(session), reverse("jury:dossier", args=[session.pk, student.pk]), detail)
