"""The policy laboratory: who changes status under another règlement, and from which facts."""

from typing import Any

import pytest

from grades.models import Evaluation, Mark
from jury import services
from jury.engine.regulation import Regulation, override
from jury.laboratory.comparison import Change, Kind, Side
from jury.laboratory.trial import Pair, Trial, basis_of, trial_of
from jury.models import JurySession
from people.models import Student
from tests import factories
from tests.jury import scene

pytestmark = pytest.mark.django_db


def trial(session: JurySession, *, rulings: bool = True, **parameters: Any) -> Trial:
    session.refresh_from_db()
    basis = basis_of(session)
    return trial_of(basis, override(override(Regulation(), basis.parameters), parameters), rulings=rulings)


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


# --- what changes


def test_weights_by_ects_take_back_a_compensation() -> None:
    session, student = scene.uneven()
    found = changes(trial(session, rcue_weights="ects"), student)
    assert list(found) == ["UE1.1", "C1/1", "year", "S3", "ECTS"]
    assert found["UE1.1"] == Change(Kind.UE, "UE1.1", Side("CMP", "9.00"), Side("AJ", "9.00"), -1, "N-03")
    assert found["C1/1"] == Change(Kind.RCUE, "C1/1", Side("CMP", "10.00"), Side("AJ", "9.80"), -1, "N-06")
    assert told(found["year"]) == ("ADM", "", -1, "N-10")
    assert found["year"].after.detail == "RED, NAR, ADJ, PAS1NCI"
    assert told(found["S3"]) == ("ouvert", "fermé", -1, "N-10")
    assert (found["ECTS"].before.figure, found["ECTS"].after.figure) == ("45", "36")


def test_the_other_way_round_what_was_lost_is_gained() -> None:
    session, student = scene.uneven()
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
    session, student = scene.uneven()
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
    student = scene.enrol(plans, scene.UNEVEN | {"UE1.1": "9,98", "UE2.1": "10"})
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
    session, student = scene.uneven()
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
