"""Each constraint of the database is seen refusing, by its name."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Value

from grades.models import MarkChange, Placement
from people.models import Enrolment
from tests import factories

CONSTRAINTS = [
    pytest.param(model, constraint, id=constraint.name)
    for model in apps.get_app_config("grades").get_models()
    for constraint in model._meta.constraints
]


def enrolment() -> Enrolment:
    return factories.enrolment(plan=factories.plan(1))


def twice(act: Callable[[], object]) -> None:
    act()
    act()


def second_mark() -> None:
    evaluation, student = factories.evaluation(), enrolment()
    twice(lambda: factories.mark("12", evaluation=evaluation, enrolment=student))


def second_line_of_history() -> None:
    mark, act = factories.mark("12", enrolment=enrolment()), factories.act()
    twice(lambda: MarkChange.objects.create(act=act, mark=mark, version=1))


def second_bonus() -> None:
    student = enrolment()
    twice(lambda: factories.adjustment(enrolment=student))


def second_stage() -> None:
    student = enrolment()
    twice(lambda: factories.placement(enrolment=student))


def past_the_field(row: models.Model, **figures: str) -> None:
    """Write figures that FigureField would refuse first."""
    type(row)._default_manager.filter(pk=row.pk).update(**{name: Value(text) for name, text in figures.items()})


BREACHES: dict[str, Callable[[], object]] = {
    "grades_evaluation_position": lambda: twice(lambda: factories.evaluation(position=1)),
    "grades_evaluation_scale": lambda: factories.evaluation(scale="0.00"),
    "grades_evaluation_weight": lambda: past_the_field(factories.evaluation(), weight="-1"),
    "grades_evaluation_state_known": lambda: factories.evaluation(state="ouverte"),
    "grades_mark_once": second_mark,
    "grades_mark_value_or_reason": lambda: factories.mark("12", reason="ABI", enrolment=enrolment()),
    "grades_mark_reason_known": lambda: factories.mark(reason="ABS", enrolment=enrolment()),
    "grades_act_kind_known": lambda: factories.act(kind="whim"),
    "grades_markchange_version": second_line_of_history,
    "grades_adjustment_once": second_bonus,
    "grades_adjustment_kind_known": lambda: factories.adjustment(enrolment=enrolment(), kind="don"),
    "grades_adjustment_points": lambda: past_the_field(factories.adjustment(enrolment=enrolment()), points="1,5"),
    "grades_adjustment_reason": lambda: factories.adjustment(enrolment=enrolment(), reason=""),
    "grades_placement_once": second_stage,
}


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "constraint"), CONSTRAINTS)
def test_a_constraint_refuses(model: type[models.Model], constraint: models.BaseConstraint) -> None:
    names = constraint.name
    if isinstance(constraint, models.UniqueConstraint):  # SQLite tells the columns of a key, not its name
        names += f"|{model._meta.db_table}[.]{model._meta.get_field(constraint.fields[0]).attname}"  # type: ignore[union-attr]
    with pytest.raises(IntegrityError, match=names), transaction.atomic():
        BREACHES[constraint.name]()


@pytest.mark.django_db
def test_what_is_written_about_a_student_outlives_a_careless_deletion() -> None:
    placement = factories.placement(enrolment=enrolment())
    with pytest.raises(models.ProtectedError):
        placement.enrolment.delete()
    assert Placement.objects.exists()
