"""What was acquired elsewhere: entered on a document, withdrawn with a reason, seen by the jury."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CharField, Value
from django.test import Client
from django.urls import reverse

from curriculum.journal import JournalEntry
from curriculum.models import Plan
from people import services
from people.models import Equivalence, Student
from tests import factories
from tests.jury import scene
from tests.strict import queries

pytestmark = pytest.mark.django_db

ON_PAPER = {"kind": "mobilite", "host": "Universidade do Minho", "document": "Relevé", "reference": "ERA-7"}


@pytest.fixture
def plans() -> scene.Year:
    return scene.year(2)


@pytest.fixture
def student(plans: scene.Year) -> Student:
    """They followed the first semester here."""
    return scene.enrol(plans[:1], {"UE3.1": "12", "UE3.2": "9"})


def grant(student: Student, plan: Plan, **fields: Any) -> list[Equivalence]:
    given: Any = {"ues": list(plan.ues.order_by("position"))} | ON_PAPER | fields
    return services.grant_equivalences(student=student, **given, by=None)


def test_a_semester_abroad_acquires_its_ues(plans: scene.Year, student: Student) -> None:
    grant(student, plans[1], granted_on=date(2026, 6, 1))
    found = scene.judged(scene.jury(plans), student)
    assert [(ue["decision"], ue["average"]) for ue in found.verdict["ues"]] == [
        ("ADM", "12.00"),
        ("AJ", "9.00"),
        ("EQV", None),
        ("EQV", None),
    ]
    assert [(rcue["decision"], rcue["average"]) for rcue in found.verdict["rcues"]] == [
        ("ADM", "12.00"),
        ("AJ", "9.00"),
    ]
    assert JournalEntry.objects.get(action="equivalences_granted").after == {
        "ues": ["S4 C1/2", "S4 C2/2"],
        "kind": "mobilite",
        "reference": "ERA-7",
    }


def test_a_converted_mark_makes_the_rcue(plans: scene.Year, student: Student) -> None:
    grant(student, plans[1], ues=[plans[1].ues.get(code="UE4.2")], mark="13.50")
    found = scene.judged(scene.jury(plans), student)
    assert found.verdict["ues"][3] == {"code": "UE4.2", "average": "13.50", "decision": "EQV", "ects": "15"}
    assert found.verdict["rcues"][1]["average"] == "11.25"
    assert found.verdict["rcues"][1]["decision"] == "CMP"


def test_it_holds_in_the_next_maquette_and_for_the_years_after(plans: scene.Year, student: Student) -> None:
    first = scene.year()
    for plan in first:
        grant(student, plan, kind="transfert")
    dossier = scene.judged(scene.jury(plans), student).part["dossier"]
    assert {line["decision"] for line in dossier["record"]} == {"EQV"}
    assert {line["title"] for line in dossier["record"]} == {"transfert, Universidade do Minho"}
    assert scene.judged(scene.jury(plans[:1], semester=3), student).verdict["ects_total"] == "75"


def test_it_never_takes_an_acquired_ue_back(plans: scene.Year, student: Student) -> None:
    held = scene.earlier("2024-2025", 4)
    factories.decision(held, student, "UE3.1", semester=3, level=2, average="15.00")
    grant(student, plans[0], ues=[plans[0].ues.get(code="UE3.1")], mark="11")
    (line,) = scene.judged(scene.jury(plans), student).part["dossier"]["record"]
    assert (line["decision"], line["average"]) == ("ADM", "15.00")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ues": []}, "Choisissez au moins une UE."),
        ({"mark": "12"}, "Une note convertie est celle d’une seule UE"),
        ({"document": " "}, "Ce champ ne peut pas être vide"),
        ({"kind": "amitié"}, "n’est pas un choix valide"),
    ],
)
def test_a_grant_is_refused_whole(plans: scene.Year, student: Student, fields: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        grant(student, plans[1], **fields)
    assert any(sentence in message for message in refused.value.messages), refused.value.messages
    assert not Equivalence.objects.exists()


def test_a_mark_below_ten_acquires_nothing(plans: scene.Year, student: Student) -> None:
    with pytest.raises(ValidationError, match="de 10 à 20"):
        grant(student, plans[1], ues=[plans[1].ues.get(code="UE4.2")], mark="9.99")


def test_a_ue_is_granted_once_until_it_is_withdrawn(plans: scene.Year, student: Student) -> None:
    first, _ = grant(student, plans[1])
    with pytest.raises(ValidationError, match="déjà une équivalence"):
        grant(student, plans[1])
    services.withdraw_equivalence(equivalence=first, reason="Relevé d’un homonyme", by=None)
    with pytest.raises(ValidationError, match="déjà retirée"):
        services.withdraw_equivalence(equivalence=first, reason="Encore", by=None)
    grant(student, plans[1], ues=[plans[1].ues.get(code="UE4.1")])
    assert Equivalence.objects.count() == 3
    assert Equivalence.objects.in_force().count() == 2


def test_a_withdrawal_has_a_reason(plans: scene.Year, student: Student) -> None:
    first, _ = grant(student, plans[1])
    with pytest.raises(ValidationError, match="motif"):
        services.withdraw_equivalence(equivalence=first, reason=" ", by=None)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("people_equivalence_semester", {"semester": 7}),
        ("people_equivalence_kind_known", {"kind": "amitié"}),
        ("people_equivalence_document", {"reference": ""}),
        ("people_equivalence_ects", {"ects": "-1"}),
        ("people_equivalence_mark", {"mark": "9.99"}),
        ("people_equivalence_mark", {"mark": "20.5"}),
        ("people_equivalence_withdrawal", {"withdrawal": "sans date"}),
    ],
)
def test_a_constraint_holds(plans: scene.Year, student: Student, name: str, fields: dict[str, Any]) -> None:
    ue = plans[0].ues.get(code="UE3.1")
    made = factories.equivalence(student, ue)
    if "ects" in fields:  # past what the field itself refuses
        fields = {"ects": Value("-1", output_field=CharField())}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Equivalence.objects.filter(pk=made.pk).update(**fields)


def test_the_same_ue_twice_is_refused_by_the_database(plans: scene.Year, student: Student) -> None:
    ue = plans[0].ues.get(code="UE3.1")
    factories.equivalence(student, ue)
    with pytest.raises(IntegrityError):
        factories.equivalence(student, ue)


def test_the_secretariat_enters_and_withdraws(plans: scene.Year, student: Student, client: Client) -> None:
    client.force_login(factories.user("secretariat"))
    page = reverse("people:equivalences", args=[student.pk])
    assert "Aucune UE acquise ailleurs." in scene.text(client.get(page))
    ues = [str(ue.pk) for ue in plans[1].ues.order_by("position")]
    refused = client.post(page, ON_PAPER | {"ues": ues, "reference": ""})
    assert refused.status_code == 422
    shown = scene.text(client.post(page, ON_PAPER | {"ues": ues}, follow=True))
    assert "2 équivalences enregistrées." in shown
    assert "mobilité, Universidade do Minho" in shown
    assert f'value="{ues[0]}"' not in shown
    held = Equivalence.objects.earliest("pk")
    withdraw = reverse("people:withdraw-equivalence", args=[student.pk, held.pk])
    assert "motif" in scene.text(client.post(withdraw, {"reason": ""}, follow=True))
    assert "Relevé d’un homonyme" in scene.text(client.post(withdraw, {"reason": "Relevé d’un homonyme"}, follow=True))


def test_the_others_look(plans: scene.Year, student: Student, client: Client) -> None:
    grant(student, plans[1])
    client.force_login(factories.user("president"))
    shown = scene.text(client.get(reverse("people:equivalences", args=[student.pk])))
    assert "Universidade do Minho" in shown
    assert "Retirer" not in shown
    assert "Saisir une équivalence" not in shown


def test_queries_do_not_grow(plans: scene.Year, student: Student, client: Client) -> None:
    client.force_login(factories.user("secretariat"))
    page = reverse("people:equivalences", args=[student.pk])

    def cost() -> int:
        return queries(lambda: client.get(page))

    grant(student, plans[1], ues=[plans[1].ues.get(code="UE4.1")])
    cost()
    one = cost()
    for plan in (*scene.year(), *scene.year(3)):
        grant(student, plan)
        scene.enrol([plan], student=student)
    assert cost() == one
