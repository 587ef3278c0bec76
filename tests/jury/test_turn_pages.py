"""The pages of the turn of a year, as the secretariat goes through them."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jury.models import Turn, TurnAct
from jury.turning import services
from people.models import Enrolment, Student, User
from tests import factories
from tests.jury import scene
from tests.jury.turns import FAILING, NEXT, closed, next_year, semesters
from tests.strict import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(db: None) -> User:
    return factories.user("secretariat")


@pytest.fixture
def year() -> dict[str, Student]:
    """A BUT1: two to enrol in a parcours, one to repeat."""
    plans = scene.year(count=3)
    people = {
        name: scene.enrol(plans, FAILING if name == "Bis" else "12", student=scene.named(name))
        for name in ("Alpha", "Bis", "Gamma")
    }
    closed(plans, {people["Bis"]: "RED"})
    next_year()
    return people


def turn() -> Turn:
    return services.prepare_turn(formation=factories.formation(), source_year=factories.YEAR, by=None)


def get(client: Client, user: User, page: str, *args: int, **query: str) -> str:
    client.force_login(user)
    response = client.get(reverse(f"jury:{page}", args=args), query)
    assert response.status_code == HTTPStatus.OK
    return scene.text(response)


def post(client: Client, user: User, page: str, *args: int, query: str = "", **data: Any) -> Any:
    client.force_login(user)
    return client.post(reverse(f"jury:{page}", args=args) + query, data)


def test_the_whole_way(client: Client, secretary: User, year: dict[str, Student]) -> None:
    # The next year is in service, hence in use: the one that ends can still be turned.
    assert "Préparer la rentrée 2026-2027" in get(client, secretary, "turns")
    begun = post(client, secretary, "turns", apres=factories.YEAR)
    made = Turn.objects.get()
    assert begun.url == reverse("jury:turn", args=[made.pk])
    assert "Préparer la rentrée 2026-2027" not in get(client, secretary, "turns")
    assert "1 étudiant à inscrire, sur 3" in get(client, secretary, "turn", made.pk)

    page = get(client, secretary, "turn-students", made.pk, vue="parcours")
    assert re.findall(r"([A-Z]+) Tom</a>", page) == ["ALPHA", "GAMMA"]
    kept = post(client, secretary, "turn-students", made.pk, query="?vue=parcours", place="2:OSC:", every="on")
    assert kept.status_code == HTTPStatus.FOUND
    page = get(client, secretary, "turn-confirm", made.pk)
    assert "Inscrire 3 étudiants" in page

    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen
    done = post(client, secretary, "turn-confirm", made.pk, seen=seen[1])
    act = TurnAct.objects.get()
    assert done.url == reverse("jury:turn-act", args=[made.pk, act.pk])
    assert semesters(year["Alpha"]) == ["S3 OSC", "S4 OSC"]
    assert "ALPHA Tom" in get(client, secretary, "turn-act", made.pk, act.pk)
    assert "Il n’y a rien à écrire" in get(client, secretary, "turn-confirm", made.pk)

    post(client, secretary, "turn-act", made.pk, act.pk, undo="1")
    assert not Enrolment.objects.filter(plan__academic_year=NEXT).exists()
    assert "Inscrire 3 étudiants" in get(client, secretary, "turn-confirm", made.pk)


def test_the_even_semesters_are_opened_from_the_same_page(client: Client, secretary: User) -> None:
    factories.maquette()
    begun = post(client, secretary, "turns", apres="impair")
    made = Turn.objects.get()
    assert made.within_year
    post(client, secretary, "turn", made.pk, with_exemptions="on", whole_year="")
    made.refresh_from_db()
    assert (made.with_exemptions, made.whole_year) == (True, True)
    assert "Semestres pairs 2025-2026" in scene.text(client.get(begun.url))


def test_one_student_is_corrected(client: Client, secretary: User, year: dict[str, Student]) -> None:
    made, repeater = turn(), year["Bis"]
    ticked = {"place": "aucune", "students": [repeater.pk]}
    post(client, secretary, "turn-students", made.pk, query="?vue=redoublants", **ticked)
    assert "ne pas inscrire" in get(client, secretary, "turn-students", made.pk, vue="sortants")
    ticked["place"] = "proposition"
    post(client, secretary, "turn-students", made.pk, query="?vue=sortants", **ticked)
    assert "BIS Tom" in get(client, secretary, "turn-students", made.pk, vue="redoublants")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"place": "2:OSC:"}, "Cochez au moins un étudiant."),
        ({"place": "", "every": "on"}, "Ce champ est obligatoire."),
        ({"place": "2:OSC:", "students": ["0"]}, "n’est plus dans cette liste"),
        ({"place": "9:XX:", "every": "on"}, "Sélectionnez un choix valide"),
    ],
)
def test_a_choice_that_cannot_be_is_told(
    client: Client, secretary: User, year: dict[str, Student], data: dict[str, Any], sentence: str
) -> None:
    response = post(client, secretary, "turn-students", turn().pk, query="?vue=tous", **data)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in scene.text(response)


def test_the_likeliest_place_is_the_first_to_choose(client: Client, secretary: User, year: dict[str, Student]) -> None:
    page = get(client, secretary, "turn-students", turn().pk, vue="parcours")
    assert re.findall(r'<option value="([^"]*)"', page) == ["2:OSC:", "2:QMI:", "1::", "aucune", "proposition"]


def test_why_each_proposal(client: Client, secretary: User, year: dict[str, Student]) -> None:
    page = get(client, secretary, "turn-students", turn().pk, vue="tous")
    assert page.count("pourquoi ?") == 3
    assert "RED (Jury annuel S2 2025-2026) : reprend l’année." in page


def test_what_was_shown_and_is_no_longer_true_is_not_confirmed(
    client: Client, secretary: User, year: dict[str, Student]
) -> None:
    response = post(client, secretary, "turn-confirm", turn().pk, seen="0" * 16)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "relisez-les" in scene.text(response)


def test_what_cannot_be_undone_says_why(client: Client, secretary: User, year: dict[str, Student]) -> None:
    act = services.confirm_turn(turn=turn(), by=None)
    assert act
    year["Bis"].enrolments.filter(plan__academic_year=NEXT).update(state="DEM")
    response = post(client, secretary, "turn-act", act.turn_id, act.pk, undo="1")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "démissionnaire" in scene.text(response)


def test_a_jury_that_is_not_closed_is_told_and_no_place_is_anybody_s(client: Client, secretary: User) -> None:
    plans = scene.year()
    scene.enrol(plans, "12")
    session = scene.opened(plans)
    made = turn()
    assert f"{session}</a> n’est pas clos" in get(client, secretary, "turn", made.pk)
    assert re.findall(r'<option value="([^"]*)"', get(client, secretary, "turn-students", made.pk))[0] == ""


def test_settings_are_kept(client: Client, secretary: User, year: dict[str, Student]) -> None:
    made = turn()
    post(client, secretary, "turn", made.pk, groups="membres", whole_year="on")
    made.refresh_from_db()
    assert (made.groups, made.with_services, made.with_exemptions, made.whole_year) == ("membres", False, False, True)
    response = post(client, secretary, "turn", made.pk, groups="ailleurs")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize("page", ["turn", "turn-students", "turn-confirm"])
def test_a_page_asks_for_no_more_queries_with_more_students(client: Client, secretary: User, page: str) -> None:
    plans, group = scene.year(), factories.group("TD1")
    scene.enrol(plans, "12", groups=[group])
    closed(plans)
    factories.service(module=factories.module("R1.01"), groups=[group])
    made = turn()
    client.force_login(secretary)

    def count() -> int:
        return queries(lambda: client.get(reverse(f"jury:{page}", args=[made.pk]), {"vue": "tous"}))

    few = count()
    for _ in range(4):
        factories.service(module=factories.module("R1.02"), groups=[group])
        scene.enrol(plans, "12", groups=[group])
    assert count() == few
