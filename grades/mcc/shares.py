"""The modalities that a document promises -> the evaluations of a module, whose weights are exact. PURE.

Weights are relative: averages divide by their sum. So a share that has no end in decimal is not cut: all the weights
of the module are multiplied, and the proportions stay those that the council voted.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import count
from math import lcm

MOST = 40
"""More evaluations than this in one module are a figure that was misread."""
LONGEST_LABEL, LONGEST_WEIGHT = 190, 12
"""What the columns hold, the number behind a label aside."""


class Unplannable(ValueError):
    """Modalities from which no evaluation can be made; its text is a French sentence."""


@dataclass(frozen=True, slots=True)
class Modality:
    """What the document prints: « 2 DS 0,5 » is two of them that weigh 0.5 together. No count is one."""

    label: str
    count: int | None
    weight: Decimal | None


@dataclass(frozen=True, slots=True)
class Share:
    """One evaluation to be, and its weight in the module."""

    label: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Split:
    """The evaluations of one module; every weight is its share times `factor`.

    `equal`: the document does not weigh them all, so each modality counts as much as another.
    """

    shares: tuple[Share, ...]
    factor: int = 1
    equal: bool = False


def split(modalities: Sequence[Modality]) -> Split:
    """Make the evaluations that some modalities promise, in their order. Raises Unplannable."""
    counts = [max(each.count or 1, 1) for each in modalities]
    if sum(counts) > MOST:
        raise Unplannable(f"la MCC en annonce {sum(counts)}, ce qui semble une erreur de lecture (au plus {MOST}).")
    given = [each.weight for each in modalities]
    equal = None in given or not any(given)
    weights = [Fraction(1) if equal else Fraction(weight or 0) for weight in given]
    each_weight = [weight / number for weight, number in zip(weights, counts, strict=True)]
    factor = lcm(*(_endless(weight) for weight in each_weight))
    written = [_decimal(weight * factor) for weight in each_weight]
    repeated = [weight for weight, number in zip(written, counts, strict=True) for _ in range(number)]
    labels = _numbered([each.label for each, number in zip(modalities, counts, strict=True) for _ in range(number)])
    return Split(tuple(map(Share, labels, repeated)), factor, equal)


def _endless(weight: Fraction) -> int:
    """Return what keeps a fraction from ending in decimal: its denominator without its 2s and 5s."""
    rest = weight.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest


def _decimal(weight: Fraction) -> Decimal:
    """Write a fraction that ends in decimal."""
    number = Decimal(weight.numerator) / Decimal(weight.denominator)
    if len(format(number, "f")) > LONGEST_WEIGHT:
        raise Unplannable("leurs poids s’écriraient avec plus de douze chiffres.")
    return number


def _numbered(labels: Sequence[str]) -> list[str]:
    """Tell apart those that are called the same: DS 1, DS 2."""
    names = [(" ".join(label.split()) or "Évaluation")[:LONGEST_LABEL] for label in labels]
    times, ranks = Counter(names), {name: count(1) for name in names}
    return [f"{name} {next(ranks[name])}" if times[name] > 1 else name for name in names]
