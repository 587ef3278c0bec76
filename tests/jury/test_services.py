"""Preparing, opening, deciding, closing: what each act writes, and each sentence that refuses it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from curriculum.journal import JournalEntry
from grades.models import Evaluation
from grades.services import create_evaluation
from jury import services
from jury.models import Decision, JurySession, Record, Regulation, Ruling
from jury.seal import opened
from jury.services import Seat
from people.models import Student
from tests import factories
from tests.jury import scene

pytestmark = pytest.mark.django_db


def refusal(call: Any, **arguments: Any) -> str:
    """The sentences of a refusal, which must leave nothing behind but the state it found."""
    before = [model.objects.count() for model in (JurySession, Ruling, Decision, Record, JournalEntry)]
    with pytest.raises(ValidationError) as refused:
        call(**arguments, by=None)
    assert [model.objects.count() for model in (JurySession, Ruling, Decision, Record, JournalEntry)] == before
    return " ".join(refused.value.messages)


def acts() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("action", flat=True))


# --- preparing


def preparation(**changes: Any) -> dict[str, Any]:
    plans = changes.pop("plans", None) or scene.year()
    return {
        "formation": factories.formation(),
        "academic_year": factories.YEAR,
        "semester": 2,
        "plans": plans,
        "held_on": date(2026, 7, 2),
        "members": [Seat("Hélène Vigouroux", "directrice", "president"), Seat("Karim Benhamou", "", "enseignant")],
    } | changes


def test_a_table_of_hours_has_no_jury() -> None:
    bare = factories.plan(2, modules={"R2.01": {}, "R2.02": {"UE2.1": "0"}})
    said = refusal(services.prepare_session, **preparation(plans=[scene.semester(1), bare]))
    assert said == (
        "S2 n’a aucun coefficient\xa0: sans moyenne, un jury ne peut pas s’y tenir. Complétez la maquette."
    )


def test_alternatives_in_a_table_that_is_no_parcours_have_no_jury() -> None:
    plan = scene.semester(2)
    own = factories.module("R2.IPI", semester=2, parcours=factories.parcours("IPI"))
    factories.plan_module(plan, own, {"UE2.1": "1"})
    said = refusal(services.prepare_session, **preparation(plans=[plan]))
    assert "S2 réserve des modules à un parcours sans dire le sien" in said


def test_a_jury_is_prepared_with_its_members() -> None:
    user = factories.user("president")
    session = services.prepare_session(**preparation(place=" Salle 12 "), by=user)
    assert (str(session), session.state, session.place) == ("Jury annuel S2 2025-2026", "preparation", "Salle 12")
    assert session.plans.count() == 2
    assert set(session.members.values_list("name", "quality", "present")) == {
        ("Hélène Vigouroux", "president", True),
        ("Karim Benhamou", "enseignant", True),
    }
    assert acts() == ["jury_prepared"]
    assert JournalEntry.objects.get().by == user


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"semester": 7}, "inférieure ou égale à 6"),
        ({"semester": 4}, "Choisissez au moins un tableau du S4."),
        ({"academic_year": "2024-2025"}, "S1 n’est pas un tableau de S1 ou S2 de la formation en 2024-2025."),
        (
            {"members": [Seat("Ada", "", "president"), Seat("Blaise", "", "president")]},
            "Un jury a un seul président.",
        ),
        (
            {"members": [Seat("Ada", "", "enseignant"), Seat("Ada", "", "enseignant")]},
            "Cette personne est déjà membre de ce jury.",
        ),
    ],
)
def test_a_preparation_is_refused(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(services.prepare_session, **preparation(**changes))


def test_a_plan_of_another_formation_is_refused() -> None:
    elsewhere = scene.year(maquette=factories.maquette(formation=factories.formation("GMP")))
    assert "n’est pas un tableau" in refusal(services.prepare_session, **preparation(plans=elsewhere))


def test_a_plan_comes_once_before_the_jury_of_a_semester() -> None:
    plans = scene.year()
    services.prepare_session(**preparation(plans=plans), by=None)
    sentence = refusal(services.prepare_session, **preparation(plans=plans))
    assert sentence == "S1 passe déjà devant le jury du 2\xa0juillet 2026."
    services.prepare_session(**preparation(plans=plans[:1], semester=1), by=None)


def test_a_preparation_is_amended_until_the_jury_is_closed() -> None:
    plans = scene.year()
    scene.enrol(plans)
    session = scene.opened(plans)
    there = [Seat("Ada", "", "president"), Seat("Blaise", "", "enseignant", present=False, excuse="souffrant")]
    services.amend_session(
        session=session, held_on=date(2026, 7, 3), place="Amphi", nomination="Arrêté 12", members=there, by=None
    )
    session.refresh_from_db()
    assert (session.held_on, session.place, session.members.count()) == (date(2026, 7, 3), "Amphi", 2)
    before = JournalEntry.objects.get(action="jury_amended").before
    assert (before or {})["place"] == "Salle du conseil"


# --- opening


def test_opening_locks_the_marks_and_notes_the_regulation() -> None:
    plans, elsewhere = scene.year(), scene.semester(3)
    scene.enrol(plans)
    scene.enrol([elsewhere])
    Evaluation.objects.filter(module__key="R1.01").update(state="brouillon")
    factories.evaluation(module=plans[0].plan_modules.get(position=1).module)
    session = scene.opened(plans)
    states = Evaluation.objects.order_by("pk").values_list("module__key", "state")
    assert list(states) == [
        ("R1.01", "brouillon"),
        ("R1.02", "verrouillee"),
        ("R2.01", "verrouillee"),
        ("R2.02", "verrouillee"),
        ("R3.01", "saisie"),
        ("R3.02", "saisie"),
        ("R1.01", "verrouillee"),
    ]
    assert (session.opened_with or {})["rcue_minimum"] == "8"
    assert not Regulation.objects.exists()
    assert JournalEntry.objects.get(action="jury_opened").after == {"evaluations": 4}


def test_no_evaluation_is_added_once_the_marks_are_locked() -> None:
    plans = scene.year()
    scene.enrol(plans)
    scene.opened(plans)
    module = plans[0].plan_modules.get(position=1).module
    assert "Le jury a verrouillé les notes de R1.01" in refusal(
        create_evaluation, module=module, label="DS de juillet"
    )


def test_a_jury_without_students_does_not_open() -> None:
    session = scene.jury(scene.year())
    assert refusal(services.open_session, session=session) == (
        "Aucun étudiant n’est inscrit dans les tableaux de ce jury."
    )


def test_a_jury_does_not_open_on_a_ue_without_coefficient() -> None:
    plan = factories.plan(1, ues=["UE1.1", "UE1.2"], modules={"R1.01": {"UE1.1": "1"}})
    factories.enrolment(plan=plan)
    session = scene.jury([plan], semester=1)
    assert refusal(services.open_session, session=session).startswith("UE1.2\xa0: aucun module n’y a de coefficient")
    session.refresh_from_db()
    assert session.state == "preparation"


def test_a_jury_opens_once() -> None:
    plans = scene.year()
    scene.enrol(plans)
    assert refusal(services.open_session, session=scene.opened(plans)) == "Ce jury est déjà ouvert."


# --- deciding


def ruling(session: JurySession, student: Student, **changes: str) -> dict[str, Any]:
    return {
        "session": session,
        "student": student,
        "target": "year",
        "decision": "RED",
        "reason": "Progression nette au second semestre",
    } | changes


def test_a_decision_replaces_the_one_before() -> None:
    plans = scene.year()
    student, session = scene.enrol(plans, scene.HALF), scene.opened(plans)
    services.rule(**ruling(session, student), by=None)
    services.rule(**ruling(session, student, decision="NAR", reason=" Absences "), by=None)
    assert list(Ruling.objects.values_list("decision", "reason")) == [("NAR", "Absences")]
    assert scene.judged(session, student).year == "NAR"
    entry = JournalEntry.objects.order_by("-pk")[0]
    assert (entry.before or {})["decision"] == "RED"
    assert (entry.after or {})["student"] == student.nip


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": "  "}, "Une décision du jury a un motif\xa0: écrivez-le."),
        ({"reason": "x" * 1001}, "1000"),
        ({"target": "UE9.9", "decision": "ADJ"}, "UE9.9"),
        ({"target": "C1/1", "decision": "RED"}, "ADJ, seule décision possible"),
        ({"decision": "PASD"}, "PASD"),
    ],
)
def test_a_decision_is_refused_in_the_words_of_the_engine(changes: dict[str, str], sentence: str) -> None:
    plans = scene.year()
    student, session = scene.enrol(plans, scene.HALF), scene.opened(plans)
    assert sentence in refusal(services.rule, **ruling(session, student, **changes))


def test_nothing_is_decided_of_a_student_from_elsewhere() -> None:
    plans = scene.year()
    scene.enrol(plans)
    assert "ne passe pas devant ce jury" in refusal(
        services.rule, **ruling(scene.opened(plans), factories.student(last_name="Ailleurs"))
    )


def test_nothing_is_decided_before_the_jury_sits() -> None:
    plans = scene.year()
    student, session = scene.enrol(plans), scene.jury(plans)
    for service in (services.rule, services.withdraw_ruling, services.close_session):
        arguments = {services.rule: ruling(session, student), services.withdraw_ruling: {"student": student}}
        given = {"session": session, "target": "year"} | arguments.get(service, {})
        if service is services.close_session:
            given = {"session": session}
        assert refusal(service, **given) == "Ce jury n’est pas encore ouvert\xa0: ouvrez-le d’abord."


def test_a_decision_is_taken_back() -> None:
    plans = scene.year()
    student, session = scene.enrol(plans, scene.HALF), scene.opened(plans)
    services.rule(**ruling(session, student), by=None)
    services.withdraw_ruling(session=session, student=student, target="year", by=None)
    assert scene.judged(session, student).undecided
    assert acts()[-2:] == ["ruling_made", "ruling_withdrawn"]
    assert "n’a rien décidé sur year" in refusal(
        services.withdraw_ruling, session=session, student=student, target="year"
    )


# --- closing


def test_closing_writes_what_the_verdict_says() -> None:
    plans = scene.year(2)
    debts = scene.earlier("2024-2025", 2)
    student = scene.enrol(plans, {"UE3.1": "9", "UE3.2": "9", "UE4.1": "11", "UE4.2": "9,50"})
    for code, competence in [("UE1.1", "C1"), ("UE1.2", "C2")]:
        at = {"semester": 1, "competence": competence, "level": 1, "code": "AJ", "average": "8.00"}
        factories.decision(debts, student, code, **at)
    session = scene.opened(plans)
    for target, reason in [("C2/2", "Très proche"), ("UE1.2", "Niveau atteint depuis")]:
        services.rule(**ruling(session, student, target=target, decision="ADJ", reason=reason), by=None)
    services.close_session(session=session, by=None)

    rows = session.decisions.order_by("pk").values_list("kind", "target", "average", "proposed", "code", "reason")
    assert list(rows) == [
        ("ue", "UE3.1", "9.00", "CMP", "CMP", ""),
        ("ue", "UE4.1", "11.00", "ADM", "ADM", ""),
        ("rcue", "C1/2", "10.00", "CMP", "CMP", ""),
        ("ue", "UE3.2", "9.00", "AJ", "ADJR", "Très proche"),
        ("ue", "UE4.2", "9.50", "AJ", "ADJR", "Très proche"),
        ("rcue", "C2/2", "9.25", "AJ", "ADJ", "Très proche"),
        ("ue", "UE1.1", "8.00", "ADSUP", "ADSUP", ""),
        ("ue", "UE1.2", "8.00", "AJ", "ADSUP", "Niveau atteint depuis"),
        ("year", "year", "", "", "ADJ", ""),
    ]
    first = session.decisions.get(target="UE1.1")
    assert (first.semester, first.competence, first.level, first.ects) == (1, "C1", 1, "10")
    assert acts()[-1] == "jury_closed"


def test_an_owed_ue_that_the_jury_validates_is_written() -> None:
    plans = scene.year(2)
    student = scene.enrol(plans, {"UE3.1": "12", "UE3.2": "9", "UE4.1": "12", "UE4.2": "9"})
    at = {"semester": 1, "competence": "C2", "level": 1, "code": "AJ", "average": "9.00"}
    factories.decision(scene.earlier("2024-2025", 2), student, "UE1.2", **at)
    session = scene.opened(plans)
    services.rule(**ruling(session, student, target="UE1.2", decision="ADJ", reason="Niveau atteint"), by=None)
    services.rule(**ruling(session, student), by=None)
    services.close_session(session=session, by=None)
    written = session.decisions.get(target="UE1.2")
    assert (written.code, written.proposed, written.reason) == ("ADJ", "AJ", "Niveau atteint")
    year = session.decisions.get(kind="year")
    assert (year.proposed, year.code, year.reason) == ("", "RED", "Progression nette au second semestre")


def test_an_odd_jury_decides_no_year() -> None:
    plan = scene.semester(1)
    scene.enrol([plan], {"UE1.1": "12", "UE1.2": "9"})
    record = scene.held([plan], semester=1)
    assert list(record.session.decisions.order_by("pk").values_list("kind", "code")) == [("ue", "ADM"), ("ue", "AJ")]


def test_closing_says_all_that_is_in_the_way_at_once() -> None:
    plans = scene.year()
    for number in range(8):
        scene.enrol(plans, scene.HALF, student=factories.student(last_name=f"Étudiant {number}"))
    session = factories.jury_session(2, plans=plans)
    session.members.update(present=False)
    services.open_session(session=session, by=None)
    sentence = refusal(services.close_session, session=session)
    assert "n’a pas de président présent" in sentence
    assert "Aucun membre n’est présent avec le président" in sentence
    assert sentence.endswith("ÉTUDIANT 4 Alix, ÉTUDIANT 5 Alix et 2 autres.")
    session.refresh_from_db()
    assert (session.state, session.closed_at) == ("seance", None)


def test_a_refused_dossier_keeps_the_jury_open() -> None:
    osc = scene.year(2, maquette=factories.maquette(), parcours=factories.parcours("OSC"))
    qmi = scene.semester(4, count=3, maquette=factories.maquette(), parcours=factories.parcours("QMI"))
    scene.enrol([osc[0], qmi], student=factories.student(last_name="Barre", first_names="Tom"))
    session = scene.opened([osc[0], osc[1], qmi])
    sentence = refusal(services.close_session, session=session)
    assert sentence.startswith("Dossier refusé\xa0: À un jury annuel, «\xa0C3\xa0» niveau 2 a exactement une UE")
    assert sentence.endswith("(BARRE Tom)")


def test_two_juries_do_not_take_the_same_place_in_the_chain() -> None:
    plans = scene.year()
    scene.enrol(plans)
    first = scene.held(plans[:1], semester=1)
    session = scene.opened(plans)
    other = {"session": scene.earlier("2023-2024", 2), "document": "{}", "sha256": "f" * 64}
    Record.objects.create(number=0, previous_sha256=first.sha256, **other)  # sealed since the last one was read
    assert refusal(services.close_session, session=session).startswith("Un autre jury vient d’être scellé")
    assert not session.decisions.exists()


def test_what_is_closed_stays_closed() -> None:
    plans = scene.year()
    student = scene.enrol(plans)
    session = scene.held(plans).session
    amended = {"held_on": session.held_on, "place": "", "nomination": "", "members": []}
    for service, given in [
        (services.open_session, {}),
        (services.amend_session, amended),
        (services.rule, ruling(session, student)),
        (services.withdraw_ruling, {"student": student, "target": "year"}),
        (services.close_session, {}),
    ]:
        assert refusal(service, **{"session": session} | given) == "Ce jury est clos\xa0: rien n’y change plus."


def test_a_jury_may_be_entered_after_it_sat() -> None:
    plans = scene.year()
    scene.enrol(plans)
    two, five = (datetime(2026, 7, 2, hour, tzinfo=UTC) for hour in (14, 17))
    session = services.open_session(session=scene.jury(plans), at=five, by=None)
    assert "clos après avoir été ouvert" in refusal(services.close_session, session=session, at=two)
    JurySession.objects.update(opened_at=two)
    document = opened(services.close_session(session=session, at=five, by=None))
    assert document["session"]["opened_at"] == "2026-07-02T14:00:00+00:00"
    assert document["session"]["closed_at"] == "2026-07-02T17:00:00+00:00"
