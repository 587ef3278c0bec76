"""Of several secretaries who confirm at once, one enrols, and nothing is left to the others."""

import pytest
from django.core.exceptions import ValidationError

from jury.models import TurnAct
from jury.turning import services
from people.models import Enrolment
from tests import factories
from tests.grades.test_concurrency import together
from tests.jury import scene
from tests.jury.turns import NEXT


@pytest.mark.django_db(transaction=True)
def test_one_confirmation_enrols() -> None:
    odd, even = scene.year()
    students = [scene.enrol([odd], "12") for _ in range(3)]
    turn = services.prepare_turn(
        formation=factories.formation(), source_year=factories.YEAR, within_year=True, by=None
    )

    def confirm(rank: int) -> str:
        return "enrolled" if services.confirm_turn(turn=turn, by=None) else "nothing left"

    said = together(confirm)
    assert (said.count("enrolled"), len(set(said))) == (1, 2), said
    assert Enrolment.objects.filter(plan=even).count() == len(students)
    assert TurnAct.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_undoing_takes_back() -> None:
    plans = scene.year(count=2)
    scene.enrol(plans, "12")
    factories.group("TD1")
    turn = services.prepare_turn(formation=factories.formation(), source_year=factories.YEAR, by=None)
    act = services.confirm_turn(turn=turn, by=None)
    assert act

    def undo(rank: int) -> str:
        try:
            services.undo_turn(act=act, by=None)
        except ValidationError as refused:
            return str(refused.messages[0])
        return "undone"

    said = together(undo)
    assert (said.count("undone"), len(set(said))) == (1, 2), said
    assert not Enrolment.objects.filter(plan__academic_year=NEXT).exists()
