"""The gradebook says what the contract says, whatever is in the database, in a fixed number of queries."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from curriculum.models import Module, Plan, PlanModule
from grades.averages import AveragingRules, Standing, State
from grades.gradebook import Gradebook
from grades.models import Evaluation
from jury.engine.marks import averages_json, read_averages
from jury.engine.regulation import Regulation
from people.models import Enrolment
from tests import factories
from tests.strict import queries

RULES = AveragingRules(bonus_cap=Fraction("0.5"), malus_article="art. 12")
UES = ["UE1.1", "UE1.2"]

figures = st.sampled_from(["0", "0.5", "1", "2", "3.25"])
reasons = st.sampled_from(["ABI", "ABJ", "DIS", "ATT", None])


@st.composite
def evaluations(draw: st.DrawFn) -> dict[str, Any]:
    """An evaluation as the contract writes it, with one mark for each of two students."""
    scale = draw(st.sampled_from([10, 20, 40]))
    values = st.integers(0, 100 * scale).map(lambda hundredths: f"{hundredths // 100}.{hundredths % 100:02}")
    return {
        "weight": draw(figures),
        "scale": str(scale),
        "ue_weights": draw(st.dictionaries(st.sampled_from(UES), figures, max_size=1)),
        "marks": [draw(values | values | reasons) for _ in range(2)],
    }


@st.composite
def modules(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A module as the contract writes it."""
    stage = draw(st.booleans())
    module = {
        "code": f"M{number}",
        "pole": draw(st.sampled_from(["ressource", "sae"])),
        "coefficients": draw(st.dictionaries(st.sampled_from(UES), figures)),
        "evaluations": draw(st.lists(evaluations(), max_size=3)),
        "organised": draw(st.booleans()),
    }
    return module | ({"stage": True, "completed": draw(st.booleans())} if stage else {})


plans = st.integers(1, 4).flatmap(lambda count: st.tuples(*(modules(number) for number in range(count))))
adjustments = st.dictionaries(st.sampled_from(UES), st.sampled_from(["0", "0.3", "1"]))


class AgreementTests(TestCase):
    """Two ways from the same figures: JSON through the contract's reader, rows through the gradebook."""

    @settings(max_examples=40)
    @given(plans, adjustments, adjustments)
    def test_rows_and_json_give_the_same_averages(
        self, spec: tuple[dict[str, Any], ...], bonus: dict[str, str], malus: dict[str, str]
    ) -> None:
        enrolments = store(spec, bonus, malus)
        gradebook = Gradebook.for_plans([enrolments[0].plan], RULES)
        for rank, enrolment in enumerate(enrolments):
            entry = as_entry(spec, rank, bonus, malus)
            averager, sheet = read_averages(entry, Regulation(averaging=RULES))
            expected = averages_json(entry["id"], averager.averages(sheet))
            assert averages_json(entry["id"], gradebook.averages(enrolment.pk)) == expected


def as_entry(
    spec: tuple[dict[str, Any], ...], rank: int, bonus: dict[str, str], malus: dict[str, str]
) -> dict[str, Any]:
    """One student's entry of the contract."""
    modules = [
        module
        | {
            "evaluations": [
                {key: value for key, value in evaluation.items() if key != "marks"}
                | {"mark": evaluation["marks"][rank]}
                for evaluation in module["evaluations"]
            ]
        }
        for module in spec
    ]
    return {"id": "A", "ues": UES, "but_year": 1, "modules": modules, "bonus": bonus, "malus": malus}


def store(spec: tuple[dict[str, Any], ...], bonus: dict[str, str], malus: dict[str, str]) -> list[Enrolment]:
    """Write the same figures as rows."""
    plan = factories.plan(1, ues=UES, modules={module["code"]: module["coefficients"] for module in spec})
    enrolments = [factories.enrolment(plan=plan) for _ in range(2)]
    for enrolment in enrolments:
        for kind, points in (("bonus", bonus), ("malus", malus)):
            for code, value in points.items():
                factories.adjustment(enrolment=enrolment, ue=plan.ues.get(code=code), kind=kind, points=value)
    for drawn, row in zip(spec, plan.plan_modules.order_by("position"), strict=True):
        PlanModule.objects.filter(pk=row.pk).update(pole=drawn["pole"])
        kind = Module.Kind.STAGE if "stage" in drawn else Module.Kind.RESSOURCE
        Module.objects.filter(pk=row.module_id).update(organised=drawn["organised"], kind=kind)
        if drawn.get("completed"):
            for enrolment in enrolments:
                factories.placement(enrolment=enrolment, module=row.module)
        for written in drawn["evaluations"]:
            fields = {name: written[name] for name in ("weight", "scale", "ue_weights")}
            evaluation = factories.evaluation(module=row.module, **fields)
            for enrolment, mark in zip(enrolments, written["marks"], strict=True):
                if mark in ("ABI", "ABJ", "DIS", "ATT"):
                    factories.mark(evaluation=evaluation, enrolment=enrolment, reason=mark)
                elif mark is not None:
                    factories.mark(mark, evaluation=evaluation, enrolment=enrolment)
    return enrolments


pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    """Two modules, each feeding both UEs."""
    plan = factories.plan(1)
    PlanModule.objects.filter(plan=plan, module__key="R1.02").update(pole="sae")
    return plan


def figure(enrolment: Enrolment, plans: list[Plan] | None = None) -> tuple[str | None, tuple[str, ...]]:
    """The first UE of a student: the average, provisional or not, and what is awaited."""
    first = Gradebook.for_plans(plans or [enrolment.plan], AveragingRules()).averages(enrolment.pk)[0]
    return first.printed, first.pending


def marked(enrolment: Enrolment, key: str, text: str, **fields: object) -> Evaluation:
    """An evaluation of a module, with this student's mark."""
    evaluation = factories.evaluation(module=factories.module(key), **fields)
    factories.mark(text, evaluation=evaluation, enrolment=enrolment)
    return evaluation


def test_a_draft_does_not_count(plan: Plan) -> None:
    enrolment = factories.enrolment(plan=plan)
    for key, text in [("R1.01", "12"), ("R1.02", "10")]:
        marked(enrolment, key, text)
    marked(enrolment, "R1.01", "0", state=Evaluation.State.DRAFT)
    assert figure(enrolment) == ("11.00", ())


def test_a_missing_mark_is_awaited_row_or_no_row(plan: Plan) -> None:
    enrolment = factories.enrolment(plan=plan)
    marked(enrolment, "R1.01", "12")
    evaluation = marked(enrolment, "R1.02", "10")
    factories.evaluation(module=factories.module("R1.01"))
    assert figure(enrolment) == ("11.00", ("R1.01",))
    evaluation.marks.update(hundredths=None)
    assert figure(enrolment) == ("12.00", ("R1.01", "R1.02"))


def test_an_evaluation_of_another_group_is_not_due(plan: Plan) -> None:
    first, second = (factories.group(name) for name in ("TD1", "TD2"))
    enrolment = factories.enrolment(plan=plan, groups=[first])
    for key, text in [("R1.01", "12"), ("R1.02", "10")]:
        marked(enrolment, key, text, groups=[first])
    other = factories.evaluation(module=factories.module("R1.01"), groups=[second])
    assert figure(enrolment) == ("11.00", ())
    factories.mark("18", evaluation=other, enrolment=enrolment)  # taken before changing groups
    assert figure(enrolment) == ("12.50", ())


def test_a_student_without_group_takes_no_reserved_evaluation(plan: Plan) -> None:
    enrolment = factories.enrolment(plan=plan)
    for key, text in [("R1.01", "12"), ("R1.02", "10")]:
        marked(enrolment, key, text)
    factories.evaluation(module=factories.module("R1.01"), groups=[factories.group("TD1")])
    assert figure(enrolment) == ("11.00", ())


@pytest.mark.parametrize(("completed", "pending"), [(None, ("R1.02",)), (False, ("R1.02",)), (True, ())])
def test_a_stage_without_placement_is_not_finished(
    plan: Plan, completed: bool | None, pending: tuple[str, ...]
) -> None:
    enrolment = factories.enrolment(plan=plan)
    for key, text in [("R1.01", "12"), ("R1.02", "10")]:
        marked(enrolment, key, text)
    stage = factories.module("R1.02")
    stage.kind = Module.Kind.STAGE
    stage.save()
    if completed is not None:
        factories.placement(enrolment=enrolment, module=stage, completed=completed)
    assert figure(enrolment) == ("11.00", pending)


def test_a_shared_module_counts_in_each_plan_as_it_weighs_there(plan: Plan) -> None:
    sibling = factories.plan(1, modality="alternance", modules={"R1.01": {"UE1.1": "3"}, "R1.02": {"UE1.1": "1"}})
    PlanModule.objects.filter(plan=sibling, module__key="R1.02").update(pole="sae")
    here, there = factories.enrolment(plan=plan), factories.enrolment(plan=sibling)
    for key, text in [("R1.01", "12"), ("R1.02", "8")]:
        evaluation = marked(here, key, text)
        factories.mark(text, evaluation=evaluation, enrolment=there)
    assert figure(here) == ("10.00", ())
    assert figure(there) == ("11.00", ())
    assert figure(here, [plan, sibling]) == ("10.00", ())


def test_a_mark_on_a_module_of_another_plan_is_left_aside(plan: Plan) -> None:
    sibling = factories.plan(1, modality="alternance", modules=["R1.03"])
    enrolment = factories.enrolment(plan=plan)
    for key, text in [("R1.01", "12"), ("R1.02", "10"), ("R1.03", "0")]:
        marked(enrolment, key, text)
    assert figure(enrolment, [plan, sibling]) == ("11.00", ())


def test_everybody_is_in_the_book_with_their_student_and_plan(plan: Plan) -> None:
    there, gone = factories.enrolment(plan=plan), factories.enrolment(plan=plan, state="DEM")
    factories.enrolment(plan=factories.plan(2))
    gradebook = Gradebook.for_plans([plan], AveragingRules())
    assert gradebook.enrolments == {each.pk: (each.student_id, plan.pk) for each in (there, gone)}
    assert set(gradebook.all_averages()) == {there.pk, gone.pk}
    assert [average.state for average in gradebook.averages(there.pk)] == [State.PENDING] * 2


def test_an_average_is_explained_down_to_the_marks(plan: Plan) -> None:
    enrolment = factories.enrolment(plan=plan)
    marked(enrolment, "R1.01", "12,25", weight="2")
    marked(enrolment, "R1.02", "9", scale="10")
    gradebook = Gradebook.for_plans([plan], AveragingRules())

    explanation = gradebook.explain(enrolment.pk, "UE1.1")
    assert explanation.result == gradebook.averages(enrolment.pk)[0]
    assert [(share.code, share.average) for share in explanation.modules] == [
        ("R1.01", Fraction("12.25")),
        ("R1.02", Fraction(18)),
    ]
    assert explanation.modules[1].marks[0][1:4] == (Fraction(1), Fraction(10), Fraction(9))

    shown = [(each.module.key, share.average, share.standing) for each, share in gradebook.modules(enrolment.pk)]
    assert shown == [
        ("R1.01", Fraction("12.25"), Standing.COUNTED),
        ("R1.02", Fraction(18), Standing.COUNTED),
    ]


def test_a_module_outside_the_poles_counts_with_the_ressources(plan: Plan) -> None:
    PlanModule.objects.filter(plan=plan).update(pole="")
    scheme = Gradebook.for_plans([plan], AveragingRules()).schemes[plan.pk]
    assert {module.pole for module in scheme.averager.modules} == {"ressource"}


def test_queries_do_not_grow(plan: Plan) -> None:
    group = factories.group("TD1")

    def fill(count: int) -> None:
        for _ in range(count):
            enrolment = factories.enrolment(plan=plan, groups=[group])
            marked(enrolment, "R1.01", "12", groups=[group])
            factories.adjustment(enrolment=enrolment)
            factories.placement(enrolment=enrolment, module=stage)

    stage = factories.module("ST", kind=Module.Kind.STAGE)
    factories.plan_module(plan, stage, {"UE1.1": "1"})
    fill(1)
    one = queries(lambda: Gradebook.for_plans([plan], AveragingRules()).all_averages())
    fill(5)
    others = [factories.plan(semester) for semester in (2, 3)]
    six = queries(lambda: Gradebook.for_plans([plan, *others], AveragingRules()).all_averages())
    assert one == six <= 10
