"""Home tells each person what waits for them, and nobody what does not."""

from datetime import UTC, date, datetime

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


def test_a_teacher_finds_the_marks_to_enter_then_the_other_modules(world: World) -> None:
    own = "R1.01 Intitulé de R1.01"
    assert told(world.ada) == {"Mon service": [(own, "à jour")]}
    factories.evaluation(module=world.module)
    assert told(world.ada) == {"Notes à saisir": [(own, "2\xa0notes manquantes")]}
    bare = [("Voir tout mon service", "1\xa0module sans évaluation")]
    assert told(world.blaise) == {"Mon service": bare}
    factories.service(teacher=world.blaise, module=world.module)
    assert list(told(world.blaise)) == ["Notes à saisir", "Mon service"]


def test_the_secretariat_finds_the_lists_to_import_and_the_marks_that_are_missing(world: World) -> None:
    factories.mark(reason="ATT", evaluation=factories.evaluation(module=world.module), enrolment=world.enrolment)
    found = told(world.sonia)
    assert found["Listes à importer"] == [("Importer les services", "2\xa0modules sans enseignant")]
    assert found["Notes manquantes"] == [("R1.01 Intitulé de R1.01", "2\xa0notes manquantes")]
    assert found["Jurys"] == [("Jury annuel S2 2025-2026", "en préparation, le 2\xa0juillet 2026")]


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


def test_who_holds_the_jury_finds_those_to_come_and_the_last_ones(world: World) -> None:
    assert [label for label, _ in told(world.pauline)["Jurys"]] == [str(world.jury)]
    assert "Derniers jurys clos" not in told(world.pauline)
    JurySession.objects.update(state="close", closed_at=datetime(2026, 7, 2, tzinfo=UTC))
    for year in ("2022-2023", "2023-2024", "2024-2025"):
        held_on, closed_at = date(int(year[5:]), 7, 2), datetime(int(year[5:]), 7, 2, tzinfo=UTC)
        factories.jury_session(2, academic_year=year, held_on=held_on, state="close", closed_at=closed_at)
    found = told(world.pauline)
    assert "Jurys" not in found
    assert [label for label, _ in found["Derniers jurys clos"]] == [
        f"Jury annuel S2 {year}" for year in ("2025-2026", "2024-2025", "2023-2024")
    ]
    assert found["Derniers jurys clos"][0][1] == "le 2\xa0juillet 2026"


def test_a_student_finds_their_year_and_what_each_jury_has_of_them(world: World) -> None:
    factories.jury_session(4, plans=[factories.plan(4)])
    year = [("Mes inscriptions", "S1 · S2"), ("Mes absences", "1 cette année")]
    assert told(world.emile) == {"Mon dossier": [*year, ("Jury annuel S2 2025-2026", "moyennes provisoires")]}
    assert told(world.fatou)["Mon dossier"][1] == ("Mes absences", "0 cette année")
    factories.decision(world.jury, world.student)
    JurySession.objects.update(state="close", closed_at=datetime(2026, 7, 2, tzinfo=UTC))
    assert told(world.emile) == {"Mon dossier": [*year, ("Jury annuel S2 2025-2026", "mes résultats")]}
    assert tasks(world.emile)["Mon dossier"][-1].url == f"/jury/{world.jury.pk}/etudiants/{world.student.pk}/"


def test_only_the_worst_modules_are_named(world: World) -> None:
    for rank in range(12):
        module = factories.module(f"R1.{rank + 20}")
        factories.plan_module(world.plans[0], module, {"UE1.1": "1"})
        factories.evaluation(module=module)
    assert told(world.hector)["Notes manquantes"][-1] == ("Voir tous les modules", "2\xa0autres modules")


def test_somebody_without_a_role_is_told_how_to_get_one(world: World) -> None:
    assert told(factories.user()) == {}
