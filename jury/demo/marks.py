"""Marks that lead to given averages: drawn around them, then moved until each UE is where the plot wants it.

Marks are integers, in hundredths of a point on 20; averages asked for are in thousandths. A slot is one evaluation as
one Plan counts it; its weight towards a UE is an integer, the same unit for all slots of the Plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from jury.demo.people import bell

TOP = 2_000
QUARTER = 25


@dataclass(frozen=True, slots=True)
class Slot:
    """One evaluation in one Plan: what it weighs in each UE, and how hard it was, in hundredths."""

    weights: Mapping[str, int]
    difficulty: int
    step: int = QUARTER

    @property
    def own(self) -> str | None:
        """The only UE that it feeds, if there is one only."""
        return next(iter(self.weights)) if len(self.weights) == 1 else None


def draw(
    chance: Random,
    slots: Sequence[Slot],
    targets: Mapping[str, int],
    zeros: frozenset[int] = frozenset(),
    tries: int = 1,
) -> list[int]:
    """Return a mark for each slot, so that the average of each UE is printed as its target.

    `zeros` are the slots where the student was absent without a reason: they count 0. A target too far from the others
    for what its own evaluations weigh is approached only. The average is the target exactly, one draw in a few: more
    `tries` ask for it.
    """
    marks: list[int] = []
    for _ in range(tries):
        marks = [0 if rank in zeros else _first(chance, slot, targets) for rank, slot in enumerate(slots)]
        if not sum(abs(_aim(marks, slots, zeros, ue, target)) for ue, target in targets.items()):
            break
    return marks


def _aim(marks: list[int], slots: Sequence[Slot], zeros: frozenset[int], ue: str, target: int) -> int:
    """Bring one UE to its average; return what is still missing."""
    own = [rank for rank, slot in enumerate(slots) if slot.own == ue and rank not in zeros]
    total = sum(slot.weights.get(ue, 0) for slot in slots)
    missing = target * total // 10 - sum(
        mark * slot.weights.get(ue, 0) for mark, slot in zip(marks, slots, strict=True)
    )
    missing = _shift(marks, slots, own, ue, missing)
    return _settle(marks, slots, own, ue, missing)


def _first(chance: Random, slot: Slot, targets: Mapping[str, int]) -> int:
    """Draw a mark around the averages of the UEs that it feeds."""
    centre = sum(targets[ue] * weight for ue, weight in slot.weights.items()) // sum(slot.weights.values()) // 10
    return _clamped((centre + slot.difficulty + bell(chance, 170)) // slot.step * slot.step)


def _clamped(mark: int) -> int:
    return max(0, min(TOP, mark))


def _shift(marks: list[int], slots: Sequence[Slot], own: Sequence[int], ue: str, missing: int) -> int:
    """Move the marks that only this UE sees, by their own steps, until it is near; return what is still missing.

    What is missing is in hundredths times weight.
    """
    for _ in range(3):  # again, where a mark met 0 or 20
        left = sum(slots[rank].weights[ue] for rank in own)
        for rank in own:
            weight, step = slots[rank].weights[ue], slots[rank].step
            moved = _clamped((marks[rank] + missing // left) // step * step)
            missing -= (moved - marks[rank]) * weight
            marks[rank] = moved
            left -= weight
    return missing


def _settle(marks: list[int], slots: Sequence[Slot], own: Sequence[int], ue: str, missing: int) -> int:
    """Move two marks by a few hundredths, so that nothing is missing; where no pair does it, say what still is."""
    fine = sorted((rank for rank in own if slots[rank].step == QUARTER), key=lambda rank: -slots[rank].weights[ue])
    if not fine or not missing:
        return missing
    first, *others = fine
    weight = slots[first].weights[ue]
    for other in others:
        for move in sorted(range(-60, 61), key=abs):
            rest = missing - move * slots[other].weights[ue]
            moved, balanced = marks[other] + move, marks[first] + rest // weight
            if rest % weight == 0 and 0 <= moved <= TOP and 0 <= balanced <= TOP:
                marks[other], marks[first] = moved, balanced
                return 0
    marks[first] = _clamped(marks[first] + missing // weight)
    return missing % weight
