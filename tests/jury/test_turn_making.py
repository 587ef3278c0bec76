"""What comes with the enrolments of a new year: maquette, groups, services, règlement; and taking them back."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from curriculum.models import Maquette, Plan
from grades.models import Evaluation
from jury.models import Regulation, TurnAct
from jury.turning import services
from jury.turning.making import making_of
from jury.turning.roll import roll_of
from people.models import Enrolment, Group, Service, Student
from tests import factories
from tests.jury import scene
from tests.jury.turns import FAILING, NEXT, closed, semesters, settle, turn

pytestmark = pytest.mark.django_db


def test_groups_and_services_are_copied_and_what_has_no_counterpart_is_told(first_year: dict[str, Student]) -> None:
    module = factories.module("R1.01")
    taught = factories.service(module=module, groups=[factories.group("TD1")])
    lost = factories.service(module=factories.module("R9.99"))
    made = turn()
    making = making_of(made, roll_of(made).offer)
    assert making.groups == ("TD1",)
    assert [(left.service, left.why) for left in making.left] == [
        (lost, "le module n’est pas dans la nouvelle maquette")
    ]
    services.confirm_turn(turn=made, by=None)
    copied = Service.objects.get(module__maquette__academic_year=NEXT)
    assert (copied.teacher, copied.module.key) == (taught.teacher, "R1.01")
    assert [str(group.academic_year) for group in copied.groups.all()] == [NEXT]


def test_a_service_of_a_group_that_is_not_copied_is_not_opened_to_all(first_year: dict[str, Student]) -> None:
    factories.service(module=factories.module("R1.01"), groups=[factories.group("TD1")])
    made = turn()
    settle(made, groups="aucun")
    making = making_of(made, roll_of(made).offer)
    assert (making.groups, making.services) == ((), ())
    assert "TD1" in making.left[0].why


def test_a_repeater_stays_in_their_group_where_it_is_asked(first_year: dict[str, Student]) -> None:
    made = turn()
    settle(made, groups="membres")
    services.confirm_turn(turn=made, by=None)
    repeated = first_year["redouble"].enrolments.get(plan__academic_year=NEXT, plan__semester=1)
    assert [(group.name, group.academic_year) for group in repeated.groups.all()] == [("TD1", NEXT)]


def test_a_group_moves_up_with_those_who_pass_in_their_parcours() -> None:
    osc: dict[str, Any] = {"parcours": factories.parcours("OSC"), "count": 3}
    second, third = scene.year(2, **osc), scene.year(3, **osc)
    marks = {f"UE{s}.{n}": "12" for s in (3, 4) for n in (1, 2, 3)}
    student = scene.enrol(second, marks, groups=[factories.group("OSC2"), factories.group("Orchestre")])
    scene.enrol(third, "DIS", groups=[factories.group("OSC3")])
    closed(second)
    maquette = factories.maquette(academic_year=NEXT)
    scene.year(3, maquette=maquette, **osc)
    made = turn()
    settle(made, groups="membres")
    services.confirm_turn(turn=made, by=None)
    followed = student.enrolments.filter(plan__maquette=maquette)
    assert [[(group.name, group.academic_year) for group in each.groups.all()] for each in followed] == [
        [("OSC3", NEXT)],
        [("OSC3", NEXT)],
    ]


def test_the_regulation_is_copied_once(first_year: dict[str, Student]) -> None:
    factories.regulation({"repeat_limit": 6})
    services.confirm_turn(turn=turn(), by=None)
    copied = Regulation.objects.get(academic_year=NEXT)
    assert copied.parameters["repeat_limit"] == 6
    assert copied.frozen_by is None


def test_a_confirmation_is_undone_whole(first_year: dict[str, Student]) -> None:
    factories.service(module=factories.module("R1.01"))
    made = turn()
    act = services.confirm_turn(turn=made, by=None)
    assert act
    services.undo_turn(act=act, by=None)
    assert not Enrolment.objects.filter(plan__academic_year=NEXT).exists()
    assert not Group.objects.filter(academic_year=NEXT).exists()
    assert not Service.objects.filter(module__maquette__academic_year=NEXT).exists()
    with pytest.raises(ValidationError, match="déjà annulée"):
        services.undo_turn(act=act, by=None)
    assert services.confirm_turn(turn=made, by=None)


def test_what_carries_a_mark_is_not_undone(first_year: dict[str, Student]) -> None:
    act = services.confirm_turn(turn=turn(), by=None)
    assert act
    enrolment = first_year["redouble"].enrolments.get(plan__academic_year=NEXT, plan__semester=1)
    evaluation = Evaluation.objects.get(module__key="R1.01", module__maquette__academic_year=NEXT)
    factories.mark("12", enrolment=enrolment, evaluation=evaluation)
    with pytest.raises(ValidationError, match=r"portent déjà 1\\xa0note"):
        services.undo_turn(act=act, by=None)
    assert TurnAct.objects.get().undone_at is None
    assert semesters(first_year["redouble"]) == ["S1", "S2"]


def test_who_left_since_and_a_group_that_serves_keep_a_confirmation(first_year: dict[str, Student]) -> None:
    act = services.confirm_turn(turn=turn(), by=None)
    assert act
    newcomer = factories.enrolment(
        plan=Plan.objects.get(academic_year=NEXT, semester=1), groups=[Group.objects.get(academic_year=NEXT)]
    )
    with pytest.raises(ValidationError, match="servent depuis"):
        services.undo_turn(act=act, by=None)
    newcomer.groups.clear()
    first_year["redouble"].enrolments.filter(plan__academic_year=NEXT).update(state="DEM")
    with pytest.raises(ValidationError, match="démissionnaire"):
        services.undo_turn(act=act, by=None)


def test_last_year_s_maquette_is_copied_where_the_next_one_is_not_there() -> None:
    plans = scene.year(count=3)
    student = scene.enrol(plans, FAILING)
    closed(plans, {student: "RED"})
    teacher = factories.service(module=factories.module("R1.01")).teacher
    made = turn()
    roll = roll_of(made)
    assert roll.offer.copied
    assert [str(place) for place in roll.offer.places] == ["BUT1"]
    services.confirm_turn(turn=made, seen=roll.digest, by=None)
    copied = Maquette.objects.get(academic_year=NEXT)
    assert (copied.state, copied.source_name) == ("brouillon", "Copie de QLIO 2025-2026 (v1)")
    assert semesters(student) == ["S1", "S2"]
    assert Service.objects.get(module__maquette=copied).teacher == teacher
    assert not roll_of(made).offer.copied


def test_without_any_maquette_nothing_is_written() -> None:
    made = services.prepare_turn(formation=factories.formation(), source_year=factories.YEAR, by=None)
    with pytest.raises(ValidationError, match="n’a pas de maquette"):
        services.confirm_turn(turn=made, by=None)
    assert roll_of(made).lines == ()
