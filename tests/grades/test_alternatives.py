"""Alternatives that share one place in a table (IPI, CPD, CAI): a student follows those of their own parcours."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from attendance.forms import AbsenceForm
from attendance.services import record_absence
from curriculum.models import Module
from grades.averages import AveragingRules
from grades.forms import EvaluationForm
from grades.gradebook import Gradebook
from grades.grid.standing import groups_of_followers
from grades.models import MarkValue
from grades.services import Entry, MarksRefused, record_marks, set_placement
from grades.sheets import load, progress_of
from people.models import Enrolment
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment() -> Enrolment:
    """A student of the table of CAI, whose alternatives of CAI and IPI weigh as much as what is common."""
    cai, ipi = factories.parcours("CAI"), factories.parcours("IPI")
    plan = factories.plan(3, parcours=cai, ues=["UE3.1"], modules={"R3.01": {"UE3.1": "2"}})
    for key, parcours in [("R3.13", cai), ("R3.13", ipi)]:
        factories.plan_module(plan, factories.module(key, semester=3, parcours=parcours), {"UE3.1": "2"})
    return factories.enrolment(plan=plan, groups=[factories.group("TD1")])


def module(enrolment: Enrolment, parcours: str | None, key: str = "R3.13") -> Module:
    return enrolment.plan.plan_modules.get(module__key=key, module__parcours__code=parcours).module


def test_the_average_is_made_of_what_they_follow(enrolment: Enrolment) -> None:
    for parcours, key, mark in [(None, "R3.01", "10"), ("CAI", "R3.13", "14"), ("IPI", "R3.13", "20")]:
        evaluation = factories.evaluation(module=module(enrolment, parcours, key))
        factories.mark(mark, evaluation=evaluation, enrolment=enrolment)
    book = Gradebook.for_plans([enrolment.plan], AveragingRules())
    (average,) = book.averages(enrolment.pk)
    assert (average.printed, average.pending) == ("12.00", ())
    assert [each.module.parcours_id for each, _ in book.modules(enrolment.pk)] == [None, enrolment.plan.parcours_id]


def test_the_other_alternative_awaits_nothing_from_them(enrolment: Enrolment) -> None:
    own, other = module(enrolment, "CAI"), module(enrolment, "IPI")
    for each in (own, other):
        factories.evaluation(module=each)
    progress = progress_of([own, other])
    assert (progress[own.pk].due, progress[other.pk].due) == (1, 0)
    rules = AveragingRules()
    assert len(load(own, groups=None, rules=rules).lines) == 1
    assert load(other, groups=None, rules=rules).lines == []
    assert groups_of_followers(other) == {}
    offered: list[Any] = [EvaluationForm(module=each, taught=None).fields["groups"] for each in (own, other)]
    assert [field.queryset.count() for field in offered] == [1, 0]


def test_a_mark_or_a_stage_in_the_other_alternative_is_refused(enrolment: Enrolment) -> None:
    other = module(enrolment, "IPI")
    entry = Entry(factories.evaluation(module=other).pk, enrolment.pk, MarkValue(1200))
    with pytest.raises(MarksRefused, match="ne concerne pas cet étudiant"):
        record_marks(module=other, entries=[entry], by=None)
    with pytest.raises(ValidationError, match="ne suit pas R3"):
        set_placement(enrolment=enrolment, module=other, company="Ateliers Fictifs", completed=True, by=None)


def test_nobody_misses_a_seance_of_the_other_alternative(enrolment: Enrolment) -> None:
    field: Any = AbsenceForm(enrolments=[enrolment]).fields["module"]
    assert len(field.choices[1][1]) == 2
    when: dict[str, Any] = {"kind": "TD", "minutes": 90}
    starts_at = datetime(2025, 10, 6, 8, tzinfo=UTC)
    with pytest.raises(ValidationError, match="ne suit pas R3"):
        record_absence(enrolment=enrolment, module=module(enrolment, "IPI"), starts_at=starts_at, by=None, **when)


def test_the_teacher_of_the_other_alternative_does_not_see_them(enrolment: Enrolment) -> None:
    own, other = (factories.service(module=module(enrolment, parcours)).teacher for parcours in ("CAI", "IPI"))
    assert Enrolment.objects.visible_to(own).get() == enrolment
    assert not Enrolment.objects.visible_to(other).exists()
