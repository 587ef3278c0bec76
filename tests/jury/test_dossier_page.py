"""One dossier: every code explained, what the president decides, what the student sees and when."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jury import services
from jury.engine.regulation import Regulation
from jury.explanations import explanation_of
from jury.models import JurySession, Ruling
from people.models import User
from tests import factories
from tests.jury import scene

pytestmark = pytest.mark.django_db

Get = Callable[..., str]


def test_a_dossier_explains_every_code_and_every_average(get: Get) -> None:
    plans = scene.year()
    student = scene.enrol(plans, scene.HALF | {"UE1.1": "ABI"}, student=scene.named("Barre"))
    html = get("dossier", scene.opened(plans).pk, student.pk)
    assert scene.chips(html)[:6] == ["AJ", "ADM", "AJ", "AJ", "AJ", "AJ"]
    for rule in ("N-03", "N-06", "N-10"):
        assert f'<span class="rule">{rule}</span>' in html
    assert html.count("pourquoi ?<span") == 4 + 2 + 1
    assert "DS1 : ABI = 0 × 1" in html
    assert html.count("Intitulé de UE") == 2  # each level has its name
    first = html.split('<details class="why">')[1]
    assert (
        first.index("N-03")
        < first.index("DS1 : ABI")
        < first.index("Moyenne de l’UE, arrondie")
        < first.index("</details>")
    )
    assert "DS1 : 8,00/20 × 1" in html
    assert "<p>Somme : 1 × 8,00 = 8,00</p><p>Moyenne : 8,00 ÷ 1 = 8,00</p>" in html


def test_the_explanation_of_an_average_tells_bonus_groups_and_what_is_missing(get: Get) -> None:
    plan = scene.semester(1)
    factories.regulation(parameters={"bonus_cap": "0.5"}, articles={"bonus_cap": "M3C, art. 7"})
    student = scene.enrol([plan], {"UE1.1": "12"})
    enrolment = student.enrolments.get()
    factories.adjustment(enrolment=enrolment, ue=plan.ues.get(code="UE1.1"))
    module = plan.plan_modules.get(position=1).module
    factories.evaluation(module=module, groups=[factories.group("TD9")])
    html = get("dossier", scene.jury([plan], semester=1).pk, student.pk)
    assert '<small class="quiet">DS1 : 12,00/20 × 1</small>' in html
    assert (
        "<p>Bonus : +0,1 (M3C, art. 7)</p><p>Moyenne de l’UE, arrondie au centième le plus proche : 12,10</p>" in html
    )
    assert "DS1 : non saisie · en attente (I-11)</small>" in html
    assert "Aucune note ne compte encore." in html


def test_the_articles_of_what_was_applied_stand_with_the_rules(get: Get) -> None:
    """The règlement of the session: its threshold, weights and minimum; ABI beside the mark that it made."""
    sentences = {"validation_threshold": "10", "rcue_weights": "equal", "rcue_minimum": "8", "repeat_limit": 4}
    sentences |= {"abi_scope": "evaluation", "keep_best_unacquired": True, "progression_counts_validated": True}
    factories.regulation(parameters=sentences, articles={key: f"M3C, art. {len(key)}" for key in sentences})
    plans = scene.year()
    student = scene.enrol(plans, scene.HALF | {"UE1.1": "ABI"})
    session = scene.opened(plans)
    html = get("dossier", session.pk, student.pk)
    assert html.count("Seuil d’acquisition : 10,00/20 (M3C, art. 20).") == 4 + 2 + 1
    assert html.count("Poids des deux UE d’un RCUE : égaux (M3C, art. 12).") == 2
    assert html.count("Minimum d’un RCUE pour passer : 8,00/20 (M3C, art. 12).") == 1
    assert html.count("Semestres redoublés au plus : 4 (M3C, art. 12).") == 1
    assert "DS1 : ABI = 0 × 1 (L-01, M3C, art. 9)" in html
    assert "la meilleure des deux moyennes" not in html, "nothing was taken again"
    assert "compte comme obtenu pour le passage" not in html, "no RCUE is validated otherwise than by its average"
    services.rule(session=session, student=student, target="C2/1", decision="ADJ", reason="Progrès", by=None)
    assert "compte comme obtenu pour le passage (M3C, art. 28)." in get("dossier", session.pk, student.pk)


def leaves(told: Any) -> Iterator[Any]:
    """Everything that a JSON holds."""
    if isinstance(told, dict | list):
        for each in told.values() if isinstance(told, dict) else told:
            yield from leaves(each)
    else:
        yield told


def test_an_explanation_names_the_jury_that_acquired_a_ue_and_travels_as_json(get: Get) -> None:
    plans = scene.year()
    student = scene.enrol(plans, {"UE1.1": "8"}, repeating=True)
    factories.decision(scene.earlier("2024-2025", 2), student, "UE1.1", semester=1, average="12.50")
    session = scene.jury(plans)
    assert "ADM, 12,50 : Jury annuel S2 2024-2025." in get("dossier", session.pk, student.pk)
    why = explanation_of(session, scene.judged(session, student), student, Regulation(), {})
    told = json.loads(json.dumps(asdict(why)))
    assert set(map(type, leaves(told))) == {str, bool, type(None)}, "a figure is a string, exact"
    assert [ue["code"] for level in told["levels"] for ue in level["ues"]] == ["UE1.1", "UE2.1", "UE1.2", "UE2.2"]
    (first, _) = told["levels"][0]["ues"]
    assert (first["source"]["decision"], first["source"]["average"]) == ("ADM", "12.50")
    assert (first["average"]["figure"], first["average"]["modules"][0]["marks"][0]["mark"]) == ("8.00", "8")


def test_a_dossier_leads_to_the_others_of_the_same_view(get: Get) -> None:
    session = scene.cohort()
    students = {student.last_name: student.pk for student in session.candidates()}
    html = get("dossier", session.pk, students["Dette"])
    assert ("DECISION Tom" in html, "MANQUE Tom" in html, "3/6" in html) == (True, True, True)
    worklist = get("dossier", session.pk, students["Decision"], vue="a-decider")
    assert ("1/1" in worklist, 'rel="next"' in worklist) == (True, False)


def test_a_dossier_tells_earlier_juries_and_debts(get: Get) -> None:
    session = scene.cohort()
    debtor = session.candidates().get(last_name="Dette")
    html = get("dossier", session.pk, debtor.pk)
    earlier = reverse("jury:dossier", args=[JurySession.objects.get(semester=2).pk, debtor.pk])
    assert f'<a href="{earlier}">Jury annuel S2 2024-2025</a>' in html
    assert "UE1.9 9,00" in html
    assert "Le S5 reste fermé tant que ces UE ne sont pas acquises : UE1.9 (N-11)." in html


def test_the_president_decides_and_takes_back(client: Client, president: User, get: Get) -> None:
    plans = scene.year()
    student = scene.enrol(plans, scene.HALF)
    session = scene.opened(plans)
    html = get("dossier", session.pk, student.pk)
    for choice in ("year=RED", "year=NAR", "year=ADJ", "year=PAS1NCI", "C2/1=ADJ", "UE1.2=ADJ", "UE2.2=ADJ"):
        assert f'value="{choice}"' in html
    assert 'value="C1/1=ADJ"' not in html
    url = reverse("jury:rule", args=[session.pk, student.pk]) + "?vue=a-decider"
    response = client.post(url, {"choice": "year=RED", "reason": "Progression"})
    assert response["Location"] == reverse("jury:dossier", args=[session.pk, student.pk]) + "?vue=a-decider"
    assert Ruling.objects.get().by == president
    assert "Progression" in get("dossier", session.pk, student.pk)
    client.post(reverse("jury:withdraw", args=[session.pk, student.pk]), {"target": "year"})
    assert not Ruling.objects.exists()
    twice = client.post(reverse("jury:withdraw", args=[session.pk, student.pk]), {"target": "year"}, follow=True)
    assert "n’a rien décidé sur year" in scene.text(twice)


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"choice": "year=RED", "reason": " "}, "Une décision du jury a un motif"),
        ({"choice": "year=PASD", "reason": "Passage"}, "Sélectionnez un choix valide."),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    client: Client, president: User, posted: dict[str, str], sentence: str
) -> None:
    plans = scene.year()
    student = scene.enrol(plans, scene.HALF)
    session = scene.opened(plans)
    client.force_login(president)
    response = client.post(reverse("jury:rule", args=[session.pk, student.pk]), posted)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in scene.text(response)
    assert not Ruling.objects.exists()


def test_only_a_sitting_jury_offers_to_decide(client: Client, get: Get) -> None:
    plans = scene.year()
    student = scene.enrol(plans)
    session = scene.jury(plans)
    assert "Décider" not in get("dossier", session.pk, student.pk)
    services.open_session(session=session, by=None)
    assert ">Décider<" in get("dossier", session.pk, student.pk)
    client.force_login(factories.user("secretariat"))
    assert ">Décider<" not in scene.text(client.get(reverse("jury:dossier", args=[session.pk, student.pk])))
    services.close_session(session=session, by=None)
    assert ">Décider<" not in get("dossier", session.pk, student.pk)


def test_the_year_is_explained_beside_its_code(get: Get) -> None:
    plans = scene.year()
    student = scene.enrol(plans, scene.HALF)
    session = scene.opened(plans)

    def year() -> tuple[list[str], list[str], str]:
        part = get("dossier", session.pk, student.pk).split("<h2>Année</h2>")[1].split("<dt>RCUE</dt>")[0]
        return [line.split("</dt>")[0] for line in part.split("<dt>")[1:]], scene.chips(part), part.split("why")[-1]

    proposed, codes, why = year()
    assert (proposed, codes, "N-10" in why) == (["Proposition"], ["à décider"], True)
    services.rule(session=session, student=student, target="year", decision="RED", reason="Progrès", by=None)
    decided, codes, why = year()
    assert (decided, codes) == (["Proposition", "Avec les décisions du jury"], ["à décider", "RED"])
    assert "Progrès" in why
    services.close_session(session=session, by=None)
    assert year()[0] == ["Proposition", "Décision"]


# --- the student


def test_the_juries_of_a_student_lead_to_their_dossiers_and_relevés(client: Client) -> None:
    plans = scene.year()
    student = scene.enrol(plans, student=factories.student(user=factories.user()))
    sealed = scene.held(plans).session
    preparing = scene.jury(plans[:1])
    elsewhere = factories.plan(1, maquette=factories.maquette(formation=factories.formation("GMP")))
    factories.enrolment(student=student, plan=elsewhere)
    other = factories.jury_session(1, plans=[elsewhere], formation=elsewhere.maquette.formation)
    assert student.user
    for reader, listed in [(student.user, [sealed, preparing, other]), (factories.user("head"), [sealed, preparing])]:
        client.force_login(reader)
        assert reverse("jury:student", args=[student.pk]) in scene.text(
            client.get(reverse("people:student", args=[student.pk]))
        )
        html = scene.text(client.get(reverse("jury:student", args=[student.pk])))
        for session in (sealed, preparing, other):
            for page in ("dossier", "releve"):
                assert (f'"{reverse(f"jury:{page}", args=[session.pk, student.pk])}"' in html) == (session in listed)
        assert scene.chips(html) == ["ADM"] * 7  # four UEs, two RCUEs, the year
        assert html.count("Relevé provisoire") == len(listed) - 1


def test_a_teacher_has_no_way_to_the_juries_of_a_student(client: Client) -> None:
    plans = scene.year()
    student = scene.enrol(plans)
    teacher = factories.user("teacher")
    factories.service(teacher=teacher, module=plans[0].plan_modules.get(position=1).module)
    client.force_login(teacher)
    page = reverse("jury:student", args=[student.pk])
    assert page not in scene.text(client.get(reverse("people:student", args=[student.pk])))
    assert client.get(page).status_code == HTTPStatus.FORBIDDEN


def test_a_student_whom_no_jury_awaits(get: Get) -> None:
    assert "Aucun jury n’a encore été préparé." in get("student", scene.enrol(scene.year()).pk)


def test_a_student_sees_no_code_before_the_jury_is_closed(client: Client) -> None:
    plans = scene.year()
    student = scene.enrol(plans, student=factories.student(user=factories.user()))
    assert student.user
    session = scene.jury(plans)
    page = reverse("jury:dossier", args=[session.pk, student.pk])
    client.force_login(student.user)
    for act in (None, services.open_session):
        if act:
            act(session=session, by=None)
        html = scene.text(client.get(page))
        assert "12,00" in html
        assert "Provisoire." in html
        assert scene.chips(html) == []
        assert "Proposition" not in html
        assert "pourquoi" not in html
    services.close_session(session=session, by=None)
    html = scene.text(client.get(page))
    assert scene.chips(html) == ["ADM"] * 7
    assert ("Décision" in html, "Proposition" in html, "Provisoire." in html) == (True, False, False)
    assert "DS1 : 12,00/20 × 1" in html


def test_a_student_sees_nobody_else(client: Client) -> None:
    plans = scene.year()
    student, neighbour = (scene.enrol(plans, student=factories.student(user=factories.user())) for _ in range(2))
    session = scene.held(plans).session
    assert student.user
    client.force_login(student.user)
    assert client.get(reverse("jury:dossier", args=[session.pk, neighbour.pk])).status_code == HTTPStatus.NOT_FOUND
    html = scene.text(client.get(reverse("jury:dossier", args=[session.pk, student.pk])))
    assert str(neighbour) not in html


def test_somebody_who_does_not_come_before_the_jury_has_no_dossier(client: Client, president: User) -> None:
    plans = scene.year()
    scene.enrol(plans)
    session = scene.jury(plans)
    stranger = scene.enrol([scene.semester(3)])
    client.force_login(president)
    assert client.get(reverse("jury:dossier", args=[session.pk, stranger.pk])).status_code == HTTPStatus.NOT_FOUND
