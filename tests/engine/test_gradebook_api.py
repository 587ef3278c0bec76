"""The averager as the gradebook and the relevé use it: marks in hundredths, explanations, what a dossier carries."""

from fractions import Fraction

import pytest

from grades.averages import (
    NOT_CONCERNED,
    ONE,
    ZERO,
    Averager,
    AveragingRules,
    Evaluation,
    Mark,
    MarkShare,
    Module,
    Pole,
    Rounding,
    Sheet,
    Standing,
    State,
    UEAverage,
)
from jury.engine.dossier import carried
from jury.engine.regulation import Regulation

MODULES = [
    Module(
        "R1",
        Pole.RESSOURCE,
        {"A": ONE, "B": Fraction(1, 2)},
        [Evaluation(), Evaluation(Fraction(2), Fraction(10), {"B": Fraction(0)})],
    ),
    Module("S1", Pole.SAE, {"A": ONE}, [Evaluation()]),
    Module("S2", Pole.SAE, {"B": Fraction(1, 2)}),
]


def averager(**rules: object) -> Averager:
    return Averager(["A", "B"], MODULES, but_year=1, rules=AveragingRules(**rules))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        pytest.param([1200, 750, 900], ["11.50", "12.00"], id="hundredths on the evaluation's scale"),
        pytest.param([1333, 667, 1000], ["11.67", "13.33"], id="(13.33 + 2 × 13.34) / 3 and 10"),
        pytest.param([None, 500, "ABI"], ["5.00", None], id="provisional: what counts so far"),
        pytest.param(["", 500, 1000], ["10.00", None], id="an empty reason is not entered either"),
        pytest.param([NOT_CONCERNED, 500, 1000], ["10.00", None], id="another group's evaluation"),
    ],
)
def test_marks_in_hundredths(marks: list[Mark], expected: list[str | None]) -> None:
    assert [average.printed for average in averager().averages(Sheet(marks))] == expected


def test_a_sheet_of_another_plan_is_not_averaged() -> None:
    with pytest.raises(ValueError, match="argument"):
        averager().averages(Sheet([1200, 750]))


def test_an_explanation_tells_every_mark() -> None:
    told = averager().explain("A", Sheet([1200, "ABJ", "ABI"]))
    ressource, sae = told.modules
    assert (ressource.code, ressource.coefficient, ressource.average) == ("R1", ONE, Fraction(12))
    assert ressource.marks == (
        MarkShare(0, ONE, Fraction(20), Fraction(12), Fraction(12)),
        MarkShare(1, Fraction(2), Fraction(10), "ABJ", None),
    )
    assert (sae.standing, sae.average, sae.marks[0].points) == (Standing.COUNTED, ZERO, ZERO)
    assert (told.weighted, told.coefficients, told.mean) == (Fraction(12), Fraction(2), Fraction(6))
    assert told.result.printed == "6.00"


def test_an_explanation_tells_what_is_out_and_what_is_awaited() -> None:
    told = averager().explain("B", Sheet([1200, 750, 900], bonus={"B": ONE}))
    assert [(module.code, module.standing, module.average) for module in told.modules] == [
        ("R1", Standing.COUNTED, Fraction(12)),
        ("S2", Standing.AWAITED, None),
    ]
    assert told.modules[0].marks[1].points is None, "an evaluation of weight 0 towards B does not count in it"
    assert (told.bonus, told.result.state, told.result.pending) == (ZERO, State.PENDING, ("S2",))


def test_one_absence_that_zeroes_the_module_is_the_only_mark_that_counts() -> None:
    (module, *_) = averager(abi_scope="module").explain("A", Sheet([1200, "ABI", 900])).modules
    assert (module.average, [mark.points for mark in module.marks]) == (ZERO, [None, ZERO])


def test_a_module_has_its_own_average_whatever_the_ue() -> None:
    """12 once and 15 twice: 14, though the second weighs nothing towards B."""
    found = averager().module_average(0, Sheet([1200, 750, 900]))
    assert (found.code, found.standing, found.average) == ("R1", Standing.COUNTED, Fraction(14))
    assert averager().module_average(2, Sheet([1200, 750, 900])).average is None


@pytest.mark.parametrize(
    ("marks", "regulation", "expected"),
    [
        pytest.param([1333, 667, 1000], Regulation(), Fraction("11.67"), id="what is printed, and no more"),
        pytest.param(
            [1333, 667, 1000],
            Regulation(rcue_from_rounded_ue=False),
            Fraction("11.66" + "8" + "3" * 27),
            id="thirty decimals when the exact average counts",
        ),
        pytest.param(
            [1333, 667, 1000],
            Regulation(averaging=AveragingRules(rounding=Rounding.EXACT)),
            Fraction("11.66" + "8" + "3" * 27),
            id="or is compared",
        ),
        pytest.param([None, 500, 900], Regulation(), None, id="nothing while it is provisional"),
    ],
)
def test_what_a_dossier_carries(marks: list[Mark], regulation: Regulation, expected: Fraction | None) -> None:
    average = Averager(["A", "B"], MODULES, but_year=1, rules=regulation.averaging).averages(Sheet(marks))[0]
    assert isinstance(average, UEAverage)
    assert carried(average, regulation) == expected
