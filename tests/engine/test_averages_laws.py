"""Laws of averages: integers equal naive fractions, an explanation is the arithmetic done, and the rest."""

import copy
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from grades.averages import NOT_CONCERNED, TWENTY, ZERO, Averager, Sheet, State, UEAverage
from jury.engine.marks import read_averages
from jury.engine.regulation import Regulation
from tests.engine import naive
from tests.engine.build import Json, answer_averages
from tests.engine.draws import UES, decimal, entries


def ues(entry: Json) -> Json:
    found: Json = answer_averages(entry)["ues"]
    return found


def figure(average: UEAverage) -> Fraction:
    return Fraction(*average.exact) if average.exact else Fraction(-1)


def exact(entry: Json) -> dict[str, UEAverage]:
    averager, sheet = read_averages(entry, Regulation())
    return {average.code: average for average in averager.averages(sheet)}


@settings(max_examples=200)
@given(entries())
def test_integers_equal_fractions(entry: Json) -> None:
    found = {name: {k: v for k, v in ue.items() if k != "warnings"} for name, ue in ues(entry).items()}
    assert found == {name: naive.ue(name, entry, entry["regulation"]) for name in UES}


@settings(max_examples=100)
@given(entries())
def test_an_explanation_is_the_arithmetic_of_its_average(entry: Json) -> None:
    averager, sheet = read_averages(entry, Regulation())
    for result in averager.averages(sheet):
        told = averager.explain(result.code, sheet)
        assert told.result == result
        averages = [(module.coefficient, module.average) for module in told.modules if module.average is not None]
        assert told.weighted == sum(coefficient * average for coefficient, average in averages)
        assert told.coefficients == sum(coefficient for coefficient, _ in averages)
        if told.mean is None:
            assert result.exact is None
        else:
            assert told.mean * told.coefficients == told.weighted
            assert figure(result) == min(max(told.mean + told.bonus - told.malus, ZERO), TWENTY)
        for module in told.modules:
            marks = [(mark.weight, mark.points) for mark in module.marks if mark.points is not None]
            assert (module.average is None) == (not marks)
            if module.average is not None:
                assert module.average * sum(w for w, _ in marks) == sum(w * points for w, points in marks)


@settings(max_examples=100)
@given(entries(), st.sampled_from(["0.5", "3", "7"]))
def test_scaling_all_the_coefficients_of_a_ue_changes_nothing(entry: Json, factor: str) -> None:
    scaled = copy.deepcopy(entry)
    for module in scaled["modules"]:
        if "A" in module["coefficients"]:
            hundredths = Fraction(module["coefficients"]["A"]) * Fraction(factor) * 100
            module["coefficients"]["A"] = decimal(int(hundredths))
    assert ues(scaled) == ues(entry)


@settings(max_examples=100)
@given(entries(), st.data())
def test_order_never_matters(entry: Json, data: st.DataObject) -> None:
    shuffled = copy.deepcopy(entry)
    shuffled["ues"] = list(reversed(UES))
    shuffled["modules"] = data.draw(st.permutations(shuffled["modules"]))
    for module in shuffled["modules"]:
        module["evaluations"] = list(reversed(module["evaluations"]))
    before, after = ues(entry), ues(shuffled)
    for name in UES:
        for key in ("pending", "warnings"):
            assert sorted(before[name].pop(key, [])) == sorted(after[name].pop(key, []))
    assert before == after


@settings(max_examples=100)
@given(entries(), st.data())
def test_raising_a_mark_never_lowers_an_average(entry: Json, data: st.DataObject) -> None:
    marked = [
        (module, evaluation)
        for module in range(len(entry["modules"]))
        for evaluation, found in enumerate(entry["modules"][module]["evaluations"])
        if found["mark"] not in ("ABI", "ABJ", "DIS", "ATT", None)
    ]
    if not marked:
        return
    module, evaluation = data.draw(st.sampled_from(marked))
    raised = copy.deepcopy(entry)
    target = raised["modules"][module]["evaluations"][evaluation]
    hundredths = int(Fraction(target["mark"]) * 100)
    target["mark"] = decimal(data.draw(st.integers(hundredths, 100 * int(target["scale"]))))
    before, after = exact(entry), exact(raised)
    for name in UES:
        assert figure(after[name]) >= figure(before[name])
        assert after[name]._replace(exact=None, figure=None, printed=None) == before[name]._replace(
            exact=None, figure=None, printed=None
        )


@settings(max_examples=100)
@given(entries())
def test_an_average_stays_between_zero_and_twenty(entry: Json) -> None:
    for average in exact(entry).values():
        assert average.exact is None or ZERO <= Fraction(*average.exact) <= TWENTY
        assert (average.figure is None) == (average.exact is None) == (average.printed is None)
        assert average.state is not State.COMPUTED or average.exact is not None


@settings(max_examples=100)
@given(entries(), st.data())
def test_an_evaluation_of_another_group_does_not_exist(entry: Json, data: st.DataObject) -> None:
    """The bridge keeps one plan for all the groups of a module, and marks what was not meant for a student."""
    averager, sheet = read_averages(entry, Regulation())
    skipped = data.draw(st.sets(st.integers(0, max(len(sheet.marks) - 1, 0))))
    marks = [NOT_CONCERNED if place in skipped else mark for place, mark in enumerate(sheet.marks)]
    alone, place = copy.deepcopy(entry), 0
    for module in alone["modules"]:
        kept: list[Any] = []
        for evaluation in module["evaluations"]:
            kept += [] if place in skipped else [evaluation]
            place += 1
        module["evaluations"] = kept
    found = averager.averages(Sheet(marks, sheet.bonus, sheet.malus, sheet.unfinished))
    expected = exact(alone)
    for average in found:
        assert figure(average) == figure(expected[average.code])
        assert average[1:2] + average[5:] == expected[average.code][1:2] + expected[average.code][5:]


def test_one_plan_serves_every_student() -> None:
    entry: Json = {
        "id": "A1",
        "ues": UES,
        "but_year": 1,
        "modules": [
            {
                "code": "R",
                "pole": "ressource",
                "coefficients": {"A": "1", "B": "2"},
                "evaluations": [{"mark": "12"}] * 2,
            },
            {"code": "S", "pole": "sae", "coefficients": {"A": "1"}, "evaluations": [{"mark": "8"}]},
        ],
    }
    averager, _ = read_averages(entry, Regulation())
    assert isinstance(averager, Averager)
    found = [
        [average.printed for average in averager.averages(Sheet(marks))] for marks in ([12, 14, 9], [None, 8, 20])
    ]
    assert found == [["11.00", "13.00"], ["14.00", "8.00"]]
