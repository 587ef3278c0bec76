"""The pages of attendance, as the secretariat and the students use them."""

from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendance.models import Absence
from people.models import User
from tests import factories
from tests.strict import queries
from tests.world import World

NBSP = "\N{NO-BREAK SPACE}"


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(world: World) -> str:
    return reverse("attendance:student", args=[world.student.pk])


def filled(world: World, **fields: str) -> dict[str, str]:
    """The form of an absence at R1.01, on 6 October at 8 h, for two hours."""
    plan_module = world.module.plan_modules.get()
    return {
        "module": str(plan_module.pk),
        "date": "2025-10-06",
        "start": "08:00",
        "minutes": "120",
        "kind": "TD",
        "state": "injustifiee",
    } | fields


class TestStudent:
    def test_absences_are_listed_and_added_up(self, world: World) -> None:
        response = as_user(world.sonia).get(page(world))
        for expected in ("8 septembre 2025", "1 h 30", "injustifiée", "R1.01", "1 demi-journée", "Corriger"):
            assert expected in response.text.replace(NBSP, " ")

    def test_students_see_their_own_and_cannot_touch_them(self, world: World) -> None:
        text = as_user(world.emile).get(page(world)).text
        assert "injustifiée" in text
        assert "Corriger" not in text
        assert "Saisir une absence" not in text

    def test_each_year_has_its_totals(self, world: World) -> None:
        before = factories.plan(1, maquette=factories.maquette(academic_year="2024-2025"))
        earlier = factories.enrolment(student=world.student, plan=before)
        module = factories.module("R1.01", maquette=before.maquette)
        factories.absence(
            enrolment=earlier, session=factories.session(module=module, starts_at=datetime(2024, 10, 7, 6, tzinfo=UTC))
        )
        years = as_user(world.sonia).get(page(world)).context["years"]
        assert [(year.academic_year, year.counts.total.absences) for year in years] == [
            ("2025-2026", 1),
            ("2024-2025", 1),
        ]

    def test_another_formation_does_not_see_what_happened_here(self, world: World) -> None:
        plan = factories.plan(2, maquette=factories.maquette(formation=factories.formation("GMP")))
        factories.enrolment(student=world.student, plan=plan)
        assert as_user(world.chloe).get(page(world)).context["years"] == []
        correct = reverse("attendance:correct", args=[world.absence.pk])
        assert as_user(world.chloe).get(correct).status_code == HTTPStatus.NOT_FOUND

    def test_without_absence_it_says_so(self, world: World) -> None:
        page = reverse("attendance:student", args=[world.other_student.pk])
        assert "Saisir une absence" in as_user(world.sonia).get(page).text
        assert "Aucune absence." in as_user(world.fatou).get(page).text


class TestRecord:
    def test_an_absence_is_noted(self, world: World) -> None:
        address = reverse("attendance:record", args=[world.student.pk])
        response = as_user(world.sonia).post(address, filled(world, late_minutes="10"), follow=True)
        assert response.redirect_chain == [(page(world), HTTPStatus.FOUND)]
        made = Absence.objects.exclude(pk=world.absence.pk).get()
        assert timezone.localtime(made.session.starts_at).hour == 8
        assert (made.session.minutes, made.late_minutes, made.recorded_by) == (120, 10, world.sonia)
        assert made.enrolment == world.enrolment
        assert "Absence enregistrée" in response.text

    def test_the_modules_offered_are_those_that_the_student_follows(self, world: World) -> None:
        address = reverse("attendance:record", args=[world.student.pk])
        choices = as_user(world.sonia).get(address).context["form"].fields["module"].choices
        assert [label for label, _ in choices[1:]] == ["S2 · 2025-2026", "S1 · 2025-2026"]
        assert [label for _, label in choices[2][1]] == [str(world.module), str(world.other_module)]

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"module": ""}, "Ce champ est obligatoire."),
            ({"module": "999999"}, "Sélectionnez un choix valide."),
            ({"date": "2052-10-06"}, "n’est pas dans l’année universitaire 2025-2026."),
            ({"date": "demain"}, "Saisissez une date valide."),
            ({"minutes": "7"}, "Sélectionnez un choix valide."),
            ({"late_minutes": "120"}, "Un retard est plus court que la séance"),
            ({"state": "perdue"}, "Sélectionnez un choix valide."),
        ],
    )
    def test_what_is_wrong_is_said(self, world: World, fields: dict[str, str], sentence: str) -> None:
        address = reverse("attendance:record", args=[world.student.pk])
        response = as_user(world.sonia).post(address, filled(world, **fields))
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert sentence in response.text
        assert Absence.objects.count() == 1

    def test_the_same_seance_twice_is_refused(self, world: World) -> None:
        client, address = as_user(world.sonia), reverse("attendance:record", args=[world.student.pk])
        client.post(address, filled(world))
        response = client.post(address, filled(world))
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "L’absence de GARNIER Émile à cette séance est déjà saisie." in response.text
        assert Absence.objects.count() == 2


class TestCorrect:
    def test_an_absence_is_corrected(self, world: World) -> None:
        address = reverse("attendance:correct", args=[world.absence.pk])
        client = as_user(world.sonia)
        assert 'value="injustifiee" selected' in client.get(address).text
        response = client.post(address, {"state": "justifiee", "late_minutes": ""}, follow=True)
        assert "Absence corrigée." in response.text
        world.absence.refresh_from_db()
        assert world.absence.state == "justifiee"

    def test_what_is_wrong_is_said(self, world: World) -> None:
        address = reverse("attendance:correct", args=[world.absence.pk])
        response = as_user(world.sonia).post(address, {"state": "justifiee", "late_minutes": "90"})
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Un retard est plus court que la séance" in response.text

    def test_a_mistake_is_taken_back(self, world: World) -> None:
        address = reverse("attendance:cancel", args=[world.absence.pk])
        response = as_user(world.sonia).post(address, follow=True)
        assert "Absence supprimée." in response.text
        assert not Absence.objects.exists()


def test_queries_do_not_grow_with_rows(world: World) -> None:
    client = as_user(world.sonia)
    addresses = [page(world), reverse("attendance:record", args=[world.student.pk])]

    def read() -> None:
        for address in addresses:
            assert client.get(address).status_code == HTTPStatus.OK

    read()
    one = queries(read)
    for rank in range(5):
        session = factories.session(module=factories.module(f"R1.1{rank}"))
        factories.plan_module(world.plans[0], session.module, {})
        factories.absence(enrolment=world.enrolment, session=session, recorded_by=factories.user())
    assert queries(read) == one
