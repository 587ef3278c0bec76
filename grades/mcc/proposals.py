"""What the MCC give each module, and why some get nothing: read from the rows, for the preview and for the write."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from curriculum.models import EvaluationPattern, Module, PlanModule
from curriculum.workbook.naming import fold
from grades.mcc.shares import Modality, Share, Split, Unplannable, split
from grades.models import Evaluation
from people.models import TAUGHT


@dataclass(frozen=True, slots=True)
class Proposal:
    """One module: the evaluations to create with what must be known of them, or none and why (a French sentence)."""

    module: Module
    shares: tuple[Share, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""


def is_promised(module: Module) -> bool:
    """Tell whether the MCC announce evaluations for a module."""
    return PlanModule.objects.filter(TAUGHT, module=module, patterns__isnull=False).exists()


def proposals_of(modules: Iterable[Module]) -> list[Proposal]:
    """Tell what each module would get, in their order, in three queries whatever their number."""
    modules = list(modules)
    held = set(Evaluation.objects.filter(module__in=modules).values_list("module_id", flat=True))
    patterns = Prefetch("patterns", EvaluationPattern.objects.order_by("position"))
    places = PlanModule.objects.filter(TAUGHT, module__in=modules).select_related("plan__parcours")
    taught: dict[int, list[PlanModule]] = {module.pk: [] for module in modules}
    for place in places.prefetch_related(patterns).order_by("plan__position", "pk"):
        taught[place.module_id].append(place)
    return [_proposal(module, taught[module.pk], held=module.pk in held) for module in modules]


def _proposal(module: Module, places: Sequence[PlanModule], *, held: bool) -> Proposal:
    promised = [place for place in places if place.patterns.all()]
    if held:
        return Proposal(module, reason="des évaluations y existent déjà.")
    if not places:
        return Proposal(module, reason="d’un parcours qu’aucun tableau n’enseigne.")
    if not promised:
        return Proposal(module, reason="la MCC n’y annonce aucune évaluation.")
    try:
        made = split(_modalities(promised[0]))
    except Unplannable as unplannable:
        return Proposal(module, reason=str(unplannable))
    return Proposal(module, made.shares, tuple(_notes(made, promised)))


def _modalities(place: PlanModule) -> list[Modality]:
    return [Modality(each.label, each.count, each.weight) for each in place.patterns.all()]


def _notes(made: Split, promised: Sequence[PlanModule]) -> Iterable[str]:
    """Yield what somebody must know before they confirm."""
    first, *others = promised
    if made.equal:
        yield "La MCC ne donne pas tous les poids\xa0: chaque modalité compte autant."
    if made.factor > 1:
        yield f"Les poids sont multipliés par {made.factor}, pour que chaque part s’écrive exactement."
    if differing := [str(place.plan) for place in others if _compared(place) != _compared(first)]:
        yield f"Autres modalités dans {', '.join(differing)}\xa0: celles de {first.plan} sont prises."


def _compared(place: PlanModule) -> list[tuple[str, int, Decimal | None]]:
    return [(fold(each.label), each.count or 1, each.weight) for each in place.patterns.all()]
