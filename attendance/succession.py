"""What of attendance hangs on a version of a maquette: the séances of its modules, and who missed them."""

from collections.abc import Collection

from django.db.models import Count

from attendance.models import Absence, Session
from curriculum.succession import Correspondence, Heir, Opinion, Tally
from curriculum.templatetags.figures import counted


def count(maquettes: Collection[int]) -> list[Tally]:
    """Count by version: two queries."""
    sessions = Session.objects.filter(module__maquette__in=maquettes).values_list("module__maquette")
    absences = Absence.objects.filter(session__module__maquette__in=maquettes)
    return [
        Tally("séance", dict(sessions.annotate(Count("pk")))),
        Tally("absence", dict(absences.values_list("session__module__maquette").annotate(Count("pk")))),
    ]


def examine(correspondence: Correspondence) -> Opinion:
    """Refuse to leave an absence behind; a séance that nobody missed stays where it is."""
    opinion = Opinion()
    absences = Absence.objects.filter(session__module__in=correspondence.old.modules)
    missed = absences.values_list("session__module").annotate(Count("pk")).order_by("session__module")
    for module, number in missed:
        if module not in correspondence.modules:
            name = correspondence.old.modules[module]
            opinion.refusals.append(f"{name} : {counted(number, 'absence')}, et {correspondence.lacks('ce module')}.")
    return opinion


HEIR = Heir(relations=((Session, "module"),), count=count, examine=examine)
