"""The doors of référentiels: a role in the formation sees them, those who change its maquettes import and link."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from curriculum.access import CHANGE, VIEW, Visitor, maquette_for_viewer, module_for_viewer
from curriculum.competences import store
from curriculum.competences.models import Referentiel
from curriculum.models import Formation, Maquette, Module


def formation_for_viewer(user: Visitor, formation_id: int) -> tuple[Formation, list[Referentiel]]:
    """Return a formation and the versions of its référentiel, the latest first."""
    found = Formation.objects.filter(pk=formation_id).first()
    if found is None or not user.has_perm(VIEW, found):
        raise Http404
    versions = Referentiel.objects.filter(formation=found).select_related("imported_by").order_by("-version")
    return found, list(versions)


def formation_for_importer(user: Visitor, formation_id: int) -> Formation:
    """Return a formation whose référentiel this person may import."""
    formation, _ = formation_for_viewer(user, formation_id)
    if not user.has_perm(CHANGE, formation):
        raise PermissionDenied
    return formation


def module_for_linker(user: Visitor, module_id: int) -> Module:
    """Return a module whose apprentissages critiques this person may choose."""
    module = module_for_viewer(user, module_id)
    if not user.has_perm(CHANGE, module.maquette):
        raise PermissionDenied
    return module


def coverage_for_viewer(user: Visitor, maquette_id: int) -> tuple[Maquette, Referentiel | None]:
    """Return a maquette and the référentiel that it follows."""
    maquette = maquette_for_viewer(user, maquette_id)
    return maquette, store.followed(maquette)
