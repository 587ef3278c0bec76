"""Marks that give the averages of the story: all the modules of a semester at one mark, but those of one UE alone.

What is shared is worth the middle of the averages that are wanted; the modules that a UE has to itself move it from
there. The mark is rounded to a hundredth, and weighs less than the whole: the average is printed as it was wanted.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from curriculum.models import Coefficient, Plan
from people.models import TAUGHT
from tests.scenarios.cast import NO_MARK

Weights = Mapping[int, Mapping[int, Fraction]]
"""What each module (by id) weighs in each UE of a Plan (by rank)."""


def weights_of(plan: Plan) -> Weights:
    """Read the coefficients of a Plan, the modules that weigh nothing left aside."""
    taught = plan.plan_modules.filter(TAUGHT)
    rows = Coefficient.objects.filter(plan_module__in=taught).values_list("plan_module__module", "ue", "value")
    ranks = {pk: rank for rank, pk in enumerate(plan.ues.order_by("position").values_list("pk", flat=True))}
    weights: dict[int, dict[int, Fraction]] = defaultdict(dict)
    for module, ue, value in rows:
        if value:
            weights[module][ranks[ue]] = Fraction(value)
    return weights


def marks_for(plot: Sequence[str], weights: Weights) -> dict[int, int]:
    """Return the mark of each module, in hundredths, for these averages; a UE without a mark takes what is shared."""
    wanted = {rank: Fraction(average) for rank, average in enumerate(plot) if average != NO_MARK}
    if not wanted:
        return {}
    middle = _hundredths((min(wanted.values()) + max(wanted.values())) / 2)
    marks = {}
    for module, fed in weights.items():
        (rank, *others) = fed
        marks[module] = middle if others or rank not in wanted else _alone(rank, wanted[rank], middle, weights)
        assert 0 <= marks[module] <= 2_000, f"No mark gives {wanted[rank]}: the averages are too far apart."
    return marks


def _alone(rank: int, average: Fraction, middle: int, weights: Weights) -> int:
    """Return the mark of the modules that only one UE has."""
    whole = sum((fed[rank] for fed in weights.values() if rank in fed), Fraction(0))
    own = sum((fed[rank] for fed in weights.values() if set(fed) == {rank}), Fraction(0))
    shared = Fraction(middle, 100)
    return _hundredths(shared + (average - shared) * whole / own)


def _hundredths(mark: Fraction) -> int:
    return int(mark * 100 + Fraction(1, 2))
