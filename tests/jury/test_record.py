"""The record of a closed jury: it says what was decided, it replays, and any change of it shows."""

import json

import pytest
from django.db import connection

from curriculum.models import Coefficient
from jury import append_only, services
from jury.engine.wire import read_document
from jury.models import JurySession, Record
from jury.seal import canonical, digest, opened, verify_chain
from jury.sitting import live, sitting_of
from tests import factories
from tests.jury import scene
from tests.strict import queries

pytestmark = pytest.mark.django_db


def test_the_record_is_the_sitting_that_was_closed() -> None:
    plans = scene.year()
    scene.enrol(plans, {"UE1.1": "9,97", "UE1.2": "12", "UE2.1": "9,50", "UE2.2": "12"}, repeating=True)
    scene.enrol(plans)
    session = scene.opened(plans)
    student = live(session).students[0]
    services.rule(
        session=session,
        student=session.candidates().get(pk=student.student_id),
        target="C1/1",
        decision="ADJ",
        reason="Très proche",
        by=None,
    )
    before = live(session)
    record = services.close_session(session=session, by=None)
    session.refresh_from_db()
    after = sitting_of(session)
    assert (before.sealed, after.sealed) == (False, True)
    assert after.document["students"] == json.loads(canonical({"students": before.document["students"]}))["students"]
    assert after.document["session"]["closed_at"] == f"{record.session.closed_at:%Y-%m-%dT%H:%M:%S+00:00}"
    for sealed, computed in zip(after.students, before.students, strict=True):
        assert (sealed.student_id, sealed.name, sealed.levels, sealed.year, sealed.proposed, sealed.rulings) == (
            computed.student_id,
            computed.name,
            computed.levels,
            computed.year,
            computed.proposed,
            computed.rulings,
        )


def test_a_closed_jury_does_not_hear_of_later_changes() -> None:
    plans = scene.year()
    student = scene.enrol(plans)
    session = scene.held(plans).session
    Coefficient.objects.all().delete()
    student.last_name = "Autrement"
    student.save()
    (judged,) = sitting_of(session).students
    assert judged.year == "ADM"
    assert judged.student_id == student.pk
    assert not judged.name.startswith("AUTREMENT")
    student.nip = "corrigé"
    student.save()
    (judged,) = sitting_of(session).students
    assert (judged.year, judged.student_id) == ("ADM", 0)


def test_the_record_replays() -> None:
    plans = scene.year()
    factories.regulation(parameters={"rcue_weights": "ects", "rounding": "trunc_2"})
    for marks in ("12", "9,99", "ABI"):
        scene.enrol(plans, marks)
    session = scene.opened(plans)
    for judged in live(session).students:
        if judged.undecided:
            student = session.candidates().get(pk=judged.student_id)
            services.rule(session=session, student=student, target="year", decision="NAR", reason="Résultats", by=None)
    document = opened(services.close_session(session=session, by=None))
    file = {
        "schema": document["engine"],
        "regulation": document["regulation"]["parameters"],
        "dossiers": [student["dossier"] for student in document["students"]],
    }
    replayed = list(read_document(json.dumps(file)).answer_dossiers())
    assert replayed == [student["verdict"] for student in document["students"]]


def test_the_chain_holds_and_shows_every_change() -> None:
    plans = scene.year()
    scene.enrol(plans)
    first, second = scene.held(plans[:1], semester=1), scene.held(plans)
    assert (first.number, first.previous_sha256) == (1, "")
    assert (second.number, second.previous_sha256) == (2, first.sha256)
    assert digest(second.document) == second.sha256
    assert second.document == canonical(opened(second))
    assert list(verify_chain()) == []

    with append_only.released(connection):
        Record.objects.filter(pk=first.pk).update(document=first.document.replace("12.00", "13.00"))
    assert list(verify_chain()) == ["Registre n° 1\xa0: son contenu n’est plus celui qui a été scellé."]

    forged = first.document.replace("12.00", "13.00")
    with append_only.released(connection):
        Record.objects.filter(pk=first.pk).update(document=forged, sha256=digest(forged))
    assert list(verify_chain()) == ["Registre n° 2\xa0: il ne suit pas le registre qui le précède."]


def test_a_missing_record_shows() -> None:
    plans = scene.year()
    scene.enrol(plans)
    first = scene.held(plans[:1], semester=1)
    scene.held(plans)
    with append_only.released(connection):
        Record.objects.filter(pk=first.pk).delete()
    assert [line.split("\xa0")[0] for line in verify_chain()] == ["Registre n° 2", "Registre n° 2"]


def test_counters_debts_and_thresholds() -> None:
    plans = scene.year(2, count=4)
    marks = {"1": "12", "2": "9,97", "3": "7,60", "4": "ATT"}
    student = scene.enrol(plans, {f"UE{s}.{n}": mark for s in (3, 4) for n, mark in marks.items()})
    at = {"semester": 1, "competence": "C3", "level": 1, "code": "AJ", "average": "9.00"}
    factories.decision(scene.earlier("2024-2025", 2), student, "UE1.3", **at)
    judged = scene.judged(scene.jury(plans), student)
    assert (judged.reached, judged.below, judged.unmarked) == (1, 1, 1)
    assert [(gap.target, str(gap.threshold), str(gap.missing)) for gap in judged.near] == [
        ("C2/2", "10", "0.03"),
        ("C3/2", "8", "0.40"),
    ]
    assert [line["code"] for line in judged.debts] == ["UE1.3"]
    assert (judged.year, judged.undecided, judged.options) == ("RAT", False, [])
    assert [reason["rule"] for reason in judged.reasons("UE3.1")] == ["N-03"]


@pytest.mark.parametrize(
    ("average", "near"), [("9,49", 0), ("9,50", 1), ("9,99", 1), ("10", 0), ("7,49", 0), ("7,50", 1), ("8", 0)]
)
def test_near_is_half_a_point_below(average: str, near: int) -> None:
    plans = scene.year(count=1)
    student = scene.enrol(plans, average)
    assert len(scene.judged(scene.jury(plans), student).near) == near
    assert len(scene.judged(scene.jury(plans[:1]), student).near) == near


def test_what_every_student_lacks_is_said_once() -> None:
    plans = scene.year()
    for marks in ("12", {"UE1.1": "12", "UE2.1": "12"}):
        scene.enrol(plans, marks)
    sitting = live(scene.jury(plans))
    assert {notice.where for notice in sitting.notices} == {"UE1.1", "UE2.1"}
    assert all("pôle SAÉ" in notice.sentence for notice in sitting.notices)


def test_queries_do_not_grow() -> None:
    plans = scene.year()
    session: JurySession = scene.jury(plans)

    def add(count: int) -> None:
        for _ in range(count):
            student = scene.enrol(plans)
            factories.ruling(session, student, "C1/1")
            enrolment = student.enrolments.get(plan=plans[0])
            factories.absence(enrolment=enrolment, session=factories.session(module=factories.module("R1.01")))

    add(6)
    few = queries(lambda: sitting_of(session))
    add(6)
    assert queries(lambda: sitting_of(session)) == few
    services.open_session(session=session, by=None)
    record = services.close_session(session=session, by=None)
    assert queries(lambda: sitting_of(record.session)) <= 4
