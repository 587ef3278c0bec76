"""Marks drawn for an average give that average."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jury.demo.marks import TOP, Slot, draw
from jury.demo.people import dice

SHARED = [Slot(dict.fromkeys("abc", 50 * share), difficulty) for difficulty in (-80, 120) for share in (60, 40)]
OWN = [
    Slot({ue: coefficient * share}, 0, step)
    for ue in "abc"
    for coefficient, share, step in [(140, 60, 25), (140, 40, 50), (200, 50, 25), (200, 50, 25)]
]
SLOTS = [*SHARED, *OWN]


def average(ue: str, slots: list[Slot], marks: list[int]) -> Fraction:
    """The average on 20, by the definition."""
    weighted = sum(slot.weights.get(ue, 0) * mark for slot, mark in zip(slots, marks, strict=True))
    return Fraction(weighted, 100 * sum(slot.weights.get(ue, 0) for slot in slots))


@given(st.tuples(*[st.integers(700, 1_500)] * 3), st.integers())
def test_an_average_in_hundredths_is_met_to_its_print(wanted: tuple[int, int, int], seed: int) -> None:
    marks = draw(dice(seed), SLOTS, {ue: 10 * target for ue, target in zip("abc", wanted, strict=True)})
    assert all(0 <= mark <= TOP for mark in marks)
    for ue, target in zip("abc", wanted, strict=True):
        assert abs(average(ue, SLOTS, marks) - Fraction(target, 100)) < Fraction(1, 200)


@pytest.mark.parametrize("target", [9_995, 9_985])
def test_the_edge_is_met_exactly(target: int) -> None:
    marks = draw(dice("edge"), SLOTS, {"a": target, "b": 11_000, "c": 12_340}, tries=50)
    assert average("a", SLOTS, marks) == Fraction(target, 1000)


def test_an_absence_counts_nothing_and_the_others_make_up_for_it() -> None:
    marks = draw(dice("absent"), SLOTS, {"a": 9_000, "b": 11_000, "c": 12_340}, frozenset({0, 4}))
    assert marks[0] == marks[4] == 0
    assert abs(average("a", SLOTS, marks) - 9) < Fraction(1, 200)


def test_most_marks_are_quarters() -> None:
    marks = draw(dice("quarters"), SLOTS, {"a": 9_000, "b": 11_000, "c": 12_340})
    assert sum(mark % 25 == 0 for mark in marks) >= len(marks) - 6
