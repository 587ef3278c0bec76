"""The doors of versions: who may change a maquette, and which version the rest of the site speaks of."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q

from curriculum.access import CHANGE, Visitor, maquette_for_viewer
from curriculum.models import Maquette


def maquette_for_changer(user: Visitor, maquette_id: int) -> Maquette:
    """Return a maquette to somebody who may change it; 403 to those who may only see it."""
    found = maquette_for_viewer(user, maquette_id)
    if not user.has_perm(CHANGE, found):
        raise PermissionDenied
    return found


def in_use(prefix: str = "") -> Q:
    """Return the condition: of the version in service, or of one not archived while the year has none in service.

    `prefix` leads from the rows to their maquette: `plan__maquette__`.
    """
    served = Maquette.objects.filter(
        state=Maquette.State.IN_SERVICE,
        formation=OuterRef(f"{prefix}formation"),
        academic_year=OuterRef(f"{prefix}academic_year"),
    )
    state = f"{prefix}state"
    return Q(**{state: Maquette.State.IN_SERVICE}) | (~Q(**{state: Maquette.State.ARCHIVED}) & ~Q(Exists(served)))
