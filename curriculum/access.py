"""The doors of curriculum: to somebody without a role in a formation, its maquettes do not exist."""

from typing import Protocol

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest

from curriculum.models import Coefficient, EvaluationPattern, Formation, Maquette, Module, Plan, PlanModule

VIEW = "curriculum.view_maquette"
CHANGE = "curriculum.change_maquette"


class Visitor(Protocol):
    """Who asks: what a door needs of them."""

    def has_perm(self, perm: str, obj: models.Model | None = None, /) -> bool: ...


def maquettes_for_viewer(user: Visitor) -> QuerySet[Maquette]:
    """Return the maquettes of the formations where this person has a role, the latest first."""
    formations = [formation for formation in Formation.objects.order_by("code") if user.has_perm(VIEW, formation)]
    if not formations:
        raise PermissionDenied
    maquettes = Maquette.objects.filter(formation__in=formations).select_related("formation")
    return maquettes.prefetch_related(_plans()).order_by("formation__code", "-academic_year", "-version")


def maquette_for_viewer(user: Visitor, maquette_id: int) -> Maquette:
    """Return a maquette with its tables in order."""
    found = Maquette.objects.select_related("formation").prefetch_related(_plans()).filter(pk=maquette_id).first()
    if found is None or not user.has_perm(VIEW, found):
        raise Http404
    return found


def plan_for_viewer(user: Visitor, plan_id: int) -> tuple[Maquette, Plan]:
    """Return a table with its maquette, whose other tables are at hand."""
    owner = Plan.objects.filter(pk=plan_id).values_list("maquette_id", flat=True).first()
    maquette = maquette_for_viewer(user, owner or 0)
    return maquette, next(plan for plan in maquette.plans.all() if plan.pk == plan_id)


def plan_for_editor(user: Visitor, plan_id: int) -> tuple[Maquette, Plan]:
    """Return a table with its maquette, to whom may correct it as long as it is a draft."""
    maquette, plan = plan_for_viewer(user, plan_id)
    if not user.has_perm(CHANGE, maquette):
        raise PermissionDenied
    return maquette, plan


def module_for_viewer(user: Visitor, module_id: int) -> Module:
    """Return a module with the places that the tables give it, their coefficients and their evaluations."""
    places = (
        PlanModule.objects.select_related("plan__parcours")
        .prefetch_related(
            Prefetch("coefficients", Coefficient.objects.select_related("ue").order_by("ue__position")),
            Prefetch("patterns", EvaluationPattern.objects.order_by("position")),
        )
        .order_by("plan__position")
    )
    modules = Module.objects.select_related("maquette__formation").prefetch_related(Prefetch("plan_modules", places))
    found = modules.filter(pk=module_id).first()
    if found is None or not user.has_perm(VIEW, found.maquette):
        raise Http404
    return found


def person(request: HttpRequest) -> AbstractBaseUser:
    """Return who asks: LoginRequiredMiddleware has let nobody else in."""
    if not isinstance(request.user, AbstractBaseUser):
        raise PermissionDenied
    return request.user


def _plans() -> Prefetch[str, QuerySet[Plan], str]:
    return Prefetch("plans", Plan.objects.select_related("parcours").order_by("position"))
