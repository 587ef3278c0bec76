"""Forty students, from an empty database to DUT and BUT: the cursus as a department lives it, on its own screens.

What each jury must say is in cast.py, worked out by hand; what people do is in office.py. One test, because one story:
each year stands on the decisions of the year before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType

import pytest

from curriculum.models import UE, EvaluationPattern, Maquette, Module, Plan
from grades.models import Adjustment, Evaluation
from grades.services import set_adjustment, set_placement
from jury import seal
from jury.demo.people import NAMES
from jury.engine.codes import UE_ACQUIRED
from jury.engine.regulation import Regulation, override
from jury.engine.verdict import deliberate
from jury.engine.wire import read_dossier, verdict_json
from jury.history import Slot
from jury.models import Decision, JurySession, Record
from jury.seal import Document, StudentPart
from people.models import Enrolment, Student
from tests.scenarios import cast
from tests.scenarios.cast import Line, Ruling
from tests.scenarios.marks import marks_for, weights_of
from tests.scenarios.office import Office, written

MCC = "000_BUT_QLIO_MCC_2025-2026.xlsx"
COEFFICIENTS = "002_BUT_QLIO_coefficients_2025-2026.xlsx"
EVERYBODY = dict.fromkeys([*cast.BUT1, *cast.BUT2])
NIPS = {who: f"2022{rank:04}" for rank, who in enumerate(EVERYBODY, start=1)}
LEFT = ["NIP", "Semestre", "État", "Parti le"]
ENROLLED = ["NIP", "Nom", "Prénoms", "Date de naissance", "Semestre", "Parcours", "Régime", "Redouble"]


@pytest.mark.django_db
def test_forty_students_go_from_an_empty_database_to_dut_and_but() -> None:
    office = Office()
    first_year(office)
    back_before_the_jury(office)
    second_year(office)
    third_year(office)
    what_is_kept(office)


def first_year(office: Office) -> None:
    """2022-2023, BUT1: who compensates, who owes, who leaves."""
    office.put_in_service(office.import_maquette(MCC, "2022-2023"))
    office.turn_to("2022-2023")
    office.post(office.head, "jury:regulation-new", query="?modele=qlio-mcc-2025")
    office.amend_regulation(defaulting="M3C, article 7")
    enrol(office, "S1 S2", [who for who in cast.BUT1 if who not in {"Jules", "Rose"}])
    enrol(office, "S1", ["Rose"])
    enrol(office, "S2", ["Jules"])
    leave(office, ("Rose", "S1", "DEM", "14/11/2022"), ("Sacha", "S1 S2", "ABL", ""))
    acquired(office, "Jules", "transfert", 1)
    give_services(office)
    create_evaluations(office)

    teach(office, cast.BUT1, 1, cast.DRAWN, {("Zoé", "R1.02"): "ABI", ("Zélie", "R1.03"): "ABJ"})
    office.note_absence(student("Zoé"), "R1.02")
    adjust(office, "Yanis", "UE1.1", "0.4")
    adjust(office, "Yara", "UE1.1", "0.8")
    adjust(office, "Yara", "UE1.2", "3", kind=Adjustment.Kind.MALUS)
    judge_odd(office, cast.BUT1, 1)

    leave(office, ("Quentin", "S2", "DEF", ""), ("Tom", "S2", "EXCLU", "20/03/2023"))
    teach(office, cast.BUT1, 2)
    finish_stages(office, 2, but_for={"Paul"})
    sealed = judge(office, cast.BUT1, 2, cast.RULED_1)
    assert flags(sealed) == {"Wanda": ["below_minimum:PAS1NCI"]}
    assert average(sealed, "Bilal", "UE1") == "10.00", "9,995 is printed 10,00, and what is printed is compared"
    assert average(sealed, "Chiara", "UE1") == "7.99"


def back_before_the_jury(office: Office) -> None:
    """September 2023: what the jury awaited has come, and one mark was wrong. A new deliberation says so (N-24)."""
    first = JurySession.objects.get(academic_year=office.year, semester=2)
    finish_stages(office, 2)
    sequel = office.recall(first, [student("Paul"), student("Xavier")], "Stage accompli, erreur matérielle")
    office.correct_mark(sequel, student("Xavier"), "R1.07 DS", "12,63")  # 8,63 before, a fifth of the UE at half

    drifting = {"Paul": "année RAT → ADM", "Xavier": "UE1.1 9,00 AJ → 9,40 CMP"}
    for who, said in drifting.items():
        assert said in office.drifts(first)[who]
    office.open(sequel)
    sealed = office.close(sequel)
    assert {who_is(part): outcome(part) for part in sealed["students"]} == expected(cast.RECALLED)
    assert office.drifts(first) == {}, "what was judged again no longer drifts"
    years = Decision.objects.filter(student=student("Xavier"), kind=Decision.Kind.YEAR).order_by("pk")
    assert list(years.values_list("code", flat=True)) == ["PASD", "ADM"], "both remain, the latest is in force"


def second_year(office: Office) -> None:
    """2023-2024, BUT2 beside those who take BUT1 again, in the maquette of another workbook."""
    office.put_in_service(office.import_maquette(COEFFICIENTS, "2023-2024"))
    changing = ["Noé", "Nora"]
    by_hand = ["Félix", "Oscar", *changing]
    following = [who for who in cast.BUT2 if who not in {"Jeanne", *changing}]
    choices = {"2:OSC:FI": following, "1::": ["Sacha"], "aucune": by_hand}
    office.open_next_year({place: map(student, whom) for place, whom in choices.items()})
    assert exempted(office, "Gaël") == ["UE2.1"], "and no S1: nothing of it was left to follow"
    assert exempted(office, "Chiara") == ["UE1.2", "UE1.3", "UE2.2", "UE2.3"]

    enrol(office, "S1 S2", ["Félix"], repeating=True)  # he takes everything again (L-07)
    enrol(office, "S1", ["Ismaël"])  # beside BUT2, for one UE
    enrol(office, "S3 S4", ["Jeanne"], "OSC", "FI")
    for who, autumn, spring in zip(changing, ("alternance", "FI"), ("FI", "alternance"), strict=True):
        enrol(office, "S3", [who], "QMI", autumn)
        enrol(office, "S4", [who], "QMI", spring)
    acquired(office, "Jeanne", "transfert", 1, 2)
    acquired(office, "Lina", "VAE", 3, 4, ues="4")
    give_services(office)
    create_evaluations(office)

    teach(office, cast.BUT1_AGAIN, 1)
    teach(office, cast.BUT2, 3)
    judge_odd(office, cast.BUT1_AGAIN, 1)
    judge_odd(office, cast.BUT2, 3)

    acquired(office, "Karim", "mobilite", 4, ues="1", mark="14")
    acquired(office, "Karim", "mobilite", 4, ues="234")
    teach(office, cast.BUT1_AGAIN, 2)
    teach(office, cast.BUT2, 4)
    finish_stages(office, 4)
    sealed = judge(office, cast.BUT1_AGAIN, 2, cast.RULED_1_AGAIN)
    assert average(sealed, "Félix", "UE1") == "12.50", "the 12 of his first S1, not the 7 of the second"
    sealed = judge(office, cast.BUT2, 4, cast.RULED_2)
    assert flags(sealed) == {"Élodie": ["S5_gate:UE1.1,UE2.1"], "Yara": ["below_minimum:PAS1NCI"]}
    assert average(sealed, "Karim", "UE1") == "11.50", "9 here and 14 abroad"


def third_year(office: Office) -> None:
    """2024-2025, BUT3; the maquette of the year before, whose UEs of BUT2 take other codes in the autumn."""
    late = [who for who in cast.BUT2_LATE if who != "Élodie"]
    choices = {"2:OSC:FI": late, "3:QMI:alternance": ["Marc"], "aucune": ["Élodie"]}
    office.open_next_year({place: map(student, whom) for place, whom in choices.items()})
    copied = Maquette.objects.get(formation=office.formation, academic_year=office.year)
    office.put_in_service(copied)
    enrol(office, "S3 S4", ["Élodie"], "OSC", "FI", repeating=True)
    create_evaluations(office)

    for table, semester in ((cast.BUT1_LAST, 1), (cast.BUT2_LATE, 3), (cast.BUT3, 5)):
        teach(office, table, semester)
        judge_odd(office, table, semester)
    office.put_in_service(office.correct_maquette(copied, '"UE3.', '"C3.', '"UE4.', '"C4.'))
    finish_stages(office, 4, 6)
    for table, semester, rulings in (
        (cast.BUT1_LAST, 2, []),
        (cast.BUT2_LATE, 4, []),
        (cast.BUT3, 6, cast.RULED_3),
    ):
        teach(office, table, semester)
        sealed = judge(office, table, semester, rulings)
        assert flags(sealed) == {}


def what_is_kept(office: Office) -> None:
    """Every record of the three years replays to the same bytes, and nothing that was acquired was lost (N-20)."""
    assert list(seal.verify_chain()) == []
    held: dict[tuple[str, int], set[Slot]] = defaultdict(set)
    total: dict[str, Fraction] = defaultdict(Fraction)
    for record in Record.objects.order_by("number"):
        document = seal.opened(record)
        regulation = override(Regulation(), document["regulation"]["parameters"])
        for part in document["students"]:
            who, dossier = who_is(part), part["dossier"]
            again = verdict_json(deliberate(*read_dossier(dossier, regulation)))
            assert seal.canonical(again) == seal.canonical(part["verdict"])
            acquired = {
                Slot.of(line)
                for line, ue in zip(dossier["ues"], part["verdict"]["ues"], strict=True)
                if ue["decision"] in UE_ACQUIRED
            }
            year = who, dossier["but_year"]
            if len(dossier["semesters"]) == 2:
                assert held[year] <= acquired
                assert total[who] <= Fraction(part["verdict"]["ects_total"]) or part.get("settled")
                total[who] = max(total[who], Fraction(part["verdict"]["ects_total"]))
            held[year] |= acquired
    last = JurySession.objects.get(academic_year=office.year, semester=6)
    for page, *whom in (("pv",), ("releve", student("Damien").pk)):
        assert office.printed(f"jury:{page}", last.pk, *whom).startswith(b"%PDF")


# --- What a year is made of


def give_services(office: Office) -> None:
    """Who teaches what."""
    modules = office.maquette.modules.select_related("parcours").order_by("semester", "key", "pk")
    services = [
        (office.teacher.email, each.key, str(each.semester), each.parcours.code if each.parcours else "")
        for each in modules
    ]
    office.import_list("services", ["Courriel", "Module", "Semestre", "Parcours"], services)


def create_evaluations(office: Office) -> None:
    """Those of the MCC, or one a module where the maquette promises none."""
    maquette = office.maquette
    if EvaluationPattern.objects.filter(plan_module__plan__maquette=maquette).exists():
        office.post(office.head, "grades:plan-maquette", maquette.pk)
    else:
        office.create_evaluations(Module.objects.filter(plan_modules__plan__in=office.plans(*range(1, 7))))


def enrol(office: Office, semesters: str, whom: Iterable[str], *place: str, repeating: bool = False) -> None:
    """The secretariat sends a list of students; `place` is a parcours, then a régime, where there are several."""
    parcours, modality = (*place, "", "")[:2]
    rest = (semesters, parcours, modality, "oui" if repeating else "non")
    rows = [(NIPS[who], NAMES["last"][int(NIPS[who][-2:])], who, "12/03/2004", *rest) for who in whom]
    office.import_list("etudiants", ENROLLED, rows)


def exempted(office: Office, who: str) -> list[str]:
    """The UEs that a student does not take again this year (L-08)."""
    ues = UE.objects.filter(pk__in=student(who).enrolments.values("exempted_ues"), plan__academic_year=office.year)
    return list(ues.order_by("code").values_list("code", flat=True))


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
    drawn: Mapping[tuple[str, int], str] = MappingProxyType({}),
    but_for: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> None:
    """Everybody is marked in every module of a semester: on the grid, by a sheet, the rest by the service alone.

    `drawn` are the averages that marks alone give, where they are not those of the table; `but_for` the reasons
    that stand for a mark in the first evaluation of a module.
    """
    by_module: dict[Module, dict[tuple[Evaluation, Enrolment], str]] = defaultdict(dict)
    for plan in office.plans(semester):
        weights, evaluations = weights_of(plan), evaluations_of(plan)
        for enrolment in plan.enrolments.select_related("student").order_by("student__nip"):
            who = enrolment.student.first_names
            if who in table and enrolment.state == Enrolment.State.ENROLLED:
                for pk, mark in marks_for(plot(table[who], semester, drawn), weights).items():
                    for evaluation in evaluations[pk]:
                        by_module[evaluation.module][evaluation, enrolment] = written(mark)
    for (who, key), reason in but_for.items():
        (marks,) = (marks for module, marks in by_module.items() if module.key == key)
        marks[next(cell for cell in marks if cell[1].student.first_names == who)] = reason
    for rank, (module, marks) in enumerate(sorted(by_module.items(), key=lambda item: item[0].key)):
        if rank == 3:
            office.rest()
        hand = {0: office.type_in, 1: office.type_in, 2: office.send_sheet}.get(rank, office.record)
        hand(module, marks)


def plot(line: Line, semester: int, drawn: Mapping[tuple[str, int], str]) -> tuple[str, ...]:
    """The averages that the marks of a student give in a semester."""
    told = drawn.get((line.who, semester))
    return cast.spread(told, len(line.rcues)) if told else line.plots()[1 - semester % 2]


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
    awaited = {who: line.at_odd for who, line in table.items() if line.at_odd}
    sealed = hold(office, semester, office.plans(semester))
    found = {who_is(part): ues(part) for part in sealed["students"]}
    assert found == awaited
    for part in sealed["students"]:
        assert part["verdict"]["year"]["decision"] is None
        assert part["verdict"]["authorised"] == ([] if part["status"] in {"DEM", "EXCLU"} else [semester + 1])
    return sealed


def judge(office: Office, table: Mapping[str, Line], semester: int, rulings: Iterable[Ruling]) -> Document:
    """Hold the annual jury of a year of BUT to its end; compare everything that it says with the table."""
    sealed = hold(office, semester, office.plans(semester - 1, semester), rulings)
    assert {who_is(part): outcome(part) for part in sealed["students"]} == expected(table)
    return sealed


def expected(table: Mapping[str, Line]) -> dict[str, tuple[object, ...]]:
    """What an annual jury has to say, by student."""
    return {
        who: (line.ues, line.rcues, line.year, line.total, line.adsup, line.diplomas) for who, line in table.items()
    }


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
