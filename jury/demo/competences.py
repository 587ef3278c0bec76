"""The référentiel de compétences of the demonstration, and what modules of a year work on."""

from django.conf import settings

from curriculum.competences.services import import_referentiel, link_module, understand
from curriculum.competences.store import offered
from curriculum.models import Maquette
from people.models import User

REFERENTIEL = settings.BASE_DIR / "fixtures" / "demo" / "referentiel-QLIO.xml"
LINKED = 4
"""The last semester whose modules are linked: the third year is still to do."""


def describe(maquette: Maquette, by: User) -> int:
    """Import the référentiel and link each module of the first semesters to one thing; return how many were."""
    document = understand(REFERENTIEL.read_bytes(), REFERENTIEL.name)
    import_referentiel(formation=maquette.formation, document=document, by=by)
    linked = 0
    for rank, module in enumerate(maquette.modules.filter(semester__lte=LINKED).order_by("semester", "key", "pk")):
        listed = [each.pk for niveau in offered(module) for each in niveau.learnings.all()]
        if listed:
            link_module(module=module, learnings=[listed[rank % len(listed)]], by=by)
            linked += 1
    return linked
