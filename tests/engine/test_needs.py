"""« What do I need? » on a year of four UEs: what each sentence of the page rests on."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from grades.averages import NOT_CONCERNED, Averager, Evaluation, Mark, Module, Pole, Sheet
from jury.engine.needs import TOP, Aim, Course, Need, Target, Term, term
from jury.engine.regulation import Regulation, override
from jury.engine.wire import read_dossier
from tests.engine.build import annual

RCUE = "Qualité/1"
OTHER = "Logistique/1"


def module(code: str, coefficients: str, *evaluations: Evaluation, **fields: Any) -> Module:
    pairs = [pair.split() for pair in coefficients.split(",")]
    pole = Pole.SAE if code.startswith("S") else Pole.RESSOURCE
    return Module(code, pole, {ue: Fraction(value) for ue, value in pairs}, evaluations, **fields)


def semester(number: int, *marks: Mark, modules: list[Module] | None = None, **sheet: Any) -> Term:
    """Unless modules are told, one evaluation of R1 feeds UE.1, one of R2 feeds UE.2…; marks in hundredths."""
    ues = [f"UE{number}.{rank}" for rank in range(1, 3 if modules else len(marks) + 1)]
    simple = [module(f"R{rank}", f"{ue} 1", Evaluation()) for rank, ue in enumerate(ues, 1)]
    averager = Averager(ues, modules or simple, but_year=1, rules=sheet.pop("rules", Regulation().averaging))
    return term(number, ues, averager, Sheet(marks, **sheet))


def course(*terms: Term, record: tuple[str, ...] = (), **parameters: Any) -> Course:
    """A year of BUT1 under way."""
    regulation = override(Regulation(), parameters)
    dossier = annual(1, *["pending pending"] * len(terms[0].ues), record=list(record))
    return Course(terms, read_dossier(dossier, regulation)[0], regulation)


@pytest.mark.parametrize(
    ("odd", "target", "expected"),
    [
        pytest.param(900, Target(Aim.UE, "UE1.1"), None, id="a UE that is over, below"),
        pytest.param(1000, Target(Aim.UE, "UE1.1"), 0, id="a UE that is over, reached"),
        pytest.param(900, Target(Aim.UE, "UE2.1"), 1000, id="a UE with one mark to come"),
        pytest.param(900, Target(Aim.RCUE, RCUE), 1099, id="compensation: (9 + 10.99) / 2 is 9.995, that is 10.00"),
        pytest.param(901, Target(Aim.RCUE, RCUE), 1098, id="compensation, one hundredth further"),
        pytest.param(900, Target(Aim.ACQUIRED, "UE1.1"), 1099, id="acquired through its RCUE"),
        pytest.param(900, Target(Aim.ACQUIRED, "UE2.1"), 1000, id="acquired by its own average first"),
        pytest.param(400, Target(Aim.MINIMUM, RCUE), 1199, id="8 at the RCUE: 7.995 is 8.00"),
        pytest.param(0, Target(Aim.RCUE, RCUE), 1999, id="almost out of reach"),
        pytest.param(1600, Target(Aim.MINIMUM, RCUE), 0, id="8 reached already"),
        pytest.param(900, Target(Aim.YEAR), 1099, id="the year: both RCUEs, the other one is at 12"),
        pytest.param(900, Target(Aim.PASSAGE), 1099, id="more than half of two RCUEs is both"),
    ],
)
def test_the_least_common_level(odd: int, target: Target, expected: Need) -> None:
    """S1 is over, with UE1.2 at 12; in S2 UE2.2 is known too, at 12."""
    assert course(semester(1, odd, 1200), semester(2, None, 1200)).least(target) == expected


def test_passing_asks_less_than_validating_everything() -> None:
    """Of three RCUEs two are validated; the third has 4 in S1."""
    found = course(semester(1, 1200, 1200, 400), semester(2, 1200, 1200, None))
    assert (found.least(Target(Aim.PASSAGE)), found.least(Target(Aim.YEAR))) == (1199, 1599)


def test_a_mark_alone_when_the_others_are_at_ten_and_at_best() -> None:
    ds = [Evaluation(weight=Fraction(weight)) for weight in (1, 3)]
    one = semester(1, None, None, 1200, modules=[module("R1", "UE1.1 1", *ds), module("R2", "UE1.2 1", Evaluation())])
    found = course(one, semester(2, 1000, 1000))
    target = Target(Aim.UE, "UE1.1")
    assert [need for _, need in found.alone(target, 800)] == [1598, 1066]
    assert [need for _, need in found.alone(target, 1000)] == [998, 1000]
    assert [need for _, need in found.alone(target, TOP)] == [0, 666]
    assert [coming.rank for coming, _ in found.alone(target, 1000)] == [0, 1]


def test_a_mark_is_asked_on_the_scale_of_its_evaluation() -> None:
    """UE1.1 is fed by a mark on 10 and one on 40."""
    held = [Evaluation(scale=Fraction(10)), Evaluation(scale=Fraction(40))]
    one = semester(1, None, None, 0, modules=[module("R1", "UE1.1 1", *held), module("R2", "UE1.2 1", Evaluation())])
    found = course(one, semester(2, 0, 0))
    assert [need for _, need in found.alone(Target(Aim.UE, "UE1.1"), 1000)] == [500, 1998]
    assert [need for _, need in found.alone(Target(Aim.UE, "UE1.1"), 0)] == [1000, 3998]


def test_a_module_without_an_evaluation_counts_as_one_mark() -> None:
    modules = [module("R1", "UE1.1 1", Evaluation()), module("S1", "UE1.1 1"), module("R2", "UE1.2 1", Evaluation())]
    found = course(semester(1, 800, 1200, modules=modules), semester(2, 1000, 1000))
    ((coming, need),) = found.alone(Target(Aim.UE, "UE1.1"), TOP)
    assert (coming.module.code, coming.rank, need) == ("S1", None, 1199)


def test_evaluations_of_another_group_leave_the_module_to_come() -> None:
    found = course(semester(1, NOT_CONCERNED, 1200), semester(2, 1000, 1000))
    ((coming, need),) = found.alone(Target(Aim.UE, "UE1.1"), TOP)
    assert (coming.position, coming.rank, need) == (1, None, 1000)


def test_a_module_that_is_not_organised_asks_for_nothing() -> None:
    modules = [
        module("R1", "UE1.1 1", Evaluation()),
        module("R3", "UE1.1 1", organised=False),
        module("R2", "UE1.2 1", Evaluation()),
    ]
    found = course(semester(1, 1000, 1200, modules=modules), semester(2, 1000, 1000))
    assert (found.coming(Target(Aim.UE, "UE1.1")), found.least(Target(Aim.UE, "UE1.1"))) == ([], 0)


def test_an_awaited_mark_is_to_come_and_a_dispensation_is_not() -> None:
    held = [Evaluation(), Evaluation(), Evaluation()]
    modules = [module("R1", "UE1.1 1", *held), module("R2", "UE1.2 1", Evaluation())]
    found = course(semester(1, "ATT", "DIS", "ABI", 1200, modules=modules), semester(2, 1000, 1000))
    assert found.alone(Target(Aim.UE, "UE1.1"), 0)[0][1] == 1999
    assert len(found.coming(Target(Aim.UE, "UE1.1"))) == 1


def test_an_absence_that_makes_a_module_zero_leaves_no_hope_there() -> None:
    modules = [module("R1", "UE1.1 1", Evaluation(), Evaluation()), module("R2", "UE1.2 1", Evaluation())]
    rules = override(Regulation(), {"abi_scope": "module"}).averaging
    found = course(semester(1, None, "ABI", 1200, modules=modules, rules=rules), semester(2, 1000, 1000))
    assert found.least(Target(Aim.UE, "UE1.1")) is None


def test_a_justified_absence_alone_is_waited_for_whatever_the_marks() -> None:
    found = course(semester(1, "ABJ", 1200), semester(2, None, 1000))
    assert found.waiting() == {"UE1.1": ("R1",)}
    assert [found.least(Target(aim, name)) for aim, name in [(Aim.UE, "UE1.1"), (Aim.RCUE, RCUE), (Aim.YEAR, "")]] == [
        None
    ] * 3
    assert found.least(Target(Aim.RCUE, OTHER)) == 0


def test_a_stage_is_supposed_to_be_completed() -> None:
    found = course(semester(1, None, 1200, unfinished=["R1"]), semester(2, 1000, 1000))
    assert (found.waiting(), found.least(Target(Aim.UE, "UE1.1"))) == ({}, 1000)


def test_a_bonus_counts() -> None:
    rules = override(Regulation(), {"bonus_cap": "0.5"}).averaging
    bonus = {"UE1.1": Fraction(1)}
    found = course(semester(1, None, 1200, rules=rules, bonus=bonus), semester(2, 1000, 1000))
    assert found.least(Target(Aim.UE, "UE1.1")) == 950


def test_a_ue_acquired_before_asks_for_nothing_and_lends_its_average() -> None:
    found = course(semester(1, 700, 1200), semester(2, None, 1200), record=("UE1.1 ADM 12.50",))
    assert found.least(Target(Aim.UE, "UE1.1")) == 0
    assert found.least(Target(Aim.RCUE, RCUE)) == 749


def test_the_weights_of_the_regulation_apply() -> None:
    found = course(semester(1, 900, 1200), semester(2, None, 1200), rcue_from_rounded_ue=False, rounding="exact")
    assert found.least(Target(Aim.RCUE, RCUE)) == 1100
    assert course(semester(1, 901, 0), semester(2, None, 0), rounding="exact").least(Target(Aim.RCUE, RCUE)) == 1099


def test_at_an_odd_jury_only_its_ues_can_be_reached() -> None:
    whole = course(semester(1, None, 1200))
    dossier = whole.dossier
    ues = tuple(ue for ue in dossier.ues if ue.semester == 1)
    alone = replace(whole, dossier=replace(dossier, semesters=(1,), ues=ues))
    assert alone.least(Target(Aim.UE, "UE1.1")) == 1000
    assert alone.least(Target(Aim.PASSAGE)) is None
