"""The doors of grades: a module of another formation does not exist, a colleague's gives 403.

A service that names groups opens those groups only; secretariat, head of studies and president see everybody.
"""

from collections.abc import Set

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from curriculum.access import maquette_for_viewer
from curriculum.models import Formation, Maquette, Module, Plan, PlanModule
from curriculum.versions.access import in_use
from grades.models import MarkChange, MarkChangeQuerySet
from people.models import Enrolment, Group, Role, Service, User


def modules_for_viewer(user: User, formation: Formation | None, academic_year: str | None) -> QuerySet[Module]:
    """Return the modules of the formation and year in use whose marks this person may see, ready to list.

    Those of another version than the one in use show as long as somebody follows them.
    """
    if formation is None:
        raise Http404
    kinds = user.roles_by_formation.get(formation.pk, frozenset())
    if not kinds:
        raise PermissionDenied
    followed = Exists(Enrolment.objects.filter(plan__plan_modules__module=OuterRef("pk")))
    modules = Module.objects.filter(
        in_use("maquette__") | Q(followed),
        maquette__formation=formation,
        maquette__academic_year=academic_year,
    )
    listed = modules.order_by("semester", "key", "pk").prefetch_related(
        Prefetch("services", Service.objects.select_related("teacher").order_by("teacher__last_name", "pk")),
        Prefetch("plan_modules", PlanModule.objects.select_related("plan__parcours").order_by("plan__position", "pk")),
    )
    return listed if kinds.intersection(Role.STAFF) else listed.filter(pk__in=user.taught)


def module_for_viewer(user: User, module_id: int) -> Module:
    """Return a module whose marks this person may see."""
    return _module(user, module_id, "grades.view_marks")


def module_for_grader(user: User, module_id: int) -> Module:
    """Return a module whose marks this person enters: it is in their service."""
    return _module(user, module_id, "grades.enter_marks")


def module_for_importer(user: User, module_id: int) -> Module:
    """Return a module whose mark sheet this person may send in."""
    return _module(user, module_id, "grades.import_marks")


def module_for_planner(user: User, module_id: int) -> Module:
    """Return a module whose evaluations this person may create from the MCC."""
    return _module(user, module_id, "grades.plan_evaluations")


def maquette_for_planner(user: User, maquette_id: int) -> Maquette:
    """Return a maquette whose evaluations this person may create from the MCC, with its tables in order."""
    maquette = maquette_for_viewer(user, maquette_id)
    if not user.has_perm("grades.plan_evaluations", maquette):
        raise PermissionDenied
    return maquette


def maquette_to_plan(user: User, formation: Formation | None, academic_year: str | None) -> Maquette | None:
    """Return the maquette in service that this person may plan evaluations for, if there is one."""
    running = Maquette.objects.filter(formation=formation, academic_year=academic_year)
    found = running.filter(state=Maquette.State.IN_SERVICE).first()
    return found if found and user.has_perm("grades.plan_evaluations", found) else None


def modules_for_planner(maquette: Maquette, plan: Plan | None) -> QuerySet[Module]:
    """Return the modules of a maquette that was opened for planning, or of one of its tables, in order."""
    modules = Module.objects.filter(maquette=maquette).select_related("maquette").order_by("semester", "key", "pk")
    return modules.filter(plan_modules__plan=plan) if plan else modules


Groups = frozenset[int] | None
"""The ids of the groups whose students a person gets; None: everybody."""


def groups_for_viewer(user: User, module: Module) -> Groups:
    """Return whose marks this person sees."""
    return None if _holds(user, module, *Role.STAFF) else groups_for_grader(user, module)


def groups_for_importer(user: User, module: Module) -> Groups:
    """Return whose marks this person may send in."""
    return None if _holds(user, module, Role.Kind.SECRETARIAT) else groups_for_grader(user, module)


def groups_for_grader(user: User, module: Module) -> Groups:
    """Return whose marks this person enters: the groups that their service names, or everybody."""
    groups = Group.objects.filter(services__teacher=user, services__module=module).values_list("pk", flat=True)
    return frozenset(groups) or None


def changes_for_viewer(user: User, module: Module) -> MarkChangeQuerySet:
    """Return what happened to the marks that this person sees in a module, the latest first."""
    return _of_groups(MarkChange.objects.filter(act__module=module), groups_for_viewer(user, module)).for_history()


def changes_for_grader(user: User, module: Module) -> MarkChangeQuerySet:
    """Return how the marks that this person enters in a module came to be what they are: the last change of each."""
    return _of_groups(MarkChange.objects.filter(act__module=module), groups_for_grader(user, module)).in_force()


def closed_to_grader(user: User, module: Module, enrolments: Set[int]) -> Set[int]:
    """Return those of some enrolments, by id, that are in none of the groups that this person marks."""
    groups = groups_for_grader(user, module)
    if groups is None:
        return frozenset()
    return enrolments - set(
        Enrolment.objects.filter(pk__in=enrolments, groups__in=groups).values_list("pk", flat=True)
    )


def _of_groups(changes: MarkChangeQuerySet, groups: Groups) -> MarkChangeQuerySet:
    if groups is None:
        return changes
    return changes.filter(mark__enrolment__in=Enrolment.objects.filter(groups__in=groups))


def _holds(user: User, module: Module, *kinds: str) -> bool:
    return not user.roles_by_formation.get(module.maquette.formation_id, frozenset()).isdisjoint(kinds)


def _module(user: User, module_id: int, permission: str) -> Module:
    module = Module.objects.select_related("maquette__formation").filter(pk=module_id).first()
    if module is None:
        raise Http404
    if not user.has_perm(permission, module):
        if module.maquette.formation_id in user.roles_by_formation:
            raise PermissionDenied
        raise Http404
    return module
