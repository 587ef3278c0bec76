"""Roles are held in one formation, and worth nothing in the next."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from curriculum.models import Competence
from people.access import formation_for_importer, formation_for_lister, student_for_viewer
from people.models import Enrolment, Student, User
from people.rules import formation_of
from tests import factories
from tests.world import World


def again(user: User) -> User:
    """The same person at their next request."""
    return User.objects.get(pk=user.pk)


def test_roles_are_read_once(world: World) -> None:
    with CaptureQueriesContext(connection) as captured:
        for _ in range(3):
            assert world.sonia.roles_by_formation == {world.formation.pk: frozenset({"secretariat"})}
    assert len(captured) == 1


def test_every_object_leads_to_its_formation(world: World) -> None:
    placed = world.plans[0].plan_modules.get(position=1)
    absence = world.enrolment.absences.get()
    mark = world.evaluation.marks.get(enrolment=world.enrolment)
    objects = [
        world.formation, world.maquette, world.plans[0], world.module, placed, world.group, world.enrolment,
        world.evaluation, mark, absence, absence.session, world.jury, factories.ruling(world.jury, world.student),
        Competence.objects.get(formation=world.formation, code="C1"),
    ]  # fmt: skip
    assert {formation_of(target) for target in objects} == {world.formation.pk}


def test_a_student_belongs_to_no_formation(world: World) -> None:
    with pytest.raises(TypeError, match=r"people\.Student"):
        formation_of(world.student)


@pytest.mark.parametrize(
    ("permission", "who_may"),
    [
        ("curriculum.view_maquette", {"teacher", "colleague", "secretariat", "head", "president"}),
        ("curriculum.change_maquette", {"secretariat", "head"}),
        ("people.list_students", {"teacher", "colleague", "secretariat", "head", "president"}),
        ("people.import_people", {"secretariat"}),
    ],
)
def test_who_may(world: World, permission: str, who_may: set[str]) -> None:
    assert {name for name, user in world.cast.items() if user.has_perm(permission, world.formation)} == who_may
    assert not AnonymousUser().has_perm(permission, world.formation)
    assert not world.sonia.has_perm(permission)


def test_who_opens_the_file_of_a_student(world: World) -> None:
    seen = {name for name, user in world.cast.items() if user.has_perm("people.view_student", world.student)}
    assert seen == {"teacher", "colleague", "secretariat", "head", "president", "student"}
    for name, user in world.cast.items():
        if name in seen:
            assert student_for_viewer(user, world.student.pk) == world.student
        else:
            with pytest.raises(Http404):
                student_for_viewer(user, world.student.pk)


def test_a_teacher_sees_the_plans_of_their_modules_only(world: World) -> None:
    stranger = factories.enrolment(plan=factories.plan(3)).student
    assert not world.ada.has_perm("people.view_student", stranger)
    factories.service(teacher=world.ada, module=factories.module("R3.01", semester=3))
    assert again(world.ada).has_perm("people.view_student", stranger)


def test_a_teacher_of_named_groups_sees_those_groups_only(world: World) -> None:
    world.ada.services.get().groups.set([factories.group("TD2")])
    assert not world.ada.has_perm("people.view_student", world.student)
    world.enrolment.groups.add(factories.group("TD2"))
    assert world.ada.has_perm("people.view_student", world.student)
    assert not world.ada.has_perm("people.view_student", world.other_student)


def test_a_group_of_one_service_does_not_open_the_module_of_another(world: World) -> None:
    elsewhere = factories.plan(3)
    factories.service(teacher=world.ada, module=factories.module("R3.01", semester=3), groups=[factories.group("TD9")])
    assert not world.ada.has_perm("people.view_student", factories.enrolment(plan=elsewhere).student)


def test_a_student_sees_what_they_follow_themself(world: World) -> None:
    assert set(Enrolment.objects.visible_to(world.emile)) == set(world.student.enrolments.all())


def test_a_former_student_stays_in_the_archives_of_the_formation(world: World) -> None:
    archived = factories.maquette(academic_year="2023-2024", state="archivee")
    left = factories.enrolment(plan=factories.plan(1, maquette=archived), state="DEM").student
    assert set(Student.objects.visible_to(world.hector)) == {world.student, world.other_student, left}


def test_the_doors_of_the_formation_in_use(world: World) -> None:
    assert formation_for_importer(world.sonia, world.formation) == world.formation
    assert formation_for_lister(world.ada, world.formation) == world.formation
    with pytest.raises(PermissionDenied):
        formation_for_importer(world.hector, world.formation)
    with pytest.raises(PermissionDenied):
        formation_for_lister(world.emile, world.formation)
    with pytest.raises(Http404):
        formation_for_lister(factories.user(), None)


def test_the_formations_where_somebody_holds_a_role(world: World) -> None:
    assert world.chloe.formations_as("secretariat", "head") == [factories.formation("GMP").pk]
