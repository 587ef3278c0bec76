"""A student through the years: what each jury knows of the ones before, whatever became of the maquette."""

from collections.abc import Mapping, Sequence

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from curriculum.models import UE, Plan
from jury import services
from jury.documents.pv import context
from jury.documents.releve import contexts
from jury.dossiers import dossiers_of
from jury.engine.regulation import Regulation, override
from jury.engine.verdict import deliberate
from jury.engine.wire import read_dossier, verdict_json
from jury.models import Decision, JurySession, Record
from jury.seal import canonical, opened
from jury.sitting import sitting_of
from people.models import Student
from tests import factories
from tests.jury import scene
from tests.jury.conftest import Get
from tests.strict import queries

pytestmark = pytest.mark.django_db

BEFORE = "2024-2025"
HALF = {"UE1.1": "14", "UE1.2": "5", "UE2.1": "12", "UE2.2": "5"}


def held(plans: Sequence[Plan], student: Student | None = None, year: str = "") -> Record:
    """Hold a jury to its end; `year` is what it decides of a student's year."""
    session = scene.opened(plans)
    if student and year:
        services.rule(session=session, student=student, target="year", decision=year, reason="Motif", by=None)
    return services.close_session(session=session, by=None)


def renamed(plans: Sequence[Plan]) -> Sequence[Plan]:
    """The same Plans, in a maquette that calls its UEs otherwise: UE1.1 -> BUT1.1."""
    for ue in UE.objects.filter(plan__in=plans):
        ue.code = ue.code.replace("UE", "BUT")
        ue.save()
    return plans


def record(session: JurySession, student: Student) -> dict[str, str]:
    return {line["code"]: line["decision"] for line in scene.judged(session, student).part["dossier"]["record"]}


def codes(session: JurySession, student: Student) -> dict[str, str]:
    return {ue["code"]: ue["decision"] for ue in scene.judged(session, student).verdict["ues"]}


def marks(*values: str) -> Mapping[str, str]:
    return dict(zip(("UE1.1", "UE1.2", "UE2.1", "UE2.2"), values, strict=True))


def test_a_repeater_keeps_a_ue_that_is_called_otherwise_this_year() -> None:
    first = scene.year(academic_year=BEFORE)
    student = scene.enrol(first, HALF)
    held(first, student, "RED")
    again = renamed(scene.year())
    scene.enrol(again, marks("8", "11", "9", "11"), student=student, repeating=True)
    session = scene.jury(again)
    assert record(session, student) == {"BUT1.1": "ADM", "BUT1.2": "AJ", "BUT2.1": "ADM", "BUT2.2": "AJ"}
    assert set(codes(session, student).values()) == {"ADM"}
    assert any("sous un autre code" in each.sentence for each in scene.judged(session, student).anomalies)
    services.open_session(session=session, by=None)
    services.close_session(session=session, by=None)
    decided = Decision.objects.get(session=session, target="BUT1.1")
    assert (decided.code, decided.average) == ("ADM", "14.00")


def test_one_semester_is_repeated() -> None:
    first = scene.year(academic_year=BEFORE)
    student = scene.enrol(first, marks("11", "9", "9", "5"))
    held(first, student, "RED")
    again = scene.year()
    scene.enrol(again[1:], marks("", "", "13", "12"), student=student, repeating=True)
    found = scene.judged(scene.jury(again), student)
    # UE1.2, not acquired and not taken again, enters its RCUE with last year's 9 (I-15).
    assert [(ue["average"], ue["decision"]) for ue in found.verdict["ues"]] == [
        ("11.00", "ADM"),
        ("9.00", "CMP"),
        ("13.00", "ADM"),
        ("12.00", "ADM"),
    ]
    assert (found.year, found.part["dossier"]["repeated"]) == ("ADM", [2])


def test_a_ue_in_default_is_not_carried_into_a_rcue() -> None:
    plans = scene.year()
    student = scene.enrol(plans[1:], "15")
    at = {"semester": 1, "competence": "C1", "level": 1, "average": "9.00"}
    factories.decision(scene.earlier(BEFORE, 2), student, "UE1.1", code="DEF", **at)
    assert codes(scene.jury(plans), student)["UE1.1"] == "ATT"


def test_a_year_without_enrolment_is_no_repeat() -> None:
    first = scene.year(academic_year="2023-2024")
    student = scene.enrol(first, HALF)
    held(first, student, "RED")
    again = scene.year()  # 2024-2025 was a césure (N-27)
    scene.enrol(again, "12", student=student, repeating=True)
    assert scene.judged(scene.jury(again), student).part["dossier"]["repeated"] == [1, 2]


def test_a_debt_taken_again_beside_the_second_year_repays_without_deciding_the_year_again() -> None:
    first = scene.year(count=3, academic_year=BEFORE)
    student = scene.enrol(first, {f"UE{s}.{n}": "8,5" if n == 3 else "12" for s in (1, 2) for n in (1, 2, 3)})
    held(first)
    assert Decision.objects.get(student=student, kind="year").code == "PASD"
    maquette = factories.maquette()
    again, second = scene.year(count=3, maquette=maquette), scene.year(2, count=3, maquette=maquette)
    exempted = list(UE.objects.filter(plan=again[0]).exclude(code="UE1.3"))
    scene.enrol(again[:1], {"UE1.3": "12"}, student=student, exempted_ues=exempted)
    scene.enrol(second, "9", student=student)
    session = scene.opened(again)
    found = scene.judged(session, student)
    assert codes(session, student)["UE1.3"] == "ADM"
    assert codes(session, student)["UE2.3"] == "CMP"  # (12 + 8,5) / 2: last year's UE enters the RCUE
    assert (found.year, found.options, found.opened, found.proposed) == (None, [], [], None)
    with pytest.raises(ValidationError, match="déjà décidé du passage"):
        services.rule(session=session, student=student, target="year", decision="RED", reason="Motif", by=None)
    kept = services.close_session(session=session, by=None)
    assert opened(kept)["students"][0]["settled"] is True
    assert set(Decision.objects.filter(session=session).values_list("kind", flat=True)) == {"ue", "rcue"}
    annual = scene.jury(second)
    assert record(annual, student)["UE1.3"] == "ADM"
    assert scene.judged(annual, student).debts == []


def test_a_student_whose_passage_is_settled_is_shown_so(get: Get) -> None:
    first = scene.year(academic_year=BEFORE)
    student = scene.enrol(first)
    held(first)
    again = scene.year()
    scene.enrol(again[:1], "15", student=student)
    session = scene.opened(again)
    assert "UE seules" in get("recap", session.pk)
    page = get("dossier", session.pk, student.pk)
    assert "décidé par un jury antérieur" in page
    assert "Année" not in page.split("Décision du jury")[1]
    services.close_session(session=session, by=None)
    printed = context(sitting_of(JurySession.objects.get(pk=session.pk)), None)
    assert "UE seules" in render_to_string("documents/pv.html", printed)
    relevé = next(contexts(session, [student.pk], session.held_on))
    assert (relevé["opened"], [origin for origin, _ in relevé["acquired_before"]]) == ([], [f"en {BEFORE}"])


def test_a_version_that_is_archived_still_comes_while_it_is_followed(get: Get) -> None:
    old, new, draft = (
        factories.maquette(version=rank, state=state)
        for rank, state in enumerate(["archivee", "en_service", "brouillon"], start=1)
    )
    odd, even, coming = (scene.semester(n, maquette=of) for n, of in ((1, old), (2, new), (2, draft)))
    scene.enrol([odd, even])
    page = get("session-new", semestre="2")
    boxes = [part.split(">")[0] for part in page.split('name="plans"')[1:]]
    ticked = {plan: f'value="{plan.pk}"' for plan in (odd, even, coming)}
    assert [any(value in box and "checked" in box for box in boxes) for value in ticked.values()] == [
        True,
        True,
        False,
    ]
    assert "version 1 de la maquette" in page


def test_a_failed_debt_leaves_the_passage_alone() -> None:
    first = scene.year(count=3, academic_year=BEFORE)
    student = scene.enrol(first, {f"UE{s}.{n}": "8,5" if n == 3 else "12" for s in (1, 2) for n in (1, 2, 3)})
    held(first)
    again = scene.year(count=3)
    scene.enrol(again[:1], {"UE1.3": "2"}, student=student, exempted_ues=list(again[0].ues.exclude(code="UE1.3")))
    session = scene.opened(again)
    assert not scene.judged(session, student).undecided
    assert services.obstacles(sitting_of(session)) == []


def test_two_plans_at_once_and_the_level_above_repays_the_rest() -> None:
    first = scene.year(count=3, academic_year=BEFORE)
    student = scene.enrol(first, {f"UE{s}.{n}": "8,5" if n == 3 else "12" for s in (1, 2) for n in (1, 2, 3)})
    held(first)
    second = scene.year(2, count=3)
    scene.enrol(second, "12", student=student)
    held(second)
    assert set(Decision.objects.filter(code="ADSUP").values_list("target", flat=True)) == {"UE1.3", "UE2.3"}
    codes_over_time = Decision.objects.filter(target="UE1.3").order_by("session__academic_year")
    assert [row.code for row in codes_over_time] == ["AJ", "ADSUP"]


def test_two_versions_of_a_maquette_come_before_one_jury() -> None:
    old = factories.maquette(state="archivee")
    new = factories.maquette(version=2, source_sha256="1" * 64)
    odd, even = scene.semester(3, maquette=old), scene.semester(4, maquette=new)
    student = scene.enrol([odd, even])
    kept = held([odd, even])
    part = opened(kept)["maquette"]
    assert (part["version"], [each["version"] for each in part["versions"]]) == (2, [1, 2])
    assert Decision.objects.get(student=student, kind="year").code == "ADM"


def test_one_version_is_told_as_ever() -> None:
    plans = scene.year()
    scene.enrol(plans)
    assert set(opened(held(plans))["maquette"]) == {"code", "year", "version", "sha256"}


def test_the_missing_semester_is_looked_for_in_the_version_in_service() -> None:
    old = factories.maquette(state="archivee")
    new = factories.maquette(version=2)
    odd = scene.semester(1, maquette=old)
    scene.semester(2, maquette=old)
    even = scene.semester(2, maquette=new)
    student = scene.enrol([odd])
    candidate = dossiers_of(scene.jury([odd, even]), Regulation())[0]
    assert candidate.student == student
    assert [each.plan for each in candidate.followed] == [odd, even]


def test_a_change_of_parcours_leaves_what_was_specific() -> None:
    years = {}
    for code, name in (("OSC", BEFORE), ("QMI", factories.YEAR)):
        years[code] = scene.year(2, count=3, parcours=factories.parcours(code), academic_year=name)
        own = factories.niveau(code, 1, but_year=2)
        UE.objects.filter(plan__in=years[code], code__endswith=".3").update(niveau=own)
    student = scene.enrol(years["OSC"], {f"UE{s}.{n}": "6" if n == 3 else "12" for s in (3, 4) for n in (1, 2, 3)})
    held(years["OSC"], student, "RED")
    scene.enrol(years["QMI"], "12", student=student, repeating=True)
    session = scene.jury(years["QMI"])
    found = scene.judged(session, student)
    assert set(record(session, student)) == {"UE3.1", "UE3.2", "UE4.1", "UE4.2"}
    assert (found.year, found.verdict["ects_total"], found.verdict["dut"]) == ("ADM", "60", True)
    assert any("I-17" in each.sentence for each in found.anomalies)


def test_a_transfer_from_another_formation_in_the_middle_of_a_year() -> None:
    elsewhere = scene.year(maquette=factories.maquette(formation=factories.formation("GMP")))
    here = scene.year()
    student = scene.enrol(elsewhere[:1], "18", state="DEM")
    scene.enrol(here[1:], student=student)
    session = scene.jury(here)
    assert codes(session, student) == {"UE1.1": "ATT", "UE1.2": "ATT", "UE2.1": "ADM", "UE2.2": "ADM"}
    for ue in here[0].ues.all():
        factories.equivalence(student, ue)
    found = scene.judged(session, student)
    assert [ue["decision"] for ue in found.verdict["ues"]] == ["EQV", "EQV", "ADM", "ADM"]
    assert (found.year, found.part["status"], found.verdict["ects"]) == ("ADM", "enrolled", "60")
    assert student not in scene.jury(here[:1], semester=1).candidates()


def test_from_initial_to_alternance_in_the_middle_of_a_year() -> None:
    maquette = factories.maquette()
    initial, work = (scene.year(3, maquette=maquette, modality=modality) for modality in ("FI", "alternance"))
    student = scene.enrol([initial[0], work[1]])
    found = scene.judged(scene.jury([*initial, *work]), student)
    assert (found.year, found.part["modality"]) == ("ADM", "alternance")


def test_a_closed_jury_knows_whom_it_judged_wherever_they_went() -> None:
    plans = scene.year()
    student = scene.enrol(plans)
    kept = held(plans)
    moved = scene.year(maquette=factories.maquette(version=2, state="validee"))
    for before, after in zip(plans, moved, strict=True):
        student.enrolments.filter(plan=before).update(plan=after)
    late = scene.enrol(plans)
    assert set(kept.session.candidates()) == {student}
    assert late not in kept.session.candidates()


def test_a_snapshot_replays_to_the_same_bytes() -> None:
    first = scene.year(academic_year=BEFORE)
    student = scene.enrol(first, HALF)
    held(first, student, "RED")
    again = renamed(scene.year())
    scene.enrol(again, "11", student=student, repeating=True)
    held(again)
    for kept in Record.objects.order_by("number"):
        document = opened(kept)
        regulation = override(Regulation(), document["regulation"]["parameters"])
        for part in document["students"]:
            verdict = verdict_json(deliberate(*read_dossier(part["dossier"], regulation)))
            assert canonical(verdict) == canonical(part["verdict"])


def test_queries_grow_neither_with_students_nor_with_years() -> None:
    plans = scene.year(3)
    session = scene.jury(plans)

    def cost() -> int:
        return queries(lambda: dossiers_of(session, Regulation()))

    students = [scene.enrol(plans)]
    one = cost()
    students += [scene.enrol(plans) for _ in range(5)]
    assert cost() == one
    for rank, academic_year in enumerate(["2022-2023", "2023-2024", BEFORE], start=1):
        earlier = scene.year(min(rank, 2), academic_year=academic_year)
        jury = scene.earlier(academic_year, 2 * min(rank, 2))
        for student in students:
            scene.enrol(earlier, student=student, repeating=rank == 3)
            factories.decision(jury, student, "UE1.1", semester=1)
    assert cost() == one
