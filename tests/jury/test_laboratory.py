"""The policy laboratory: who changes status under another règlement, and that nothing of it is stored."""

from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from grades.models import Evaluation, Mark
from jury import services
from jury.engine.regulation import Regulation, override
from jury.laboratory.comparison import Change, Kind, Side
from jury.laboratory.page import HEADERS
from jury.laboratory.trial import Pair, Trial, trial_of
from jury.models import JurySession
from jury.sitting import sitting_of
from people.models import Student, User
from tests import factories
from tests.jury import scene
from tests.jury.conftest import Get
from tests.strict import queries

pytestmark = pytest.mark.django_db


def trial(session: JurySession, *, rulings: bool = True, **parameters: Any) -> Trial:
    session.refresh_from_db()
    sitting = sitting_of(session)
    current = override(Regulation(), sitting.document["regulation"]["parameters"])
    return trial_of(sitting, override(current, parameters), rulings=rulings)


def pair_of(found: Trial, student: Student) -> Pair:
    pair = found.find(student.pk)
    assert pair is not None
    return pair


def changes(found: Trial, student: Student) -> dict[str, Change]:
    comparison = pair_of(found, student).comparison
    assert comparison is not None
    return {change.about: change for change in comparison.changes}


def told(change: Change) -> tuple[str, str, int, str]:
    return change.before.code, change.after.code, change.worth, change.rule


UNEVEN = {"UE1.1": "9", "UE1.2": "12", "UE2.1": "11", "UE2.2": "12"}
"""C1 at 10,00 with equal weights; 9,80 when UE1.1 weighs 9 ECTS and UE2.1 only 6."""


def uneven() -> tuple[JurySession, Student]:
    """A jury where the weights of the two UEs of a RCUE decide."""
    plans = scene.year()
    plans[0].ues.filter(code="UE1.1").update(ects="9")
    plans[1].ues.filter(code="UE2.1").update(ects="6")
    student = scene.enrol(plans, UNEVEN)
    return scene.opened(plans), student


# --- what changes


def test_weights_by_ects_take_back_a_compensation() -> None:
    session, student = uneven()
    found = changes(trial(session, rcue_weights="ects"), student)
    assert list(found) == ["UE1.1", "C1/1", "year", "S3", "ECTS"]
    assert found["UE1.1"] == Change(Kind.UE, "UE1.1", Side("CMP", "9.00"), Side("AJ", "9.00"), -1, "N-03")
    assert found["C1/1"] == Change(Kind.RCUE, "C1/1", Side("CMP", "10.00"), Side("AJ", "9.80"), -1, "N-06")
    assert told(found["year"]) == ("ADM", "", -1, "N-10")
    assert found["year"].after.detail == "RED, NAR, ADJ, PAS1NCI"
    assert told(found["S3"]) == ("ouvert", "fermé", -1, "N-10")
    assert (found["ECTS"].before.figure, found["ECTS"].after.figure) == ("45", "36")


def test_the_other_way_round_what_was_lost_is_gained() -> None:
    session, student = uneven()
    factories.regulation({"rcue_weights": "ects"})
    found = changes(trial(session, rcue_weights="equal"), student)
    assert {name: change.worth for name, change in found.items()} == {
        "UE1.1": 1,
        "C1/1": 1,
        "year": 1,
        "S3": 1,
        "ECTS": 1,
    }


def test_an_unjustified_absence_may_cost_the_module() -> None:
    plans = scene.year()
    student = scene.enrol(plans, "12")
    session = scene.opened(plans)
    module = plans[0].plan_modules.get(module__key="R1.01").module
    second = factories.evaluation(module=module, weight="0.1")
    enrolment = student.enrolments.get(plan=plans[0])
    factories.mark(reason="ABI", evaluation=second, enrolment=enrolment)
    found = trial(session, abi_scope="module")
    assert found.remade
    before, after = (
        side.levels[0].ues[0].average for side in (pair_of(found, student).before, pair_of(found, student).after)
    )
    assert (before, after) == ("10.91", "0.00")
    assert told(changes(found, student)["C1/1"])[:3] == ("ADM", "AJ", -1)


def test_an_average_that_moves_under_its_code_is_counted_and_not_told() -> None:
    plans = scene.year()
    student = scene.enrol(plans, "12")
    session = scene.opened(plans)
    for plan in plans:
        for each in plan.plan_modules.all():
            factories.evaluation(module=each.module, weight="2")
    for enrolment in student.enrolments.all():
        second = Evaluation.objects.get(module__key=f"R{enrolment.plan.semester}.01", weight=2)
        factories.mark("13", evaluation=second, enrolment=enrolment)
    found = trial(session, rounding="half_up_3", abj_only="neutralised")
    comparison = pair_of(found, student).comparison
    assert comparison is not None
    assert comparison.changes == ()
    assert pair_of(found, student).after.levels[0].ues[0].average == "12.667"
    assert comparison.moved == 3  # two UEs at 12,667 and their RCUE; C2 waits


def test_a_debt_repaid_under_one_regulation_only() -> None:
    plans = scene.year(2)
    student = scene.enrol(plans, {"UE3.1": "9", "UE3.2": "12", "UE4.1": "11", "UE4.2": "12"})
    plans[0].ues.filter(code="UE3.1").update(ects="9")
    plans[1].ues.filter(code="UE4.1").update(ects="6")
    at = {"semester": 1, "competence": "C1", "level": 1, "code": "AJ", "average": "9.00"}
    factories.decision(scene.earlier("2024-2025", 2), student, "UE1.1", **at)
    found = changes(trial(scene.opened(plans), rcue_weights="ects"), student)
    assert told(found["UE1.1"]) == ("acquise", "due", -1, "N-08")
    assert told(found["DUT"]) == ("obtenu", "non obtenu", -1, "N-15")


def test_how_a_year_may_be_repeated_is_a_change() -> None:
    plans = scene.year()
    student = scene.enrol(plans, scene.HALF)
    session = scene.opened(plans)
    assert told(changes(trial(session, repeat_limit=1), student)["year"]) == ("", "", -1, "N-12")


# --- from which facts


def test_a_closed_jury_is_replayed_from_its_record() -> None:
    session, student = uneven()
    services.close_session(session=session, by=None)
    Mark.objects.filter(enrolment__plan=session.plans.get(semester=1), enrolment__student=student).update(
        hundredths=100
    )
    found = trial(session, rcue_weights="ects")
    assert (found.sealed, found.remade, found.drifted) == (True, False, 0)
    assert changes(found, student)["C1/1"].before == Side("CMP", "10.00")


def test_other_averages_are_made_again_on_both_sides() -> None:
    plans = scene.year()
    student, other = scene.enrol(plans, "12"), scene.enrol(plans, "11")
    session = scene.opened(plans)
    services.close_session(session=session, by=None)
    Mark.objects.filter(enrolment__plan=session.plans.get(semester=1), enrolment__student=student).update(
        hundredths=100
    )
    found = trial(session, rounding="trunc_2")
    assert (found.sealed, found.remade, found.drifted, found.missing) == (False, True, 1, ())
    assert changes(found, student) == changes(found, other) == {}
    assert pair_of(found, student).before.levels[0].ues[0].average == "1.00"


def test_who_has_no_marks_any_more_is_left_out_and_named() -> None:
    plans = scene.year()
    gone, _ = scene.enrol(plans, "12", student=scene.named("Parti")), scene.enrol(plans, "11")
    session = scene.opened(plans)
    services.close_session(session=session, by=None)
    for enrolment in gone.enrolments.all():
        enrolment.marks.all().delete()
        enrolment.delete()
    found = trial(session, rounding="trunc_2")
    assert found.missing == ("PARTI Tom",)
    assert len(found.pairs) == 1


def test_exact_averages_of_a_record_are_rounded_without_the_marks() -> None:
    plans = scene.year()
    factories.regulation({"rcue_from_rounded_ue": False})
    student = scene.enrol(plans, UNEVEN | {"UE1.1": "9,98", "UE2.1": "10"})
    for key, weight, mark in [("R1.01", "1", "9,99"), ("R2.01", "0.25", "10,01")]:  # 9,985 and 10,002
        module = factories.module(key, semester=int(key[1]))
        evaluation = factories.evaluation(module=module, weight=weight)
        factories.mark(mark, evaluation=evaluation, enrolment=student.enrolments.get(plan__semester=key[1]))
    session = scene.opened(plans)
    factories.ruling(session, student, "year", decision="RED")
    services.close_session(session=session, by=None)
    found = trial(session, rcue_from_rounded_ue=True)
    assert found.sealed
    assert changes(found, student)["C1/1"] == Change(
        Kind.RCUE, "C1/1", Side("AJ", "9.99"), Side("CMP", "10.00"), 1, "N-06"
    )


# --- the decisions of the jury


def test_what_the_jury_decided_stands_unless_it_is_left_out() -> None:
    session, student = uneven()
    factories.ruling(session, student, "C1/1")
    kept = changes(trial(session, rcue_weights="ects"), student)
    assert told(kept["C1/1"]) == ("CMP", "ADJ", 0, "N-14")
    assert told(kept["UE1.1"]) == ("CMP", "ADJR", 0, "N-14")
    assert told(kept["year"]) == ("ADM", "ADJ", 0, "N-14")
    bare = changes(trial(session, rulings=False, rcue_weights="ects"), student)
    assert told(bare["C1/1"])[:2] == ("CMP", "AJ")


def test_a_dossier_that_the_trial_cannot_judge_is_set_apart() -> None:
    plans = scene.year()
    for plan in plans:
        plan.ues.filter(position=1).update(ects="0")
    student = scene.enrol(plans)
    session = scene.opened(plans)
    pair = pair_of(trial(session, rcue_weights="ects"), student)
    assert pair.comparison is None
    assert "ECTS" in pair.refused


# --- the page


def ask(client: Client, user: User, page: str, *args: Any, **query: str) -> Any:
    client.force_login(user)
    return client.get(reverse(f"jury:{page}", args=args), query)


OURS = {"curriculum", "people", "attendance", "grades", "jury"}


def counts() -> Mapping[str, int]:
    ours = [model for model in apps.get_models() if model._meta.app_label in OURS]
    return {model._meta.label: model._default_manager.count() for model in ours}


def test_nothing_is_stored(client: Client, president: User) -> None:
    session, student = uneven()
    ask(client, president, "recap", session.pk)
    before = counts()
    for page, *who in [("laboratory",), ("laboratory-xlsx",), ("laboratory-student", student.pk)]:
        assert ask(client, president, str(page), session.pk, *who, rcue_weights="ects").status_code == HTTPStatus.OK
    assert counts() == before


def test_the_page_begins_with_what_can_be_tried(get: Get) -> None:
    session, _ = uneven()
    html = get("laboratory", session.pk)
    assert "Choisir le règlement à essayer" in html
    assert 'href="?rcue_weights=ects"' in html
    assert "?modele=rodez-2026" in html
    assert "Télécharger" not in html
    assert "laboratoire" in get("recap", session.pk)


def test_the_page_tells_who_changes(get: Get) -> None:
    session, student = uneven()
    html = get("laboratory", session.pk, rcue_weights="ects")
    for told_so in ("selon leurs ECTS", "1 sur 1", "UE1.1", "9,80", "ouvert → fermé", "45 → 36", "perd"):
        assert told_so in html, told_so
    assert f"/laboratoire/etudiants/{student.pk}/?rcue_weights=ects" in html
    assert "Aucun étudiant ici" in get("laboratory", session.pk, rcue_weights="ects", vue="gagnent")
    assert "Personne ne change" in get("laboratory", session.pk, abj_only="neutralised")


def test_the_regulation_in_force_changes_nobody(get: Get) -> None:
    session, _ = uneven()
    html = get("laboratory", session.pk, rcue_weights="equal")
    assert "C’est le règlement en vigueur" in html
    assert "0 sur 1" in html


def test_the_regulation_of_another_iut(get: Get) -> None:
    session, _ = uneven()
    factories.regulation({"bonus_cap": "0.5", "rcue_weights": "ects"})
    html = get("laboratory", session.pk, modele="rodez-2026")
    assert "0,5 point par UE au plus</span> → <strong>aucun" in html
    assert "gagne" in html


def test_an_address_that_is_no_regulation(client: Client, president: User) -> None:
    session, student = uneven()
    refused = ask(client, president, "laboratory", session.pk, validation_threshold="douze")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "errorlist" in scene.text(refused)
    xlsx = ask(client, president, "laboratory-xlsx", session.pk, validation_threshold="douze")
    assert xlsx["Location"] == f"{reverse('jury:laboratory', args=[session.pk])}?validation_threshold=douze"
    for page, args in [("laboratory", ()), ("laboratory-student", (student.pk,))]:
        assert ask(client, president, page, session.pk, *args, modele="?").status_code == HTTPStatus.NOT_FOUND


def test_without_names(client: Client, president: User, get: Get) -> None:
    session, student = uneven()
    html = get("laboratory", session.pk, rcue_weights="ects", sans_noms="on")
    assert "Dossier 1" in html
    for hidden in (student.last_name.upper(), student.nip, f"etudiants/{student.pk}/"):
        assert hidden not in html
    rows = sheet(ask(client, president, "laboratory-xlsx", session.pk, rcue_weights="ects", sans_noms="on"))
    assert rows[1][:3] == ["", "Dossier 1", ""]


def sheet(response: Any) -> list[list[str]]:
    found = load_workbook(BytesIO(response.content)).active
    assert found is not None
    return [[str(value or "").replace("\xa0", " ") for value in row] for row in found.iter_rows(values_only=True)]


def test_the_spreadsheet_tells_each_change_and_acts_on_none(client: Client, president: User) -> None:
    session, student = uneven()
    Student.objects.filter(pk=student.pk).update(last_name="=1+1", usage_name="")
    response = ask(client, president, "laboratory-xlsx", session.pk, rcue_weights="ects")
    assert response["Content-Disposition"] == 'attachment; filename="essai-S2-2025-2026.xlsx"'
    rows = sheet(response)
    who = [student.nip, "=1+1", student.first_names, ""]
    assert rows[0] == HEADERS
    assert rows[1] == [*who, "UE1.1", "CMP", "9,00", "AJ", "9,00", "perd", "N-03"]
    assert rows[3] == [*who, "Année", "ADM", "", "à décider : RED, NAR, ADJ, PAS1NCI", "", "perd", "N-10"]
    assert rows[-1][4:8] == ["Règlement : Poids des deux UE d’un RCUE", "égaux", "", "selon leurs ECTS"]
    cells = load_workbook(BytesIO(response.content)).active
    assert cells is not None
    assert "f" not in {cell.data_type for row in cells.iter_rows() for cell in row}


def test_one_student_under_both(get: Get) -> None:
    session, student = uneven()
    html = get("laboratory-student", session.pk, student.pk, rcue_weights="ects")
    for told_so in ("En vigueur", "Essai", "10,00", "9,80", "pourquoi", "R1.01"):
        assert told_so in html, told_so
    assert scene.chips(html).count("CMP") == 2


def test_an_odd_jury_compares_its_ues(get: Get) -> None:
    plans = [scene.semester(1)]
    scene.enrol(plans, {"UE1.1": "9,50", "UE1.2": "12"})
    session = scene.opened(plans)
    html = get("laboratory", session.pk, validation_threshold="9,5")
    assert "UE : en vigueur (lignes)" in html
    assert "9,50/20" in html
    assert "gagne" in html


def test_a_trial_costs_the_same_whatever_the_number_of_students(client: Client, president: User) -> None:
    plans = scene.year()
    scene.enrol(plans, UNEVEN)
    session = scene.opened(plans)

    def cost(**query: str) -> int:
        return queries(lambda: ask(client, president, "laboratory", session.pk, **query))

    cost()
    small = [cost(rcue_weights="ects"), cost(rounding="trunc_2")]
    for _ in range(5):
        scene.enrol(plans, UNEVEN)
    assert [cost(rcue_weights="ects"), cost(rounding="trunc_2")] == small
