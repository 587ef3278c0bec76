"""Which modules of a maquette work on what its référentiel lists; what its UEs do not teach is left out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from curriculum.competences import store
from curriculum.competences.models import Learning, Referentiel, ReferentielNiveau
from curriculum.models import UE, Maquette, Module


@dataclass(frozen=True, slots=True)
class Block:
    """A niveau that the maquette teaches: the codes of its UEs, and who works on each apprentissage critique."""

    niveau: ReferentielNiveau
    ues: list[str]
    lines: list[tuple[Learning, list[Module]]]


def coverage(maquette: Maquette, referentiel: Referentiel) -> list[Block]:
    """Return the niveaux that a maquette teaches, in the order of the référentiel; a fixed number of queries."""
    ues = list(UE.objects.filter(plan__maquette=maquette).select_related("plan__parcours", "niveau"))
    taught = store.niveaux_of(ues, referentiel)
    codes = defaultdict[int, set[str]](set)
    for ue in ues:
        for niveau in taught[ue.pk]:
            codes[niveau.pk].add(ue.code)
    modules = defaultdict[int, list[Module]](list)
    rows = Module.objects.filter(maquette=maquette).order_by("semester", "key", "pk")
    for module in rows.prefetch_related("learnings"):
        for learning in module.learnings.all():
            modules[learning.pk].append(module)
    niveaux = {niveau.pk: niveau for niveau in chain(*taught.values())}
    return [
        Block(niveau, sorted(codes[niveau.pk]), [(each, modules[each.pk]) for each in niveau.learnings.all()])
        for niveau in sorted(niveaux.values(), key=lambda each: (each.competence.position, each.number))
    ]


def uncovered(blocks: Iterable[Block]) -> list[Block]:
    """Return what no module works on, and the niveaux where there is some."""
    kept = (replace(block, lines=[line for line in block.lines if not line[1]]) for block in blocks)
    return [block for block in kept if block.lines]
