"""« Ce qu’il faut »: from rows to the least marks, to the student and to those who run the formation."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from grades.models import Evaluation
from jury import services
from people.models import Enrolment, Student, User
from tests import factories
from tests.jury import scene
from tests.strict import queries

pytestmark = pytest.mark.django_db

Get = Callable[..., str]


@pytest.fixture
def own(client: Client) -> Callable[..., str]:
    """The page as the student reads it."""

    def fetch(student: Student, **query: str) -> str:
        student.user = factories.user()
        student.save()
        client.force_login(student.user)
        return scene.text(client.get(reverse("jury:needs", args=[student.pk]), query))

    return fetch


def aims(html: str) -> list[str]:
    """Each aim of a page, and what it needs, in order."""
    items = re.findall(r"<li>\s*<span>(.*?)</span>(.*?)</li>", html, re.DOTALL)
    words = [
        (label, " ".join(re.sub(r"<span class=\"aloud-only\">.*?</span>|<.*?>", " ", rest).split()))
        for label, rest in items
    ]
    return [f"{label} : {rest}" for label, rest in words]


def test_a_year_under_way_says_what_each_aim_needs(get: Get) -> None:
    """UE1.1 has 9 and UE1.2 has 12; nothing is known of S2."""
    student = scene.enrol(scene.year(), {"UE1.1": "9", "UE1.2": "12"})
    assert aims(get("needs", student.pk)) == [
        "Passer en BUT2 : au moins 10,99 2 notes",
        "Valider tous les RCUE : au moins 10,99 2 notes",
        "10 à l’UE : ○ impossible",
        "l’UE, au besoin par son RCUE : au moins 10,99 1 note",
        "10 à l’UE : au moins 10,00 1 note",
        "10 au RCUE : au moins 10,99 1 note",
        "8 au RCUE, pour passer : au moins 6,99 1 note",
        "10 à l’UE : ● déjà atteint",
        "10 à l’UE : au moins 10,00 1 note",
        "l’UE, au besoin par son RCUE : au moins 7,99 1 note",
        "10 au RCUE : au moins 7,99 1 note",
        "8 au RCUE, pour passer : au moins 3,99 1 note",
    ]


def test_an_aim_shows_each_evaluation_by_itself(get: Get) -> None:
    plans = scene.year()
    student = scene.enrol(plans, {"UE1.1": "9", "UE1.2": "12"})
    module = plans[1].plan_modules.get(position=1).module
    factories.evaluation(module=module, label="Projet", scale=40, weight=3)
    html = get("needs", student.pk, objectif="ue:UE2.1")
    rows = re.findall(r"S2 · (.*?)</small></th>\s*<td class=\"num\">(.*?)</td>\s*<td class=\"num\">(.*?)</td>", html)
    assert rows == [("DS1", "9,98/20", "0 suffit"), ("Projet", "19,99/40", "13,32/40")]
    assert "Une note à la fois" not in get("needs", student.pk, objectif="ue:UE9.9")


def test_to_the_student_a_mark_exists_once_published(get: Get, own: Get) -> None:
    student = scene.enrol(scene.year(), {"UE1.1": "9", "UE1.2": "12"})
    Evaluation.objects.filter(module__key="R1.01").update(state=Evaluation.State.PUBLISHED)
    seen = own(student)
    assert aims(seen)[2] == "10 à l’UE : ○ impossible"
    assert aims(seen)[7] == "10 à l’UE : au moins 10,00 1 note"
    assert ("Seules les notes publiées comptent" in seen, ">12,00<" in seen, ">9,00<" in seen) == (True, False, True)
    staff = get("needs", student.pk)
    assert ("Toutes les notes saisies comptent" in staff, ">12,00<" in staff) == (True, True)


def test_a_module_without_evaluation_and_a_stage_are_said(get: Get) -> None:
    plans = scene.year()
    Evaluation.objects.filter(module__key="R2.01").delete()
    stage = factories.module("ST2", maquette=plans[1].maquette, semester=2, kind="stage")
    factories.plan_module(plans[1], stage, {"UE2.2": "1"}, code="SAÉ2.ST")
    html = get("needs", scene.enrol(plans, {"UE1.1": "12", "UE1.2": "12"}).pk, objectif="year:")
    assert "une seule note sur 20 : R2.01, SAÉ2.ST." in html
    assert "Il faut aussi accomplir : SAÉ2.ST." in html
    assert html.count("note du module") == 2


def test_what_no_mark_can_settle_is_said(get: Get) -> None:
    html = get("needs", scene.enrol(scene.year(), {"UE1.1": "ABJ", "UE1.2": "12"}).pk)
    assert aims(html)[:3] == [
        "Passer en BUT2 : … en attente",
        "Valider tous les RCUE : … en attente",
        "10 à l’UE : … en attente",
    ]
    assert "UE1.1 attend autre chose qu’une note à venir : R1.01" in html


def test_the_semester_that_follows_is_supposed(get: Get) -> None:
    plans = scene.year()
    html = get("needs", scene.enrol(plans[:1], {"UE1.1": "9", "UE1.2": "12"}).pk)
    assert aims(html)[0] == "Passer en BUT2 : au moins 10,99 2 notes"
    assert "L’inscription en S2 est supposée" in html


def test_without_a_maquette_of_the_second_semester_the_ues_of_the_first_are_told(get: Get) -> None:
    html = get("needs", scene.enrol([scene.semester(1)], {"UE1.2": "12"}).pk)
    assert aims(html) == ["10 à l’UE : au moins 10,00 1 note", "10 à l’UE : ● déjà atteint"]


def test_a_ue_acquired_before_is_acquired(get: Get) -> None:
    plans = scene.year()
    student = scene.enrol(plans, {"UE1.1": "7"}, repeating=True)
    factories.decision(scene.earlier("2024-2025", 2), student, "UE1.1", semester=1, code="ADM", average="12.50")
    found = aims(get("needs", student.pk))
    assert found[2] == "10 à l’UE : ● déjà acquise"
    assert found[4] == "l’UE, au besoin par son RCUE : au moins 7,49 1 note"


def test_the_last_year_leads_to_no_other(get: Get) -> None:
    assert aims(get("needs", scene.enrol(scene.year(3), {}).pk))[0] == "Valider tous les RCUE : au moins 10,00 4 notes"


def test_a_year_that_is_over_shows_its_decision(get: Get) -> None:
    plans = scene.year()
    student = scene.enrol(plans, "12")
    session = scene.opened(plans)
    services.close_session(session=session, by=None)
    html = get("needs", student.pk)
    assert (scene.chips(html), reverse("jury:dossier", args=[session.pk, student.pk]) in html) == (["ADM"], True)


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda student: student.enrolments.update(state="DEM"), "L’inscription n’est plus en cours (DEM)"),
        (lambda student: Enrolment.objects.all().delete(), "Aucune inscription."),
        (
            lambda student: factories.ue(student.enrolments.first().plan, "UE1.9", niveau=factories.niveau("C1")),
            "Rien ne peut être calculé.",
        ),
    ],
    ids=["gone", "never there", "a dossier that no jury could judge"],
)
def test_a_page_without_aims_says_why(own: Get, prepare: Callable[[Student], object], sentence: str) -> None:
    student = scene.enrol(scene.year(), {})
    prepare(student)
    html = own(student)
    assert (sentence in html, aims(html)) == (True, [])


def test_a_teacher_is_not_told(client: Client) -> None:
    student = scene.enrol(scene.year(), {})
    client.force_login(factories.service(module=factories.module("R1.01")).teacher)
    assert client.get(reverse("jury:needs", args=[student.pk])).status_code == 403


def test_queries_do_not_grow(client: Client, president: User) -> None:
    plans = scene.year()
    student = scene.enrol(plans, {"UE1.1": "9"})
    client.force_login(president)

    def look() -> object:
        return client.get(reverse("jury:needs", args=[student.pk]), {"objectif": "year:"})

    few = queries(look)
    for _ in range(5):
        scene.enrol(plans, "12")
    for plan_module in plans[1].plan_modules.all():
        factories.evaluation(module=plan_module.module)
    assert queries(look) == few
