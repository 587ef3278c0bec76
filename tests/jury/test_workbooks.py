"""A jury can be held on each of the real maquettes: every average equals a naive computation from the workbook's JSON.

The students have nothing but marks; the naive side reads the JSON of the contract alone, with fractions.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from curriculum.models import Maquette, Module, Plan
from curriculum.services import import_maquette, understand
from curriculum.workbook import codec
from curriculum.workbook.settle import Options
from grades.models import Evaluation, Mark
from grades.services import create_evaluations
from jury.documents import pv
from jury.documents.render import page
from jury.models import JurySession, Record
from jury.seal import opened
from jury.services import Seat, close_session, open_session, prepare_session, rule
from jury.sitting import live, sitting_of
from people.models import Enrolment, Student
from tests import factories

pytestmark = pytest.mark.django_db

Json = dict[str, Any]
FOLDER = settings.BASE_DIR / "fixtures" / "maquettes"
YEAR = "2026-2027"
STUDENTS = 4
"""In each parcours and régime of each year."""
SEATS = [Seat("Hélène Vigouroux", "directrice", "president"), Seat("Karim Benhamou", "", "enseignant")]


def workbook(number: str) -> Path:
    (path,) = FOLDER.glob(f"{number}_*.xlsx")
    return path


@cache
def document(number: str) -> Any:
    return understand(workbook(number).read_bytes(), workbook(number).name, Options(f"BUT-{number}", YEAR))


@cache
def tables(number: str) -> dict[str, Json]:
    """The entries of the JSON, by the name that a Plan has."""
    entries = codec.to_json(document(number).draft)["semesters"]
    return {
        " ".join(filter(None, [f"S{entry['semester']}", entry["parcours"], entry["modality"]])): entry
        for entry in entries
    }


# --- The naive side: from the JSON alone


def weights(module: Json) -> list[Fraction]:
    """What the evaluations of a module weigh, as the MCC print them; one evaluation where they print none."""
    printed = module["evaluations"]
    if any(each["weight"] is None for each in printed):
        printed = [each | {"weight": "1"} for each in printed]
    shares = [(each["count"] or 1, Fraction(each["weight"])) for each in printed]
    return [weight / count for count, weight in shares for _ in range(count)] or [Fraction(1)]


def followed(entry: Json) -> Iterator[Json]:
    """The modules that the students of a table follow: of alternatives, those of its own parcours."""
    for module in entry["modules"]:
        if module.get("parcours") in (None, entry["parcours"]):
            yield module


def naive(entry: Json, ue: str, marks: dict[str, list[Fraction]]) -> Fraction:
    """The average of a UE, out of the marks of each module, by key."""
    top = bottom = Fraction(0)
    for module in followed(entry):
        coefficient = Fraction(module["coefficients"].get(ue, "0"))
        shares = weights(module)
        points = sum(share * mark for share, mark in zip(shares, marks.get(module["key"], []), strict=False))
        if coefficient:
            assert len(marks[module["key"]]) == len(shares)
            top += coefficient * points / sum(shares)
            bottom += coefficient
    return top / bottom


def printed(average: Fraction) -> str:
    """Half up to the hundredth (I-02)."""
    hundredths = (200 * average.numerator + average.denominator) // (2 * average.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02}"


# --- The year as it is lived


@dataclass
class Life:
    """A maquette in service, its evaluations, its students and what each of them got."""

    maquette: Maquette
    entries: dict[str, Json]
    planned: int
    """How many modules have their evaluations from the MCC."""
    marks: dict[tuple[str, int], dict[str, list[Fraction]]] = field(default_factory=dict)
    """By NIP and semester, then by module key."""
    plans: dict[tuple[str, int], str] = field(default_factory=dict)
    """The table that a student follows in a semester."""

    @property
    def judged(self) -> list[Plan]:
        """The tables that have coefficients."""
        plans = self.maquette.plans.select_related("parcours").order_by("position")
        return [plan for plan in plans if any(module["coefficients"] for module in self.entries[str(plan)]["modules"])]

    def enrol(self) -> None:
        """A few students in each parcours and régime of each year, with marks that vary."""
        chance = Random(self.maquette.formation.code)  # noqa: S311 - marks, not secrets
        plans = {str(plan): plan for plan in self.judged}
        for year in (1, 2, 3):
            branches = sorted({name[2:] for name, plan in plans.items() if plan.but_year == year})
            for branch in branches:
                for rank in range(STUDENTS):
                    student = factories.student()
                    for semester in (2 * year - 1, 2 * year):
                        self._follow(plans[f"S{semester}{branch}"], student, chance, 15 - 4 * rank)

    def _follow(self, plan: Plan, student: Student, chance: Random, level: int) -> None:
        enrolment = Enrolment.objects.create(student=student, plan=plan)
        keys: dict[str, list[Fraction]] = {}
        rows = []
        own = {module["key"]: module.get("parcours") for module in followed(self.entries[str(plan)])}
        evaluations = Evaluation.objects.filter(module__plan_modules__plan=plan).select_related("module__parcours")
        for evaluation in evaluations.order_by("module", "position"):
            module = evaluation.module
            if module.key in own and own[module.key] == (module.parcours.code if module.parcours else None):
                hundredths = max(0, min(2000, 100 * level + chance.randrange(-400, 500)))
                rows.append(Mark(evaluation=evaluation, enrolment=enrolment, hundredths=hundredths))
                keys.setdefault(module.key, []).append(Fraction(hundredths, 100))
        Mark.objects.bulk_create(rows)
        for stage in Module.objects.filter(plan_modules__plan=plan, kind=Module.Kind.STAGE).order_by("pk"):
            factories.placement(enrolment=enrolment, module=stage)
        self.marks[student.nip, plan.semester] = keys
        self.plans[student.nip, plan.semester] = str(plan)

    def hold(self, semester: int) -> Record:
        """Hold the jury of a semester (even: of the year) to its end."""
        session = prepare_session(
            formation=self.maquette.formation,
            academic_year=YEAR,
            semester=semester,
            plans=[plan for plan in self.judged if plan.semester == semester],
            held_on=date(2027, 7, 2),
            members=SEATS,
            by=None,
        )
        session = open_session(session=session, by=None)
        for judged in live(session).students:
            if judged.undecided:
                student = Student.objects.get(nip=judged.part["nip"])
                rule(session=session, student=student, target="year", decision="NAR", reason="Entendu.", by=None)
        return close_session(session=session, by=None)


def live_a_year(number: str) -> Life:
    """Import a workbook, put it in service, create its evaluations (one where the MCC say nothing), enrol."""
    maquette = import_maquette(document=document(number), by=None)
    Maquette.objects.filter(pk=maquette.pk).update(state=Maquette.State.IN_SERVICE)
    proposals = create_evaluations(modules=maquette.modules.all(), by=None)
    left = [each.module for each in proposals if not each.shares]
    Evaluation.objects.bulk_create(Evaluation(module=module, position=1, label="Évaluation") for module in left)
    life = Life(maquette, tables(number), planned=len(proposals) - len(left))
    life.enrol()
    return life


@pytest.mark.parametrize(
    ("number", "with_mcc", "juries"),
    [
        pytest.param("000", 133, {1: 4, 2: 4, 3: 12, 4: 12, 5: 12, 6: 12}, id="000 QLIO, MCC"),
        pytest.param("001", 0, {1: 4, 2: 4, 3: 4, 4: 4, 5: 4, 6: 4}, id="001 QLIO, Rodez"),
        pytest.param("002", 0, {1: 4, 2: 4, 3: 20, 4: 20, 5: 12, 6: 12}, id="002 QLIO, coefficients"),
        pytest.param("004", 30, {1: 4, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8}, id="004 GMP, Le Creusot"),
    ],
)
def test_every_jury_is_held_and_every_average_is_the_naive_one(
    number: str, with_mcc: int, juries: dict[int, int]
) -> None:
    life = live_a_year(number)
    assert life.planned == with_mcc
    for semester in (1, 3, 5, 2, 4, 6):
        record = life.hold(semester)
        students = opened(record)["students"]
        assert len(students) == juries[semester]
        for part in students:
            check_averages(life, part["nip"], part["dossier"])
            if semester % 2 == 0:
                check_pairs(life, part)
    annual = JurySession.objects.filter(semester__in=(2, 4, 6)).order_by("semester")
    for session in annual:
        html = page("pv.html", pv.context(sitting_of(session), session.record.sha256))
        assert all(nip in html for nip in session.candidates().values_list("nip", flat=True))


def check_averages(life: Life, nip: str, dossier: Json) -> None:
    """Each UE of each table is there, computed, with the average of the naive side."""
    expected = {
        ue["code"]: printed(naive(life.entries[life.plans[nip, semester]], ue["code"], life.marks[nip, semester]))
        for semester in dossier["semesters"]
        for ue in life.entries[life.plans[nip, semester]]["ues"]
    }
    assert {line["code"]: line.get("average") for line in dossier["ues"]} == expected


def check_pairs(life: Life, part: Any) -> None:
    """Each RCUE pairs one UE of each semester, of one competence and level."""
    levels: dict[tuple[str, int], list[int]] = {}
    for line in part["dossier"]["ues"]:
        levels.setdefault((line["competence"], line["level"]), []).append(line["semester"])
    assert all(semesters == part["dossier"]["semesters"] for semesters in levels.values())
    assert {(each["competence"], each["level"]) for each in part["verdict"]["rcues"]} == set(levels)


def test_hours_alone_have_no_jury() -> None:
    maquette = import_maquette(document=document("003"), by=None)
    plan = maquette.plans.order_by("position").first()
    assert plan
    with pytest.raises(ValidationError, match="n’a aucun coefficient"):
        prepare_session(
            formation=maquette.formation,
            academic_year=plan.academic_year,
            semester=plan.semester,
            plans=[plan],
            held_on=date(2027, 7, 2),
            by=None,
        )


def test_the_alternance_of_le_creusot_has_no_jury_in_its_second_year() -> None:
    maquette = import_maquette(document=document("004"), by=None)
    plans = [plan for plan in maquette.plans.order_by("position") if str(plan) == "S3 CAI alternance"]
    with pytest.raises(ValidationError, match="S3 CAI alternance n’a aucun coefficient"):
        prepare_session(
            formation=maquette.formation,
            academic_year=YEAR,
            semester=3,
            plans=plans,
            held_on=date(2027, 7, 2),
            by=None,
        )
