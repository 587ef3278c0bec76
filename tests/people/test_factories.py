"""The builders speak of one world, and refuse nothing that a test asks for."""

from decimal import Decimal

import pytest

from people.models import Role
from tests import factories
from tests.world import World

pytestmark = pytest.mark.django_db


def test_builders_share_their_parents() -> None:
    first, second = factories.plan(1), factories.plan(2)
    assert first.maquette == second.maquette == factories.module().maquette
    assert factories.enrolment().plan == first
    assert [ue.niveau for ue in first.ues.order_by("code")] == [ue.niveau for ue in second.ues.order_by("code")]


def test_a_plan_gives_thirty_ects_and_the_coefficients_asked_for() -> None:
    plan = factories.plan(
        3, ues=["A", "B", "C", "D"], modules={"R3.01": {"A": "0.50"}, "SAE3.01": {"A": "2", "D": "3"}}
    )
    assert sum(ue.ects or 0 for ue in plan.ues.all()) == 30
    weights = plan.plan_modules.order_by("position").values_list(
        "code", "coefficients__ue__code", "coefficients__value"
    )
    assert sorted(weights) == [
        ("R3.01", "A", Decimal("0.50")),
        ("SAE3.01", "A", Decimal(2)),
        ("SAE3.01", "D", Decimal(3)),
    ]


def test_every_builder_builds_alone() -> None:
    jury = factories.jury_session()
    built = [
        factories.parcours(),
        factories.pattern(factories.plan(5).plan_modules.get(position=1)),
        factories.role(factories.user(), "head"),
        factories.service(groups=[factories.group()]),
        factories.absence(late_minutes=5),
        factories.mark("12,5"),
        factories.mark(reason="ABI"),
        factories.act(),
        factories.adjustment(),
        factories.placement(),
        factories.regulation(),
        factories.ruling(jury, factories.student()),
        factories.decision(jury, factories.student()),
    ]
    assert all(row.pk and str(row) for row in built)


def test_the_world_has_a_neighbour_with_every_role_and_nothing_in_common(world: World) -> None:
    theirs = world.chloe.roles.values_list("formation__code", "kind")
    assert set(theirs) == {("GMP", kind) for kind in Role.Kind.values}
    assert not world.formation.roles.filter(user__in=[world.chloe, world.gilles]).exists()
    assert len(world.cast) == len(set(world.cast.values())) == 9
    assert world.module.services.get().teacher == world.ada
