"""Forty students, from an empty database to DUT and BUT: the cursus as a department lives it, on its own screens.

What each jury must say is in cast.py, worked out by hand; what people do is in office.py. One test, because one story:
each year stands on the decisions of the year before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pytest

from curriculum.models import UE, Module, Plan
from grades.models import Adjustment, Evaluation
from grades.services import set_adjustment, set_placement
from jury.demo.people import NAMES
from jury.seal import Document, StudentPart
from people.models import Enrolment, Student
from tests.scenarios import cast
from tests.scenarios.cast import Line, Ruling
from tests.scenarios.marks import marks_for, weights_of
from tests.scenarios.office import Office, written

MCC = "000_BUT_QLIO_MCC_2025-2026.xlsx"
COEFFICIENTS = "002_BUT_QLIO_coefficients_2025-2026.xlsx"
EVERYBODY = list(dict.fromkeys([*cast.BUT1]))
NIPS = {who: f"2022{rank:04}" for rank, who in enumerate(EVERYBODY, start=1)}
LEFT = ["NIP", "Semestre", "État", "Parti le"]
ENROLLED = ["NIP", "Nom", "Prénoms", "Date de naissance", "Semestre", "Parcours", "Régime", "Groupes", "Redouble"]


@pytest.mark.django_db
def test_forty_students_go_from_an_empty_database_to_dut_and_but() -> None:
    office = Office()
    first_year(office)


def first_year(office: Office) -> None:
    """2022-2023, BUT1: who compensates, who owes, who leaves."""
    open_the_year(office, "2022-2023")
    enrol(office, "S1 S2", [who for who in cast.BUT1 if who not in {"Jules", "Rose"}])
    enrol(office, "S1", ["Rose"])
    enrol(office, "S2", ["Jules"])
    leave(office, ("Rose", "S1", "DEM", "14/11/2022"), ("Sacha", "S1 S2", "ABL", ""))
    acquired(office, "Jules", "transfert", 1)

    teach(office, cast.BUT1, semester=1, but_for={("Zoé", "R1.02"): "ABI", ("Zélie", "R1.03"): "ABJ"})
    office.note_absence(student("Zoé"), "R1.02")
    adjust(office, "Yanis", "UE1.1", "0.4")
    adjust(office, "Yara", "UE1.1", "0.8")
    adjust(office, "Yara", "UE1.2", "3", kind=Adjustment.Kind.MALUS)
    judge_odd(office, cast.BUT1, 1)

    leave(office, ("Quentin", "S2", "DEF", ""), ("Tom", "S2", "EXCLU", "20/03/2023"))
    teach(office, cast.BUT1, semester=2)
    finish_stages(office, 2, but_for={"Paul"})
    sealed = judge(office, cast.BUT1, 2, cast.RULED_1)
    assert flags(sealed) == {"Wanda": ["below_minimum:PAS1NCI"]}
    assert average(sealed, "Bilal", "UE1") == "10.00", "9,995 is printed 10,00, and what is printed is compared"
    assert average(sealed, "Chiara", "UE1") == "7.99"


# --- What a year is made of


def open_the_year(office: Office, year: str) -> None:
    """The maquette is voted, its règlement too; evaluations are created from the MCC, services given."""
    maquette = office.import_maquette(MCC, year)
    office.turn_to(year)
    office.put_in_service(maquette)
    office.post(office.head, "jury:regulation-new", query="?modele=qlio-mcc-2025")
    office.amend_regulation(defaulting="M3C, article 7")
    office.post(office.head, "grades:plan-maquette", maquette.pk)
    office.import_list("groupes", ["Groupe"], [["TD1"], ["TD2"]])
    modules = maquette.modules.select_related("parcours").order_by("semester", "key", "pk")
    services = [
        [office.teacher.email, each.key, str(each.semester), each.parcours.code if each.parcours else ""]
        for each in modules
    ]
    office.import_list("services", ["Courriel", "Module", "Semestre", "Parcours"], services)


def enrol(office: Office, semesters: str, whom: Iterable[str], *place: str, repeating: bool = False) -> None:
    """The secretariat sends a list of students; `place` is a parcours, then a régime, where there are several."""
    parcours, modality = (*place, "", "")[:2]
    repeats = "oui" if repeating else "non"
    rows = []
    for who in whom:
        number = int(NIPS[who][-2:])
        known = [NIPS[who], NAMES["last"][number], who, "12/03/2004", semesters, parcours, modality]
        rows.append([*known, f"TD{1 + number % 2}", repeats])
    office.import_list("etudiants", ENROLLED, rows)


def leave(office: Office, *whom: tuple[str, str, str, str]) -> None:
    """Some go, or fail to come: the list says so."""
    office.import_list("etudiants", LEFT, [[NIPS[who], *rest] for who, *rest in whom])


def acquired(office: Office, who: str, kind: str, *semesters: int, ues: str = "", mark: str = "") -> None:
    """What was acquired elsewhere, with the document that proves it; `ues`: those of this rank alone."""
    ranks = {f"S{semester} · UE{semester}.{rank}" for semester in semesters for rank in ues or "1234"}
    reference = f"CP-{who}-{len(student(who).equivalences.all())}"
    office.grant(student(who), ranks, kind=kind, reference=reference, mark=mark)


def teach(
    office: Office,
    table: Mapping[str, Line],
    semester: int,
    but_for: Mapping[tuple[str, str], str] | None = None,
) -> None:
    """Everybody is marked in every module of a semester: on the grid, by a sheet, the rest by the service alone."""
    by_module: dict[Module, dict[tuple[Evaluation, Enrolment], str]] = defaultdict(dict)
    for plan in office.plans(semester):
        weights, evaluations = weights_of(plan), evaluations_of(plan)
        for enrolment in plan.enrolments.select_related("student").order_by("student__nip"):
            who = enrolment.student.first_names
            if who in table and enrolment.state == Enrolment.State.ENROLLED:
                for pk, mark in marks_for(plot(table[who], semester), weights).items():
                    for evaluation in evaluations[pk]:
                        by_module[evaluation.module][evaluation, enrolment] = written(mark)
    for (who, key), reason in (but_for or {}).items():
        (marks,) = (marks for module, marks in by_module.items() if module.key == key)
        marks[next(cell for cell in marks if cell[1].student.first_names == who)] = reason
    for rank, (module, marks) in enumerate(sorted(by_module.items(), key=lambda item: item[0].key)):
        hand = {0: office.type_in, 1: office.type_in, 2: office.send_sheet}.get(rank, office.record)
        hand(module, marks)


def plot(line: Line, semester: int) -> tuple[str, ...]:
    """The averages that the marks of a student give in a semester."""
    drawn = cast.DRAWN.get(line.who, {}).get(semester) if len(line.rcues) == 3 else None
    return cast.spread(drawn, 3) if drawn else line.plots()[1 - semester % 2]


def evaluations_of(plan: Plan) -> Mapping[int, list[Evaluation]]:
    """The evaluations of a Plan, by the id of their module."""
    found: dict[int, list[Evaluation]] = defaultdict(list)
    held = Evaluation.objects.filter(module__plan_modules__plan=plan).select_related("module__maquette__formation")
    for evaluation in held.prefetch_related("groups").order_by("module", "position"):
        found[evaluation.module_id].append(evaluation)
    return found


def adjust(office: Office, who: str, ue: str, points: str, kind: str = Adjustment.Kind.BONUS) -> None:
    enrolment = Enrolment.objects.get(student=student(who), plan__ues__code=ue, plan__academic_year=office.year)
    target = UE.objects.get(plan=enrolment.plan_id, code=ue)
    set_adjustment(enrolment=enrolment, ue=target, kind=kind, points=points, reason="Engagement", by=office.secretary)


def finish_stages(office: Office, *semesters: int, but_for: Iterable[str] = ()) -> None:
    """Every stage of these semesters is over, but for a few."""
    for plan in office.plans(*semesters):
        for module in Module.objects.filter(plan_modules__plan=plan, kind=Module.Kind.STAGE).order_by("pk"):
            for enrolment in plan.enrolments.select_related("student").order_by("pk"):
                set_placement(
                    enrolment=enrolment,
                    module=module,
                    company="Causse Aéro",
                    completed=enrolment.student.first_names not in but_for,
                    by=office.secretary,
                )


# --- What the juries say


def judge_odd(office: Office, table: Mapping[str, Line], semester: int) -> Document:
    """Hold the jury of an odd semester to its end: everybody who stays goes on, by right (N-09)."""
    expected = {who: line.at_odd for who, line in table.items() if line.at_odd}
    sealed = hold(office, semester, office.plans(semester))
    found = {who_is(part): ues(part) for part in sealed["students"]}
    assert found == expected
    for part in sealed["students"]:
        assert part["verdict"]["year"]["decision"] is None
        assert part["verdict"]["authorised"] == ([] if part["status"] in {"DEM", "EXCLU"} else [semester + 1])
    return sealed


def judge(office: Office, table: Mapping[str, Line], semester: int, rulings: Iterable[Ruling]) -> Document:
    """Hold the annual jury of a year of BUT to its end; compare everything that it says with the table."""
    expected = {
        who: (line.ues, line.rcues, line.year, line.total, line.adsup, line.diplomas) for who, line in table.items()
    }
    sealed = hold(office, semester, office.plans(semester - 1, semester), rulings)
    assert {who_is(part): outcome(part) for part in sealed["students"]} == expected
    return sealed


def hold(office: Office, semester: int, plans: Iterable[Plan], rulings: Iterable[Ruling] = ()) -> Document:
    session = office.prepare(semester, plans)
    office.open(session)
    for ruling in rulings:
        office.rule(session, student(ruling.who), ruling.target, ruling.decision, ruling.reason)
    return office.close(session)


def outcome(part: StudentPart) -> tuple[object, ...]:
    """What a jury says of a student, as the table writes it; « = »: an earlier jury let them through this year."""
    verdict = part["verdict"]
    rcues = tuple(line["decision"] for line in verdict["rcues"])
    year = "=" if part.get("settled") else verdict["year"]["decision"]
    diplomas = tuple(name for name in ("dut", "but") if verdict[name])
    return (
        ues(part),
        rcues,
        year,
        verdict["ects_total"],
        tuple(verdict["adsup"]),
        tuple(name.upper() for name in diplomas),
    )


def ues(part: StudentPart) -> tuple[str, ...]:
    return tuple(line["decision"] for line in part["verdict"]["ues"])


def flags(sealed: Document) -> dict[str, list[str]]:
    """The flags that a jury raised, by student."""
    return {who_is(part): part["verdict"]["flags"] for part in sealed["students"] if part["verdict"]["flags"]}


def average(sealed: Document, who: str, competence: str) -> str | None:
    """The average of a RCUE, as printed."""
    (part,) = (part for part in sealed["students"] if who_is(part) == who)
    (found,) = (line["average"] for line in part["verdict"]["rcues"] if line["competence"] == competence)
    return str(found) if found else None


def who_is(part: StudentPart) -> str:
    return part["first_names"]


def student(who: str) -> Student:
    return Student.objects.get(nip=NIPS[who])
