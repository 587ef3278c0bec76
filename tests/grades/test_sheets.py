"""A mark sheet says who is expected, what is missing, and how the class did."""

from datetime import UTC, datetime
from typing import Any

import pytest

from curriculum.models import Module
from grades.averages import AveragingRules
from grades.models import Evaluation
from grades.sheets import MarkSheet, Progress, load, progress_of, shelves
from people.models import Enrolment
from tests import factories
from tests.strict import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def module() -> Module:
    factories.plan(1)
    return factories.module("R1.01")


def follow(module: Module, last_name: str, **fields: Any) -> Enrolment:
    """A student of the module, by name."""
    plan = module.plan_modules.get().plan
    return factories.enrolment(plan=plan, student=factories.student(last_name=last_name), **fields)


def sheet_of(module: Module, groups: frozenset[int] | None = None) -> MarkSheet:
    return load(module, groups=groups, rules=AveragingRules())


def names(sheet: MarkSheet) -> list[str]:
    return [line.enrolment.student.last_name for line in sheet.lines]


def test_students_come_as_in_a_dictionary(module: Module) -> None:
    for name in ("Zola", "Étienne", "Fournier", "de Almeida", "Dumas"):
        follow(module, name)
    assert names(sheet_of(module)) == ["de Almeida", "Dumas", "Étienne", "Fournier", "Zola"]


def test_a_sheet_keeps_to_groups(module: Module) -> None:
    first, second = (factories.group(name) for name in ("TD1", "TD2"))
    for name, groups in {"Aa": [first], "Bb": [second], "Cc": [], "Dd": [first, second]}.items():
        follow(module, name, groups=groups)
    assert names(sheet_of(module, frozenset([first.pk]))) == ["Aa", "Dd"]
    assert names(sheet_of(module).of_group(second.pk)) == ["Bb", "Dd"]
    assert [group.name for group in sheet_of(module).groups] == ["TD1", "TD2"]


def test_a_class_is_summed_up(module: Module) -> None:
    out_of_ten = factories.evaluation(module=module, scale="10")
    last = factories.evaluation(module=module)
    for text, name in [("6", "Aa"), ("7", "Bb"), ("9,25", "Cc"), ("ABI", "Dd"), ("ATT", "Ee"), ("", "Ff")]:
        enrolment = follow(module, name)
        if text in ("ABI", "ATT"):
            factories.mark(evaluation=out_of_ten, enrolment=enrolment, reason=text)
        elif text:
            factories.mark(text, evaluation=out_of_ten, enrolment=enrolment)
    gone = follow(module, "Gg", state="DEM")
    factories.mark("1", evaluation=out_of_ten, enrolment=gone)

    sheet = sheet_of(module)
    first, second = sheet.summaries
    assert (first.mean, first.median, first.missing) == ("7.42", "7.00", 1)
    assert first.reasons == {"ABI": 1, "ATT": 1}
    assert (second.mean, second.median, second.missing) == (None, None, 6)
    assert (sheet.summary.mean, sheet.summary.median, sheet.summary.missing) == ("11.13", "13.00", 7)
    assert sheet.provisional
    assert [(line.average, line.provisional) for line in sheet.lines] == [
        ("12.00", True),
        ("14.00", True),
        ("18.50", True),
        ("0.00", True),
        (None, True),
        (None, True),
        ("2.00", True),
    ]
    last.delete()
    assert [line.provisional for line in sheet_of(module).lines] == [False, False, False, False, True, True, False]


def test_one_evaluation_alone_keeps_the_averages(module: Module) -> None:
    enrolment = follow(module, "Aa")
    first, second = (factories.evaluation(module=module) for _ in range(2))
    for text, evaluation in [("10", first), ("15", second)]:
        factories.mark(text, evaluation=evaluation, enrolment=enrolment)
    alone = sheet_of(module).of_evaluation(second.pk)
    assert [str(cell.value) for cell in alone.cells] == ["15,00"]
    assert alone.lines[0].average == "12.50"


@pytest.mark.parametrize(
    ("state", "shown", "is_open"),
    [("brouillon", False, None), ("saisie", True, True), ("publiee", True, True), ("verrouillee", True, False)],
)
def test_what_is_shown_and_open(module: Module, state: str, shown: bool, is_open: bool | None) -> None:
    follow(module, "Aa")
    factories.evaluation(module=module, state=state)
    cells = sheet_of(module).cells
    assert bool(cells) == shown
    assert [cell.open for cell in cells] == ([is_open] if shown else [])


def test_a_cell_of_another_group_is_closed_unless_it_has_a_mark(module: Module) -> None:
    follow(module, "Aa")
    marked = follow(module, "Bb")
    reserved = factories.evaluation(module=module, groups=[factories.group("TD1")])
    factories.mark("12", evaluation=reserved, enrolment=marked)
    assert [(cell.shown, cell.open, cell.missing) for cell in sheet_of(module).cells] == [
        (False, False, False),
        (True, True, False),
    ]


class TestProgress:
    def test_what_is_due_and_what_is_there(self, module: Module) -> None:
        first = factories.group("TD1")
        inside, outside = follow(module, "Aa", groups=[first]), follow(module, "Bb")
        follow(module, "Cc", state="DEM")
        for_all = factories.evaluation(module=module)
        reserved = factories.evaluation(module=module, groups=[first])
        factories.evaluation(module=module, state="brouillon")
        factories.mark("12", evaluation=for_all, enrolment=inside)
        factories.mark(reason="ATT", evaluation=for_all, enrolment=outside)
        factories.mark(reason="ABJ", evaluation=reserved, enrolment=inside)
        factories.mark("3", evaluation=reserved, enrolment=outside)  # before leaving TD1: nobody awaited it
        other = factories.module("R1.02")
        assert progress_of([module, other]) == {module.pk: Progress(2, 3, 2), other.pk: Progress(0, 0, 0)}
        assert progress_of([module])[module.pk].missing == 1

    @pytest.mark.parametrize("settle", ["exempt", "grant"])
    def test_a_repeater_owes_nothing_to_what_only_feeds_a_settled_ue(self, settle: str) -> None:
        plan = factories.plan(
            1, modules={"R1.01": {"UE1.1": "1", "UE1.2": "0"}, "R1.02": {"UE1.1": "1", "UE1.2": "1"}}
        )
        modules = [factories.module(key) for key in ("R1.01", "R1.02")]
        for module in modules:
            factories.evaluation(module=module)
        repeater = factories.enrolment(plan=plan, repeating=True)
        ue = plan.ues.get(code="UE1.1")
        if settle == "exempt":
            repeater.exempted_ues.add(ue)
        else:
            factories.equivalence(repeater.student, ue)
            withdrawn = {"withdrawn_at": datetime(2026, 1, 5, tzinfo=UTC), "withdrawal": "Erreur"}
            factories.equivalence(repeater.student, plan.ues.get(code="UE1.2"), **withdrawn)
        assert [progress_of(modules)[module.pk].due for module in modules] == [0, 1]
        assert [cell.due for module in modules for cell in sheet_of(module).cells] == [False, True]

    def test_a_module_that_feeds_nothing_is_followed_all_the_same(self) -> None:
        plan = factories.plan(1, modules={"PORTFOLIO1": {}})
        module = factories.module("PORTFOLIO1")
        factories.evaluation(module=module)
        factories.enrolment(plan=plan).exempted_ues.set(plan.ues.all())
        assert progress_of([module])[module.pk].due == 1


def test_modules_are_on_the_shelf_where_they_are_looked_for() -> None:
    autumn, spring = factories.module("R1.01"), factories.module("R2.01", semester=2)
    assert shelves([autumn, spring], {autumn.pk}) == {"Mon service": [autumn], "S1": [autumn], "S2": [spring]}
    assert shelves([autumn, spring], set()) == {"S1": [autumn], "S2": [spring]}
    assert shelves([autumn], {autumn.pk}) == {"Mon service": [autumn]}
    assert shelves([], set()) == {}


def test_queries_do_not_grow(module: Module) -> None:
    def fill(count: int) -> None:
        for _ in range(count):
            group = factories.group("TD1")
            evaluation = factories.evaluation(module=module, groups=[group])
            enrolment = follow(module, "Aa", groups=[group])
            enrolment.exempted_ues.add(enrolment.plan.ues.get(code="UE1.1"))
            factories.mark("12", evaluation=evaluation, enrolment=enrolment)

    def read() -> object:
        sheet = sheet_of(Module.objects.get(pk=module.pk))
        return sheet.groups, sheet.summary, progress_of([sheet.module])

    fill(1)
    one = queries(read)
    fill(5)
    assert Evaluation.objects.count() == 6
    assert queries(read) == one
