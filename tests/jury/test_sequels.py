"""The suite of a closed jury: who comes back, what may be corrected until it opens, what stays as it was (N-24)."""

import re
from datetime import date
from http import HTTPStatus

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from curriculum.journal import JournalEntry
from grades.models import Evaluation, Mark, MarkChange, MarkValue
from grades.services import Entry, MarksRefused, record_marks
from jury import services
from jury.documents.pv import context
from jury.drift import drift_of
from jury.models import Decision, Drift, JurySession, Record
from jury.seal import opened
from jury.sequels.services import correct_mark, prepare_sequel
from jury.services import Seat
from jury.sitting import sitting_of
from people.models import Student, User
from tests import factories
from tests.jury import scene
from tests.jury.conftest import Get
from tests.strict import queries

pytestmark = pytest.mark.django_db

SEPTEMBER = date(2026, 9, 7)
SEATS = [Seat("Hélène Vigouroux", "directrice", "president"), Seat("Yves Nogaret", "", "enseignant")]
SHORT = {"UE1.1": "9", "UE1.2": "12", "UE2.1": "10,5", "UE2.2": "12"}
"""RCUE at 9,75: not validated."""


@pytest.fixture
def plans() -> scene.Year:
    return scene.year()


@pytest.fixture
def student(plans: scene.Year) -> Student:
    return scene.enrol(plans, SHORT)


@pytest.fixture
def other(plans: scene.Year) -> Student:
    return scene.enrol(plans)


@pytest.fixture
def first(plans: scene.Year, student: Student, other: Student) -> JurySession:
    session = scene.opened(plans)
    services.rule(session=session, student=student, target="year", decision="RED", reason="Motif", by=None)
    return services.close_session(session=session, by=None).session


def recalled(first: JurySession, *students: Student, purpose: str = "Erreur matérielle") -> JurySession:
    return prepare_sequel(session=first, students=students, purpose=purpose, held_on=SEPTEMBER, members=SEATS, by=None)


def evaluation(first: JurySession) -> Evaluation:
    return Evaluation.objects.get(module__key="R1.01", module__plan_modules__plan__jury_sessions=first)


def corrected(sequel: JurySession, student: Student, value: str, version: int = 1) -> None:
    correct_mark(
        session=sequel,
        student=student,
        evaluation=evaluation(sequel),
        value=MarkValue.read(value),
        seen_version=version,
        by=None,
    )


def test_a_wrong_mark_is_corrected_and_deliberated_again(first: JurySession, student: Student) -> None:
    sealed = Record.objects.get().document
    sequel = recalled(first, student)
    assert str(sequel) == "Jury annuel S2 2025-2026, suite"
    corrected(sequel, student, "10")
    assert [str(drift).replace("\xa0", " ") for drift in drift_of(first)] == [
        "UE1.1 9,00 AJ → 10,00 ADM",
        "C1/1 9,75 AJ → 10,25 ADM",
        "ECTS 45 → 60",
    ]
    services.open_session(session=sequel, by=None)
    record = services.close_session(session=sequel, by=None)
    document = opened(record)
    assert [part["nip"] for part in document["students"]] == [student.nip]
    kept = first.record
    assert document["session"]["follows"] == {
        "number": kept.number,
        "sha256": kept.sha256,
        "purpose": "Erreur matérielle",
    }
    assert kept.document == sealed, "what was sealed never changes"
    years = Decision.objects.filter(student=student, kind="year").order_by("pk").values_list("code", flat=True)
    assert list(years) == ["RED", "ADM"]
    assert drift_of(first) == [], "it was judged again"
    assert context(sitting_of(sequel), record.sha256)["follows"]["number"] == kept.number


def test_only_the_recalled_come_before_the_suite(first: JurySession, student: Student, other: Student) -> None:
    sequel = recalled(first, student)
    assert [judged.student_id for judged in sitting_of(sequel).students] == [student.pk]
    entry = JournalEntry.objects.get(action="jury_recalled")
    assert entry.after == {"purpose": "Erreur matérielle", "students": [student.nip]}
    services.open_session(session=sequel, by=None)
    with pytest.raises(ValidationError, match="ne passe pas devant ce jury"):
        services.rule(session=sequel, student=other, target="year", decision="NAR", reason="Motif", by=None)


def test_what_is_acquired_is_never_lost(first: JurySession, student: Student) -> None:
    sequel = recalled(first, student)
    correct_mark(
        session=sequel,
        student=student,
        evaluation=Evaluation.objects.get(module__key="R1.02"),
        value=MarkValue.read("2"),
        seen_version=1,
        by=None,
    )
    codes = {ue["code"]: (ue["average"], ue["decision"]) for ue in scene.judged(sequel, student).verdict["ues"]}
    assert codes["UE1.2"] == ("12.00", "ADM")  # N-20


def test_a_suite_is_refused(plans: scene.Year, first: JurySession, student: Student) -> None:
    stranger = factories.student()
    for students, purpose, sentence in [
        ([], "Motif", "Choisissez au moins un étudiant."),
        ([stranger], "Motif", "n’a pas été jugé par ce jury."),
        ([student], " ", "La suite d’un jury a un motif, et elle seule."),
    ]:
        with pytest.raises(ValidationError, match=sentence):
            recalled(first, *students, purpose=purpose)
    assert JurySession.objects.count() == 1
    sequel = recalled(first, student)
    with pytest.raises(ValidationError, match="est déjà rappelé"):
        recalled(first, student)
    with pytest.raises(ValidationError, match="n’est pas encore ouvert"):
        recalled(sequel, student)


def test_a_locked_mark_is_written_for_the_recalled_alone_and_before_the_suite_opens(
    first: JurySession, student: Student, other: Student
) -> None:
    enrolment = student.enrolments.get(plan__semester=1)
    entry = Entry(evaluation(first).pk, enrolment.pk, MarkValue(1_000), 1)
    with pytest.raises(MarksRefused, match="verrouillée"):
        record_marks(module=evaluation(first).module, entries=[entry], by=None)
    for session in (first, recalled(first, student)):
        with pytest.raises(ValidationError):
            corrected(session, other, "10")
    sequel = JurySession.objects.get(follows=first)
    services.open_session(session=sequel, by=None)
    with pytest.raises(ValidationError, match="déjà ouvert"):
        corrected(sequel, student, "10")
    assert not MarkChange.objects.exists()
    assert Mark.objects.get(evaluation=evaluation(first), enrolment=enrolment).hundredths == 900


def test_a_mark_of_another_module_is_not_theirs(first: JurySession, student: Student) -> None:
    sequel = recalled(first, student)
    alien = factories.evaluation(module=factories.module("R9.99"))
    with pytest.raises(ValidationError, match=r"ne suit pas R9\.99"):
        correct_mark(session=sequel, student=student, evaluation=alien, value=MarkValue(1), seen_version=0, by=None)


def test_the_pages_lead_from_the_jury_to_its_suite(
    client: Client, president: User, get: Get, first: JurySession, student: Student, other: Student
) -> None:
    assert reverse("jury:sequel", args=[first.pk]) in get("recap", first.pk)
    services.check_session(session=first, by=None)
    Drift.objects.create(session=first, student=other, target="year", before_code="ADM", after_code="RED")
    page = get("sequel", first.pk)
    assert "nouvelle délibération" in page
    assert page.index(str(other)) < page.index(str(student)), "those who are expected come first"
    assert len(re.findall(r'<input[^>]*name="students"[^>]*checked', page)) == 1
    form = {"purpose": "Copie mal additionnée", "held_on": "2026-09-07", "students": [student.pk]}
    members = {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"}
    assert client.post(reverse("jury:sequel", args=[first.pk]), members | form | {"students": []}).status_code == 422
    response = client.post(reverse("jury:sequel", args=[first.pk]), members | form)
    sequel = JurySession.objects.get(follows=first)
    assert response["Location"] == reverse("jury:recap", args=[sequel.pk])
    assert "premier jury</a>, Copie mal additionnée" in get("recap", sequel.pk)

    address = reverse("jury:correct-mark", args=[sequel.pk, student.pk])
    assert address in get("dossier", sequel.pk, student.pk)
    page = get("correct-mark", sequel.pk, student.pk)
    assert "Copie mal additionnée" in page
    assert "· 9,00" in page
    chosen = f"{evaluation(first).pk}:1"
    for mark, value in [(chosen, "dix"), (chosen, "25"), ("", "10"), (f"{evaluation(first).pk}:7", "10")]:
        assert client.post(address, {"mark": mark, "value": value}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert client.post(address, {"mark": chosen, "value": "10"}).status_code == HTTPStatus.FOUND
    assert MarkChange.objects.get().after == MarkValue(1_000)
    assert client.get(reverse("jury:correct-mark", args=[sequel.pk, other.pk])).status_code == HTTPStatus.NOT_FOUND


def test_a_jury_that_is_not_closed_has_no_suite(client: Client, president: User, get: Get, plans: scene.Year) -> None:
    student = scene.enrol(plans)
    session = scene.jury(plans)
    assert "n’est pas clos" in get("sequel", session.pk)
    assert "ne se corrigent pas ici" in get("correct-mark", session.pk, student.pk)
    form = {"purpose": "Motif", "held_on": "2026-09-07", "students": [student.pk]}
    members = {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"}
    client.post(reverse("jury:sequel", args=[session.pk]), members | form)
    assert JurySession.objects.count() == 1


def test_the_student_sees_the_suite_that_is_theirs(client: Client, first: JurySession, plans: scene.Year) -> None:
    called, calm = (
        factories.student(user=factories.user(email=f"{name}@etu.exemple.fr"), first_names=name) for name in "ab"
    )
    for student in (called, calm):
        factories.decision(first, student, "UE1.1", semester=1, competence="C1", level=1)
        scene.enrol(plans, student=student)
    sequel = recalled(first, called)
    for student, shown in ((called, True), (calm, False)):
        assert student.user
        client.force_login(student.user)
        page = scene.text(client.get(reverse("jury:student", args=[student.pk])))
        assert ("suite" in page) is shown
        status = client.get(reverse("jury:dossier", args=[sequel.pk, student.pk])).status_code
        assert (status == HTTPStatus.OK) is shown


def test_a_page_costs_the_same_whoever_is_recalled(plans: scene.Year, get: Get) -> None:
    students = [scene.enrol(plans) for _ in range(2)]
    first = scene.held(plans).session
    sequel = recalled(first, students[0])
    get("recap", sequel.pk)
    before = [queries(lambda: get("sequel", first.pk)), queries(lambda: get("recap", sequel.pk))]
    sequel.recalled.add(students[1])
    for _ in range(4):
        factories.decision(first, factories.student(), "UE1.1", semester=1, competence="C1", level=1)
    assert [queries(lambda: get("sequel", first.pk)), queries(lambda: get("recap", sequel.pk))] == before


@pytest.mark.parametrize("follows", [True, False])
def test_a_suite_has_a_purpose_and_it_alone(first: JurySession, follows: bool) -> None:
    fields = {"follows": first} if follows else {"purpose": "Motif"}
    with pytest.raises(IntegrityError, match="jury_jurysession_purpose"):
        factories.jury_session(2, **fields)
