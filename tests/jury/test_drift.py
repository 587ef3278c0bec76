"""Drift: the rows change after the jury, its decision does not, and everybody who should sees both."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from config.todo import tasks_of
from curriculum.journal import JournalEntry
from curriculum.models import UE, Maquette
from grades.models import Evaluation, Mark
from jury import services
from jury.drift import drift_of, drifting, watch_of
from jury.models import Decision, Drift, JurySession, Record
from people.context import Frame
from people.models import Enrolment, Student, User
from people.services import withdraw_equivalence
from tests import factories
from tests.jury import scene
from tests.jury.conftest import Get
from tests.strict import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def plans() -> scene.Year:
    return scene.year()


@pytest.fixture
def student(plans: scene.Year) -> Student:
    return scene.enrol(plans, {"UE1.1": "9", "UE1.2": "12", "UE2.1": "11", "UE2.2": "12"})


@pytest.fixture
def session(plans: scene.Year, student: Student) -> JurySession:
    scene.enrol(plans)  # nothing happens to this one
    return scene.held(plans).session


def told(session: JurySession) -> list[str]:
    return [str(drift).replace("\xa0", " ") for drift in drift_of(session)]


def correct(student: Student, semester: int, module: str, hundredths: int) -> None:
    """A mark that is corrected once the jury has closed."""
    marks = Mark.objects.filter(enrolment__student=student, evaluation__module__key=module)
    marks.filter(enrolment__plan__semester=semester).update(hundredths=hundredths)


def mark(student: Student, plans: scene.Year) -> None:
    correct(student, 1, "R1.01", 1050)


def leave(student: Student, plans: scene.Year) -> None:
    Enrolment.objects.filter(student=student).update(state="DEM")


def vanish(student: Student, plans: scene.Year) -> None:
    Mark.objects.filter(enrolment__student=student).delete()
    Enrolment.objects.filter(student=student).delete()


def weigh(student: Student, plans: scene.Year) -> None:
    UE.objects.filter(plan=plans[0], code="UE1.1").update(ects=16)


def unpair(student: Student, plans: scene.Year) -> None:
    UE.objects.filter(plan=plans[0], code="UE1.1").update(niveau=factories.niveau("C9"))


def test_nothing_drifts_by_itself(session: JurySession) -> None:
    assert told(session) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (mark, ["UE1.1 9,00 CMP → 10,50 ADM", "C1/1 10,00 CMP → 10,75 ADM"]),
        (leave, ["année ADM → DEM"]),
        (vanish, ["dossier jugé → absent"]),
        (weigh, ["ECTS 60 → 61"]),
        (unpair, ["dossier jugé → refusé"]),
    ],
)
def test_what_changed_is_told_before_and_after(
    session: JurySession,
    student: Student,
    plans: scene.Year,
    change: Callable[[Student, scene.Year], None],
    expected: list[str],
) -> None:
    before = Record.objects.get().document
    change(student, plans)
    drifts = drift_of(session)
    if change in (weigh, unpair):  # the maquette is everybody's
        drifts = [drift for drift in drifts if drift.student_id == student.pk]
    assert [str(drift).replace("\xa0", " ") for drift in drifts] == expected
    assert {drift.student_id for drift in drifts} == {student.pk}
    assert Record.objects.get().document == before


def test_a_compensation_is_lost(session: JurySession, student: Student) -> None:
    correct(student, 1, "R1.01", 850)
    assert told(session) == [
        "UE1.1 9,00 CMP → 8,50 AJ",
        "C1/1 10,00 CMP → 9,75 AJ",
        "année ADM → à décider",
        "ECTS 60 → 45",
    ]


def test_a_maquette_that_calls_its_ues_otherwise_is_no_drift(
    session: JurySession, student: Student, plans: scene.Year
) -> None:
    """Its students went to a new version, with their marks: same UEs, other codes."""
    Maquette.objects.update(state="archivee")
    after = scene.year(maquette=factories.maquette(version=2))
    for ue in UE.objects.filter(plan__in=after):
        ue.code = ue.code.replace("UE", "BUT")
        ue.save()
    for old, new in zip(plans, after, strict=True):
        for enrolment in old.enrolments.all():
            for moved in enrolment.marks.select_related("evaluation__module"):
                moved.evaluation = Evaluation.objects.get(
                    module__plan_modules__plan=new, module__key=moved.evaluation.module.key
                )
                moved.save()
            enrolment.plan = new
            enrolment.save()
    assert told(session) == []
    assert watch_of(session).touched
    correct(student, 1, "R1.01", 850)
    assert told(session)[0] == "UE1.1 9,00 CMP → 8,50 AJ"


def test_a_later_jury_is_no_drift(session: JurySession, student: Student) -> None:
    later = scene.year(2)
    scene.enrol(later, student=student)
    scene.held(later)
    assert told(session) == []


def test_a_check_is_kept_beside_the_decision(session: JurySession, student: Student, president: User) -> None:
    correct(student, 1, "R1.01", 850)
    services.check_session(session=session, by=president)
    assert Drift.objects.count() == 4
    assert Decision.objects.get(student=student, target="UE1.1").code == "CMP"
    assert JournalEntry.objects.filter(action="jury_checked").get().after == {"students": 1, "changes": 4}
    correct(student, 1, "R1.01", 900)
    services.check_session(session=session, by=president)
    assert not Drift.objects.exists()


def test_only_a_closed_jury_is_checked(plans: scene.Year, student: Student) -> None:
    with pytest.raises(ValidationError):
        services.check_session(session=scene.opened(plans), by=None)


def test_marks_written_since_are_noticed(session: JurySession, plans: scene.Year) -> None:
    assert not watch_of(session).touched
    factories.act(module=factories.module("R3.01", semester=3))
    factories.act(module=factories.module("R1.01", maquette=factories.maquette(academic_year="2026-2027")))
    assert not watch_of(session).touched
    factories.act(module=factories.module("R1.01"))
    assert watch_of(session).touched
    services.check_session(session=session, by=None)
    session.refresh_from_db()
    assert not watch_of(session).touched


def test_a_maquette_put_in_service_since_is_noticed(session: JurySession, plans: scene.Year) -> None:
    factories.maquette(version=2, state="brouillon")
    assert not watch_of(session).touched
    Maquette.objects.filter(version=1).update(state="archivee")
    Maquette.objects.filter(version=2).update(state="en_service")
    assert watch_of(session).touched


def test_a_version_made_before_the_jury_and_put_in_service_after_is_noticed(session: JurySession) -> None:
    served = {"action": "maquette_put_in_service", "by_name": "Camille", "formation": session.formation}
    JournalEntry.objects.create(target="curriculum.Maquette 7 QLIO 2026-2027 (v1)", **served)
    assert not watch_of(session).touched
    JournalEntry.objects.create(target="curriculum.Maquette 8 QLIO 2025-2026 (v2)", **served)
    assert watch_of(session).touched


def test_an_equivalence_entered_or_withdrawn_since_is_noticed(
    session: JurySession, plans: scene.Year, student: Student
) -> None:
    ue = plans[0].ues.get(code="UE1.1")
    factories.equivalence(factories.student(), ue)  # who did not come before this jury
    assert not watch_of(session).touched
    held = factories.equivalence(student, ue)
    assert watch_of(session).touched
    services.check_session(session=session, by=None)
    assert set(Drift.objects.values_list("target", "after_code")) == {("UE1.1", "EQV"), ("C1/1", "ADM")}
    assert not watch_of(JurySession.objects.get()).touched
    withdraw_equivalence(equivalence=held, reason="Erreur", by=None)
    assert watch_of(JurySession.objects.get()).touched


def test_the_odd_jury_does_not_look_at_the_even_semester(plans: scene.Year, student: Student) -> None:
    session = scene.held(plans[:1], semester=1).session
    factories.act(module=factories.module("R2.01", semester=2))
    assert not watch_of(session).touched


def test_it_is_shown_where_it_matters(
    session: JurySession, student: Student, client: Client, president: User, get: Get
) -> None:
    assert "Aucun écart" in get("recap", session.pk)
    correct(student, 1, "R1.01", 850)
    client.force_login(president)
    response: Any = client.post(reverse("jury:check", args=[session.pk]), follow=True)
    page = scene.text(response)
    assert "1 dossier en écart" in page
    sentence = "scellé 9,00 CMP, serait aujourd’hui 8,50 AJ"
    for shown in (page, get("dossier", session.pk, student.pk), get("student", student.pk)):
        assert sentence in shown
    request = response.wsgi_request
    tasks = tasks_of(president, Frame(request))["Jurys clos à revoir"]
    assert [task.detail.replace("\xa0", " ") for task in tasks] == ["1 dossier en écart avec les notes d’aujourd’hui"]


def test_marks_that_changed_do_not_explain_the_sealed_average(
    session: JurySession, student: Student, get: Get
) -> None:
    moved = "leur calcul n’est plus celui de la moyenne scellée"
    assert moved not in get("dossier", session.pk, student.pk)
    correct(student, 1, "R1.01", 850)
    assert get("dossier", session.pk, student.pk).count(moved) == 1


def test_an_average_of_last_year_needs_no_marks_of_this_one(plans: scene.Year, get: Get) -> None:
    ue = plans[0].ues.get(code="UE1.1")
    student = scene.enrol(plans, "12", exempted_ues=[ue], repeating=True)
    before = {"semester": 1, "competence": "C1", "level": 1, "code": "AJ", "average": "9.00"}
    factories.decision(scene.earlier("2024-2025", 2), student, "UE1.1", **before)
    held = scene.held(plans).session
    page = get("dossier", held.pk, student.pk)
    assert "9,00" in page
    assert "leur calcul n’est plus celui" not in page


def test_a_student_sees_what_was_decided_and_no_drift(session: JurySession, student: Student, client: Client) -> None:
    student.user = factories.user()
    student.save()
    correct(student, 1, "R1.01", 850)
    services.check_session(session=session, by=None)
    client.force_login(student.user)
    page = scene.text(client.get(reverse("jury:student", args=[student.pk])))
    assert "registre n° 1" in page
    assert "serait aujourd’hui" not in page
    assert "serait aujourd’hui" not in scene.text(client.get(reverse("jury:dossier", args=[session.pk, student.pk])))


def test_every_decision_stays_readable_with_its_record(get: Get) -> None:
    first = scene.year(count=3, academic_year="2024-2025")
    student = scene.enrol(first, {f"UE{s}.{n}": "8,5" if n == 3 else "12" for s in (1, 2) for n in (1, 2, 3)})
    before = scene.held(first)
    second = scene.year(2, count=3)
    scene.enrol(second, student=student)
    scene.held(second)
    page = get("student", student.pk)
    later, earlier = page.split("<section>")[1:]
    assert "registre n° 2" in later
    assert "UE1.3" in later
    assert "registre n° 1" in earlier
    assert "PASD" in scene.chips(earlier)
    assert "ADSUP" in scene.chips(later)
    shown = get("dossier", before.session.pk, student.pk)
    assert "8,50" in shown
    assert "PASD" in scene.chips(shown)


def test_queries_do_not_grow(session: JurySession, plans: scene.Year, student: Student, get: Get) -> None:
    def cost() -> tuple[int, ...]:
        return (
            queries(lambda: drift_of(session)),
            queries(lambda: list(drifting(session.formation))),
            queries(lambda: get("student", student.pk)),
            queries(lambda: get("recap", session.pk)),
        )

    cost()
    one = cost()
    for but_year in (2, 3):
        year = scene.year(but_year)
        for _ in range(4):
            scene.enrol(year)
        scene.enrol(year, student=student)
        held = scene.held(year).session
        correct(student, 2 * but_year, f"R{2 * but_year}.01", 100)
        services.check_session(session=held, by=None)
    assert Drift.objects.count() > 2
    assert cost() == one


def test_the_night_checks_every_closed_jury(
    session: JurySession, student: Student, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("check_juries")
    assert capsys.readouterr().out == ""
    correct(student, 1, "R1.01", 850)
    call_command("check_juries")
    assert capsys.readouterr().out == "QLIO, Jury annuel S2 2025-2026\xa0: 1\xa0dossier en écart.\n"
