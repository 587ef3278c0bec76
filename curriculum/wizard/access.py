"""The doors of the import: open to those who may change the maquettes of the formation, whoever sent the workbook."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from curriculum.access import CHANGE, Visitor
from curriculum.models import Formation
from curriculum.wizard.models import Upload


def formations_for_importer(user: Visitor) -> list[Formation]:
    """Return the formations whose maquettes this person may import, by code."""
    found = importable(user)
    if not found:
        raise PermissionDenied
    return found


def importable(user: Visitor) -> list[Formation]:
    """Return the same, perhaps none: whether to show the way to the imports."""
    return [formation for formation in Formation.objects.order_by("code") if user.has_perm(CHANGE, formation)]


def uploads_of(formations: list[Formation]) -> QuerySet[Upload]:
    """Return the imports under way in some formations, the latest first."""
    return Upload.objects.open().in_list().filter(formation__in=formations)


def upload_for_importer(user: Visitor, upload_id: int) -> Upload:
    """Return an import with its formation and its job."""
    rows = Upload.objects.select_related("formation", "by", "job", "maquette__formation")
    found = rows.filter(pk=upload_id).first()
    if found is None or not user.has_perm(CHANGE, found.formation):
        raise Http404
    return found
