"""The règlement that a jury applies: its parameters, their defaults, and how they are overridden, key by key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from grades.averages import AveragingRules, Rounding, printed, rounded
from jury.engine import strict

RCUEWeights = Literal["equal", "ects"]

Reader = Callable[[dict[str, Any], str], Any]


@dataclass(frozen=True, slots=True)
class Regulation:
    """The parameters of deliberate.md, under their own names; thresholds on 20, `repeat_limit` in semesters (N-19)."""

    averaging: AveragingRules = field(default_factory=AveragingRules)
    validation_threshold: Fraction = Fraction(10)
    rcue_minimum: Fraction = Fraction(8)
    rcue_weights: RCUEWeights = "equal"
    rcue_from_rounded_ue: bool = True
    keep_best_unacquired: bool = False
    progression_counts_validated: bool = True
    repeat_limit: int = 4

    def compared(self, average: Fraction) -> Fraction:
        """Return an average as it is compared with a threshold (I-02)."""
        return Fraction(*rounded(average.numerator, average.denominator, self.averaging.rounding))

    def printed(self, average: Fraction) -> str:
        """Print an average: never another figure than the one compared, `exact` aside."""
        return printed(average.numerator, average.denominator, self.averaging.rounding)


def _threshold(raw: dict[str, Any], key: str) -> Fraction:
    return strict.decimal(raw, key, 20)


def _optional(read: Reader) -> Reader:
    return lambda raw, key: None if raw[key] is None else read(raw, key)


def _one_of(choices: Mapping[str, Any]) -> Reader:
    return lambda raw, key: strict.choice(raw, key, choices)


AVERAGING: dict[str, Reader] = {
    "rounding": _one_of({mode.value: mode for mode in Rounding}),
    "abi_scope": _one_of({"evaluation": "evaluation", "module": "module"}),
    "abj_only": _one_of({"pending": "pending", "neutralised": "neutralised"}),
    "bonus_cap": _optional(strict.decimal),
    "malus_article": _optional(strict.text),
}
DECIDING: dict[str, Reader] = {
    "validation_threshold": _threshold,
    "rcue_minimum": _threshold,
    "rcue_weights": _one_of({"equal": "equal", "ects": "ects"}),
    "rcue_from_rounded_ue": strict.flag,
    "keep_best_unacquired": strict.flag,
    "progression_counts_validated": strict.flag,
    "repeat_limit": lambda raw, key: strict.whole(raw, key, 0),
}
KEYS = strict.Keys("", " ".join([*AVERAGING, *DECIDING]))


def override(base: Regulation, raw: Any) -> Regulation:
    """Return a règlement changed by a JSON object, key by key. Raises Refused, by the path of the key."""
    try:
        changes = KEYS.check(raw)
        averaging = {key: read(changes, key) for key, read in AVERAGING.items() if key in changes}
        deciding = {key: read(changes, key) for key, read in DECIDING.items() if key in changes}
    except strict.Refused as refused:
        raise refused.under("regulation") from None
    return replace(base, averaging=replace(base.averaging, **averaging), **deciding)


def as_json(regulation: Regulation) -> dict[str, Any]:
    """Return every parameter as the contract writes it: what a sealed record keeps, and `override` reads back."""
    values = {key: getattr(regulation.averaging, key) for key in AVERAGING}
    values |= {key: getattr(regulation, key) for key in DECIDING}
    values["rounding"] = regulation.averaging.rounding.value
    return {key: strict.plain(value) if isinstance(value, Fraction) else value for key, value in values.items()}
