"""Home tells each person what waits for them, and nobody what does not."""

from datetime import UTC, datetime

from django.http import HttpRequest

from config.todo import Task, tasks_of
from jury.models import JurySession
from people.context import Frame
from people.models import Service, User
from tests import factories
from tests.world import World


def tasks(user: User) -> dict[str, list[Task]]:
    request = HttpRequest()
    request.user = User.objects.get(pk=user.pk)
    request.session = {}  # type: ignore[assignment]
    return tasks_of(request.user, Frame(request))


def told(user: User) -> dict[str, list[tuple[str, str]]]:
    return {heading: [(task.label, task.detail) for task in found] for heading, found in tasks(user).items()}


def test_a_teacher_finds_their_modules_and_what_is_missing(world: World) -> None:
    own = "R1.01 Intitulé de R1.01"
    assert told(world.ada) == {"Mes modules": [(own, "à jour")]}
    factories.evaluation(module=world.module)
    assert told(world.ada) == {"Mes modules": [(own, "2\xa0notes manquantes")]}
    assert told(world.blaise) == {"Mes modules": [("R1.02 Intitulé de R1.02", "aucune évaluation")]}


def test_the_secretariat_finds_the_lists_to_import_and_the_marks_that_are_missing(world: World) -> None:
    factories.mark(reason="ATT", evaluation=factories.evaluation(module=world.module), enrolment=world.enrolment)
    found = told(world.sonia)
    assert found["Listes à importer"] == [("Importer les services", "2\xa0modules sans enseignant")]
    assert found["Notes manquantes"] == [("R1.01 Intitulé de R1.01", "2\xa0notes manquantes")]
    assert found["Jurys"] == [("Jury annuel S2 2025-2026", "en préparation, le 02/07/2026")]


def test_a_year_begins_with_three_lists(world: World) -> None:
    secretary = factories.user("secretariat", formation=factories.formation("GEA"))
    assert told(secretary) == {}
    factories.plan(1, maquette=factories.maquette(formation=factories.formation("GEA")))
    assert [label for label, _ in told(secretary)["Listes à importer"]] == [
        "Importer les groupes",
        "Importer les étudiants",
        "Importer les services",
    ]
    assert Service.objects.filter(module__maquette__formation__code="GEA").count() == 0


def test_who_holds_the_jury_finds_those_that_are_not_over(world: World) -> None:
    assert [label for label, _ in told(world.pauline)["Jurys"]] == [str(world.jury)]
    JurySession.objects.update(state="close", closed_at=datetime(2026, 7, 2, tzinfo=UTC))
    assert "Jurys" not in told(world.pauline)


def test_a_student_finds_their_file_and_the_juries_that_are_over(world: World) -> None:
    assert [label for label, _ in told(world.emile)["Mon dossier"]] == ["Mes inscriptions", "Mes absences"]
    factories.decision(world.jury, world.student)
    JurySession.objects.update(state="close", closed_at=datetime(2026, 7, 2, tzinfo=UTC))
    assert tasks(world.emile)["Mon dossier"][-1].url == f"/jury/{world.jury.pk}/etudiants/{world.student.pk}/"
    assert len(told(world.fatou)["Mon dossier"]) == 2


def test_only_the_worst_modules_are_named(world: World) -> None:
    for rank in range(12):
        module = factories.module(f"R1.{rank + 20}")
        factories.plan_module(world.plans[0], module, {"UE1.1": "1"})
        factories.evaluation(module=module)
    assert told(world.hector)["Notes manquantes"][-1] == ("Voir tous les modules", "2\xa0autres modules")


def test_somebody_without_a_role_is_told_how_to_get_one(world: World) -> None:
    assert told(factories.user()) == {}
