"""The bridge: what each row becomes in a dossier."""

from decimal import Decimal
from typing import Any

import pytest

from curriculum.models import UE
from jury import services
from jury.dossiers import dossiers_of
from jury.engine.regulation import Regulation, override
from jury.models import JurySession
from people.models import Student
from tests import factories
from tests.jury import scene
from tests.strict import queries

pytestmark = pytest.mark.django_db


def dossier(session: JurySession, student: Student, **parameters: Any) -> dict[str, Any]:
    candidates = dossiers_of(session, override(Regulation(), parameters))
    return next(each.dossier for each in candidates if each.student == student)


def lines(found: dict[str, Any]) -> dict[str, str]:
    """The average or the state of each UE of a dossier."""
    return {line["code"]: line.get("average") or line["state"] for line in found["ues"]}


def test_a_dossier_is_the_contract_s() -> None:
    plans = scene.year()
    student = scene.enrol(plans, {"UE1.1": "12", "UE1.2": "9,995", "UE2.1": "0", "UE2.2": "20"})
    assert dossier(scene.jury(plans), student) == {
        "id": student.nip,
        "but_year": 1,
        "semesters": [1, 2],
        "status": "enrolled",
        "ues": [
            {"code": f"UE{s}.{n}", "semester": s, "competence": f"C{n}", "level": 1, "ects": "15", "average": average}
            | {"title": f"Intitulé de UE{s}.{n}"}
            for s, n, average in [(1, 1, "12.00"), (1, 2, "9.99"), (2, 1, "0.00"), (2, 2, "20.00")]
        ],
        "record": [],
        "repeated": [],
        "jury": [],
    }


def test_the_jury_of_an_odd_semester_knows_that_semester_only() -> None:
    plans = scene.year()
    student = scene.enrol(plans)
    found = dossier(scene.jury(plans[:1]), student)
    assert (found["semesters"], list(lines(found))) == ([1], ["UE1.1", "UE1.2"])


@pytest.mark.parametrize(
    ("marks", "fields", "expected"),
    [
        pytest.param({"UE1.1": "12", "UE1.2": "8"}, {}, ["12.00", "8.00"], id="computed"),
        pytest.param({"UE1.1": "12"}, {}, ["12.00", "pending"], id="not entered"),
        pytest.param({"UE1.1": "12", "UE1.2": "ATT"}, {}, ["12.00", "pending"], id="awaited"),
        pytest.param({"UE1.1": "12", "UE1.2": "ABJ"}, {}, ["12.00", "pending"], id="all excused"),
        pytest.param({"UE1.1": "12", "UE1.2": "ABI"}, {}, ["12.00", "0.00"], id="absent"),
        pytest.param({"UE1.1": "12"}, {"state": "DEF"}, ["12.00", "defaulting"], id="defaulting"),
        pytest.param({"UE1.1": "12"}, {"state": "DEM"}, ["12.00", "pending"], id="resigned"),
    ],
)
def test_a_ue_before_the_jury(marks: dict[str, str], fields: dict[str, str], expected: list[str]) -> None:
    plan = scene.semester(1)
    student = scene.enrol([plan], marks, **fields)
    found = dossier(scene.jury([plan]), student)
    assert (list(lines(found).values()), found["status"]) == (expected, fields.get("state", "enrolled"))


def test_an_equivalence_and_an_exemption_outweigh_marks() -> None:
    plan = scene.semester(1)
    first, second = plan.ues.order_by("position")
    student = scene.enrol([plan], "15", exempted_ues=[second])
    factories.equivalence(student, first)
    assert lines(dossier(scene.jury([plan]), student)) == {"UE1.1": "equivalence", "UE1.2": "not_enrolled"}


@pytest.mark.parametrize(
    ("completed", "mark", "expected"),
    [(False, "15", "stage"), (False, None, "stage"), (True, None, "pending"), (True, "15", "15.00")],
)
def test_a_stage_holds_its_ues_back_until_it_is_completed(completed: bool, mark: str | None, expected: str) -> None:
    plan = factories.plan(4, ues=["UE4.1"], modules=[])
    stage = factories.module("STAGE4", kind="stage", semester=4)
    factories.plan_module(plan, stage, {"UE4.1": "1"}, pole="sae")
    enrolment = factories.enrolment(plan=plan)
    factories.mark(mark, evaluation=factories.evaluation(module=stage), enrolment=enrolment)
    factories.placement(enrolment=enrolment, module=stage, completed=completed)
    found = dossier(scene.jury([plan], semester=4), enrolment.student)
    assert lines(found)["UE4.1"] == expected


def test_a_student_who_left_after_the_first_semester_is_still_before_the_annual_jury() -> None:
    plans = scene.year()
    student = scene.enrol(plans[:1], "15", state="DEM")
    found = dossier(scene.jury(plans), student)
    assert found["status"] == "DEM"
    assert lines(found) == {"UE1.1": "15.00", "UE1.2": "15.00", "UE2.1": "not_enrolled", "UE2.2": "not_enrolled"}


def test_a_student_who_joined_for_the_second_semester_has_the_first_of_the_same_parcours() -> None:
    maquette = factories.maquette()
    years = {code: scene.year(2, maquette=maquette, parcours=factories.parcours(code)) for code in ("OSC", "QMI")}
    for code, (odd, _) in years.items():
        UE.objects.filter(plan=odd, code="UE3.2").update(ects=Decimal({"OSC": 11, "QMI": 12}[code]))
    student = scene.enrol(years["QMI"][1:])
    found = dossier(scene.jury([plan for plans in years.values() for plan in plans]), student)
    assert [line["ects"] for line in found["ues"] if line["code"] == "UE3.2"] == ["12"]


def test_of_two_plans_in_a_semester_the_one_before_the_jury_counts() -> None:
    maquette = factories.maquette()
    left, joined = (scene.year(2, maquette=maquette, parcours=factories.parcours(code)) for code in ("OSC", "QMI"))
    student = scene.enrol(joined, "15")
    scene.enrol(left[:1], "5", student=student)
    assert set(lines(dossier(scene.jury(joined), student)).values()) == {"15.00"}


def test_the_latest_decision_on_each_ue_is_the_record() -> None:
    plans = scene.year(2)
    student = scene.enrol(plans)
    first, second = scene.earlier("2023-2024", 2), scene.earlier("2024-2025", 4)
    for code, competence, decision in [("UE1.1", "C1", "ADM"), ("UE1.2", "C2", "AJ")]:
        factories.decision(first, student, code, semester=1, competence=competence, code=decision, average="9.50")
    at = {"semester": 1, "competence": "C2", "level": 1}
    factories.decision(second, student, "UE1.2", **at, code="ADSUP", average="")
    factories.decision(second, student, "C2/1", kind="rcue", code="ADM")
    assert dossier(scene.jury(plans), student)["record"] == [
        {
            "code": "UE1.1",
            "semester": 1,
            "competence": "C1",
            "level": 1,
            "ects": "10",
            "decision": "ADM",
            "average": "9.50",
        },
        {"code": "UE1.2", "semester": 1, "competence": "C2", "level": 1, "ects": "10", "decision": "ADSUP"},
    ]


def test_the_record_stops_at_this_jury_and_at_this_formation() -> None:
    plans = scene.year()
    student, neighbour = scene.enrol(plans), scene.enrol(plans)
    elsewhere = factories.jury_session(
        2, formation=factories.formation("GMP"), state="close", closed_at=scene.earlier("2023-2024", 2).closed_at
    )
    unfinished, later = factories.jury_session(2, academic_year="2024-2025"), scene.earlier("2024-2025", 3)
    factories.decision(elsewhere, student)
    factories.decision(unfinished, student)
    factories.decision(later, student, "UE3.1")
    factories.decision(scene.earlier("2024-2025", 2), neighbour)
    assert dossier(scene.jury(plans), student)["record"] == []


def test_an_odd_jury_acquires_for_good_and_fails_for_now() -> None:
    plans = scene.year()
    student = scene.enrol(plans, {"UE1.1": "9", "UE1.2": "9", "UE2.1": "9", "UE2.2": "9"})
    odd = scene.earlier(factories.YEAR, 1)
    factories.decision(odd, student, "UE1.1", code="ADJ", average="9.00")
    factories.decision(odd, student, "UE1.2", code="AJ", average="9.00")
    session = scene.jury(plans)
    assert [line["code"] for line in dossier(session, student)["record"]] == ["UE1.1"]
    assert [ue["decision"] for ue in scene.judged(session, student).verdict["ues"]] == ["ADJ", "AJ", "AJ", "AJ"]


def test_a_repeater_keeps_what_was_acquired_under_the_same_code() -> None:
    first, again = scene.year(academic_year="2024-2025"), scene.year()
    student = scene.enrol(first, {"UE1.1": "14", "UE1.2": "5", "UE2.1": "7", "UE2.2": "5"})
    session = scene.opened(first)
    services.rule(session=session, student=student, target="year", decision="RED", reason="En progrès", by=None)
    services.close_session(session=session, by=None)
    scene.enrol(again, {"UE1.1": "8", "UE1.2": "11", "UE2.1": "9", "UE2.2": "11"}, student=student, repeating=True)

    found = scene.judged(scene.jury(again), student)
    assert found.part["dossier"]["repeated"] == [1, 2]
    assert {line["code"]: line["decision"] for line in found.part["dossier"]["record"]} == {
        "UE1.1": "ADM",
        "UE1.2": "AJ",
        "UE2.1": "CMP",
        "UE2.2": "AJ",
    }
    assert [(ue["decision"], ue["average"]) for ue in found.verdict["ues"]] == [
        ("ADM", "14.00"),
        ("ADM", "11.00"),
        ("CMP", "9.00"),
        ("ADM", "11.00"),
    ]
    assert (found.year, [ue.capitalised for level in found.levels for ue in level.ues]) == (
        "ADM",
        [True, True, False, False],
    )


def test_each_try_counts_once_whatever_the_plans() -> None:
    maquette = factories.maquette(academic_year="2024-2025")
    osc, qmi = (scene.year(2, maquette=maquette, parcours=factories.parcours(code)) for code in ("OSC", "QMI"))
    again = scene.year(2)
    student = scene.enrol([*osc, qmi[0]], repeating=True)
    scene.enrol(again, student=student, repeating=True)
    assert dossier(scene.jury(again), student)["repeated"] == [3, 4, 3, 4]
    assert dossier(scene.jury(again[:1]), student)["repeated"] == [3, 4, 3]
    assert dossier(scene.jury(osc), student)["repeated"] == [3, 4]


def test_a_debt_two_years_back_is_repaid_by_the_third_level() -> None:
    plans = scene.year(3)
    student = scene.enrol(plans)
    for academic_year, semester, level in [("2023-2024", 2, 1), ("2024-2025", 4, 2)]:
        session = scene.earlier(academic_year, semester)
        for of_year in (semester - 1, semester):
            for rank in (1, 2):
                code, acquired = f"UE{of_year}.{rank}", rank == 1
                decided = "ADM" if acquired else "AJ"
                at = {"semester": of_year, "competence": f"C{rank}", "level": level, "code": decided}
                factories.decision(session, student, code, **at, average="12.00" if acquired else "9.00", ects="15")
    found = scene.judged(scene.jury(plans), student)
    owed = ["UE1.2", "UE2.2", "UE3.2", "UE4.2"]
    assert [(line["code"], code) for line, code, _ in found.repaid] == [(code, "ADSUP") for code in owed]
    assert (found.debts, found.verdict["ects_total"], found.verdict["but"]) == ([], "180", True)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, "10.33"),
        ({"rounding": "trunc_2"}, "10.33"),
        ({"rounding": "half_up_3"}, "10.333"),
        ({"rounding": "exact"}, "10.333333333333333333333333333333"),
        ({"rcue_from_rounded_ue": False}, "10.333333333333333333333333333333"),
    ],
)
def test_an_average_goes_to_the_jury_as_it_is_compared(parameters: dict[str, Any], expected: str) -> None:
    plan = factories.plan(1, ues=["UE1.1"], modules={"R1.01": {"UE1.1": "2"}, "R1.02": {"UE1.1": "1"}})
    enrolment = factories.enrolment(plan=plan)
    for key, mark in [("R1.01", "11"), ("R1.02", "9")]:
        evaluation = factories.evaluation(module=factories.module(key))
        factories.mark(mark, evaluation=evaluation, enrolment=enrolment)
    session = scene.jury([plan], semester=1)
    assert lines(dossier(session, enrolment.student, **parameters))["UE1.1"] == expected


def test_candidates_are_in_alphabetical_order_whatever_the_accents() -> None:
    plan = scene.semester(1)
    names = [("Étienne", ""), ("Zola", ""), ("Valois", "Abel"), ("etcheverry", "")]
    for last, usage in names:
        scene.enrol([plan], student=factories.student(last_name=last, usage_name=usage))
    candidates = dossiers_of(scene.jury([plan]), Regulation())
    assert [str(each.student).split()[0] for each in candidates] == ["ABEL", "ETCHEVERRY", "ÉTIENNE", "ZOLA"]


@pytest.mark.parametrize(
    ("marks", "where", "sentence"),
    [
        ({"UE1.1": "12"}, "UE1.2", "en attente de R1.02."),
        ({"UE1.1": "12", "UE1.2": "12"}, "UE1.1", "le pôle SAÉ pèse 0,00 des coefficients retenus"),
    ],
)
def test_what_is_missing_is_said(marks: dict[str, str], where: str, sentence: str) -> None:
    plan = scene.semester(1)
    scene.enrol([plan], marks)
    (candidate,) = dossiers_of(scene.jury([plan]), Regulation())
    assert any(each.where == where and each.sentence.startswith(sentence) for each in candidate.anomalies)


def test_what_cannot_be_computed_is_an_error() -> None:
    plan = factories.plan(1, ues=["UE1.1", "UE1.2"], modules={"R1.01": {"UE1.1": "1"}})
    UE.objects.filter(plan=plan, code="UE1.2").update(ects=None)
    factories.enrolment(plan=plan)
    (candidate,) = dossiers_of(scene.jury([plan], semester=1), Regulation())
    errors = [each for each in candidate.anomalies if each.level == "error"]
    assert [each.where for each in errors] == ["UE1.2", "UE1.2"]
    assert lines(candidate.dossier) == {"UE1.1": "pending", "UE1.2": "pending"}


def test_a_code_that_changed_competence_is_said() -> None:
    plans = scene.year()
    student = scene.enrol(plans, repeating=True)
    factories.decision(scene.earlier("2024-2025", 2), student, "UE1.1", semester=1, competence="C9")
    (candidate,) = dossiers_of(scene.jury(plans), Regulation())
    assert any("pour C9/1" in each.sentence and each.where == "UE1.1" for each in candidate.anomalies)
    assert [line["code"] for line in candidate.dossier["record"]] == ["UE1.1 (S1 C9/1)"]


def test_queries_do_not_grow() -> None:
    plans = scene.year()
    session = scene.jury(plans)
    earlier = scene.earlier("2024-2025", 2)

    def add(count: int) -> None:
        for _ in range(count):
            student = scene.enrol(plans, repeating=True)
            factories.decision(earlier, student)
            factories.ruling(session, student)

    add(6)
    few = queries(lambda: dossiers_of(session, Regulation()))
    add(6)
    assert queries(lambda: dossiers_of(session, Regulation())) == few
